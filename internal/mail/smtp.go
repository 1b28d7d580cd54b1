package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"strconv"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// smtpTimeout bounds one conversation with the server.
const smtpTimeout = 30 * time.Second

// server is the SMTP server that takes our mail on.
type server struct {
	client *gomail.Client // how to reach it

	mu      sync.Mutex
	waiting []*waiting
}

// parseServer reads smtp://user:password@host:port (port 587, STARTTLS) or smtps://… (port 465, TLS from the start).
// A password is never sent without TLS, but to this machine itself; mail without a password uses TLS where it is offered.
func parseServer(address string) (*server, error) {
	wrong := func(why string) (*server, error) {
		return nil, fmt.Errorf("the address of the SMTP server %s: it is smtp://user:password@host:port or smtps://user:password@host:port", why)
	}
	u, err := url.Parse(address)
	if err != nil {
		return wrong("cannot be read") // the error would show the password
	}
	if u.Hostname() == "" || (u.Path != "" && u.Path != "/") || u.RawQuery != "" || u.Fragment != "" {
		return wrong("is not one")
	}
	host, options := u.Hostname(), []gomail.Option{gomail.WithTimeout(smtpTimeout), gomail.WithoutNoop()}
	port := 587
	switch u.Scheme {
	case "smtps":
		port = 465
		options = append(options, gomail.WithSSL())
	case "smtp":
		options = append(options, gomail.WithTLSPolicy(policy(host, u.User != nil)))
	default:
		return wrong("begins with neither smtp:// nor smtps://")
	}
	if text := u.Port(); text != "" {
		if port, err = strconv.Atoi(text); err != nil || port < 1 || port > 65535 {
			return wrong("has no such port")
		}
	}
	options = append(options, gomail.WithPort(port))
	if u.User != nil {
		password, _ := u.User.Password()
		options = append(options, gomail.WithUsername(u.User.Username()), gomail.WithPassword(password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthPlain, gomail.SMTPAuthLogin, gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthCramMD5))
	}
	client, err := gomail.NewClient(host, options...)
	return &server{client: client}, err
}

func policy(host string, password bool) gomail.TLSPolicy {
	if password && host != "localhost" && !net.ParseIP(host).IsLoopback() {
		return gomail.TLSMandatory
	}
	return gomail.TLSOpportunistic
}

// send gives one message to the server. It is nil once the server has taken it, whatever happens after that.
func (s *server) send(ctx context.Context, from *netmail.Address, message *Message, messageID string, now time.Time) error {
	to, err := netmail.ParseAddress(message.To)
	if err != nil {
		return &badAddress{message.To}
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(from)
	m.ToMailAddress(&netmail.Address{Name: line(message.Name, oneLineLimit), Address: to.Address})
	m.Subject(line(message.Subject, subjectLimit+1))
	m.SetMessageIDWithValue(messageID)
	m.SetDateWithValue(now)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBodyString(gomail.TypeTextPlain, message.Text)
	if message.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, message.HTML)
	}
	if message.Unsubscribe != "" && m.SetListUnsubscribeOneClick(message.Unsubscribe) != nil {
		m.SetListUnsubscribe(message.Unsubscribe) // one click is for https only
	}
	if err := addCalendar(m, message.Calendar); err != nil {
		return err
	}
	return s.deliver(ctx, m)
}

// addCalendar adds the calendar twice: as another form of what the text says, which mail programs act upon, and as a file
// for those that only know files. Base64 keeps its octets as they are.
func addCalendar(m *gomail.Msg, calendar *Calendar) error {
	if calendar == nil {
		return nil
	}
	m.AddAlternativeString(gomail.ContentType("text/calendar; method="+calendar.Method), string(calendar.Body), gomail.WithPartEncoding(gomail.EncodingB64))
	return m.AttachReader("invite.ics", bytes.NewReader(calendar.Body),
		gomail.WithFileContentType(gomail.ContentType("application/ics")), gomail.WithFileEncoding(gomail.EncodingB64))
}

type badAddress struct{ address string }

func (e *badAddress) Error() string { return fmt.Sprintf("%q is not a mail address", e.address) }

// refused is true when the server will never take this message: it answered 5xx to the recipient or the content. Refused
// sign-ins and senders are of our making and can be mended: they are tried again.
func refused(err error) bool {
	var address *badAddress
	var sending *gomail.SendError
	switch {
	case errors.As(err, &address):
		return true
	case errors.As(err, &sending) && sending.ErrorCode()/100 == 5:
		return sending.Reason == gomail.ErrSMTPRcptTo || sending.Reason == gomail.ErrSMTPData || sending.Reason == gomail.ErrSMTPDataClose
	}
	return false
}
