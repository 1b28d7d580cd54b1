package scheduling

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"rsc.io/qr"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// CheckInCodes makes the codes of confirmations by which people are let in. None is stored: a code follows from the
// invitation, its generation and a key of the installation.
type CheckInCodes struct{ Key []byte }

// codeLetters are those of Crockford's base 32: none is taken for another when it is read aloud.
var codeLetters = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// codeLength is 50 bits: who has no code will not guess one at a door where somebody watches.
const codeLength = 10

// Code is the code of an invitation, such as K7QF3-MZ9TB. A higher generation of the invitation's link revokes it.
func (c CheckInCodes) Code(invitation uuid.UUID, generation int64) string {
	mac := hmac.New(sha256.New, c.Key)
	mac.Write(invitation[:])
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(generation)))
	text := codeLetters.EncodeToString(mac.Sum(nil))[:codeLength]
	return text[:codeLength/2] + "-" + text[codeLength/2:]
}

// readCode gives a code as it is made from one as it was typed: case, blanks and dashes do not matter, and letters that
// are not in use stand for the digits that they look like.
func readCode(typed string) string {
	plain := strings.NewReplacer(" ", "", "-", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(typed))
	if len(plain) != codeLength {
		return ""
	}
	return plain[:codeLength/2] + "-" + plain[codeLength/2:]
}

// CheckInImage is the QR code of a check-in code, as a PNG.
func CheckInImage(code string) ([]byte, error) {
	image, err := qr.Encode(code, qr.M)
	if err != nil {
		return nil, err
	}
	return image.PNG(), nil
}

// CheckIn lets somebody in by the code of their confirmation.
type CheckIn struct {
	ID         uuid.UUID `json:"id" doc:"Chosen by the client: the id of the record that it makes"`
	Code       string    `json:"code" maxLength:"40" example:"K7QF3-MZ9TB" doc:"As it was scanned or typed: case, blanks and dashes do not matter"`
	RecordedAt time.Time `json:"recorded_at" doc:"When they came"`
}

// CheckIn records that the holder of a code came and takes part. It is repeatable with the same id; a code that was used
// before is a conflict that says so.
func (s *Doors) CheckIn(ctx context.Context, by account.User, id uuid.UUID, contentHash string, c CheckIn) (a Attendance, again bool, err error) {
	now := s.Clock()
	r := AttendanceRecord{ID: c.ID, Outcome: TookPart, RecordedAt: c.RecordedAt}.of(now)
	r.ArrivedAt = &r.RecordedAt
	code := readCode(c.Code)
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		d, err := readDoor(ctx, tx, by, id)
		if err != nil {
			return err
		}
		g, err := d.holder(ctx, tx, s.Codes, code)
		if err != nil {
			return err
		}
		hash := database.HashOf([]byte(g.invitation.String() + contentHash))
		if again, err = database.Create(ctx, tx, r.ID, hash); err != nil {
			return err
		}
		if !again {
			err = d.letIn(ctx, tx, by, now, g, hash, r)
		}
		if err != nil {
			return err
		}
		records, err := d.records(ctx, tx)
		a = d.stands(g, records[g.invitation], by, s.Codes)
		return err
	})
	return a, again, err
}

func (d door) letIn(ctx context.Context, tx bun.Tx, by account.User, now time.Time, g invitee, hash string, r AttendanceRecord) error {
	records, err := d.records(ctx, tx)
	if err != nil {
		return err
	}
	if of := records[g.invitation]; len(of) > 0 && of[len(of)-1].Outcome.Came() {
		return fault.Conflicting("checked-in", "%s was checked in before: change the record if it is wrong", firstName(g.name))
	}
	return d.keep(ctx, tx, by, now, g, hash, r)
}

// holder is whose code it is.
func (d door) holder(ctx context.Context, from bun.IDB, codes CheckInCodes, code string) (invitee, error) {
	invitees, err := d.invitees(ctx, from)
	if err != nil {
		return invitee{}, err
	}
	for _, g := range invitees {
		if hmac.Equal([]byte(codes.Code(g.invitation, g.generation)), []byte(code)) {
			return g, nil
		}
	}
	return invitee{}, fault.At("/code", "is nobody's in this focus group: look for the name, or for another session of that day")
}

// Image gives the QR code of an invitation's confirmation, as a PNG.
func (s *Doors) Image(ctx context.Context, viewer account.User, id, invitation uuid.UUID) ([]byte, error) {
	d, err := readDoor(ctx, s.DB.Read(), viewer, id)
	if err != nil {
		return nil, err
	}
	g, err := d.invitee(ctx, s.DB.Read(), invitation)
	if err != nil {
		return nil, err
	}
	return CheckInImage(s.Codes.Code(g.invitation, g.generation))
}
