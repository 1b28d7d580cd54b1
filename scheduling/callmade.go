package scheduling

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// CallMade is one call to a participant about an invitation.
type CallMade struct {
	ID      uuid.UUID `json:"id"`
	At      time.Time `json:"at"`
	ByID    uuid.UUID `json:"by_id" doc:"Who called"`
	Outcome string    `json:"outcome" enum:"reached,not_reached,wrong_number,call_back"`
	Note    string    `json:"note,omitempty" doc:"What was said"`
}

// NewCall is a call to be noted.
type NewCall struct {
	ID      uuid.UUID `json:"id" doc:"Chosen by the client: a UUID"`
	Outcome string    `json:"outcome" enum:"reached,not_reached,wrong_number,call_back"`
	Note    string    `json:"note,omitempty" maxLength:"1000" doc:"What was said"`
}

// AddCall notes that a participant was called. It is repeatable.
func (s *Invitations) AddCall(ctx context.Context, by account.User, invitation uuid.UUID, contentHash string, n NewCall) (c CallMade, again bool, err error) {
	c = CallMade{ID: n.ID, At: database.At(s.Clock()).Time, ByID: by.ID, Outcome: n.Outcome, Note: strings.TrimSpace(n.Note)}
	if !slices.Contains([]string{"reached", "not_reached", "wrong_number", "call_back"}, n.Outcome) {
		return c, false, fault.At("/outcome", "must be reached, not_reached, wrong_number or call_back")
	}
	hash := database.HashOf([]byte(invitation.String() + contentHash))
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		r, err := getInvitation(ctx, tx, invitation)
		if err != nil {
			return err
		}
		if err := r.ofSomebody(); err != nil {
			return err
		}
		if again, err = database.Create(ctx, tx, n.ID, hash); err != nil {
			return err
		}
		if again {
			var at database.Time
			err := selectCall.Row(ctx, tx, n.ID).Scan(&at, &c.ByID, &c.Outcome, &c.Note)
			c.At = at.Time
			return err
		}
		_, err = insertCall.Exec(ctx, tx, c.ID, invitation, database.At(c.At), c.ByID, c.Outcome, c.Note)
		return err
	})
	return c, again, err
}

// Calls gives the log of calls about an invitation, in order.
func (s *Invitations) Calls(ctx context.Context, invitation uuid.UUID) ([]CallMade, error) {
	if _, err := s.Get(ctx, invitation); err != nil {
		return nil, err
	}
	var rows []struct {
		ID      uuid.UUID
		At      database.Time
		ByID    uuid.UUID
		Outcome string
		Note    string
	}
	err := s.DB.Read().NewSelect().Table("calls").Column("id", "at", "by_id", "outcome", "note").Where("invitation_id = ?", invitation).OrderExpr("at, id").Scan(ctx, &rows)
	calls := make([]CallMade, len(rows))
	for i, r := range rows {
		calls[i] = CallMade{ID: r.ID, At: r.At.Time, ByID: r.ByID, Outcome: r.Outcome, Note: r.Note}
	}
	return calls, err
}

var (
	insertCall = database.Prepared("INSERT INTO calls (id, invitation_id, at, by_id, outcome, note) VALUES (?, ?, ?, ?, ?, ?)")
	selectCall = database.Prepared("SELECT at, by_id, outcome, note FROM calls WHERE id = ?")
)
