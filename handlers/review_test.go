package handlers_test

import (
	"bytes"
	"image"
	_ "image/jpeg"
	"testing"

	"github.com/stretchr/testify/require"
)

func evaluationPath(id, more string) string { return "/evaluations/" + id + more }

func TestAReturnOpensTheNamedQuestionsAndWhatDependsOnThem(t *testing.T) {
	w := newWorld(t)
	v, id := w.submitted(w.publish(branchVisit()), goodAnswers())
	w.carol.post(evaluationPath(id, "/return"), body{"revision": 1, "questions": []string{"nonsense"}, "words": "?"}).refuses(422, "/questions/0")
	w.carol.post(evaluationPath(id, "/return"), body{"revision": 1, "questions": []string{"greeted"}, "words": "Were you really greeted?"}).is(200)
	own := w.sam.get(evaluationPath(id, "")).is(200).object()
	require.Equal(t, "returned", own["state"])
	require.Equal(t, "Were you really greeted?", own["words"])
	require.ElementsMatch(t, []any{"greeted", "why"}, own["open_questions"])

	w.sam.post("/evaluations", submission(v, goodAnswers(), nil)).is(409)

	answers := goodAnswers()
	answers["greeted"], answers["why"], answers["clean"] = "no", "They looked away, all three of them.", 1
	faults := w.sam.post(evaluationPath(id, "/revisions"), body{"based_on": 1, "answers": answers}).is(422).faults()
	require.Len(t, faults, 1)
	require.Contains(t, faults["/answers/clean"], "was not returned to you")

	answers["clean"] = 5
	revision := body{"based_on": 1, "answers": answers}
	receipt := w.sam.post(evaluationPath(id, "/revisions"), revision).is(201).object()
	require.Equal(t, 2.0, receipt["revision"])
	require.Equal(t, receipt, w.sam.post(evaluationPath(id, "/revisions"), revision).is(200).object())
	w.sam.post(evaluationPath(id, "/revisions"), body{"based_on": 1, "answers": goodAnswers()}).refuses(409, "the current revision is 2")

	whole := w.carol.get(evaluationPath(id, "")).is(200).object()
	require.Equal(t, "submitted", whole["state"])
	revisions := whole["revisions"].([]any)
	require.Len(t, revisions, 2)
	require.Equal(t, "1/1", revisions[0].(map[string]any)["score"].(map[string]any)["score"].(map[string]any)["fraction"])
	second := revisions[1].(map[string]any)
	require.Equal(t, "1/2", second["score"].(map[string]any)["score"].(map[string]any)["fraction"])
	require.Equal(t, []any{"greeted", "why"}, second["changed"])
	w.carol.post(evaluationPath(id, "/approve"), body{"revision": 1, "grade": 7}).refuses(412, "a newer revision came in: read it first")
	w.carol.post(evaluationPath(id, "/approve"), body{"revision": 2, "grade": 7}).is(200)
}

func TestNothingIsKnownToTheBranchBeforeTheApprovalAndAfterTheReopening(t *testing.T) {
	w := newWorld(t)
	_, id := w.submitted(w.publish(branchVisit()), goodAnswers())
	report := "/branches/" + w.oldTown.ID.String() + "/report"
	n := func() any { return w.max.get(report).is(200).object()["mean"].(map[string]any)["n"] }

	require.Equal(t, 0.0, n())
	require.Empty(t, w.max.get("/evaluations").items())
	w.approve(id, 8)
	require.Equal(t, 1.0, n())
	require.Len(t, w.max.get("/evaluations").items(), 1)
	w.carol.post(evaluationPath(id, "/reopen"), body{"reason": ""}).is(422)
	w.carol.post(evaluationPath(id, "/reopen"), body{"reason": "The branch asked"}).is(200)
	require.Equal(t, 0.0, n())
	w.max.get(evaluationPath(id, "")).is(404)
	w.carol.post(evaluationPath(id, "/reject"), body{"revision": 1, "reason": "Another branch was visited"}).is(200)
	require.Equal(t, 0.0, n())
	w.carol.post(evaluationPath(id, "/approve"), body{"revision": 1, "grade": 7}).refuses(409, "can do nothing more")
	require.Equal(t, "Another branch was visited", w.sam.get(evaluationPath(id, "")).object()["words"])
}

func TestAGradeIsAWholeNumberFromOneToTen(t *testing.T) {
	w := newWorld(t)
	_, id := w.submitted(w.publish(branchVisit()), goodAnswers())
	for _, grade := range []any{0, 11, 7.5, "8", nil} {
		w.carol.post(evaluationPath(id, "/approve"), body{"revision": 1, "grade": grade}).is(422)
	}
	w.approve(id, 10)
	require.Equal(t, 10.0, w.sam.get(evaluationPath(id, "")).object()["grade"])
}

func TestTheBranchGetsWhatIsMeantForItAsThePublisherLeftIt(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	v := w.accepted(checklist)
	w.clock.set(monday.Add(4 * 3600e9))
	answers := goodAnswers()
	answers["at"] = "12:20"
	answers["shelf"] = body{"photos": []string{w.sam.uploads(photo(1)), w.sam.uploads(photo(2))}}
	answers["bill"] = body{"amount": 450, "currency": "PLN", "photos": []string{w.sam.uploads(photo(3))}}
	answers["here"] = body{"lat": 52.25, "lon": 21.01, "accuracy": 8}
	answers["note-to-office"] = "The manager is my neighbour"
	answers["words"] = "Served by tall Robert with the red beard."
	sent := submission(v, answers, nil)
	w.sam.post("/evaluations", sent).is(201)
	id := sent["id"].(string)

	whole := w.carol.get(evaluationPath(id, "")).is(200)
	require.Len(t, whole.object()["photos"], 3)
	edits := body{"edits": []body{
		{"question_id": "words", "text": "Served by a member of staff.", "reason": "describes a person"},
		{"photo": 2, "reason": "shows a face"},
	}}
	w.carol.send("PUT", evaluationPath(id, "/publication"), body{"edits": []body{{"question_id": "clean", "reason": "x"}, {"photo": 9, "reason": "x"}, {"question_id": "words", "reason": "x"}, {"reason": "x"}}}, "If-Match", whole.header.Get("ETag")).
		refuses(422, "/edits/3/question_id")
	w.carol.send("PUT", evaluationPath(id, "/publication"), edits, "If-Match", `"77"`).is(412)
	w.carol.send("PUT", evaluationPath(id, "/publication"), edits, "If-Match", whole.header.Get("ETag")).is(200)
	w.approve(id, 9)

	got := w.max.get(evaluationPath(id, "")).is(200)
	for _, hidden := range []string{"Robert", "neighbour", "12:20", "PLN", "52.25", "Sam", w.sam.id.String(), hashOf(photo(1)), "grade", "persona", "pram"} {
		require.NotContains(t, string(got.body), hidden)
	}
	byQuestion := map[string]map[string]any{}
	for _, a := range got.object()["answers"].([]any) {
		byQuestion[a.(map[string]any)["question_id"].(string)] = a.(map[string]any)
	}
	require.Equal(t, "Served by a member of staff.", byQuestion["words"]["value"])
	require.Equal(t, "12-17", byQuestion["at"]["value"])
	require.Equal(t, []any{1.0}, byQuestion["shelf"]["photos"])
	require.NotContains(t, byQuestion, "bill")
	require.NotContains(t, byQuestion, "here")
	require.NotContains(t, byQuestion, "note-to-office")

	w.max.get(evaluationPath(id, "/photos/1")).is(200)
	w.max.get(evaluationPath(id, "/photos/2")).is(404)
	w.max.get(evaluationPath(id, "/photos/3")).is(404)
	w.mona.get(evaluationPath(id, "/photos/1")).is(404)
	w.sue.get(evaluationPath(id, "/photos/1")).is(404)
	for _, all := range []*person{w.carol, w.sam} {
		picture := all.get(evaluationPath(id, "/photos/3?size=thumbnail")).is(200)
		require.Equal(t, "image/jpeg", picture.header.Get("Content-Type"))
		_, format, err := image.Decode(bytes.NewReader(picture.body))
		require.NoError(t, err)
		require.Equal(t, "jpeg", format)
	}
	require.Contains(t, string(w.carol.get(evaluationPath(id, "")).body), "Robert")
}

func TestTheQueueIsInTheOrderOfArrivalAndAManagersListIsNot(t *testing.T) {
	w := newWorld(t)
	w.ada.patch("/settings", 0, body{"rotation_days": 0}).is(200)
	checklist := w.publish(branchVisit())
	var arrived []any
	for range 5 {
		_, id := w.submitted(checklist, goodAnswers())
		arrived = append(arrived, id)
		w.clock.set(monday)
	}
	queue := []any{}
	path := "/evaluations?state=submitted&limit=2"
	for range 3 {
		page := w.carol.get(path).is(200)
		for _, e := range page.items() {
			queue = append(queue, e["id"])
		}
		next, _ := page.object()["next_cursor"].(string)
		path = "/evaluations?state=submitted&limit=2&cursor=" + next
	}
	require.ElementsMatch(t, arrived, queue)
	for _, id := range arrived {
		w.approve(id.(string), 8)
	}
	seen := []any{}
	path = "/evaluations?limit=2"
	for range 3 {
		page := w.max.get(path).is(200)
		for _, e := range page.items() {
			seen = append(seen, e["visit"].(map[string]any)["evaluation_id"])
		}
		next, _ := page.object()["next_cursor"].(string)
		path = "/evaluations?limit=2&cursor=" + next
	}
	require.ElementsMatch(t, arrived, seen)
}

func TestWhatWasReturnedIsOpenUntilItIsRevised(t *testing.T) {
	w := newWorld(t)
	_, id := w.submitted(w.publish(branchVisit()), goodAnswers())
	w.carol.post(evaluationPath(id, "/return"), body{"revision": 1, "questions": []string{"words"}, "words": "Say more"}).is(200)
	require.Equal(t, []any{"words"}, w.sam.get("/evaluations").items()[0]["open_questions"])
	answers := goodAnswers()
	answers["words"] = "Friendly, quick and clean."
	w.sam.post(evaluationPath(id, "/revisions"), body{"based_on": 1, "answers": answers}).is(201)
	require.Empty(t, w.sam.get(evaluationPath(id, "")).object()["open_questions"])
	require.Empty(t, w.sam.get("/evaluations").items()[0]["open_questions"])
}

func TestAGradeIsThatOfAnApprovalAndGoesWithIt(t *testing.T) {
	w := newWorld(t)
	_, id := w.submitted(w.publish(branchVisit()), goodAnswers())
	reopened := func() {
		w.carol.post(evaluationPath(id, "/approve"), body{"revision": 1, "grade": 9, "words": "Well observed"}).is(200)
		require.Equal(t, 9.0, w.sam.get(evaluationPath(id, "")).object()["grade"])
		w.carol.post(evaluationPath(id, "/reopen"), body{"reason": "The branch asked"}).is(200)
	}
	reopened()
	own := w.sam.get(evaluationPath(id, "")).object()
	require.NotContains(t, own, "grade")
	require.NotContains(t, own, "words")
	require.NotContains(t, w.carol.get(evaluationPath(id, "")).object(), "grade")

	reopened()
	w.carol.post(evaluationPath(id, "/reject"), body{"revision": 1, "reason": "Another branch was visited"}).is(200)
	require.NotContains(t, w.carol.get(evaluationPath(id, "")).object(), "grade")
}

func TestAReturnNamesQuestionsThatCanBeAnsweredAnew(t *testing.T) {
	w := newWorld(t)
	document := branchVisit()
	shop := document["sections"].([]body)[1]
	shop["questions"] = append(shop["questions"].([]body), body{"id": "thanks", "type": "note", "text": "Thank you"})
	_, id := w.submitted(w.publish(document), goodAnswers())
	named := func(questions ...string) *answer {
		return w.carol.post(evaluationPath(id, "/return"), body{"revision": 1, "questions": questions, "words": "?"})
	}
	faults := named("words", "thanks", "words", "why").is(422).faults()
	require.Len(t, faults, 3)
	require.Contains(t, faults["/questions/1"], "a note")
	require.Contains(t, faults["/questions/2"], "named twice")
	require.Contains(t, faults["/questions/3"], "name a question that it depends on")
	require.Contains(t, named(make([]string, 201)...).is(422).faults(), "/questions")
	named("why", "greeted").is(200)
}

func TestTheListGivesTheScoreAsTheEvaluationDoes(t *testing.T) {
	w := newWorld(t)
	_, id := w.submitted(w.publish(body{"title": "One question", "languages": []string{"en"}, "sections": []body{{"id": "only", "title": "Only", "questions": []body{
		{"id": "how", "type": "choice", "text": "How?", "options": []body{{"id": "so", "text": "So", "points": 5000}, {"id": "best", "text": "Better", "points": 10100}}}}}}}),
		body{"how": "so"})
	whole := w.carol.get(evaluationPath(id, "")).object()
	require.Equal(t, "50/101", whole["score"].(map[string]any)["score"].(map[string]any)["fraction"])
	require.Equal(t, 4950.0, whole["score_basis_points"], "0.49504950…")
	listed := w.carol.get("/evaluations").items()[0]
	require.Equal(t, 4950.0, listed["score_basis_points"])
	require.Equal(t, "49.5", listed["score_shown"])
}
