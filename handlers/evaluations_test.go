package handlers_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestAnEvaluationIsTakenOnceHoweverOftenItIsSent(t *testing.T) {
	w := newWorld(t)
	v := w.accepted(w.publish(branchVisit()))
	w.clock.set(monday.Add(4 * time.Hour))
	sent := submission(v, goodAnswers(), nil)
	first := w.sam.post("/evaluations", sent).is(201).object()
	again := w.sam.post("/evaluations", sent).is(200).object()
	require.Equal(t, first["id"], again["id"])
	require.Equal(t, first["content_hash"], again["content_hash"])

	other := submission(v, goodAnswers(), body{"id": sent["id"], "finished": "2026-11-23T11:25:00Z"})
	w.sam.post("/evaluations", other).refuses(409, "other content")
	w.sam.post("/evaluations", submission(v, goodAnswers(), nil)).refuses(409, "another evaluation was handed in")
	require.Len(t, w.carol.get("/evaluations").items(), 1)
}

func TestAnIdThatAnotherEvaluationHasIsRefused(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	_, id := w.submitted(checklist, goodAnswers())
	v := w.plan(checklist, body{"shopper_id": w.sue.id})
	w.sue.post(v.path("/accept"), nil).is(200)
	w.sue.post("/evaluations", submission(v, goodAnswers(), body{"id": id})).refuses(409, "id-taken")
	w.sue.post("/evaluations", submission(v, goodAnswers(), nil)).is(201)
}

func TestOnlyARandomIdIsTakenForAnEvaluation(t *testing.T) {
	w := newWorld(t)
	v := w.accepted(w.publish(branchVisit()))
	for _, id := range []string{uuid.Must(uuid.NewV7()).String(), uuid.Must(uuid.NewUUID()).String(), uuid.Nil.String(), "", "x", "{" + uuid.NewString() + "}", "URN:UUID:" + uuid.NewString()} {
		faults := w.sam.post("/evaluations", submission(v, goodAnswers(), body{"id": id})).is(422).faults()
		require.Contains(t, faults["/id"], "version 4", id)
	}
}

func TestEveryFaultOfASubmissionIsToldAtOnceByQuestion(t *testing.T) {
	w := newWorld(t)
	v := w.accepted(w.publish(branchVisit()))
	faults := w.sam.post("/evaluations", submission(v, body{
		"greeted": "yes", "wait": -1, "why": "hidden, for nobody said no", "clean": 9, "shelf": body{"photos": []string{hashOf([]byte("x"))}}, "nonsense": 1,
	}, body{"moments": []body{{"id": "no-such", "at": "2026-11-23T11:00:00Z"}}})).is(422).faults()
	for place, says := range map[string]string{
		"/answers/wait": "whole number of seconds", "/answers/why": "leave the answer out", "/answers/clean": "", "/answers/words": "",
		"/answers/nonsense": "", "/answers/shelf/photos/0": "PUT /photos/", "/moments/0/id": "not a moment",
	} {
		require.Contains(t, faults, place)
		require.Contains(t, faults[place], says)
	}
	faults = w.sam.post("/evaluations", submission(v, nil, body{"begun": "yesterday", "finished": "2026-11-23 11:00", "visit_id": "x",
		"moments": []body{{"id": "in", "at": "noon"}}, "photos": []body{{"sha256": "x", "taken_at": "then", "source": "scanner"}}})).is(422).faults()
	for _, place := range []string{"/answers", "/begun", "/finished", "/visit_id", "/moments/0/at", "/photos/0/taken_at", "/photos/0/source"} {
		require.Contains(t, faults, place)
	}
	require.Equal(t, "accepted", w.sam.get(v.path("")).object()["state"])
}

func TestAPhotoMustBeTheShoppersOwnUpload(t *testing.T) {
	w := newWorld(t)
	v := w.accepted(w.publish(branchVisit()))
	answers := goodAnswers()
	answers["shelf"] = body{"photos": []string{w.sue.uploads(photo(7))}}
	sent := submission(v, answers, nil)
	w.sam.post("/evaluations", sent).refuses(422, "was not uploaded by you")
	w.sam.uploads(photo(7))
	w.sam.post("/evaluations", sent).is(201)
}

func TestAnEvaluationIsScoredByTheVersionThatTheVisitWasGiven(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	v := w.accepted(checklist)
	generous := branchVisit()
	generous["title"] = "Generous"
	generous["scoring"].(body)["method"] = "points"
	w.carol.send("PUT", "/checklists/"+checklist.String(), body{"document": generous}, "If-Match", `"1"`).is(200)
	w.carol.send("POST", "/checklists/"+checklist.String()+"/publish", nil, "If-Match", `"2"`).is(200)

	answers := goodAnswers()
	answers["clean"] = 3
	sent := submission(v, answers, nil)
	w.sam.post("/evaluations", sent).is(201)
	e := w.carol.get("/evaluations/" + sent["id"].(string)).is(200).object()
	score := e["score"].(map[string]any)
	require.Equal(t, 1.0, score["checklist_version"])
	require.Equal(t, "7/10", score["score"].(map[string]any)["fraction"]) // .4 × 5/5 + .6 × 1/2
}

func TestACriticalFailureCapsTheScoreAndBothFiguresAreKept(t *testing.T) {
	w := newWorld(t)
	answers := goodAnswers()
	answers["greeted"], answers["why"] = "no", "They talked among themselves all the time."
	_, id := w.submitted(w.publish(branchVisit()), answers)
	score := w.carol.get("/evaluations/" + id).object()["score"].(map[string]any)
	require.Equal(t, "failed", score["outcome"])
	require.Equal(t, "1/2", score["score"].(map[string]any)["fraction"])
	require.Equal(t, "21/25", score["calculated"].(map[string]any)["fraction"]) // .4 × 3/5 + .6
}

func TestAVisitThatExpiredOrWasCancelledIsStillTakenWhenItWasMadeInTime(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())

	late := w.accepted(checklist)
	w.clock.set(monday.AddDate(0, 0, 14))
	sent := submission(late, goodAnswers(), nil)
	w.sam.post("/evaluations", submission(late, goodAnswers(), body{"begun": "2026-11-20T11:00:00Z"})).refuses(409, "outside its window")
	w.sam.post("/evaluations", sent).is(201)
	require.Equal(t, []any{"late", "expired"}, w.carol.get("/evaluations/" + sent["id"].(string)).object()["marks"])

	w.clock.set(monday)
	v := w.plan(checklist, body{"branch_id": w.harbour.ID})
	w.sam.post(v.path("/accept"), nil).is(200)
	w.clock.set(monday.Add(3*time.Hour + 30*time.Minute)) // 11:30, after the visit began
	w.carol.post(v.path("/cancel"), body{"reason": "No longer needed"}).is(200)
	w.clock.set(monday.Add(6 * time.Hour))
	w.sam.post("/evaluations", submission(v, goodAnswers(), body{"begun": "2026-11-23T11:31:00Z"})).refuses(409, "was cancelled at")
	sent = submission(v, goodAnswers(), nil)
	w.sam.post("/evaluations", sent).is(201)
	require.Equal(t, []any{"cancelled"}, w.carol.get("/evaluations/" + sent["id"].(string)).object()["marks"])
}

func TestOnlyWhoAcceptedAVisitHandsItIn(t *testing.T) {
	w := newWorld(t)
	v := w.plan(w.publish(branchVisit()), nil)
	w.sam.post("/evaluations", submission(v, goodAnswers(), nil)).refuses(409, "the shopper can: accept, decline")
	w.sue.post("/evaluations", submission(v, goodAnswers(), nil)).is(404)
}

func TestWhatDoesNotFitIsObservedAndNeverRefused(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	_, first := w.submitted(checklist, goodAnswers())
	require.Empty(t, w.carol.get("/evaluations/" + first).object()["observations"])

	w.ada.patch("/settings", 0, body{"rotation_days": 0}).is(200)
	shared := photo(9)
	once := w.plan(checklist, body{"shopper_id": w.sue.id, "branch_id": w.harbour.ID})
	w.sue.post(once.path("/accept"), nil).is(200)
	with := goodAnswers()
	with["shelf"] = body{"photos": []string{w.sue.uploads(shared)}}
	w.sue.post("/evaluations", submission(once, with, nil)).is(201)

	v := w.accepted(checklist)
	answers := goodAnswers()
	answers["shelf"] = body{"photos": []string{w.sam.uploads(shared)}}
	answers["here"] = body{"lat": 50.06, "lon": 19.94, "accuracy": 15}
	sent := submission(v, answers, body{"begun": "2026-11-20T11:00:00Z", "finished": "2026-11-20T11:00:05Z",
		"photos": []body{{"sha256": hashOf(shared), "taken_at": "2026-11-19T11:00:00Z", "source": "gallery"}}})
	w.sam.post("/evaluations", sent).is(201)
	kinds := map[string]bool{}
	for _, o := range w.carol.get("/evaluations/" + sent["id"].(string)).object()["observations"].([]any) {
		kinds[o.(map[string]any)["kind"].(string)] = true
	}
	for _, kind := range []string{"too_fast", "outside_window", "far_from_branch", "photo_used_elsewhere", "photo_time"} {
		require.True(t, kinds[kind], kind)
	}
	own := w.sam.get("/evaluations/" + sent["id"].(string)).is(200).object()
	require.NotContains(t, own, "observations")
	require.NotContains(t, own, "score")
}
