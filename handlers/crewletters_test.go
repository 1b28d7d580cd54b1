package handlers_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/account"
)

// mailsAfter are the mails to a person that came after so many: their templates, and the last of them.
func (w *world) mailsAfter(to *person, before int) (templates []any, last body) {
	w.Helper()
	for _, m := range w.mailed(to)[before:] {
		templates, last = append(templates, m["template"]), m
	}
	return templates, last
}

func TestWhoRunsAFocusGroupIsToldOnceThatItIsTheirsAndThatItNoLongerIs(t *testing.T) {
	w := newWorld(t)
	h := w.hall()
	green, meg, ann := h.room("Green", nil), w.person("Meg", account.Moderator), w.person("Ann", account.Moderator)
	path := h.draft(green, w.moe, body{"assistants": []uuid.UUID{ann.id}})
	require.Empty(t, w.mailed(w.moe), "a draft is nobody's business")

	for range 2 {
		w.carol.post(path+"/schedule", nil).is(200)
	}
	for who, role := range map[*person]string{w.moe: "moderator", ann: "assistant"} {
		templates, given := w.mailsAfter(who, 0)
		require.Equal(t, []any{"focus-group-given"}, templates)
		require.Equal(t, "A focus group is yours: Queues, Thursday 10 December 2026, 18:00–19:30 (Europe/Warsaw)", given["subject"])
		for _, says := range []string{"You are named to this focus group as " + role, "Green, House of Trades", "https://fieldcare.test" + path} {
			require.Contains(t, given["body"], says)
		}
	}

	// Ann stays, though in another role; Meg comes for Moe, and is told the new time with it.
	w.carol.patch(path, 2, body{"moderator_id": ann.id, "assistants": []uuid.UUID{meg.id}, "starts": "2026-12-10T18:30", "ends": "2026-12-10T20:00"}).is(200)
	templates, given := w.mailsAfter(meg, 0)
	require.Equal(t, []any{"focus-group-given"}, templates)
	require.Contains(t, given["body"], "18:30–20:00")
	templates, gone := w.mailsAfter(w.moe, 1)
	require.Equal(t, []any{"focus-group-taken-back"}, templates)
	require.Contains(t, gone["body"], "18:00–19:30", "as they knew it")
	require.NotContains(t, gone["body"], "https://", "it is no longer theirs to see")
	templates, _ = w.mailsAfter(ann, 1)
	require.Equal(t, []any{"focus-group-moved"}, templates)

	// What was taken back before the post came round is not given.
	w.carol.patch(path, 3, body{"assistants": []uuid.UUID{w.moe.id, meg.id}}).is(200)
	w.carol.patch(path, 4, body{"assistants": []uuid.UUID{meg.id}}).is(200)
	templates, _ = w.mailsAfter(w.moe, 2)
	require.NotContains(t, templates, "focus-group-given")

	w.carol.post(path+"/cancel", body{"reason": "Flooded"}).is(200)
	templates, _ = w.mailsAfter(meg, 1)
	require.Equal(t, []any{"focus-group-cancelled"}, templates)
	templates, _ = w.mailsAfter(w.moe, 2)
	require.NotContains(t, templates, "focus-group-cancelled")
}

func TestAGroupThatIsCancelledBeforeThePostComesRoundIsGivenToNobody(t *testing.T) {
	w := newWorld(t)
	h := w.hall()
	path := h.scheduled(h.room("Green", nil), w.moe, nil)
	w.carol.post(path+"/cancel", body{"reason": "Flooded"}).is(200)
	templates, _ := w.mailsAfter(w.moe, 0)
	require.Equal(t, []any{"focus-group-cancelled"}, templates)

	late := h.scheduled(h.room("Blue", nil), w.moe, body{"starts": "2026-12-11T18:00", "ends": "2026-12-11T19:30"})
	w.clock.set(time.Date(2026, 12, 11, 17, 0, 0, 0, time.UTC))
	w.carol.get(late).is(200)
	templates, _ = w.mailsAfter(w.moe, 1)
	require.Empty(t, templates, "it has begun")
}

func TestWhatIsQueuedToAParticipantWhoIsErasedGoesNowhere(t *testing.T) {
	w := newWorld(t)
	g := w.gathering(8, 2, 2)
	petra, other := g.people[0], g.people[1]
	ids := g.asked(petra, other)
	w.mailed(w.moe) // the invitations go out, and are kept
	w.clock.forward(24 * time.Hour)
	g.says(ids[0], yes).is(303)
	g.says(ids[0], cannot).is(303) // the confirmation of her seat is still queued, and so is what takes it back
	g.says(ids[1], yes).is(303)
	require.Equal(t, 2, w.counted("SELECT COUNT(*) FROM mails WHERE to_id = ? AND state = 'queued'", petra))
	require.Equal(t, 1, w.counted("SELECT COUNT(*) FROM mails WHERE to_id = ? AND state = 'kept' AND body <> ''", petra))

	w.carol.post("/participants/"+petra.String()+"/erase", body{"reason": "By letter"}).is(200)
	require.Zero(t, w.counted("SELECT COUNT(*) FROM mails WHERE to_id = ? AND state = 'queued'", petra))
	require.Zero(t, w.counted("SELECT COUNT(*) FROM jobs j JOIN mails m ON m.id = j.id WHERE m.to_id = ?", petra))
	for range 30 {
		w.clock.forward(12 * time.Hour)
		w.mailed(w.moe)
	}
	require.Zero(t, w.counted("SELECT COUNT(*) FROM mails WHERE to_id = ? AND (state = 'queued' OR address <> '' OR subject <> '' OR body <> '')", petra))
	require.Equal(t, 1, w.counted("SELECT COUNT(*) FROM mails WHERE to_id = ? AND state = 'kept'", petra), "that she was invited stays")
	require.Greater(t, w.counted("SELECT COUNT(*) FROM mails WHERE to_id = ? AND state = 'kept' AND body <> ''", other), 2, "others are confirmed and reminded")
}
