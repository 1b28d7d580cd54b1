package scheduling

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
	"fieldcare/internal/jobs"
)

// The jobs that tell everybody who must know what became of a focus group. Each has the payload of FocusGroupRef and is
// added once for an edition, so that everybody is told once.
const (
	JobFocusGroupMoved     = "focus-group-moved" // another time or another room
	JobFocusGroupCancelled = "focus-group-cancelled"
)

// FocusGroupRef is what such a job is about: a focus group, and its edition when the job was added.
type FocusGroupRef struct {
	FocusGroup uuid.UUID `json:"focus_group"`
	Edition    int64     `json:"edition"`
}

// haveTold has everybody told who must know that the group was moved or cancelled: once for each edition.
func (g *FocusGroup) haveTold(ctx context.Context, tx bun.Tx, kind string, now time.Time) error {
	payload, err := json.Marshal(FocusGroupRef{g.ID, g.Edition})
	if err != nil {
		return err
	}
	return jobs.Add(ctx, tx, jobs.Job{Kind: kind, Payload: payload, RunAt: now, Key: fmt.Sprintf("%s:%d", g.ID, g.Edition)})
}

// Change changes a focus group that was read with this edition, while it is a draft or scheduled. Where a scheduled one
// gets another time, room or moderator, what was kept for it is let go and kept anew in the same transaction: either
// everything moves or nothing. Time and room stay once it has begun. Seats that are added are offered to those who wait; no
// seat is taken from who has one. Where nothing would differ, nothing happens.
func (s *FocusGroups) Change(ctx context.Context, by account.User, id uuid.UUID, edition int64, c FocusGroupChange) (g FocusGroup, err error) {
	now := s.Clock()
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		before, row, err := s.get(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if before.Edition != edition {
			return fault.ErrChanged
		}
		if before.State != GroupDraft && before.State != GroupScheduled {
			return fault.Conflicting("not-changeable", "a focus group that is %s is no longer changed", before.State)
		}
		after := before
		var wrong faultList
		fields, in, err := after.change(ctx, tx, c, &wrong)
		if err != nil {
			return err
		}
		moved := after.elsewhere(before)
		if before.State == GroupScheduled && moved {
			if before.begun(now) {
				return fault.Conflicting("not-changeable", "the focus group has begun: its time and its room stay")
			}
			if len(wrong) == 0 {
				wrong = after.readiness(in, now)
			}
		}
		if err := fault.Of(wrong); err != nil {
			return err
		}
		if g = before; after.same(before) {
			return nil
		}
		after.Edition++
		after.Running = after.runs(now)
		if err := row.keep(ctx, tx, after); err != nil {
			return err
		}
		if before.State == GroupScheduled {
			if err := after.rebook(ctx, tx, before, in, now); err != nil {
				return err
			}
			if err := after.offerSeats(ctx, tx, now, by); err != nil {
				return err
			}
		}
		g = after
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "change", Kind: "focus-group", Subject: id.String(), Fields: fields})
	})
	return g, err
}

// offerSeats offers what is free of a scheduled group's seats to those who wait, as when one falls free.
func (g *FocusGroup) offerSeats(ctx context.Context, tx bun.Tx, now time.Time, by account.User) error {
	at, err := seatingOf(ctx, tx, now, g.ID, ByCoordinator, &by.ID)
	if err != nil {
		return err
	}
	err = at.refill(ctx)
	g.Taken = int64(at.group.Taken)
	return err
}

// elsewhere is true where the group is at another time or in another room than before.
func (g *FocusGroup) elsewhere(before FocusGroup) bool {
	return !sameTime(g.StartsAt, before.StartsAt) || !sameTime(g.EndsAt, before.EndsAt) || !sameID(g.RoomID, before.RoomID)
}

func (g *FocusGroup) same(before FocusGroup) bool {
	return !g.elsewhere(before) && slices.Equal(g.crew(), before.crew()) && sameID(g.ModeratorID, before.ModeratorID) &&
		g.Topic == before.Topic && g.Language == before.Language && g.RoomReference == before.RoomReference && g.Zone == before.Zone &&
		g.Seats == before.Seats && g.Minimum == before.Minimum && g.Reserve == before.Reserve && g.NoticeMinutes == before.NoticeMinutes && g.TravelMinutes == before.TravelMinutes
}

func sameTime(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }

func sameID(a, b *uuid.UUID) bool { return a == b || a != nil && b != nil && *a == *b }

// rebook keeps for a scheduled group what it now needs, in place of what it needed before, and has those told who must
// know.
func (g *FocusGroup) rebook(ctx context.Context, tx bun.Tx, before FocusGroup, in *hostRoom, now time.Time) error {
	moved := g.elsewhere(before)
	if moved || !slices.Equal(g.crew(), before.crew()) || g.TravelMinutes != before.TravelMinutes {
		if err := g.book(ctx, tx, before, in, now); err != nil {
			return err
		}
	}
	if err := g.tellCrew(ctx, tx, before.crew(), before, now); err != nil || !moved {
		return err
	}
	if !sameTime(g.StartsAt, before.StartsAt) {
		if _, err := forgetConfirmations.Exec(ctx, tx, g.ID); err != nil {
			return err
		}
		starts := *g.StartsAt
		if _, err := endAnswers.Exec(ctx, tx, database.At(usualAnswerBy(starts, g.NoticeMinutes, now)), g.ID, database.At(starts)); err != nil {
			return err
		}
	}
	if err := g.remindOfRoom(ctx, tx, in, now); err != nil {
		return err
	}
	return g.haveTold(ctx, tx, JobFocusGroupMoved, now)
}

// Who said that they come at one time has not said it of another: they are asked again.
var forgetConfirmations = database.Prepared("UPDATE invitations SET confirmed_at = NULL, edition = edition + 1 WHERE focus_group_id = ? AND confirmed_at IS NOT NULL")

// Nobody is told that they can answer later than the session starts. A time to answer that ends before stays as it was
// said.
var endAnswers = database.Prepared(`UPDATE invitations SET answer_by = ?, edition = edition + 1
	WHERE focus_group_id = ? AND answer_by > ? AND state IN ('sent', 'offered', 'declined')`)

// Schedule makes a draft a scheduled focus group, and keeps its room, its moderator and its assistants for it. It is
// repeatable.
func (s *FocusGroups) Schedule(ctx context.Context, by account.User, id uuid.UUID) (FocusGroup, error) {
	now := s.Clock()
	return s.move(ctx, by, id, "schedule", GroupScheduled, "", func(ctx context.Context, tx bun.Tx, before FocusGroup, g *FocusGroup) error {
		if before.State != GroupDraft {
			return before.illegalMove("schedule")
		}
		var in *hostRoom
		if g.RoomID != nil {
			var err error
			if in, err = getHostRoom(ctx, tx, *g.RoomID); err != nil {
				return err
			}
		}
		if err := fault.Of(append(g.faults(in), g.readiness(in, now)...)); err != nil {
			return err
		}
		moderators, err := moderatorsAmong(ctx, tx, g.crew())
		if err != nil {
			return err
		}
		for _, id := range g.crew() {
			if !moderators[id] {
				return fault.At("/moderator_id", "the moderator or an assistant is no longer a moderator, or is disabled: name another")
			}
		}
		if err := g.book(ctx, tx, before, in, now); err != nil {
			return err
		}
		if err := g.tellCrew(ctx, tx, nil, before, now); err != nil {
			return err
		}
		return g.remindOfRoom(ctx, tx, in, now)
	})
}

// Cancel cancels a draft or a scheduled focus group for a reason, and lets go of everything that was kept for it. The
// states of its invitations stay. One that somebody came to took place, and is closed: who was turned away is paid. It is
// repeatable.
func (s *FocusGroups) Cancel(ctx context.Context, by account.User, id uuid.UUID, reason string) (FocusGroup, error) {
	reason = strings.TrimSpace(reason)
	if err := fault.Characters("/reason", reason, 1, mostOfReason); err != nil {
		if _, missing := s.Get(ctx, by, id); missing != nil {
			err = missing
		}
		return FocusGroup{}, err
	}
	return s.move(ctx, by, id, "cancel", GroupCancelled, reason, func(ctx context.Context, tx bun.Tx, before FocusGroup, g *FocusGroup) error {
		if before.State != GroupDraft && before.State != GroupScheduled {
			return before.illegalMove("cancel")
		}
		var came bool
		if err := anybodyCame.Row(ctx, tx, id).Scan(&came); err != nil {
			return err
		}
		if came {
			return &fault.Conflict{Type: "illegal-move", Detail: "somebody was let in or turned away at the door: close the focus group, or correct who came", Possible: []string{"close"}}
		}
		if err := freeHolds(ctx, tx, id); err != nil || before.State == GroupDraft {
			return err
		}
		now := s.Clock()
		g.CancelledAt = &now
		return g.haveTold(ctx, tx, JobFocusGroupCancelled, now)
	})
}

// Close closes a scheduled focus group that has begun. It is repeatable.
func (s *FocusGroups) Close(ctx context.Context, by account.User, id uuid.UUID) (FocusGroup, error) {
	now := s.Clock()
	return s.move(ctx, by, id, "close", GroupClosed, "", func(ctx context.Context, tx bun.Tx, before FocusGroup, g *FocusGroup) error {
		switch {
		case before.State != GroupScheduled:
			return before.illegalMove("close")
		case !before.begun(now):
			return &fault.Conflict{Type: "illegal-move", Detail: fmt.Sprintf("the focus group has not begun: it starts at %s, and can be closed from then on", before.Starts), Possible: []string{"cancel"}}
		}
		g.ClosedAt = &now
		return nil
	})
}

// move brings a focus group into a state, for a reason or none, with what goes with it. A group that is there already
// stays as it is: the answer to the first time was lost.
func (s *FocusGroups) move(ctx context.Context, by account.User, id uuid.UUID, name string, to FocusGroupState, reason string,
	with func(ctx context.Context, tx bun.Tx, before FocusGroup, g *FocusGroup) error) (g FocusGroup, err error) {
	now := s.Clock()
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		before, row, err := s.get(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if g = before; before.State == to && before.Reason == reason {
			return nil
		}
		after := before
		after.State, after.Reason, after.Edition = to, reason, before.Edition+1
		if err := with(ctx, tx, before, &after); err != nil {
			return err
		}
		after.Running = after.runs(now)
		if err := row.keep(ctx, tx, after); err != nil {
			return err
		}
		g = after
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: name, Kind: "focus-group", Subject: id.String()})
	})
	return g, err
}

var anybodyCame = database.Prepared("SELECT EXISTS (SELECT 1 FROM invitations i" + latestRecord + "WHERE i.focus_group_id = ? AND a.outcome IN ('took_part', 'turned_away', 'sent_home'))")
