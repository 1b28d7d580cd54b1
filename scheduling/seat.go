package scheduling

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
	"fieldcare/internal/fault"
	"fieldcare/internal/mail"
)

// seating is the work of one transaction on the seats of a group. Seats are counted in the group's row, which acceptances
// and open offers take from; one conditional statement decides who gets the last.
type seating struct {
	tx    bun.Tx
	now   time.Time
	group *session
	party Party      // who set it off
	actor *uuid.UUID // the coordinator, where it was one
}

func (s *Invitations) seating(ctx context.Context, tx bun.Tx, group uuid.UUID, party Party, actor *uuid.UUID) (*seating, error) {
	return seatingOf(ctx, tx, s.Clock(), group, party, actor)
}

func seatingOf(ctx context.Context, tx bun.Tx, now time.Time, group uuid.UUID, party Party, actor *uuid.UUID) (*seating, error) {
	g, err := readSession(ctx, tx, group)
	return &seating{tx: tx, now: now, group: g, party: party, actor: actor}, err
}

// move makes one move of the table of states, keeps it with the invitation's other changes and writes it down. A seat that
// is left becomes free, and so does the participant's time; it is not offered to the next yet.
func (s *seating) move(ctx context.Context, r *invitationRow, action InvitationAction, by Party, reason string) error {
	from := r.State
	to, err := from.After(action, by)
	if err != nil {
		return err
	}
	r.State = to
	if from.holdsSeat() && !to.holdsSeat() {
		if _, err := freeSeat.Exec(ctx, s.tx, s.group.ID); err != nil {
			return err
		}
		s.group.Taken--
		if err := freeHold(ctx, s.tx, participantHold, r.ParticipantID, s.group.ID); err != nil {
			return err
		}
	}
	return s.keep(ctx, r, from, by, reason)
}

// keep writes the invitation and its move down.
func (s *seating) keep(ctx context.Context, r *invitationRow, from InvitationState, by Party, reason string) error {
	r.Edition++
	if _, err := s.tx.NewUpdate().Model(r).WherePK().Exec(ctx); err != nil {
		return err
	}
	move := InvitationMove{At: s.now, Party: by, From: from, To: r.State, Reason: reason}
	if by == ByCoordinator {
		move.ActorID = s.actor
	}
	return move.keep(ctx, s.tx, r.ID)
}

// takeSeat takes a free seat, if there is one: whatever arrives at once, never more than seats and reserve.
func (s *seating) takeSeat(ctx context.Context) (taken bool, err error) {
	n, err := takeFreeSeat.Exec(ctx, s.tx, s.group.ID)
	s.group.Taken += int(n)
	return n == 1, err
}

// holdTime keeps the participant's time for the session, or says that they are in another one then.
func (s *seating) holdTime(ctx context.Context, r *invitationRow) error {
	taken, err := takeHold(ctx, s.tx, participantHold, r.ParticipantID, s.group.ID, s.group.StartsAt.Add(-travel), s.group.EndsAt.Add(travel))
	if err != nil || taken {
		return err
	}
	var own bool
	if err := holdsOwn.Row(ctx, s.tx, r.ParticipantID, s.group.ID).Scan(&own); err != nil || own {
		return err
	}
	return fault.Conflicting("held", "%s has a seat in another session at that time", r.Name)
}

// travel is kept free of a participant's time before and after a session, to come and go.
const travel = 30 * time.Minute

// letter orders a mail to the participant, if they can be written to. Who took a seat or a place on the waiting list is
// told what becomes of it though they unsubscribed: so they were promised then.
func (s *seating) letter(ctx context.Context, template string, r *invitationRow, at time.Time) error {
	tookPlace := !r.AcceptedAt.IsZero() || !r.WaitlistedAt.IsZero()
	if r.unreachable() != "" && (r.Erased || r.Email == "" || !tookPlace) {
		return nil
	}
	return mail.Queue(ctx, s.tx, mail.Order{Template: template, To: r.ParticipantID, About: letterAbout{Invitation: r.ID}, Key: letterKey(template, r), At: at})
}

// accept gives somebody who says yes a seat, or a place on the waiting list: when none is free, when those of their kind
// are full, or when a rule leaves them out. Those who wait longer come first.
func (s *seating) accept(ctx context.Context, r *invitationRow, reason string) error {
	if r.State == Offered {
		if err := s.holdTime(ctx, r); err != nil {
			return err
		}
		return s.seat(ctx, r, reason)
	}
	if _, err := r.State.After(Accept, s.party); err != nil {
		return err
	}
	if err := s.refill(ctx); err != nil {
		return err
	}
	why, err := s.unfit(ctx, r)
	if err != nil {
		return err
	}
	if why == "" {
		taken, err := s.takeSeat(ctx)
		if err != nil {
			return err
		}
		if taken {
			if err := s.holdTime(ctx, r); err != nil {
				return err
			}
			return s.seat(ctx, r, reason)
		}
		why = "every seat is taken"
	}
	var last database.Time
	if err := lastWaiting.Row(ctx, s.tx, s.group.ID).Scan(&last); err != nil {
		return err
	}
	// In order, though the clock has stood still.
	r.WaitlistedAt = database.At(s.now)
	if !last.Before(r.WaitlistedAt.Time) {
		r.WaitlistedAt = database.At(last.Add(time.Microsecond))
	}
	r.AnswerBy = database.Time{}
	if err := s.move(ctx, r, Wait, s.party, because(why, reason)); err != nil {
		return err
	}
	return s.letter(ctx, "invitation-waitlisted", r, s.now)
}

func because(why, reason string) string {
	if reason == "" {
		return why
	}
	return why + ": " + reason
}

// seat makes somebody whose seat is taken and whose time is kept one who accepted.
func (s *seating) seat(ctx context.Context, r *invitationRow, reason string) error {
	r.AcceptedAt, r.AnswerBy = database.At(s.now), database.Time{}
	if err := s.move(ctx, r, Accept, s.party, reason); err != nil {
		return err
	}
	return s.letter(ctx, "invitation-confirmed", r, s.now)
}

// unfit says why somebody cannot have a seat although one may be free: a hard quota or a rule of exclusion.
func (s *seating) unfit(ctx context.Context, r *invitationRow) (why string, err error) {
	quotas, rules := s.group.quotas(), s.group.exclusionsFor(r)
	if len(quotas)+len(rules) == 0 {
		return "", nil
	}
	seated, err := seatedIn(ctx, s.tx, s.group.ID)
	if err != nil {
		return "", err
	}
	people, err := candidatesOf(ctx, s.tx, []uuid.UUID{r.ParticipantID}, s.group.ID)
	if err != nil {
		return "", err
	}
	who := people[r.ParticipantID].candidate
	who.doNotContact = false // it is they who come to us
	return misfit(s.group, r, who, seated), nil
}

// misfit says which quota or rule leaves somebody out of a group where these have a seat.
func misfit(g *session, r *invitationRow, who candidate, seated []invitationRow) string {
	attributes := make([]map[string]string, 0, len(seated))
	for i := range seated {
		if seated[i].ID != r.ID {
			attributes = append(attributes, seated[i].attributes())
		}
	}
	if why := fullFor(filled(g.quotas(), attributes), r.attributes()); why != "" {
		return why
	}
	return excluded(g.exclusionsFor(r), who, g.Topic, g.StartsAt.Time, candidatesWithout(seated, r.ParticipantID))
}

var (
	takeFreeSeat = database.Prepared("UPDATE focus_groups SET taken = taken + 1 WHERE id = ? AND state = 'scheduled' AND taken < seats + reserve")
	freeSeat     = database.Prepared("UPDATE focus_groups SET taken = taken - 1 WHERE id = ?")

	holdsOwn    = database.Prepared("SELECT EXISTS (SELECT 1 FROM holds WHERE kind = 'participant' AND subject_id = ? AND focus_group_id = ?)")
	lastWaiting = database.Prepared("SELECT MAX(waitlisted_at) FROM invitations WHERE focus_group_id = ? AND state = 'waitlisted'")
)
