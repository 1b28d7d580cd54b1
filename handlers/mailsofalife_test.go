package handlers_test

import (
	"bytes"
	"context"
	"net/http"
	netmail "net/mail"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/account"
	"fieldcare/internal/mail/mailtest"
)

// postal is a world whose mail arrives.
type postal struct {
	hall
	box *mailtest.Mailbox
}

// arrives runs what is due and gives the mail that came, by who got it. Nobody gets two at once.
func (p postal) arrives() map[string]mailtest.Letter {
	p.Helper()
	_, err := p.runner.RunDue(context.Background())
	require.NoError(p, err)
	came := map[string]mailtest.Letter{}
	for _, l := range p.box.Take() {
		name, _, _ := strings.Cut(l.To, "@")
		require.NotContains(p, came, name, "two mails at once: %s", l.Subject)
		came[name] = l
		to, err := l.Header.AddressList("To")
		require.NoError(p, err)
		require.Len(p, to, 1)
		require.Equal(p, l.To, to[0].Address)
		require.Subset(p, []string{"From", "To", "Subject", "Date", "Message-Id", "Mime-Version", "Content-Type", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post"}, headersOf(l.Header))
	}
	return came
}

func headersOf(h netmail.Header) (names []string) {
	for name := range h {
		names = append(names, name)
	}
	return names
}

func namesOf[V any](of map[string]V) (names []string) {
	for name := range of {
		names = append(names, name)
	}
	return names
}

var answerLink = regexp.MustCompile(`https://fieldcare\.test(/rsvp/\S+)`)

// answers sends the form of the page that the mail's link opens.
func (p postal) answers(l mailtest.Letter, form url.Values) {
	p.Helper()
	link := answerLink.FindStringSubmatch(l.Text)
	require.NotNil(p, link, l.Text)
	client := p.client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := client.PostForm("http://fieldcare.test"+link[1], form)
	require.NoError(p, err)
	defer response.Body.Close()
	require.Equal(p, http.StatusSeeOther, response.StatusCode)
}

var (
	words    = []string{"text/plain", "text/html"}
	calendar = []string{"text/plain", "text/html", "text/calendar", "application/ics"}
)

// ofThePanel is a mail that nobody must get who does not want to: no calendar, and an end to it by one click.
func ofThePanel(t *testing.T, l mailtest.Letter) {
	t.Helper()
	require.Equal(t, words, l.Parts)
	require.Regexp(t, `^<https://fieldcare\.test/unsubscribe/\S+>$`, l.Header.Get("List-Unsubscribe"))
	require.Equal(t, "List-Unsubscribe=One-Click", l.Header.Get("List-Unsubscribe-Post"))
}

// entry reads the one entry of a mail that has one, and finds nothing in it that nobody wrote.
func entry(t *testing.T, l mailtest.Letter, method, status string) (e ical.Event, sequence int) {
	t.Helper()
	require.Equal(t, calendar, l.Parts)
	require.Empty(t, l.Header.Get("List-Unsubscribe"), "who has a seat must know what becomes of it")
	require.Equal(t, l.Calendar, l.File)
	require.Equal(t, method, l.Method, "in the MIME header")
	read, err := ical.NewDecoder(bytes.NewReader(l.Calendar)).Decode()
	require.NoError(t, err)
	require.Equal(t, method, read.Props.Get("METHOD").Value, "and in the body")
	require.Len(t, read.Children, 1)
	e = read.Events()[0]
	require.ElementsMatch(t, []string{"UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "DESCRIPTION", "STATUS", "TRANSP", "ORGANIZER", "ATTENDEE"}, namesOf(e.Props))
	for name, values := range e.Props {
		require.Len(t, values, 1, name)
	}
	require.Equal(t, status, e.Props.Get("STATUS").Value)
	require.Equal(t, "mailto:"+l.To, e.Props.Get("ATTENDEE").Value)
	require.Equal(t, "mailto:fieldcare@example.org", e.Props.Get("ORGANIZER").Value)
	sequence, err = e.Props.Get("SEQUENCE").Int()
	require.NoError(t, err)
	return e, sequence
}

func instantOf(t *testing.T, e ical.Event, name string) time.Time {
	t.Helper()
	when, err := e.Props.Get(name).DateTime(nil)
	require.NoError(t, err)
	return when.UTC()
}

// follows requires that a calendar takes the second for what became of the first.
func follows(t *testing.T, first, second ical.Event) {
	t.Helper()
	require.Equal(t, first.Props.Get("UID").Value, second.Props.Get("UID").Value)
	require.Equal(t, first.Props.Get("ATTENDEE"), second.Props.Get("ATTENDEE"))
	require.Equal(t, first.Props.Get("ORGANIZER"), second.Props.Get("ORGANIZER"))
	require.True(t, instantOf(t, second, "DTSTAMP").After(instantOf(t, first, "DTSTAMP")), "made later")
}

// What somebody may be called, and what a talk may be about, without a line of a mail or a calendar coming of it.
const (
	oddName  = `Łukasz "Luke" Ωmega; Jr., "von": 李`
	oddTopic = `Queues: "why", where; and żółć, 李`
	brokenBy = "\r\nBcc: all@example.org\r\nBEGIN:VALARM\r\n"
)

func TestTheMailsOfALife(t *testing.T) {
	box := mailtest.New(t)
	w := newWorldWithMail(t, box.URL)
	p := postal{w.hall(), box}
	w.carol.patch("/venues/"+p.venue.String(), 1, body{"address": "Rynek 1; Kraków, \"old town\"", "directions": "Ring twice;\nthen: wait, please"}).is(200)
	people := map[string]uuid.UUID{}
	for _, name := range []string{"pat", "quinn", "rae"} {
		people[name] = uuid.New()
		w.carol.post("/participants", body{"id": people[name], "name": oddName, "email": name + "@panel.example", "language": "en", "zone": "Europe/Warsaw"}).is(201)
		// As a table may have it that was filled by other means.
		w.lays("UPDATE participants SET name = ? WHERE id = ?", oddName+brokenBy, people[name])
	}
	held := p.scheduled(p.room("Green", nil), w.moe, body{"topic": oddTopic})
	meg := w.person("Meg", account.Moderator)
	dropped := p.scheduled(p.room("Blue", nil), meg, body{"topic": oddTopic, "starts": "2026-12-15T18:00", "ends": "2026-12-15T19:30"})
	require.ElementsMatch(t, []string{"moe", "meg"}, namesOf(p.arrives()), "it is theirs")

	// Asked by link, without a calendar: mail programs would show buttons whose answers reach nobody.
	invite := func(group string, who ...uuid.UUID) {
		w.carol.post(group+"/invitations", body{"participants": who}).is(200)
		w.carol.post(group+"/invitations/send", body{"who": "drafts"}).is(200)
	}
	invite(held, people["pat"], people["quinn"])
	invite(dropped, people["rae"])
	asked := p.arrives()
	require.Len(t, asked, 3)
	for _, l := range asked {
		ofThePanel(t, l)
		require.Contains(t, l.Subject, oddTopic)
		require.Contains(t, l.Text, "18:00–19:30 (Europe/Warsaw)")
		require.Contains(t, l.Text, `Rynek 1; Kraków, "old town"`)
	}

	// Who accepts has it in the calendar.
	w.clock.forward(time.Hour)
	for _, l := range asked {
		p.answers(l, yes)
	}
	confirmed, had := p.arrives(), map[string]ical.Event{}
	require.Len(t, confirmed, 3)
	uids := map[string]bool{}
	for name, l := range confirmed {
		e, sequence := entry(t, l, "REQUEST", "CONFIRMED")
		require.Zero(t, sequence)
		require.Equal(t, w.clock.now(), instantOf(t, e, "DTSTAMP"))
		summary, err := e.Props.Text("SUMMARY")
		require.NoError(t, err)
		require.Equal(t, oddTopic+" (Northwind)", summary)
		directions, err := e.Props.Text("DESCRIPTION")
		require.NoError(t, err)
		require.Contains(t, directions, "Ring twice;\nthen: wait, please")
		require.Equal(t, []any{"ACCEPTED", "FALSE"}, []any{e.Props.Get("ATTENDEE").Params.Get("PARTSTAT"), e.Props.Get("ATTENDEE").Params.Get("RSVP")})
		had[name], uids[e.Props.Get("UID").Value] = e, true
	}
	require.Len(t, uids, 3, "an entry is one person's")
	require.Equal(t, time.Date(2026, 12, 10, 17, 0, 0, 0, time.UTC), instantOf(t, had["pat"], "DTSTART"))

	// A week before they are reminded.
	w.clock.set(time.Date(2026, 12, 2, 18, 0, 0, 0, time.UTC))
	require.Empty(t, p.arrives())
	w.clock.set(time.Date(2026, 12, 3, 17, 0, 0, 0, time.UTC))
	reminded := p.arrives()
	require.ElementsMatch(t, []string{"pat", "quinn"}, namesOf(reminded))
	for _, l := range reminded {
		ofThePanel(t, l)
	}

	// It moves by a day, and so does the entry that they have.
	w.clock.set(time.Date(2026, 12, 5, 9, 0, 0, 0, time.UTC))
	w.carol.patch(held, 2, body{"starts": "2026-12-11T18:00", "ends": "2026-12-11T19:30"}).is(200)
	moved := p.arrives()
	require.ElementsMatch(t, []string{"pat", "quinn", "moe"}, namesOf(moved))
	require.Equal(t, words, moved["moe"].Parts)
	for _, name := range []string{"pat", "quinn"} {
		e, sequence := entry(t, moved[name], "REQUEST", "CONFIRMED")
		require.Equal(t, 1, sequence)
		follows(t, had[name], e)
		require.Equal(t, time.Date(2026, 12, 11, 17, 0, 0, 0, time.UTC), instantOf(t, e, "DTSTART"))
		had[name] = e
	}

	// Two days before they are asked whether they still come, and a day before who did not say so.
	w.clock.forward(time.Hour)
	require.Empty(t, p.arrives())
	w.clock.set(time.Date(2026, 12, 9, 16, 59, 59, 0, time.UTC))
	for name := range p.arrives() {
		require.Equal(t, "rae", name, "her week has come; the time that the others were asked for before is no longer so")
	}
	w.clock.set(time.Date(2026, 12, 9, 17, 0, 0, 0, time.UTC))
	again := p.arrives()
	require.ElementsMatch(t, []string{"pat", "quinn"}, namesOf(again))
	for _, l := range again {
		ofThePanel(t, l)
	}
	p.answers(again["pat"], url.Values{"answer": {"confirm"}})
	w.clock.set(time.Date(2026, 12, 10, 17, 0, 0, 0, time.UTC))
	require.Equal(t, []string{"quinn"}, namesOf(p.arrives()))

	// One is taken back: for them it is off, and nobody else hears of it.
	invitation := func(group, participant string) string {
		for _, i := range w.carol.get(group + "/invitations").is(200).items() {
			if i["participant_id"] == people[participant].String() {
				return "/invitations/" + i["id"].(string)
			}
		}
		require.FailNow(t, "not invited: "+participant)
		return ""
	}
	w.carol.post(invitation(held, "quinn")+"/withdraw", body{"reason": "Works for us now"}).is(200)
	withdrawn := p.arrives()
	require.Equal(t, []string{"quinn"}, namesOf(withdrawn))
	require.NotContains(t, strings.ToLower(withdrawn["quinn"].Text), "cancel", "the session takes place")
	e, sequence := entry(t, withdrawn["quinn"], "CANCEL", "CANCELLED")
	require.Equal(t, 2, sequence)
	follows(t, had["quinn"], e)

	// The other session is cancelled.
	w.carol.post(dropped+"/cancel", body{"reason": "No budget"}).is(200)
	over := p.arrives()
	require.ElementsMatch(t, []string{"rae", "meg"}, namesOf(over))
	require.NotContains(t, over["rae"].Text, "No budget", "it was written for the office")
	e, sequence = entry(t, over["rae"], "CANCEL", "CANCELLED")
	require.Equal(t, 1, sequence)
	follows(t, had["rae"], e)

	// Three hours before, one is expected; who came is thanked on the next working day.
	w.clock.set(time.Date(2026, 12, 11, 14, 0, 0, 0, time.UTC))
	ofThePanel(t, p.arrives()["pat"])
	w.clock.set(time.Date(2026, 12, 11, 18, 0, 0, 0, time.UTC))
	w.moe.put(held+"/attendance/"+strings.TrimPrefix(invitation(held, "pat"), "/invitations/"),
		body{"id": uuid.New(), "outcome": "took_part", "arrived_at": "2026-12-11T16:50:00Z", "recorded_at": "2026-12-11T16:50:00Z"}).is(201)
	w.clock.set(time.Date(2026, 12, 11, 19, 0, 0, 0, time.UTC))
	w.carol.post(held+"/close", nil).is(200)
	require.Empty(t, p.arrives())
	w.clock.set(time.Date(2026, 12, 14, 12, 0, 0, 0, time.UTC))
	thanks := p.arrives()
	require.Equal(t, []string{"pat"}, namesOf(thanks))
	require.Contains(t, thanks["pat"].Subject, "Thank you for coming")
	ofThePanel(t, thanks["pat"])
	w.clock.forward(30 * 24 * time.Hour)
	require.Empty(t, p.arrives(), "and that is all")
}
