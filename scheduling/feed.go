package scheduling

import (
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
)

// Feed is a calendar of sessions that programs ask for again and again. Nobody who takes part is in it, nor anything
// that somebody wrote about them: it is kept where we do not know, and shown to who passes by.
type Feed struct {
	Name    string
	At      time.Time // when it was read
	Entries []CalendarEntry
}

// Calendar writes the feed as an iCalendar object.
func (f Feed) Calendar() []byte { return namedCalendar(CalendarPublish, f.Name, f.At, f.Entries) }

// Tag is the same as long as the feed says the same, whenever it is read: all that differs then is DTSTAMP.
func (f Feed) Tag() string {
	return database.HashOf(namedCalendar(CalendarPublish, f.Name, time.Time{}, f.Entries))[:32]
}

// feedSession is a focus group as feeds know it.
type feedSession struct {
	bun.BaseModel `bun:"table:focus_groups,alias:focus_group"`
	ID            uuid.UUID
	Topic         string
	State         FocusGroupState
	Zone          string
	StartsAt      database.Time
	EndsAt        database.Time
	Edition       int64
	Study         string
	Moderator     string
	Room          string
	Venue         string
	Address       string
	Directions    string
}

// entry is the session in a calendar. It is the same entry in every feed, and its sequence rises with each change.
func (s *feedSession) entry() (CalendarEntry, error) {
	when, err := whenWords(s.StartsAt.Time, s.EndsAt.Time, s.Zone)
	e := CalendarEntry{UID: s.ID.String() + "@fieldcare", Sequence: s.Edition, Starts: s.StartsAt.Time, Ends: s.EndsAt.Time, Status: "CONFIRMED",
		Summary: s.Topic, Location: placeWords(s.Room, s.Venue), Description: when + "\nModerator: " + s.Moderator}
	if s.State == GroupCancelled {
		e.Status, e.Summary = "CANCELLED", "Cancelled: "+s.Topic
	}
	return e, err
}

// forLeaders is the entry for who plans or holds the session, with the way there and to its page.
func (s *feedSession) forLeaders(page string) (CalendarEntry, error) {
	e, err := s.entry()
	e.Location = placeWords(e.Location, s.Address)
	e.Description += "\nStudy: " + s.Study + "\n" + page
	if s.Directions != "" {
		e.Description += "\n\n" + s.Directions
	}
	return e, err
}
