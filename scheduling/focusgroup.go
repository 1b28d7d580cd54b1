package scheduling

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"fieldcare/internal/account"
	"fieldcare/internal/fault"
	"fieldcare/internal/walltime"
)

// FocusGroupState is where a focus group stands: draft, scheduled, closed or cancelled.
type FocusGroupState string

// The states of a focus group. That one is running is not stored: it is scheduled, and has begun and not ended.
const (
	GroupDraft     FocusGroupState = "draft"
	GroupScheduled FocusGroupState = "scheduled"
	GroupClosed    FocusGroupState = "closed"
	GroupCancelled FocusGroupState = "cancelled"
)

// FocusGroup is one session of a study: topic, room, moderator, start and end. A draft may lack any of them but the topic.
type FocusGroup struct {
	ID            uuid.UUID       `json:"id"`
	StudyID       uuid.UUID       `json:"study_id" doc:"The study that it belongs to"`
	Topic         string          `json:"topic" example:"Waiting at the counter"`
	State         FocusGroupState `json:"state" enum:"draft,scheduled,closed,cancelled"`
	Running       bool            `json:"running" doc:"Whether it is scheduled, has begun and is not over"`
	Language      string          `json:"language" doc:"BCP 47: the language that is spoken" example:"en"`
	RoomID        *uuid.UUID      `json:"room_id,omitempty" doc:"The room; absent in a draft without one"`
	RoomReference string          `json:"room_reference" doc:"Of the booking, at the hirer; empty of an own room" example:"HT-2026-311"`
	Place         *Place          `json:"place,omitempty" doc:"Where the room is"`
	ModeratorID   *uuid.UUID      `json:"moderator_id,omitempty" doc:"The user who moderates; absent in a draft without one"`
	Assistants    []uuid.UUID     `json:"assistants" nullable:"false" doc:"The users who assist"`
	Zone          string          `json:"zone" doc:"IANA time zone: the venue's"`
	Starts        string          `json:"starts,omitempty" doc:"Wall time of the venue; absent in a draft without one" example:"2026-11-26T18:00"`
	Ends          string          `json:"ends,omitempty" doc:"Wall time of the venue" example:"2026-11-26T19:30"`
	StartsAt      *time.Time      `json:"starts_at,omitempty" doc:"The instant at which it starts"`
	EndsAt        *time.Time      `json:"ends_at,omitempty" doc:"The instant at which it ends"`
	Seats         int64           `json:"seats" doc:"How many participants are wanted" example:"8"`
	Minimum       int64           `json:"minimum" doc:"How many it takes to run" example:"6"`
	Reserve       int64           `json:"reserve" doc:"How many acceptances more are taken, for those who will not come" example:"4"`
	NoticeMinutes int64           `json:"notice_minutes" doc:"A seat that falls free later than so many minutes before the start is offered to nobody" example:"120"`
	TravelMinutes int64           `json:"travel_minutes" doc:"Kept free for moderator and assistants before and after it" example:"30"`
	Taken         int64           `json:"taken" doc:"How many seats are accepted or on offer; never more than seats and reserve"`
	Reason        string          `json:"reason,omitempty" doc:"Why it was cancelled"`
	ClosedAt      *time.Time      `json:"closed_at,omitempty" doc:"When it was closed"`
	CancelledAt   *time.Time      `json:"cancelled_at,omitempty" doc:"When it was cancelled; absent of one that was never scheduled"`
	Edition       int64           `json:"edition" doc:"Counts changes; the ETag"`
}

// Place says where a session is.
type Place struct {
	Venue      string `json:"venue" doc:"The venue's name" example:"House of Trades"`
	Room       string `json:"room" doc:"The room's name" example:"Green room"`
	Address    string `json:"address" example:"Chmielna 20, 00-020 Warszawa"`
	Directions string `json:"directions" doc:"How to get there and in"`
}

// FocusGroupChange is what to change; what is nil stays.
type FocusGroupChange struct {
	Topic         *string      `json:"topic,omitempty" maxLength:"120" example:"Waiting at the counter"`
	Language      *string      `json:"language,omitempty" maxLength:"35" doc:"BCP 47; the study's unless it is said" example:"en"`
	RoomID        *uuid.UUID   `json:"room_id,omitempty" doc:"The room, with seats for the participants, the moderator and at least one assistant"`
	RoomReference *string      `json:"room_reference,omitempty" maxLength:"120" doc:"Of the booking, at the hirer" example:"HT-2026-311"`
	ModeratorID   *uuid.UUID   `json:"moderator_id,omitempty" doc:"A user with the role moderator"`
	Assistants    *[]uuid.UUID `json:"assistants,omitempty" maxItems:"10" doc:"Users with the role moderator; replaces them"`
	Zone          *string      `json:"zone,omitempty" doc:"IANA time zone of a draft without a room; with one it is the venue's" example:"Europe/Warsaw"`
	Starts        *string      `json:"starts,omitempty" doc:"Wall time of the venue, such as 2026-11-26T18:00; with its offset where the clock shows it twice" example:"2026-11-26T18:00"`
	Ends          *string      `json:"ends,omitempty" doc:"Wall time of the venue, at most 12 hours later" example:"2026-11-26T19:30"`
	Seats         *int64       `json:"seats,omitempty" minimum:"1" maximum:"100" doc:"How many participants are wanted; 8 unless it is said" example:"8"`
	Minimum       *int64       `json:"minimum,omitempty" minimum:"1" maximum:"100" doc:"How many it takes to run; unless it is said 6, or the seats where they are fewer" example:"6"`
	Reserve       *int64       `json:"reserve,omitempty" minimum:"0" maximum:"100" doc:"How many acceptances more are taken; half of the seats unless it is said" example:"4"`
	NoticeMinutes *int64       `json:"notice_minutes,omitempty" minimum:"0" maximum:"43200" doc:"A seat that falls free later than so many minutes before the start is offered to nobody; 120 unless it is said" example:"120"`
	TravelMinutes *int64       `json:"travel_minutes,omitempty" minimum:"0" maximum:"480" doc:"Kept free for moderator and assistants before and after it; 30 unless it is said" example:"30"`
}

// NewFocusGroup is a focus group to be added, as a draft.
type NewFocusGroup struct {
	ID      uuid.UUID `json:"id" doc:"Chosen by the client: a random UUID (version 4), for managers meet it"`
	StudyID uuid.UUID `json:"study_id" doc:"The study that it belongs to"`
	FocusGroupChange
}

const (
	usualSeats   = 8
	usualMinimum = 6
	usualNotice  = 120
	usualTravel  = 30
	longestHours = 12
)

// draft is the focus group with what is usual. Of three who accepted, two are wanted: at a show rate of 80 % at least
// as many come as there are seats, nine times of ten (9 acceptances for 6 seats, 12 for 8, 15 for 10).
func (n NewFocusGroup) draft(language string) FocusGroup {
	g := FocusGroup{ID: n.ID, StudyID: n.StudyID, State: GroupDraft, Language: language, Assistants: []uuid.UUID{},
		Seats: usualSeats, NoticeMinutes: usualNotice, TravelMinutes: usualTravel, Edition: 1}
	if n.Seats != nil {
		g.Seats = *n.Seats
	}
	g.Minimum, g.Reserve = min(usualMinimum, g.Seats), (g.Seats+1)/2
	return g
}

// hostRoom is a room with what its venue says of it.
type hostRoom struct {
	Room
	Place
	zone   string
	closed bool // it or its venue is archived
}

// apply makes the change, in the room that the group then has; in is nil of a draft without one. It names the fields
// that were given, and what is wrong with the result.
func (g *FocusGroup) apply(c FocusGroupChange, in *hostRoom) (fields []string, wrong faultList) {
	set(&g.Topic, onOneLine(c.Topic), "topic", &fields)
	set(&g.Language, c.Language, "language", &fields)
	g.Language = account.CanonicalLanguage(g.Language)
	elsewhere := c.RoomID != nil && !sameID(g.RoomID, c.RoomID)
	if c.RoomID != nil {
		room := *c.RoomID
		g.RoomID, fields = &room, append(fields, "room")
	}
	set(&g.RoomReference, onOneLine(c.RoomReference), "room_reference", &fields)
	if c.ModeratorID != nil {
		moderator := *c.ModeratorID
		g.ModeratorID, fields = &moderator, append(fields, "moderator")
	}
	setList(&g.Assistants, c.Assistants, "assistants", &fields)
	set(&g.Seats, c.Seats, "seats", &fields)
	set(&g.Minimum, c.Minimum, "minimum", &fields)
	set(&g.Reserve, c.Reserve, "reserve", &fields)
	set(&g.NoticeMinutes, c.NoticeMinutes, "notice_minutes", &fields)
	set(&g.TravelMinutes, c.TravelMinutes, "travel_minutes", &fields)
	fields = append(fields, g.applyTimes(c, in, elsewhere, &wrong)...)
	g.Place = nil
	if in != nil {
		place := in.Place
		g.Place = &place
	}
	wrong = append(wrong, g.faults(in)...)
	return fields, wrong
}

// applyTimes sets the wall times and the instants that they are. Where only the zone changes, as with a room in another
// one, the wall times stay and mean other instants. The venue's own zone is taken with its room, or with a time that is
// given: one that was corrected since moves nobody who has agreed on an hour.
func (g *FocusGroup) applyTimes(c FocusGroupChange, in *hostRoom, elsewhere bool, wrong *faultList) (fields []string) {
	before := *g
	set(&g.Zone, onOneLine(c.Zone), "zone", &fields)
	if in != nil {
		if c.Zone != nil && g.Zone != in.zone {
			wrong.refuse("/zone", "must be the venue's, %s, or be left out", in.zone)
		}
		if elsewhere || len(fields) > 0 || c.Starts != nil || c.Ends != nil || g.Starts == "" && g.Ends == "" {
			g.Zone = in.zone
		}
	}
	set(&g.Starts, c.Starts, "starts", &fields)
	set(&g.Ends, c.Ends, "ends", &fields)
	if c.Starts == nil && c.Ends == nil && g.Zone == before.Zone || g.Starts == "" && g.Ends == "" && g.Zone == "" {
		return fields
	}
	zone, err := walltime.Zone(g.Zone)
	if err != nil {
		wrong.refuse("/zone", "must be an IANA time zone such as Europe/Warsaw, or a room must be named, whose venue has one")
		return fields
	}
	if g.Starts == "" && g.Ends == "" {
		return fields
	}
	read := func(pointer, text, was string, then *time.Time) (string, *time.Time) {
		if then != nil && text == was && g.Zone == before.Zone {
			return text, then // which of two hours was said before
		}
		at, err := walltime.Parse(text, zone)
		if err != nil {
			wrong.refuse(pointer, "%s", err.Error())
			return text, nil
		}
		at = at.UTC()
		return at.In(zone).Format(walltime.Layout), &at
	}
	g.Starts, g.StartsAt = read("/starts", g.Starts, before.Starts, before.StartsAt)
	g.Ends, g.EndsAt = read("/ends", g.Ends, before.Ends, before.EndsAt)
	switch {
	case g.StartsAt == nil || g.EndsAt == nil:
	case !g.EndsAt.After(*g.StartsAt):
		wrong.refuse("/ends", "must be later than starts")
	case g.EndsAt.Sub(*g.StartsAt) > longestHours*time.Hour:
		wrong.refuse("/ends", "must be at most %d hours later than starts", longestHours)
	}
	return fields
}

func (g *FocusGroup) faults(in *hostRoom) (l faultList) {
	l.line("/topic", g.Topic, 1)
	l.language(g.Language)
	l.line("/room_reference", g.RoomReference, 0)
	l.whole("/seats", g.Seats, 1, 100)
	if g.Minimum < 1 || g.Minimum > g.Seats {
		l.refuse("/minimum", "must be 1 to the number of seats, %d", g.Seats)
	}
	l.whole("/reserve", g.Reserve, 0, 100)
	l.whole("/notice_minutes", g.NoticeMinutes, 0, 43200)
	l.whole("/travel_minutes", g.TravelMinutes, 0, 480)
	l.atMost("/assistants", len(g.Assistants), 10)
	for i, id := range g.Assistants {
		at := fmt.Sprintf("/assistants/%d", i)
		switch {
		case slices.Contains(g.Assistants[:i], id):
			l.refuse(at, "stands twice")
		case g.ModeratorID != nil && *g.ModeratorID == id:
			l.refuse(at, "moderates already: somebody else must assist")
		}
	}
	if g.Seats+g.Reserve < g.Taken {
		l.refuse("/seats", "%d are accepted or on offer: seats and reserve must be as many together, for nobody's seat is taken back by itself; withdraw invitations first", g.Taken)
	}
	if in != nil && in.Capacity < g.people() {
		l.refuse("/room_id", "the room holds %d, and it takes %d: %d participants, the moderator and %d to assist", in.Capacity, g.people(), g.Seats, g.people()-g.Seats-1)
	}
	return l
}

// people is how many are in the room: those who have seats, the moderator, and the assistants, of whom one is reckoned
// with though nobody is named yet.
func (g *FocusGroup) people() int64 { return g.Seats + 1 + max(1, int64(len(g.Assistants))) }

// readiness is what keeps the group from being scheduled, or from staying so.
func (g *FocusGroup) readiness(in *hostRoom, now time.Time) (l faultList) {
	if g.ModeratorID == nil {
		l.refuse("/moderator_id", "is missing: a scheduled focus group has a moderator")
	}
	switch {
	case g.StartsAt == nil || g.EndsAt == nil:
		l.refuse("/starts", "is missing: a scheduled focus group has its start and end")
	case !g.StartsAt.After(now):
		l.refuse("/starts", "must be in the future")
	}
	switch {
	case in == nil:
		l.refuse("/room_id", "is missing: a scheduled focus group has a room")
	case in.closed:
		l.refuse("/room_id", "the room or its venue is archived: choose another")
	case g.StartsAt != nil && in.Hired && g.RoomReference == "" && now.After(g.daysBefore(in.LeadDays)):
		l.refuse("/room_reference", "is missing: the room must be booked %d days ahead, which is past; give the hirer's reference if it was booked all the same", in.LeadDays)
	}
	return l
}

// daysBefore is the instant so many days of the venue's calendar before the start, at the same time of the day.
func (g *FocusGroup) daysBefore(days int64) time.Time {
	zone, err := walltime.Zone(g.Zone)
	if err != nil {
		zone = time.UTC
	}
	return g.StartsAt.In(zone).AddDate(0, 0, -int(days))
}

// runs is true of a scheduled group that has begun and is not over.
func (g *FocusGroup) runs(now time.Time) bool {
	return g.State == GroupScheduled && g.begun(now) && now.Before(*g.EndsAt)
}

func (g *FocusGroup) begun(now time.Time) bool { return g.StartsAt != nil && !now.Before(*g.StartsAt) }

// crew is who moderates and assists.
func (g *FocusGroup) crew() []uuid.UUID {
	crew := slices.Clone(g.Assistants)
	if g.ModeratorID != nil {
		crew = append([]uuid.UUID{*g.ModeratorID}, crew...)
	}
	return crew
}

// illegalMove refuses a move that the group's state does not allow, and says what it does allow.
func (g *FocusGroup) illegalMove(move string) error {
	possible := map[FocusGroupState][]string{GroupDraft: {"schedule", "cancel"}, GroupScheduled: {"cancel", "close"}}[g.State]
	return &fault.Conflict{Type: "illegal-move", Detail: fmt.Sprintf("a focus group that is %s cannot be moved by “%s”", g.State, move), Possible: possible}
}
