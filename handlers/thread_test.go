package handlers_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAVisitGoesFromTheChecklistToTheBranchsPDF(t *testing.T) {
	w := newWorld(t)

	checklist := w.publish(branchVisit())
	v := w.plan(checklist, nil)
	require.Equal(t, "offered", w.sam.get(v.path("")).is(200).object()["state"])
	w.max.get("/visits").is(403)
	w.sam.post(v.path("/accept"), nil).is(200)

	w.clock.set(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	shelf := w.sam.uploads(photo(1))
	answers := goodAnswers()
	answers["shelf"] = body{"photos": []string{shelf}}
	sent := submission(v, answers, nil)
	receipt := w.sam.post("/evaluations", sent).is(201).object()
	require.Equal(t, sent["id"], receipt["id"])
	again := w.sam.post("/evaluations", sent).is(200).object()
	require.Equal(t, receipt["content_hash"], again["content_hash"])
	id := sent["id"].(string)

	queue := w.carol.get("/evaluations?state=submitted").is(200).items()
	require.Len(t, queue, 1)
	require.Equal(t, id, queue[0]["id"])
	w.max.get("/evaluations/" + id).is(404)
	w.carol.post("/evaluations/"+id+"/approve", body{"revision": 1, "grade": 9, "words": "Well done"}).is(200)

	published := w.max.get("/evaluations/" + id).is(200)
	require.NotContains(t, string(published.body), "Sam")
	w.mona.get("/evaluations/" + id).is(404)

	report := w.max.get("/branches/" + w.oldTown.ID.String() + "/report").is(200).object()
	visits := report["visits"].([]any)
	require.Len(t, visits, 1)
	require.Equal(t, "1/1", visits[0].(map[string]any)["score"].(map[string]any)["fraction"])

	pdf := w.max.get("/branches/" + w.oldTown.ID.String() + "/report.pdf").is(200)
	require.Equal(t, "application/pdf", pdf.header.Get("Content-Type"))
	require.True(t, bytes.HasPrefix(pdf.body, []byte("%PDF-")))
	w.mona.get("/branches/" + w.oldTown.ID.String() + "/report.pdf").is(404)
	w.sam.get("/branches/" + w.oldTown.ID.String() + "/report.pdf").is(403)
}
