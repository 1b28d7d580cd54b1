package scheduling

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Doors keeps who came to focus groups: coordinators record at every door, moderators at those of their own sessions.
type Doors struct {
	DB    *database.DB
	Clock func() time.Time
	Codes CheckInCodes
}

// Attendance is how a participant of a focus group stands at its door. A moderator sees the first name alone.
type Attendance struct {
	InvitationID  uuid.UUID  `json:"invitation_id"`
	ParticipantID *uuid.UUID `json:"participant_id,omitempty" doc:"Not for moderators"`
	Name          string     `json:"name" doc:"A moderator sees the first name alone" example:"Anna Nowak"`
	WalkIn        bool       `json:"walk_in" doc:"Whether they came without having been asked"`
	Code          string     `json:"code" doc:"The code of their confirmation, which is also the text of its QR code" example:"K7QF-3MZ9-TB"`
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

// door is what is to be known of a focus group to record who comes, and of its study to pay them.
type door struct {
	id, study        uuid.UUID
	state            string
	seats            int
	startsAt, endsAt database.Time
	terms            payTerms
}

// seenBy gives what a scope on focus groups (g) asks of who looks: whether they see all, and else whose the session is.
func seenBy(viewer account.User) []any {
	id := uuid.Nil
	if viewer.Roles.Any(account.Moderator) {
		id = viewer.ID
	}
	return []any{viewer.Roles.Any(account.Coordinator | account.Admin), id, `%"` + id.String() + `"%`}
}

func readDoor(ctx context.Context, from bun.IDB, viewer account.User, id uuid.UUID) (d door, err error) {
	err = selectDoor.Row(ctx, from, append([]any{id}, seenBy(viewer)...)...).
		Scan(&d.id, &d.study, &d.state, &d.seats, &d.startsAt, &d.endsAt, &d.terms.incentive, &d.terms.travel, &d.terms.payLate, &d.terms.currency)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.ErrNotFound
	}
	return d, err
}

// opensTo refuses who may not record at the door as the focus group stands: once it is closed, coordinators correct.
func (d door) opensTo(by account.User) error {
	switch {
	case d.state == "scheduled", d.state == "closed" && by.Roles.Any(account.Coordinator|account.Admin):
		return nil
	case d.state == "closed":
		return fault.Conflicting("group-closed", "the focus group is closed: a coordinator can still correct who came")
	}
	return fault.Conflicting("group-not-scheduled", "the focus group is %s: attendance is recorded of one that is scheduled", d.state)
}

// guest is an invitation as the door needs it.
type guest struct {
	invitation, participant uuid.UUID
	generation              int64
	state, name             string
	walkIn                  bool
}

func (d door) guests(ctx context.Context, from bun.IDB) (guests []guest, err error) {
	rows, err := selectGuests.Rows(ctx, from, d.id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var g guest
		if err := rows.Scan(&g.invitation, &g.participant, &g.generation, &g.state, &g.name, &g.walkIn); err != nil {
			return nil, err
		}
		guests = append(guests, g)
	}
	return guests, rows.Err()
}

// keptRecord is a record with who made it.
type keptRecord struct {
	AttendanceRecord
	invitation uuid.UUID
	receivedAt time.Time
	by         uuid.UUID
	byName     string
}

// records gives the records of every invitation of the focus group, each in the order in which they were seen.
func (d door) records(ctx context.Context, from bun.IDB) (map[uuid.UUID][]keptRecord, error) {
	rows, err := selectRecords.Rows(ctx, from, d.id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	records := map[uuid.UUID][]keptRecord{}
	for rows.Next() {
		var k keptRecord
		var arrived, left, recorded, received database.Time
		if err := rows.Scan(&k.ID, &k.invitation, &k.Outcome, &arrived, &left, &k.StruckOut, &k.Note, &recorded, &received, &k.by, &k.byName); err != nil {
			return nil, err
		}
		k.ArrivedAt, k.LeftAt, k.RecordedAt, k.receivedAt = instant(arrived), instant(left), recorded.Time, received.Time
		records[k.invitation] = append(records[k.invitation], k)
	}
	for _, of := range records {
		slices.SortFunc(of, func(a, b keptRecord) int {
			if a.goesBefore(b.AttendanceRecord) {
				return -1
			}
			return 1
		})
	}
	return records, rows.Err()
}

func instant(t database.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t.Time
}

// stands is how a guest stands with these records, the last of which holds.
func (d door) stands(g guest, records []keptRecord, viewer account.User, codes CheckInCodes) Attendance {
	a := Attendance{InvitationID: g.invitation, Name: firstName(g.name), WalkIn: g.walkIn, Code: codes.Code(g.invitation, g.generation),
		Outcome: Expected, Records: len(records)}
	if viewer.Roles.Any(account.Coordinator | account.Admin) {
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
	guests, err := d.guests(ctx, s.DB.Read())
	if err != nil {
		return SessionAttendance{}, err
	}
	records, err := d.records(ctx, s.DB.Read())
	if err != nil {
		return SessionAttendance{}, err
	}
	found := SessionAttendance{FocusGroupID: id, StartsAt: instant(d.startsAt), EndsAt: instant(d.endsAt), Items: []Attendance{}}
	wanted := database.Fold(search)
	for _, g := range guests {
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

// listed is true of who has accepted, and of whom the door already saw.
func (g guest) listed(records []keptRecord) bool {
	return g.state == "accepted" || len(records) > 0 && records[len(records)-1].Outcome != Expected
}

// AttendanceHistory is everything recorded of one participant of a focus group.
type AttendanceHistory struct {
	Attendance Attendance       `json:"attendance" doc:"How they stand"`
	Items      []PastAttendance `json:"items" nullable:"false" doc:"The record that was seen last, which holds, comes first"`
}

// PastAttendance is one record as it is kept: a correction leaves it.
type PastAttendance struct {
	AttendanceRecord
	ReceivedAt   time.Time `json:"received_at"`
	RecordedByID uuid.UUID `json:"recorded_by_id" doc:"The user who recorded it"`
	RecordedBy   string    `json:"recorded_by" doc:"The name of who recorded it"`
}

// History gives everything that was recorded of one invitation.
func (s *Doors) History(ctx context.Context, viewer account.User, id, invitation uuid.UUID) (AttendanceHistory, error) {
	d, err := readDoor(ctx, s.DB.Read(), viewer, id)
	if err != nil {
		return AttendanceHistory{}, err
	}
	g, err := d.guest(ctx, s.DB.Read(), invitation)
	if err != nil {
		return AttendanceHistory{}, err
	}
	records, err := d.records(ctx, s.DB.Read())
	if err != nil {
		return AttendanceHistory{}, err
	}
	of := records[invitation]
	history := AttendanceHistory{Attendance: d.stands(g, of, viewer, s.Codes), Items: []PastAttendance{}}
	for _, k := range slices.Backward(of) {
		history.Items = append(history.Items, PastAttendance{k.AttendanceRecord, k.receivedAt, k.by, k.byName})
	}
	return history, nil
}

func (d door) guest(ctx context.Context, from bun.IDB, invitation uuid.UUID) (guest, error) {
	guests, err := d.guests(ctx, from)
	if err != nil {
		return guest{}, err
	}
	for _, g := range guests {
		if g.invitation == invitation {
			return g, nil
		}
	}
	return guest{}, fault.ErrNotFound
}

// Record keeps what was seen of a participant at the door. It is repeatable: again is true when the same record was sent
// before. What participants are paid follows in the same transaction.
func (s *Doors) Record(ctx context.Context, by account.User, id, invitation uuid.UUID, contentHash string, r AttendanceRecord) (a Attendance, again bool, err error) {
	now := s.Clock()
	r, hash := r.of(now), database.HashOf([]byte(invitation.String()+contentHash))
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		d, err := readDoor(ctx, tx, by, id)
		if err != nil {
			return err
		}
		g, err := d.guest(ctx, tx, invitation)
		if err != nil {
			return err
		}
		if again, err = database.Create(ctx, tx, r.ID, hash); err != nil {
			return err
		}
		if !again {
			err = d.keep(ctx, tx, by, now, g, hash, r)
		}
		if err != nil {
			return err
		}
		records, err := d.records(ctx, tx)
		a = d.stands(g, records[invitation], by, s.Codes)
		return err
	})
	return a, again, err
}

// keep adds a record that is new.
func (d door) keep(ctx context.Context, tx bun.Tx, by account.User, now time.Time, g guest, hash string, r AttendanceRecord) error {
	if err := d.opensTo(by); err != nil {
		return err
	}
	records, err := d.records(ctx, tx)
	if err != nil {
		return err
	}
	if !g.listed(records[g.invitation]) {
		return fault.Conflicting("not-accepted", "the invitation is %s: attendance is recorded of who has accepted; who comes all the same is a walk-in", g.state)
	}
	if err := fault.Of(r.faults(d.startsAt.Time, d.endsAt.Time)); err != nil {
		return err
	}
	_, err = insertRecord.Exec(ctx, tx, r.ID, g.invitation, len(records[g.invitation])+1, hash, r.Outcome, optional(r.ArrivedAt), optional(r.LeftAt),
		r.StruckOut, r.Note, database.At(r.RecordedAt), database.At(now), by.ID)
	if err != nil {
		return err
	}
	if err := d.settle(ctx, tx, now); err != nil {
		return err
	}
	return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "record", Kind: "attendance", Subject: g.invitation.String()})
}

func optional(t *time.Time) database.Time {
	if t == nil {
		return database.Time{}
	}
	return database.At(*t)
}

var (
	selectDoor = database.Prepared(`SELECT g.id, g.study_id, g.state, g.seats, g.starts_at, g.ends_at, s.incentive, s.travel, s.pay_late, s.currency
		FROM focus_groups g JOIN studies s ON s.id = g.study_id WHERE g.id = ? AND (? OR g.state <> 'draft' AND (g.moderator_id = ? OR g.assistants LIKE ?))`)
	selectGuests = database.Prepared(`SELECT i.id, i.participant_id, i.generation, i.state, p.name, i.walk_in
		FROM invitations i JOIN participants p ON p.id = i.participant_id WHERE i.focus_group_id = ? ORDER BY i.id`)
	selectRecords = database.Prepared(`SELECT a.id, a.invitation_id, a.outcome, a.arrived_at, a.left_at, a.struck_out, a.note, a.recorded_at, a.received_at, a.recorded_by, u.name
		FROM attendance a JOIN invitations i ON i.id = a.invitation_id JOIN users u ON u.id = a.recorded_by WHERE i.focus_group_id = ?`)
	insertRecord = database.Prepared(`INSERT INTO attendance (id, invitation_id, number, content_hash, outcome, arrived_at, left_at, struck_out, note, recorded_at, received_at, recorded_by)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
)
