package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
	gomail "github.com/wneessen/go-mail"
)

const (
	invitedAtOnce = 10_000 // as many as one request takes
	postRounds    = 5      // in each, a fifth of the mails is delivered, and the loop sends as many
)

// invitationFigures are rows a second for the two requests, and mails a second, medians of the rounds. Only the ratio, of
// what is delivered to what the loop sends, means something on another machine.
type invitationFigures struct {
	Database    string  `json:"database"`
	Invitations int     `json:"invitations"`
	Drafted     float64 `json:"drafted_rows"`
	Sent        float64 `json:"sent_rows"` // invitations; of each an edition, a move, a mail and a job are written
	Delivered   float64 `json:"delivered_mails"`
	Loop        float64 `json:"loop_mails"`
	Ratio       float64 `json:"ratio"`
	Seconds     float64 `json:"seconds"` // from the first request to the last mail, without the loop
}

// BenchmarkInvitations drafts invitations by one request, sends them by another, and has the runner of jobs deliver their
// mails to an SMTP server in this process. Beside it stands a plain loop that gives the same server as many messages, all
// alike and as long as an invitation, over one connection. Times neither pass nor fail; it fails where a mail does not
// arrive, or arrives twice.
func BenchmarkInvitations(b *testing.B) {
	for range b.N {
		onEachDatabase(b, func(b *testing.B, name, address string) {
			sink := newSink(b)
			h := newHall(b, address, "smtp://"+sink.address, invitedAtOnce)
			f := invitationFigures{Database: name, Invitations: invitedAtOnce}
			group := h.schedule()
			runtime.GC()
			begun := time.Now()
			h.draft(group, h.people)
			drafted := time.Since(begun)
			h.send(group, len(h.people))
			sent := time.Since(begun) - drafted
			f.Drafted, f.Sent = invitedAtOnce/drafted.Seconds(), invitedAtOnce/sent.Seconds()

			took := drafted + sent
			var delivered, loop []float64
			for round := range postRounds {
				runtime.GC()
				n, d := sink.deliver(h, invitedAtOnce*(round+1)/postRounds)
				delivered, took = append(delivered, float64(n)/d.Seconds()), took+d
				runtime.GC()
				d = sink.loop(b, invitedAtOnce/postRounds)
				loop = append(loop, invitedAtOnce/postRounds/d.Seconds())
			}
			for n := range invitedAtOnce {
				require.Equal(b, 1, sink.times(fmt.Sprintf("guest%d@example.net", n)), "mails to guest %d", n)
			}
			require.Equal(b, invitedAtOnce, sink.times("loop@example.net"))
			f.Delivered, f.Loop, f.Seconds = median(delivered), median(loop), took.Seconds()
			f.Ratio = f.Delivered / f.Loop
			f.print(os.Stdout)
		})
	}
}

func (f *invitationFigures) print(to io.Writer) {
	fmt.Fprintf(to, "\n%d invitations on %s, each mail delivered once, in %.0f s (%d CPUs, %s)\n\n", f.Invitations, f.Database, f.Seconds, runtime.NumCPU(), runtime.Version())
	fmt.Fprintf(to, "drafted by one request: %.0f rows a second; sent by another: %.0f invitations a second\n", f.Drafted, f.Sent)
	fmt.Fprintf(to, "delivered: %.0f mails a second beside %.0f of a plain loop, medians of %d interleaved rounds, ratio %.2f\n\n", f.Delivered, f.Loop, postRounds, f.Ratio)
	json.NewEncoder(to).Encode(f)
}

// sink is an SMTP server in this process that counts what arrives for whom.
type sink struct {
	address string
	guests  atomic.Int64 // mails to guests

	mu     sync.Mutex
	counts map[string]int // of mails, by their recipient
}

func newSink(b *testing.B) *sink {
	s := &sink{counts: map[string]int{}}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &sinkSession{sink: s}, nil }))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	go func() { _ = server.Serve(listener) }() // it ends with an error when it is closed
	b.Cleanup(func() { server.Close() })
	s.address = listener.Addr().String()
	return s
}

func (s *sink) times(to string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts[to]
}

// deliver has the runner run until so many mails to guests have arrived in all, and says how many came meanwhile and how
// long that took. A runner that is stopped finishes what it began.
func (s *sink) deliver(h *hall, until int) (n int64, took time.Duration) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	worked := make(chan struct{})
	before, begun := s.guests.Load(), time.Now()
	go func() {
		defer close(worked)
		h.runner.Run(ctx)
	}()
	require.Eventually(h, func() bool { return s.guests.Load() >= int64(until) }, 10*time.Minute, time.Millisecond)
	stop()
	<-worked
	return s.guests.Load() - before, time.Since(begun)
}

// loop sends so many messages, one after the other over one connection.
func (s *sink) loop(b *testing.B, n int) time.Duration {
	host, port, err := net.SplitHostPort(s.address)
	require.NoError(b, err)
	number, err := net.LookupPort("tcp", port)
	require.NoError(b, err)
	client, err := gomail.NewClient(host, gomail.WithPort(number), gomail.WithTLSPolicy(gomail.NoTLS), gomail.WithoutNoop())
	require.NoError(b, err)
	text, html := strings.Repeat("We would like to hear what waiting was like.\r\n", 20), strings.Repeat("<p>We would like to hear what waiting was like.</p>\r\n", 60)
	begun := time.Now()
	connection, err := client.DialToSMTPClientWithContext(context.Background())
	require.NoError(b, err)
	for range n {
		m := gomail.NewMsg()
		require.NoError(b, errors.Join(m.From("fieldcare@example.org"), m.To("loop@example.net")))
		m.Subject("Waiting at the counter")
		m.SetBodyString(gomail.TypeTextPlain, text)
		m.AddAlternativeString(gomail.TypeTextHTML, html)
		require.NoError(b, client.SendWithSMTPClient(connection, m))
	}
	took := time.Since(begun)
	require.NoError(b, client.CloseWithSMTPClient(connection))
	return took
}

type sinkSession struct {
	*sink
	to string
}

func (s *sinkSession) Mail(string, *smtp.MailOptions) error { return nil }

func (s *sinkSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	return nil
}

func (s *sinkSession) Data(r io.Reader) error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	s.mu.Lock()
	s.counts[s.to]++
	s.mu.Unlock()
	if strings.HasPrefix(s.to, "guest") {
		s.guests.Add(1)
	}
	return nil
}

func (s *sinkSession) Reset()        {}
func (s *sinkSession) Logout() error { return nil }
