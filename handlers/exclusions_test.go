package handlers_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/database"
)

// past lays a closed session on a topic, so many months before the group, for which this was recorded of a participant.
func (g *gathering) past(months int, topic string, participant uuid.UUID, outcome string) {
	g.Helper()
	begins := g.begins.AddDate(0, -months, 0)
	session, invitation := g.session(begins, 8, 2), uuid.New()
	g.lays("UPDATE focus_groups SET state = 'closed', topic = ? WHERE id = ?", topic, session)
	g.lays(`INSERT INTO invitations (id, focus_group_id, participant_id, state, generation, override, screening, calendar_uid, calendar_sent, sequence, created_at, edition)
		VALUES (?, ?, ?, 'accepted', 1, '', '{}', ?, FALSE, 0, 1, 1)`, invitation, session, participant, invitation.String())
	g.lays(`INSERT INTO attendance (id, invitation_id, number, content_hash, outcome, struck_out, note, recorded_at, received_at, recorded_by) VALUES (?, ?, 1, '', ?, '', '', ?, ?, ?)`,
		uuid.New(), invitation, outcome, database.At(begins), database.At(begins), g.moe.id)
}

// invites asks one participant, and gives why they are refused; empty where they are not.
func (g *gathering) invites(participant uuid.UUID, override string) string {
	g.Helper()
	drafts := g.carol.post(g.path("/invitations"), body{"participants": []uuid.UUID{participant}, "override": override}).is(200).object()
	refused := drafts["refused"].([]any)
	require.Equal(g, 1.0, drafts["drafted"].(float64)+float64(len(refused)))
	if len(refused) == 0 {
		return ""
	}
	return refused[0].(map[string]any)["reason"].(string)
}

func TestEachRuleOfExclusionLeavesOutWithAReasonAndIsSetAsideWithOne(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		rule, why string
		in, out   func(g *gathering, who uuid.UUID) // who the rule leaves in, and out
	}{
		{`{"rule":"took_part","months":6}`, "took part in a group on 7 July 2026, less than 6 months before this one",
			func(g *gathering, who uuid.UUID) {
				g.past(7, "Other", who, "took_part")
				g.past(2, "Other", who, "turned_away")
			},
			func(g *gathering, who uuid.UUID) { g.past(5, "Other", who, "took_part") }},
		{`{"rule":"same_topic"}`, "took part in a group on the same topic on 7 December 2023",
			func(g *gathering, who uuid.UUID) { g.past(2, "Deliveries", who, "took_part") },
			func(g *gathering, who uuid.UUID) { g.past(36, "QUEUES at noon", who, "took_part") }},
		{`{"rule":"no_shows","times":2,"months":24}`, "did not come 2 times, less than 24 months before this one",
			func(g *gathering, who uuid.UUID) {
				g.past(3, "Other", who, "no_show")
				g.past(25, "Other", who, "no_show")
			},
			func(g *gathering, who uuid.UUID) {
				g.past(3, "Other", who, "no_show")
				g.past(23, "Other", who, "no_show")
			}},
		{`{"rule":"same_household"}`, "somebody of the same household has a seat",
			func(g *gathering, who uuid.UUID) {
				g.lays("UPDATE participants SET household = 'Rynek 6' WHERE id = ?", who)
			},
			func(g *gathering, who uuid.UUID) {
				g.lays("UPDATE participants SET household = ' RYNEK 5' WHERE id = ?", who)
			}},
		{`{"rule":"same_employer"}`, "somebody of the same employer has a seat",
			func(g *gathering, who uuid.UUID) {
				g.lays("UPDATE participants SET employer = 'Southwind' WHERE id = ?", who)
			},
			func(g *gathering, who uuid.UUID) {
				g.lays("UPDATE participants SET employer = 'Northwind' WHERE id = ?", who)
			}},
	} {
		g := w.gathering(8, 2, 3)
		g.lays("UPDATE studies SET exclusions = ? WHERE id = ?", "["+c.rule+"]", g.study)
		seated, in, out := g.people[0], g.people[1], g.people[2]
		g.lays("UPDATE participants SET household = 'Rynek 5', employer = 'northwind' WHERE id = ?", seated)
		g.says(g.asked(seated)[0], yes).is(303)
		c.in(g, in)
		c.out(g, out)
		require.Empty(t, g.invites(in, ""), c.rule)
		require.Equal(t, c.why, g.invites(out, " "), c.rule)

		require.Empty(t, g.invites(out, "The last one was called off half way"), c.rule)
		path := g.invitation(2)
		moves := g.carol.get(path + "/moves").is(200).items()
		require.Len(t, moves, 1)
		require.Equal(t, []any{"draft", "draft", g.carol.id.String(), "exclusion set aside: The last one was called off half way"},
			[]any{moves[0]["from"], moves[0]["to"], moves[0]["actor_id"], moves[0]["reason"]}, "who, when and why")
		require.NotContains(t, g.carol.get(path).is(200).object(), "excluded")
		g.carol.post(path+"/send", body{}).is(200)
		g.says(uuid.NewSHA1(g.id, out[:]), yes).is(303)
		require.Equal(t, "accepted", g.carol.get(path).object()["state"], c.rule)
	}
}

func TestThatSomebodyDoesNotWantToBeContactedIsNeverSetAside(t *testing.T) {
	g := newWorld(t).gathering(8, 2, 2)
	g.lays("UPDATE participants SET do_not_contact = TRUE WHERE id = ?", g.people[0])
	for _, override := range []string{"", "They will not mind"} {
		require.Equal(t, "does not want to be contacted", g.invites(g.people[0], override))
	}
	require.Empty(t, g.invites(g.people[1], ""))
	g.lays("UPDATE participants SET do_not_contact = TRUE WHERE id = ?", g.people[1])
	path := g.invitation(1)
	require.Equal(t, "does not want to be contacted", g.carol.get(path).is(200).object()["excluded"])
	g.carol.post(path+"/override", body{"reason": "They will not mind"}).isProblem(409, "not-sendable")
	g.carol.post(path+"/send", body{}).isProblem(409, "not-sendable")
	require.NotContains(t, g.carol.get(path).is(200).object(), "override")
}

func TestWhoIsLeftOutAfterBeingAskedIsShownWithTheReasonWhichCanBeSetAside(t *testing.T) {
	g := newWorld(t).gathering(8, 2, 4)
	g.lays(`UPDATE studies SET exclusions = '[{"rule":"same_household"},{"rule":"took_part","months":6}]' WHERE id = ?`, g.study)
	g.lays("UPDATE participants SET household = 'Rynek 5' WHERE id IN (?, ?)", g.people[0], g.people[1])
	ids := g.asked(g.people[:2]...)
	require.Empty(t, g.invites(g.people[2], ""))
	require.Empty(t, g.invites(g.people[3], ""))
	g.says(ids[0], yes).is(303)
	g.says(ids[1], yes).is(303)
	require.Equal(t, []string{"accepted", "waitlisted"}, g.states(ids), "seats are free, but not for another of the household")
	g.past(1, "Other", g.people[2], "took_part")

	reasons := map[string]any{}
	for _, i := range g.carol.get(g.path("/invitations")).is(200).items() {
		reasons[i["participant_id"].(string)] = i["excluded"]
	}
	took := "took part in a group on 7 November 2026, less than 6 months before this one"
	require.Equal(t, map[string]any{g.people[0].String(): nil, g.people[1].String(): "somebody of the same household has a seat", g.people[2].String(): took, g.people[3].String(): nil}, reasons)
	g.carol.post(g.invitation(2)+"/send", body{}).isProblem(409, "excluded")
	mailed := g.carol.post(g.path("/invitations/send"), body{"who": "drafts"}).is(200).object()
	require.Equal(t, 1.0, mailed["sent"])
	require.Equal(t, took, mailed["refused"].([]any)[0].(map[string]any)["reason"])

	g.carol.post(g.invitation(1)+"/override", body{"reason": " "}).refuses(422, "/reason")
	for range 2 {
		overridden := g.carol.post(g.invitation(1)+"/override", body{"reason": " They live on another floor "}).is(200).object()
		require.Equal(t, []any{"offered", "They live on another floor", nil}, []any{overridden["state"], overridden["override"], overridden["excluded"]})
	}
	moves := g.carol.get(g.invitation(1) + "/moves").is(200).items()
	require.Len(t, moves, 4, "sent, waits, overridden, offered: once")
	require.Equal(t, []any{"coordinator", g.carol.id.String(), "waitlisted", "waitlisted", "exclusion set aside: They live on another floor"},
		[]any{moves[2]["party"], moves[2]["actor_id"], moves[2]["from"], moves[2]["to"], moves[2]["reason"]})
	var rows int
	require.NoError(t, g.server.DB.Read().NewSelect().Table("audit").ColumnExpr("COUNT(*)").
		Where("action = 'override' AND kind = 'invitation' AND subject = ? AND actor_id = ?", ids[1], g.carol.id).Scan(context.Background(), &rows))
	require.Equal(t, 1, rows)

	require.Equal(t, "draft", g.carol.post(g.invitation(2)+"/override", body{"reason": "It was a trial"}).is(200).object()["state"])
	g.carol.post(g.invitation(2)+"/send", body{}).is(200)
	g.carol.post(g.invitation(0)+"/override", body{"reason": "It was a trial"}).refuses(409, "no rule leaves them out: the invitation is accepted")
	g.clock.set(g.begins.Add(time.Minute))
	g.carol.post(g.invitation(3)+"/override", body{"reason": "It was a trial"}).isProblem(409, "group-over")
}
