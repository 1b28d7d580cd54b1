package handlers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fieldcare/internal/database"
)

// closed is the evening when it is over and concerns a branch.
func (e evening) closed(b branch) evening {
	e.Helper()
	e.lays("UPDATE focus_groups SET state = 'closed', closed_at = ? WHERE id = ?", database.At(e.clock.now()), e.id)
	e.lays("UPDATE studies SET branches = ? WHERE id = ?", jsonText([]string{b.ID.String()}), e.study)
	return e
}

// found writes down what was found in the evening, and what is done about it.
func (e evening) found() evening {
	e.Helper()
	at := database.At(e.clock.now())
	e.lays(`INSERT INTO findings (id, focus_group_id, topic, theme, said_by, quotes, position, created_at, edition)
		VALUES ('f', ?, 'The queue', 'Waiting is accepted when somebody says how long it takes', 1, '["Five minutes, I would have stayed."]', 1, ?, 1)`, e.id, at)
	e.lays(`INSERT INTO actions (id, focus_group_id, text, owner_id, due, state, outcome, created_at, edition)
		VALUES ('a', ?, 'Say the waiting time aloud', ?, '2027-01-15', 'open', '', ?, 1)`, e.id, e.max.id, at)
	return e
}

func TestAFocusGroupReportIsReadAndDownloaded(t *testing.T) {
	w := newWorld(t)
	w.ada.put("/settings/logo", photo(4)).is(200)
	e := w.evening(w.moe).found()
	e.inTheRoom()
	w.moe.put(e.at(e.anna), e.seen(nil)).is(201)
	w.max.get(e.path("/report")).is(404)
	w.moe.get(e.path("/report")).is(404)
	require.Equal(t, true, w.carol.get(e.path("/report")).is(200).object()["preview"])

	e.closed(w.oldTown)
	whole := w.carol.get(e.path("/report")).is(200).object()
	require.Equal(t, "Moe", whole["session"].(map[string]any)["moderator"])
	require.NotNil(t, whole["costs"])
	theirs := w.max.get(e.path("/report")).is(200).object()
	require.Nil(t, theirs["costs"])
	require.NotContains(t, jsonText(theirs), "Moe")
	require.NotContains(t, jsonText(theirs), "Anna")
	require.Contains(t, jsonText(theirs), "said by 1 of 1")
	w.mona.get(e.path("/report")).is(404)

	for _, reader := range []*person{w.carol, w.moe, w.max} {
		a := reader.get(e.path("/report.pdf")).is(200)
		require.Equal(t, `attachment; filename="focus-group-report-2026-12-07.pdf"`, a.header.Get("Content-Disposition"))
		require.Contains(t, string(a.body[:8]), "%PDF-1.7")
	}
	require.Equal(t, w.max.get(e.path("/report.pdf")).body, w.max.get(e.path("/report.pdf")).body, "the same report, the same bytes")
}

func TestADaySheetIsForWhoHoldsTheGroup(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe)
	sheet := w.carol.get(e.path("/day-sheet.pdf")).is(200)
	require.Equal(t, `attachment; filename="day-sheet-2026-12-07.pdf"`, sheet.header.Get("Content-Disposition"))
	require.NotEqual(t, sheet.body, w.moe.get(e.path("/day-sheet.pdf")).is(200).body, "first names only")
	w.max.get(e.path("/day-sheet.pdf")).is(403)
	require.Contains(t, string(w.ada.get("/audit").is(200).body), "read-day-sheet")
}
