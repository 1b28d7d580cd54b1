package handlers_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// letters gives the templates of the mails to a person, oldest first.
func (w *world) letters(to *person) []string {
	w.Helper()
	templates := []string{}
	for _, m := range w.mailed(to) {
		templates = append(templates, m["template"].(string))
	}
	return templates
}

func TestAShopperIsToldOfANewAChangedAndACancelledVisit(t *testing.T) {
	w := newWorld(t)
	v := w.plan(w.publish(branchVisit()), nil)
	require.Equal(t, []string{"visit-offered"}, w.letters(w.sam))
	offer := w.mailed(w.sam)[0]
	for _, says := range []string{"Warsaw Old Town", "Monday 23 November 2026, 09:00", "Europe/Warsaw", "https://fieldcare.test/visits/" + v.id.String()} {
		require.Contains(t, offer["body"], says)
	}
	require.NotContains(t, offer["body"], "pram", "the scenario stays in the application")

	w.carol.patch(v.path(""), 1, body{"closes": "2026-11-26T18:00", "opens": "2026-11-23T10:00"}).is(200)
	require.Equal(t, []string{"visit-offered", "visit-changed"}, w.letters(w.sam))
	w.carol.post(v.path("/cancel"), body{"reason": "The branch is closed for repairs"}).is(200)
	mails := w.mailed(w.sam)
	require.Len(t, mails, 3)
	require.Contains(t, mails[2]["body"], "The branch is closed for repairs")
}

func TestWhatIsNoLongerSoIsNotMailed(t *testing.T) {
	w := newWorld(t)
	v := w.plan(w.publish(branchVisit()), nil)
	w.carol.post(v.path("/cancel"), body{"reason": "A mistake"}).is(200)
	require.Equal(t, []string{"visit-cancelled"}, w.letters(w.sam))
}

func TestAShopperIsRemindedADayBeforeTheVisitClosesAndWhenTheReportIsDue(t *testing.T) {
	w := newWorld(t)
	v := w.accepted(w.publish(branchVisit()))
	closes := time.Date(2026, 11, 27, 19, 0, 0, 0, time.UTC)
	reminders := func() []string {
		var found []string
		for _, l := range w.letters(w.sam) {
			if l != "visit-offered" && l != "visit-changed" {
				found = append(found, l)
			}
		}
		return found
	}
	w.clock.set(closes.Add(-24*time.Hour - time.Second))
	require.Empty(t, reminders())
	w.clock.set(closes.Add(-24 * time.Hour))
	require.Equal(t, []string{"visit-closes-tomorrow"}, reminders())

	// Moved by a day: the reminders move with it, and the one that was due is not sent.
	edition := int64(w.carol.get(v.path("")).object()["edition"].(float64))
	w.carol.patch(v.path(""), edition, body{"opens": "2026-11-23T09:00", "closes": "2026-11-28T20:00"}).is(200)
	w.clock.set(closes)
	require.Equal(t, []string{"visit-closes-tomorrow", "visit-closes-tomorrow"}, reminders())
	w.clock.set(closes.Add(24 * time.Hour))
	require.Equal(t, []string{"visit-closes-tomorrow", "visit-closes-tomorrow", "report-due"}, reminders())
}

func TestWhoHandedInIsNotReminded(t *testing.T) {
	w := newWorld(t)
	w.submitted(w.publish(branchVisit()), goodAnswers())
	w.clock.set(monday.AddDate(0, 0, 10))
	require.Empty(t, w.letters(w.sam))
	for _, m := range w.ada.get("/mails").items() {
		if m["template"] == "report-due" {
			require.Equal(t, "not needed", m["state"])
			return
		}
	}
	require.Fail(t, "the reminder was never set")
}

func TestAReviewIsToldToTheShopperAndANewEvaluationToTheCoordinators(t *testing.T) {
	w := newWorld(t)
	_, id := w.submitted(w.publish(branchVisit()), goodAnswers())
	require.Contains(t, w.letters(w.carol), "evaluation-submitted")
	require.NotContains(t, w.letters(w.max), "evaluation-submitted")
	w.carol.post(evaluationPath(id, "/return"), body{"revision": 1, "questions": []string{"words"}, "words": "Please say more"}).is(200)
	mails := w.mailed(w.sam)
	last := mails[len(mails)-1]
	require.Equal(t, "evaluation-returned", last["template"])
	require.Contains(t, last["body"], "Please say more")
	require.Contains(t, last["body"], "Describe your visit")
	answers := goodAnswers()
	answers["words"] = "Friendly, quick, and they asked how my day was."
	w.sam.post(evaluationPath(id, "/revisions"), body{"based_on": 1, "answers": answers}).is(201)
	w.carol.post(evaluationPath(id, "/approve"), body{"revision": 2, "grade": 9, "words": "Perfect now"}).is(200)
	mails = w.mailed(w.sam)
	last = mails[len(mails)-1]
	require.Equal(t, "evaluation-approved", last["template"])
	require.Contains(t, last["body"], "9 out of 10")
	require.Contains(t, last["body"], "Perfect now")
}

func TestAVisitTakenBackIsToldWithItsReason(t *testing.T) {
	w := newWorld(t)
	v := w.accepted(w.publish(branchVisit()))
	w.carol.post(v.path("/release"), body{"reason": "Somebody nearer can go"}).is(204)
	mails := w.mailed(w.sam)
	require.Equal(t, "visit-taken-back", mails[len(mails)-1]["template"])
	require.Contains(t, mails[len(mails)-1]["body"], "Somebody nearer can go")
}
