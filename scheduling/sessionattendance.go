package scheduling

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
)

// Attendance is how a participant of a focus group stands at its door. A moderator sees the first name alone.
type Attendance struct {
	InvitationID  uuid.UUID  `json:"invitation_id"`
	ParticipantID *uuid.UUID `json:"participant_id,omitempty" doc:"Not for moderators"`
	Name          string     `json:"name" doc:"A moderator sees the first name alone" example:"Anna Nowak"`
	WalkIn        bool       `json:"walk_in" doc:"Whether they came without having been asked"`
	Code          string     `json:"code" doc:"The code of their confirmation, which is also the text of its QR code" example:"K7QF3-MZ9TB"`
	Outcome       Outcome    `json:"outcome" enum:"expected,took_part,turned_away,sent_home,no_show"`
	ArrivedAt     *time.Time `json:"arrived_at,omitempty" doc:"When they came"`
	LeftAt        *time.Time `json:"left_at,omitempty" doc:"When they left; absent of who stayed to the end"`
	Late          bool       `json:"late" doc:"Whether they came more than ten minutes after the start"`
	LeftEarly     bool       `json:"left_early" doc:"Whether they left more than ten minutes before the end"`
	Usable        bool       `json:"usable" doc:"Whether they took part for three quarters of the session and were not struck out"`
	StruckOut     string     `json:"struck_out,omitempty" doc:"Why the seat is not usable although they took part"`
	Note          string     `json:"note,omitempty" doc:"What else is to be known"`
	RecordedAt    *time.Time `json:"recorded_at,omitempty" doc:"When it was seen"`
	RecordedBy    string     `json:"recorded_by,omitempty" doc:"The name of who recorded it"`
	Records       int        `json:"records" doc:"How many records there are, corrections among them"`
}

// SessionAttendance is who came to a focus group.
type SessionAttendance struct {
	FocusGroupID uuid.UUID    `json:"focus_group_id"`
	StartsAt     *time.Time   `json:"starts_at,omitempty" doc:"When the session begins"`
	EndsAt       *time.Time   `json:"ends_at,omitempty" doc:"When the session ends"`
	Invited      int          `json:"invited" doc:"How many were asked"`
	Accepted     int          `json:"accepted" doc:"How many of those who were asked have said yes and not cancelled since"`
	WalkIns      int          `json:"walk_ins" doc:"How many came without having been asked"`
	Expected     int          `json:"expected" doc:"Of how many nothing is recorded"`
	Came         int          `json:"came" doc:"How many took part, were turned away or were sent home"`
	TookPart     int          `json:"took_part"`
	TurnedAway   int          `json:"turned_away"`
	SentHome     int          `json:"sent_home"`
	NoShows      int          `json:"no_shows"`
	Usable       int          `json:"usable" doc:"How many seats are usable: three quarters of the session, and not struck out"`
	Items        []Attendance `json:"items" nullable:"false" doc:"By name: those who have accepted, walk-ins among them"`
}

func (s *SessionAttendance) count(a Attendance) {
	if a.WalkIn {
		s.WalkIns++
	} else {
		s.Accepted++
	}
	if a.Outcome.Came() {
		s.Came++
	}
	if a.Usable {
		s.Usable++
	}
	switch a.Outcome {
	case Expected:
		s.Expected++
	case TookPart:
		s.TookPart++
	case TurnedAway:
		s.TurnedAway++
	case SentHome:
		s.SentHome++
	case NoShow:
		s.NoShows++
	}
}

// stands is how an invitee stands with these records, the last of which holds.
func (d door) stands(g invitee, records []keptRecord, viewer account.User, codes CheckInCodes) Attendance {
	a := Attendance{InvitationID: g.invitation, Name: firstName(g.name), WalkIn: g.walkIn, Code: codes.Code(g.invitation, g.generation),
		Outcome: Expected, Records: len(records)}
	if viewer.Coordinates() {
		a.ParticipantID, a.Name = &g.participant, g.name
	}
	if len(records) == 0 {
		return a
	}
	r := records[len(records)-1]
	a.Outcome, a.ArrivedAt, a.LeftAt, a.StruckOut, a.Note = r.Outcome, r.ArrivedAt, r.LeftAt, r.StruckOut, r.Note
	a.RecordedAt, a.RecordedBy = &r.RecordedAt, r.byName
	a.Late, a.LeftEarly, a.Usable = r.Late(d.startsAt.Time), r.LeftEarly(d.endsAt.Time), r.Usable(d.startsAt.Time, d.endsAt.Time)
	return a
}

// Attendance gives who came to a focus group. The counts are of all; search keeps of the items those with this text in
// the name that the viewer sees.
func (s *Doors) Attendance(ctx context.Context, viewer account.User, id uuid.UUID, search string) (SessionAttendance, error) {
	d, err := readDoor(ctx, s.DB.Read(), viewer, id)
	if err != nil {
		return SessionAttendance{}, err
	}
	invitees, err := d.invitees(ctx, s.DB.Read())
	if err != nil {
		return SessionAttendance{}, err
	}
	records, err := d.records(ctx, s.DB.Read())
	if err != nil {
		return SessionAttendance{}, err
	}
	found := SessionAttendance{FocusGroupID: id, StartsAt: instant(d.startsAt), EndsAt: instant(d.endsAt), Items: []Attendance{}}
	wanted := database.Fold(search)
	for _, g := range invitees {
		if g.state != "draft" && !g.walkIn {
			found.Invited++
		}
		if !g.listed(records[g.invitation]) {
			continue
		}
		a := d.stands(g, records[g.invitation], viewer, s.Codes)
		found.count(a)
		if strings.Contains(database.Fold(a.Name), wanted) {
			found.Items = append(found.Items, a)
		}
	}
	slices.SortStableFunc(found.Items, func(a, b Attendance) int {
		return strings.Compare(database.Fold(a.Name)+a.InvitationID.String(), database.Fold(b.Name)+b.InvitationID.String())
	})
	return found, nil
}
