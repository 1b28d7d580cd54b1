package scheduling

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
	"fieldcare/internal/fault"
	"fieldcare/internal/jobs"
	"fieldcare/internal/walltime"
)

// need is somebody, or the room, that a session needs, with the buffer before and after it.
type need struct {
	kind    holdKind
	subject uuid.UUID
	buffer  time.Duration
	pointer string // where the group names it
	name    string // in words
}

// needs are the room, the moderator and the assistants of a group that has them.
func (g *FocusGroup) needs(in *hostRoom) []need {
	travel := time.Duration(g.TravelMinutes) * time.Minute
	needs := []need{
		{roomHold, in.ID, time.Duration(in.SetupMinutes) * time.Minute, "/room_id", "the room"},
		{moderatorHold, *g.ModeratorID, travel, "/moderator_id", "the moderator"},
	}
	for i, id := range g.Assistants {
		needs = append(needs, need{moderatorHold, id, travel, fmt.Sprintf("/assistants/%d", i), "an assistant"})
	}
	return needs
}

// book keeps for a group everything that it needs, and lets go of what it needed before. What somebody else keeps is a
// conflict that says who, and which times are free.
func (g *FocusGroup) book(ctx context.Context, tx bun.Tx, before FocusGroup, in *hostRoom, now time.Time) error {
	held, err := holdsOfGroup(ctx, tx, g.ID)
	if err != nil {
		return err
	}
	for _, h := range held {
		if h.Kind != participantHold {
			if err := freeHold(ctx, tx, h.Kind, h.SubjectID, g.ID); err != nil {
				return err
			}
		}
	}
	var missed []need
	for _, n := range g.needs(in) {
		taken, err := takeHold(ctx, tx, n.kind, n.subject, g.ID, g.StartsAt.Add(-n.buffer), g.EndsAt.Add(n.buffer))
		if err != nil {
			return err
		}
		if !taken {
			missed = append(missed, n)
		}
	}
	if len(missed) > 0 {
		return g.slotTaken(ctx, tx, in, missed, now)
	}
	if sameTime(g.StartsAt, before.StartsAt) && sameTime(g.EndsAt, before.EndsAt) {
		return nil
	}
	return g.takeAlong(ctx, tx, before, held)
}

// takeAlong moves the holds of those who have accepted with the group, each with the time around it that it had.
func (g *FocusGroup) takeAlong(ctx context.Context, tx bun.Tx, before FocusGroup, held []hold) error {
	busy := 0
	for _, h := range held {
		if h.Kind != participantHold {
			continue
		}
		if err := freeHold(ctx, tx, h.Kind, h.SubjectID, g.ID); err != nil {
			return err
		}
		from, until := g.StartsAt.Add(h.FromAt.Sub(*before.StartsAt)), g.EndsAt.Add(h.UntilAt.Sub(*before.EndsAt))
		taken, err := takeHold(ctx, tx, h.Kind, h.SubjectID, g.ID, from, until)
		if err != nil {
			return err
		}
		if !taken {
			busy++
		}
	}
	if busy == 0 {
		return nil
	}
	detail := fmt.Sprintf("%d of those who accepted are in another focus group then: move it elsewhere, or withdraw their invitations first", busy)
	return &fault.Conflict{Type: "slot-taken", Detail: detail, Faults: []fault.Fault{{Pointer: "/starts", Detail: detail}}}
}

const slotsOffered = 3

// slotTaken is the conflict with those who keep what the group needs: which groups these are, and the next times of the
// same length at which the room and everybody is free. Who schedules may know every group.
func (g *FocusGroup) slotTaken(ctx context.Context, tx bun.Tx, in *hostRoom, missed []need, now time.Time) error {
	zone, err := walltime.Zone(g.Zone)
	if err != nil {
		return err
	}
	conflict := &fault.Conflict{Type: "slot-taken"}
	var said []string
	for _, n := range missed {
		holds, err := holdsDuring(ctx, tx, n.kind, []uuid.UUID{n.subject}, g.StartsAt.Add(-n.buffer), g.EndsAt.Add(n.buffer))
		if err != nil {
			return err
		}
		for _, h := range holds {
			from, until := h.FromAt.In(zone), h.UntilAt.In(zone)
			detail := fmt.Sprintf("%s is kept for the focus group “%s” from %s until %s, the time before and after it included", n.name, h.Topic,
				from.Format("2 January 2006 15:04"), until.Format("15:04"))
			conflict.Faults = append(conflict.Faults, fault.Fault{Pointer: n.pointer, Detail: detail})
			said = append(said, detail)
		}
	}
	free, err := g.freeSlots(ctx, tx, in, now)
	if err != nil {
		return err
	}
	for _, s := range free {
		conflict.Possible = append(conflict.Possible, s.starts.In(zone).Format(walltime.Layout)+"/"+s.ends.In(zone).Format(walltime.Layout))
	}
	conflict.Detail = strings.Join(said, "; ")
	switch {
	case len(free) > 0:
		conflict.Detail += "; the next free times, by the venue's clock: " + strings.Join(conflict.Possible, ", ")
	default:
		conflict.Detail += fmt.Sprintf("; within %d days nothing of this length is free", slotHorizon)
	}
	return conflict
}

// freeSlots gives the next times of the group's length, later than its start, at which its room and its crew are free.
func (g *FocusGroup) freeSlots(ctx context.Context, tx bun.Tx, in *hostRoom, now time.Time) ([]slot, error) {
	after := *g.StartsAt
	if after.Before(now) {
		after = now
	}
	var taken []busy
	for _, n := range g.needs(in) {
		holds, err := holdsDuring(ctx, tx, n.kind, []uuid.UUID{n.subject}, after.AddDate(0, 0, -2), after.AddDate(0, 0, slotHorizon+2))
		if err != nil {
			return nil, err
		}
		for _, h := range holds {
			if h.FocusGroupID != g.ID {
				taken = append(taken, busy{h.FromAt.Time, h.UntilAt.Time, n.buffer})
			}
		}
	}
	zone, err := walltime.Zone(g.Zone)
	if err != nil {
		return nil, err
	}
	return freeSlots(after, g.EndsAt.Sub(*g.StartsAt), taken, zone, slotsOffered), nil
}

// JobRoomCancellationDue finds out, a day before a hired room can no longer be cancelled, who is to be reminded of it.
// Its payload is that of RoomCancellation.
const JobRoomCancellationDue = "room-cancellation-due"

// RoomCancellation is what the reminder is about: it is no longer apt where the group is not scheduled, or has another
// room or another start.
type RoomCancellation struct {
	FocusGroup uuid.UUID `json:"focus_group"`
	Room       uuid.UUID `json:"room"`
	StartsAt   int64     `json:"starts_at"` // microseconds since 1970 UTC
}

// remindOfRoom has the coordinators reminded a day before the room can no longer be cancelled; at once where that day has
// begun already.
func (g *FocusGroup) remindOfRoom(ctx context.Context, tx bun.Tx, in *hostRoom, now time.Time) error {
	deadline := g.daysBefore(in.CancelDays)
	if !in.Hired || !deadline.After(now) {
		return nil
	}
	at := deadline.AddDate(0, 0, -1)
	if at.Before(now) {
		at = now
	}
	about := RoomCancellation{g.ID, in.ID, database.At(*g.StartsAt).UnixMicro()}
	payload, err := json.Marshal(about)
	if err != nil {
		return err
	}
	return jobs.Add(ctx, tx, jobs.Job{Kind: JobRoomCancellationDue, Payload: payload, RunAt: at, Key: fmt.Sprintf("%s:%s:%d", about.FocusGroup, about.Room, about.StartsAt)})
}
