package handlers_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/fault"
)

// asked is a question of one type: which answers it takes, and which it refuses with what would be right.
type asked struct {
	kind   string
	keys   body // what it has beside id, type and text
	right  any
	na     any       // the answer that says N/A
	noNA   string    // what it is told where the question allows none
	empty  []any     // as if it were left out
	wrong  []refused // of another type
	beyond []refused // of the type, but too long or out of range
}

// refused are answers that are told the same.
type refused struct {
	says string
	sent []any
}

var (
	someHash  = hashOf(photo(1)) // which Sam has uploaded
	otherHash = hashOf(photo(2))
	thirdHash = hashOf(photo(3))
	plainNA   = body{"na": true}
	isNoNA    = `"not applicable" is no answer here`
)

func steps(points ...int) (bands []body) {
	for i, p := range points {
		band := body{"points": p}
		if i < len(points)-1 {
			band["up_to"] = i + 1
		}
		bands = append(bands, band)
	}
	return bands
}

var everyType = []asked{
	{kind: "choice", keys: body{"options": []body{{"id": "yes", "text": "Yes", "points": 200}, {"id": "no", "text": "No", "points": 0}}},
		right: "yes", na: "na", noNA: "must be one of these options: yes, no", empty: []any{nil, ""},
		wrong:  []refused{{"must be one of these options: yes, no", []any{7, true, []string{"yes"}, body{"yes": true}}}},
		beyond: []refused{{"must be one of these options: yes, no", []any{"perhaps", "YES", strings.Repeat("yes", 5000)}}}},
	{kind: "choices", keys: body{"options": []body{{"id": "tea", "text": "Tea", "points": 100}, {"id": "cake", "text": "Cake", "points": 100}, {"id": "none", "text": "Nothing", "points": 0, "exclusive": true}}},
		right: []string{"tea", "cake"}, na: []string{"na"}, noNA: "must be a list of these options: tea, cake, none", empty: []any{nil, "", []string{}},
		wrong: []refused{{"must be a list of these options: tea, cake, none", []any{7, "tea", body{"tea": true}, []any{1}, []any{[]any{"tea"}}}}},
		beyond: []refused{
			{"must be a list of these options: tea, cake, none", []any{[]string{"beer"}, []string{"tea", ""}}},
			{"must name each option once", []any{[]string{"tea", "cake", "tea"}}},
			{`must name "none" alone`, []any{[]string{"tea", "none"}}}}},
	{kind: "scale", keys: body{"from": 1, "to": 5, "bands": steps(0, 0, 100, 100, 200)},
		right: 4, na: plainNA, noNA: isNoNA, empty: []any{nil, ""},
		wrong:  []refused{{"must be a whole number from 1 to 5", []any{"4", true, []int{4}, body{"step": 4}}}},
		beyond: []refused{{"must be a whole number from 1 to 5", []any{0, 6, -3, 4.5, 1e30}}}},
	{kind: "number", keys: body{"min": 0, "max": 99.5, "decimals": 1, "bands": steps(0, 100)},
		right: 36.6, na: plainNA, noNA: isNoNA, empty: []any{nil, ""},
		wrong:  []refused{{"must be a number with at most one decimal from 0 to 99.5", []any{"36.6", false, []float64{36.6}, body{"value": 36.6}}}},
		beyond: []refused{{"must be a number with at most one decimal from 0 to 99.5", []any{99.6, -0.1, 36.65, 1e300, -1e18}}}},
	{kind: "duration", keys: body{"max": 3600, "bands": steps(200, 0)},
		right: 95, na: plainNA, noNA: isNoNA, empty: []any{nil, ""},
		wrong:  []refused{{"must be a whole number of seconds from 0 to 3600", []any{"95", "1:35", true, []int{1, 35}, body{"seconds": 95}}}},
		beyond: []refused{{"must be a whole number of seconds from 0 to 3600", []any{-1, 3601, 95.5, 1e15}}}},
	{kind: "text", keys: body{"min_length": 5, "max_length": 20},
		right: strings.Repeat("ł", 20), na: plainNA, noNA: isNoNA, empty: []any{nil, "", "  \n "},
		wrong: []refused{{"must be a text in quotes", []any{7, true, []string{"Friendly"}, body{"text": "Friendly"}}}},
		beyond: []refused{
			{"must have at least 5 characters", []any{"Hm", " Hm        "}},
			{"must have at most 20 characters", []any{strings.Repeat("ł", 21), strings.Repeat("a", 100_000)}}}},
	{kind: "date", right: "2026-11-21", na: plainNA, noNA: isNoNA, empty: []any{nil, ""},
		wrong:  []refused{{`must be a day of the calendar such as "2026-11-21"`, []any{20261121, "21.11.2026", "2026-11-21T10:00:00Z", []int{2026, 11, 21}, body{"day": "2026-11-21"}}}},
		beyond: []refused{{`must be a day of the calendar such as "2026-11-21"`, []any{"2026-02-30", "2026-13-01", "12026-01-01", "2026-1-1"}}}},
	{kind: "time", right: "14:05", na: plainNA, noNA: isNoNA, empty: []any{nil, ""},
		wrong:  []refused{{`must be a time of day such as "14:05"`, []any{1405, "2 pm", "14:05:30", []int{14, 5}, body{"at": "14:05"}}}},
		beyond: []refused{{`must be a time of day such as "14:05"`, []any{"24:00", "14:60", "9:05", "-1:00"}}}},
	{kind: "photo", keys: body{"max_photos": 2},
		right: body{"photos": []string{someHash}}, na: plainNA, noNA: isNoNA, empty: []any{nil, "", body{}, body{"photos": []string{}}},
		wrong: []refused{{`must be an object {"photos": [the SHA-256 of each]}`, []any{7, someHash, []string{someHash}, body{"photos": someHash}, body{"photo": []string{someHash}}}}},
		beyond: []refused{
			{"must have from 1 to 2 photos", []any{body{"photos": []string{someHash, otherHash, thirdHash}}}},
			{"must name each photo once", []any{body{"photos": []string{someHash, someHash}}}},
			{"must name each photo by its SHA-256", []any{body{"photos": []string{"shelf.jpg"}}, body{"photos": []string{strings.ToUpper(someHash)}}}}}},
	{kind: "receipt", keys: body{"max_photos": 1},
		right: body{"amount": 1250, "currency": "EUR", "photos": []string{someHash}}, na: plainNA, noNA: isNoNA, empty: []any{nil, "", body{}, body{"photos": []string{}}},
		wrong: []refused{{`must be an object {"amount": in minor units such as 1250 for 12.50, "currency": "EUR"`, []any{12.5, "12.50 EUR", true, []any{1250, "EUR"},
			body{"amount": "1250", "currency": "EUR", "photos": []string{someHash}}, body{"amount": 1250, "currency": 978, "photos": []string{someHash}}}}},
		beyond: []refused{
			{`must be an object {"amount": in minor units`, []any{
				body{"amount": 12.5, "currency": "EUR", "photos": []string{someHash}}, body{"amount": -1, "currency": "EUR", "photos": []string{someHash}},
				body{"amount": 1e17, "currency": "EUR", "photos": []string{someHash}}, body{"amount": 1250, "currency": "EURO", "photos": []string{someHash}},
				body{"currency": "EUR", "photos": []string{someHash}}, body{"amount": 1250, "currency": "EUR", "photos": []string{someHash}, "tip": 100}}},
			{"must have from 1 to 1 photos", []any{body{"amount": 1250, "currency": "EUR"}, body{"amount": 1250, "currency": "EUR", "photos": []string{someHash, otherHash}}}}}},
	{kind: "location", right: body{"lat": 52.1, "lon": 21.0, "accuracy": 12}, na: plainNA, noNA: isNoNA, empty: []any{nil, ""},
		wrong: []refused{{`must be an object {"lat": from -90 to 90, "lon": from -180 to 180, "accuracy": in metres}`, []any{52.1, "52.1, 21.0", []float64{52.1, 21.0}, body{"lat": "52.1", "lon": "21.0"}}}},
		beyond: []refused{{`must be an object {"lat": from -90 to 90, "lon": from -180 to 180, "accuracy": in metres}`, []any{
			body{"lat": 90.01, "lon": 21.0}, body{"lat": 52.1, "lon": -180.5}, body{"lat": 52.1, "lon": 21.0, "accuracy": -1}, body{"lat": 52.1}, body{"lat": nil, "lon": 21.0}}}}},
	{kind: "note", na: plainNA, noNA: isNoNA, empty: []any{nil, ""},
		wrong:  []refused{{"asks nothing; leave the answer out", []any{7, "Read it", true, []string{"Read it"}, body{"read": true}}}},
		beyond: []refused{{"asks nothing; leave the answer out", []any{strings.Repeat("a", 100_000)}}}},
}

// asks is false of a note, which is never answered.
func (a asked) asks() bool { return a.right != nil }

// id is the question's.
func (a asked) id() string { return "q-" + a.kind }

// question is it as a checklist has it.
func (a asked) question(more body) body {
	q := body{"id": a.id(), "type": a.kind, "text": "Tell us the " + a.kind}
	maps.Copy(q, a.keys)
	maps.Copy(q, more)
	return q
}

// required, optional and allowingNA are ways to ask.
func required(a asked) body {
	switch {
	case !a.asks():
		return nil
	case a.kind == "location": // a position is demanded of nobody
		return body{"required": true, "na": true}
	}
	return body{"required": true}
}

func optional(asked) body { return nil }

func allowingNA(a asked) body {
	options, choice := a.keys["options"].([]body)
	switch {
	case choice:
		return body{"options": append(options[:len(options):len(options)], body{"id": "na", "text": "Not applicable", "na": true})}
	case a.asks():
		return body{"na": true}
	}
	return nil
}

func oneSection(questions ...body) body {
	return body{"title": "Every type", "languages": []string{"en"}, "sections": []body{{"id": "all", "title": "All", "questions": questions}}}
}

// gated is a checklist that asks a question of every type when the branch was open, and perhaps a visit that it is for.
type gated struct {
	w         *world
	checklist uuid.UUID
	visit     visit
}

func newGated(w *world, way func(asked) body) gated {
	questions := []body{{"id": "gate", "type": "choice", "text": "Was the branch open?", "required": true,
		"options": []body{{"id": "open", "text": "Yes", "points": 100}, {"id": "shut", "text": "No", "points": 0}}}}
	for _, a := range everyType {
		q := a.question(way(a))
		q["show_when"] = body{"question": "gate", "is": []string{"open"}}
		questions = append(questions, q)
	}
	return gated{w: w, checklist: w.publish(oneSection(questions...))}
}

// rightly answers every question rightly, but this one so.
func rightly(a asked, answer any) body {
	all := body{"gate": "open"}
	for _, other := range everyType {
		if other.asks() {
			all[other.id()] = other.right
		}
	}
	all[a.id()] = answer
	return all
}

func (g gated) dryRun(answers body) *answer {
	g.w.Helper()
	return g.w.carol.post("/checklists/"+g.checklist.String()+"/score", body{"version": 1, "answers": answers})
}

func (g gated) handIn(answers body) *answer {
	g.w.Helper()
	return g.w.sam.post("/evaluations", submission(g.visit, answers, nil))
}

// part is what the dry run says of one question, nothing where that is not scored.
func (g gated) part(a asked, answers body) body {
	g.w.Helper()
	var score struct{ Questions []body }
	g.dryRun(answers).is(200).into(&score)
	for _, q := range score.Questions {
		if q["id"] == a.id() {
			return q
		}
	}
	return nil
}

// refuses requires that the answers are refused, in the dry run and handed in, for this question alone.
func (g gated) refuses(a asked, answers body, says string) {
	g.w.Helper()
	for way, answer := range map[string]*answer{"dry run": g.dryRun(answers), "handed in": g.handIn(answers)} {
		faults := faultsOf(answer.is(422))
		require.Len(g.w, faults, 1, "%s: %s", way, answer.body)
		require.Equal(g.w, a.id(), faults[0].Question, way)
		require.Equal(g.w, "/answers/"+a.id(), faults[0].Pointer, way)
		require.Contains(g.w, faults[0].Detail, says, way)
	}
}

func faultsOf(a *answer) []fault.Fault {
	a.Helper()
	require.Equal(a, "application/problem+json", a.header.Get("Content-Type"))
	var problem struct{ Errors []fault.Fault }
	a.into(&problem)
	return problem.Errors
}

func TestEveryTypeOfQuestionTakesWhatIsRightAndSaysWhatWouldBe(t *testing.T) {
	require.Len(t, everyType, 12)
	w := newWorld(t)
	strict, lenient, easy := newGated(w, required), newGated(w, optional), newGated(w, allowingNA)
	strict.visit = w.accepted(strict.checklist)
	require.Equal(t, someHash, w.sam.uploads(photo(1)))
	for _, a := range everyType {
		t.Run(a.kind, func(t *testing.T) {
			w.T = t
			scored := a.keys["options"] != nil || a.keys["bands"] != nil

			part := strict.part(a, rightly(a, a.right))
			require.Equal(t, scored, part["counted"] == true)
			for _, alike := range append(a.wrong[:len(a.wrong):len(a.wrong)], a.beyond...) {
				for _, sent := range alike.sent {
					strict.refuses(a, rightly(a, sent), alike.says)
				}
			}

			if a.kind == "location" {
				require.Contains(t, faultsOf(lenient.dryRun(rightly(a, a.na)).is(422))[0].Detail, a.noNA)
			} else {
				strict.refuses(a, rightly(a, a.na), a.noNA)
			}
			if a.asks() {
				part = easy.part(a, rightly(a, a.na))
				require.Equal(t, scored, part["na"] == true)
			}

			for _, nothing := range a.empty {
				part = lenient.part(a, rightly(a, nothing))
				require.Equal(t, scored, part["na"] == true, "left empty is as N/A")
				if a.asks() {
					strict.refuses(a, rightly(a, nothing), "must be answered")
				}
			}

			part = strict.part(a, body{"gate": "shut"})
			require.NotContains(t, part, "visible")
			if a.asks() {
				strict.refuses(a, body{"gate": "shut", a.id(): a.right}, "is not asked here")
			}

			later := body{"id": "later", "type": "scale", "text": "How was it?", "from": 1, "to": 2, "bands": steps(0, 100)}
			early := w.draft(oneSection(a.question(body{"show_when": body{"question": "later", "answered": true}}), later))
			require.Equal(t, []fault.Fault{{Pointer: "/sections/0/questions/0/show_when/question", Question: a.id(),
				Detail: "must be the id of an earlier question; this one comes later, or is the one that is shown"}}, faultsOf(early.publish(1).is(422)))
		})
	}
	w.T = t
	strict.handIn(rightly(everyType[0], everyType[0].right)).is(201)
}

// draft is a checklist that is being edited.
type draft struct {
	w  *world
	id uuid.UUID
}

func (d draft) path(more string) string { return fmt.Sprintf("/checklists/%s%s", d.id, more) }

func (w *world) draft(document body) draft {
	w.Helper()
	d := draft{w, uuid.Must(uuid.NewV7())}
	w.carol.post("/checklists", body{"id": d.id, "document": document}).is(201)
	return d
}

func (d draft) publish(edition int64) *answer {
	d.w.Helper()
	return d.w.carol.send("POST", d.path("/publish"), nil, "If-Match", etag(edition))
}

func (d draft) put(edition int64, document body) *answer {
	d.w.Helper()
	return d.w.carol.send("PUT", d.path(""), body{"document": document}, "If-Match", etag(edition))
}
