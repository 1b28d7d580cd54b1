package scheduling_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-ical"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/walltime"
	"fieldcare/scheduling"
)

// readEntry is an entry as the reader in Python gives it back.
type readEntry struct {
	Names       []string `json:"names"` // of all properties, sorted
	UID         string   `json:"uid"`
	Sequence    int64    `json:"sequence"`
	Stamp       string   `json:"stamp"`
	Starts      string   `json:"starts"`
	Ends        string   `json:"ends"`
	Summary     string   `json:"summary"`
	Location    string   `json:"location"`
	Description string   `json:"description"`
	Status      string   `json:"status"`
	Organizer   string   `json:"organizer"`
	Organizers  string   `json:"organizer_name"`
	Attendee    string   `json:"attendee"`
	Attendees   string   `json:"attendee_name"`
	State       string   `json:"partstat"`
	RSVP        string   `json:"rsvp"`
}

type readCalendar struct {
	Names   []string    `json:"names"`
	Method  string      `json:"method"`
	Entries []readEntry `json:"entries"`
}

// python is the one that knows icalendar, a reader that has nothing in common with our writer.
func python(t testing.TB) string {
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import icalendar").Run() == nil {
			return name
		}
	}
	require.FailNow(t, "The calendars are read back by Python's icalendar, and it is not installed: apt-get install python3-icalendar")
	return ""
}

// readByPython reads iCalendar objects.
func readByPython(t testing.TB, calendars ...[]byte) (read []readCalendar) {
	texts := make([]string, len(calendars))
	for i, c := range calendars {
		texts[i] = string(c)
	}
	given, err := json.Marshal(texts)
	require.NoError(t, err)
	command := exec.Command(python(t), "testdata/readcalendar.py")
	command.Stdin = bytes.NewReader(given)
	var said bytes.Buffer
	command.Stderr = &said
	out, err := command.Output()
	require.NoError(t, err, said.String())
	require.NoError(t, json.Unmarshal(out, &read))
	require.Len(t, read, len(calendars))
	return read
}

var (
	stamped = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	warsaw  = mustZone("Europe/Warsaw")
)

func mustZone(name string) *time.Location {
	zone, err := walltime.Zone(name)
	if err != nil {
		panic(err)
	}
	return zone
}

func entry() scheduling.CalendarEntry {
	return scheduling.CalendarEntry{
		UID: "5d7c@fieldcare.example", Sequence: 2, Status: "CONFIRMED",
		Starts: time.Date(2026, 11, 26, 18, 0, 0, 0, warsaw), Ends: time.Date(2026, 11, 26, 20, 0, 0, 0, warsaw),
		Summary: "How we answer the phone; a talk, over tea", Location: "Room 1, Stary Młyn\nul. Wodna 3; Kraków",
		Description: "Thursday 26 November 2026, 18:00–20:00 (Europe/Warsaw)\n\nBring a friend\\foe: " + strings.Repeat("żółć 🦊 ", 40),
		Organizer:   scheduling.Mailbox{Name: "Northwind: Coffee, Ltd", Address: "care@northwind.example"},
		Attendee:    &scheduling.Mailbox{Name: `Łukasz "Luke" Ωmega; Jr.`, Address: "lukasz+panel@example.org"},
	}
}

func TestARequestIsReadBackByAnotherReaderAsItWasMeant(t *testing.T) {
	e := entry()
	read := readByPython(t, scheduling.Calendar(scheduling.CalendarRequest, stamped, e))[0]
	require.Equal(t, "REQUEST", read.Method)
	require.Equal(t, []string{"CALSCALE", "METHOD", "PRODID", "VERSION"}, read.Names)
	require.Equal(t, []readEntry{{
		Names: []string{"ATTENDEE", "DESCRIPTION", "DTEND", "DTSTAMP", "DTSTART", "LOCATION", "ORGANIZER", "SEQUENCE", "STATUS", "SUMMARY", "TRANSP", "UID"},
		UID:   e.UID, Sequence: 2, Stamp: "2026-11-23T08:00:00+00:00", Starts: "2026-11-26T17:00:00+00:00", Ends: "2026-11-26T19:00:00+00:00",
		Summary: e.Summary, Location: e.Location, Description: e.Description, Status: "CONFIRMED",
		Organizer: "mailto:care@northwind.example", Organizers: "Northwind: Coffee, Ltd",
		Attendee: "mailto:lukasz+panel@example.org", Attendees: "Łukasz 'Luke' Ωmega; Jr.", State: "ACCEPTED", RSVP: "FALSE",
	}}, read.Entries)
}

func TestAFeedNamesNobodyAndMayBeEmpty(t *testing.T) {
	e := entry()
	e.Attendee = nil
	read := readByPython(t, scheduling.Calendar(scheduling.CalendarPublish, stamped, e, e), scheduling.Calendar(scheduling.CalendarPublish, stamped))
	require.Equal(t, "PUBLISH", read[0].Method)
	require.Len(t, read[0].Entries, 2)
	require.NotContains(t, read[0].Entries[0].Names, "ATTENDEE")
	require.NotContains(t, read[0].Entries[0].Names, "ORGANIZER")
	require.Empty(t, read[1].Entries)
}

func TestLinesEndInCRLFAndAreFoldedAt75OctetsBetweenCharacters(t *testing.T) {
	e := entry()
	for shift := range 5 {
		e.Summary = strings.Repeat("a", shift) + strings.Repeat("🦊ż", 100)
		requireWellFolded(t, scheduling.Calendar(scheduling.CalendarRequest, stamped, e))
	}
}

func requireWellFolded(t require.TestingT, calendar []byte) {
	require.True(t, bytes.HasSuffix(calendar, []byte("END:VCALENDAR\r\n")))
	for _, line := range strings.Split(strings.TrimSuffix(string(calendar), "\r\n"), "\r\n") {
		require.LessOrEqual(t, len(line), 75)
		require.True(t, utf8.ValidString(line), "cut inside a character: %q", line)
		require.NotContains(t, line, "\r")
		require.NotContains(t, line, "\n")
		require.NotEmpty(t, strings.TrimPrefix(line, " "))
	}
}

// FuzzNamesInCalendars puts one text everywhere and reads it back: it is all there, and there is nothing else.
func FuzzNamesInCalendars(f *testing.F) {
	for _, seed := range []string{
		"Łukasz Ωmega 🦊", `O'Neil, "Jr"; the:third`, "a\r\nATTENDEE:mailto:all@example.org", "a\nEND:VEVENT", `\n\,\;\\`, `"`, `";X-EVIL=1:`,
		"\u2028SUMMARY:x", "a\x00b\xff", "\u202egpj", strings.Repeat("ż", 500), "^n^'^^", "\t tab", "", " ", "\x85x", "%0D%0A",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e := entry()
		e.Summary, e.Location, e.Description = "s"+text, "l"+text, "d"+text
		e.Organizer, e.Attendee = scheduling.Mailbox{Name: text, Address: text}, &scheduling.Mailbox{Name: "n" + text, Address: "a" + text}
		calendar := scheduling.Calendar(scheduling.CalendarRequest, stamped, e)
		requireWellFolded(t, calendar)
		read, err := ical.NewDecoder(bytes.NewReader(calendar)).Decode()
		require.NoError(t, err, "%q", calendar)
		require.Len(t, read.Props, 4)
		require.Len(t, read.Children, 1)
		event := read.Children[0]
		require.Empty(t, event.Children)
		require.Len(t, event.Props, 12)
		for name, props := range event.Props {
			require.Len(t, props, 1, name)
		}
		for name, first := range map[string]string{"SUMMARY": "s", "LOCATION": "l", "DESCRIPTION": "d"} {
			found, err := event.Props.Text(name)
			require.NoError(t, err)
			require.Equal(t, first+harmless(text), found)
		}
		attendee := event.Props.Get("ATTENDEE")
		require.Len(t, attendee.Params, 5)
		require.Equal(t, "n"+strings.NewReplacer(`"`, "'", "\n", " ").Replace(harmless(text)), attendee.Params.Get("CN"))
		address, err := url.PathUnescape(attendee.Value)
		require.NoError(t, err)
		require.Equal(t, "mailto:a"+text, address)
	})
}

// harmless is the text without what no calendar can hold, reckoned in another way than where it is written.
func harmless(text string) string {
	var b strings.Builder
	runes := []rune(strings.ToValidUTF8(text, "\uFFFD"))
	for i, r := range runes {
		switch {
		case r == '\n' && i > 0 && runes[i-1] == '\r': // its line break is written
		case r == '\r', r == '\n', r == '\u2028', r == '\u2029':
			b.WriteByte('\n')
		case r == '\t':
			b.WriteByte(' ')
		case !unicode.In(r, unicode.Cc, unicode.Bidi_Control):
			b.WriteRune(r)
		}
	}
	return b.String()
}

func TestTextsThatWouldInjectAreReadBackByAnotherReader(t *testing.T) {
	var calendars [][]byte
	// A backslash before n, comma or semicolon is left to the other test: this reader unescapes it twice.
	texts := []string{`O'Neil, Jr; the:third\`, "a\r\nATTENDEE:mailto:all@example.org", "a\nEND:VEVENT\nBEGIN:VEVENT", `a\b`, `";X-EVIL=1:`, strings.Repeat("語", 90)}
	for _, text := range texts {
		e := entry()
		e.Summary, e.Attendee.Name = text, text
		calendars = append(calendars, scheduling.Calendar(scheduling.CalendarRequest, stamped, e))
	}
	for i, read := range readByPython(t, calendars...) {
		require.Len(t, read.Entries, 1)
		require.Len(t, read.Entries[0].Names, 12)
		require.Equal(t, harmless(texts[i]), read.Entries[0].Summary)
		require.Equal(t, strings.NewReplacer(`"`, "'", "\n", " ").Replace(harmless(texts[i])), read.Entries[0].Attendees)
	}
}
