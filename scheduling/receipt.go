package scheduling

import (
	"bytes"
	"context"
	"io"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
	"fieldcare/internal/photo"
)

// CostReceipt is the voucher of a cost.
type CostReceipt struct {
	ID      uuid.UUID  `json:"id"`
	Kind    string     `json:"kind" enum:"photo,pdf" doc:"A photo is kept as an upright JPEG without metadata, a PDF as it came"`
	Bytes   int64      `json:"bytes" doc:"Of what is kept"`
	AddedAt time.Time  `json:"added_at" doc:"When it was added"`
	AddedBy uuid.UUID  `json:"added_by" doc:"The user who added it"`
	EndedAt *time.Time `json:"ended_at,omitempty" doc:"When another took its place, or it was taken away, after the cost had once been paid"`
}

// file is the name of a receipt's file.
func (r CostReceipt) file() string {
	if r.Kind == "pdf" {
		return r.ID.String() + ".pdf"
	}
	return r.ID.String() + ".jpg"
}

// MaxReceipt is how many bytes a receipt may have when it is sent.
const MaxReceipt = photo.MaxUpload

// Receipts keeps the receipts of costs: files in a folder, which belongs to one process, and a row for each. They are
// the coordinators'.
//
// What was paid stays provable: as long as a cost is paid its receipt stays as it is, and once a cost was ever paid a
// receipt that is replaced or taken away later is kept beside the new one. A receipt is part of the ledger and stays as
// long as that does, ten years; so one that a participant signed for the incentive keeps that name when the participant
// is erased.
type Receipts struct {
	DB       *database.DB
	Clock    func() time.Time
	Files    photo.Folder
	Darkroom *photo.Darkroom
}

// Put makes an upload the receipt of a cost: a PDF, or a photo that Darkroom.Develop takes. What is neither, is damaged
// or too large is a fault.Invalid. The same upload again changes nothing. While the cost is paid another receipt is a
// conflict; the first one is not, for the voucher often comes after the money went.
func (s *Receipts) Put(ctx context.Context, by account.User, cost uuid.UUID, upload []byte) (c Cost, err error) {
	hash := database.HashOf(upload)
	row, d, err := getCost(ctx, s.DB.Read(), by, cost)
	if err != nil || row.receiptIs(hash) {
		return row.shown(d.terms.currency), err
	}
	if err := row.receiptMayGo(); err != nil {
		return c, err
	}
	// The id is random, so that files spread over the folders that bear its first digits.
	r, now := receipt{CostReceipt: CostReceipt{ID: uuid.New(), AddedBy: by.ID}, uploaded: hash}, s.Clock()
	r.AddedAt = database.At(now).UTC()
	content, err := s.content(ctx, &r.CostReceipt, upload)
	if err != nil {
		return c, err
	}
	r.stored, r.Bytes = database.HashOf(content), int64(len(content))
	if err := s.Files.Put(r.file(), content); err != nil {
		return c, err
	}
	gone, err := s.replace(ctx, by, cost, now, &r, &c)
	if err == nil && gone != nil {
		err = s.Files.Remove(gone.file())
	}
	return c, err
}

// Remove takes the receipt of a cost away. While the cost is paid that is a conflict; without one it is done already.
func (s *Receipts) Remove(ctx context.Context, by account.User, cost uuid.UUID) (c Cost, err error) {
	gone, err := s.replace(ctx, by, cost, s.Clock(), nil, &c)
	if err == nil && gone != nil {
		err = s.Files.Remove(gone.file())
	}
	return c, err
}

// replace has the cost's receipt followed by another, or by none, and gives the one whose file is to go.
func (s *Receipts) replace(ctx context.Context, by account.User, cost uuid.UUID, now time.Time, next *receipt, c *Cost) (gone *CostReceipt, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		gone = nil
		row, d, err := getCost(ctx, tx, by, cost)
		if err != nil {
			return err
		}
		if next == nil && row.Receipt == nil || next != nil && row.receiptIs(next.uploaded) {
			*c = row.shown(d.terms.currency)
			return nil
		}
		if err := row.receiptMayGo(); err != nil {
			return err
		}
		if row.Receipt != nil {
			var kept bool
			if err := paidOnce.Row(ctx, tx, cost).Scan(&kept); err != nil {
				return err
			}
			if kept {
				_, err = endReceipt.Exec(ctx, tx, database.At(now), row.Receipt.ID)
			} else {
				gone = row.Receipt
				_, err = deleteReceipt.Exec(ctx, tx, row.Receipt.ID)
			}
			if err != nil {
				return err
			}
		}
		action := "remove"
		if next != nil {
			action = "add"
			if _, err := insertReceipt.Exec(ctx, tx, next.ID, cost, next.Kind, next.uploaded, next.stored, next.Bytes, database.At(now), by.ID); err != nil {
				return err
			}
		}
		if _, err := raiseCost.Exec(ctx, tx, cost); err != nil {
			return err
		}
		if row, d, err = getCost(ctx, tx, by, cost); err != nil {
			return err
		}
		*c = row.shown(d.terms.currency)
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: action, Kind: "receipt", Subject: cost.String()})
	})
	return gone, err
}

// content is what is kept of an upload, whose kind it sets.
func (s *Receipts) content(ctx context.Context, r *CostReceipt, upload []byte) ([]byte, error) {
	switch {
	case len(upload) == 0:
		return nil, fault.At("", "is empty: send the receipt's bytes")
	case len(upload) > MaxReceipt:
		return nil, fault.At("", "has %d bytes: a receipt may have %d", len(upload), MaxReceipt)
	case photo.KindOf(upload) == "application/pdf":
		r.Kind = "pdf"
		return upload, wholePDF(upload)
	case !strings.HasPrefix(photo.KindOf(upload), "image/"):
		return nil, fault.At("", "is %s: send the receipt as a PDF, or as a photo (JPEG, PNG, WebP or GIF)", photo.KindOf(upload))
	}
	r.Kind = "photo"
	picture, err := s.Darkroom.Develop(ctx, upload)
	return picture.JPEG, err
}

// wholePDF refuses a PDF that does not end as one does: with its end-of-file mark within the last kilobyte, which is
// where readers look for it.
func wholePDF(upload []byte) error {
	if !bytes.Contains(upload[max(0, len(upload)-1024):], []byte("%%EOF")) {
		return fault.At("", "ends before the PDF does: send the whole file")
	}
	return nil
}

// Read gives the receipt of a cost with its content: the one that it has, or, where former names it, one that it had. That
// somebody read what a participant signed is in the audit trail.
func (s *Receipts) Read(ctx context.Context, viewer account.User, cost, former uuid.UUID) (r CostReceipt, content []byte, err error) {
	row, _, err := getCost(ctx, s.DB.Read(), viewer, cost)
	if err != nil {
		return r, nil, err
	}
	found := row.Receipt
	if former != uuid.Nil {
		found = nil
		for i := range row.FormerReceipts {
			if row.FormerReceipts[i].ID == former {
				found = &row.FormerReceipts[i]
			}
		}
	}
	if found == nil {
		return r, nil, fault.ErrNotFound
	}
	file, _, err := s.Files.Open(found.file())
	if err != nil {
		return r, nil, err
	}
	defer file.Close()
	if content, err = io.ReadAll(file); err != nil || row.ParticipantID == nil {
		return *found, content, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return account.Audit(ctx, tx, s.Clock(), account.AuditEntry{Actor: viewer.ID, Action: "read", Kind: "receipt", Subject: cost.String()})
	})
	return *found, content, err
}

// leftoverAfter is the age from which a file that no row names is taken for a leftover.
const leftoverAfter = 24 * time.Hour

// Sweep removes what no row names and what crashes left in the folder.
func (s *Receipts) Sweep(ctx context.Context) error {
	named := func(name string) (is bool, err error) {
		id, _, _ := strings.Cut(name, ".")
		err = receiptThere.Row(ctx, s.DB.Read(), id).Scan(&is)
		return is, err
	}
	return s.Files.Leftovers(s.Clock().Add(-leftoverAfter), named, func(_, path string) error { return os.Remove(path) })
}
