package scheduling

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// CalendarMethod says what a calendar object asks of the program that reads it (RFC 5546).
type CalendarMethod string

// What a calendar object can ask.
const (
	CalendarRequest CalendarMethod = "REQUEST" // keep it, or what has changed of it
	CalendarCancel  CalendarMethod = "CANCEL"  // take it out
	CalendarPublish CalendarMethod = "PUBLISH" // for information: a feed
)

// Mailbox is a person, or the office, as a calendar names them.
type Mailbox struct{ Name, Address string }

// CalendarEntry is one session in somebody's calendar.
type CalendarEntry struct {
	UID          string    // fixed as long as the entry lives
	Sequence     int64     // one more with each change of time or place, and when it is cancelled
	Starts, Ends time.Time // written in UTC
	Summary      string
	Location     string
	Description  string // with the wall time and its zone in words
	Organizer    Mailbox
	Attendee     *Mailbox // the one person whom it is for; nobody in a feed. Participants never see each other
	Status       string   // CONFIRMED or CANCELLED
}

// transparency says whether the entry takes up time.
func (e CalendarEntry) transparency() string {
	if e.Status == "CANCELLED" {
		return "TRANSPARENT"
	}
	return "OPAQUE"
}

// readAgain is how soon a calendar asks for a feed again.
const readAgain = "PT1H"

// Calendar writes entries as an iCalendar object (RFC 5545). now is their DTSTAMP, new each time. Nothing that an entry
// says, whatever it contains, adds a line or a parameter.
func Calendar(method CalendarMethod, now time.Time, entries ...CalendarEntry) []byte {
	return namedCalendar(method, "", now, entries)
}

// namedCalendar is a calendar that is read again and again under its name; without one it is read once.
func namedCalendar(method CalendarMethod, name string, now time.Time, entries []CalendarEntry) []byte {
	var c calendarWriter
	c.line("BEGIN", "VCALENDAR")
	c.line("VERSION", "2.0")
	c.line("PRODID", "-//Fieldcare//Fieldcare//EN")
	c.line("CALSCALE", "GREGORIAN")
	c.line("METHOD", string(method))
	if name != "" { // as RFC 7986 says it, and as it was said before
		c.line("NAME", calendarText(name))
		c.line("X-WR-CALNAME", calendarText(name))
		c.line("REFRESH-INTERVAL;VALUE=DURATION", readAgain)
		c.line("X-PUBLISHED-TTL", readAgain)
	}
	for _, e := range entries {
		c.line("BEGIN", "VEVENT")
		c.line("UID", calendarText(e.UID))
		c.line("DTSTAMP", calendarTime(now))
		c.line("SEQUENCE", fmt.Sprint(e.Sequence))
		c.line("DTSTART", calendarTime(e.Starts))
		c.line("DTEND", calendarTime(e.Ends))
		c.line("SUMMARY", calendarText(e.Summary))
		c.optional("LOCATION", calendarText(e.Location))
		c.optional("DESCRIPTION", calendarText(e.Description))
		c.line("STATUS", e.Status)
		c.line("TRANSP", e.transparency())
		if e.Attendee != nil {
			c.line("ORGANIZER;CN="+calendarName(e.Organizer.Name), mailto(e.Organizer.Address))
			// Their answer was given on our page: a mail program must not ask for it again.
			c.line("ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE;CN="+calendarName(e.Attendee.Name), mailto(e.Attendee.Address))
		}
		c.line("END", "VEVENT")
	}
	c.line("END", "VCALENDAR")
	return c.Bytes()
}

// calendarWriter writes content lines.
type calendarWriter struct{ bytes.Buffer }

func (c *calendarWriter) optional(name, value string) {
	if value != "" {
		c.line(name, value)
	}
}

// foldedAt is how many octets a line may have, without its end.
const foldedAt = 75

// line writes a content line, folded between characters: a line that begins with a blank goes on with the one before.
func (c *calendarWriter) line(name, value string) {
	text, room := name+":"+value, foldedAt
	for len(text) > room {
		at := room
		for !utf8.RuneStart(text[at]) {
			at--
		}
		c.WriteString(text[:at] + "\r\n ")
		text, room = text[at:], foldedAt-1
	}
	c.WriteString(text + "\r\n")
}

func calendarTime(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// calendarText is a value of type TEXT.
func calendarText(text string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(calendarRunes(text))
}

// calendarName is a parameter's value. It is always quoted, for a name may hold what divides parameters; it cannot hold
// a double quote or a line break (RFC 5545, section 3.1), and few programs know how RFC 6868 writes them.
func calendarName(name string) string {
	return `"` + strings.NewReplacer(`"`, "'", "\n", " ").Replace(calendarRunes(name)) + `"`
}

// calendarRunes is text of valid UTF-8 with no control character but the line break, which has one form.
func calendarRunes(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(strings.ToValidUTF8(text, "�"))
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, text)
}

// mailto is a mail address as a URI (RFC 6068).
func mailto(address string) string {
	var b strings.Builder
	b.WriteString("mailto:")
	for _, c := range []byte(address) {
		if c < utf8.RuneSelf && (unicode.IsLetter(rune(c)) || unicode.IsDigit(rune(c)) || strings.IndexByte("-._~!$'*+=@", c) >= 0) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
