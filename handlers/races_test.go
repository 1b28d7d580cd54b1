package handlers_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestOfManyPlansAtOnceForOneShopperAndBranchOneIsTaken(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	w.carol.get("/me").is(200)
	statuses := make([]int, 8)
	var all sync.WaitGroup
	for i := range statuses {
		all.Go(func() {
			statuses[i] = w.carol.post("/visits", body{"id": uuid.New(), "branch_id": w.oldTown.ID, "checklist_id": checklist,
				"shopper_id": w.sam.id, "opens": "2026-11-24T09:00", "closes": "2026-11-25T20:00"}).status
		})
	}
	all.Wait()
	require.ElementsMatch(t, []int{201, 409, 409, 409, 409, 409, 409, 409}, statuses)
	require.Len(t, w.sam.get("/visits").items(), 1)
}

func TestMovingTheWindowAsksAboutTheRotationToo(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	w.plan(checklist, nil)
	later := w.plan(checklist, body{"opens": "2027-06-01T09:00", "closes": "2027-06-05T20:00"})
	near := body{"opens": "2026-12-01T09:00", "closes": "2026-12-05T20:00"}
	w.carol.patch(later.path(""), 1, near).refuses(409, "confirm_rotation")
	near["confirm_rotation"] = true
	w.carol.patch(later.path(""), 1, near).is(200)
}

func TestAPlanSentAgainIsAnsweredWhateverHasChangedSince(t *testing.T) {
	w := newWorld(t)
	plan := body{"id": uuid.New(), "branch_id": w.oldTown.ID, "checklist_id": w.publish(branchVisit()), "shopper_id": w.sam.id,
		"opens": "2026-11-24T09:00", "closes": "2026-11-25T20:00"}
	w.carol.post("/visits", plan).is(201)
	w.clock.set(monday.AddDate(1, 0, 0))
	w.carol.patch("/branches/"+w.oldTown.ID.String(), 1, body{"archived": true}).is(200)
	w.carol.post("/visits", plan).is(200)
}

func TestAnAnswerThatWasLostCanBeAskedForAgain(t *testing.T) {
	w := newWorld(t)
	v := w.plan(w.publish(branchVisit()), nil)
	w.sam.post(v.path("/accept"), nil).is(200)
	w.sam.post(v.path("/accept"), nil).is(200)
	w.sam.post(v.path("/decline"), body{"reason": "No time"}).refuses(409, "the shopper can: release, submit")
	require.Len(t, w.carol.get(v.path("/moves")).items(), 2)
}

func TestAChangeThatChangesNothingTellsNobody(t *testing.T) {
	w := newWorld(t)
	v := w.plan(w.publish(branchVisit()), nil)
	w.carol.patch(v.path(""), 1, body{}).is(200)
	same := w.carol.patch(v.path(""), 1, body{"opens": "2026-11-23T09:00", "closes": "2026-11-27T20:00", "fee": body{"amount": 1500, "currency": "EUR"}}).is(200).object()
	require.Equal(t, 1.0, same["edition"])
	require.Equal(t, []string{"visit-offered"}, w.letters(w.sam))
}

func TestWhoDidNotAcceptAVisitCannotHandItInAfterItsEnd(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	declined := w.plan(checklist, nil)
	w.sam.post(declined.path("/decline"), body{"reason": "No time"}).is(200)
	w.clock.set(monday.Add(5 * time.Hour))
	w.carol.post(declined.path("/cancel"), body{"reason": "Nobody can"}).is(200)
	w.sam.post("/evaluations", submission(declined, goodAnswers(), nil)).refuses(409, "you had not accepted it")
	require.NotContains(t, w.letters(w.sam), "visit-cancelled", "it was no longer Sam's")

	w.clock.set(monday)
	expired := w.plan(checklist, body{"branch_id": w.harbour.ID})
	w.clock.set(monday.AddDate(0, 0, 20))
	w.sam.post("/evaluations", submission(expired, goodAnswers(), nil)).refuses(409, "you had not accepted it")
}

func TestWhoseVisitWasTakenBackIsToldThoughSomebodyElseHasItNow(t *testing.T) {
	w := newWorld(t)
	v := w.accepted(w.publish(branchVisit()))
	w.carol.post(v.path("/release"), body{"reason": "Sue lives nearer"}).is(204)
	w.carol.post(v.path("/offer"), body{"shopper_id": w.sue.id}).is(200)
	w.sue.post(v.path("/accept"), nil).is(200)
	w.sue.post(v.path("/release"), body{"reason": "I, Sue, am in hospital"}).is(204)
	mails := w.mailed(w.sam)
	require.Len(t, mails, 1)
	require.Equal(t, "visit-taken-back", mails[0]["template"])
	require.Contains(t, mails[0]["body"], "Sue lives nearer")
	require.NotContains(t, mails[0]["body"], "hospital")
}

func TestARevisionDoesNotTakeBackWhatWasObserved(t *testing.T) {
	w := newWorld(t)
	v := w.accepted(w.publish(branchVisit()))
	w.clock.set(monday.Add(4 * time.Hour))
	answers := goodAnswers()
	shelf := w.sam.uploads(photo(4))
	answers["shelf"] = body{"photos": []string{shelf}}
	sent := submission(v, answers, body{"photos": []body{{"sha256": shelf, "taken_at": "2026-11-20T11:00:00Z", "position": body{"lat": 40.7, "lon": -74.0}}}})
	w.sam.post("/evaluations", sent).is(201)
	id := sent["id"].(string)
	observed := w.carol.get(evaluationPath(id, "")).object()["observations"]
	require.Len(t, observed, 2)
	w.carol.post(evaluationPath(id, "/return"), body{"revision": 1, "questions": []string{"words"}, "words": "Say more"}).is(200)
	answers["words"] = "Friendly, quick and warm."
	w.sam.post(evaluationPath(id, "/revisions"), body{"based_on": 1, "answers": answers}).is(201)
	whole := w.carol.get(evaluationPath(id, "")).object()
	require.Equal(t, observed, whole["observations"])
	require.NotNil(t, whole["photos"].([]any)[0].(map[string]any)["claim"])
	require.Equal(t, "Say more", whole["revisions"].([]any)[1].(map[string]any)["reason"])
}

func TestWhatWasTakenCanAlwaysBeReadAgain(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	for _, odd := range []body{
		{"photos": []body{{"sha256": "x", "taken_at": "bad", "Taken_At": "2026-11-23T11:00:00Z"}}},
		{"Photos": []body{{"sha256": "x", "taken_at": "bad"}}, "photos": []body{}},
		{"moments": []body{{"id": "in", "At": "bad", "at": "2026-11-23T11:00:00Z"}}},
		{"Answers": body{"greeted": "no"}},
	} {
		v := w.plan(checklist, body{"opens": "2026-11-23T09:00", "closes": "2026-11-27T20:00", "confirm_rotation": true})
		w.sam.post(v.path("/accept"), nil).is(200)
		sent := submission(v, goodAnswers(), odd)
		if a := w.sam.post("/evaluations", sent); a.status == 201 {
			w.carol.get("/evaluations/" + sent["id"].(string)).is(200)
			w.sam.get("/evaluations/" + sent["id"].(string)).is(200)
		} else {
			a.is(422)
		}
	}
}

func TestATimeThatCannotBeWrittenBackIsRefused(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	for _, window := range [][2]string{{"2026-11-24T09:00", "9999-12-31T23:59+01:00"}, {"0001-01-01T00:00+01:24", "2026-11-25T20:00"}} {
		w.carol.post("/visits", body{"id": uuid.New(), "branch_id": w.oldTown.ID, "checklist_id": checklist, "opens": window[0], "closes": window[1]}).
			refuses(422, "from 1970 to 2999")
	}
}
