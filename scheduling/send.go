package scheduling

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Sending says how an invitation is sent.
type Sending struct {
	AnswerBy *time.Time `json:"answer_by,omitempty" doc:"Until when it can be answered; by default until the group's notice time before the start"`
	ByPhone  bool       `json:"by_phone,omitempty" doc:"They were asked by phone: no mail is sent"`
	NewLink  bool       `json:"new_link,omitempty" doc:"The link that was sent before opens nothing any more"`
}

// SendOne sends a draft, or sends once more what is not answered yet: with the same link, unless a new one is asked for.
// It is a conflict, with the reason, where somebody does not want to be contacted or has no e-mail, or where a rule of
// exclusion leaves them out since they were asked.
func (s *Invitations) SendOne(ctx context.Context, by account.User, id uuid.UUID, how Sending) (Invitation, error) {
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		r, err := getInvitation(ctx, tx, id)
		if err != nil {
			return err
		}
		at, err := s.seating(ctx, tx, r.FocusGroupID, ByCoordinator, &by.ID)
		if err != nil {
			return err
		}
		leftOut, err := exclusionsOf(ctx, tx, at.group, []invitationRow{*r}, at.now)
		if err != nil {
			return err
		}
		if why := at.unsendable(r, how); why != "" {
			return fault.Conflicting("not-sendable", "the invitation cannot be sent: %s %s", r.Name, why)
		}
		if why := leftOut[id]; why != "" {
			return fault.Conflicting("excluded", "the study's rules leave %s out: %s; they can be set aside, with a reason", r.Name, why)
		}
		if err := at.send(ctx, r, how); err != nil {
			return err
		}
		return account.Audit(ctx, tx, at.now, account.AuditEntry{Actor: by.ID, Action: "send", Kind: "invitation", Subject: id.String()})
	})
	if err != nil {
		return Invitation{}, err
	}
	return s.Get(ctx, id)
}

// unsendable says why somebody cannot be sent an invitation; it is empty where they can.
func (s *seating) unsendable(r *invitationRow, how Sending) string {
	if how.ByPhone && r.Email == "" && !r.DoNotContact && !r.Erased {
		return ""
	}
	return r.unreachable()
}

// send sends an invitation of a group that takes answers.
func (s *seating) send(ctx context.Context, r *invitationRow, how Sending) error {
	if why := s.group.over(s.now); why != "" {
		return fault.Conflicting("group-over", "nobody can be invited: %s", why)
	}
	answerBy, err := s.answerBy(how)
	if err != nil {
		return err
	}
	stands := r.stateAt(s.now, s.group.StartsAt.Time)
	if stands == Expired {
		_, err := stands.After(Send, ByCoordinator)
		return err // also while the sweep has not come by yet
	}
	if how.NewLink {
		r.Generation++
	}
	r.AnswerBy, r.SentAt = database.At(answerBy), database.At(s.now)
	if stands == Sent {
		err = s.keep(ctx, r, Sent, ByCoordinator, "sent again")
	} else {
		err = s.move(ctx, r, Send, ByCoordinator, "")
	}
	if err != nil || how.ByPhone {
		return err
	}
	return s.letter(ctx, "invitation", r, s.now)
}

// answerBy is until when an invitation that is sent now can be answered.
func (s *seating) answerBy(how Sending) (time.Time, error) {
	starts := s.group.StartsAt.Time
	if how.AnswerBy == nil {
		return usualAnswerBy(starts, int64(s.group.NoticeMinutes), s.now), nil
	}
	if !how.AnswerBy.After(s.now) || how.AnswerBy.After(starts) {
		return time.Time{}, fault.At("/answer_by", "must be later than now, and not later than the start of the group, %s", starts.UTC().Format(time.RFC3339))
	}
	return *how.AnswerBy, nil
}

// usualAnswerBy is until when an invitation can be answered unless it is said: the notice before the start, or the start
// itself where that is past.
func usualAnswerBy(starts time.Time, noticeMinutes int64, now time.Time) time.Time {
	if by := starts.Add(-time.Duration(noticeMinutes) * time.Minute); by.After(now) {
		return by
	}
	return starts
}

// Mailing says to whom of a group invitations are sent.
type Mailing struct {
	Who      string     `json:"who" enum:"drafts,unanswered" doc:"drafts: who was not asked yet; unanswered: once more to those who did not answer"`
	AnswerBy *time.Time `json:"answer_by,omitempty" doc:"Until when they can be answered; by default until the group's notice time before the start"`
}

// Mailed says what became of sending a group's invitations.
type Mailed struct {
	Sent    int       `json:"sent" doc:"How many were sent"`
	Recent  int       `json:"recent" doc:"Who was written to within the last 24 hours and is not again"`
	Refused []Refused `json:"refused" nullable:"false" doc:"Who cannot be written to, and why"`
}

const (
	// sentAtOnce keeps one transaction short, so that others need not wait long for it.
	sentAtOnce = 250
	// notAgainWithin keeps a request that is sent twice from writing to anybody twice.
	notAgainWithin = 24 * time.Hour
)

// SendMany sends a group's invitations: all drafts, or those that are not answered once more. Asked again, it goes on where
// it was interrupted.
func (s *Invitations) SendMany(ctx context.Context, by account.User, group uuid.UUID, m Mailing) (mailed Mailed, err error) {
	mailed.Refused = []Refused{}
	state := map[string]InvitationState{"drafts": Drafted, "unanswered": Sent}[m.Who]
	if state == "" {
		return mailed, fault.At("/who", "must be drafts or unanswered")
	}
	if _, err := readSession(ctx, s.DB.Read(), group); err != nil {
		return mailed, err
	}
	var after uuid.UUID
	for more := true; more; {
		var part Mailed
		var last uuid.UUID
		var n int
		err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			part, last, n, err = s.sendPart(ctx, tx, by, group, m, state, after)
			return err
		})
		if err != nil {
			return mailed, err
		}
		mailed.Sent += part.Sent
		mailed.Recent += part.Recent
		mailed.Refused = append(mailed.Refused, part.Refused...)
		after, more = last, n == sentAtOnce
	}
	return mailed, nil
}

// sendPart sends those that come after an id, so many at once.
func (s *Invitations) sendPart(ctx context.Context, tx bun.Tx, by account.User, group uuid.UUID, m Mailing, state InvitationState, after uuid.UUID) (mailed Mailed, last uuid.UUID, n int, err error) {
	at, err := s.seating(ctx, tx, group, ByCoordinator, &by.ID)
	if err != nil {
		return mailed, last, 0, err
	}
	if why := at.group.over(at.now); why != "" {
		return mailed, last, 0, fault.Conflicting("group-over", "nobody can be invited: %s", why)
	}
	var rows []invitationRow
	err = invitationsFrom(tx, &rows).Where("invitation.focus_group_id = ?", group).Where("invitation.state = ?", state).Where("invitation.id > ?", after).
		OrderExpr("invitation.id").Limit(sentAtOnce).Scan(ctx)
	if err != nil {
		return mailed, last, 0, err
	}
	leftOut, err := exclusionsOf(ctx, tx, at.group, rows, at.now)
	if err != nil {
		return mailed, last, 0, err
	}
	for i := range rows {
		r := &rows[i]
		last = r.ID
		if r.stateAt(at.now, at.group.StartsAt.Time) == Expired {
			continue // the sweep has only not come by yet
		}
		if r.State == Sent && at.now.Sub(r.SentAt.Time) < notAgainWithin {
			mailed.Recent++
			continue
		}
		if why := cmp.Or(r.unreachable(), leftOut[r.ID]); why != "" {
			mailed.Refused = append(mailed.Refused, Refused{ParticipantID: r.ParticipantID, InvitationID: r.ID, Name: r.Name, Reason: why})
			continue
		}
		if err := at.send(ctx, r, Sending{AnswerBy: m.AnswerBy}); err != nil {
			return mailed, last, 0, err
		}
		mailed.Sent++
	}
	if mailed.Sent > 0 {
		err = account.Audit(ctx, tx, at.now, account.AuditEntry{Actor: by.ID, Action: "send-invitations", Kind: "focus-group", Subject: group.String(), Subjects: mailed.Sent})
	}
	return mailed, last, len(rows), err
}

// Move asks a participant to another group of the study instead: the invitation is withdrawn and another one made there,
// in the same state where that can be. Who has a seat here needs one there.
func (s *Invitations) Move(ctx context.Context, by account.User, id, to uuid.UUID, reason string) (moved Invitation, err error) {
	if err := fault.Characters("/reason", reason, 1, mostOfReason); err != nil {
		return moved, err
	}
	var made uuid.UUID
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		r, err := getInvitation(ctx, tx, id)
		if err != nil {
			return err
		}
		from, err := s.seating(ctx, tx, r.FocusGroupID, ByCoordinator, &by.ID)
		if err != nil {
			return err
		}
		if err := from.stillMoves(); err != nil {
			return err
		}
		there, err := s.seating(ctx, tx, to, ByCoordinator, &by.ID)
		if errors.Is(err, fault.ErrNotFound) || (err == nil && (there.group.StudyID != from.group.StudyID || to == r.FocusGroupID)) {
			return fault.At("/focus_group_id", "must be another group of the same study")
		}
		if err != nil {
			return err
		}
		made = uuid.NewSHA1(to, r.ParticipantID[:])
		was, reason := *r, "moved: "+reason
		if err := from.move(ctx, r, Withdraw, ByCoordinator, reason); err != nil {
			return err
		}
		fresh := was
		fresh.ID, fresh.FocusGroupID, fresh.State, fresh.Generation, fresh.Edition = made, to, Drafted, 0, 1
		fresh.SentAt, fresh.AnswerBy, fresh.WaitlistedAt, fresh.AcceptedAt, fresh.ConfirmedAt = database.Time{}, database.Time{}, database.Time{}, database.Time{}, database.Time{}
		fresh.CalendarUID, fresh.CalendarSent, fresh.Sequence = uuid.NewSHA1(made, []byte("calendar")).String(), false, 0
		fresh.CreatedAt = database.At(from.now)
		result, err := tx.NewInsert().Model(&fresh).On("CONFLICT DO NOTHING").Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return fault.Conflicting("invited-there", "%s has an invitation to that group already", r.Name)
		}
		if err := there.arrive(ctx, &fresh, was.State, reason); err != nil {
			return err
		}
		if err := from.letterMoved(ctx, r, was.State); err != nil {
			return err
		}
		if err := from.refill(ctx); err != nil {
			return err
		}
		return account.Audit(ctx, tx, from.now, account.AuditEntry{Actor: by.ID, Action: "move", Kind: "invitation", Subject: id.String()})
	})
	if err != nil {
		return moved, err
	}
	return s.Get(ctx, made)
}

// arrive brings an invitation that was moved here as far as it was there. An acceptance needs a seat.
func (s *seating) arrive(ctx context.Context, r *invitationRow, was InvitationState, reason string) error {
	if was == Drafted {
		return nil
	}
	if err := s.send(ctx, r, Sending{ByPhone: was == Accepted}); err != nil || was != Accepted {
		return err
	}
	if err := s.accept(ctx, r, reason); err != nil {
		return err
	}
	if r.State != Accepted {
		return fault.Conflicting("no-seat", "%s has a seat and would only be on the waiting list there: see that group's waiting list for why", r.Name)
	}
	return nil
}

// letterMoved tells somebody who had a seat that it is taken back; who had only been asked gets the new invitation alone.
func (s *seating) letterMoved(ctx context.Context, r *invitationRow, was InvitationState) error {
	if was != Accepted {
		return nil
	}
	return s.letter(ctx, "invitation-withdrawn", r, s.now)
}
