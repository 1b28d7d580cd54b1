package handlers_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/account"
	"fieldcare/scheduling"
)

// feed is a calendar as Python's icalendar reads it, which has nothing in common with our writer.
type feed struct {
	Names                               []string
	Method, Name, Calname, Refresh, TTL string
	Entries                             []feedEntry
}

type feedEntry struct {
	Names                                           []string
	UID, Summary, Location, Description, Status     string
	Stamp, Starts, Ends, Organizer, Attendee, State string
	Sequence                                        int64
}

func (w *world) reads(calendar []byte) (f feed) {
	w.Helper()
	python := "python3"
	if exec.Command(python, "-c", "import icalendar").Run() != nil {
		python = "/usr/bin/python3" // Debian's, where another comes first
	}
	command := exec.Command(python, "../scheduling/testdata/readcalendar.py")
	given, err := json.Marshal([]string{string(calendar)})
	require.NoError(w, err)
	command.Stdin = bytes.NewReader(given)
	var said bytes.Buffer
	command.Stderr = &said
	out, err := command.Output()
	require.NoError(w, err, said.String())
	read := []feed{}
	require.NoError(w, json.Unmarshal(out, &read))
	require.Len(w, read, 1)
	return read[0]
}

// of gives the entry of a focus group.
func (f feed) of(t *testing.T, group string) feedEntry {
	t.Helper()
	uid := strings.TrimPrefix(group, "/focus-groups/") + "@fieldcare"
	i := slices.IndexFunc(f.Entries, func(e feedEntry) bool { return e.UID == uid })
	require.GreaterOrEqual(t, i, 0, "%s is not among %v", uid, f.groups())
	return f.Entries[i]
}

func (f feed) groups() (groups []string) {
	groups = []string{}
	for _, e := range f.Entries {
		groups = append(groups, "/focus-groups/"+strings.TrimSuffix(e.UID, "@fieldcare"))
	}
	return groups
}

// calendar is the address, without the host, of the person's own calendar or of a room's.
func (p *person) calendar(of string) string {
	p.w.Helper()
	address := p.get(of + "/calendar").is(200).object()["url"].(string)
	require.Regexp(p.w, `^https://fieldcare\.test/calendars/[\w-]{40,}\.ics$`, address)
	return strings.TrimPrefix(address, "https://fieldcare.test")
}

// subscribed reads a calendar as the program of somebody who is not signed in.
func (w *world) subscribed(address string) feed {
	w.Helper()
	return w.reads(w.nobody.raw("GET", address, nil).is(200).body)
}

const hostile = "Łukasz; \"Moe\": the, 3rd\\\r\nATTENDEE:mailto:all@evil.example\r\nEND:VEVENT"

func TestAFeedTellsOfTheReadersSessionsAndOfNobodyWhoTakesPart(t *testing.T) {
	w := newWorld(t)
	meg := w.person("Meg", account.Moderator)
	g := w.gathering(2, 1, 2)
	for _, id := range g.asked(g.people...) {
		w.carol.post("/invitations/"+id.String()+"/answer", body{"answer": "accept", "consents": []string{"attend"}}).is(200)
	}
	h := w.hall()
	green := h.room("Green", nil)
	megs := h.scheduled(green, meg, body{"topic": "Taste; \"milk\", oat: or not\\"})
	assisted := h.scheduled(green, meg, body{"assistants": []uuid.UUID{w.moe.id}, "starts": "2026-12-11T18:00", "ends": "2026-12-11T19:30"})
	h.draft(green, w.moe, body{"starts": "2026-12-12T18:00", "ends": "2026-12-12T19:30"})
	elsewhere := h.scheduled(h.room("Blue", nil), meg, body{"starts": "2026-12-13T18:00", "ends": "2026-12-13T19:30"})
	w.lays("UPDATE users SET name = ? WHERE id = ?", hostile, meg.id)

	feeds := map[string]string{"carol": w.carol.calendar("/me"), "ada": w.ada.calendar("/me"), "moe": w.moe.calendar("/me"), "meg": meg.calendar("/me"),
		"green": w.carol.calendar("/rooms/" + green.String())}
	for reader, groups := range map[string][]string{
		"carol": {g.path(""), megs, assisted, elsewhere}, "ada": {g.path(""), megs, assisted, elsewhere},
		"moe": {g.path(""), assisted}, "meg": {megs, assisted, elsewhere}, "green": {megs, assisted},
	} {
		got := w.nobody.raw("GET", feeds[reader], nil).is(200)
		require.Equal(t, "text/calendar; charset=utf-8", got.header.Get("Content-Type"))
		for _, secret := range []string{"Guest", "example.org", "\nATTENDEE", "\nEND:VEVENT\r\nEND:VEVENT", "How waiting feels", "Why customers leave the queue"} {
			require.NotContains(t, string(got.body), secret, reader)
		}
		f := w.reads(got.body)
		require.Equal(t, groups, f.groups(), reader)
		require.Equal(t, "PUBLISH", f.Method)
		require.Equal(t, []string{"CALSCALE", "METHOD", "NAME", "PRODID", "REFRESH-INTERVAL", "VERSION", "X-PUBLISHED-TTL", "X-WR-CALNAME"}, f.Names)
		require.Equal(t, []string{"PT1H", "PT1H", f.Name}, []string{f.Refresh, f.TTL, f.Calname})
		require.Equal(t, map[bool]string{true: "Green, House of Trades", false: "Focus groups, Northwind"}[reader == "green"], f.Name)
		for _, e := range f.Entries {
			require.Equal(t, []string{"DESCRIPTION", "DTEND", "DTSTAMP", "DTSTART", "LOCATION", "SEQUENCE", "STATUS", "SUMMARY", "TRANSP", "UID"}, e.Names, "nobody is named for a mail program")
			require.Equal(t, "CONFIRMED", e.Status)
			require.Equal(t, "2026-11-23T08:00:00+00:00", e.Stamp)
		}
	}

	mine := w.subscribed(feeds["moe"]).of(t, g.path(""))
	require.Equal(t, []string{"2026-12-07T17:00:00+00:00", "2026-12-07T19:00:00+00:00", "Queues at noon", "Blue room, Hotel Wisła, Rynek 2, Warsaw"},
		[]string{mine.Starts, mine.Ends, mine.Summary, mine.Location})
	require.Equal(t, "Monday 7 December 2026, 18:00–20:00 (Europe/Warsaw)\nModerator: Moe\nStudy: Queues\nhttps://fieldcare.test"+g.path("")+"\n\nThrough the court, second door.", mine.Description)

	door := w.subscribed(feeds["green"]).of(t, megs)
	require.Equal(t, `Taste; "milk", oat: or not\`, door.Summary)
	require.Equal(t, "Green, House of Trades", door.Location)
	require.Equal(t, "Thursday 10 December 2026, 18:00–19:30 (Europe/Warsaw)\nModerator: "+strings.ReplaceAll(hostile, "\r\n", "\n"), door.Description,
		"who stands at the door learns of the topic, and who moderates")
}

func TestAFeedFollowsASessionThatIsMovedCancelledAndOver(t *testing.T) {
	w := newWorld(t)
	h := w.hall()
	green, blue := h.room("Green", nil), h.room("Blue", nil)
	path := h.scheduled(green, w.moe, nil)
	never := h.draft(green, w.moe, body{"starts": "2026-12-14T18:00", "ends": "2026-12-14T19:30"})
	w.carol.post(never+"/cancel", body{"reason": "Nobody wants it"}).is(200)
	own, door := w.moe.calendar("/me"), w.carol.calendar("/rooms/"+green.String())
	before := w.subscribed(own).of(t, path)
	require.Equal(t, []string{path}, w.subscribed(door).groups(), "what was never scheduled stands in no calendar")

	w.clock.forward(time.Minute)
	w.carol.patch(path, 2, body{"starts": "2026-12-17T18:00", "ends": "2026-12-17T19:30"}).is(200)
	moved := w.subscribed(own).of(t, path)
	require.Equal(t, before.UID, moved.UID)
	require.Greater(t, moved.Sequence, before.Sequence)
	require.Equal(t, []string{"2026-12-17T17:00:00+00:00", "2026-11-23T08:01:00+00:00"}, []string{moved.Starts, moved.Stamp})
	require.Equal(t, moved, w.subscribed(w.carol.calendar("/me")).of(t, path))

	w.carol.patch(path, 3, body{"room_id": blue}).is(200)
	require.Empty(t, w.subscribed(door).Entries, "it is in another room's now")
	require.Greater(t, w.subscribed(own).of(t, path).Sequence, moved.Sequence)

	w.carol.post(path+"/cancel", body{"reason": "Anna Nowak is ill"}).is(200)
	for _, address := range []string{own, w.carol.calendar("/me"), w.carol.calendar("/rooms/" + blue.String())} {
		cancelled := w.subscribed(address).of(t, path)
		require.Equal(t, before.UID, cancelled.UID)
		require.Greater(t, cancelled.Sequence, moved.Sequence+1)
		require.Equal(t, []string{"CANCELLED", "Cancelled: Queues"}, []string{cancelled.Status, cancelled.Summary})
		require.NotContains(t, cancelled.Description, "Anna Nowak", "the reason was written for the office")
	}
	w.clock.forward(30 * 24 * time.Hour)
	require.Len(t, w.subscribed(own).Entries, 1)
	w.clock.forward(time.Second)
	require.Empty(t, w.subscribed(own).Entries, "every calendar has learnt of it")

	held := h.scheduled(green, w.moe, body{"starts": "2027-01-11T18:00", "ends": "2027-01-11T19:30"})
	w.clock.set(time.Date(2027, 1, 11, 17, 0, 0, 0, time.UTC))
	w.carol.post(held+"/close", nil).is(200)
	w.clock.set(time.Date(2027, 4, 11, 17, 0, 0, 0, time.UTC))
	require.Equal(t, "CONFIRMED", w.subscribed(own).of(t, held).Status)
	w.clock.forward(time.Second)
	require.Empty(t, w.subscribed(own).Entries, "three months later it is history")
}

func TestALinkOfACalendarThatIsForgedRenewedOrNoLongerDueOpensNothing(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe)
	room := "/rooms/" + e.room.String()
	gone := func(addresses ...string) {
		t.Helper()
		for _, address := range addresses {
			w.nobody.raw("GET", address, nil).isProblem(404, "not-found")
			w.nobody.raw("HEAD", address, nil).is(404)
		}
	}
	links := w.server.Feeds.Links
	at := func(token string) string { return "/calendars/" + token + ".ics" }
	own := w.moe.calendar("/me")
	gone(at("x"), at(""), at(strings.Repeat("A", 5000)), strings.TrimSuffix(own, ".ics"), at(strings.TrimSuffix(own[len("/calendars/"):], ".ics")+"A"), at(own[len("/calendars/"):len(own)-5]),
		at("..%2f..%2fetc%2fpasswd"),
		at(links.Make(scheduling.CalendarLink, w.moe.id, 0)), at(links.Make(scheduling.CalendarLink, w.moe.id, 2)), at(links.Make(scheduling.CalendarLink, uuid.New(), 1)),
		at(links.Make(scheduling.CalendarLink, w.sam.id, 1)), at(links.Make(scheduling.CalendarLink, w.max.id, 1)), at(links.Make(scheduling.CalendarLink, e.room, 1)),
		at(links.Make(scheduling.RoomLink, w.moe.id, 1)), at(links.Make(scheduling.RoomLink, uuid.New(), 1)), at(links.Make(scheduling.AnswerLink, e.anna, 1)),
		at(w.server.Invitations.Links.Make(scheduling.CalendarLink, w.moe.id, 1)))
	w.nobody.raw("POST", own, nil).isProblem(405, "method-not-allowed")

	for _, renewal := range []struct {
		by   *person
		of   string
		kind string
		id   uuid.UUID
	}{{w.moe, "/me", "user", w.moe.id}, {w.carol, "/me", "user", w.carol.id}, {w.carol, room, "room", e.room}} {
		before := renewal.by.calendar(renewal.of)
		require.Equal(t, before, renewal.by.calendar(renewal.of), "to read it changes nothing")
		require.Len(t, w.subscribed(before).Entries, 1)
		made := renewal.by.post(renewal.of+"/calendar/renew", nil).is(200).object()["url"].(string)
		after := renewal.by.calendar(renewal.of)
		require.Equal(t, "https://fieldcare.test"+after, made)
		gone(before)
		require.Len(t, w.subscribed(after).Entries, 1)
		trail := w.ada.get("/audit?limit=5").is(200).items()
		require.True(t, slices.ContainsFunc(trail, func(entry body) bool {
			return entry["action"] == "renew-calendar" && entry["kind"] == renewal.kind && entry["subject"] == renewal.id.String() && entry["actor_id"] == renewal.by.id.String()
		}), "%v", trail)
	}

	own, carols, door := w.moe.calendar("/me"), w.carol.calendar("/me"), w.carol.calendar(room)
	change := func(p *person, what body) {
		t.Helper()
		read := w.ada.get("/users/" + p.id.String())
		w.ada.send("PATCH", "/users/"+p.id.String(), what, "If-Match", read.header.Get("ETag")).is(200)
	}
	change(w.carol, body{"roles": []string{"moderator"}})
	require.Empty(t, w.subscribed(carols).Entries, "who only moderates now finds the own sessions")
	change(w.carol, body{"roles": []string{"shopper"}})
	change(w.moe, body{"disabled": true})
	gone(carols, own)
	require.Len(t, w.subscribed(door).Entries, 1)
}

func TestAFeedThatSaysTheSameIsNotSentAgain(t *testing.T) {
	w := newWorld(t)
	h := w.hall()
	path := h.scheduled(h.room("Green", nil), w.moe, nil)
	own := w.moe.calendar("/me")
	got := w.nobody.raw("GET", own, nil).is(200)
	tag := got.header.Get("ETag")
	require.Regexp(t, `^W/"[0-9a-f]{32}"$`, tag)
	require.Equal(t, "private, no-cache", got.header.Get("Cache-Control"))
	require.Equal(t, "noindex, nofollow", got.header.Get("X-Robots-Tag"))
	head := w.nobody.raw("HEAD", own, nil).is(200)
	require.Empty(t, head.body)
	for _, name := range []string{"Content-Type", "Content-Length", "ETag", "Cache-Control"} {
		require.Equal(t, got.header.Get(name), head.header.Get(name), name)
	}

	w.clock.forward(time.Hour)
	for _, held := range []string{tag, `"other", ` + tag, strings.TrimPrefix(tag, "W/")} {
		same := w.nobody.raw("GET", own, nil, "If-None-Match", held).is(304)
		require.Empty(t, same.body)
		require.Equal(t, tag, same.header.Get("ETag"))
		require.Equal(t, "private, no-cache", same.header.Get("Cache-Control"))
	}
	w.nobody.raw("GET", own, nil, "If-None-Match", `"other"`).is(200)
	w.carol.patch(path, 2, body{"topic": "Lines"}).is(200)
	require.Equal(t, "Lines", w.reads(w.nobody.raw("GET", own, nil, "If-None-Match", tag).is(200).body).of(t, path).Summary)
}

func TestTheSecretOfACalendarIsInNoLogAndNoMetric(t *testing.T) {
	log := logged(t)
	w := newWorld(t)
	own := w.moe.calendar("/me")
	w.subscribed(own)
	w.nobody.raw("GET", own+"x", nil).is(404)
	require.Contains(t, log.String(), "/calendars/:secret.ics")
	secret := own[len("/calendars/") : len("/calendars/")+20]
	require.NotContains(t, log.String(), secret)
	require.NotContains(t, string(w.nobody.raw("GET", "/metrics", nil).is(200).body), secret)
}
