package mail_test

import (
	"context"
	"errors"
	"io"
	"mime"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
	"fieldcare/internal/database/databasetest"
	"fieldcare/internal/fault"
	"fieldcare/internal/jobs"
	"fieldcare/internal/mail"
)

// mailbox is an SMTP server in this process.
type mailbox struct {
	URL string

	mu       sync.Mutex
	received []delivery
	dialled  int
	signedIn []string
	rcpt     func(to string) error // answers RCPT; nil accepts
	data     func() error          // answers a message after it was taken down; nil accepts
	drops    string                // when it drops its connections: within a message, or after each
}

type delivery struct {
	from, to string
	raw      string
}

func (d delivery) message(t *testing.T) *netmail.Message {
	m, err := netmail.ReadMessage(strings.NewReader(d.raw))
	require.NoError(t, err)
	return m
}

func newMailbox(t *testing.T) *mailbox {
	box := &mailbox{}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		box.mu.Lock()
		defer box.mu.Unlock()
		box.dialled++
		return &session{box: box, conn: c}, nil
	}))
	server.AllowInsecureAuth = true
	server.EnableSMTPUTF8 = true
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	box.URL = "smtp://" + listener.Addr().String()
	return box
}

func (b *mailbox) all() []delivery {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]delivery(nil), b.received...)
}

type session struct {
	box      *mailbox
	conn     *smtp.Conn
	taken    bool // a message
	from, to string
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != "p@ss/word" {
			return smtp.ErrAuthFailed
		}
		s.box.mu.Lock()
		defer s.box.mu.Unlock()
		s.box.signedIn = append(s.box.signedIn, user)
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error { s.from = from; return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	if s.box.rcpt != nil {
		return s.box.rcpt(to)
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.box.mu.Lock()
	if s.box.drops == "within" {
		s.box.mu.Unlock()
		s.conn.Conn().Close()
		return io.ErrUnexpectedEOF
	}
	s.taken = true
	s.box.received = append(s.box.received, delivery{s.from, s.to, string(raw)})
	answer := s.box.data
	s.box.mu.Unlock()
	if answer != nil {
		return answer()
	}
	return nil
}

func (s *session) Reset() {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	if s.taken && s.box.drops == "after" {
		s.conn.Conn().Close()
	}
}

func (s *session) Logout() error { return nil }

type clock struct{ micros atomic.Int64 }

func (c *clock) Now() time.Time          { return time.UnixMicro(c.micros.Load()).UTC() }
func (c *clock) Advance(d time.Duration) { c.micros.Add(d.Microseconds()) }

type world struct {
	*testing.T
	address string
	db      *database.DB
	clock   *clock
	runner  *jobs.Runner
	post    *mail.Post
	sam     uuid.UUID
}

const sender = "Fieldcare Łódź <care@fieldcare.example>"

func newWorld(t *testing.T, smtpURL string) *world {
	w := &world{T: t, address: databasetest.Address(t), clock: &clock{}}
	w.clock.micros.Store(time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC).UnixMicro())
	w.open(smtpURL)
	t.Cleanup(func() { w.db.Close() })
	w.sam = w.user("sam@shoppers.example", "Łukasz Ωmega 🦊")
	return w
}

// open opens the database as a new process does.
func (w *world) open(smtpURL string) {
	var err error
	w.db, err = database.Open(context.Background(), w.address)
	require.NoError(w, err)
	w.runner = jobs.NewRunner(w.db, w.clock.Now)
	w.post, err = mail.NewPost(w.db, w.runner, w.clock.Now, smtpURL, sender)
	require.NoError(w, err)
	w.post.Compose("visit-offered", func(ctx context.Context, order mail.Order) (*mail.Message, error) {
		var about struct{ Branch string }
		if err := order.Read(&about); err != nil {
			return nil, err
		}
		return mail.Write(ctx, w.db.Read(), order, map[string]any{"Branch": about.Branch, "Organisation": "Acme", "Link": "https://care.example/secret"})
	})
}

func (w *world) write(query string, args ...any) {
	w.Helper()
	require.NoError(w, w.db.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}))
}

func (w *world) user(email, name string) uuid.UUID {
	w.Helper()
	id := uuid.Must(uuid.NewV7())
	w.write(`INSERT INTO users (id, email, name, folded, language, roles, password_hash, created_at, edition)
		VALUES (?, ?, ?, '', 'en', 1, '', 0, 1)`, id, email, name)
	return id
}

func (w *world) queue(order mail.Order) {
	w.Helper()
	require.NoError(w, w.db.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
		return mail.Queue(ctx, tx, order)
	}))
}

func (w *world) offer(branch string) {
	w.Helper()
	w.queue(mail.Order{Template: "visit-offered", To: w.sam, About: map[string]string{"Branch": branch}})
}

func (w *world) runDue() error {
	_, err := w.runner.RunDue(context.Background())
	return err
}

// only gives the one message that there is.
func (w *world) only() mail.Sent {
	w.Helper()
	page, err := w.post.List(context.Background(), 10, "")
	require.NoError(w, err)
	require.Len(w, page.Items, 1)
	return page.Items[0]
}

func TestAMessageArrivesWithItsHeadersAndBothBodies(t *testing.T) {
	box := newMailbox(t)
	w := newWorld(t, box.URL)
	w.offer("Żabka Ω 🦊, \"Old\" Town\r\nBcc: all@example.org")
	require.NoError(t, w.runDue())

	require.Len(t, box.all(), 1)
	got := box.all()[0]
	require.Equal(t, "care@fieldcare.example", got.from)
	require.Equal(t, "sam@shoppers.example", got.to)
	m := got.message(t)
	from, err := m.Header.AddressList("From")
	require.NoError(t, err)
	require.Equal(t, []*netmail.Address{{Name: "Fieldcare Łódź", Address: "care@fieldcare.example"}}, from)
	to, err := m.Header.AddressList("To")
	require.NoError(t, err)
	require.Equal(t, []*netmail.Address{{Name: "Łukasz Ωmega 🦊", Address: "sam@shoppers.example"}}, to)
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, `A visit for you: Żabka Ω 🦊, "Old" Town Bcc: all@example.org`, subject)
	require.Empty(t, m.Header.Get("Bcc"))
	date, err := m.Header.Date()
	require.NoError(t, err)
	require.True(t, w.clock.Now().Equal(date))
	require.Equal(t, "auto-generated", m.Header.Get("Auto-Submitted"))
	require.Contains(t, m.Header.Get("Content-Type"), "multipart/alternative")
	require.Contains(t, got.raw, "text/plain")
	require.Contains(t, got.raw, "text/html")
	for _, l := range strings.Split(got.raw, "\r\n") {
		require.LessOrEqual(t, len(l), 998)
	}

	sent := w.only()
	require.Equal(t, mail.Delivered, sent.State)
	require.Equal(t, "<"+sent.MessageID+">", m.Header.Get("Message-ID"))
	require.Regexp(t, `^[0-9a-f-]{36}@fieldcare\.example$`, sent.MessageID)
	require.NotContains(t, got.raw, sent.ID.String(), "it tells its time")
	require.Equal(t, "sam@shoppers.example", sent.Address)
	require.Equal(t, w.sam, sent.To)
	require.Equal(t, 1, sent.Attempts)
	require.Equal(t, w.clock.Now(), *sent.At)
	require.Empty(t, sent.Body, "a body may hold a secret link")
	require.NoError(t, w.runDue())
	require.Len(t, box.all(), 1)
}

func TestARunnerKilledAfterSendingSendsTheSameMessageIDAgain(t *testing.T) {
	box := newMailbox(t)
	w := newWorld(t, box.URL)
	w.offer("Old Town")
	// The process dies once the server has the message and before it can write so down.
	dying := w.db
	box.data = func() error { return dying.Close() }
	require.Error(t, w.runDue())
	require.Len(t, box.all(), 1)

	box.mu.Lock()
	box.data = nil
	box.mu.Unlock()
	w.open(box.URL)
	require.NoError(t, w.runDue())
	require.Len(t, box.all(), 1, "the lease still runs")
	w.clock.Advance(jobs.Lease)
	require.NoError(t, w.runDue())
	require.Len(t, box.all(), 2)
	first, second := box.all()[0].message(t).Header.Get("Message-ID"), box.all()[1].message(t).Header.Get("Message-ID")
	require.NotEmpty(t, first)
	require.Equal(t, first, second)
	require.Equal(t, mail.Delivered, w.only().State)
	require.Equal(t, 2, w.only().Attempts)
}

func TestAMessageThatIsPutOffIsSentLater(t *testing.T) {
	box := newMailbox(t)
	w := newWorld(t, box.URL)
	box.rcpt = func(string) error {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Greylisted, come back later"}
	}
	w.offer("Old Town")
	require.ErrorContains(t, w.runDue(), "Greylisted")
	require.Equal(t, mail.Queued, w.only().State)
	require.Contains(t, w.only().LastError, "451")
	box.rcpt = nil
	require.NoError(t, w.runDue())
	require.Empty(t, box.all(), "not at once")
	w.clock.Advance(jobs.Backoff(1, 1))
	require.NoError(t, w.runDue())
	require.Len(t, box.all(), 1)
	require.Equal(t, mail.Delivered, w.only().State)
	require.Empty(t, w.only().LastError)
}

func TestAnAddressThatIsRefusedFailsAtOnceAndIsShown(t *testing.T) {
	for name, refuse := range map[string]func(*mailbox, error){
		"recipient": func(box *mailbox, err error) { box.rcpt = func(string) error { return err } },
		"content":   func(box *mailbox, err error) { box.data = func() error { return err } },
	} {
		t.Run(name, func(t *testing.T) {
			box := newMailbox(t)
			w := newWorld(t, box.URL)
			refuse(box, &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such person here"})
			w.offer("Old Town")
			require.ErrorContains(t, w.runDue(), "No such person here")
			failed := w.only()
			require.Equal(t, mail.Failed, failed.State)
			require.Equal(t, "sam@shoppers.example", failed.Address)
			require.Contains(t, failed.LastError, "No such person here")
			tries := len(box.all())
			w.clock.Advance(24 * time.Hour)
			require.NoError(t, w.runDue())
			require.Len(t, box.all(), tries)
		})
	}
}

func TestAnAddressThatIsNoneFailsAtOnce(t *testing.T) {
	box := newMailbox(t)
	w := newWorld(t, box.URL)
	w.sam = w.user("sam@a.example>\r\nRCPT TO:<all@example.org", "Sam")
	w.offer("Old Town")
	require.ErrorContains(t, w.runDue(), "is not a mail address")
	require.Equal(t, mail.Failed, w.only().State)
	require.Empty(t, box.all())
}

func TestAServerThatIsAwayIsTriedAgainForADay(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	w := newWorld(t, "smtp://"+listener.Addr().String())
	w.offer("Old Town")
	for attempt := 1; attempt <= jobs.MaxAttempts; attempt++ {
		require.Equal(t, mail.Queued, w.only().State)
		require.ErrorContains(t, w.runDue(), "connection refused")
		require.Equal(t, attempt, w.only().Attempts)
		require.Contains(t, w.only().LastError, "connection refused")
		require.NoError(t, w.runDue())
		w.clock.Advance(jobs.Backoff(attempt, 1))
	}
	require.Equal(t, mail.Failed, w.only().State)
	require.NoError(t, w.runDue())
}

func TestWithAPasswordTheSenderSignsIn(t *testing.T) {
	box := newMailbox(t)
	w := newWorld(t, strings.Replace(box.URL, "smtp://", "smtp://post:p%40ss%2Fword@", 1))
	w.offer("Old Town")
	require.NoError(t, w.runDue())
	require.Len(t, box.all(), 1)
	require.Equal(t, []string{"post"}, box.signedIn)
}

func TestAWrongPasswordIsMendedWithoutLosingMail(t *testing.T) {
	box := newMailbox(t)
	w := newWorld(t, strings.Replace(box.URL, "smtp://", "smtp://post:wrong@", 1))
	w.offer("Old Town")
	err := w.runDue()
	require.ErrorContains(t, err, "Authentication failed")
	require.NotContains(t, err.Error(), "wrong@")
	require.Equal(t, mail.Queued, w.only().State)
}

func TestWithoutAServerMessagesAreKeptForAdmins(t *testing.T) {
	w := newWorld(t, "")
	w.offer("Old Town")
	require.NoError(t, w.runDue())
	kept := w.only()
	require.Equal(t, mail.Kept, kept.State)
	require.Equal(t, "A visit for you: Old Town", kept.Subject)
	require.Contains(t, kept.Body, "https://care.example/secret")
	require.Equal(t, "sam@shoppers.example", kept.Address)

}

func TestOldMessagesAreForgottenButForWhatBecameOfThem(t *testing.T) {
	w := newWorld(t, "")
	w.offer("Old Town")
	require.NoError(t, w.runDue())
	noted := 0
	forget := func(before time.Time) {
		require.NoError(t, w.post.Forget(t.Context(), before, func(_ context.Context, _ bun.Tx, n int) error {
			noted = n
			return nil
		}))
	}
	forget(w.clock.Now())
	require.Zero(t, noted)
	require.NotEmpty(t, w.only().Body)

	forget(w.clock.Now().Add(time.Second))
	require.Equal(t, 1, noted)
	require.Empty(t, w.only().Body)
	require.Empty(t, w.only().Address)
	require.Equal(t, mail.Kept, w.only().State)
	require.Equal(t, "A visit for you: Old Town", w.only().Subject)

	noted = 0
	forget(w.clock.Now().Add(time.Second))
	require.Zero(t, noted, "nothing is left to forget")
}

func TestMessagesAreForgottenInTheTransactionThatNotesIt(t *testing.T) {
	w := newWorld(t, "")
	w.offer("Old Town")
	require.NoError(t, w.runDue())
	lost := errors.New("the note was lost")
	require.ErrorIs(t, w.post.Forget(t.Context(), w.clock.Now().Add(time.Second), func(context.Context, bun.Tx, int) error { return lost }), lost)
	require.NotEmpty(t, w.only().Body)
}

func TestAMessageThatIsNoLongerAptIsNotSent(t *testing.T) {
	for name, answer := range map[string]error{"nothing": nil, "not found": fault.ErrNotFound} {
		t.Run(name, func(t *testing.T) {
			box := newMailbox(t)
			w := newWorld(t, box.URL)
			w.post.Compose("visit-changed", func(context.Context, mail.Order) (*mail.Message, error) { return nil, answer })
			w.queue(mail.Order{Template: "visit-changed", To: w.sam})
			require.NoError(t, w.runDue())
			require.Equal(t, mail.NotNeeded, w.only().State)
			require.Empty(t, box.all())
		})
	}
}

func TestADisabledUserGetsNoMail(t *testing.T) {
	box := newMailbox(t)
	w := newWorld(t, box.URL)
	w.offer("Old Town")
	w.write("UPDATE users SET disabled_at = 1 WHERE id = ?", w.sam)
	require.NoError(t, w.runDue())
	require.Equal(t, mail.NotNeeded, w.only().State)
	require.Empty(t, box.all())
}

func TestAComposerThatFailsIsAskedAgain(t *testing.T) {
	box := newMailbox(t)
	w := newWorld(t, box.URL)
	fails := errors.New("the database was away")
	w.post.Compose("visit-changed", func(ctx context.Context, order mail.Order) (*mail.Message, error) {
		if fails != nil {
			return nil, fails
		}
		return &mail.Message{To: "sam@shoppers.example", Subject: "Changed", Text: "It has."}, nil
	})
	w.queue(mail.Order{Template: "visit-changed", To: w.sam})
	require.ErrorIs(t, w.runDue(), fails)
	require.Equal(t, mail.Queued, w.only().State)
	fails = nil
	w.clock.Advance(jobs.Backoff(1, 1))
	require.NoError(t, w.runDue())
	require.Equal(t, mail.Delivered, w.only().State)
	require.Contains(t, box.all()[0].raw, "It has.")
}

func TestATemplateThatNobodyComposesWaits(t *testing.T) {
	w := newWorld(t, "")
	w.queue(mail.Order{Template: "of-a-newer-version", To: w.sam})
	require.ErrorContains(t, w.runDue(), "nobody here composes")
	require.Equal(t, mail.Queued, w.only().State)
}

func TestAKeyedMessageIsQueuedOnce(t *testing.T) {
	box := newMailbox(t)
	w := newWorld(t, box.URL)
	for range 3 {
		w.queue(mail.Order{Template: "visit-offered", To: w.sam, About: map[string]string{"Branch": "Old Town"}, Key: "visit 1"})
		require.NoError(t, w.runDue())
		w.clock.Advance(400 * 24 * time.Hour)
	}
	require.Len(t, box.all(), 1)
}

func TestAReminderWaitsForItsTime(t *testing.T) {
	box := newMailbox(t)
	w := newWorld(t, box.URL)
	at := w.clock.Now().Add(48 * time.Hour)
	w.queue(mail.Order{Template: "visit-offered", To: w.sam, About: map[string]string{"Branch": "Old Town"}, At: at})
	require.NoError(t, w.runDue())
	require.Empty(t, box.all())
	require.Equal(t, at, *w.only().SendAt)
	require.Nil(t, w.only().At)
	w.clock.Advance(48 * time.Hour)
	require.NoError(t, w.runDue())
	require.Len(t, box.all(), 1)
}

func TestTheListIsPagedNewestFirst(t *testing.T) {
	w := newWorld(t, "")
	for range 7 {
		w.offer("Old Town")
	}
	require.NoError(t, w.runDue())
	var seen []string
	cursor := ""
	for {
		page, err := w.post.List(context.Background(), 3, cursor)
		require.NoError(t, err)
		for _, m := range page.Items {
			seen = append(seen, m.ID.String())
		}
		if cursor = page.Next; cursor == "" {
			break
		}
		w.offer("New Town") // what comes meanwhile moves nothing
	}
	require.Len(t, seen, 7)
	require.IsDecreasing(t, seen)
	_, err := w.post.List(context.Background(), 3, "nonsense")
	var invalid *fault.Invalid
	require.ErrorAs(t, err, &invalid)
}

func TestABadSettingIsNamed(t *testing.T) {
	db := databasetest.Open(t)
	for _, address := range []string{
		"smtp://", "mail.example:25", "http://mail.example", "smtp://mail.example:0", "smtp://mail.example:99999", "smtp://u:secret@mail.example/path",
		"smtp://u:secret%zz@mail.example",
	} {
		_, err := mail.NewPost(db, jobs.NewRunner(db, (&clock{}).Now), (&clock{}).Now, address, sender)
		require.ErrorContains(t, err, "SMTP", address)
		require.NotContains(t, err.Error(), "secret")
	}
	_, err := mail.NewPost(db, jobs.NewRunner(db, (&clock{}).Now), (&clock{}).Now, "", "nobody")
	require.ErrorContains(t, err, `"nobody"`)
	for _, address := range []string{"smtp://mail.example", "smtps://u:p@mail.example", "smtp://[::1]:2525/"} {
		_, err := mail.NewPost(db, jobs.NewRunner(db, (&clock{}).Now), (&clock{}).Now, address, sender)
		require.NoError(t, err, address)
	}
}
