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
	Participant Participant       `json:"participant" doc:"Who they are, what they agreed to and what they were invited to; who else may be the same person is nobody's but the office's, and absent"`
	JoinedAt    time.Time         `json:"joined_at" doc:"Since when they are on the panel"`
	Values      map[string]string `json:"values" doc:"The values of attributes by the attribute's name"`
	Needs       *Needs            `json:"needs,omitempty" doc:"What they need to take part; absent where nothing is kept"`
	Invitations []HeldInvitation  `json:"invitations" nullable:"false" doc:"What was kept with each invitation"`
	Moves       []HeldMove        `json:"moves" nullable:"false" doc:"How invitations changed, when and why"`
	Decisions   []HeldDecision    `json:"decisions" nullable:"false" doc:"Why they were offered a seat that fell free, or were not"`
	Calls       []HeldCall        `json:"calls" nullable:"false" doc:"Calls that were made to them"`
	Attendance  []HeldAttendance  `json:"attendance" nullable:"false" doc:"What was recorded at the door, each record"`
	Costs       []HeldCost        `json:"costs" nullable:"false" doc:"What was or is to be paid for them"`
	Payments    []HeldPayment     `json:"payments" nullable:"false" doc:"When that was paid, or a payment undone"`
	Receipts    []HeldReceipt     `json:"receipts" nullable:"false" doc:"The receipts that are kept of it; coordinators can download each"`
	Mails       []HeldMail        `json:"mails" nullable:"false" doc:"What was mailed to them"`
}

// HeldInvitation is what is kept with an invitation.
type HeldInvitation struct {
	ID           uuid.UUID       `json:"id"`
	FocusGroupID uuid.UUID       `json:"focus_group_id" doc:"The focus group"`
	State        string          `json:"state"`
	WalkIn       bool            `json:"walk_in" doc:"Whether they came without having been asked"`
	Override     string          `json:"override" doc:"Why a rule of exclusion was set aside; empty where none was"`
	Screening    json.RawMessage `json:"screening" doc:"Answers to the screening questions"`
	CreatedAt    time.Time       `json:"created_at" doc:"When it was made"`
	SentAt       *time.Time      `json:"sent_at,omitempty" doc:"When it was last sent"`
	AnswerBy     *time.Time      `json:"answer_by,omitempty" doc:"Until when it could be answered"`
	WaitlistedAt *time.Time      `json:"waitlisted_at,omitempty" doc:"Since when they wait for a seat"`
	AcceptedAt   *time.Time      `json:"accepted_at,omitempty" doc:"When it was accepted"`
	ConfirmedAt  *time.Time      `json:"confirmed_at,omitempty" doc:"When they said again that they will come"`
}

// HeldDecision is why somebody who waited was offered a seat, or passed over.
type HeldDecision struct {
	InvitationID uuid.UUID `json:"invitation_id" doc:"The invitation"`
	At           time.Time `json:"at"`
	Offered      bool      `json:"offered" doc:"Whether they were offered it"`
	Reason       string    `json:"reason"`
}

// HeldPayment is a payment of a cost that names the participant, or the undoing of one.
type HeldPayment struct {
	At     time.Time `json:"at"`
	Paid   bool      `json:"paid" doc:"False where a payment was undone"`
	Reason string    `json:"reason" doc:"Why it was undone"`
}

// HeldReceipt is a receipt of a cost that names the participant. The books keep it, also after they are erased.
type HeldReceipt struct {
	ID      uuid.UUID  `json:"id"`
	CostID  uuid.UUID  `json:"cost_id" doc:"The cost"`
	Kind    string     `json:"kind" enum:"photo,pdf"`
	AddedAt time.Time  `json:"added_at" doc:"When it was uploaded"`
	EndedAt *time.Time `json:"ended_at,omitempty" doc:"When it was replaced or taken away"`
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
	Error    string     `json:"error" doc:"Why it could not be sent; empty where it could"`
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
		d.Participant.Duplicates, d.JoinedAt = []Duplicate{}, row.CreatedAt.Time // the others are other people
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
	if d.Invitations, err = held(ctx, tx, `SELECT id, focus_group_id, state, walk_in, override, screening, created_at, sent_at, answer_by, waitlisted_at, accepted_at, confirmed_at
		FROM invitations WHERE participant_id = ? ORDER BY created_at, id`, id,
		func(scan func(...any) error) (i HeldInvitation, err error) {
			var screening string
			var created, sent, by, waiting, accepted, confirmed database.Time
			err = scan(&i.ID, &i.FocusGroupID, &i.State, &i.WalkIn, &i.Override, &screening, &created, &sent, &by, &waiting, &accepted, &confirmed)
			i.CreatedAt, i.SentAt, i.AnswerBy, i.WaitlistedAt, i.AcceptedAt, i.ConfirmedAt = created.Time, instant(sent), instant(by), instant(waiting), instant(accepted), instant(confirmed)
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
	if d.Decisions, err = held(ctx, tx, "SELECT d.invitation_id, d.at, d.offered, d.reason FROM seat_decisions d JOIN invitations i ON i.id = d.invitation_id WHERE i.participant_id = ? ORDER BY d.id", id,
		func(scan func(...any) error) (s HeldDecision, err error) {
			var at database.Time
			err = scan(&s.InvitationID, &at, &s.Offered, &s.Reason)
			s.At = at.Time
			return s, err
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
	if d.Payments, err = held(ctx, tx, "SELECT p.at, p.paid, p.reason FROM cost_payments p JOIN costs c ON c.id = p.cost_id WHERE c.participant_id = ? ORDER BY p.id", id,
		func(scan func(...any) error) (p HeldPayment, err error) {
			var at database.Time
			err = scan(&at, &p.Paid, &p.Reason)
			p.At = at.Time
			return p, err
		}); err != nil {
		return err
	}
	if d.Receipts, err = held(ctx, tx, `SELECT r.id, r.cost_id, r.kind, r.added_at, r.ended_at FROM receipts r JOIN costs c ON c.id = r.cost_id
		WHERE c.participant_id = ? ORDER BY r.id`, id,
		func(scan func(...any) error) (h HeldReceipt, err error) {
			var added, ended database.Time
			err = scan(&h.ID, &h.CostID, &h.Kind, &added, &ended)
			h.AddedAt, h.EndedAt = added.Time, instant(ended)
			return h, err
		}); err != nil {
		return err
	}
	d.Mails, err = held(ctx, tx, "SELECT template, state, address, subject, body, last_error, at FROM mails WHERE to_id = ? ORDER BY id", id,
		func(scan func(...any) error) (m HeldMail, err error) {
			var at database.Time
			err = scan(&m.Template, &m.State, &m.Address, &m.Subject, &m.Body, &m.Error, &at)
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
