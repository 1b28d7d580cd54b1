package scheduling

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"fieldcare/internal/database"
)

// refill offers the seats that are free to those who wait, in order: each to the first who fits. Of whoever is looked at,
// it is written down why they were offered a seat or not.
func (s *seating) refill(ctx context.Context) error {
	if s.group.full() || s.group.over(s.now) != "" {
		return nil
	}
	waiting, err := waitingIn(ctx, s.tx, s.group.ID)
	if err != nil || len(waiting) == 0 {
		return err
	}
	seated, err := seatedIn(ctx, s.tx, s.group.ID)
	if err != nil {
		return err
	}
	ids := make([]uuid.UUID, len(waiting))
	for i := range waiting {
		ids[i] = waiting[i].ParticipantID
	}
	people, err := candidatesOf(ctx, s.tx, ids, s.group.ID)
	if err != nil {
		return err
	}
	for i := range waiting {
		r := &waiting[i]
		if s.group.full() {
			return nil
		}
		who := people[r.ParticipantID].candidate
		who.doNotContact = r.DoNotContact || r.Erased
		told, answerBy, why := s.offerable(r, who, seated)
		if why == "" {
			if why, err = s.busyThen(ctx, r); err != nil {
				return err
			}
		}
		if why != "" {
			if err := s.decide(ctx, r, false, why); err != nil {
				return err
			}
			continue
		}
		if taken, err := s.takeSeat(ctx); err != nil || !taken {
			return err
		}
		r.AnswerBy = database.At(answerBy)
		if err := s.move(ctx, r, Offer, ByClock, "a seat is free"); err != nil {
			return err
		}
		if err := s.decide(ctx, r, true, fmt.Sprintf("first who fits; can answer until %s", answerBy.In(r.place()).Format("2 January 2006, 15:04 (MST)"))); err != nil {
			return err
		}
		if err := s.letter(ctx, "seat-offered", r, told); err != nil {
			return err
		}
		seated = append(seated, *r)
	}
	return nil
}

// offerable says when somebody who waits would be told of a seat and until when they could answer, or why they are not
// offered it.
func (s *seating) offerable(r *invitationRow, who candidate, seated []invitationRow) (told, answerBy time.Time, why string) {
	if why := misfit(s.group, r, who, seated); why != "" {
		return told, answerBy, why
	}
	notice := time.Duration(s.group.NoticeMinutes) * time.Minute
	told, answerBy, ok := offerTimes(s.now, s.group.StartsAt.Time, notice, r.place())
	if !ok {
		return told, answerBy, fmt.Sprintf("too late: told at %s, outside the quiet hours, there is less time than the notice before the start", told.In(r.place()).Format("15:04"))
	}
	return told, answerBy, ""
}

// busyThen says that somebody has a seat in another session at that time.
func (s *seating) busyThen(ctx context.Context, r *invitationRow) (why string, err error) {
	var busy bool
	err = heldElsewhere.Row(ctx, s.tx, r.ParticipantID, s.group.ID, database.At(s.group.EndsAt.Add(travel)), database.At(s.group.StartsAt.Add(-travel))).Scan(&busy)
	if busy {
		why = "has a seat in another session at that time"
	}
	return why, err
}

// decide writes down why somebody was offered a seat or not, unless the same stands there already.
func (s *seating) decide(ctx context.Context, r *invitationRow, offered bool, reason string) error {
	_, err := insertDecision.Exec(ctx, s.tx, database.NewID(s.now), r.ID, database.At(s.now), offered, reason, r.ID, r.ID, reason, offered)
	return err
}

var (
	heldElsewhere = database.Prepared(`SELECT EXISTS (SELECT 1 FROM holds
		WHERE kind = 'participant' AND subject_id = ? AND focus_group_id <> ? AND from_at < ? AND until_at > ?)`)

	insertDecision = database.Prepared(`INSERT INTO seat_decisions (id, invitation_id, at, offered, reason)
		SELECT CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS BOOLEAN), CAST(? AS TEXT)
		WHERE NOT EXISTS (SELECT 1 FROM seat_decisions d WHERE d.invitation_id = ? AND d.id = (SELECT MAX(id) FROM seat_decisions WHERE invitation_id = ?)
			AND d.reason = ? AND d.offered = ?)`)
)
