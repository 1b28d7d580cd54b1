package scheduling

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
)

// ExpireDue ends the invitations and offers that nobody answered in time, and offers seats that are free to those who
// wait. It says how many it ended. A cancelled session leaves the states as they are.
func (s *Invitations) ExpireDue(ctx context.Context) (n int, err error) {
	now := database.At(s.Clock())
	var groups []uuid.UUID
	err = s.DB.Read().NewSelect().TableExpr("focus_groups AS g").ColumnExpr("g.id").Where("g.state = 'scheduled'").
		Where(`(EXISTS (SELECT 1 FROM invitations i WHERE i.focus_group_id = g.id AND i.state IN ('sent', 'offered') AND i.answer_by <= ?)
			OR (g.starts_at <= ? AND EXISTS (SELECT 1 FROM invitations i WHERE i.focus_group_id = g.id AND i.state IN ('sent', 'offered', 'waitlisted')))
			OR (g.starts_at > ? AND g.taken < g.seats + g.reserve AND EXISTS (SELECT 1 FROM invitations i WHERE i.focus_group_id = g.id AND i.state = 'waitlisted')))`, now, now, now).
		OrderExpr("g.starts_at, g.id").Scan(ctx, &groups)
	if err != nil {
		return 0, err
	}
	for _, group := range groups {
		for more := true; more; {
			ended := 0
			err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
				ended, err = s.expire(ctx, tx, group)
				return err
			})
			if err != nil {
				return n, fmt.Errorf("focus group %s: %w", group, err)
			}
			n += ended
			more = ended == expiredAtOnce
		}
	}
	return n, nil
}

// expiredAtOnce keeps one transaction short, so that others need not wait long for it.
const expiredAtOnce = 500

// expire ends what is due in a group.
func (s *Invitations) expire(ctx context.Context, tx bun.Tx, group uuid.UUID) (n int, err error) {
	at, err := s.seating(ctx, tx, group, ByClock, nil)
	if err != nil || at.group.State != "scheduled" {
		return 0, err
	}
	var due []invitationRow
	q := invitationsFrom(tx, &due).Where("invitation.focus_group_id = ?", group).OrderExpr("invitation.answer_by, invitation.id").Limit(expiredAtOnce)
	reason := "not answered in time"
	if at.group.over(at.now) != "" {
		q = q.Where("invitation.state IN ('sent', 'offered', 'waitlisted')")
		reason = "the session has begun"
	} else {
		q = q.Where("invitation.state IN ('sent', 'offered') AND invitation.answer_by <= ?", database.At(at.now))
	}
	if err := q.Scan(ctx); err != nil {
		return 0, err
	}
	for i := range due {
		if err := at.move(ctx, &due[i], Expire, ByClock, reason); err != nil {
			return 0, err
		}
	}
	return len(due), at.refill(ctx)
}
