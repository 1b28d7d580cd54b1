// Package evaluation is the mystery-shopping half: branches, checklists and how they score, visits, what shoppers hand
// in for them, its review, and the reports on what was approved. Each file is a noun: its type, its rules, its SQL.
package evaluation

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Checklist is a questionnaire: a draft that is edited, and the versions published from it, which never change.
type Checklist struct {
	bun.BaseModel `json:"-" bun:"table:checklists,alias:checklist"`
	ID            uuid.UUID       `json:"id" bun:",pk"`
	Title         string          `json:"title"`
	Folded        string          `json:"-"`
	Draft         json.RawMessage `json:"draft,omitempty" bun:"type:text" doc:"The document as it is being edited; absent in lists"`
	Published     int             `json:"published" doc:"The newest version's number; 0 before the first"`
	ArchivedAt    database.Time   `json:"-"`
	CreatedAt     database.Time   `json:"-"`
	Edition       int64           `json:"edition" doc:"Counts changes of the draft; the ETag"`
}

// PublishedVersion is one version with its document.
type PublishedVersion struct {
	ChecklistID uuid.UUID `json:"checklist_id"`
	Number      int       `json:"number"`
	Document    *Document `json:"document"`
	PublishedAt time.Time `json:"published_at"`
}

// Checklists keeps the checklists. Versions never change, so those that were used stay in memory, ready to score.
type Checklists struct {
	DB    *database.DB
	Clock func() time.Time

	compiled sync.Map // versionKey -> *Version
}

type versionKey struct {
	checklist uuid.UUID
	number    int
}

// List gives the checklists by title, without their drafts.
func (s *Checklists) List(ctx context.Context, search string, limit int, cursor string) (database.Page[Checklist], error) {
	var rows []Checklist
	q := s.DB.Read().NewSelect().Model(&rows).ExcludeColumn("draft").Where("archived_at IS NULL").OrderExpr("title, id").Limit(int64(limit) + 1)
	if search != "" {
		q = q.Where(`folded LIKE ? ESCAPE '\'`, database.Containing(search))
	}
	var title string
	var id uuid.UUID
	if more, err := database.ReadCursor(cursor, &title, &id); err != nil {
		return database.Page[Checklist]{}, err
	} else if more {
		q = q.Where("(title, id) > (?, ?)", title, id)
	}
	if err := q.Scan(ctx); err != nil {
		return database.Page[Checklist]{}, err
	}
	return database.Paged(rows, limit, func(c Checklist) []any { return []any{c.Title, c.ID} }), nil
}

// Get gives one checklist with its draft.
func (s *Checklists) Get(ctx context.Context, id uuid.UUID) (Checklist, error) {
	return getChecklist(ctx, s.DB.Read(), id)
}

func getChecklist(ctx context.Context, from bun.IDB, id uuid.UUID) (c Checklist, err error) {
	err = from.NewSelect().Model(&c).Where("id = ?", id).Scan(ctx)
	return c, database.OrNotFound(err)
}

// Add adds a checklist under an id of the client's choice, its draft being this document. It is repeatable.
func (s *Checklists) Add(ctx context.Context, by account.User, id uuid.UUID, contentHash string, document json.RawMessage) (c Checklist, again bool, err error) {
	draft, title, err := readDraft(document)
	if err != nil {
		return Checklist{}, false, err
	}
	now := s.Clock()
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if again, err = database.Create(ctx, tx, id, contentHash); err != nil {
			return err
		}
		if again {
			c, err = getChecklist(ctx, tx, id)
			return err
		}
		c = Checklist{ID: id, Title: title, Folded: database.Fold(title), Draft: draft, CreatedAt: database.At(now), Edition: 1}
		if _, err := tx.NewInsert().Model(&c).Exec(ctx); err != nil {
			return err
		}
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "add", Kind: "checklist", Subject: id.String()})
	})
	return c, again, err
}

// readDraft reads a document that need not be fit for publishing yet, and gives it back in its plain form.
func readDraft(document json.RawMessage) (draft json.RawMessage, title string, err error) {
	d, err := ReadDocument(document)
	if err != nil {
		return nil, "", err
	}
	draft, err = json.Marshal(d)
	return draft, d.Title, err
}

// Put replaces the draft that was read with this edition.
func (s *Checklists) Put(ctx context.Context, by account.User, id uuid.UUID, edition int64, document json.RawMessage) (c Checklist, err error) {
	draft, title, err := readDraft(document)
	if err != nil {
		return Checklist{}, err
	}
	now := s.Clock()
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if c, err = getChecklist(ctx, tx, id); err != nil {
			return err
		}
		if c.Edition != edition {
			return fault.ErrChanged
		}
		c.Title, c.Folded, c.Draft, c.Edition = title, database.Fold(title), draft, c.Edition+1
		if _, err := tx.NewUpdate().Model(&c).Column("title", "folded", "draft", "edition").WherePK().Exec(ctx); err != nil {
			return err
		}
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "change", Kind: "checklist", Subject: id.String(), Fields: []string{"draft"}})
	})
	return c, err
}

// Publish makes the draft that was read with this edition the next version. All faults of the draft are listed at once.
// It is repeatable: a draft that is the newest version already is answered with that.
func (s *Checklists) Publish(ctx context.Context, by account.User, id uuid.UUID, edition int64) (v PublishedVersion, err error) {
	c, err := s.Get(ctx, id)
	if err != nil {
		return v, err
	}
	if c.Edition != edition {
		return v, fault.ErrChanged
	}
	document, err := ReadDocument(c.Draft)
	if err != nil {
		return v, err
	}
	if err := fault.Of(document.Faults()); err != nil {
		return v, err
	}
	now := s.Clock()
	v.ChecklistID, v.Document = id, document
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		var newest string
		var at database.Time
		err := newestVersion.Row(ctx, tx, id).Scan(&v.Number, &newest, &at)
		if v.PublishedAt = at.Time; err == nil && newest == string(c.Draft) {
			return nil
		}
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		v.PublishedAt = database.At(now).Time
		// The draft was checked outside the transaction: it is published only if it is still that one.
		err = takeNumber.Row(ctx, tx, id, edition).Scan(&v.Number)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.ErrChanged
		}
		if err != nil {
			return err
		}
		if _, err := insertVersion.Exec(ctx, tx, id, v.Number, string(c.Draft), database.At(now), by.ID); err != nil {
			return err
		}
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "publish", Kind: "checklist", Subject: id.String()})
	})
	return v, err
}

// Copy adds a checklist whose draft is this one's. It is repeatable; the copy of another checklist under the same id is
// a conflict.
func (s *Checklists) Copy(ctx context.Context, by account.User, id, copyID uuid.UUID, contentHash string) (c Checklist, again bool, err error) {
	from, err := s.Get(ctx, id)
	if err != nil {
		return Checklist{}, false, err
	}
	return s.Add(ctx, by, copyID, database.HashOf([]byte(id.String()+contentHash)), from.Draft)
}

// ReadVersion gives one published version to a viewer: to coordinators and admins any; to shoppers, without what it
// scores, that of their visits; to managers that of approved visits at their branches.
func (s *Checklists) ReadVersion(ctx context.Context, viewer account.User, id uuid.UUID, number int) (v PublishedVersion, err error) {
	q := s.DB.Read().NewSelect().Table("checklist_versions").Column("document", "published_at").
		Where("checklist_id = ? AND number = ?", id, number)
	shopper := false
	switch {
	case viewer.Coordinates():
	case viewer.Roles.Any(account.Manager):
		q = q.Where(`EXISTS (SELECT 1 FROM evaluations e JOIN branch_managers m ON m.branch_id = e.branch_id
			WHERE m.user_id = ? AND e.checklist_id = ? AND e.checklist_version = ? AND e.approved_at IS NOT NULL)`, viewer.ID, id, number)
	case viewer.Roles.Any(account.Shopper):
		shopper = true
		q = q.Where("EXISTS (SELECT 1 FROM visits v WHERE v.shopper_id = ? AND v.checklist_id = ? AND v.checklist_version = ?)", viewer.ID, id, number)
	default:
		q = q.Where("FALSE")
	}
	var text string
	var at database.Time
	if err := q.Scan(ctx, &text, &at); err != nil {
		return v, database.OrNotFound(err)
	}
	document, err := ReadDocument([]byte(text))
	if err != nil {
		return v, err
	}
	if shopper {
		document = document.ForShopper()
	}
	return PublishedVersion{ChecklistID: id, Number: number, Document: document, PublishedAt: at.Time}, nil
}

// Version gives a published version ready to check and score.
func (s *Checklists) Version(ctx context.Context, id uuid.UUID, number int) (*Version, error) {
	key := versionKey{id, number}
	if v, ok := s.compiled.Load(key); ok {
		return v.(*Version), nil
	}
	var text string
	if err := selectVersion.Row(ctx, s.DB.Read(), id, number).Scan(&text); err != nil {
		return nil, database.OrNotFound(err)
	}
	document, err := ReadDocument([]byte(text))
	if err != nil {
		return nil, err
	}
	v := ready(id, number, document)
	s.compiled.Store(key, v)
	return v, nil
}

// Trial scores answers that nobody hands in: against a version, or with number 0 against the draft, which must be fit
// for publishing.
func (s *Checklists) Trial(ctx context.Context, id uuid.UUID, number int, raw map[string]json.RawMessage) (Score, error) {
	v, err := s.trialVersion(ctx, id, number)
	if err != nil {
		return Score{}, err
	}
	answers, faults := v.Read(raw)
	if err := fault.Of(faults); err != nil {
		return Score{}, err
	}
	return v.Score(answers), nil
}

func (s *Checklists) trialVersion(ctx context.Context, id uuid.UUID, number int) (*Version, error) {
	if number > 0 {
		return s.Version(ctx, id, number)
	}
	c, err := s.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	document, err := ReadDocument(c.Draft)
	if err != nil {
		return nil, err
	}
	return Compile(id, 0, document)
}

var (
	takeNumber    = database.Prepared("UPDATE checklists SET published = published + 1 WHERE id = ? AND edition = ? RETURNING published")
	newestVersion = database.Prepared("SELECT number, document, published_at FROM checklist_versions WHERE checklist_id = ? ORDER BY number DESC LIMIT 1")
	insertVersion = database.Prepared("INSERT INTO checklist_versions (checklist_id, number, document, published_at, published_by) VALUES (?, ?, ?, ?, ?)")
	selectVersion = database.Prepared("SELECT document FROM checklist_versions WHERE checklist_id = ? AND number = ?")
)
