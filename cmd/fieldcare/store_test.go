package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"github.com/valyala/fasthttp"

	"fieldcare/evaluation"
	"fieldcare/internal/account"
	"fieldcare/internal/database"
)

// store is an installation for measuring: shoppers, branches, a checklist, and visits as many as are planned.
type store struct {
	*testing.B
	*installation
	config    Config
	emails    []string
	shoppers  []person
	branches  []uuid.UUID
	checklist uuid.UUID
	score     string // the text of a score, which all evaluations have
	random    *rand.Rand

	url    string // of the API
	client *fasthttp.Client
}

const (
	storeShoppers = 32
	storeBranches = 100
)

func newStore(b *testing.B) *store {
	b.Helper()
	ctx := context.Background()
	s := &store{B: b, random: rand.New(rand.NewPCG(6, 60)), checklist: uuid.Must(uuid.NewV7()), shoppers: make([]person, storeShoppers)}
	s.config = Config{Data: b.TempDir(), PublicURL: "http://localhost:8080", MailFrom: "fieldcare@example.org"}
	var err error
	s.installation, err = s.config.open(ctx, time.Now)
	require.NoError(b, err)
	b.Cleanup(func() { s.db.Close() })

	person := func(email string, role account.Roles) account.User {
		u, err := s.server.Accounts.AddWithPassword(ctx, account.UserChange{Email: &email, Name: &email, Roles: &role}, password)
		require.NoError(b, err)
		return u
	}
	carol := person("carol@example.org", account.Coordinator)
	for n := range storeShoppers {
		s.emails = append(s.emails, fmt.Sprintf("shopper%d@example.org", n))
		person(s.emails[n], account.Shopper)
	}
	for n := range storeBranches {
		code, zone, empty := fmt.Sprintf("B-%03d", n), "Europe/Warsaw", ""
		added, _, err := s.server.Branches.Add(ctx, carol, uuid.Must(uuid.NewV7()), "bench", evaluation.BranchChange{
			Code: &code, Name: &code, Address: &empty, Region: &empty, Brand: &empty, Zone: &zone, Position: &evaluation.Position{Lat: 52.23, Lon: 21.01}})
		require.NoError(b, err)
		s.branches = append(s.branches, added.ID)
	}
	document, err := json.Marshal(sixtyQuestions())
	require.NoError(b, err)
	c, _, err := s.server.Checklists.Add(ctx, carol, s.checklist, "bench", document)
	require.NoError(b, err)
	_, err = s.server.Checklists.Publish(ctx, carol, s.checklist, c.Edition)
	require.NoError(b, err)

	answers := map[string]json.RawMessage{}
	text, err := json.Marshal(s.answers([2]string{strings.Repeat("a", 64), strings.Repeat("b", 64)}))
	require.NoError(b, err)
	require.NoError(b, json.Unmarshal(text, &answers))
	score, err := s.server.Checklists.Trial(ctx, s.checklist, 1, answers)
	require.NoError(b, err)
	text, err = json.Marshal(score)
	require.NoError(b, err)
	s.score = string(text)
	s.signIn()
	return s
}

// sixtyQuestions is a checklist of six sections with ten questions each, of which a third are under a condition.
func sixtyQuestions() object {
	points := func(n int) object { return object{"points": n} }
	upTo := func(limit float64, n int) object { return object{"up_to": limit, "points": n} }
	yesOrNo := []object{{"id": "yes", "text": "Yes", "points": 200}, {"id": "no", "text": "No", "points": 0}, {"id": "na", "text": "Not there", "na": true}}
	fails := []object{{"id": "yes", "text": "Yes", "points": 100}, {"id": "no", "text": "No", "points": 0, "fails": true}}
	some := []object{{"id": "a", "text": "The menu", "points": 50}, {"id": "b", "text": "The price", "points": 50}, {"id": "c", "text": "A stain", "points": -50}, {"id": "none", "text": "Nothing", "exclusive": true, "points": 0}}
	last := []object{
		{"type": "photo", "text": "The front"}, {"type": "photo", "text": "The shelf"}, {"type": "time", "text": "When did you pay?"},
		{"type": "date", "text": "What day was on the label?"}, {"type": "location", "text": "Where are you?"}, {"type": "text", "text": "Anything else?"},
	}
	sections := []object{}
	for n := range 6 {
		id := func(i int) string { return fmt.Sprintf("s%d-q%d", n, i) }
		special := last[n]
		special["id"] = id(9)
		section := object{"id": fmt.Sprintf("s%d", n), "title": fmt.Sprintf("Part %d of the visit", n+1), "weight": 1000 + 200*n, "questions": []object{
			{"id": id(0), "type": "choice", "text": "Were you greeted when you came in?", "required": true, "options": yesOrNo},
			{"id": id(1), "type": "text", "text": "What happened instead?", "required": true, "min_length": 20, "show_when": object{"question": id(0), "is": []string{"no"}}},
			{"id": id(2), "type": "scale", "text": "How friendly were you served?", "from": 1, "to": 5, "na": true, "bands": []object{upTo(2, 0), upTo(4, 100), points(200)}},
			{"id": id(3), "type": "choices", "text": "What did you see on the table?", "options": some},
			{"id": id(4), "type": "number", "text": "How warm was it inside?", "decimals": 1, "min": -20, "max": 60, "bands": []object{upTo(17.5, 0), upTo(25, 100), points(0)}},
			{"id": id(5), "type": "duration", "text": "How long did you wait?", "bands": []object{upTo(120, 300), upTo(300, 100), points(0)}},
			{"id": id(6), "type": "choice", "text": "Was what you got what you asked for?", "options": fails},
			{"id": id(7), "type": "scale", "text": "How clean was it?", "from": 1, "to": 5, "bands": []object{upTo(2, 0), upTo(4, 100), points(200)},
				"show_when": object{"any": []object{{"question": id(5), "at_most": 600}, {"question": id(6), "is": []string{"no"}}}}},
			{"id": id(8), "type": "text", "text": "Describe it in your own words", "show_when": object{"all": []object{{"question": id(0), "answered": true}, {"question": id(2), "at_least": 1}}}},
			special,
		}}
		if n > 2 {
			section["show_when"] = object{"question": "s0-q0", "is": []string{"yes", "no"}}
		}
		sections = append(sections, section)
	}
	return object{"title": "Branch visit", "languages": []string{"en"}, "sections": sections,
		"moments": []object{{"id": "in", "text": "Came in"}, {"id": "served", "text": "Served"}, {"id": "out", "text": "Left"}},
		"scoring": object{"method": "weighted_sections", "critical": "cap", "critical_cap": 5000, "cap_bonus": true,
			"bands": []object{{"from": 9000, "name": "Excellent"}, {"from": 7500, "name": "Good"}, {"from": 0, "name": "Below standard"}}}}
}

// answers answers every question that is visible.
func (s *store) answers(photos [2]string) object {
	a := object{}
	for n := range 6 {
		id := func(i int) string { return fmt.Sprintf("s%d-q%d", n, i) }
		a[id(0)] = "yes"
		if n%3 == 1 {
			a[id(0)], a[id(1)] = "no", "Nobody looked up until I spoke, and then the phone rang."
		}
		a[id(2)], a[id(7)] = 1+s.random.IntN(5), 1+s.random.IntN(5)
		a[id(3)] = []string{"a", "b"}
		a[id(4)], a[id(5)], a[id(6)] = 21.5, 30+s.random.IntN(400), "yes"
		a[id(8)] = "The counter was busy, but I was seen at once and served with a smile; the cup was warm and the table was wiped."
	}
	a["s0-q9"], a["s1-q9"] = object{"photos": photos[:1]}, object{"photos": photos[1:]}
	a["s2-q9"], a["s3-q9"], a["s5-q9"] = "14:05", "2026-11-21", "Kawa była bardzo dobra, a obsługa życzliwa."
	a["s4-q9"] = object{"lat": 52.2301, "lon": 21.0101, "accuracy": 12}
	return a
}

// planned is a visit that was accepted, whose photos are there, and the evaluation that its shopper is about to hand in.
type planned struct {
	visit, evaluation uuid.UUID
	branch            uuid.UUID
	shopper           int
	photos            [2]string // the hashes of the uploads
	photoIDs          [2]uuid.UUID
	begun             time.Time
	body              []byte
	hash              string
}

// plan keeps visits in the state in which they wait for their evaluation. The photos are rows only: handing in an
// evaluation looks at no more of them.
func (s *store) plan(n int) []*planned { return s.planAt(n, time.Now().Add(-2*time.Hour)) }

func (s *store) planAt(n int, begun time.Time) []*planned {
	s.Helper()
	all := make([]*planned, n)
	for i := range all {
		p := &planned{visit: uuid.Must(uuid.NewV7()), evaluation: uuid.New(), shopper: s.random.IntN(storeShoppers),
			branch: s.branches[s.random.IntN(storeBranches)], begun: begun.UTC().Truncate(time.Second)}
		for i := range p.photos {
			p.photos[i], p.photoIDs[i] = database.HashOf([]byte(uuid.NewString())), uuid.Must(uuid.NewV7())
		}
		at := func(minutes int) string {
			return p.begun.Add(time.Duration(minutes) * time.Minute).Format(time.RFC3339)
		}
		var err error
		p.body, err = json.Marshal(object{"id": p.evaluation, "visit_id": p.visit, "answers": s.answers(p.photos), "begun": at(0), "finished": at(40),
			"moments": []object{{"id": "in", "at": at(0)}, {"id": "served", "at": at(6)}, {"id": "out", "at": at(31)}},
			"photos": []object{{"sha256": p.photos[0], "taken_at": at(1), "position": object{"lat": 52.23, "lon": 21.01, "accuracy": 9}, "source": "camera"},
				{"sha256": p.photos[1], "taken_at": at(20), "position": object{"lat": 52.23, "lon": 21.01, "accuracy": 9}, "source": "camera"}}})
		require.NoError(s, err)
		p.hash = database.HashOf(p.body)
		all[i] = p
	}
	for chunk := all; len(chunk) > 0; chunk = chunk[min(len(chunk), 500):] {
		require.NoError(s, s.db.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
			for _, p := range chunk[:min(len(chunk), 500)] {
				if err := s.insertVisit(ctx, tx, p); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	return all
}

func (s *store) insertVisit(ctx context.Context, tx bun.Tx, p *planned) error {
	opens, closes, shopper := p.begun.Add(-24*time.Hour), p.begun.Add(48*time.Hour), s.shoppers[p.shopper].id
	const wall = "2006-01-02T15:04"
	if _, err := benchVisit.Exec(ctx, tx, p.visit, p.branch, s.checklist, shopper, opens.Format(wall), closes.Format(wall),
		database.At(opens), database.At(closes), database.At(closes.Add(24*time.Hour)), database.At(opens)); err != nil {
		return err
	}
	for _, move := range [][2]string{{"planned", "offered"}, {"offered", "accepted"}} {
		if err := s.insertMove(ctx, tx, p, move[0], move[1]); err != nil {
			return err
		}
	}
	for i, hash := range p.photos {
		if _, err := benchPhoto.Exec(ctx, tx, p.photoIDs[i], hash, shopper, database.HashOf([]byte(hash)), database.At(p.begun)); err != nil {
			return err
		}
	}
	return nil
}

func (s *store) insertMove(ctx context.Context, tx bun.Tx, p *planned, from, to string) error {
	_, err := benchMove.Exec(ctx, tx, uuid.Must(uuid.NewV7()), p.visit, database.At(p.begun), s.shoppers[p.shopper].id, from, to)
	return err
}

// write is the limit: the rows of one submission through the writer, and nothing else.
func (s *store) write(p *planned) error {
	return s.db.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error { return s.insertEvaluation(ctx, tx, p) })
}

func (s *store) insertEvaluation(ctx context.Context, tx bun.Tx, p *planned) error {
	shopper, received := s.shoppers[p.shopper].id, database.At(p.begun.Add(time.Hour))
	if _, err := benchTake.Exec(ctx, tx, p.visit, shopper); err != nil {
		return err
	}
	if _, err := benchEvaluation.Exec(ctx, tx, p.evaluation, p.visit, p.branch, s.checklist, shopper, database.At(p.begun),
		database.At(p.begun.Add(40*time.Minute)), p.begun.Format(time.DateOnly), received, 870000, rand.Int64()); err != nil {
		return err
	}
	if _, err := benchRevision.Exec(ctx, tx, p.evaluation, p.hash, string(p.body), s.score, shopper, received); err != nil {
		return err
	}
	for i, photo := range p.photoIDs {
		if _, err := benchPhotoOf.Exec(ctx, tx, p.evaluation, i+1, fmt.Sprintf("s%d-q9", i), photo); err != nil {
			return err
		}
	}
	if err := s.insertMove(ctx, tx, p, "accepted", "submitted"); err != nil {
		return err
	}
	_, err := benchJob.Exec(ctx, tx, uuid.Must(uuid.NewV7()), `{"evaluation":"`+p.evaluation.String()+`"}`, received, received)
	return err
}

// fill keeps evaluations of the last two years, all approved.
func (s *store) fill(n int) {
	s.Helper()
	const together = 1000
	for done := 0; done < n; done += together {
		begun := time.Now().Add(-time.Hour * time.Duration(17520-17000*done/n))
		work := s.planAt(together, begun)
		require.NoError(s, s.db.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
			for _, p := range work {
				if err := s.insertEvaluation(ctx, tx, p); err != nil {
					return err
				}
				if err := s.insertMove(ctx, tx, p, "submitted", "approved"); err != nil {
					return err
				}
			}
			for _, statement := range []string{
				"UPDATE visits SET state = 'approved' WHERE state = 'submitted'",
				"UPDATE evaluations SET approved_at = received_at, grade = 8 WHERE approved_at IS NULL AND received_at >= " + fmt.Sprint(begun.UnixMicro()),
				"DELETE FROM jobs WHERE kind = 'evaluation-submitted'",
			} {
				if _, err := tx.ExecContext(ctx, statement); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

var (
	benchVisit = database.Prepared(`INSERT INTO visits (id, branch_id, checklist_id, checklist_version, shopper_id, state, opens, closes, zone,
		opens_at, closes_at, deadline_minutes, expires_at, persona, instructions, questions, fee, expense_limit, currency, created_at, edition)
		VALUES (?, ?, ?, 1, ?, 'accepted', ?, ?, 'Europe/Warsaw', ?, ?, 1440, ?, 'A commuter in a hurry who has never been here',
		'Order a hot drink and something to eat, and stay for ten minutes.', 'Ask for oat milk.', 1500, 1200, 'EUR', ?, 3)`)
	benchMove  = database.Prepared("INSERT INTO visit_moves (id, visit_id, at, actor_id, from_state, to_state, reason) VALUES (?, ?, ?, ?, ?, ?, '')")
	benchPhoto = database.Prepared(`INSERT INTO photos (id, uploaded_hash, owner_id, stored_hash, bytes, width, height, taken, created_at)
		VALUES (?, ?, ?, ?, 300000, 2048, 1536, '', ?)`)
	benchTake       = database.Prepared("UPDATE visits SET state = 'submitted', edition = edition + 1 WHERE id = ? AND shopper_id = ? AND edition = 3")
	benchEvaluation = database.Prepared(`INSERT INTO evaluations (id, visit_id, branch_id, checklist_id, checklist_version, shopper_id, revision,
		begun_at, finished_at, day, received_at, marks, score, fraction, open_questions, words, shuffle, edition) VALUES (?, ?, ?, ?, 1, ?, 1, ?, ?, ?, ?, '[]', ?, '87/100', '[]', '', ?, 1)`)
	benchRevision = database.Prepared(`INSERT INTO revisions (evaluation_id, number, content_hash, document, score, changed, author_id, reason, received_at)
		VALUES (?, 1, ?, ?, ?, '[]', ?, '', ?)`)
	benchPhotoOf = database.Prepared("INSERT INTO evaluation_photos (evaluation_id, number, question_id, photo_id) VALUES (?, ?, ?, ?)")
	benchJob     = database.Prepared(`INSERT INTO jobs (id, kind, payload, state, run_at, due_at, holder, attempts, last_error)
		VALUES (?, 'evaluation-submitted', ?, 'waiting', ?, ?, '', 0, '')`)
)
