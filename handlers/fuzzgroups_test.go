package handlers_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// groupWrite is a write of the focus-group half, with a body that is taken.
type groupWrite struct {
	who          *person
	method, path string
	valid        body
	edition      bool // it names the edition that was read
}

// groupWrites are those of an evening that is under way, each repeatable with another id.
func (e evening) groupWrites() []groupWrite {
	p := e.panellist("Petra", e.attribute("Drinks"))
	h := e.hall()
	room := h.room("Green", nil)
	draft := h.draft(room, e.moe, nil)
	invitation := "/invitations/" + e.anna.String()
	recorded := body{"id": newID, "outcome": "took_part", "arrived_at": e.after(-5), "left_at": e.after(100), "struck_out": "Slept", "note": "Left a bag", "recorded_at": e.after(10)}
	return []groupWrite{
		{e.carol, "POST", "/attributes", body{"id": newID, "type": "choice", "name": "Way of " + newID, "options": []string{"tram", "bus"}}, false},
		{e.carol, "POST", "/participants", participant("Olek", body{"id": newID, "phone": "+48 600 100 200", "household": "A", "employer": "B", "notes": "C", "tags": []string{"early"},
			"attributes": body{p.attribute.String(): "tea"}}), false},
		{e.carol, "PATCH", p.path(""), body{"name": "Petra", "zone": "Asia/Kolkata", "language": "ar", "tags": []string{"x"}, "attributes": body{p.attribute.String(): "coffee"}}, true},
		{e.carol, "PUT", p.path("/needs"), body{"access": "Step-free", "diet": "No nuts"}, false},
		{e.carol, "POST", p.path("/consents"), body{"id": newID, "scope": "quotes", "wording": "Yes", "version": "1", "language": "en", "given_at": "2026-11-20T10:00:00Z"}, false},
		{e.carol, "POST", "/venues", body{"id": newID, "name": "Annex", "address": "Rynek 3", "zone": "Europe/Warsaw", "directions": "Up", "position": body{"lat": 52.25, "lon": 21.01}}, false},
		{e.carol, "POST", "/venues/" + h.venue.String() + "/rooms", body{"id": newID, "name": newID, "capacity": 14, "features": []string{"step_free"}, "price": body{"amount": 100, "currency": "EUR"}, "price_per": "day",
			"lead_days": 1, "cancel_days": 1, "setup_minutes": 10, "hired": true}, false},
		{e.carol, "POST", "/studies", body{"id": newID, "title": "Waiting", "purpose": "Why", "language": "pl", "branches": []uuid.UUID{e.oldTown.ID},
			"screening":  []body{{"id": "a", "text": "A?", "options": []body{{"id": "x", "text": "X", "out": true}, {"id": "y", "text": "Y"}}}},
			"quotas":     []body{{"attribute_id": p.attribute, "value": "tea", "target": 4, "hard": true}},
			"exclusions": []body{{"rule": "took_part", "months": 6}, {"rule": "no_shows", "times": 2}},
			"guide":      []body{{"title": "Hello", "kind": "talk", "minutes": 10, "text": "Say hello"}}, "rates": body{"acceptance": 3000, "show": 8000},
			"incentive": body{"amount": 4000, "currency": "PLN"}, "travel": body{"amount": 600, "currency": "PLN"}, "pay_late": true, "budget": body{"amount": 1, "currency": "PLN"}}, false},
		{e.carol, "POST", "/focus-groups", body{"id": newID, "study_id": h.study, "topic": "Queues", "language": "pl", "room_id": room, "room_reference": "A1", "moderator_id": e.moe.id, "assistants": []string{},
			"zone": "Europe/Warsaw", "starts": "2026-12-10T18:00", "ends": "2026-12-10T19:30", "seats": 8, "minimum": 6, "reserve": 2, "notice_minutes": 60, "travel_minutes": 10}, false},
		{e.carol, "PATCH", draft, body{"topic": "Tills", "starts": "2026-10-25T02:30+02:00", "ends": "2026-10-25T04:30"}, true},
		{e.carol, "POST", e.path("/invitations"), body{"participants": []uuid.UUID{p.id}, "override": "Asked for them"}, false},
		{e.carol, "POST", e.path("/invitations/send"), body{"who": "unanswered", "answer_by": e.after(-30)}, false},
		{e.carol, "POST", invitation + "/answer", body{"answer": "confirm", "screening": body{"a": "b"}, "consents": []string{"attend"}, "reason": "Said so"}, false},
		{e.carol, "POST", invitation + "/calls", body{"id": newID, "outcome": "reached", "note": "Glad"}, false},
		{e.carol, "POST", invitation + "/move", body{"focus_group_id": h.study, "reason": "Wished it"}, false},
		{e.moe, "PUT", e.at(e.anna), recorded, false},
		{e.moe, "POST", e.path("/check-in"), body{"id": newID, "code": e.server.Doors.Codes.Code(e.bartek, 1), "recorded_at": e.after(1)}, false},
		{e.carol, "POST", e.path("/walk-ins"), body{"id": newID, "name": "Jan Wójcik", "phone": "+48 600 100 201", "recorded_at": e.after(1)}, false},
		{e.carol, "POST", e.path("/costs"), body{"id": newID, "kind": "travel", "text": "Taxi", "planned": 1, "actual": 2, "currency": "PLN", "rate": 250000, "rate_day": "2026-12-01", "participant_id": e.anna}, false},
		{e.moe, "POST", e.path("/findings"), body{"id": newID, "topic": "Queues", "theme": "Too long", "said_by": 0, "quotes": []string{"I left."}, "position": 1}, false},
		{e.moe, "POST", e.path("/actions"), body{"id": newID, "text": "Another till", "owner_id": e.max.id, "due": "2027-01-31"}, false},
	}
}

// FuzzFocusGroups sends what is almost right to every write that plans, holds and pays a focus group; what was taken is
// read again, printed and exported.
func FuzzFocusGroups(f *testing.F) {
	w := newWorld(f)
	e := w.evening(w.moe)
	writes := e.groupWrites()
	w.clock.set(e.begins.Add(-2 * time.Hour)) // the doors are open, and answers too
	w.lays("UPDATE focus_groups SET reserve = 90 WHERE id = ?", e.id)
	for i, o := range writes {
		for _, text := range broken(o.valid, 1) {
			if i == 0 || len(text) < 50_000 { // what is nested too deep is refused before its address counts, and is slow to mutate
				f.Add(uint8(i), text)
			}
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		w.T = t
		o := writes[int(which)%len(writes)]
		headers := []string{}
		if o.edition {
			headers = []string{"If-Match", w.carol.get(o.path).is(200).header.Get("ETag")}
		}
		if a := o.who.json(o.method, o.path, strings.ReplaceAll(text, newID, uuid.NewString()), headers...); a.status >= 300 {
			return
		}
		for _, read := range []string{"/participants?limit=5", "/participants/export.csv", "/venues", "/studies", "/focus-groups", "/attributes", e.path("/attendance"), e.path("/costs"), e.path("/forecast"),
			e.path("/waiting-list"), e.path("/report"), e.path("/report.pdf"), e.path("/day-sheet.pdf"), e.path("/call-list"), "/studies/" + e.study.String() + "/budget", "/invitations/" + e.anna.String() + "/calls"} {
			w.carol.get(read).is(200)
		}
	})
}

// FuzzRSVP answers an invitation by its link, and by links that are not quite it.
func FuzzRSVP(f *testing.F) {
	g := newWorld(f).gathering(3, 1, 1)
	g.lays("UPDATE studies SET screening = ? WHERE id = ?", `[{"id":"retail","text":"Do you work in retail","options":[{"id":"yes","text":"Yes","out":true},{"id":"no","text":"No"}]}]`, g.study)
	link := func() string {
		person := g.somebody()
		return strings.TrimPrefix(g.link(g.asked(person)[0], 0), "http://fieldcare.test/rsvp/")
	}
	token := link()
	good := url.Values{"answer": {"accept"}, "screening-retail": {"no"}, "consent": {"attend", "quotes"}}.Encode()
	for _, form := range []string{good, "", "answer=confirm", "answer=cancel", "answer=decline", "answer=%00", "answer=%ff", "consent=attend", good + "&" + good, "screening-retail=yes&" + good, good + "&screening-=x&screening-%00=y",
		strings.Repeat("consent=attend&", 2000), strings.Repeat("screening-a=b&", 2000), "answer=accept;consent=attend", "%", "=", "&&&", "answer[]=accept", strings.Repeat("a", 70_000)} {
		f.Add("", form)
	}
	for _, other := range []string{"x", "-", strings.Repeat("A", 22), strings.Repeat("A", 5000), "%00", "%2e%2e%2f", "..", "\u202e", "%ff"} {
		f.Add(other, good)
	}
	f.Fuzz(func(t *testing.T, other, form string) {
		g.T = t
		at := "/rsvp/" + token
		if other != "" {
			at = "/rsvp/" + url.PathEscape(other)
		}
		if len(at) > 4000 {
			return // an address has its limit, which is the server's
		}
		a := g.nobody.raw("POST", at, []byte(form), "Content-Type", "application/x-www-form-urlencoded")
		require.Less(t, a.status, 500, string(a.body))
		page := g.nobody.raw("GET", at, nil)
		require.Less(t, page.status, 500, string(page.body))
		if page.status == 410 || strings.Contains(string(page.body), `role="status"`) {
			g.clock.forward(time.Microsecond)
			token = link()
		}
	})
}
