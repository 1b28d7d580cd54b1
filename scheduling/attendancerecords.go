package scheduling

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

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
		g, err := d.invitee(ctx, tx, invitation)
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
func (d door) keep(ctx context.Context, tx bun.Tx, by account.User, now time.Time, g invitee, hash string, r AttendanceRecord) error {
	if err := d.opensTo(by, now, r.RecordedAt); err != nil {
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
	AfterClose   bool      `json:"after_close" doc:"Whether it was received after the focus group was closed: a correction, or what a device kept that had no network"`
}

// History gives everything that was recorded of one invitation.
func (s *Doors) History(ctx context.Context, viewer account.User, id, invitation uuid.UUID) (AttendanceHistory, error) {
	d, err := readDoor(ctx, s.DB.Read(), viewer, id)
	if err != nil {
		return AttendanceHistory{}, err
	}
	g, err := d.invitee(ctx, s.DB.Read(), invitation)
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
		history.Items = append(history.Items, PastAttendance{k.AttendanceRecord, k.receivedAt, k.by, k.byName,
			d.state == "closed" && k.receivedAt.After(d.closedAt.Time)})
	}
	return history, nil
}

var (
	selectRecords = database.Prepared(`SELECT a.id, a.invitation_id, a.outcome, a.arrived_at, a.left_at, a.struck_out, a.note, a.recorded_at, a.received_at, a.recorded_by, u.name
		FROM attendance a JOIN invitations i ON i.id = a.invitation_id JOIN users u ON u.id = a.recorded_by WHERE i.focus_group_id = ?`)
	insertRecord = database.Prepared(`INSERT INTO attendance (id, invitation_id, number, content_hash, outcome, arrived_at, left_at, struck_out, note, recorded_at, received_at, recorded_by)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
)
