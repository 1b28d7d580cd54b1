package mail

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
	"fieldcare/internal/fault"
	"fieldcare/internal/jobs"
)

// State is what became of a message.
type State string

// The states of a message.
const (
	Queued    State = "queued"     // to be sent, at its time or after a failed try
	Delivered State = "sent"       // the SMTP server took it
	Kept      State = "kept"       // there is no SMTP server: its body can be read here
	Failed    State = "failed"     // refused for good, or tried too often
	NotNeeded State = "not needed" // what it would have told was no longer so
)

// Post sends the messages that were ordered.
type Post struct {
	db      *database.DB
	clock   func() time.Time
	smtp    *server // nil: messages are kept
	from    *netmail.Address
	compose map[string]Compose
}

// Compose makes the message of an order. A nil message, or fault.ErrNotFound, says that it is no longer apt: nothing is
// sent. It runs again when sending fails.
type Compose func(ctx context.Context, order Order) (*Message, error)

// tooEarly is what a composer says of a message that must wait.
type tooEarly struct{ until time.Time }

func (e tooEarly) Error() string { return "not before " + e.until.Format(time.RFC3339) }

// NotBefore is returned by a composer whose message must wait: it is composed again at that time.
func NotBefore(until time.Time) error { return tooEarly{until} }

// NewPost makes the post and gives its work to the runner. smtp is smtp://user:password@host:port or smtps://…, or empty
// where messages are to be kept; from is the sender, such as "Fieldcare <fieldcare@example.org>".
func NewPost(db *database.DB, runner *jobs.Runner, clock func() time.Time, smtp, from string) (*Post, error) {
	p := &Post{db: db, clock: clock, compose: map[string]Compose{}}
	var err error
	if p.from, err = netmail.ParseAddress(from); err != nil {
		return nil, fmt.Errorf("the sender of mail %q is not an address such as Fieldcare <fieldcare@example.org>", from)
	}
	if smtp != "" {
		if p.smtp, err = parseServer(smtp); err != nil {
			return nil, err
		}
	}
	runner.Handle(jobKind, p.send)
	return p, nil
}

// From is the sender of all mail.
func (p *Post) From() netmail.Address { return *p.from }

// Compose has fn make the messages of a template. All are registered before the runner runs.
func (p *Post) Compose(template string, fn func(ctx context.Context, order Order) (*Message, error)) {
	if _, twice := p.compose[template]; twice {
		panic("mail: two composers of " + template)
	}
	p.compose[template] = fn
}

// fate is what a try to send came to.
type fate struct {
	state   State
	message Message
	body    string
	failure error
}

// send is the job that sends one message. A message that was sent when its runner was killed before it could write so
// down is sent again, with the same Message-ID.
func (p *Post) send(ctx context.Context, job jobs.Job) error {
	order, state, err := p.order(ctx, job.ID)
	if err != nil || state != Queued {
		return err
	}
	f := p.try(ctx, order)
	var early tooEarly
	if errors.As(f.failure, &early) {
		return p.postpone(ctx, order, early.until)
	}
	if f.state == Queued && job.Last {
		f.state = Failed
	}
	if err := p.record(ctx, order, f, job.Attempt); err != nil {
		return errors.Join(err, f.failure)
	}
	if f.state == Failed {
		return jobs.Permanent(f.failure)
	}
	return f.failure
}

// postpone shows when the message comes, and has its job come then.
func (p *Post) postpone(ctx context.Context, order Order, until time.Time) error {
	err := p.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE mails SET send_at = ? WHERE id = ? AND state = 'queued'", database.At(until), order.ID)
		return err
	})
	if err != nil {
		return err
	}
	return jobs.Later(until)
}

func (p *Post) order(ctx context.Context, id uuid.UUID) (Order, State, error) {
	order := Order{ID: id}
	var state State
	var about string
	var at database.Time
	err := p.db.Read().QueryRowContext(ctx, `SELECT template, to_id, about, COALESCE(key, ''), state, send_at FROM mails WHERE id = ?`, id).
		Scan(&order.Template, &order.To, &about, &order.Key, &state, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return order, NotNeeded, nil
	}
	order.About, order.At = json.RawMessage(about), at.Time
	return order, state, err
}

func (p *Post) try(ctx context.Context, order Order) fate {
	compose, ok := p.compose[order.Template]
	if !ok {
		return fate{state: Queued, failure: fmt.Errorf("nobody here composes a mail %q", order.Template)}
	}
	message, err := compose(ctx, order)
	if errors.Is(err, fault.ErrNotFound) || (err == nil && message == nil) {
		return fate{state: NotNeeded}
	}
	if err != nil {
		return fate{state: Queued, failure: fmt.Errorf("compose: %w", err)}
	}
	f := fate{state: Kept, message: *message, body: message.Text}
	if p.smtp == nil {
		return f
	}
	f.state, f.body = Delivered, "" // a body may hold a secret link
	if f.failure = p.smtp.send(ctx, p.from, message, p.messageID(order.ID), p.clock()); f.failure != nil {
		f.state = Queued
		if refused(f.failure) {
			f.state = Failed
		}
	}
	return f
}

// messageID is made from the message's own id, so that each try carries the same. It does not show that id, which tells
// when it was made and how many others were made before it, to whoever gets the message.
func (p *Post) messageID(id uuid.UUID) string {
	return uuid.NewSHA1(id, []byte("Message-ID")).String() + p.from.Address[strings.LastIndexByte(p.from.Address, '@'):]
}

func (p *Post) record(ctx context.Context, order Order, f fate, attempt int) error {
	failure := ""
	if f.failure != nil {
		failure = cut(strings.ReplaceAll(strings.ToValidUTF8(f.failure.Error(), "�"), "\x00", ""), 1000)
	}
	return p.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE mails SET state = ?, message_id = ?, address = ?, subject = ?, body = ?, attempts = ?,
				last_error = ?, at = ? WHERE id = ? AND state = 'queued'`,
			string(f.state), p.messageID(order.ID), f.message.To, f.message.Subject, f.body, attempt,
			failure, database.At(p.clock()), order.ID)
		return err
	})
}

// forgottenAtOnce keeps one transaction short, so that others need not wait long for it.
const forgottenAtOnce = 1000

// Forget clears bodies and addresses of the messages that were sent or kept before a time. note is called in each
// transaction, with the number of messages that it clears.
func (p *Post) Forget(ctx context.Context, before time.Time, note func(ctx context.Context, tx bun.Tx, n int) error) error {
	for n := int64(forgottenAtOnce); n == forgottenAtOnce; {
		err := p.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			result, err := tx.ExecContext(ctx, `UPDATE mails SET body = '', address = '' WHERE id IN
				(SELECT id FROM mails WHERE at < ? AND (body <> '' OR address <> '') LIMIT ?)`, database.At(before), forgottenAtOnce)
			if err != nil {
				return err
			}
			if n, err = result.RowsAffected(); err != nil || n == 0 {
				return err
			}
			return note(ctx, tx, int(n))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Sent is a message as admins see it.
type Sent struct {
	ID        uuid.UUID  `json:"id"`
	Template  string     `json:"template" doc:"The kind of message" example:"visit-offered"`
	To        uuid.UUID  `json:"to" bun:"to_id" doc:"The user or the participant"`
	State     State      `json:"state" enum:"queued,sent,kept,failed,not needed"`
	SendAt    *time.Time `json:"send_at,omitempty" bun:"-" doc:"Not sent before"`
	At        *time.Time `json:"at,omitempty" bun:"-" doc:"When it was sent, kept, refused or last tried"`
	Address   string     `json:"address,omitempty" doc:"Where it went; forgotten after the days that the settings say"`
	Subject   string     `json:"subject,omitempty"`
	Body      string     `json:"body,omitempty" doc:"Only where there is no SMTP server; forgotten after the days that the settings say"`
	MessageID string     `json:"message_id,omitempty"`
	Attempts  int        `json:"attempts"`
	LastError string     `json:"last_error,omitempty"`

	About json.RawMessage `json:"-" bun:"about"` // the ids that it is made from
}

// sentRow is a message as its table has it.
type sentRow struct {
	Sent   `bun:",extend"`
	SendAt database.Time
	At     database.Time
}

func selectSent(db bun.IDB) *bun.SelectQuery {
	return db.NewSelect().Table("mails").Order("id DESC").
		Column("id", "template", "to_id", "about", "state", "send_at", "at", "address", "subject", "body", "message_id", "attempts", "last_error")
}

func scanSent(ctx context.Context, query *bun.SelectQuery) ([]Sent, error) {
	var rows []sentRow
	if err := query.Scan(ctx, &rows); err != nil {
		return nil, err
	}
	list := make([]Sent, len(rows))
	for i, row := range rows {
		list[i] = row.Sent
		list[i].SendAt, list[i].At = pointer(row.SendAt), pointer(row.At)
	}
	return list, nil
}

// To gives the messages to these people, the newest order first, with what each is about.
func To(ctx context.Context, db bun.IDB, people []uuid.UUID) ([]Sent, error) {
	if len(people) == 0 {
		return nil, nil
	}
	return scanSent(ctx, selectSent(db).Where("to_id IN (?)", bun.List(people)))
}

// List gives messages, the newest order first.
func (p *Post) List(ctx context.Context, limit int, cursor string) (database.Page[Sent], error) {
	var page database.Page[Sent]
	query := selectSent(p.db.Read()).Limit(int64(limit) + 1)
	var after string
	more, err := database.ReadCursor(cursor, &after)
	if err != nil {
		return page, err
	}
	if more {
		query.Where("id < ?", after)
	}
	list, err := scanSent(ctx, query)
	if err != nil {
		return page, err
	}
	return database.Paged(list, limit, func(m Sent) []any { return []any{m.ID.String()} }), nil
}

func pointer(t database.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t.Time
}
