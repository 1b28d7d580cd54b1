package scheduling

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/fault"
)

// setAside begins the reason of an invitation's move by which the rules of exclusion were set aside.
const setAside = "exclusion set aside: "

// Override sets the study's rules of exclusion aside for somebody who is asked already, with a reason; who, when and why
// stands among the invitation's moves. Who waits is offered a seat if there is one. The same reason again changes nothing.
// That somebody does not want to be contacted is never set aside, and who has a seat, or can get none, needs no override:
// these are conflicts.
func (s *Invitations) Override(ctx context.Context, by account.User, id uuid.UUID, reason string) (Invitation, error) {
	if err := fault.Characters("/reason", reason, 1, mostOfReason); err != nil {
		return Invitation{}, err
	}
	reason = strings.TrimSpace(reason)
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		r, err := getInvitation(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := r.ofSomebody(); err != nil {
			return err
		}
		at, err := s.seating(ctx, tx, r.FocusGroupID, ByCoordinator, &by.ID)
		if err != nil {
			return err
		}
		if r.Override == reason {
			return nil
		}
		if err := at.override(ctx, r, reason); err != nil {
			return err
		}
		return account.Audit(ctx, tx, at.now, account.AuditEntry{Actor: by.ID, Action: "override", Kind: "invitation", Subject: id.String(), Fields: []string{"override"}})
	})
	if err != nil {
		return Invitation{}, err
	}
	return s.Get(ctx, id)
}

func (s *seating) override(ctx context.Context, r *invitationRow, reason string) error {
	if why := s.group.past(s.now); why != "" {
		return fault.Conflicting("group-over", "nobody can be invited: %s", why)
	}
	switch {
	case !r.State.mayGetSeat():
		return fault.Conflicting("illegal-move", "no rule leaves them out: the invitation is %s", r.State.inWords())
	case r.DoNotContact:
		return fault.Conflicting("not-sendable", "%s %s, which is never set aside", r.Name, r.unreachable())
	}
	r.Override = reason
	if err := s.keep(ctx, r, r.State, ByCoordinator, setAside+reason); err != nil {
		return err
	}
	return s.refill(ctx)
}

// mayGetSeat is true of the states in which rules can leave somebody out: they have no seat, and may still get one.
func (s InvitationState) mayGetSeat() bool {
	return s == Drafted || s == Sent || s == Declined || s == Waitlisted
}

// exclusionsOf says what leaves those of a group's invitations out who have no seat yet, by the invitation's id.
func exclusionsOf(ctx context.Context, from bun.IDB, g *session, rows []invitationRow, now time.Time) (map[uuid.UUID]string, error) {
	why, ids := map[uuid.UUID]string{}, []uuid.UUID{}
	for i := range rows {
		if rows[i].State.mayGetSeat() {
			ids = append(ids, rows[i].ParticipantID)
		}
	}
	if len(ids) == 0 {
		return why, nil
	}
	people, err := candidatesOf(ctx, from, ids, g.ID)
	if err != nil {
		return nil, err
	}
	seated, err := seatedIn(ctx, from, g.ID)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		r := &rows[i]
		who, onPanel := people[r.ParticipantID]
		if !onPanel {
			continue
		}
		if reason := excluded(g.exclusionsFor(r), who.candidate, g.Topic, g.startsFrom(now), candidatesWithout(seated, r.ParticipantID)); reason != "" {
			why[r.ID] = reason
		}
	}
	return why, nil
}
