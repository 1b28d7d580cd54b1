// Package mailtest is an SMTP server for tests: it takes mail as any server does, and reads it back.
package mailtest

import (
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

// Mailbox is an SMTP server in this process. It refuses recipients whose address begins with gone@.
type Mailbox struct {
	URL string

	mu       sync.Mutex
	received []Letter
}

// Letter is a mail as it arrived.
type Letter struct {
	To       string
	Header   netmail.Header
	Subject  string
	Parts    []string // the kinds of its parts, in their order, such as text/plain
	Text     string
	HTML     string
	Calendar []byte // the part that mail programs act upon
	Method   string // of its MIME header
	File     []byte // invite.ics
}

// New opens a mailbox until the test ends.
func New(t testing.TB) *Mailbox {
	box := &Mailbox{}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &mailSession{box: box}, nil }))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = server.Serve(listener) }() // it ends with an error when it is closed
	t.Cleanup(func() { server.Close() })
	box.URL = "smtp://" + listener.Addr().String()
	return box
}

// Take gives what arrived since it was last asked.
func (b *Mailbox) Take() []Letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	taken := b.received
	b.received = nil
	return taken
}

type mailSession struct {
	box *Mailbox
	to  string
}

func (s *mailSession) Mail(string, *smtp.MailOptions) error { return nil }

func (s *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	if strings.HasPrefix(to, "gone@") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such person here"}
	}
	return nil
}

func (s *mailSession) Data(r io.Reader) error {
	m, err := netmail.ReadMessage(r)
	if err != nil {
		return err
	}
	l := Letter{To: s.to, Header: m.Header}
	if l.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return err
	}
	if err := l.read(m.Header.Get("Content-Type"), m.Body); err != nil {
		return err
	}
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.received = append(s.box.received, l)
	return nil
}

func (s *mailSession) Reset()        {}
func (s *mailSession) Logout() error { return nil }

// read reads the parts of a message, those inside others too.
func (l *Letter) read(contentType string, body io.Reader) error {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	parts := multipart.NewReader(body, params["boundary"])
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		kind, params, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil {
			return err
		}
		if strings.HasPrefix(kind, "multipart/") {
			if err := l.read(p.Header.Get("Content-Type"), p); err != nil {
				return err
			}
			continue
		}
		content, err := io.ReadAll(p)
		if err != nil {
			return err
		}
		if p.Header.Get("Content-Transfer-Encoding") == "base64" {
			if content, err = base64.StdEncoding.DecodeString(strings.ReplaceAll(string(content), "\r\n", "")); err != nil {
				return err
			}
		}
		l.Parts = append(l.Parts, kind)
		switch kind {
		case "text/plain":
			l.Text = strings.ReplaceAll(string(content), "\r\n", "\n")
		case "text/html":
			l.HTML = string(content)
		case "text/calendar":
			l.Calendar, l.Method = content, params["method"]
		case "application/ics":
			l.File = content
		}
	}
}
