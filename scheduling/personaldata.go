package scheduling

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
)

// PersonalData is everything that is held on a participant, to be given to them.
type PersonalData struct {
	WrittenAt   time.Time         `json:"written_at" doc:"When this was written"`
	Participant Participant       `json:"participant" doc:"Who they are, what they agreed to and what they were invited to"`
	Values      map[string]string `json:"values" doc:"The values of attributes by the attribute's name"`
	Needs       *Needs            `json:"needs,omitempty" doc:"What they need to take part; absent where nothing is kept"`
	Invitations []HeldInvitation  `json:"invitations" nullable:"false" doc:"What was kept with each invitation"`
	Moves       []HeldMove        `json:"moves" nullable:"false" doc:"How invitations changed, when and why"`
	Calls       []HeldCall        `json:"calls" nullable:"false" doc:"Calls that were made to them"`
	Attendance  []HeldAttendance  `json:"attendance" nullable:"false" doc:"What was recorded at the door, each record"`
	Costs       []HeldCost        `json:"costs" nullable:"false" doc:"What was or is to be paid for them"`
	Mails       []HeldMail        `json:"mails" nullable:"false" doc:"What was mailed to them"`
}

// HeldInvitation is what is kept with an invitation.
type HeldInvitation struct {
	ID        uuid.UUID       `json:"id"`
	State     string          `json:"state"`
	Override  string          `json:"override" doc:"Why a rule of exclusion was set aside; empty where none was"`
	Screening json.RawMessage `json:"screening" doc:"Answers to the screening questions"`
}

// HeldMove is a change of an invitation's state.
type HeldMove struct {
	InvitationID uuid.UUID `json:"invitation_id" doc:"The invitation"`
	At           time.Time `json:"at"`
	Party        string    `json:"party" enum:"participant,coordinator,clock" doc:"Who moved it"`
	From         string    `json:"from"`
	To           string    `json:"to"`
	Reason       string    `json:"reason"`
}

// HeldCall is a call that was made.
type HeldCall struct {
	InvitationID uuid.UUID `json:"invitation_id" doc:"The invitation"`
	At           time.Time `json:"at"`
	Outcome      string    `json:"outcome" doc:"What became of it"`
	Note         string    `json:"note" doc:"What was noted"`
}

// HeldAttendance is a record made at the door.
type HeldAttendance struct {
	InvitationID uuid.UUID  `json:"invitation_id" doc:"The invitation"`
	RecordedAt   time.Time  `json:"recorded_at" doc:"When it was recorded"`
	Outcome      string     `json:"outcome" doc:"What became of it"`
	ArrivedAt    *time.Time `json:"arrived_at,omitempty" doc:"When they arrived"`
	LeftAt       *time.Time `json:"left_at,omitempty" doc:"When they left"`
	StruckOut    string     `json:"struck_out" doc:"Why the moderator did not count their seat; empty where it counts"`
	Note         string     `json:"note" doc:"What was noted"`
}

// HeldCost is a cost that names the participant. Amounts are in minor units.
type HeldCost struct {
	FocusGroupID uuid.UUID  `json:"focus_group_id" doc:"The focus group"`
	Kind         string     `json:"kind" doc:"What it is for"`
	Text         string     `json:"text" doc:"What it is"`
	Planned      *int64     `json:"planned,omitempty" doc:"What was planned, in minor units"`
	Actual       *int64     `json:"actual,omitempty" doc:"What it was, in minor units"`
	Currency     string     `json:"currency"`
	PaidAt       *time.Time `json:"paid_at,omitempty" doc:"When it was paid"`
}

// HeldMail is a message to the participant. What it said is forgotten after the days that the settings say.
type HeldMail struct {
	Template string     `json:"template" doc:"The kind of message"`
	State    string     `json:"state"`
	Address  string     `json:"address" doc:"Where it went"`
	Subject  string     `json:"subject" doc:"The subject line"`
	Body     string     `json:"body" doc:"What it said"`
	At       *time.Time `json:"at,omitempty" doc:"When it was sent, kept or refused"`
}

// Data gives everything that is held on a participant, and notes in the audit trail who took it.
func (s *Participants) Data(ctx context.Context, by account.User, id uuid.UUID) (d PersonalData, err error) {
	now := s.Clock()
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := getParticipant(ctx, tx, by, id)
		if err != nil {
			return err
		}
		d = PersonalData{WrittenAt: database.At(now).Time, Values: map[string]string{}}
		if d.Participant, err = row.whole(ctx, tx); err != nil {
			return err
		}
		attributes, err := allAttributes(ctx, tx)
		if err != nil {
			return err
		}
		for _, a := range attributes {
			if value, has := row.Attributes[a.ID.String()]; has {
				d.Values[a.Name] = value
			}
		}
		if d.Needs, err = needsOf(ctx, tx, id); err != nil {
			return err
		}
		if err := d.readRows(ctx, tx, id); err != nil {
			return err
		}
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "export", Kind: "participant", Subject: id.String()})
	})
	return d, err
}

func (d *PersonalData) readRows(ctx context.Context, tx bun.Tx, id uuid.UUID) (err error) {
	if d.Invitations, err = held(ctx, tx, "SELECT id, state, override, screening FROM invitations WHERE participant_id = ? ORDER BY created_at, id", id,
		func(scan func(...any) error) (i HeldInvitation, err error) {
			var screening string
			err = scan(&i.ID, &i.State, &i.Override, &screening)
			if i.Screening = json.RawMessage(screening); !json.Valid(i.Screening) {
				i.Screening = json.RawMessage("{}")
			}
			return i, err
		}); err != nil {
		return err
	}
	if d.Moves, err = held(ctx, tx, `SELECT m.invitation_id, m.at, m.party, m.from_state, m.to_state, m.reason
		FROM invitation_moves m JOIN invitations i ON i.id = m.invitation_id WHERE i.participant_id = ? ORDER BY m.id`, id,
		func(scan func(...any) error) (m HeldMove, err error) {
			var at database.Time
			err = scan(&m.InvitationID, &at, &m.Party, &m.From, &m.To, &m.Reason)
			m.At = at.Time
			return m, err
		}); err != nil {
		return err
	}
	if d.Calls, err = held(ctx, tx, "SELECT c.invitation_id, c.at, c.outcome, c.note FROM calls c JOIN invitations i ON i.id = c.invitation_id WHERE i.participant_id = ? ORDER BY c.id", id,
		func(scan func(...any) error) (c HeldCall, err error) {
			var at database.Time
			err = scan(&c.InvitationID, &at, &c.Outcome, &c.Note)
			c.At = at.Time
			return c, err
		}); err != nil {
		return err
	}
	if d.Attendance, err = held(ctx, tx, `SELECT a.invitation_id, a.recorded_at, a.outcome, a.arrived_at, a.left_at, a.struck_out, a.note
		FROM attendance a JOIN invitations i ON i.id = a.invitation_id WHERE i.participant_id = ? ORDER BY a.invitation_id, a.number`, id,
		func(scan func(...any) error) (a HeldAttendance, err error) {
			var at, arrived, left database.Time
			err = scan(&a.InvitationID, &at, &a.Outcome, &arrived, &left, &a.StruckOut, &a.Note)
			a.RecordedAt, a.ArrivedAt, a.LeftAt = at.Time, instant(arrived), instant(left)
			return a, err
		}); err != nil {
		return err
	}
	if d.Costs, err = held(ctx, tx, "SELECT focus_group_id, kind, text, planned, actual, currency, paid_at FROM costs WHERE participant_id = ? ORDER BY id", id,
		func(scan func(...any) error) (c HeldCost, err error) {
			var paid database.Time
			err = scan(&c.FocusGroupID, &c.Kind, &c.Text, &c.Planned, &c.Actual, &c.Currency, &paid)
			c.PaidAt = instant(paid)
			return c, err
		}); err != nil {
		return err
	}
	d.Mails, err = held(ctx, tx, "SELECT template, state, address, subject, body, at FROM mails WHERE to_id = ? ORDER BY id", id,
		func(scan func(...any) error) (m HeldMail, err error) {
			var at database.Time
			err = scan(&m.Template, &m.State, &m.Address, &m.Subject, &m.Body, &at)
			m.At = instant(at)
			return m, err
		})
	return err
}

// held reads the rows of a query about a participant.
func held[T any](ctx context.Context, tx bun.Tx, query string, id uuid.UUID, read func(scan func(...any) error) (T, error)) ([]T, error) {
	rows, err := database.Prepared(query).Rows(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := []T{}
	for rows.Next() {
		row, err := read(rows.Scan)
		if err != nil {
			return nil, err
		}
		found = append(found, row)
	}
	return found, rows.Err()
}
