package scheduling

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"fieldcare/internal/fault"
)

// Outcome says what became of a participant at the door.
type Outcome string

// The outcomes of attendance. Expected is that of somebody of whom nothing is recorded, and takes back a record made by
// mistake. Turned away was somebody who came when every seat was taken; sent home, somebody who came and could not take
// part for another reason, or not to the end.
const (
	Expected   Outcome = "expected"
	TookPart   Outcome = "took_part"
	TurnedAway Outcome = "turned_away"
	SentHome   Outcome = "sent_home"
	NoShow     Outcome = "no_show"
)

// Came is true of whoever stood at the door.
func (o Outcome) Came() bool { return o == TookPart || o == TurnedAway || o == SentHome }

func (o Outcome) known() bool { return o.Came() || o == Expected || o == NoShow }

const (
	// graceAtTheDoor is how much later than the start somebody comes without being late, and how much before the end
	// somebody goes without leaving early.
	graceAtTheDoor = 10 * time.Minute
	mostOfDoorNote = 1000
)

// AttendanceRecord is what somebody saw at the door: the whole of it, so that a correction is another record. Records
// may come in any order; of several the one that was seen last holds.
type AttendanceRecord struct {
	ID         uuid.UUID  `json:"id" doc:"Chosen by the client, so that what was recorded without a network is uploaded later without doubling"`
	Outcome    Outcome    `json:"outcome" enum:"expected,took_part,turned_away,sent_home,no_show" doc:"expected takes back a record made by mistake"`
	ArrivedAt  *time.Time `json:"arrived_at,omitempty" doc:"When they came; needed of who took part"`
	LeftAt     *time.Time `json:"left_at,omitempty" doc:"When they left; absent of who stayed to the end"`
	StruckOut  string     `json:"struck_out,omitempty" maxLength:"1000" doc:"Why the seat is not usable although they took part; absent where it is"`
	Note       string     `json:"note,omitempty" maxLength:"1000" doc:"What else is to be known"`
	RecordedAt time.Time  `json:"recorded_at" doc:"When it was seen; of several records the last seen holds. A time to come counts as the time at which it was received"`
}

// of gives the record as it is kept: without the blanks around texts, and seen no later than it was received.
func (r AttendanceRecord) of(now time.Time) AttendanceRecord {
	r.StruckOut, r.Note = strings.TrimSpace(r.StruckOut), strings.TrimSpace(r.Note)
	if r.RecordedAt.After(now) {
		r.RecordedAt = now
	}
	return r
}

// faults of a record of a session from starts to ends.
func (r AttendanceRecord) faults(starts, ends time.Time) []fault.Fault {
	var l faultList
	if !r.Outcome.known() {
		l.refuse("/outcome", "must be expected, took_part, turned_away, sent_home or no_show")
	}
	within := func(pointer string, at *time.Time) {
		switch {
		case at == nil:
		case !r.Outcome.Came():
			l.refuse(pointer, "must be absent: who is %s did not come", r.Outcome)
		case at.Before(starts.Add(-doorOpens)) || at.After(ends.Add(doorOpens)):
			l.refuse(pointer, "must be within 12 hours of the session, which lasts from %s to %s", starts.UTC().Format(time.RFC3339), ends.UTC().Format(time.RFC3339))
		}
	}
	within("/arrived_at", r.ArrivedAt)
	within("/left_at", r.LeftAt)
	switch {
	case r.ArrivedAt == nil && r.Outcome == TookPart:
		l.refuse("/arrived_at", "is missing: say when they came")
	case r.ArrivedAt == nil && r.LeftAt != nil:
		l.refuse("/arrived_at", "is missing: who left came before")
	case r.ArrivedAt != nil && r.LeftAt != nil && !r.LeftAt.After(*r.ArrivedAt):
		l.refuse("/left_at", "must be after arrived_at")
	}
	if r.StruckOut != "" && r.Outcome != TookPart {
		l.refuse("/struck_out", "must be absent: only who took part has a seat to strike out")
	}
	l.words("/struck_out", r.StruckOut, 0, mostOfDoorNote)
	l.words("/note", r.Note, 0, mostOfDoorNote)
	if r.RecordedAt.Before(starts.Add(-doorOpens)) {
		l.refuse("/recorded_at", "must be no earlier than 12 hours before the session begins, at %s", starts.UTC().Format(time.RFC3339))
	}
	return l
}

// goesBefore is true of the record that was seen earlier; of two seen at once, of the one with the smaller id.
func (r AttendanceRecord) goesBefore(other AttendanceRecord) bool {
	if !r.RecordedAt.Equal(other.RecordedAt) {
		return r.RecordedAt.Before(other.RecordedAt)
	}
	return r.ID.String() < other.ID.String()
}

// Late is true of who came more than ten minutes after the start.
func (r AttendanceRecord) Late(starts time.Time) bool {
	return r.Outcome.Came() && r.ArrivedAt != nil && r.ArrivedAt.After(starts.Add(graceAtTheDoor))
}

// LeftEarly is true of who took part and left more than ten minutes before the end.
func (r AttendanceRecord) LeftEarly(ends time.Time) bool {
	return r.Outcome == TookPart && r.LeftAt != nil && r.LeftAt.Before(ends.Add(-graceAtTheDoor))
}

// Usable is true of a seat whose participant took part for three quarters of the session and was not struck out. Who has no
// time of arriving was there at the start, and who has none of leaving stayed to the end.
func (r AttendanceRecord) Usable(starts, ends time.Time) bool {
	if r.Outcome != TookPart || r.StruckOut != "" {
		return false
	}
	from, until := starts, ends
	if r.ArrivedAt != nil && r.ArrivedAt.After(from) {
		from = *r.ArrivedAt
	}
	if r.LeftAt != nil && r.LeftAt.Before(until) {
		until = *r.LeftAt
	}
	return 4*until.Sub(from) >= 3*ends.Sub(starts)
}

// firstName is what a moderator learns of a participant's name: of "Anna Nowak", and of "Nowak, Anna", it is Anna.
func firstName(name string) string {
	if _, given, both := strings.Cut(name, ","); both && strings.TrimSpace(given) != "" {
		name = given
	}
	words := strings.Fields(name)
	if len(words) == 0 {
		return ""
	}
	return words[0]
}
