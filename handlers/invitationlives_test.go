package handlers_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/database"
)

// lives is the table of an invitation's states a third time, as somebody meets it over HTTP: what is said or done, and
// where it leads. What leads nowhere is refused and changes nothing; what was said before is taken again and changes
// nothing either.
var lives = map[string]map[string]string{
	"accept":   {"sent": "accepted", "declined": "accepted", "offered": "accepted", "accepted": "accepted", "waitlisted": "waitlisted", "screened_out": "screened_out"},
	"decline":  {"sent": "declined", "offered": "declined", "declined": "declined"},
	"cancel":   {"accepted": "cancelled", "waitlisted": "cancelled", "cancelled": "cancelled"},
	"confirm":  {"accepted": "accepted"},
	"send":     {"draft": "sent", "sent": "sent"},
	"withdraw": {"draft": "withdrawn", "sent": "withdrawn", "waitlisted": "withdrawn", "offered": "withdrawn", "accepted": "withdrawn", "withdrawn": "withdrawn"},
}

var lifeStates = []string{"draft", "sent", "accepted", "declined", "waitlisted", "screened_out", "offered", "expired", "cancelled", "withdrawn"}

// standing is an invitation of somebody new that is in a state, with its seat where it holds one.
func (g *gathering) standing(state string) uuid.UUID {
	g.Helper()
	person := g.somebody()
	g.people = append(g.people, person)
	id := uuid.NewSHA1(g.id, person[:])
	at := database.At(g.clock.now())
	var answerBy, waiting any
	if state == "sent" || state == "offered" {
		answerBy = database.At(g.begins.Add(-2 * time.Hour))
	}
	if state == "waitlisted" || state == "offered" {
		waiting = at
	}
	g.lays(`INSERT INTO invitations (id, focus_group_id, participant_id, state, generation, override, screening, sent_at, answer_by, waitlisted_at, calendar_uid, calendar_sent, sequence, created_at, edition)
		VALUES (?, ?, ?, ?, 0, '', '{}', ?, ?, ?, ?, FALSE, 0, ?, 1)`, id, g.id, person, state, at, answerBy, waiting, id.String(), at)
	if state == "accepted" || state == "offered" {
		g.lays("UPDATE focus_groups SET taken = taken + 1 WHERE id = ?", g.id)
	}
	return id
}

// does says or does something with an invitation, and gives the status of the answer.
func (g *gathering) does(what string, byLink bool, id uuid.UUID) int {
	g.Helper()
	path := "/invitations/" + id.String()
	switch {
	case what == "send":
		return g.carol.post(path+"/send", body{}).status
	case what == "withdraw":
		return g.carol.post(path+"/withdraw", body{"reason": "A test"}).status
	case byLink:
		return g.says(id, url.Values{"answer": {what}, "consent": {"attend"}}).status
	}
	return g.carol.post(path+"/answer", body{"answer": what, "consents": []string{"attend"}}).status
}

func TestEveryAnswerInEveryStateByLinkAndByPhoneLeadsWhereTheTableSays(t *testing.T) {
	g := newWorld(t).gathering(100, 100, 0)
	g.clock.set(g.begins.Add(-30 * time.Hour)) // who accepted is asked to confirm
	for _, state := range lifeStates {
		for what, to := range lives {
			for _, byLink := range []bool{true, false} {
				id := g.standing(state)
				status := g.does(what, byLink, id)
				about := fmt.Sprintf("%s of %s, by link: %t", what, state, byLink)
				after, may := to[state]
				if !may {
					require.Contains(t, []int{404, 409, 410}, status, about)
					require.Equal(t, state, g.state(id), about)
					continue
				}
				require.Contains(t, []int{200, 303}, status, about)
				require.Equal(t, after, g.state(id), about)
				require.Equal(t, status, g.does(what, byLink, id), "%s, sent twice", about)
				require.Equal(t, after, g.state(id), "%s, sent twice", about)
			}
		}
	}
	require.Equal(t, g.counted("SELECT COUNT(*) FROM invitations WHERE state IN ('accepted', 'offered')"), g.taken(), "seats are counted as they are held")
}

func TestWhenASessionHasBegunOrIsCalledOffOrClosedNoAnswerChangesAnything(t *testing.T) {
	g := newWorld(t).gathering(100, 100, 0)
	invitations := map[string]uuid.UUID{}
	for _, state := range lifeStates {
		invitations[state] = g.standing(state)
	}
	taken := g.taken()
	for _, group := range []string{"scheduled", "cancelled", "closed"} {
		g.lays("UPDATE focus_groups SET state = ? WHERE id = ?", group, g.id)
		if group == "scheduled" {
			g.clock.set(g.begins)
		}
		for state, id := range invitations {
			for _, what := range []string{"accept", "decline", "cancel", "confirm", "send"} {
				for _, byLink := range []bool{true, false} {
					status := g.does(what, byLink, id)
					require.Less(t, status, 500)
					if again := lives[what][state] == state && what != "confirm" && what != "send"; !again {
						require.Contains(t, []int{404, 409, 410}, status, "%s of %s in a %s session", what, state, group)
					}
					require.Equal(t, state, g.state(id), "%s in a %s session", what, group)
				}
			}
		}
	}
	require.Equal(t, taken, g.taken())
	require.Zero(t, g.counted("SELECT COUNT(*) FROM invitation_moves"))
}

func TestAnOfferThatEndsWhileItIsTakenIsTakenInTimeOrNotAtAll(t *testing.T) {
	g := newWorld(t).gathering(1, 0, 0)
	id := g.standing("offered")
	g.clock.set(g.begins.Add(-2 * time.Hour)) // it was kept until now, and nobody has come by to end it
	g.says(id, yes).refuses(410, "time to answer")
	require.Equal(t, "offered", g.state(id))
	g.clock.forward(-time.Microsecond)
	g.says(id, yes).is(303)
	require.Equal(t, "accepted", g.state(id))
	require.Equal(t, 1, g.taken())
}

func TestNobodyAnswersForSomebodyWhoIsErased(t *testing.T) {
	g := newWorld(t).gathering(4, 0, 0)
	id := g.standing("declined")
	g.carol.post("/participants/"+g.people[0].String()+"/erase", body{"reason": "By letter"}).is(200)
	g.carol.post("/invitations/"+id.String()+"/answer", body{"answer": "accept", "consents": []string{"attend"}, "reason": "Petra changed her mind"}).refuses(409, "erased")
	g.carol.post("/invitations/"+id.String()+"/calls", body{"id": uuid.New(), "outcome": "reached", "note": "Petra is glad"}).refuses(409, "erased")
	require.Equal(t, "declined", g.state(id))
	require.Zero(t, g.counted("SELECT COUNT(*) FROM consents"))
	require.Zero(t, g.counted("SELECT COUNT(*) FROM calls"))
}

func TestAScannerThatOpensALinkWithEveryReadingMethodChangesNothing(t *testing.T) {
	g := newWorld(t).gathering(4, 0, 1)
	id := g.asked(g.people...)[0]
	before := g.everything("invitations") + g.everything("participants") + g.everything("consents")
	for _, method := range []string{"GET", "HEAD", "OPTIONS"} {
		for _, query := range []string{"", "?answer=accept&consent=attend", "?answer=decline"} {
			a := g.nobody.raw(method, g.link(id, 0)[len("http://fieldcare.test"):]+query, nil, "Purpose", "prefetch", "Sec-Purpose", "prefetch", "Content-Type", "application/x-www-form-urlencoded")
			require.Less(t, a.status, 500)
		}
	}
	require.Equal(t, before, g.everything("invitations")+g.everything("participants")+g.everything("consents"))
}

func TestOnceASessionHasBegunOrIsClosedOrCalledOffNoInvitationIsTakenBackOrMoved(t *testing.T) {
	g := newWorld(t).gathering(100, 100, 0)
	there := g.session(g.begins.AddDate(0, 1, 0), 8, 0)
	before := map[string]uuid.UUID{}
	for _, state := range lifeStates {
		before[state] = g.standing(state)
	}
	taken := g.taken()
	for _, group := range []string{"scheduled", "closed", "cancelled"} {
		g.lays("UPDATE focus_groups SET state = ? WHERE id = ?", group, g.id)
		if group == "scheduled" {
			g.clock.set(g.begins)
		}
		for state, id := range before {
			path := "/invitations/" + id.String()
			if state == "withdrawn" {
				g.carol.post(path+"/withdraw", body{"reason": "A slip"}).is(200)
				continue
			}
			g.carol.post(path+"/withdraw", body{"reason": "A slip"}).isProblem(409, "group-over")
			g.carol.post(path+"/move", body{"focus_group_id": there, "reason": "Another day"}).isProblem(409, "group-over")
			require.Equal(t, state, g.state(id), group)
		}
	}
	require.Equal(t, taken, g.taken())
	g.carol.post("/invitations/"+before["accepted"].String()+"/calls", body{"id": uuid.New(), "outcome": "reached", "note": "Has got the money"}).is(201)
}

func TestADraftOfAGroupThatIsNotScheduledYetIsTakenBack(t *testing.T) {
	g := newWorld(t).gathering(8, 0, 0)
	g.lays("UPDATE focus_groups SET state = 'draft' WHERE id = ?", g.id)
	id := g.standing("draft")
	g.carol.post("/invitations/"+id.String()+"/withdraw", body{"reason": "A slip"}).is(200)
	require.Equal(t, "withdrawn", g.state(id))
}

func TestNobodyConfirmsBeforeTheyAreAsked(t *testing.T) {
	g := newWorld(t).gathering(100, 0, 0)
	id := g.standing("accepted")
	path := "/invitations/" + id.String()
	g.clock.set(g.begins.Add(-48*time.Hour - time.Microsecond))
	g.says(id, url.Values{"answer": {"confirm"}}).is(409)
	g.carol.post(path+"/answer", body{"answer": "confirm"}).isProblem(409, "not-asked-yet").refuses(409, "from 48 hours before the start on, 2026-12-05T17:00:00Z")
	require.NotContains(t, g.carol.get(path).is(200).object(), "confirmed_at")
	g.clock.forward(time.Microsecond)
	g.says(id, url.Values{"answer": {"confirm"}}).is(303)
	require.Contains(t, g.carol.get(path).is(200).object(), "confirmed_at")
}

func TestAnInvitationThatNobodyAnsweredInTimeIsNotSentAgainBeforeOrAfterTheClockComesBy(t *testing.T) {
	g := newWorld(t).gathering(8, 0, 1)
	path := "/invitations/" + g.asked(g.people...)[0].String()
	g.carol.post(path+"/send", body{"answer_by": g.clock.now().Add(time.Hour)}).is(200)
	g.clock.forward(time.Hour)
	before := g.carol.post(path+"/send", body{"answer_by": g.begins}).isProblem(409, "illegal-move").object()
	some := g.carol.post(g.path("/invitations/send"), body{"who": "unanswered"}).is(200).object()
	n, err := g.server.Invitations.ExpireDue(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, n)
	after := g.carol.post(path+"/send", body{"answer_by": g.begins}).isProblem(409, "illegal-move").object()
	require.Equal(t, before["detail"], after["detail"])
	require.Contains(t, before["detail"], "an invitation that is expired")
	require.Equal(t, some, g.carol.post(g.path("/invitations/send"), body{"who": "unanswered"}).is(200).object())
	require.Equal(t, 0.0, some["sent"])
}
