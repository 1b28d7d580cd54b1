package scheduling

import (
	"context"
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
	language, zone   string
	seats            int
	startsAt, endsAt database.Time
	closedAt         database.Time
	terms            payTerms
}

// seenBySQL keeps of focus groups (g) those that coordinators see, all, and others, who lead them: not drafts. Its arguments
// are seenBy's.
const seenBySQL = "(? OR g.state <> 'draft' AND (g.moderator_id = ? OR g.assistants LIKE ?))"

// seenBy gives what seenBySQL asks of who looks: whether they see all, and else whose the session is.
func seenBy(viewer account.User) []any {
	id := uuid.Nil
	if viewer.Roles.Any(account.Moderator) {
		id = viewer.ID
	}
	return []any{viewer.Coordinates(), id, inList(id)}
}

func readDoor(ctx context.Context, from bun.IDB, viewer account.User, id uuid.UUID) (d door, err error) {
	err = selectDoor.Row(ctx, from, append([]any{id}, seenBy(viewer)...)...).
		Scan(&d.id, &d.study, &d.state, &d.language, &d.zone, &d.seats, &d.startsAt, &d.endsAt, &d.closedAt,
			&d.terms.incentive, &d.terms.travel, &d.terms.payLate, &d.terms.currency)
	return d, database.OrNotFound(err)
}

const (
	// doorOpens is how long before a session its attendance can be recorded, and how far from it an arrival may lie.
	doorOpens = 12 * time.Hour
	// uploadsEnd is how long after the close a moderator's device, which had no network say, can upload what was seen before.
	uploadsEnd = 24 * time.Hour
)

// opensTo refuses who may not record now what was seen then. The door opens twelve hours before the session. Once the focus
// group is closed, coordinators correct, and what moderators saw before the close is taken for a day more: it is not lost.
func (d door) opensTo(by account.User, now, seen time.Time) error {
	opens, until := d.startsAt.Add(-doorOpens), d.closedAt.Add(uploadsEnd)
	switch {
	case d.state == "scheduled" && now.Before(opens):
		return fault.Conflicting("door-shut", "the door opens twelve hours before the session, at %s: nobody can be recorded before", opens.UTC().Format(time.RFC3339))
	case d.state == "scheduled", d.state == "closed" && by.Coordinates():
		return nil
	case d.state == "closed" && seen.Before(d.closedAt.Time) && now.Before(until):
		return nil
	case d.state == "closed":
		return fault.Conflicting("group-closed", "the focus group was closed at %s: of a moderator, only what was seen before that is taken, until %s; ask a coordinator, who can still record who came",
			d.closedAt.UTC().Format(time.RFC3339), until.UTC().Format(time.RFC3339))
	}
	return fault.Conflicting("group-not-scheduled", "the focus group is %s: attendance is recorded of one that is scheduled", d.state)
}

var selectDoor = database.Prepared(`SELECT g.id, g.study_id, g.state, g.language, g.zone, g.seats, g.starts_at, g.ends_at, g.closed_at,
		s.incentive, s.travel, s.pay_late, s.currency
		FROM focus_groups g JOIN studies s ON s.id = g.study_id WHERE g.id = ? AND ` + seenBySQL)
