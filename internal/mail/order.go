// Package mail sends messages. A message is ordered in the transaction of what it tells, as ids; what it says, its
// address and its links are made when it is sent. Without an SMTP server it is kept for admins to read.
package mail

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
	"fieldcare/internal/jobs"
)

// Order asks for a message.
type Order struct {
	ID       uuid.UUID // of the message; made where it is zero
	Template string    // the kind of message, such as "visit-offered"
	To       uuid.UUID // the user or the participant
	About    any       // the ids that it is made from, as JSON: never a secret or an address
	Key      string    // a template is sent once for a key, ever; empty is as often as it is ordered
	At       time.Time // not before; the zero time is at once
}

// Read reads About into what its pointer points to.
func (o Order) Read(into any) error {
	text, ok := o.About.(json.RawMessage)
	if !ok {
		return errors.New("only the order of a message that is being composed can be read")
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("what a mail %q is about: %w", o.Template, err)
	}
	return nil
}

// Message is what is sent.
type Message struct {
	To, Name            string // the address, and whose it is
	Subject, Text, HTML string
	Calendar            *Calendar // a calendar part; nil is none
	// Unsubscribe is the https address that ends such mail by one POST, without a question (RFC 8058); empty is a mail
	// that nobody can put an end to. The relay must sign both headers that it makes (DKIM).
	Unsubscribe string
}

// Calendar is an iCalendar object as part of a message.
type Calendar struct {
	Method string // REQUEST or CANCEL, as in the body
	Body   []byte // RFC 5545, with CRLF
}

// jobKind is the kind of the jobs that send messages.
const jobKind = "mail"

var insertMail = database.Prepared(`INSERT INTO mails (id, template, to_id, about, key, state, send_at,
		message_id, address, subject, body, attempts, last_error)
	VALUES (?, ?, ?, ?, ?, 'queued', ?, '', '', '', '', 0, '') ON CONFLICT (template, key) DO NOTHING`)

// Queue orders a message in the caller's transaction. Where one of the same template and key was ordered before, it
// does nothing.
func Queue(ctx context.Context, tx bun.IDB, order Order) error {
	if order.ID == uuid.Nil {
		order.ID = database.NewID(order.At)
	}
	about, err := json.Marshal(order.About)
	if err != nil {
		return fmt.Errorf("what a mail %q is about: %w", order.Template, err)
	}
	var key any
	if order.Key != "" {
		key = order.Key
	}
	n, err := insertMail.Exec(ctx, tx, order.ID.String(), order.Template, order.To.String(), string(about), key, database.At(order.At))
	if err != nil || n == 0 {
		return err
	}
	return jobs.Add(ctx, tx, jobs.Job{ID: order.ID, Kind: jobKind, RunAt: order.At})
}

// ordersAtOnce keeps one transaction short.
const ordersAtOnce = 200

// QueueAll orders many messages, in several transactions: after an error the first of them may be ordered, so they need
// keys to be ordered again.
func QueueAll(ctx context.Context, db *database.DB, orders []Order) error {
	for some := range slices.Chunk(orders, ordersAtOnce) {
		err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			for _, order := range some {
				if err := Queue(ctx, tx, order); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Write makes the message of an order from its template and the user to whom it goes. It is nil for a user who is
// disabled: nothing is sent to them. data is as in Render, without the Name.
func Write(ctx context.Context, db bun.IDB, order Order, data map[string]any) (*Message, error) {
	var address, name string
	err := db.QueryRowContext(ctx, "SELECT email, name FROM users WHERE id = ? AND disabled_at IS NULL", order.To).Scan(&address, &name)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return WriteTo(address, name, order.Template, data)
}

// WriteTo makes the message of a template to somebody who is not a user. data is as in Render, without the Name.
func WriteTo(address, name, template string, data map[string]any) (*Message, error) {
	values := map[string]any{"Name": name}
	for name, value := range data {
		values[name] = value
	}
	m := &Message{To: address, Name: name}
	var err error
	m.Subject, m.Text, m.HTML, err = Render(template, values)
	return m, err
}

// Erase takes the address and the words out of every message to somebody. That it was sent, and when, stays; what was not
// sent yet never is.
func Erase(ctx context.Context, tx bun.IDB, to uuid.UUID) error {
	var ids []uuid.UUID
	err := tx.NewRaw(`UPDATE mails SET address = '', subject = '', body = '', last_error = '', state = CASE WHEN state = ? THEN ? ELSE state END
		WHERE to_id = ? RETURNING id`, string(Queued), string(NotNeeded), to).Scan(ctx, &ids)
	if err != nil {
		return err
	}
	return jobs.Drop(ctx, tx, ids) // the error of a job may name the address
}
