package handlers_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"image/png"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/database"
)

var record = flag.Bool("record", false, "write what the story sends and gets as the examples of the API's description")

// story is a world in which everything is done once as it would be. What is sent and answered there are the examples of
// the API's description.
type story struct {
	*world
	told map[string]*example
}

type example struct {
	Request any            `json:"request,omitempty"`
	Answers map[string]any `json:"answers,omitempty"`
}

// tells sends a request and keeps it, with the answer to who sent it where that matters.
func (s *story) tells(p *person, as, method, path string, what any, headers ...string) *answer {
	s.Helper()
	a := p.send(method, path, what, headers...)
	require.Less(s, a.status, 300, "%s: %s", a.what, a.body)
	return s.keep(a, as, method, path, what)
}

func (s *story) keep(a *answer, as, method, path string, what any) *answer {
	s.Helper()
	path, _, _ = strings.Cut(path, "?")
	_, operation := contractOf(s.world).operation(method, path)
	name := operation["operationId"].(string)
	if s.told[name] == nil {
		s.told[name] = &example{Answers: map[string]any{}}
	}
	if _, raw := what.([]byte); what != nil && !raw {
		s.told[name].Request = what
	}
	switch kind := a.header.Get("Content-Type"); {
	case len(a.body) == 0:
	case strings.HasPrefix(kind, "application/json"):
		s.told[name].Answers[as] = json.RawMessage(a.body)
	case strings.HasPrefix(kind, "text/csv"):
		s.told[name].Answers[as] = string(a.body)
	}
	return a
}

func TestEveryOperationHasItsPartInTheStoryThatTheExamplesTell(t *testing.T) {
	s := &story{newWorld(t), map[string]*example{}}
	s.settingUp()
	checklist := s.writingAChecklist()
	s.planning(checklist)
	s.visiting(checklist)
	s.lookingBack(checklist)
	s.planningAFocusGroup()
	s.inviting()
	s.holdingAFocusGroup()
	s.fillingThePanel()
	s.comingAndGoing()

	var missing []string
	for _, o := range operations(s.world) {
		if s.told[o.described["operationId"].(string)] == nil {
			missing = append(missing, o.method+" "+o.path)
		}
	}
	require.Empty(t, missing, "no example")
	if *record {
		var text bytes.Buffer
		out := json.NewEncoder(&text)
		out.SetEscapeHTML(false)
		out.SetIndent("", " ")
		require.NoError(t, out.Encode(s.told))
		require.NoError(t, os.WriteFile("examples.json", alike(text.Bytes()), 0o600))
	}
}

var (
	random = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{64}\b|"[0-9a-f]{12}"`)
	tokens = regexp.MustCompile(`("(?:access_token|token|next_cursor)": "[\w-]{8})[^"]*|(set-password#[\w-]{8})[\w-]*|(/calendars/)[\w-]+`)
)

// alike makes what is random the same every time, so that recording again changes what did change, and shortens secrets.
func alike(text []byte) []byte {
	made := map[string][]byte{}
	text = random.ReplaceAllFunc(text, func(found []byte) []byte {
		if made[string(found)] == nil {
			sum := sha256.Sum256([]byte(jsonText(len(made))))
			same, digits := bytes.Clone(found), hex.EncodeToString(sum[:])
			for i, c := range same {
				switch {
				case len(same) == 36 && i == 14: // the version of a UUID stays
				case len(same) == 36 && i == 19:
					same[i] = 'a' // and this is its variant
				case c != '-' && c != '"':
					same[i], digits = digits[0], digits[1:]
				}
			}
			made[string(found)] = same
		}
		return made[string(found)]
	})
	return tokens.ReplaceAll(text, []byte("$1$2$3…"))
}

func (s *story) settingUp() {
	read := s.tells(s.carol, "", "GET", "/settings", nil)
	s.tells(s.ada, "", "PATCH", "/settings", body{"organisation": "Northwind Coffee", "accent": "#0b686e", "rotation_days": 60,
		"customer_care": body{"champion": "Head of Customer Care", "text": "We answer every complaint within two working days."}}, "If-Match", read.header.Get("ETag"))
	var logo bytes.Buffer
	require.NoError(s, png.Encode(&logo, disc(200, 100)))
	s.tells(s.ada, "", "PUT", "/settings/logo", logo.Bytes())
	s.tells(s.carol, "", "GET", "/settings/logo", nil)
	s.tells(s.ada, "", "DELETE", "/settings/logo", nil)

	nina := s.tells(s.carol, "", "POST", "/users", newShopper(body{"email": "nina@example.org", "language": "pl"})).object()
	s.tells(s.carol, "", "GET", "/users/"+nina["id"].(string), nil)
	s.tells(s.carol, "", "PATCH", "/users/"+nina["id"].(string), body{"disabled": true}, "If-Match", `"1"`)
	s.tells(s.ada, "", "POST", "/users/import", "email,name,roles,language\nolga@example.org,Olga Mazur,shopper,pl\npiotr@example.org,Piotr Lis,coordinator moderator,en\n")
	s.tells(s.carol, "", "GET", "/users?role=shopper&limit=2", nil)

	added := s.tells(s.carol, "", "POST", "/branches", body{"id": uuid.New(), "code": "LDZ-01", "name": "Łódź Piotrkowska", "address": "Piotrkowska 80, Łódź",
		"zone": "Europe/Warsaw", "region": "Centre", "brand": "Northwind Coffee", "position": body{"lat": 51.7687, "lon": 19.4569}, "managers": []uuid.UUID{s.mona.id}})
	s.tells(s.carol, "", "PATCH", "/branches/"+added.object()["id"].(string), body{"archived": true}, "If-Match", added.header.Get("ETag"))
	s.tells(s.carol, "", "POST", "/branches/import", "code,name,zone,address,region,competitor\nKRK-01,Kraków Kazimierz,Europe/Warsaw,\"Józefa 12, Kraków\",South,\nSW-WAW,Southwind Warsaw,Europe/Warsaw,\"Chmielna 4, Warszawa\",Centre,yes\n")
	old := s.carol.get("/branches/" + s.oldTown.ID.String())
	s.carol.send("PATCH", "/branches/"+s.oldTown.ID.String(), body{"address": "Rynek Starego Miasta 1, Warszawa", "region": "Centre", "brand": "Northwind Coffee",
		"position": body{"lat": 52.2497, "lon": 21.0122}}, "If-Match", old.header.Get("ETag")).is(200)
}

func (s *story) writingAChecklist() uuid.UUID {
	id, other := uuid.New(), uuid.New()
	s.tells(s.carol, "", "POST", "/checklists", body{"id": id, "document": titled("Branch visit")})
	s.tells(s.carol, "", "PUT", "/checklists/"+id.String(), body{"document": branchVisit()}, "If-Match", `"1"`)
	s.tells(s.carol, "", "GET", "/checklists/"+id.String(), nil)
	s.tells(s.carol, "", "POST", "/checklists/"+id.String()+"/publish", nil, "If-Match", `"2"`)
	s.tells(s.carol, "", "POST", "/checklists/"+id.String()+"/copy", body{"id": other})
	s.tells(s.carol, "", "GET", "/checklists", nil)
	s.tells(s.carol, "", "POST", "/checklists/"+id.String()+"/score", body{"answers": body{"greeted": "yes", "wait": 200, "clean": 4, "words": "Friendly."}})
	return id
}

func (s *story) planning(checklist uuid.UUID) {
	plan := func() body {
		return body{"id": uuid.New(), "branch_id": s.oldTown.ID, "checklist_id": checklist, "shopper_id": s.sue.id, "opens": "2027-02-01T09:00", "closes": "2027-02-05T20:00",
			"fee": body{"amount": 1500, "currency": "EUR"}, "expense_limit": body{"amount": 800, "currency": "EUR"},
			"scenario": body{"persona": "A parent with a pram", "instructions": "Buy a coffee", "questions": "Ask for oat milk"}}
	}
	path := func(a *answer) string { return "/visits/" + a.object()["id"].(string) }
	first := path(s.tells(s.carol, "", "POST", "/visits", plan()))
	s.tells(s.sue, "", "POST", first+"/decline", body{"reason": "I am on holiday that week"})
	s.tells(s.carol, "", "POST", first+"/offer", body{"shopper_id": s.sam.id, "opens": "2027-02-08T09:00", "closes": "2027-02-12T20:00"})
	accepted := s.tells(s.sam, "", "POST", first+"/accept", nil)
	s.tells(s.carol, "", "PATCH", first, body{"fee": body{"amount": 1800, "currency": "EUR"}}, "If-Match", accepted.header.Get("ETag"))
	s.tells(s.sam, "", "GET", first, nil)
	s.tells(s.sam, "", "POST", first+"/release", body{"reason": "I broke my leg"})
	s.tells(s.carol, "", "POST", first+"/cancel", body{"reason": "The branch is closed for rebuilding"})
	s.tells(s.carol, "", "GET", first+"/moves", nil)

	s.tells(s.carol, "", "POST", "/visits/many", body{"id": uuid.New(), "round": body{"branch_ids": []uuid.UUID{s.oldTown.ID, s.harbour.ID}, "checklist_id": checklist,
		"windows": []body{{"opens": "2027-03-01T09:00", "closes": "2027-03-05T20:00"}}, "fee": body{"amount": 1500, "currency": "EUR"}}})
	s.tells(s.carol, "", "POST", "/visits/import?id="+uuid.NewString(), "branch,checklist,opens,closes,shopper,fee,currency\n"+
		"GDN-01,"+checklist.String()+",2027-04-05T09:00,2027-04-09T20:00,sue@example.org,1500,EUR\n")
	s.tells(s.carol, "", "GET", "/visits?state=planned,offered&limit=2", nil)
}

// handsIn makes a visit to Old Town that begins at the hour of the clock.
func (s *story) handsIn(shopper *person, checklist uuid.UUID, answers body) (path string, sent body) {
	s.Helper()
	v := s.plan(checklist, body{"shopper_id": shopper.id, "confirm_rotation": true})
	shopper.post(v.path("/accept"), nil).is(200)
	begun := s.clock.now()
	s.clock.forward(25 * time.Minute)
	sent = submission(v, answers, body{"begun": begun.Format(time.RFC3339), "finished": s.clock.now().Format(time.RFC3339),
		"moments": []body{{"id": "in", "at": begun.Format(time.RFC3339)}, {"id": "served", "at": begun.Add(95 * time.Second).Format(time.RFC3339)}}})
	return evaluationPath(sent["id"].(string), ""), sent
}

func (s *story) visiting(checklist uuid.UUID) {
	s.clock.set(time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC))
	for _, a := range []body{
		{"greeted": "yes", "wait": 240, "clean": 4, "words": "The queue was long and nobody said a word about it."},
		{"greeted": "yes", "wait": 90, "clean": 5, "words": "Quick, warm, and they remembered the oat milk."},
	} {
		path, sent := s.handsIn(s.sue, checklist, a)
		s.sue.post("/evaluations", sent).is(201)
		s.carol.post(path+"/approve", body{"revision": 1, "grade": 8}).is(200)
		s.clock.forward(24 * time.Hour)
	}

	spoilt, sent := s.handsIn(s.sue, checklist, goodAnswers())
	s.sue.post("/evaluations", sent).is(201)
	s.tells(s.carol, "", "POST", spoilt+"/reject", body{"revision": 1, "reason": "Another branch was visited"})

	picture := photo(7)
	answers := goodAnswers()
	answers["shelf"] = body{"photos": []string{hashOf(picture)}}
	path, sent := s.handsIn(s.sam, checklist, answers)
	sent["photos"] = []body{{"sha256": hashOf(picture), "taken_at": sent["begun"], "source": "camera"}}
	s.tells(s.sam, "", "PUT", "/photos/"+hashOf(picture), picture)
	s.tells(s.sam, "", "POST", "/evaluations", sent)
	s.tells(s.carol, "", "POST", path+"/return", body{"revision": 1, "questions": []string{"words"}, "words": "Please say what the barista did."})
	answers["words"] = "The barista smiled, asked my name and wrote it on the cup."
	s.tells(s.sam, "", "POST", path+"/revisions", body{"based_on": 1, "answers": answers})
	s.tells(s.carol, "", "POST", path+"/approve", body{"revision": 2, "grade": 9, "words": "Thank you: a pleasure to read."})
	s.tells(s.carol, "", "POST", path+"/reopen", body{"reason": "A face is to be seen in the photo"})
	read := s.tells(s.carol, "coordinator", "GET", path, nil)
	s.tells(s.carol, "", "PUT", path+"/publication", body{"edits": []body{{"question_id": "words", "text": "The barista smiled and asked my name.", "reason": "The cup could be recognised"}}}, "If-Match", read.header.Get("ETag"))
	s.carol.post(path+"/approve", body{"revision": 2, "grade": 9}).is(200)

	s.clock.forward(24 * time.Hour)
	_, unsent := s.handsIn(s.sue, checklist, goodAnswers())
	half := s.plan(checklist, body{"shopper_id": s.sue.id, "confirm_rotation": true})
	s.sue.post(half.path("/accept"), nil).is(200)
	s.tells(s.carol, "", "POST", "/evaluations/import", unsentWork(s.sue, unsent, submission(half, body{"greeted": "yes"}, body{"finished": ""})))

	s.tells(s.sam, "shopper", "GET", path, nil)
	s.tells(s.max, "manager", "GET", path, nil)
	s.tells(s.max, "", "GET", path+"/report", nil)
	s.tells(s.max, "", "GET", path+"/report.pdf", nil)
	s.tells(s.max, "", "GET", path+"/photos/1", nil)
	s.tells(s.carol, "coordinator", "GET", "/evaluations?limit=2", nil)
	s.tells(s.sam, "shopper", "GET", "/evaluations?limit=2", nil)
	s.tells(s.max, "manager", "GET", "/evaluations?limit=2", nil)
}

func (s *story) lookingBack(checklist uuid.UUID) {
	target := s.tells(s.carol, "", "POST", "/targets", body{"id": uuid.New(), "branch_id": s.oldTown.ID, "checklist_id": checklist, "score": 8500, "by": "2026-12-31",
		"why": "What our best branches reach today"})
	path := "/targets/" + target.object()["id"].(string)
	s.tells(s.max, "", "GET", path, nil)
	s.tells(s.max, "", "GET", "/targets", nil)
	changed := s.tells(s.carol, "", "PATCH", path, body{"score": 9000}, "If-Match", target.header.Get("ETag"))

	branch := "/branches/" + s.oldTown.ID.String()
	s.tells(s.carol, "coordinator", "GET", branch, nil)
	s.tells(s.sam, "shopper", "GET", branch, nil)
	s.tells(s.carol, "coordinator", "GET", "/branches?limit=2", nil)
	s.tells(s.max, "manager", "GET", "/branches?limit=2", nil)
	s.tells(s.sam, "shopper", "GET", "/branches?limit=2", nil)
	s.tells(s.max, "", "GET", "/branches/overview.csv", nil)
	s.tells(s.max, "", "GET", branch+"/report?from=2026-11-01&to=2026-11-30", nil)
	s.tells(s.max, "", "GET", branch+"/report.pdf?from=2026-11-01&to=2026-11-30", nil)
	s.tells(s.sam, "", "GET", "/checklists/"+checklist.String()+"/versions/1", nil)
	s.tells(s.carol, "", "DELETE", path, nil, "If-Match", changed.header.Get("ETag"))
}

func (s *story) planningAFocusGroup() {
	made := func(path string, what body) (string, *answer) {
		what["id"] = uuid.New()
		a := s.tells(s.carol, "", "POST", path, what)
		return what["id"].(uuid.UUID).String(), a
	}
	venue, added := made("/venues", body{"name": "House of Trades", "address": "Chmielna 20, 00-020 Warszawa", "zone": "Europe/Warsaw",
		"position": body{"lat": 52.2331, "lon": 21.0146}, "directions": "Tram 4 to Centrum; ring for the second floor"})
	s.tells(s.carol, "", "PATCH", "/venues/"+venue, body{"directions": "Tram 4 to Centrum; the lift is on the left"}, "If-Match", added.header.Get("ETag"))
	room, added := made("/venues/"+venue+"/rooms", body{"name": "Green room", "capacity": 14, "features": []string{"step_free", "viewing_room"}, "hired": true,
		"price": body{"amount": 4500, "currency": "EUR"}, "price_per": "hour", "lead_days": 7, "cancel_days": 3})
	s.tells(s.carol, "", "PATCH", "/rooms/"+room, body{"setup_minutes": 45}, "If-Match", added.header.Get("ETag"))
	s.tells(s.carol, "", "GET", "/rooms/"+room, nil)
	s.tells(s.carol, "", "GET", "/rooms/"+room+"/calendar", nil)
	s.tells(s.carol, "", "POST", "/rooms/"+room+"/calendar/renew", nil)
	s.tells(s.carol, "", "GET", "/venues/"+venue, nil)
	s.tells(s.carol, "", "GET", "/venues", nil)

	study, added := made("/studies", body{"title": "Waiting at the counter", "purpose": "Why customers leave the queue, before we change the counters", "branches": []uuid.UUID{s.oldTown.ID},
		"screening": []body{{"id": "works-in-retail", "text": "Do you work in retail?", "options": []body{{"id": "yes", "text": "Yes", "out": true}, {"id": "no", "text": "No"}}}},
		"guide": []body{{"title": "The last time that you waited", "kind": "silent_writing", "minutes": 10, "text": "Write down what you saw and thought."},
			{"title": "Round", "kind": "round_robin", "minutes": 25}, {"title": "What would help", "kind": "talk", "minutes": 40}},
		"incentive": body{"amount": 4000, "currency": "EUR"}, "budget": body{"amount": 300000, "currency": "EUR"}})
	s.tells(s.carol, "", "PATCH", "/studies/"+study, body{"exclusions": []body{{"rule": "took_part", "months": 6}, {"rule": "same_household"}, {"rule": "no_shows", "times": 2, "months": 24}}},
		"If-Match", added.header.Get("ETag"))
	s.tells(s.carol, "", "GET", "/studies/"+study, nil)
	s.tells(s.carol, "", "GET", "/studies", nil)

	group, added := made("/focus-groups", body{"study_id": study, "topic": "Waiting at the counter", "room_id": room, "room_reference": "HT-2027-311", "moderator_id": s.moe.id,
		"starts": "2027-04-22T18:00", "ends": "2027-04-22T19:30"})
	path := "/focus-groups/" + group
	s.tells(s.carol, "", "PATCH", path, body{"seats": 6, "minimum": 5, "reserve": 3}, "If-Match", added.header.Get("ETag"))
	s.tells(s.carol, "", "POST", path+"/schedule", nil)
	s.tells(s.carol, "coordinator", "GET", path, nil)
	s.tells(s.moe, "moderator", "GET", path, nil)
	s.tells(s.carol, "coordinator", "GET", "/focus-groups?study="+study, nil)
	s.tells(s.moe, "moderator", "GET", "/focus-groups", nil)
	s.tells(s.moe, "", "GET", "/me/calendar", nil)
	s.tells(s.moe, "", "POST", "/me/calendar/renew", nil)
	s.tells(s.carol, "", "POST", path+"/cancel", body{"reason": "The room is flooded"})
}

func (s *story) holdingAFocusGroup() {
	e := s.evening(s.moe)
	s.lays("UPDATE focus_groups SET reserve = 2 WHERE id = ?", e.id)
	s.clock.set(e.begins.Add(-8 * time.Hour))
	s.tells(s.carol, "", "GET", e.path("/call-list"), nil)
	s.clock.set(e.begins.Add(90 * time.Minute))
	s.tells(s.moe, "", "GET", e.at(e.anna)+"/code.png", nil)
	code := s.carol.get(e.path("/attendance?search=anna")).is(200).items()[0]["code"]
	s.tells(s.moe, "", "POST", e.path("/check-in"), body{"id": uuid.New(), "code": code, "recorded_at": e.after(-8)})
	s.tells(s.moe, "", "PUT", e.at(e.bartek), e.seen(body{"arrived_at": e.after(14), "recorded_at": e.after(14)}))
	s.carol.put(e.at(e.bartek), e.seen(body{"arrived_at": e.after(14), "left_at": e.after(50), "recorded_at": e.after(50), "note": "A call from home"})).is(201)
	s.tells(s.carol, "", "GET", e.at(e.bartek), nil)
	s.tells(s.moe, "", "POST", e.path("/walk-ins"), body{"id": uuid.New(), "name": "Jan Wójcik", "phone": "+48 600 100 200", "recorded_at": e.after(2)})
	s.tells(s.carol, "coordinator", "GET", e.path("/attendance"), nil)
	s.tells(s.carol, "", "POST", e.path("/close"), nil)
	s.tells(s.moe, "moderator", "GET", e.path("/attendance?search=ann"), nil)
	of := func(a *answer, kind string) string { return "/" + kind + "/" + a.object()["id"].(string) }
	room := s.tells(s.carol, "", "POST", e.path("/costs"), body{"id": uuid.New(), "kind": "venue", "text": "The Blue Room", "planned": 60000, "currency": "PLN", "rate": 234500, "rate_day": "2026-12-01"})
	room = s.tells(s.carol, "", "PATCH", of(room, "costs"), body{"actual": 65000}, "If-Match", room.header.Get("ETag"))
	s.tells(s.carol, "", "PUT", of(room, "costs")+"/receipt", photo(7))
	s.tells(s.carol, "", "GET", of(room, "costs")+"/receipt", nil)
	room = s.tells(s.carol, "", "DELETE", of(room, "costs")+"/receipt", nil)
	room = s.tells(s.carol, "", "POST", of(room, "costs")+"/pay", nil, "If-Match", room.header.Get("ETag"))
	s.tells(s.carol, "", "POST", of(room, "costs")+"/undo-payment", body{"reason": "Paid to the wrong account"}, "If-Match", room.header.Get("ETag"))
	spare := s.carol.post(e.path("/costs"), body{"id": uuid.New(), "kind": "other", "actual": 500}).is(201)
	s.tells(s.carol, "", "DELETE", of(spare, "costs"), nil, "If-Match", spare.header.Get("ETag"))
	s.tells(s.carol, "", "GET", e.path("/costs"), nil)
	s.tells(s.carol, "", "GET", "/studies/"+e.study.String()+"/budget", nil)

	finding := s.tells(s.moe, "", "POST", e.path("/findings"), body{"id": uuid.New(), "topic": "At the counter", "theme": "Nobody says how long it will take", "said_by": 2, "quotes": []string{"I would wait if I knew."}})
	finding = s.tells(s.moe, "", "PATCH", of(finding, "findings"), body{"said_by": 3}, "If-Match", finding.header.Get("ETag"))
	s.tells(s.moe, "", "GET", e.path("/findings"), nil)
	s.tells(s.moe, "", "DELETE", of(finding, "findings"), nil, "If-Match", finding.header.Get("ETag"))
	action := s.tells(s.carol, "", "POST", e.path("/actions"), body{"id": uuid.New(), "text": "Show the waiting time at the door", "owner_id": s.max.id, "due": "2027-01-31"})
	s.tells(s.carol, "coordinator", "PATCH", of(action, "actions"), body{"state": "under_way"}, "If-Match", action.header.Get("ETag"))
	s.tells(s.moe, "", "GET", e.path("/actions"), nil)
	s.tells(s.max, "", "GET", "/actions", nil)
	s.tells(s.max, "owner", "PATCH", of(action, "actions"), body{"state": "done", "outcome": "A screen at the door shows it"}, "If-Match", etag(2))

	s.lays("UPDATE invitations SET sent_at = ?, accepted_at = ? WHERE id IN (?, ?, ?)", database.At(s.clock.now()), database.At(s.clock.now()), e.anna, e.bartek, e.cela)
	s.tells(s.carol, "", "GET", e.path("/day-sheet.pdf"), nil)
	e.found().closed(s.oldTown)
	s.tells(s.carol, "coordinator", "GET", e.path("/report"), nil)
	s.tells(s.max, "manager", "GET", e.path("/report"), nil)
	s.tells(s.max, "", "GET", e.path("/report.pdf"), nil)
}

func (s *story) comingAndGoing() {
	me := s.tells(s.max, "", "GET", "/me", nil)
	s.tells(s.max, "", "PATCH", "/me", body{"language": "pl", "monthly_digest": true}, "If-Match", me.header.Get("ETag"))
	s.tells(s.ada, "", "GET", "/users/"+s.max.id.String()+"/sessions", nil)
	s.tells(s.max, "", "POST", "/me/password", body{"current_password": password, "new_password": "a cup of oat milk at noon"})

	in := body{"email": s.sue.email, "password": password}
	s.keep(s.stranger().sendAs("", "POST", "/session", body{"email": s.sue.email, "password": password}).is(201), "", "POST", "/session", in)
	s.sue.signIn()
	s.keep(s.sue.sendAs("", "POST", "/session/refresh", nil).is(200), "", "POST", "/session/refresh", nil)
	s.keep(s.sue.sendAs("", "DELETE", "/session", nil).is(204), "", "DELETE", "/session", nil)
	forgotten := body{"email": s.sue.email}
	s.keep(s.sue.sendAs("", "POST", "/password-reset", forgotten).is(204), "", "POST", "/password-reset", forgotten)
	confirmed := body{"token": s.link(s.sue), "password": "two cups of oat milk at noon"}
	s.keep(s.sue.sendAs("", "POST", "/password-reset/confirm", confirmed).is(204), "", "POST", "/password-reset/confirm", confirmed)

	s.tells(s.ada, "", "GET", "/audit?limit=3", nil)
	s.tells(s.ada, "", "GET", "/mails?limit=2", nil)
}
