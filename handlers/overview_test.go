package handlers_test

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fieldcare/evaluation"
	"fieldcare/internal/account"
)

// overviewOf reads the lines of the overview that somebody gets, each field as it was sent.
func overviewOf(a *answer) (lines []map[string]json.RawMessage) {
	a.Helper()
	var list struct{ Items []map[string]json.RawMessage }
	a.is(200).into(&list)
	return list.Items
}

func TestAManagersBranchesCarryTheFiguresOfTheirReportsDigitForDigit(t *testing.T) {
	w := newWorld(t)
	w.ada.patch("/settings", 0, body{"rotation_days": 0}).is(200)
	checklist := w.publish(branchVisit())
	made := func(answers body) string {
		v := w.accepted(checklist)
		w.clock.set(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
		sent := submission(v, answers, nil)
		w.sam.post("/evaluations", sent).is(201)
		return sent["id"].(string)
	}
	line := func() map[string]json.RawMessage {
		w.Helper()
		lines := overviewOf(w.max.get("/branches"))
		require.Len(t, lines, 1)
		require.Equal(t, `"WAW-01"`, string(lines[0]["code"]))
		report := map[string]json.RawMessage{}
		w.max.get("/branches/" + w.oldTown.ID.String() + "/report").is(200).into(&report)
		require.Equal(t, string(report["mean"]), string(lines[0]["mean"]))
		require.Equal(t, string(report["change"]), string(lines[0]["trend"]))
		require.Equal(t, string(report["period"]), string(lines[0]["period"]))
		return lines[0]
	}
	untouched := w.max.get("/branches").is(200).body
	waits := made(goodAnswers())
	require.Equal(t, string(untouched), string(w.max.get("/branches").is(200).body), "nothing is known of a visit before it is approved")
	w.approve(waits, 8)
	require.Contains(t, string(line()["last"]), `"shown":"100.0"`)

	slow, dirty := goodAnswers(), goodAnswers()
	slow["wait"], dirty["clean"] = 250, 3
	w.approve(made(slow), 7)
	id := made(dirty)
	w.approve(id, 7)
	three := line()
	require.Contains(t, string(three["mean"]), `"n":3`)
	require.Contains(t, string(three["mean"]), `"low":`)
	require.Contains(t, string(three["trend"]), `"verdict":"cannot-be-told"`)
	require.Contains(t, string(three["checklist"]), checklist.String())

	w.carol.post(evaluationPath(id, "/reopen"), body{"reason": "The branch asked"}).is(200)
	w.carol.post(evaluationPath(id, "/return"), body{"revision": 1, "questions": []string{"clean"}, "words": "How clean?"}).is(200)
	dirty["clean"] = 1
	w.sam.post(evaluationPath(id, "/revisions"), body{"based_on": 1, "answers": dirty}).is(201)
	require.Contains(t, string(line()["mean"]), `"n":2`)
	w.carol.post(evaluationPath(id, "/approve"), body{"revision": 2, "grade": 7}).is(200)
	revised := line()
	require.Contains(t, string(revised["mean"]), `"n":3`)
	require.NotEqual(t, string(three["mean"]), string(revised["mean"]), "the score of the revision counts")
}

func TestWhoGetsTheOverview(t *testing.T) {
	w := newWorld(t)
	_, id := w.submitted(w.publish(branchVisit()), goodAnswers())
	w.approve(id, 8)
	require.Equal(t, []string{"GDN-01"}, codes(w.mona.get("/branches").is(200).items()))
	require.Nil(t, overviewOf(w.mona.get("/branches"))[0]["last"])
	require.Contains(t, overviewOf(w.max.get("/branches?overview=false"))[0], "last", "a manager always gets it")

	require.NotContains(t, w.carol.get("/branches").is(200).items()[0], "mean")
	all := overviewOf(w.carol.get("/branches?overview=true"))
	require.Len(t, all, 2)
	require.Equal(t, jsonText(overviewOf(w.max.get("/branches"))[0]), jsonText(all[1]))
	require.Len(t, overviewOf(w.carol.get("/branches?overview=true&search=harbour")), 1)

	visited := w.sam.get("/branches?overview=true").is(200).items()
	require.Equal(t, []body{{"id": w.oldTown.ID.String(), "name": "Warsaw Old Town", "address": "Rynek 1", "zone": "Europe/Warsaw"}}, visited,
		"a shopper learns no figure")

	first := w.carol.get("/branches?overview=true&limit=1").is(200).object()
	second := overviewOf(w.carol.get("/branches?overview=true&limit=1&cursor=" + first["next_cursor"].(string)))
	require.Equal(t, `"WAW-01"`, string(second[0]["code"]))
}

func TestTheOverviewIsDownloadedAsATable(t *testing.T) {
	w := newWorld(t)
	_, id := w.submitted(w.publish(branchVisit()), goodAnswers())
	w.approve(id, 8)
	rows := func(p *person, path string) [][]string {
		w.Helper()
		a := p.get(path).is(200)
		require.Equal(t, "text/csv; charset=utf-8", a.header.Get("Content-Type"))
		require.Equal(t, `attachment; filename="branch-overview.csv"`, a.header.Get("Content-Disposition"))
		text, marked := strings.CutPrefix(string(a.body), "\uFEFF")
		require.True(t, marked)
		read, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		require.NoError(t, err)
		require.Equal(t, evaluation.OverviewColumns, read[0])
		return read[1:]
	}
	require.Equal(t, [][]string{{"WAW-01", "Warsaw Old Town", "North", "no", "2026-08-26", "2026-11-23", "Branch visit", "1", "", "", "", "",
		"cannot be told", "", "", "2026-11-23", "Branch visit", "100.0", "Excellent"}}, rows(w.max, "/branches/overview.csv"))
	require.Equal(t, "GDN-01", rows(w.mona, "/branches/overview.csv")[0][0])
	require.Len(t, rows(w.carol, "/branches/overview.csv"), 2)
	require.Len(t, rows(w.carol, "/branches/overview.csv?search=harbour"), 1)
	require.Empty(t, rows(w.person("Nora", account.Manager), "/branches/overview.csv"))
	for _, nobody := range []*person{w.sam, w.moe} {
		nobody.get("/branches/overview.csv").is(403)
	}
	w.nobody.get("/branches/overview.csv").is(401)
}
