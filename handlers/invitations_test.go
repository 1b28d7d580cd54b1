package handlers_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/database"
	"fieldcare/scheduling"
)

// gathering is a scheduled group on 7 December at six, Warsaw time, of a study with a screening question, and a panel
// to ask.
type gathering struct {
	*world
	id, study uuid.UUID
	begins    time.Time
	people    []uuid.UUID
}

// gathering has so many seats and so many in reserve; a panel of that many people is asked by nobody yet.
func (w *world) gathering(seats, reserve, people int) *gathering {
	w.Helper()
	g := &gathering{world: w, study: uuid.New(), begins: time.Date(2026, 12, 7, 17, 0, 0, 0, time.UTC)}
	w.lays(`INSERT INTO studies (id, title, folded, purpose, branches, language, screening, quotas, exclusions, guide, rates, incentive, travel, budget, currency, created_at, edition)
		VALUES (?, 'Queues', 'queues', 'How waiting feels, and what would make it easier.', '[]', 'en', '[]', '[]', '[]', '[]', '{}', 4000, 600, 30000, 'EUR', 1, 1)`, g.study)
	g.id = g.session(g.begins, seats, reserve)
	for range people {
		g.people = append(g.people, g.somebody())
	}
	return g
}

// session is another group of the study, in a room of its own.
func (g *gathering) session(begins time.Time, seats, reserve int) uuid.UUID {
	g.Helper()
	id, room, venue, at := uuid.New(), uuid.New(), uuid.New(), database.At(g.clock.now())
	wall := begins.Add(time.Hour).Format("2006-01-02T15:04")
	g.lays(`INSERT INTO venues (id, name, folded, address, zone, directions, created_at, edition) VALUES (?, 'Hotel Wisła', ?, 'Rynek 2, Warsaw', 'Europe/Warsaw', 'Through the court, second door.', ?, 1)`, venue, venue.String(), at)
	g.lays(`INSERT INTO rooms (id, venue_id, name, capacity, features, price, price_per, currency, lead_days, cancel_days, setup_minutes, hired, created_at, edition)
		VALUES (?, ?, 'Blue room', 12, '["recording","step_free"]', 0, 'hour', 'EUR', 0, 0, 0, TRUE, ?, 1)`, room, venue, at)
	g.lays(`INSERT INTO focus_groups (id, study_id, topic, state, language, room_id, room_reference, moderator_id, assistants, zone, starts, ends, starts_at, ends_at, seats, minimum, reserve, notice_minutes, taken, reason, created_at, edition)
		VALUES (?, ?, 'Queues at noon', 'scheduled', 'en', ?, '', ?, '[]', 'Europe/Warsaw', ?, ?, ?, ?, ?, 1, ?, 120, 0, '', ?, 1)`,
		id, g.study, room, g.moe.id, wall, strings.Replace(wall, "T18", "T20", 1), database.At(begins), database.At(begins.Add(2*time.Hour)), seats, reserve, at)
	return id
}

func (g *gathering) somebody() uuid.UUID {
	g.Helper()
	id := uuid.New()
	name := "Guest " + id.String()[:8]
	g.lays(`INSERT INTO participants (id, name, folded, email, email_folded, phone, phone_digits, language, zone, household, employer, notes, tags, attributes, do_not_contact, generation, created_at, edition)
		VALUES (?, ?, ?, ?, ?, '', '', 'en', 'Europe/Warsaw', '', '', '', '[]', '{}', FALSE, 1, 1, 1)`, id, name, database.Fold(name), id.String()+"@example.org", id.String()+"@example.org")
	return id
}

func (g *gathering) path(more string) string { return "/focus-groups/" + g.id.String() + more }

// asked invites the people and sends them their invitations, whose ids it gives.
func (g *gathering) asked(people ...uuid.UUID) []uuid.UUID {
	g.Helper()
	g.carol.post(g.path("/invitations"), body{"participants": people}).is(200)
	g.carol.post(g.path("/invitations/send"), body{"who": "drafts"}).is(200)
	ids := make([]uuid.UUID, len(people))
	for i, p := range people {
		ids[i] = uuid.NewSHA1(g.id, p[:])
	}
	return ids
}

// link is the address of an invitation's page.
func (g *gathering) link(invitation uuid.UUID, generation int64) string {
	return "http://fieldcare.test/rsvp/" + g.server.Invitations.Links.Make(scheduling.AnswerLink, invitation, generation)
}

// opens reads a page as a browser does that nobody is signed in with.
func (g *gathering) opens(address string) *answer {
	g.Helper()
	return g.nobody.raw("GET", strings.TrimPrefix(address, "http://fieldcare.test"), nil)
}

// says sends the form of the page.
func (g *gathering) says(invitation uuid.UUID, form url.Values) *answer {
	g.Helper()
	client := g.client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	response, err := client.PostForm(g.link(invitation, 0), form)
	require.NoError(g, err)
	return g.read(response, "POST /rsvp")
}

var (
	yes    = url.Values{"answer": {"accept"}, "consent": {"attend"}}
	never  = url.Values{"answer": {"decline"}}
	cannot = url.Values{"answer": {"cancel"}}
)

func (g *gathering) state(invitation uuid.UUID) string {
	g.Helper()
	return g.carol.get("/invitations/" + invitation.String()).is(200).object()["state"].(string)
}

func (g *gathering) taken() (taken int) {
	g.Helper()
	require.NoError(g, g.server.DB.Read().NewSelect().Table("focus_groups").Column("taken").Where("id = ?", g.id).Scan(context.Background(), &taken))
	return taken
}

func TestAParticipantAnswersByTheirLink(t *testing.T) {
	g := newWorld(t).gathering(8, 2, 1)
	invitation := g.asked(g.people...)[0]
	page := g.opens(g.link(invitation, 0)).is(200)
	for _, says := range []string{"Queues at noon", "Monday 7 December 2026, ", "18:00–20:00", "Europe/Warsaw", "Hotel Wisła", "Through the court", "without steps", "40.00 EUR", "Who sees what", "recorded on video"} {
		require.Contains(t, string(page.body), says)
	}
	require.NotContains(t, string(page.body), "How waiting feels", "what a study is to find out is not told to those whom it asks")
	require.NotContains(t, string(page.body), "staff of the organisation watch", "the room has no viewing room")
	require.Equal(t, "sent", g.state(invitation), "a GET changes nothing")

	g.says(invitation, yes).is(303)
	g.says(invitation, yes).is(303)
	require.Equal(t, "accepted", g.state(invitation))
	require.Equal(t, 1, g.taken())
	seated := string(g.opens(g.link(invitation, 0)).is(200).body)
	require.Contains(t, seated, "You have a seat")
	require.NotContains(t, seated, "this is an invitation", "who has answered is told how things stand, not invited again")

	g.says(invitation, cannot).is(303)
	require.Equal(t, "cancelled", g.state(invitation))
	require.Zero(t, g.taken())
	require.Contains(t, string(g.opens(g.link(invitation, 0)).is(200).body), "somebody else can have the seat")
	moves := g.carol.get("/invitations/" + invitation.String() + "/moves").is(200).items()
	require.Len(t, moves, 3)
	require.Equal(t, []any{"participant", "accepted", "cancelled"}, []any{moves[2]["party"], moves[2]["from"], moves[2]["to"]})
}

func TestAPageOfALinkIsKeptByNobodyAndRunsNothing(t *testing.T) {
	g := newWorld(t).gathering(8, 2, 1)
	page := g.opens(g.link(g.asked(g.people...)[0], 0)).is(200)
	require.Equal(t, "no-store", page.header.Get("Cache-Control"))
	require.Equal(t, "no-referrer", page.header.Get("Referrer-Policy"))
	require.Equal(t, "noindex, nofollow", page.header.Get("X-Robots-Tag"))
	require.Contains(t, page.header.Get("Content-Security-Policy"), "default-src 'none'; style-src 'sha256-")
	require.Equal(t, "text/html; charset=utf-8", page.header.Get("Content-Type"))
	require.NotContains(t, string(page.body), "<script")
	require.NotContains(t, string(page.body), "style=")
}

func TestLinksThatAreForgedRevokedOrOverSayOnlyThat(t *testing.T) {
	g := newWorld(t).gathering(8, 2, 3)
	ids := g.asked(g.people[:2]...)
	g.carol.post(g.path("/invitations"), body{"participants": g.people}).is(200)
	good := g.link(ids[0], 0)
	drafted := uuid.NewSHA1(g.id, g.people[2][:])
	silent := func(a *answer) {
		require.NotContains(t, string(a.body), "Queues")
		require.NotContains(t, string(a.body), "<form")
	}
	for _, forged := range []string{good[:len(good)-1], good + "A", "http://fieldcare.test/rsvp/x", g.link(uuid.New(), 0), g.link(drafted, 0)} {
		silent(g.opens(forged).refuses(404, "does not work"))
	}
	g.carol.post("/invitations/"+ids[0].String()+"/send", body{"new_link": true}).is(200)
	silent(g.opens(good).refuses(410, "replaced by a newer one"))
	silent(g.says(ids[0], yes).refuses(410, "replaced by a newer one"))
	g.opens(g.link(ids[0], 1)).is(200)

	g.carol.post("/invitations/"+ids[1].String()+"/withdraw", body{"reason": "Asked by mistake"}).is(200)
	silent(g.opens(g.link(ids[1], 0)).refuses(410, "took this invitation back"))
	silent(g.says(ids[1], yes).refuses(410, "took this invitation back"))
	require.Equal(t, "withdrawn", g.state(ids[1]))

	g.clock.set(g.begins.Add(-2 * time.Hour)) // the notice before the start
	silent(g.opens(g.link(ids[0], 1)).refuses(410, "time to answer"))
	g.clock.set(g.begins)
	silent(g.opens(g.link(ids[0], 1)).refuses(410, "has begun"))
	g.lays("UPDATE focus_groups SET state = 'cancelled' WHERE id = ?", g.id)
	silent(g.opens(g.link(ids[0], 1)).refuses(410, "called off"))
}

func TestScreeningAndConsentsAreAskedOfWhoAccepts(t *testing.T) {
	g := newWorld(t).gathering(8, 2, 2)
	g.lays("UPDATE studies SET screening = ? WHERE id = ?", `[{"id":"retail","text":"Do you work in retail","options":[{"id":"yes","text":"Yes","out":true},{"id":"no","text":"No"}]}]`, g.study)
	ids := g.asked(g.people...)
	require.Contains(t, string(g.opens(g.link(ids[0], 0)).is(200).body), "Do you work in retail")
	g.says(ids[0], yes).refuses(422, "Please answer every question")
	g.says(ids[0], url.Values{"answer": {"accept"}, "screening-retail": {"no"}}).refuses(422, "agree to what is needed")
	g.says(ids[0], url.Values{"answer": {"accept"}, "screening-retail": {"no"}, "consent": {"attend", "all I own"}}).is(422)
	require.Equal(t, "sent", g.state(ids[0]))
	g.says(ids[0], url.Values{"answer": {"accept"}, "screening-retail": {"no"}, "consent": {"attend", "quotes"}}).is(303)
	require.Equal(t, map[string]any{"retail": "no"}, g.carol.get("/invitations/" + ids[0].String()).object()["screening"])
	var scopes []string
	require.NoError(t, g.server.DB.Read().NewSelect().Table("consents").Column("scope").Where("participant_id = ? AND recorded_by IS NULL AND withdrawn_at IS NULL", g.people[0]).Order("scope").Scan(context.Background(), &scopes))
	require.Equal(t, []string{"attend", "quotes"}, scopes)

	g.says(ids[1], url.Values{"answer": {"accept"}, "screening-retail": {"yes"}, "consent": {"attend"}}).is(303)
	require.Equal(t, "screened_out", g.state(ids[1]))
	require.Contains(t, string(g.opens(g.link(ids[1], 0)).is(200).body), "people in another situation")
	require.Equal(t, 1, g.taken())
}

func TestASeatThatFallsFreeIsOfferedToWhoWaitsLongest(t *testing.T) {
	g := newWorld(t).gathering(1, 1, 5)
	ids := g.asked(g.people...)
	for _, id := range ids {
		g.says(id, yes).is(303)
	}
	require.Equal(t, []string{"accepted", "accepted", "waitlisted", "waitlisted", "waitlisted"}, g.states(ids))
	list := g.carol.get(g.path("/waiting-list")).is(200).object()
	require.Equal(t, 2.0, list["taken"])
	require.Equal(t, ids[2].String(), list["waiting"].([]any)[0].(map[string]any)["invitation_id"])

	g.says(ids[0], cannot).is(303)
	require.Equal(t, []string{"cancelled", "accepted", "offered", "waitlisted", "waitlisted"}, g.states(ids))
	require.Contains(t, string(g.opens(g.link(ids[2], 0)).is(200).body), "kept for you until Tuesday 24 November 2026, 09:00")
	list = g.carol.get(g.path("/waiting-list")).is(200).object()
	require.Contains(t, list["decisions"].([]any)[0].(map[string]any)["reason"], "first who fits")

	g.says(ids[2], never).is(303)
	require.Equal(t, []string{"cancelled", "accepted", "declined", "offered", "waitlisted"}, g.states(ids))
	g.clock.forward(25 * time.Hour)
	g.says(ids[3], yes).is(410)
	require.Equal(t, []string{"cancelled", "accepted", "declined", "offered", "waitlisted"}, g.states(ids), "the clock has not come by")
	n, err := g.server.Invitations.ExpireDue(context.Background())
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, []string{"cancelled", "accepted", "declined", "expired", "offered"}, g.states(ids))
	g.says(ids[4], url.Values{"answer": {"accept"}}).is(303)
	require.Equal(t, "accepted", g.state(ids[4]))
	require.Equal(t, 2, g.taken())
}

func (g *gathering) states(ids []uuid.UUID) (states []string) {
	g.Helper()
	for _, id := range ids {
		states = append(states, g.state(id))
	}
	return states
}

func TestTwoSeatsThatFallFreeAtOnceGoToTwoPeople(t *testing.T) {
	g := newWorld(t).gathering(2, 0, 4)
	ids := g.asked(g.people...)
	for _, id := range ids {
		g.says(id, yes).is(303)
	}
	var all sync.WaitGroup
	for _, id := range ids[:2] {
		all.Go(func() { g.says(id, cannot).is(303) })
	}
	all.Wait()
	require.Equal(t, []string{"cancelled", "cancelled", "offered", "offered"}, g.states(ids))
	require.Equal(t, 2, g.taken())
}

func TestWhoFitsNoQuotaOrRuleIsPassedOverAndItIsSaidWhy(t *testing.T) {
	g := newWorld(t).gathering(2, 0, 5)
	travel := uuid.New()
	g.lays(`UPDATE studies SET quotas = ?, exclusions = '[{"rule":"same_household"}]' WHERE id = ?`,
		jsonText([]body{{"attribute_id": travel, "value": "tram", "target": 1, "hard": true}}), g.study)
	attributes := jsonText(map[string]string{travel.String(): "tram"})
	for _, i := range []int{0, 2} {
		g.lays("UPDATE participants SET attributes = ? WHERE id = ?", attributes, g.people[i])
	}
	for _, i := range []int{0, 3} {
		g.lays("UPDATE participants SET household = 'Rynek 5' WHERE id = ?", g.people[i])
	}
	ids := g.asked(g.people...)
	g.says(ids[0], yes).is(303) // by tram, of Rynek 5
	g.says(ids[2], yes).is(303) // by tram too: their quota is full though a seat is free
	g.says(ids[3], yes).is(303) // of Rynek 5 too
	g.says(ids[1], yes).is(303)
	g.says(ids[4], yes).is(303)
	require.Equal(t, []string{"accepted", "accepted", "waitlisted", "waitlisted", "waitlisted"}, g.states(ids))
	g.says(ids[1], cannot).is(303)
	require.Equal(t, []string{"accepted", "cancelled", "waitlisted", "waitlisted", "offered"}, g.states(ids))
	list := g.carol.get(g.path("/waiting-list")).is(200)
	require.Contains(t, string(list.body), "the quota “tram” is full: 1 of 1")
	require.Contains(t, string(list.body), "somebody of the same household has a seat")
	g.says(ids[0], cannot).is(303)
	require.Equal(t, []string{"cancelled", "cancelled", "offered", "waitlisted", "offered"}, g.states(ids))
}

func TestNobodyHasASeatInTwoSessionsAtATime(t *testing.T) {
	g := newWorld(t).gathering(8, 2, 2)
	ids := g.asked(g.people...)
	g.says(ids[0], yes).is(303)
	other := *g
	other.id = g.session(g.begins.Add(2*time.Hour), 1, 0)
	there := other.asked(g.people...)
	g.says(there[0], yes).refuses(409, "another session at that time")
	require.Equal(t, "sent", g.state(there[0]))
	require.Zero(t, other.taken())
	g.carol.post("/invitations/"+there[0].String()+"/answer", body{"answer": "accept", "consents": []string{"attend"}}).isProblem(409, "held")
	g.says(ids[0], cannot).is(303)
	g.says(there[0], yes).is(303)
	require.Equal(t, "accepted", g.state(there[0]))
}

func TestACoordinatorRecordsWhatWasSaidByPhone(t *testing.T) {
	g := newWorld(t).gathering(1, 0, 2)
	g.lays("UPDATE participants SET email = '' WHERE id = ?", g.people[0])
	ids := g.asked(g.people...)
	one := "/invitations/" + ids[0].String()
	require.Equal(t, "draft", g.state(ids[0]))
	g.carol.post(one+"/send", body{}).refuses(409, "has no e-mail: call them")
	g.carol.post(one+"/send", body{"by_phone": true}).is(200)
	call := body{"id": uuid.New(), "outcome": "call_back", "note": "After six"}
	g.carol.post(one+"/calls", call).is(201)
	g.carol.post(one+"/calls", call).is(200)
	call["note"] = "After seven"
	g.carol.post(one+"/calls", call).isProblem(409, "id-taken")
	g.carol.post(one+"/answer", body{"answer": "maybe"}).is(422)
	g.carol.post(one+"/answer", body{"answer": "accept"}).refuses(422, "attend")
	accepted := g.carol.post(one+"/answer", body{"answer": "accept", "consents": []string{"attend"}, "reason": "Said so on the phone"}).is(200).object()
	require.Equal(t, []any{"accepted", 1.0}, []any{accepted["state"], accepted["calls"]})
	require.Equal(t, "After six", g.carol.get(one + "/calls").is(200).items()[0]["note"])
	last := g.carol.get(one + "/moves").items()[1]
	require.Equal(t, []any{"coordinator", g.carol.id.String(), "Said so on the phone"}, []any{last["party"], last["actor_id"], last["reason"]})
	g.carol.post(one+"/answer", body{"answer": "decline"}).isProblem(409, "illegal-move")
}

func TestTenThousandInvitationsAskedForTwiceAtOnceGiveNoDouble(t *testing.T) {
	w := newWorld(t)
	g := w.gathering(8, 2, 0)
	for range 20 { // of 500
		text, values := strings.Builder{}, []any{}
		for i := range 500 {
			id := uuid.New()
			g.people = append(g.people, id)
			if i > 0 {
				text.WriteByte(',')
			}
			text.WriteString("(?, ?, ?, '', '', '', '', 'en', 'Europe/Warsaw', '', '', '', '[]', '{}', FALSE, 1, 1, 1)")
			values = append(values, id, "Guest", id.String())
		}
		g.lays(`INSERT INTO participants (id, name, folded, email, email_folded, phone, phone_digits, language, zone, household, employer, notes, tags, attributes, do_not_contact, generation, created_at, edition) VALUES `+text.String(), values...)
	}
	asked := body{"participants": g.people}
	var drafted, before [2]float64
	g.carol.get("/me").is(200)
	var all sync.WaitGroup
	for i := range 2 {
		all.Go(func() {
			answer := g.carol.post(g.path("/invitations"), asked).is(200).object()
			drafted[i], before[i] = answer["drafted"].(float64), answer["before"].(float64)
		})
	}
	all.Wait()
	require.Equal(t, 10_000.0, drafted[0]+drafted[1])
	require.Equal(t, 10_000.0, before[0]+before[1])
	n, err := g.server.DB.Read().NewSelect().Table("invitations").Where("focus_group_id = ?", g.id).Count(context.Background())
	require.NoError(t, err)
	require.EqualValues(t, 10_000, n)
}

func TestWhoIsLeftOutIsNamedWithTheReason(t *testing.T) {
	g := newWorld(t).gathering(8, 2, 2)
	g.lays("UPDATE participants SET do_not_contact = TRUE WHERE id = ?", g.people[0])
	nobody := uuid.New()
	answer := g.carol.post(g.path("/invitations"), body{"participants": []uuid.UUID{g.people[0], g.people[1], nobody}, "override": "The director asks for it"}).is(200).object()
	require.Equal(t, 1.0, answer["drafted"])
	reasons := map[any]any{}
	for _, r := range answer["refused"].([]any) {
		reasons[r.(map[string]any)["participant_id"]] = r.(map[string]any)["reason"]
	}
	require.Equal(t, map[any]any{g.people[0].String(): "does not want to be contacted", nobody.String(): "is not on the panel"}, reasons)
	g.lays("UPDATE participants SET do_not_contact = TRUE WHERE id = ?", g.people[1])
	mailed := g.carol.post(g.path("/invitations/send"), body{"who": "drafts"}).is(200).object()
	require.Zero(t, mailed["sent"])
	require.Equal(t, "does not want to be contacted", mailed["refused"].([]any)[0].(map[string]any)["reason"])
}

func TestThoseWhoDidNotAnswerAreWrittenToOnceMoreButNotTwiceADay(t *testing.T) {
	g := newWorld(t).gathering(8, 2, 3)
	ids := g.asked(g.people...)
	g.says(ids[0], never).is(303)
	unanswered := body{"who": "unanswered"}
	counts := func(a *answer) []any { b := a.is(200).object(); return []any{b["sent"], b["recent"]} }
	require.Equal(t, []any{0.0, 2.0}, counts(g.carol.post(g.path("/invitations/send"), unanswered)))
	g.clock.forward(24 * time.Hour)
	require.Equal(t, []any{2.0, 0.0}, counts(g.carol.post(g.path("/invitations/send"), unanswered)))
	require.Equal(t, []any{0.0, 2.0}, counts(g.carol.post(g.path("/invitations/send"), unanswered)))
	var mails int
	require.NoError(t, g.server.DB.Read().NewSelect().Table("mails").ColumnExpr("COUNT(*)").Where("template = 'invitation'").Scan(context.Background(), &mails))
	require.Equal(t, 5, mails)
	g.carol.post(g.path("/invitations/send"), body{"who": "drafts", "answer_by": "2026-12-08T12:00:00Z"}).is(200)
	g.carol.post("/invitations/"+ids[1].String()+"/send", body{"answer_by": "2026-12-08T12:00:00Z"}).refuses(422, "not later than the start")
}

func TestAnInvitationIsMovedToAnotherGroupOfTheStudy(t *testing.T) {
	g := newWorld(t).gathering(1, 0, 3)
	ids := g.asked(g.people...)
	for _, id := range ids {
		g.says(id, yes).is(303)
	}
	there := g.session(g.begins.AddDate(0, 0, 1), 1, 0)
	move := func(i int, to uuid.UUID) *answer {
		return g.carol.post("/invitations/"+ids[i].String()+"/move", body{"focus_group_id": to, "reason": "Tuesday suits better"})
	}
	move(0, uuid.New()).refuses(422, "another group of the same study")
	move(0, g.newStudy()).refuses(422, "another group of the same study")
	moved := move(0, there).is(200).object()
	require.Equal(t, []any{"accepted", there.String()}, []any{moved["state"], moved["focus_group_id"]})
	require.Equal(t, []string{"withdrawn", "offered", "waitlisted"}, g.states(ids))
	g.says(ids[1], url.Values{"answer": {"accept"}}).is(303)
	move(1, there).isProblem(409, "no-seat")
	require.Equal(t, "accepted", g.state(ids[1]), "nothing was moved")
	require.Equal(t, "sent", move(2, there).is(200).object()["state"])
	require.Equal(t, 1, g.taken())
}

func (g *gathering) newStudy() uuid.UUID { return g.world.gathering(1, 0, 0).id }

func TestTheForecastSaysHowManyToInvite(t *testing.T) {
	g := newWorld(t).gathering(8, 4, 1)
	g.says(g.asked(g.people...)[0], yes).is(303)
	f := g.carol.get(g.path("/forecast")).is(200).object()
	require.Equal(t, "Hold 12 acceptances to have 8 in the room with 93%; to get 12, invite about 40.", f["sentence"])
	require.Equal(t, []any{1.0, 0.0, 12.0, 37.0, 8000.0}, []any{f["accepted"], f["chance_target"], f["room"], f["invite_more"], f["chance_minimum"]})
}

func TestWhoAcceptedIsAskedAgainTwoDaysBefore(t *testing.T) {
	g := newWorld(t).gathering(8, 2, 2)
	ids := g.asked(g.people...)
	for _, id := range ids {
		g.says(id, yes).is(303)
	}
	require.NotContains(t, string(g.opens(g.link(ids[0], 0)).body), "Do you still come?")
	g.clock.set(g.begins.Add(-48 * time.Hour))
	require.Contains(t, string(g.opens(g.link(ids[0], 0)).body), "Do you still come?")
	g.says(ids[0], url.Values{"answer": {"confirm"}}).is(303)
	g.says(ids[0], url.Values{"answer": {"confirm"}}).is(303)
	require.Contains(t, string(g.opens(g.link(ids[0], 0)).body), "said again that you will come")
}

func TestACancelledSessionLeavesTheStates(t *testing.T) {
	g := newWorld(t).gathering(1, 0, 3)
	ids := g.asked(g.people...)
	g.says(ids[0], yes).is(303)
	g.says(ids[1], yes).is(303)
	g.lays("UPDATE focus_groups SET state = 'cancelled' WHERE id = ?", g.id)
	g.clock.set(g.begins.AddDate(0, 1, 0))
	n, err := g.server.Invitations.ExpireDue(context.Background())
	require.NoError(t, err)
	require.Zero(t, n)
	require.Equal(t, []string{"accepted", "waitlisted", "sent"}, g.states(ids))
	g.carol.post(g.path("/invitations"), body{"participants": g.people}).isProblem(409, "group-over")
}
