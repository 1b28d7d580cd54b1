package handlers_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// Whatever is sent, no answer is an internal error (the world's client requires that of every answer), and each refusal
// is a problem that says something. What was taken can be read again, and goes its whole way.

// In what the fuzzer writes these stand for ids that cannot be known beforehand.
const (
	newID      = "00000000-0000-4000-8000-00000000000a" // one that nothing has yet
	theVisit   = "00000000-0000-4000-8000-00000000000b" // the visit that waits for an evaluation
	theVersion = "00000000-0000-4000-8000-00000000000c" // a published checklist
)

// tried requires of an answer that it is either what was asked for, or a problem.
func (a *answer) tried() *answer {
	a.Helper()
	if a.status >= 400 {
		require.Equal(a, "application/problem+json", a.header.Get("Content-Type"), a.what)
		require.NotEmpty(a, a.object()["detail"], a.what)
	}
	return a
}

// json sends a text as a JSON body.
func (p *person) json(method, path, text string, headers ...string) *answer {
	p.w.Helper()
	return p.send(method, path, []byte(text), append(headers, "Content-Type", "application/json")...).tried()
}

func FuzzSubmission(f *testing.F) {
	w := newWorld(f)
	w.ada.patch("/settings", 0, body{"rotation_days": 0}).is(200)
	w.clock.set(monday.Add(4 * time.Hour))
	checklist := w.publish(branchVisit())
	v, returned := w.accepted(checklist), w.returned(checklist)
	shelf := w.sam.uploads(photo(1))

	valid := submission(v, goodAnswers(), body{"id": newID, "visit_id": theVisit,
		"moments": []body{{"id": "in", "at": "2026-11-23T11:00:00Z"}},
		"photos":  []body{{"sha256": shelf, "taken_at": "2026-11-23T11:05:00Z", "position": body{"lat": 52.25, "lon": 21.01, "accuracy": 12}, "source": "camera"}}})
	answers := valid["answers"].(body)
	answers["shelf"] = body{"photos": []string{shelf}}
	answers["bill"] = body{"amount": 1250, "currency": "EUR", "photos": []string{shelf}}
	answers["here"] = body{"lat": 52.25, "lon": 21.01, "accuracy": 12}
	answers["at"] = "12:05"
	revision := body{"based_on": 1, "answers": goodAnswers()}
	for _, text := range append(broken(valid, 12), jsonText(revision), strings.Replace(jsonText(revision), "Friendly", `\ud83d\ude00 \ud83d`, 1)) {
		f.Add(text)
	}

	f.Fuzz(func(t *testing.T, text string) {
		w.T = t
		text = strings.NewReplacer(newID, uuid.NewString(), theVisit, v.id.String()).Replace(text)
		if a := w.sam.json("POST", "/evaluations", text); a.status == 201 {
			v = w.accepted(checklist)
			w.walks(a.object()["id"].(string), 1)
		}
		if a := w.sam.json("POST", "/evaluations/"+returned+"/revisions", text); a.status == 201 {
			id := returned
			returned = w.returned(checklist)
			w.walks(id, 2)
		}
	})
}

// returned is an evaluation of Sam's that was returned to him, all of it.
func (w *world) returned(checklist uuid.UUID) string {
	w.Helper()
	s := submission(w.accepted(checklist), goodAnswers(), nil)
	id := s["id"].(string)
	w.sam.post("/evaluations", s).is(201)
	w.carol.post("/evaluations/"+id+"/return", body{"revision": 1, "words": "Again, please",
		"questions": []string{"greeted", "wait", "why", "clean", "words", "at", "shelf", "bill", "here", "note-to-office"}}).is(200)
	return id
}

// walks lets everybody read an evaluation, approves it and prints it, and rejects it at last, so that the next report is
// no longer than this one.
func (w *world) walks(id string, revision int) {
	w.Helper()
	path := "/evaluations/" + id
	w.sam.get(path).is(200)
	w.carol.get(path).is(200)
	w.carol.post(path+"/approve", body{"revision": revision, "grade": 5}).is(200)
	w.max.get(path).is(200)
	w.max.get("/branches/" + w.oldTown.ID.String() + "/report").is(200)
	w.max.get("/branches/" + w.oldTown.ID.String() + "/report.pdf").is(200)
	w.carol.post(path+"/reopen", body{"reason": "A test"}).is(200)
	w.carol.post(path+"/reject", body{"revision": revision, "reason": "A test"}).is(200)
}

func FuzzChecklist(f *testing.F) {
	w := newWorld(f)
	draft := w.draft(branchVisit())
	edition := int64(1)
	good := jsonText(body{"answers": goodAnswers()})
	for _, text := range broken(body{"id": newID, "document": branchVisit()}, 3) {
		f.Add(text, good)
	}
	for _, text := range broken(body{"version": 1, "answers": goodAnswers()}, 3) {
		f.Add(jsonText(body{"id": newID, "document": branchVisit()}), text)
	}

	f.Fuzz(func(t *testing.T, text, trial string) {
		w.T = t
		text = strings.ReplaceAll(text, newID, uuid.NewString())
		if a := w.carol.json("PUT", draft.path(""), text, "If-Match", etag(edition)); a.status == 200 {
			edition++
			w.carol.get(draft.path("")).is(200)
		}
		w.carol.json("POST", draft.path("/score"), trial)
		a := w.carol.json("POST", "/checklists", text)
		if a.status != 201 {
			return
		}
		path := "/checklists/" + a.object()["id"].(string)
		w.carol.get(path).is(200)
		w.carol.post(path+"/copy", body{"id": uuid.New()}).is(201)
		if w.carol.send("POST", path+"/publish", nil, "If-Match", `"1"`).tried().status == 200 {
			w.carol.get(path + "/versions/1").is(200)
			w.carol.json("POST", path+"/score", trial)
		}
	})
}

func FuzzPhoto(f *testing.F) {
	w := newWorld(f)
	for _, upload := range brokenPhotos(f) {
		f.Add(upload)
	}
	f.Fuzz(func(t *testing.T, upload []byte) {
		w.T = t
		if a := w.sam.put("/photos/"+hashOf(upload), upload).tried(); a.status == 200 {
			require.Equal(t, a.object(), w.sam.put("/photos/"+hashOf(upload), upload).is(200).object())
		}
		a := w.sam.put("/photos/"+hashOf([]byte("another")), upload).tried()
		require.Contains(t, []int{400, 422}, a.status)
	})
}

func FuzzCSV(f *testing.F) {
	w := newWorld(f)
	checklist := w.publish(branchVisit())
	for _, file := range brokenTables() {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file string) {
		w.T = t
		text := strings.NewReplacer(theVersion, checklist.String(), newID, uuid.NewString()).Replace(file)
		w.carol.post("/branches/import", text).tried()
		w.ada.post("/users/import", text).tried()
		a := w.carol.post("/visits/import?confirm_rotation=true&id="+uuid.NewString(), text).tried()
		if a.status == 201 {
			w.carol.get("/visits/" + a.items()[0]["id"].(string)).is(200)
		}
	})
}

func FuzzLists(f *testing.F) {
	w := newWorld(f)
	w.plan(w.publish(branchVisit()), nil)
	for _, cursor := range []string{"", "x", `["A"]`, `["A","B"]`, `[1,"B"]`, `["\u0000","\ud800"]`, `[1e999,null]`, `[[],{}]`, "null", "[" + strings.Repeat("[", 300)} {
		f.Add(cursor, "łódź")
	}
	for _, search := range []string{"%", "_", `\`, `'`, `";--`, "\x00", "\xff", "?", "$1", strings.Repeat("ł", 100), "\u202e\u0301\u0301"} {
		f.Add(`["A"]`, search)
	}
	f.Fuzz(func(t *testing.T, cursor, search string) {
		w.T = t
		if len(cursor)+len(search) > 1000 {
			return // an address has its limit, which is the server's
		}
		for _, list := range []string{"/users", "/branches", "/checklists", "/visits", "/evaluations", "/audit", "/mails", "/participants"} {
			w.ada.get(list + "?" + queryOf("cursor", base64Of(cursor))).tried()
			w.ada.get(list + "?" + queryOf("cursor", cursor, "search", search, "region", search, "state", search, "kind", search, "subject", search, "tag", search)).tried()
			w.ada.get(list + "?" + queryOf("search", search)).tried()
		}
	})
}
