package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestAModeratorFindsNothingOfASessionThatIsOnlyADraft(t *testing.T) {
	w := newWorld(t)
	h := w.hall()
	draft := h.draft(h.room("Green", nil), w.moe, nil)
	for _, path := range []string{"", "/attendance", "/findings", "/actions", "/day-sheet.pdf", "/report"} {
		w.moe.get(draft + path).is(404)
	}
	w.carol.post(draft+"/schedule", nil).is(200)
	for _, path := range []string{"", "/attendance", "/findings", "/actions", "/day-sheet.pdf"} {
		w.moe.get(draft + path).is(200)
	}
}

func TestAModeratorWhoWritesALastNameIsNotToldWhoseItIs(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe).inTheRoom()
	sent := body{"id": uuid.New(), "topic": "Queues", "theme": "Too long", "said_by": 0, "quotes": []string{"Then ZAK's turn came"}}
	refused := w.moe.post(e.path("/findings"), sent).is(422)
	require.Contains(t, refused.faults()["/quotes/0"], `"ZAK"`, "the word that was written")
	require.NotContains(t, string(refused.body), "Żak")
}

func TestFiveHundredInviteesOfEveryScriptAreListedPrintedAndPaid(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe)
	names := []string{"محمد عبد الله", "שרה כהן", "王小明", "Nguyễn Thị Ánh", "👩‍👩‍👧‍👦 Családtag", "O'Brien; \"Bob\", Jr.", strings.Repeat("Długonazwisko", 9), "\u202eevil\u202c Name", "e\u0301\u0301\u0301 Zalgo", "=cmd|' /C calc'!A0"}
	for i := range 500 {
		state := "accepted"
		if i >= 150 {
			state = []string{"sent", "declined", "waitlisted", "withdrawn", "expired"}[i%5]
		}
		e.invitee(uuid.New(), fmt.Sprintf("%s %d", names[i%len(names)], i), state)
	}
	w.lays("UPDATE focus_groups SET seats = 100, reserve = 100, taken = 153 WHERE id = ?", e.id)
	e.inTheRoom()
	require.Len(t, w.carol.get(e.path("/attendance")).is(200).object()["items"], 153)
	require.Len(t, w.carol.get(e.path("/invitations?limit=200")).is(200).items(), 200)
	for _, item := range w.carol.get(e.path("/attendance")).object()["items"].([]any)[:20] {
		w.moe.put(e.path("/attendance/"+item.(map[string]any)["invitation_id"].(string)), e.seen(nil)).is(201)
	}
	for _, path := range []string{"/day-sheet.pdf", "/report.pdf", "/report", "/costs", "/waiting-list", "/forecast", "/call-list"} {
		w.carol.get(e.path(path)).is(200)
	}
	e.closed(w.oldTown)
	for _, reader := range []*person{w.max, w.moe, w.carol} {
		for _, path := range []string{"/report", "/report.pdf"} {
			require.NotContains(t, string(reader.get(e.path(path)).is(200).body), "Nowak")
		}
	}
	document := w.max.get(e.path("/report.pdf")).body
	for _, report := range []string{string(w.max.get(e.path("/report")).body), converted(t, document, "pdftotext", "-layout", "IN", "OUT"),
		converted(t, document, "qpdf", "--qdf", "--object-streams=disable", "--static-id", "IN", "OUT")} {
		for _, name := range append(names, "Anna", "Bartek") {
			require.NotContains(t, report, name)
		}
	}
	sheet := strings.Join(strings.Fields(converted(t, w.carol.get(e.path("/day-sheet.pdf")).is(200).body, "pdftotext", "-layout", "IN", "OUT")), " ")
	require.Contains(t, sheet, "Anna Nowak")
	require.Contains(t, sheet, "O'Brien;")
}
