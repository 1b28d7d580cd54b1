package evaluation

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// PublicationEdit replaces a text or leaves out a photo for the branch. The original stays, and coordinators see both.
type PublicationEdit struct {
	QuestionID string    `json:"question_id,omitempty" doc:"The question whose text is replaced"`
	Photo      int       `json:"photo,omitempty" minimum:"0" doc:"Or the number of the photo that is left out"`
	Text       string    `json:"text,omitempty" maxLength:"10000" doc:"What the branch reads instead; nothing leaves the answer out"`
	Reason     string    `json:"reason" maxLength:"1000"`
	AuthorID   uuid.UUID `json:"author_id" readOnly:"true" required:"false"`
	At         time.Time `json:"at" readOnly:"true" required:"false"`
}

func (p PublicationEdit) subject() string {
	if p.QuestionID != "" {
		return "text:" + p.QuestionID
	}
	return "photo:" + strconv.Itoa(p.Photo)
}

// readSubject reads what subject wrote.
func (p *PublicationEdit) readSubject(subject string) {
	if question, ok := strings.CutPrefix(subject, "text:"); ok {
		p.QuestionID = question
		return
	}
	p.Photo, _ = strconv.Atoi(strings.TrimPrefix(subject, "photo:"))
}

func (p PublicationEdit) saysTheSame(other PublicationEdit) bool {
	return p.subject() == other.subject() && p.Text == other.Text && p.Reason == other.Reason
}

func publicationOf(ctx context.Context, from bun.IDB, id uuid.UUID) ([]PublicationEdit, error) {
	var rows []struct {
		Subject, Text, Reason string
		AuthorID              uuid.UUID
		At                    database.Time
	}
	err := from.NewSelect().Table("publications").Column("subject", "text", "reason", "author_id", "at").
		Where("evaluation_id = ?", id).Order("subject").Scan(ctx, &rows)
	edits := make([]PublicationEdit, len(rows))
	for i, r := range rows {
		edits[i] = PublicationEdit{Text: r.Text, Reason: r.Reason, AuthorID: r.AuthorID, At: r.At.Time}
		edits[i].readSubject(r.Subject)
	}
	return edits, err
}

// Publish replaces all edits for publication of an evaluation that was read with this edition, while it is submitted or
// approved. One that was there already keeps its author and its time.
func (s *Evaluations) Publish(ctx context.Context, by account.User, id uuid.UUID, edition int64, edits []PublicationEdit) error {
	whole, err := s.Get(ctx, by, id)
	if err != nil {
		return err
	}
	if err := fault.Of(s.editFaults(ctx, whole, edits)); err != nil {
		return err
	}
	now := s.Clock()
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := getEvaluation(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if row.ShopperID == by.ID {
			return fault.Conflicting("own-work", "nobody reviews an own evaluation: leave it to another coordinator")
		}
		if row.Edition != edition {
			return fault.ErrChanged
		}
		if row.State != Submitted && row.State != Approved {
			return fault.Conflicting("not-changeable", "what is published is chosen while an evaluation is submitted or approved; it is %s", row.State)
		}
		if err := replaceEdits(ctx, tx, id, edits, by.ID, now); err != nil {
			return err
		}
		if _, err := tx.NewRaw("UPDATE evaluations SET edition = edition + 1 WHERE id = ?", id).Exec(ctx); err != nil {
			return err
		}
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "change", Kind: "evaluation", Subject: id.String(), Fields: []string{"publication"}})
	})
}

// replaceEdits drops the edits that are no longer named, and writes those that are new or say something else.
func replaceEdits(ctx context.Context, tx bun.Tx, id uuid.UUID, edits []PublicationEdit, author uuid.UUID, now time.Time) error {
	before, err := publicationOf(ctx, tx, id)
	if err != nil {
		return err
	}
	for _, e := range before {
		if slices.ContainsFunc(edits, func(kept PublicationEdit) bool { return kept.subject() == e.subject() }) {
			continue
		}
		if _, err := dropEdit.Exec(ctx, tx, id, e.subject()); err != nil {
			return err
		}
	}
	for _, e := range edits {
		if slices.ContainsFunc(before, e.saysTheSame) {
			continue
		}
		if _, err := putEdit.Exec(ctx, tx, id, e.subject(), e.Text, e.Reason, author, database.At(now)); err != nil {
			return err
		}
	}
	return nil
}

var putEdit = database.Prepared(`INSERT INTO publications (evaluation_id, subject, text, reason, author_id, at) VALUES (?, ?, ?, ?, ?, ?)
	ON CONFLICT (evaluation_id, subject) DO UPDATE SET text = excluded.text, reason = excluded.reason, author_id = excluded.author_id, at = excluded.at`)

func (s *Evaluations) editFaults(ctx context.Context, e Evaluation, edits []PublicationEdit) (faults []fault.Fault) {
	version, err := s.Checklists.Version(ctx, e.ChecklistID, e.ChecklistVersion)
	if err != nil {
		return []fault.Fault{{Detail: "the checklist's version cannot be read"}}
	}
	seen := map[string]bool{}
	for i, edit := range edits {
		refuse := func(field, detail string) {
			faults = append(faults, fault.Fault{Pointer: fmt.Sprintf("/edits/%d/%s", i, field), Detail: detail})
		}
		q := version.Question(edit.QuestionID)
		switch {
		case (edit.QuestionID == "") == (edit.Photo == 0):
			refuse("question_id", "name a question or a photo, one of the two")
		case edit.QuestionID != "" && (q == nil || q.Type != TypeText || e.Answers[edit.QuestionID] == nil):
			refuse("question_id", "must be a question of type text that was answered")
		case edit.Photo != 0 && !slices.ContainsFunc(e.Photos, func(p NumberedPhoto) bool { return p.Number == edit.Photo }):
			refuse("photo", "must be the number of a photo of this evaluation")
		case seen[edit.subject()]:
			refuse("question_id", "is edited twice")
		}
		seen[edit.subject()] = true
		if utf8.RuneCountInString(edit.Text) > 10_000 {
			refuse("text", "must have at most 10000 characters")
		}
		if n := utf8.RuneCountInString(strings.TrimSpace(edit.Reason)); n == 0 || n > mostOfReason {
			refuse("reason", "must have 1 to 1000 characters")
		}
	}
	return faults
}
