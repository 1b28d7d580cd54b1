package mail

import (
	"context"
	"errors"
	"slices"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// keptFor is how long a connection waits for the next mail: what is due at once goes through few connections, and none
// is held that nobody needs.
const keptFor = 5 * time.Second

// waiting is a connection that waits for the next mail.
type waiting struct {
	*smtp.Client
	over *time.Timer // hangs up
}

// deliver hands a message over, on a connection that waits or on a new one.
func (s *server) deliver(ctx context.Context, m *gomail.Msg) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	err = s.client.SendWithSMTPClient(c, m)
	var answer *gomail.SendError
	if err == nil || errors.As(err, &answer) && answer.ErrorCode() != 0 {
		s.keep(c) // it refused this mail, and may take the next
	} else {
		c.Close()
	}
	if m.IsDelivered() {
		return nil // what went wrong afterwards does not take the message back
	}
	return err
}

// connect gives a connection that answers: a server may have dropped one that waited, and is told nothing of a message
// before it has shown that it has not.
func (s *server) connect(ctx context.Context) (*smtp.Client, error) {
	if c := s.take(); c != nil {
		if s.client.ResetWithSMTPClient(c) == nil {
			return c, nil
		}
		c.Close()
	}
	return s.client.DialToSMTPClientWithContext(ctx)
}

// take gives the connection that waits for the shortest time; nil where none does.
func (s *server) take() *smtp.Client {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.waiting) == 0 {
		return nil
	}
	last := len(s.waiting) - 1
	w := s.waiting[last]
	s.waiting = s.waiting[:last]
	w.over.Stop()
	return w.Client
}

// keep has a connection wait.
func (s *server) keep(c *smtp.Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := &waiting{Client: c}
	w.over = time.AfterFunc(keptFor, func() { s.hangUp(w) })
	s.waiting = append(s.waiting, w)
}

// hangUp ends a connection, unless it was taken meanwhile.
func (s *server) hangUp(w *waiting) {
	s.mu.Lock()
	i := slices.Index(s.waiting, w)
	if i >= 0 {
		s.waiting = slices.Delete(s.waiting, i, i+1)
	}
	s.mu.Unlock()
	if i >= 0 && w.Quit() != nil {
		w.Close()
	}
}
