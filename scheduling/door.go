package scheduling

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Doors keeps who came to focus groups: coordinators record at every door, moderators at those of their own sessions.
type Doors struct {
	DB    *database.DB
	Clock func() time.Time
	Codes CheckInCodes
}

// door is what is to be known of a focus group to record who comes, and of its study to pay them.
type door struct {
	id, study        uuid.UUID
	state            string
	seats            int
	startsAt, endsAt database.Time
	terms            payTerms
}

// seenBy gives what a scope on focus groups (g) asks of who looks: whether they see all, and else whose the session is.
func seenBy(viewer account.User) []any {
	id := uuid.Nil
	if viewer.Roles.Any(account.Moderator) {
		id = viewer.ID
	}
	return []any{viewer.Roles.Any(account.Coordinator | account.Admin), id, `%"` + id.String() + `"%`}
}

func readDoor(ctx context.Context, from bun.IDB, viewer account.User, id uuid.UUID) (d door, err error) {
	err = selectDoor.Row(ctx, from, append([]any{id}, seenBy(viewer)...)...).
		Scan(&d.id, &d.study, &d.state, &d.seats, &d.startsAt, &d.endsAt, &d.terms.incentive, &d.terms.travel, &d.terms.payLate, &d.terms.currency)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.ErrNotFound
	}
	return d, err
}

// opensTo refuses who may not record at the door as the focus group stands: once it is closed, coordinators correct.
func (d door) opensTo(by account.User) error {
	switch {
	case d.state == "scheduled", d.state == "closed" && by.Roles.Any(account.Coordinator|account.Admin):
		return nil
	case d.state == "closed":
		return fault.Conflicting("group-closed", "the focus group is closed: a coordinator can still correct who came")
	}
	return fault.Conflicting("group-not-scheduled", "the focus group is %s: attendance is recorded of one that is scheduled", d.state)
}

var selectDoor = database.Prepared(`SELECT g.id, g.study_id, g.state, g.seats, g.starts_at, g.ends_at, s.incentive, s.travel, s.pay_late, s.currency
		FROM focus_groups g JOIN studies s ON s.id = g.study_id WHERE g.id = ? AND (? OR g.state <> 'draft' AND (g.moderator_id = ? OR g.assistants LIKE ?))`)
