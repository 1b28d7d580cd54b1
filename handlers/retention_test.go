package handlers_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
)

// purged runs what is due, the daily purges too, at a time.
func (w *world) purged(at time.Time) {
	w.Helper()
	w.clock.set(at)
	_, err := w.runner.RunDue(context.Background())
	require.NoError(w, err)
}

// run runs a statement on the database.
func (w *world) run(query string, args ...any) {
	w.Helper()
	require.NoError(w, w.server.DB.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(query, args...).Exec(ctx)
		return err
	}))
}

// stored is all that the tables which hold claims say, as one text.
func (w *world) stored() (text string) {
	w.Helper()
	for _, query := range []string{"SELECT document FROM revisions", "SELECT reason FROM observations",
		"SELECT taken FROM photos", "SELECT CAST(lat AS TEXT) FROM photos WHERE lat IS NOT NULL", "SELECT CAST(lon AS TEXT) FROM photos WHERE lon IS NOT NULL"} {
		var rows []string
		require.NoError(w, w.server.DB.Read().NewRaw(query).Scan(context.Background(), &rows))
		text += fmt.Sprintln(rows)
	}
	return text
}

// purges gives what the audit trail says of the purges of a kind, newest first.
func (w *world) purges(kind string) (told []body) {
	w.Helper()
	for _, line := range w.ada.get("/audit?limit=200&kind=" + kind).is(200).items() {
		if line["action"] == "purge" {
			require.NotContains(w, line, "actor_id")
			told = append(told, body{"count": line["count"], "fields": line["fields"]})
		}
	}
	return told
}

// What the evaluation below claims. Each stands nowhere else.
const (
	takenAt  = "2026-11-23T03:33:33Z"
	exifTime = "2026-11-23T04:44:44+01:00"
	moment   = "2026-11-23T11:22:22Z"
)

var traces = []string{"03:33:33", "04:44:44", "11:22:22", "53.987654", "53987654", "20.123456", "20123456", "54.123456", "22.654321", "km from"}

// claimed is an approved evaluation of Sam's, in two revisions, that claims all that can be claimed.
func (w *world) claimed(checklist uuid.UUID) (id string) {
	w.Helper()
	w.clock.set(monday)
	v := w.accepted(checklist)
	w.clock.set(monday.Add(4 * time.Hour))
	shelf, second, bill := w.sam.uploads(photo(1)), w.sam.uploads(photo(2)), w.sam.uploads(photo(3))
	w.run("UPDATE photos SET taken = ?, lat = 53987654, lon = 20123456", exifTime)
	answers := goodAnswers()
	answers["shelf"] = body{"photos": []string{shelf}}
	answers["bill"] = body{"amount": 450, "currency": "PLN", "photos": []string{bill}}
	answers["here"] = body{"lat": 54.123456, "lon": 22.654321, "accuracy": 12}
	answers["at"] = "12:05"
	s := submission(v, answers, body{"moments": []body{{"id": "in", "at": moment}},
		"photos": []body{{"sha256": shelf, "taken_at": takenAt, "position": body{"lat": 53.987654, "lon": 20.123456, "accuracy": 8}, "source": "camera"},
			{"sha256": bill, "source": "gallery"}}})
	id = s["id"].(string)
	w.sam.post("/evaluations", s).is(201)
	w.carol.post(evaluationPath(id, "/return"), body{"revision": 1, "questions": []string{"shelf"}, "words": "Blurred"}).is(200)
	answers["shelf"] = body{"photos": []string{shelf, second}}
	w.sam.post(evaluationPath(id, "/revisions"), body{"based_on": 1, "answers": answers, "moments": []body{{"id": "served", "at": moment}},
		"photos": []body{{"sha256": second, "taken_at": takenAt}}}).is(201)
	w.carol.post(evaluationPath(id, "/approve"), body{"revision": 2, "grade": 8, "words": "Thank you"}).is(200)
	return id
}

// seen is what everybody sees of an evaluation.
func (w *world) seen(id string) map[string]string {
	w.Helper()
	report := "/branches/" + w.oldTown.ID.String() + "/report"
	period := "?from=2026-11-01&to=2026-11-30"
	seen := map[string]string{}
	for what, a := range map[string]*answer{
		"own": w.sam.get(evaluationPath(id, "")), "list of own": w.sam.get("/evaluations"), "list": w.carol.get("/evaluations"),
		"published": w.max.get(evaluationPath(id, "")), "list of published": w.max.get("/evaluations"),
		"photo 1": w.carol.get(evaluationPath(id, "/photos/1")), "photo 2": w.sam.get(evaluationPath(id, "/photos/2")), "photo 3": w.carol.get(evaluationPath(id, "/photos/3")),
		"published photo": w.max.get(evaluationPath(id, "/photos/1")), "thumbnail": w.max.get(evaluationPath(id, "/photos/2?size=thumbnail")),
		"visit in full": w.max.get(evaluationPath(id, "/report")), "visit in full for coordinators": w.carol.get(evaluationPath(id, "/report")),
		"report": w.max.get(report + period), "report for coordinators": w.carol.get(report + period), "report as PDF": w.max.get(report + ".pdf" + period),
	} {
		seen[what] = string(a.is(200).body)
	}
	return seen
}

func TestPositionsPhotoTimesAndMomentsGoWithTimeAndNothingElse(t *testing.T) {
	w := newWorld(t)
	id := w.claimed(w.publish(branchVisit()))
	approved := w.clock.now()
	whole, before := w.carol.get(evaluationPath(id, "")).is(200).object(), w.seen(id)
	for _, trace := range traces {
		require.Contains(t, w.stored(), trace, "else the test would find nothing either way")
	}

	w.purged(approved.AddDate(0, 0, 180))
	require.Empty(t, w.purges("evaluation"))
	require.Equal(t, whole, w.carol.get(evaluationPath(id, "")).is(200).object(), "180 days are not over yet")

	w.purged(approved.AddDate(0, 0, 181))
	require.Equal(t, []body{{"count": 1.0, "fields": []any{"positions", "photo_times", "moments"}}}, w.purges("evaluation"))
	left := w.stored()
	for _, trace := range traces {
		require.NotContains(t, left, trace)
	}

	// What a coordinator still reads is the whole without these.
	delete(whole, "moments")
	here := map[string]any{"lat": 54.0, "lon": 23.0, "accuracy": 100_000.0}
	whole["answers"].(map[string]any)["here"] = here
	for _, p := range whole["photos"].([]any) {
		p := p.(map[string]any)
		delete(p, "taken")
		delete(p, "position")
		if claim, is := p["claim"].(map[string]any); is {
			delete(claim, "taken_at")
			delete(claim, "position")
		}
	}
	observed := map[string]int{}
	for _, o := range whole["observations"].([]any) {
		o := o.(map[string]any)
		switch observed[o["kind"].(string)]++; o["kind"] {
		case "far_from_branch":
			o["reason"] = "the position was away from the branch; it is no longer kept"
		case "photo_time":
			o["reason"] = "a photo was taken away from the visit; its time is no longer kept"
		}
	}
	require.Positive(t, observed["far_from_branch"])
	require.Positive(t, observed["photo_time"])
	require.Equal(t, whole, w.carol.get(evaluationPath(id, "")).is(200).object())

	after := w.seen(id)
	own := body{}
	(&answer{T: t, body: []byte(before["own"])}).into(&own)
	own["answers"].(map[string]any)["here"] = here
	require.JSONEq(t, jsonText(own), after["own"])
	delete(before, "own")
	delete(after, "own")
	require.Equal(t, before, after)

	w.purged(approved.AddDate(0, 0, 183))
	require.Len(t, w.purges("evaluation"), 1, "there is nothing more to purge")
	require.Equal(t, whole, w.carol.get(evaluationPath(id, "")).is(200).object())
}

func TestAPhoneThatSendsAgainAfterThePurgeIsStillKnown(t *testing.T) {
	w := newWorld(t)
	v := w.accepted(w.publish(branchVisit()))
	w.clock.set(monday.Add(4 * time.Hour))
	sent := submission(v, goodAnswers(), body{"moments": []body{{"id": "in", "at": moment}}})
	receipt := w.sam.post("/evaluations", sent).is(201).object()
	w.approve(sent["id"].(string), 8)
	w.purged(monday.AddDate(0, 0, 190))
	require.Len(t, w.purges("evaluation"), 1)
	receipt["state"] = "approved"
	require.Equal(t, receipt, w.sam.post("/evaluations", sent).is(200).object())
}

func TestOnlyWhatIsApprovedIsPurgedAndAgainAfterAnotherRevision(t *testing.T) {
	w := newWorld(t)
	id := w.claimed(w.publish(branchVisit()))
	approved := w.clock.now()
	w.carol.post(evaluationPath(id, "/reopen"), body{"reason": "The branch asked"}).is(200)
	w.purged(approved.AddDate(0, 0, 200))
	require.Contains(t, w.stored(), "03:33:33", "it waits for review")

	w.carol.post(evaluationPath(id, "/approve"), body{"revision": 2, "grade": 8}).is(200)
	w.purged(approved.AddDate(0, 0, 379))
	require.Contains(t, w.stored(), "03:33:33", "the days count from the last approval")
	w.purged(approved.AddDate(0, 0, 381))
	require.NotContains(t, w.stored(), "03:33:33")

	w.carol.post(evaluationPath(id, "/reopen"), body{"reason": "The branch asked again"}).is(200)
	w.carol.post(evaluationPath(id, "/return"), body{"revision": 2, "questions": []string{"words"}, "words": "Say more"}).is(200)
	answers := w.sam.get(evaluationPath(id, "")).is(200).object()["answers"].(map[string]any)
	answers["words"] = "Friendly and quick, and clean."
	w.sam.post(evaluationPath(id, "/revisions"), body{"based_on": 2, "answers": answers, "moments": []body{{"id": "in", "at": moment}}}).is(201)
	w.carol.post(evaluationPath(id, "/approve"), body{"revision": 3, "grade": 9}).is(200)
	w.purged(approved.AddDate(0, 0, 382))
	require.Contains(t, w.stored(), "11:22:22")
	w.purged(approved.AddDate(0, 0, 563))
	require.NotContains(t, w.stored(), "11:22:22")
	require.Len(t, w.purges("evaluation"), 2)
}

func TestAPhotoInTwoEvaluationsKeepsItsTimeAsLongAsEither(t *testing.T) {
	w := newWorld(t)
	w.ada.patch("/settings", 0, body{"rotation_days": 0}).is(200)
	checklist := w.publish(branchVisit())
	w.clock.set(monday.Add(4 * time.Hour))
	shelf := w.sam.uploads(photo(1))
	w.run("UPDATE photos SET taken = ?", exifTime)
	answers := goodAnswers()
	answers["shelf"] = body{"photos": []string{shelf}}
	first, second := w.accepted(checklist), w.accepted(checklist)
	one, two := submission(first, answers, nil), submission(second, answers, nil)
	w.sam.post("/evaluations", one).is(201)
	w.sam.post("/evaluations", two).is(201)
	w.approve(one["id"].(string), 8)
	w.clock.forward(24 * time.Hour)
	w.approve(two["id"].(string), 8)
	approved := w.clock.now()

	w.purged(approved.AddDate(0, 0, 180))
	require.Len(t, w.purges("evaluation"), 1)
	require.Contains(t, w.stored(), exifTime)
	w.purged(approved.AddDate(0, 0, 182))
	require.Len(t, w.purges("evaluation"), 2)
	require.NotContains(t, w.stored(), exifTime)
}

func TestManyEvaluationsArePurgedAPartAtATime(t *testing.T) {
	w := newWorld(t)
	w.ada.patch("/settings", 0, body{"rotation_days": 0, "retention": retention(body{"claims_days": 30})}).is(200)
	checklist := w.publish(branchVisit())
	for range 53 {
		w.clock.set(monday)
		v := w.accepted(checklist)
		w.clock.set(monday.Add(4 * time.Hour))
		s := submission(v, goodAnswers(), body{"moments": []body{{"id": "in", "at": moment}}})
		w.sam.post("/evaluations", s).is(201)
		w.approve(s["id"].(string), 8)
	}
	w.purged(monday.AddDate(0, 0, 32))
	fields := []any{"positions", "photo_times", "moments"}
	require.Equal(t, []body{{"count": 3.0, "fields": fields}, {"count": 50.0, "fields": fields}}, w.purges("evaluation"))
	require.NotContains(t, w.stored(), "11:22:22")
}

func TestPhotosMailAndTheAuditTrailAreKeptAsTheSettingsSay(t *testing.T) {
	w := newWorld(t)
	w.ada.patch("/settings", 0, body{"retention": retention(body{"photos_days": 7, "mail_days": 2, "audit_months": 6})}).is(200)
	v := w.plan(w.publish(branchVisit()), nil)
	shelf := w.sam.uploads(photo(1))
	bodies := func() (n int) {
		for _, m := range w.ada.get("/mails").is(200).items() {
			require.Equal(t, m["body"] == nil, m["address"] == nil)
			if m["body"] != nil {
				n++
			}
		}
		return n
	}
	w.purged(monday)
	require.Equal(t, 1, bodies())
	w.sam.post(v.path("/accept"), nil).is(200)
	w.purged(monday.AddDate(0, 0, 2))
	require.Equal(t, 1, bodies())
	w.purged(monday.AddDate(0, 0, 3))
	require.Equal(t, 0, bodies())
	require.Equal(t, []body{{"count": 1.0, "fields": []any{"body", "address"}}}, w.purges("mail"))

	w.purged(monday.AddDate(0, 0, 7))
	require.Empty(t, w.purges("photo"))
	w.purged(monday.AddDate(0, 0, 8))
	require.Equal(t, []body{{"count": 1.0, "fields": nil}}, w.purges("photo"))
	answers := goodAnswers()
	answers["shelf"] = body{"photos": []string{shelf}}
	require.Contains(t, w.sam.post("/evaluations", submission(v, answers, nil)).is(422).faults()["/answers/shelf/photos/0"], "was not uploaded by you")

	w.purged(monday.AddDate(0, 6, 0))
	require.NotEmpty(t, w.ada.get("/audit?kind=branch").is(200).items())
	w.purged(monday.AddDate(0, 6, 1))
	require.Empty(t, w.ada.get("/audit?kind=branch").is(200).items())
	told := w.purges("audit")
	require.Len(t, told, 1)
	require.Greater(t, told[0]["count"], 5.0)
}
