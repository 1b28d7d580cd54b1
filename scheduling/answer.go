package scheduling

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Answers that a participant can give.
const (
	AnswerAccept  = "accept"
	AnswerDecline = "decline"
	AnswerCancel  = "cancel"  // cannot come any more, or waits no longer
	AnswerConfirm = "confirm" // says again that they will come
)

// Answer is what a participant says to an invitation or to the offer of a seat.
type Answer struct {
	Answer    string            `json:"answer" enum:"accept,decline,cancel,confirm" doc:"cancel is of who accepted or waits; confirm says again that they will come"`
	Screening map[string]string `json:"screening,omitempty" doc:"Of who accepts: options by question"`
	Consents  []string          `json:"consents,omitempty" doc:"Of who accepts: the scopes that they agree to; attend is needed" example:"[\"attend\",\"quotes\"]"`
	Reason    string            `json:"reason,omitempty" maxLength:"1000" doc:"What they said"`
}

// Answer records what a participant said, by phone for example. The same answer again changes nothing. Who says yes is
// given a seat, or waits, or is screened out: see the state.
func (s *Invitations) Answer(ctx context.Context, by account.User, id uuid.UUID, a Answer) (Invitation, error) {
	err := s.answer(ctx, id, ByCoordinator, &by.ID, (*invitationRow).ofSomebody, a)
	if err != nil {
		return Invitation{}, err
	}
	return s.Get(ctx, id)
}

// ofSomebody refuses what would be written about somebody who was erased.
func (r *invitationRow) ofSomebody() error {
	if r.Erased {
		return errErased
	}
	return nil
}

// answer takes an answer in one transaction. may refuses it by the invitation that is there then.
func (s *Invitations) answer(ctx context.Context, id uuid.UUID, by Party, actor *uuid.UUID, may func(*invitationRow) error, a Answer) error {
	a.Reason = strings.TrimSpace(a.Reason)
	if err := fault.Characters("/reason", a.Reason, 0, mostOfReason); err != nil {
		return err
	}
	if !slices.Contains([]string{AnswerAccept, AnswerDecline, AnswerCancel, AnswerConfirm}, a.Answer) {
		return fault.At("/answer", "must be accept, decline, cancel or confirm")
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		r, err := getInvitation(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := may(r); err != nil {
			return err
		}
		at, err := s.seating(ctx, tx, r.FocusGroupID, by, actor)
		if err != nil {
			return err
		}
		before := r.Edition
		if err := at.answer(ctx, r, a); err != nil || r.Edition == before {
			return err
		}
		if actor == nil {
			return nil
		}
		return account.Audit(ctx, tx, at.now, account.AuditEntry{Actor: *actor, Action: "answer", Kind: "invitation", Subject: id.String()})
	})
}

// answer makes the moves that follow from an answer.
func (s *seating) answer(ctx context.Context, r *invitationRow, a Answer) error {
	if again(r.State, a.Answer) {
		return nil
	}
	if why := s.group.over(s.now); why != "" {
		return fault.Conflicting("answers-closed", "answers are closed: %s", why)
	}
	if r.State != Expired && r.stateAt(s.now, s.group.StartsAt.Time) == Expired {
		return fault.Conflicting("answers-closed", "answers are closed: the time to answer is over")
	}
	switch a.Answer {
	case AnswerConfirm:
		return s.confirm(ctx, r)
	case AnswerDecline:
		return s.leave(ctx, r, Decline, a.Reason)
	case AnswerCancel:
		return s.leave(ctx, r, Cancel, a.Reason)
	}
	if _, err := r.State.After(Accept, s.party); err != nil {
		return err
	}
	if r.State == Declined && !r.AnswerBy.IsZero() && !s.now.Before(r.AnswerBy.Time) {
		return fault.Conflicting("answers-closed", "answers are closed: the time to answer is over")
	}
	out, err := s.screen(r, a)
	if err != nil {
		return err
	}
	if out && r.State == Sent {
		return s.move(ctx, r, ScreenOut, s.party, a.Reason)
	}
	if out {
		return fault.Conflicting("screened-out", "by these answers they are not among those whom the study wants")
	}
	if err := s.consent(ctx, r, a.Consents); err != nil {
		return err
	}
	return s.accept(ctx, r, a.Reason)
}

// again is true of an answer that led to this state already: it was lost on its way, and is given once more.
func again(state InvitationState, answer string) bool {
	switch answer {
	case AnswerAccept:
		return state == Accepted || state == Waitlisted || state == ScreenedOut
	case AnswerDecline:
		return state == Declined
	case AnswerCancel:
		return state == Cancelled
	}
	return false
}

// screen keeps the answers to the screening questions and finds out whether they screen out. Who is offered a seat has
// answered them before.
func (s *seating) screen(r *invitationRow, a Answer) (out bool, err error) {
	answers := a.Screening
	if len(answers) == 0 && r.State != Sent {
		_ = json.Unmarshal([]byte(r.Screening), &answers) // written by us
	}
	out, faults := screen(s.group.screening(), answers)
	if err := fault.Of(faults); err != nil {
		return false, err
	}
	text, err := json.Marshal(answers)
	if len(answers) > 0 {
		r.Screening = string(text)
	}
	return out, err
}

// confirm notes that somebody who accepted says again that they will come.
func (s *seating) confirm(ctx context.Context, r *invitationRow) error {
	if r.State != Accepted {
		return &fault.Conflict{Type: "illegal-move", Detail: "only who accepted can confirm that they will come"}
	}
	if !r.ConfirmedAt.IsZero() {
		return nil
	}
	if !s.group.asksToConfirm(s.now) {
		return fault.Conflicting("not-asked-yet", "who accepted is asked to confirm from 48 hours before the start on, %s: what is said earlier is not what will be known then",
			s.group.StartsAt.Add(-askedToConfirm).UTC().Format(time.RFC3339))
	}
	r.ConfirmedAt = database.At(s.now)
	return s.keep(ctx, r, Accepted, s.party, "confirmed")
}

// leave gives up a seat, an offer or a place on the waiting list. What falls free is offered to the next at once.
func (s *seating) leave(ctx context.Context, r *invitationRow, action InvitationAction, reason string) error {
	from := r.State
	if err := s.move(ctx, r, action, s.party, reason); err != nil {
		return err
	}
	if from == Accepted {
		if err := s.letter(ctx, "invitation-cancelled", r, s.now); err != nil {
			return err
		}
	}
	return s.refill(ctx)
}
