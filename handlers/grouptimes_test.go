package handlers_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestASessionKeepsItsTimeWhenItsVenueTurnsOutToBeInAnotherZone(t *testing.T) {
	w := newWorld(t)
	h := w.hall()
	group := h.scheduled(h.room("Green", nil), w.moe, nil)
	w.carol.patch("/venues/"+h.venue.String(), 1, body{"zone": "Asia/Tokyo"}).is(200)
	renamed := w.carol.patch(group, 2, body{"topic": "Tills"}).is(200).object()
	require.Equal(t, []any{"Europe/Warsaw", "2026-12-10T18:00", "2026-12-10T17:00:00Z"}, []any{renamed["zone"], renamed["starts"], renamed["starts_at"]}, "a new topic moves nobody to another hour")
	require.Zero(t, w.counted("SELECT COUNT(*) FROM jobs WHERE kind = 'focus-group-moved'"))
	moved := w.carol.patch(group, 3, body{"starts": "2026-12-10T18:00"}).is(200).object()
	require.Equal(t, []any{"Asia/Tokyo", "2026-12-10T09:00:00Z", "2026-12-10T10:30:00Z"}, []any{moved["zone"], moved["starts_at"], moved["ends_at"]}, "a time that is given is one of the venue's clock")
}

func TestAnHourThatComesTwiceIsAskedAboutOnlyWhenItIsGiven(t *testing.T) {
	w := newWorld(t)
	w.clock.set(time.Date(2026, 10, 1, 8, 0, 0, 0, time.UTC))
	h := w.hall()
	group := h.draft(h.room("Green", nil), w.moe, body{"starts": "2026-10-25T02:30+01:00", "ends": "2026-10-25T04:00"})
	require.Equal(t, "2026-10-25T01:30:00Z", w.carol.get(group).is(200).object()["starts_at"])
	later := w.carol.patch(group, 1, body{"ends": "2026-10-25T04:30"}).is(200).object()
	require.Equal(t, []any{"2026-10-25T01:30:00Z", "2026-10-25T03:30:00Z"}, []any{later["starts_at"], later["ends_at"]}, "what was said of the start still holds")
	w.carol.patch(group, 2, body{"starts": "2026-10-24T20:00", "ends": "2026-10-24T22:00"}).is(200)
	faults := w.carol.patch(group, 3, body{"starts": "2026-10-25T02:30", "ends": "2026-10-25T04:00"}).is(422).faults()
	require.Contains(t, faults["/starts"], "comes twice in Europe/Warsaw: say which, 2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00")
}

func TestWhoConfirmedATimeIsAskedAgainWhenTheSessionMoves(t *testing.T) {
	g := newWorld(t).gathering(2, 0, 1)
	invitation := g.asked(g.people...)[0]
	g.says(invitation, yes).is(303)
	g.clock.set(g.begins.Add(-30 * time.Hour))
	g.carol.post("/invitations/"+invitation.String()+"/answer", body{"answer": "confirm"}).is(200)
	g.carol.patch(g.path(""), 1, body{"topic": "Queues in the evening"}).is(200)
	require.Contains(t, g.carol.get("/invitations/"+invitation.String()).is(200).object(), "confirmed_at", "the time is the same")
	g.carol.patch(g.path(""), 2, body{"starts": "2026-12-09T18:00", "ends": "2026-12-09T20:00"}).is(200)
	after := g.carol.get("/invitations/" + invitation.String()).is(200).object()
	require.Equal(t, "accepted", after["state"])
	require.NotContains(t, after, "confirmed_at", "nobody said yet that they come at the new time")
	g.clock.set(g.begins.Add(24 * time.Hour))
	require.Len(t, g.carol.get(g.path("/call-list")).is(200).items(), 1)
}

func TestNoOpenInvitationCanBeAnsweredLaterThanTheSessionStartsAfterItMoved(t *testing.T) {
	g := newWorld(t).gathering(1, 0, 5)
	ids := g.asked(g.people...)
	early := g.begins.AddDate(0, 0, -6) // Tuesday 1 December, six in the evening
	soon := g.begins.AddDate(0, 0, -8)
	g.carol.post("/invitations/"+ids[1].String()+"/send", body{"answer_by": soon}).is(200)
	g.says(ids[2], never).is(303)
	g.says(ids[3], yes).is(303)
	g.says(ids[4], yes).is(303)
	g.says(ids[3], cannot).is(303)
	require.Equal(t, []string{"sent", "sent", "declined", "cancelled", "offered"}, g.states(ids))
	g.carol.post("/invitations/"+ids[0].String()+"/send", body{"answer_by": g.begins}).is(200)
	offered := g.carol.get("/invitations/" + ids[4].String()).is(200).object()["answer_by"]

	g.changes(body{"starts": "2026-12-01T18:00", "ends": "2026-12-01T20:00"}).is(200)
	until := func(i int) any { return g.carol.get("/invitations/" + ids[i].String()).is(200).object()["answer_by"] }
	byNotice := early.Add(-2 * time.Hour).Format(time.RFC3339)
	require.Equal(t, []any{byNotice, soon.Format(time.RFC3339), byNotice, offered}, []any{until(0), until(1), until(2), until(4)}, "what ends before stays as it was said")
	require.Contains(t, string(g.opens(g.link(ids[0], 0)).is(200).body), "Tuesday 1 December 2026, 16:00")
	var told string
	require.Positive(t, len(g.mailed(g.moe)))
	require.NoError(t, g.server.DB.Read().NewRaw("SELECT body FROM mails WHERE template = 'focus-group-moved' AND to_id = ?", g.people[0]).Scan(t.Context(), &told))
	require.Contains(t, told, "at the latest Tuesday 1 December 2026, 16:00 (Europe/Warsaw)", "who is still asked is told until when")
	require.NoError(t, g.server.DB.Read().NewRaw("SELECT subject FROM mails WHERE template = 'focus-group-moved' AND to_id = ?", g.moe.id).Scan(t.Context(), &told))

	g.clock.set(early.Add(-2 * time.Hour))
	g.says(ids[0], yes).refuses(410, "time to answer")
	g.changes(body{"starts": "2026-12-01T17:30", "ends": "2026-12-01T19:30"}).is(200)
	require.Equal(t, byNotice, until(0), "an earlier start than the notice does not open what is over")
}
