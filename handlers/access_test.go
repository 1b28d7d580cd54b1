package handlers_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/account"
)

// What a role finds behind an operation.
const (
	no  = "no"  // 403, whatever it asks for; 401 without a token
	own = "own" // its own rows; a foreign one is 404, as if there were none
	all = "all" // every row
)

// access is who may do what: each operation of the API, each role.
var access = []struct {
	operation                                               string
	nobody, shopper, manager, moderator, coordinator, admin string
}{
	{"POST /session", all, all, all, all, all, all},
	{"POST /session/refresh", all, all, all, all, all, all},
	{"DELETE /session", all, all, all, all, all, all},
	{"POST /password-reset", all, all, all, all, all, all},
	{"POST /password-reset/confirm", all, all, all, all, all, all},

	{"GET /me", no, all, all, all, all, all},
	{"PATCH /me", no, all, all, all, all, all},
	{"POST /me/password", no, all, all, all, all, all},

	{"GET /me/calendar", no, no, no, all, all, all},
	{"POST /me/calendar/renew", no, no, no, all, all, all},

	{"GET /users", no, no, no, no, all, all},
	{"POST /users", no, no, no, no, all, all},
	{"POST /users/import", no, no, no, no, all, all},
	{"GET /users/{id}", no, no, no, no, all, all},
	{"PATCH /users/{id}", no, no, no, no, all, all},
	{"GET /users/{id}/sessions", no, no, no, no, no, all},
	{"GET /audit", no, no, no, no, no, all},
	{"GET /mails", no, no, no, no, no, all},
	{"GET /settings", no, no, no, no, all, all},
	{"PATCH /settings", no, no, no, no, no, all},
	{"GET /settings/logo", no, all, all, all, all, all},
	{"PUT /settings/logo", no, no, no, no, no, all},
	{"DELETE /settings/logo", no, no, no, no, no, all},

	{"GET /branches", no, own, own, no, all, all},
	{"POST /branches", no, no, no, no, all, all},
	{"POST /branches/import", no, no, no, no, all, all},
	{"GET /branches/overview.csv", no, no, own, no, all, all},
	{"GET /branches/{id}", no, own, own, no, all, all},
	{"PATCH /branches/{id}", no, no, no, no, all, all},
	{"GET /branches/{id}/report", no, no, own, no, all, all},
	{"GET /branches/{id}/report.pdf", no, no, own, no, all, all},

	{"GET /targets", no, no, own, no, all, all},
	{"POST /targets", no, no, no, no, all, all},
	{"GET /targets/{id}", no, no, own, no, all, all},
	{"PATCH /targets/{id}", no, no, no, no, all, all},
	{"DELETE /targets/{id}", no, no, no, no, all, all},

	{"GET /attributes", no, no, no, no, all, all},
	{"POST /attributes", no, no, no, no, all, all},
	{"PATCH /attributes/{id}", no, no, no, no, all, all},
	{"GET /participants", no, no, no, no, all, all},
	{"POST /participants", no, no, no, no, all, all},
	{"POST /participants/import/preview", no, no, no, no, all, all},
	{"POST /participants/import", no, no, no, no, all, all},
	{"GET /participants/export.csv", no, no, no, no, all, all},
	{"GET /participants/export.xlsx", no, no, no, no, all, all},
	{"GET /participants/{id}/data", no, no, no, no, all, all},
	{"POST /participants/{id}/erase", no, no, no, no, all, all},
	{"GET /participants/{id}", no, no, no, no, all, all},
	{"PATCH /participants/{id}", no, no, no, no, all, all},
	{"GET /participants/{id}/needs", no, no, no, no, all, all},
	{"PUT /participants/{id}/needs", no, no, no, no, all, all},
	{"DELETE /participants/{id}/needs", no, no, no, no, all, all},
	{"POST /participants/{id}/consents", no, no, no, no, all, all},
	{"POST /participants/{id}/consents/{consent_id}/withdraw", no, no, no, no, all, all},

	{"GET /checklists", no, no, no, no, all, all},
	{"POST /checklists", no, no, no, no, all, all},
	{"GET /checklists/{id}", no, no, no, no, all, all},
	{"PUT /checklists/{id}", no, no, no, no, all, all},
	{"POST /checklists/{id}/publish", no, no, no, no, all, all},
	{"POST /checklists/{id}/copy", no, no, no, no, all, all},
	{"GET /checklists/{id}/versions/{n}", no, own, own, no, all, all},
	{"POST /checklists/{id}/score", no, no, no, no, all, all},

	{"GET /visits", no, own, no, no, all, all},
	{"POST /visits", no, no, no, no, all, all},
	{"POST /visits/many", no, no, no, no, all, all},
	{"POST /visits/import", no, no, no, no, all, all},
	{"GET /visits/{id}", no, own, no, no, all, all},
	{"GET /visits/{id}/moves", no, no, no, no, all, all},
	{"PATCH /visits/{id}", no, no, no, no, all, all},
	{"POST /visits/{id}/offer", no, no, no, no, all, all},
	{"POST /visits/{id}/accept", no, own, no, no, no, no},
	{"POST /visits/{id}/decline", no, own, no, no, no, no},
	{"POST /visits/{id}/release", no, own, no, no, all, all},
	{"POST /visits/{id}/cancel", no, no, no, no, all, all},

	{"PUT /photos/{sha256}", no, all, no, no, no, no},
	{"GET /evaluations", no, own, own, no, all, all},
	{"POST /evaluations", no, own, no, no, no, no},
	{"POST /evaluations/import", no, no, no, no, all, all},
	{"GET /evaluations/{id}", no, own, own, no, all, all},
	{"GET /evaluations/{id}/photos/{n}", no, own, own, no, all, all},
	{"GET /evaluations/{id}/report", no, no, own, no, all, all},
	{"GET /evaluations/{id}/report.pdf", no, no, own, no, all, all},
	{"POST /evaluations/{id}/revisions", no, own, no, no, no, no},
	{"POST /evaluations/{id}/approve", no, no, no, no, all, all},
	{"POST /evaluations/{id}/return", no, no, no, no, all, all},
	{"POST /evaluations/{id}/reject", no, no, no, no, all, all},
	{"POST /evaluations/{id}/reopen", no, no, no, no, all, all},
	{"PUT /evaluations/{id}/publication", no, no, no, no, all, all},

	{"GET /venues", no, no, no, no, all, all},
	{"POST /venues", no, no, no, no, all, all},
	{"GET /venues/{id}", no, no, no, no, all, all},
	{"PATCH /venues/{id}", no, no, no, no, all, all},
	{"POST /venues/{id}/rooms", no, no, no, no, all, all},
	{"GET /rooms/{id}", no, no, no, no, all, all},
	{"PATCH /rooms/{id}", no, no, no, no, all, all},
	{"GET /rooms/{id}/calendar", no, no, no, no, all, all},
	{"POST /rooms/{id}/calendar/renew", no, no, no, no, all, all},
	{"GET /studies", no, no, no, no, all, all},
	{"POST /studies", no, no, no, no, all, all},
	{"GET /studies/{id}", no, no, no, no, all, all},
	{"PATCH /studies/{id}", no, no, no, no, all, all},
	{"GET /focus-groups", no, no, no, own, all, all},
	{"POST /focus-groups", no, no, no, no, all, all},
	{"GET /focus-groups/{id}", no, no, no, own, all, all},
	{"PATCH /focus-groups/{id}", no, no, no, no, all, all},
	{"POST /focus-groups/{id}/schedule", no, no, no, no, all, all},
	{"POST /focus-groups/{id}/cancel", no, no, no, no, all, all},
	{"POST /focus-groups/{id}/close", no, no, no, no, all, all},

	{"GET /focus-groups/{id}/call-list", no, no, no, no, all, all},
	{"GET /focus-groups/{id}/invitations", no, no, no, no, all, all},
	{"POST /focus-groups/{id}/invitations", no, no, no, no, all, all},
	{"POST /focus-groups/{id}/invitations/send", no, no, no, no, all, all},
	{"GET /focus-groups/{id}/waiting-list", no, no, no, no, all, all},
	{"GET /focus-groups/{id}/forecast", no, no, no, no, all, all},
	{"GET /invitations/{id}", no, no, no, no, all, all},
	{"GET /invitations/{id}/moves", no, no, no, no, all, all},
	{"POST /invitations/{id}/send", no, no, no, no, all, all},
	{"POST /invitations/{id}/answer", no, no, no, no, all, all},
	{"POST /invitations/{id}/withdraw", no, no, no, no, all, all},
	{"POST /invitations/{id}/override", no, no, no, no, all, all},
	{"POST /invitations/{id}/move", no, no, no, no, all, all},
	{"GET /invitations/{id}/calls", no, no, no, no, all, all},
	{"POST /invitations/{id}/calls", no, no, no, no, all, all},
	{"GET /focus-groups/{id}/attendance", no, no, no, own, all, all},
	{"GET /focus-groups/{id}/attendance/{invitation_id}", no, no, no, own, all, all},
	{"PUT /focus-groups/{id}/attendance/{invitation_id}", no, no, no, own, all, all},
	{"GET /focus-groups/{id}/attendance/{invitation_id}/code.png", no, no, no, own, all, all},
	{"POST /focus-groups/{id}/check-in", no, no, no, own, all, all},
	{"POST /focus-groups/{id}/walk-ins", no, no, no, own, all, all},
	{"GET /focus-groups/{id}/day-sheet.pdf", no, no, no, own, all, all},
	{"GET /focus-groups/{id}/report", no, no, own, own, all, all},
	{"GET /focus-groups/{id}/report.pdf", no, no, own, own, all, all},
	{"GET /focus-groups/{id}/costs", no, no, no, no, all, all},
	{"POST /focus-groups/{id}/costs", no, no, no, no, all, all},
	{"PATCH /costs/{id}", no, no, no, no, all, all},
	{"DELETE /costs/{id}", no, no, no, no, all, all},
	{"PUT /costs/{id}/receipt", no, no, no, no, all, all},
	{"GET /costs/{id}/receipt", no, no, no, no, all, all},
	{"DELETE /costs/{id}/receipt", no, no, no, no, all, all},
	{"POST /costs/{id}/pay", no, no, no, no, all, all},
	{"POST /costs/{id}/undo-payment", no, no, no, no, all, all},
	{"GET /studies/{id}/budget", no, no, no, no, all, all},
	{"GET /focus-groups/{id}/findings", no, no, no, own, all, all},
	{"POST /focus-groups/{id}/findings", no, no, no, own, all, all},
	{"PATCH /findings/{id}", no, no, no, own, all, all},
	{"DELETE /findings/{id}", no, no, no, own, all, all},
	{"GET /focus-groups/{id}/actions", no, no, no, own, all, all},
	{"POST /focus-groups/{id}/actions", no, no, no, own, all, all},
	{"GET /actions", no, no, own, no, all, all},
	{"PATCH /actions/{id}", no, no, own, own, all, all},
}

func TestEveryOperationLetsInWhoMayAndNobodyElse(t *testing.T) {
	w := newWorld(t)
	described := map[string]bool{}
	for path, operations := range contractOf(w).paths {
		for method := range operations {
			described[strings.ToUpper(method)+" "+path] = true
		}
	}
	for _, row := range access {
		require.True(t, described[row.operation], "%s stands in the table but not in the API", row.operation)
		delete(described, row.operation)
	}
	require.Empty(t, described, "operations that the table says nothing of")

	pairs := newPairs(w)
	for _, row := range access {
		t.Run(row.operation, func(t *testing.T) {
			w.T = t
			pair := pairs.next()
			// Coordinators come last, for what they do to a visit others may no longer see.
			for _, asking := range []struct {
				*person
				may string
			}{{w.nobody, row.nobody}, {w.moe, row.moderator}, {w.max, row.manager}, {w.sam, row.shopper}, {w.carol, row.coordinator}, {w.ada, row.admin}} {
				mine := asking.asks(row.operation, pair.samsAtMaxs)
				other := asking.asks(row.operation, pair.suesAtMonas)
				switch {
				case asking.may == no && asking.person == w.nobody:
					mine.is(401)
					other.is(401)
				case asking.may == no:
					mine.is(403)
					other.is(403)
				case asking.may == own && strings.Contains(row.operation, "{id}"), row.operation == "POST /evaluations":
					if asking.may == own {
						mine.letsIn()
						other.is(404)
					}
				case asking.may == own:
					requireOnlyOwn(mine.letsIn(), pair)
				default:
					mine.letsIn()
					other.letsIn()
				}
				if asking.may == all && strings.Contains(row.operation, "{id}") {
					asking.asks(row.operation, nowhere).is(404)
				}
			}
		})
	}
}

// letsIn requires that who asked was let in, though what was sent may not have pleased.
func (a *answer) letsIn() *answer {
	a.Helper()
	require.NotContains(a, []int{401, 403, 404}, a.status, "%s: %s", a.what, a.body)
	return a
}

func requireOnlyOwn(a *answer, s pair) {
	a.Helper()
	text := string(a.body)
	if strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") {
		require.Contains(a, text, "WAW-01", "%s: the own rows are missing", a.what)
		require.NotContains(a, text, "GDN-01", "%s: a foreign row", a.what)
		return
	}
	require.NotEmpty(a, a.items(), "%s: the own rows are missing", a.what)
	for _, foreign := range []uuid.UUID{s.suesAtMonas.branch, s.suesAtMonas.visit, s.suesAtMonas.evaluation, s.suesAtMonas.goal, s.suesAtMonas.group} {
		require.NotContains(a, text, foreign.String(), "%s: a foreign row", a.what)
	}
}

// target is what an operation is asked about.
type target struct {
	user, branch, checklist, offered, visit, evaluation, goal uuid.UUID
	group, invitation, closedGroup                            uuid.UUID
	study, cost, finding, action, room, venue                 uuid.UUID
	attribute, participant, consent                           uuid.UUID
}

var nowhere = target{uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New(),
	uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New()}

// of is what an operation with this path asks about.
func (about target) of(path string) uuid.UUID {
	return map[string]uuid.UUID{"users": about.user, "branches": about.branch, "checklists": about.checklist, "visits": about.visit, "evaluations": about.evaluation, "targets": about.goal,
		"focus-groups": about.group, "invitations": about.invitation, "attributes": about.attribute, "participants": about.participant,
		"studies": about.study, "rooms": about.room, "venues": about.venue, "costs": about.cost, "findings": about.finding, "actions": about.action}[strings.Split(path, "/")[1]]
}

// pair is two targets: Sam's visits to Max's branch, and Sue's to Mona's; Moe's focus group, and Meg's.
type pair struct{ samsAtMaxs, suesAtMonas target }

type pairs struct {
	w                  *world
	sams, sues         uuid.UUID // checklists
	samsBill, suesBill []byte
	goals              int // each by a day of its own
	meg                *person
	drinks             uuid.UUID
}

func newPairs(w *world) *pairs {
	w.clock.set(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	w.ada.patch("/settings", 0, body{"rotation_days": 0}).is(200)
	w.ada.put("/settings/logo", photo(4)).is(200)
	return &pairs{w: w, sams: w.publish(branchVisit()), sues: w.publish(branchVisit()), samsBill: photo(1), suesBill: photo(2), meg: w.person("Meg", account.Moderator),
		drinks: w.attribute("Drinks")}
}

func (s *pairs) next() pair {
	return pair{
		s.target(s.w.sam, s.w.moe, s.w.oldTown, s.sams, s.samsBill),
		s.target(s.w.sue, s.meg, s.w.harbour, s.sues, s.suesBill),
	}
}

func (s *pairs) target(shopper, moderator *person, b branch, checklist uuid.UUID, picture []byte) target {
	w := s.w
	plan := body{"shopper_id": shopper.id, "branch_id": b.ID}
	v := w.plan(checklist, plan)
	shopper.post(v.path("/accept"), nil).is(200)
	answers := goodAnswers()
	answers["shelf"] = body{"photos": []string{shopper.uploads(picture)}}
	sent := submission(v, answers, nil)
	shopper.post("/evaluations", sent).is(201)
	w.approve(sent["id"].(string), 8)
	s.goals++
	goal := body{"id": uuid.New(), "branch_id": b.ID, "checklist_id": checklist, "score": 8500, "why": "It can be done",
		"by": time.Date(2026, 12, s.goals, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)}
	w.carol.post("/targets", goal).is(201)
	evening, closed := w.evening(moderator), w.evening(moderator).closed(b)
	panel := w.panellist("Petra", s.drinks)
	cost, finding, action := uuid.New(), uuid.New(), uuid.New()
	w.carol.post(evening.path("/costs"), body{"id": cost, "kind": "venue", "actual": 9000}).is(201)
	w.carol.put("/costs/"+cost.String()+"/receipt", photo(3)).is(200)
	w.carol.post(evening.path("/findings"), body{"id": finding, "topic": "Queues", "theme": "Too long", "said_by": 0}).is(201)
	owner := w.max
	if b == w.harbour {
		owner = w.mona
	}
	w.carol.post(evening.path("/actions"), body{"id": action, "text": "Another till", "owner_id": owner.id, "due": "2027-01-31"}).is(201)
	return target{group: evening.id, invitation: evening.anna, closedGroup: closed.id, attribute: panel.attribute, participant: panel.id, consent: panel.consent,
		study: evening.study, room: evening.room, venue: evening.venue, cost: cost, finding: finding, action: action,
		user: shopper.id, goal: goal["id"].(uuid.UUID), branch: b.ID, checklist: checklist, offered: w.plan(checklist, plan).id, visit: v.id, evaluation: uuid.MustParse(sent["id"].(string))}
}

// asks asks for the operation on a target, with a body that gets as far as the rows.
func (p *person) asks(operation string, about target) *answer {
	p.w.Helper()
	method, path, _ := strings.Cut(operation, " ")
	id := about.of(path)
	if strings.HasPrefix(path, "/visits/") && slices.Contains([]string{"accept", "decline", "release", "cancel"}, path[strings.LastIndex(path, "/")+1:]) {
		id = about.offered
	}
	if strings.HasPrefix(path, "/focus-groups/{id}/report") {
		id = about.closedGroup
	}
	picture := photo(3)
	path = strings.NewReplacer("{id}", id.String(), "{consent_id}", about.consent.String(), "{n}", "1", "{sha256}", hashOf(picture), "{invitation_id}", about.invitation.String()).Replace(path)
	var what any
	switch operation {
	case "PUT /photos/{sha256}", "PUT /settings/logo", "PUT /costs/{id}/receipt":
		what = picture
	case "POST /users/import", "POST /branches/import", "POST /visits/import", "POST /participants/import", "POST /participants/import/preview":
		what = "code\n"
		path += "?id=" + uuid.NewString()
	case "POST /evaluations/import":
		what = []byte("PK")
	case "POST /evaluations":
		what = submission(visit{p.w, about.offered}, goodAnswers(), nil)
	case "POST /evaluations/{id}/revisions":
		what = body{"based_on": 1, "answers": goodAnswers()}
	case "PUT /checklists/{id}":
		what = body{"document": branchVisit()}
	case "POST /checklists/{id}/score":
		what = body{"answers": goodAnswers()}
	case "POST /checklists/{id}/copy":
		what = body{"id": uuid.New()}
	case "POST /visits/{id}/offer":
		what = body{"shopper_id": p.w.sam.id}
	case "POST /evaluations/{id}/approve":
		what = body{"revision": 1, "grade": 5}
	case "POST /evaluations/{id}/return":
		what = body{"revision": 1, "questions": []string{"words"}, "words": "Please say more"}
	case "POST /evaluations/{id}/reject":
		what = body{"revision": 1, "reason": "Not a visit"}
	case "PUT /evaluations/{id}/publication":
		what = body{"edits": []body{}}
	case "PUT /focus-groups/{id}/attendance/{invitation_id}":
		what = body{"id": uuid.New(), "outcome": "turned_away", "recorded_at": p.w.clock.now()}
	case "POST /focus-groups/{id}/check-in":
		what = body{"id": uuid.New(), "code": "K7QF3-MZ9TB", "recorded_at": p.w.clock.now()}
	case "POST /focus-groups/{id}/walk-ins":
		what = body{"id": uuid.New(), "name": "Jan", "recorded_at": p.w.clock.now()}
	case "POST /focus-groups/{id}/invitations":
		what = body{"participants": []uuid.UUID{uuid.New()}}
	case "POST /focus-groups/{id}/invitations/send":
		what = body{"who": "drafts"}
	case "POST /invitations/{id}/send":
		what = body{"by_phone": true}
	case "POST /invitations/{id}/answer":
		what = body{"answer": "confirm"}
	case "POST /invitations/{id}/move":
		what = body{"focus_group_id": uuid.New(), "reason": "Another day suits better"}
	case "POST /invitations/{id}/calls":
		what = body{"id": uuid.New(), "outcome": "reached"}
	case "POST /venues/{id}/rooms":
		what = body{"id": uuid.New(), "name": uuid.NewString(), "capacity": 12}
	case "PUT /participants/{id}/needs":
		what = body{"access": "Step-free", "diet": ""}
	case "POST /participants/{id}/consents":
		what = consent("quotes")
	case "POST /focus-groups/{id}/costs":
		what = body{"id": uuid.New(), "kind": "venue", "actual": 1}
	case "POST /focus-groups/{id}/findings":
		what = body{"id": uuid.New(), "topic": "Queues", "theme": "Too long"}
	case "POST /focus-groups/{id}/actions":
		what = body{"id": uuid.New(), "text": "Another till", "owner_id": p.w.carol.id, "due": "2027-01-31"}
	case "POST /costs/{id}/pay":
	case "POST /password-reset":
		what = body{"email": "stranger@example.org"}
	default:
		if method != "GET" && method != "DELETE" {
			what = body{"reason": "Ill"}
		}
		if method == "PATCH" {
			what = body{}
		}
	}
	if operation == "DELETE /session" || operation == "POST /session" || operation == "POST /session/refresh" || operation == "POST /password-reset/confirm" {
		return p.publicly(method, path)
	}
	return p.send(method, path, what, "If-Match", `"99"`)
}

// publicly asks what needs nobody to be signed in: that it answers at all is all that is asked.
func (p *person) publicly(method, path string) *answer {
	p.w.Helper()
	p.until = time.Time{} // it may have ended the session
	a := p.sendAs("", method, path, body{})
	if path == "/session/refresh" && a.status == 401 {
		a.status = 422 // let in, but with no refresh token to spend
	}
	return a
}
