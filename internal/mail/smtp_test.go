package mail

import (
	"fmt"
	"io"
	"net"
	netmail "net/mail"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
	gomail "github.com/wneessen/go-mail"
)

func TestAPasswordIsNeverSentWithoutTLSButToThisMachine(t *testing.T) {
	require.Equal(t, gomail.TLSMandatory, policy("mail.example", true))
	require.Equal(t, gomail.TLSMandatory, policy("10.0.0.1", true))
	require.Equal(t, gomail.TLSOpportunistic, policy("mail.example", false))
	require.Equal(t, gomail.TLSOpportunistic, policy("127.0.0.1", true))
	require.Equal(t, gomail.TLSOpportunistic, policy("localhost", true))
	require.Equal(t, gomail.TLSOpportunistic, policy("::1", true))
}

// deaf is an SMTP server that greets, and answers nothing more on its first connection after it took a message.
type deaf struct {
	until    chan struct{}
	dialled  atomic.Int64
	received atomic.Int64
}

type deafSession struct {
	*deaf
	first bool
	taken bool
}

func (s *deafSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s *deafSession) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s *deafSession) Logout() error                        { return nil }
func (s *deafSession) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	s.received.Add(1)
	s.taken = true
	return err
}

func (s *deafSession) Reset() {
	if s.first && s.taken {
		<-s.until
	}
}

func TestAServerThatStallsIsLeftAndDialledAnew(t *testing.T) {
	d := &deaf{until: make(chan struct{})}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	receiver := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &deafSession{deaf: d, first: d.dialled.Add(1) == 1}, nil
	}))
	go receiver.Serve(listener)
	t.Cleanup(func() { close(d.until); receiver.Close() })
	s, err := parseServer("smtp://" + listener.Addr().String())
	require.NoError(t, err)
	require.NoError(t, gomail.WithTimeout(500*time.Millisecond)(s.client))
	for i := range 3 {
		m := &Message{To: "pat@panel.example", Subject: "Would you come?", Text: "Would you come?"}
		require.NoError(t, s.send(t.Context(), &netmail.Address{Address: "care@northwind.example"}, m, fmt.Sprint(i, "@northwind.example"), time.Unix(0, 0)))
	}
	require.EqualValues(t, 3, d.received.Load())
	require.EqualValues(t, 2, d.dialled.Load())
	for _, w := range s.waiting {
		s.hangUp(w)
	}
	require.Empty(t, s.waiting)
	require.Nil(t, s.take())
}
