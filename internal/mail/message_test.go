package mail_test

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"fieldcare/internal/mail"
)

// part is one part of a message that is no multipart itself.
type part struct {
	header  string // its content type, without parameters
	params  map[string]string
	file    string
	content string
}

// partsOf gives the parts of a message, those inside others too, in their order.
func partsOf(t *testing.T, contentType string, body io.Reader) (parts []part) {
	kind, params, err := mime.ParseMediaType(contentType)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(kind, "multipart/"), kind)
	reader := multipart.NewReader(body, params["boundary"])
	for {
		p, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return parts
		}
		require.NoError(t, err)
		kind, params, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		require.NoError(t, err)
		if strings.HasPrefix(kind, "multipart/") {
			parts = append(parts, partsOf(t, p.Header.Get("Content-Type"), p)...)
			continue
		}
		content, err := io.ReadAll(p)
		require.NoError(t, err)
		if p.Header.Get("Content-Transfer-Encoding") == "base64" {
			content, err = base64.StdEncoding.DecodeString(strings.ReplaceAll(string(content), "\r\n", ""))
			require.NoError(t, err)
		}
		parts = append(parts, part{kind, params, p.FileName(), string(content)})
	}
}

// participant orders a mail to somebody who is not a user.
func (w *world) participant(message func() *mail.Message) mail.Order {
	w.post.Compose("invitation-confirmed", func(context.Context, mail.Order) (*mail.Message, error) { return message(), nil })
	order := mail.Order{Template: "invitation-confirmed", To: uuid.New(), About: map[string]uuid.UUID{"invitation": uuid.New()}}
	w.queue(order)
	return order
}

func TestAMessageGoesToSomebodyWhoIsNotAUser(t *testing.T) {
	box := newMailbox(t)
	w := newWorld(t, box.URL)
	order := w.participant(func() *mail.Message {
		return &mail.Message{To: "pat@panel.example", Name: "Pat", Subject: "Your seat", Text: "You have a seat."}
	})
	require.NoError(t, w.runDue())
	require.Len(t, box.all(), 1)
	require.Equal(t, "pat@panel.example", box.all()[0].to)
	require.Equal(t, order.To, w.only().To)
	require.Equal(t, mail.Delivered, w.only().State)
	require.Empty(t, box.all()[0].message(t).Header.Get("List-Unsubscribe"))
}

func TestACalendarComesAsAnotherFormOfTheTextAndAsAFile(t *testing.T) {
	box := newMailbox(t)
	w := newWorld(t, box.URL)
	const calendar = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
	w.participant(func() *mail.Message {
		return &mail.Message{To: "pat@panel.example", Name: "Pat", Subject: "Your seat", Text: "You have a seat.", HTML: "<p>You have a seat.</p>",
			Calendar: &mail.Calendar{Method: "REQUEST", Body: []byte(calendar)}}
	})
	require.NoError(t, w.runDue())
	m := box.all()[0].message(t)
	kind, _, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/mixed", kind)
	parts := partsOf(t, m.Header.Get("Content-Type"), m.Body)
	require.Len(t, parts, 4)
	require.Equal(t, "text/plain", parts[0].header)
	require.Equal(t, "text/html", parts[1].header)
	require.Equal(t, part{"text/calendar", map[string]string{"method": "REQUEST", "charset": "UTF-8"}, "", calendar}, parts[2])
	require.Equal(t, "application/ics", parts[3].header)
	require.Equal(t, "invite.ics", parts[3].file)
	require.Equal(t, calendar, parts[3].content)
}

func TestMailThatCanBeEndedByOneClickSaysSoInBothHeaders(t *testing.T) {
	box := newMailbox(t)
	w := newWorld(t, box.URL)
	address := "https://care.example/unsubscribe/" + strings.Repeat("a", 90)
	w.participant(func() *mail.Message {
		return &mail.Message{To: "pat@panel.example", Subject: "Would you come?", Text: "Would you come?", Unsubscribe: address}
	})
	require.NoError(t, w.runDue())
	header := box.all()[0].message(t).Header
	require.Equal(t, "<"+address+">", header.Get("List-Unsubscribe"))
	require.Equal(t, "List-Unsubscribe=One-Click", header.Get("List-Unsubscribe-Post"))
}

func TestOneClickIsForHTTPSOnly(t *testing.T) {
	box := newMailbox(t)
	w := newWorld(t, box.URL)
	w.participant(func() *mail.Message {
		return &mail.Message{To: "pat@panel.example", Subject: "Would you come?", Text: "Would you come?", Unsubscribe: "http://localhost:8080/unsubscribe/a"}
	})
	require.NoError(t, w.runDue())
	header := box.all()[0].message(t).Header
	require.Equal(t, "<http://localhost:8080/unsubscribe/a>", header.Get("List-Unsubscribe"))
	require.Empty(t, header.Get("List-Unsubscribe-Post"))
}

func TestWhoIsErasedIsInNoMessageAnyMore(t *testing.T) {
	w := newWorld(t, "")
	order := w.participant(func() *mail.Message {
		return &mail.Message{To: "pat@panel.example", Name: "Pat", Subject: "Pat, your seat", Text: "Dear Pat"}
	})
	require.NoError(t, w.runDue())
	require.Equal(t, "Dear Pat", w.only().Body)
	require.NoError(t, w.db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { return mail.Erase(ctx, tx, order.To) }))
	left := w.only()
	require.Empty(t, left.Body+left.Address+left.Subject)
	require.Equal(t, mail.Kept, left.State)
}

func TestWhatWasQueuedToWhoIsErasedIsNeverSent(t *testing.T) {
	box := newMailbox(t)
	w := newWorld(t, box.URL)
	composed := 0
	order := w.participant(func() *mail.Message {
		composed++
		return &mail.Message{To: "pat@panel.example", Name: "Pat", Subject: "Pat, your seat", Text: "Dear Pat"}
	})
	box.rcpt = func(to string) error { return &smtp.SMTPError{Code: 451, Message: to + " is busy"} }
	require.ErrorContains(t, w.runDue(), "pat@panel.example is busy")
	require.NoError(t, w.db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error { return mail.Erase(ctx, tx, order.To) }))
	left := w.only()
	require.Equal(t, mail.NotNeeded, left.State)
	require.Empty(t, left.Body+left.Address+left.Subject+left.LastError)
	var errors int
	require.NoError(t, w.db.Read().NewRaw("SELECT COUNT(*) FROM jobs WHERE last_error LIKE '%pat@%'").Scan(t.Context(), &errors))
	require.Zero(t, errors)
	box.rcpt = nil
	w.clock.Advance(24 * time.Hour)
	require.NoError(t, w.runDue())
	require.Equal(t, 1, composed)
	require.Empty(t, box.all())
}

func TestAMessageThatMustWaitIsComposedAgainThenAndThatWasNoTry(t *testing.T) {
	box := newMailbox(t)
	w := newWorld(t, box.URL)
	morning := w.clock.Now().Add(11 * time.Hour)
	w.post.Compose("invitation", func(context.Context, mail.Order) (*mail.Message, error) {
		if w.clock.Now().Before(morning) {
			return nil, mail.NotBefore(morning)
		}
		return &mail.Message{To: "pat@panel.example", Subject: "Would you come?", Text: "Would you come?"}, nil
	})
	pat := uuid.New()
	about := map[string]uuid.UUID{"invitation": uuid.New()}
	w.queue(mail.Order{Template: "invitation", To: pat, About: about})
	require.NoError(t, w.runDue())
	require.Equal(t, mail.Queued, w.only().State)
	require.Equal(t, morning, *w.only().SendAt)
	w.clock.Advance(11*time.Hour - time.Second)
	require.NoError(t, w.runDue())
	require.Empty(t, box.all())
	w.clock.Advance(time.Second)
	require.NoError(t, w.runDue())
	require.Len(t, box.all(), 1)

	list, err := mail.To(t.Context(), w.db.Read(), []uuid.UUID{pat, w.sam})
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, mail.Delivered, list[0].State)
	require.Equal(t, 1, list[0].Attempts)
	require.JSONEq(t, `{"invitation":"`+about["invitation"].String()+`"}`, string(list[0].About))
	list, err = mail.To(t.Context(), w.db.Read(), nil)
	require.NoError(t, err)
	require.Empty(t, list)
}
