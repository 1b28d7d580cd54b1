package handlers_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// changes changes the group as somebody does who has just read it.
func (g *gathering) changes(what body) *answer {
	g.Helper()
	return g.carol.send("PATCH", g.path(""), what, "If-Match", g.carol.get(g.path("")).is(200).header.Get("ETag"))
}

func TestSeatsThatAreAddedAreOfferedToThoseWhoWait(t *testing.T) {
	g := newWorld(t).gathering(1, 0, 5)
	ids := g.asked(g.people...)
	for _, id := range ids {
		g.says(id, yes).is(303)
	}
	require.Equal(t, []string{"accepted", "waitlisted", "waitlisted", "waitlisted", "waitlisted"}, g.states(ids))
	require.Equal(t, 2.0, g.changes(body{"seats": 2}).is(200).object()["taken"])
	require.Equal(t, []string{"accepted", "offered", "waitlisted", "waitlisted", "waitlisted"}, g.states(ids))
	require.Equal(t, 3.0, g.changes(body{"reserve": 1}).is(200).object()["taken"], "the reserve is offered too")
	require.Equal(t, []string{"accepted", "offered", "offered", "waitlisted", "waitlisted"}, g.states(ids))

	moves := g.carol.get("/invitations/" + ids[1].String() + "/moves").is(200).items()
	require.Equal(t, []any{"clock", "waitlisted", "offered"}, []any{moves[2]["party"], moves[2]["from"], moves[2]["to"]})
	refused := g.changes(body{"seats": 1}).is(422).faults()["/seats"]
	require.Contains(t, refused, "3 are accepted or on offer")
	require.Contains(t, refused, "withdraw invitations first")
	require.Equal(t, 3, g.taken(), "nobody's seat is taken back")
	g.says(ids[2], never).is(303)
	require.Equal(t, "offered", g.state(ids[3]))
	g.carol.post("/invitations/"+ids[3].String()+"/withdraw", body{"reason": "The room is smaller than we thought"}).is(200)
	require.Equal(t, "offered", g.state(ids[4]))
	g.carol.post("/invitations/"+ids[4].String()+"/withdraw", body{"reason": "The room is smaller than we thought"}).is(200)
	require.Equal(t, 2.0, g.changes(body{"reserve": 0}).is(200).object()["taken"], "what nobody has can be taken away")
}

func TestSeatsThatAreAddedTooLateOrForOthersAreOfferedToNobodyAndItIsSaidWhy(t *testing.T) {
	g := newWorld(t).gathering(1, 0, 4)
	tram := uuid.New()
	g.lays("UPDATE studies SET quotas = ? WHERE id = ?", jsonText([]body{{"attribute_id": tram, "value": "tram", "target": 1, "hard": true}}), g.study)
	for _, i := range []int{0, 1} {
		g.lays("UPDATE participants SET attributes = ? WHERE id = ?", jsonText(map[string]string{tram.String(): "tram"}), g.people[i])
	}
	ids := g.asked(g.people...)
	for _, id := range ids {
		g.says(id, yes).is(303)
	}
	g.clock.set(time.Date(2026, 12, 1, 22, 0, 0, 0, time.UTC)) // eleven at night in Warsaw
	g.changes(body{"seats": 2}).is(200)
	require.Equal(t, []string{"accepted", "waitlisted", "offered", "waitlisted"}, g.states(ids))
	list := string(g.carol.get(g.path("/waiting-list")).is(200).body)
	require.Contains(t, list, "the quota “tram” is full: 1 of 1")
	require.Contains(t, list, "can answer until 3 December 2026, 08:00 (CET)", "a day from the end of the quiet hours")

	g.clock.set(g.begins.Add(-90 * time.Minute)) // the notice is two hours
	g.changes(body{"seats": 4}).is(200)
	require.Equal(t, "waitlisted", g.state(ids[3]))
	require.Contains(t, string(g.carol.get(g.path("/waiting-list")).is(200).body), "less time than the notice before the start")
}
