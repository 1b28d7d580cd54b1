package scheduling

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/database/databasetest"
	"fieldcare/internal/fault"
)

// evening is a database with one study and its group on a Thursday evening: seven invited, five with a seat, four who
// took part.
type evening struct {
	*testing.T
	reports               *Reports
	group, study, branch  uuid.UUID
	carol, moe, ann, nina account.User // coordinator; moderator of the group, its assistant, another one
	max, mona             account.User // managers: of a branch that the study names, of another
	age                   uuid.UUID
	people, invitations   []uuid.UUID
}

type row = map[string]any

// has adds a row and gives its id.
func (e *evening) has(table string, values row) uuid.UUID {
	e.Helper()
	id := uuid.New()
	if values["id"] == nil {
		values["id"] = id
	}
	require.NoError(e, e.reports.DB.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&values).TableExpr(table).Exec(ctx)
		return err
	}), table)
	return id
}

// does runs a statement.
func (e *evening) does(query string, args ...any) {
	e.Helper()
	require.NoError(e, e.reports.DB.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(query, args...).Exec(ctx)
		return err
	}))
}

func (e *evening) user(name string, roles account.Roles) account.User {
	id := e.has("users", row{"email": name + "@example.org", "name": name, "folded": name, "language": "en", "roles": int64(roles), "password_hash": "", "created_at": 1, "edition": 1})
	return account.User{ID: id, Name: name, Roles: roles}
}

func (e *evening) branchOf(code string, manager account.User) uuid.UUID {
	id := e.has("branches", row{"code": code, "name": code, "folded": code, "address": "", "zone": "UTC", "region": "", "brand": "", "competitor": false, "created_at": 1, "edition": 1})
	e.does("INSERT INTO branch_managers (branch_id, user_id) VALUES (?, ?)", id, manager.ID)
	return id
}

func jsonOf(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

func newEvening(t *testing.T) *evening {
	e := &evening{T: t, reports: &Reports{DB: databasetest.Open(t), Clock: func() time.Time { return sixPM.Add(-4 * time.Hour) }}}
	e.carol, e.moe, e.ann, e.nina = e.user("Carol", account.Coordinator), e.user("Moe", account.Moderator), e.user("Ann", account.Moderator), e.user("Nina", account.Moderator)
	e.max, e.mona = e.user("Max", account.Manager), e.user("Mona", account.Manager)
	e.branch = e.branchOf("WAW-01", e.max)
	e.branchOf("GDN-01", e.mona)
	e.age = e.has("attributes", row{"name": "Age", "type": "number", "options": "[]", "created_at": 1, "edition": 1})
	venue := e.has("venues", row{"name": "House on the Square", "folded": "", "address": "Rynek 1", "zone": "Europe/Warsaw", "directions": "Ring twice", "created_at": 1, "edition": 1})
	room := e.has("rooms", row{"venue_id": venue, "name": "Blue room", "capacity": 12, "features": "[]", "price": 0, "price_per": "hour", "currency": "EUR", "lead_days": 0, "cancel_days": 0,
		"setup_minutes": 0, "hired": true, "created_at": 1, "edition": 1})
	e.study = e.has("studies", row{"title": "Mornings", "folded": "", "purpose": "Why do they leave?", "branches": jsonOf([]uuid.UUID{e.branch}), "language": "pl", "screening": "[]",
		"quotas":     jsonOf([]Quota{{AttributeID: e.age, To: "29", Target: 2, Hard: true}, {AttributeID: e.age, From: "60", Target: 2}}),
		"exclusions": "[]", "guide": `[{"title": "Welcome", "kind": "talk", "minutes": 10}, {"title": "What would you change?", "kind": "round_robin", "minutes": 80}]`, "rates": "{}",
		"incentive": 5000, "budget": 200000, "currency": "EUR", "created_at": 1, "edition": 1})
	e.group = e.has("focus_groups", row{"study_id": e.study, "topic": "Waiting", "state": "closed", "language": "pl", "room_id": room, "room_reference": "HS-118", "moderator_id": e.moe.ID,
		"assistants": jsonOf([]uuid.UUID{e.ann.ID}), "zone": "Europe/Warsaw", "starts": "2026-11-26T18:00", "ends": "2026-11-26T19:30", "starts_at": database.At(sixPM), "ends_at": database.At(halfPastSeven),
		"seats": 4, "minimum": 3, "reserve": 1, "notice_minutes": 0, "taken": 5, "reason": "", "closed_at": database.At(halfPastSeven), "created_at": 1, "edition": 1})
	states := []string{"accepted", "accepted", "accepted", "accepted", "accepted", "waitlisted", "declined"}
	outcomes := []string{"took_part", "took_part", "took_part", "took_part", "turned_away", "", ""}
	ages := []string{"22", "28", "45", "", "71", "65", "33"}
	for n, state := range states {
		attributes := row{}
		if ages[n] != "" {
			attributes[e.age.String()] = ages[n]
		}
		name := fmt.Sprintf("Person%d Nowak", n)
		participant := e.has("participants", row{"name": name, "folded": name, "email": "", "email_folded": "", "phone": fmt.Sprintf("+48 600 10%d", n), "phone_digits": "", "language": "pl", "zone": "Europe/Warsaw",
			"household": "", "employer": "", "notes": "", "tags": "[]", "attributes": jsonOf(attributes), "do_not_contact": false, "generation": 1, "created_at": 1, "edition": 1})
		values := row{"focus_group_id": e.group, "participant_id": participant, "state": state, "generation": 1, "override": "", "screening": "{}", "sent_at": 1, "calendar_uid": "", "calendar_sent": false,
			"sequence": 0, "created_at": 1, "edition": 1}
		if state == "accepted" {
			values["accepted_at"] = 2
		}
		if state == "waitlisted" {
			values["waitlisted_at"] = 2
		}
		invitation := e.has("invitations", values)
		e.people, e.invitations = append(e.people, participant), append(e.invitations, invitation)
		if outcomes[n] != "" {
			e.recorded(n, 1, 10, outcomes[n])
		}
	}
	return e
}

// recorded adds a record of person n: which it is of theirs, how many minutes after the start it was seen, and what.
func (e *evening) recorded(n, number, seen int, outcome string) {
	at := sixPM.Add(time.Duration(seen) * time.Minute)
	e.has("attendance", row{"invitation_id": e.invitations[n], "number": number, "content_hash": "", "outcome": outcome, "arrived_at": database.At(sixPM), "struck_out": "", "note": "",
		"recorded_at": database.At(at), "received_at": database.At(at), "recorded_by": e.moe.ID})
}

func (e *evening) report(viewer account.User) FocusGroupReport {
	e.Helper()
	r, err := e.reports.FocusGroup(context.Background(), viewer, Organisation{Name: "Northwind"}, e.group)
	require.NoError(e, err)
	return r
}

func (e *evening) cost(values row) {
	defaults := row{"focus_group_id": e.group, "text": "", "currency": "EUR", "rate": 1000000, "rate_day": "", "rule": "", "created_at": 1, "edition": 1}
	for column, value := range defaults {
		if values[column] == nil {
			values[column] = value
		}
	}
	e.has("costs", values)
}

func TestAReportSaysWhoCameWhatTheySaidAndWhatItCost(t *testing.T) {
	e := newEvening(t)
	e.has("findings", row{"focus_group_id": e.group, "topic": "Queue", "theme": "Say how long", "said_by": 3, "quotes": `["Five minutes, I would have stayed."]`, "position": 2, "created_at": 1, "edition": 1})
	e.has("findings", row{"focus_group_id": e.group, "topic": "Till", "theme": "Open it", "said_by": 4, "quotes": `[]`, "position": 1, "created_at": 1, "edition": 1})
	e.has("findings", row{"focus_group_id": e.group, "topic": "Queue", "theme": "Look up", "said_by": 1, "quotes": `[]`, "position": 3, "created_at": 1, "edition": 1})
	e.has("actions", row{"focus_group_id": e.group, "text": "Open the till", "owner_id": e.max.ID, "due": "2026-12-07", "state": "done", "outcome": "It is open", "told_at": 5, "created_at": 1, "edition": 1})
	e.cost(row{"kind": "venue", "planned": 20000, "actual": 20000})
	e.cost(row{"kind": "incentive", "planned": 20000, "actual": 25000, "participant_id": e.people[0]})

	r := e.report(e.carol)
	require.Equal(t, ReportedSession{ID: e.group, Topic: "Waiting", State: "closed", Starts: "2026-11-26T18:00", Ends: "2026-11-26T19:30", Zone: "Europe/Warsaw",
		When: "Thursday 26 November 2026, 18:00–19:30 (Europe/Warsaw)", Minutes: 90, Language: "pl", Venue: "House on the Square", Room: "Blue room", Moderator: "Moe", Seats: 4, Minimum: 3}, r.Session)
	require.Equal(t, ReportedStudy{"Mornings", "Why do they leave?"}, r.Study)
	require.Equal(t, []ReportedStep{{"Welcome", "talk", 10}, {"What would you change?", "round_robin", 80}}, r.Guide)
	require.Equal(t, ReportedRecruitment{Invited: 7, Accepted: 5, Came: 5, TookPart: 4, Declined: 1, Waitlisted: 1, TurnedAway: 1}, r.Recruitment)
	require.Equal(t, []string{"Age"}, r.Attributes)
	values := []string{}
	for _, p := range r.Participants {
		values = append(values, p.Values...)
	}
	require.ElementsMatch(t, []string{"up to 29", "up to 29", "other", ""}, values)
	require.Equal(t, []string{"Nobody of “Age: 60 or more” took part; 2 were wanted."}, r.NotHeard)
	require.Equal(t, []ReportedTopic{
		{"Till", []ReportedTheme{{"Open it", 4, 4, "said by 4 of 4", []string{}}}},
		{"Queue", []ReportedTheme{{"Say how long", 3, 4, "said by 3 of 4", []string{"Five minutes, I would have stayed."}}, {"Look up", 1, 4, "said by 1 of 4", []string{}}}},
	}, r.Findings)
	require.Equal(t, []ReportedAction{{"Open the till", "Max", "2026-12-07", "done", "It is open", true}}, r.Actions)
	require.Equal(t, []int64{40000, 45000, 200000, 155000}, []int64{r.Costs.Planned.Amount, r.Costs.Actual.Amount, r.Costs.Budget.Amount, r.Costs.Left.Amount})
	require.EqualValues(t, 11250, r.Costs.Seats[1].Cost.Amount)
	require.Equal(t, "A moderated conversation of 90 minutes about “Waiting”, held once, led along a topic guide. Participants were chosen from the organisation's panel by the study's quotas and rules: 7 people were invited, 5 accepted, 4 took part.", r.Method)
	require.Regexp(t, `^[0-9a-f]{12}$`, r.View)
	require.Equal(t, r, e.report(e.carol), "the same rows, the same report")
}

func TestOnlyWhoMayReadsAReport(t *testing.T) {
	e := newEvening(t)
	e.cost(row{"kind": "venue", "actual": 20000})
	reads := func(viewer account.User) bool {
		_, err := e.reports.FocusGroup(context.Background(), viewer, Organisation{}, e.group)
		if err != nil {
			require.ErrorIs(t, err, fault.ErrNotFound)
		}
		return err == nil
	}
	sam := account.User{ID: uuid.New(), Roles: account.Shopper}
	who := []account.User{e.carol, {ID: uuid.New(), Roles: account.Admin}, e.moe, e.ann, e.max, e.nina, e.mona, sam}
	for state, may := range map[string][]bool{"closed": {true, true, true, true, true, false, false, false}, "scheduled": {true, true, false, false, false, false, false, false},
		"cancelled": {false, false, false, false, false, false, false, false}, "draft": {false, false, false, false, false, false, false, false}} {
		e.does("UPDATE focus_groups SET state = ? WHERE id = ?", state, e.group)
		for i, viewer := range who {
			require.Equal(t, may[i], reads(viewer), "%s, %s", state, viewer.Name)
		}
	}
	e.does("UPDATE focus_groups SET state = 'closed' WHERE id = ?", e.group)
	for _, viewer := range []account.User{e.max, e.moe, e.ann} {
		r := e.report(viewer)
		require.Nil(t, r.Costs, viewer.Name)
		require.Empty(t, r.Session.Moderator, viewer.Name)
		require.NotContains(t, jsonOf(r), "Person")
		for i := range e.people {
			require.NotContains(t, jsonOf(r), e.people[i].String())
			require.NotContains(t, jsonOf(r), e.invitations[i].String())
		}
	}
	require.NotEqual(t, e.report(e.max).View, e.report(e.carol).View)
	both := e.moe
	both.Roles |= account.Coordinator
	require.NotNil(t, e.report(both).Costs, "roles add up")
	require.True(t, func() bool {
		e.does("UPDATE focus_groups SET state = 'scheduled' WHERE id = ?", e.group)
		return e.report(e.carol).Preview
	}())
}

func TestARecordThatWasSeenLaterHoldsThoughItCameEarlier(t *testing.T) {
	e := newEvening(t)
	e.recorded(4, 2, 30, "took_part") // not turned away after all
	e.recorded(4, 3, 5, "no_show")    // uploaded last, seen first
	require.Equal(t, 5, e.report(e.carol).Recruitment.TookPart)
	require.Empty(t, e.report(e.carol).Recruitment.NoShow)
}

func TestSomebodyErasedCountsAndSaysNothing(t *testing.T) {
	e := newEvening(t)
	before := e.report(e.carol)
	e.does("UPDATE participants SET erased_at = 9, name = '', attributes = '{}' WHERE id = ?", e.people[0])
	after := e.report(e.carol)
	require.Equal(t, before.Recruitment, after.Recruitment)
	require.Len(t, after.Participants, 4)
	silent := 0
	for _, p := range after.Participants {
		if p.Values[0] == "" {
			silent++
		}
	}
	require.Equal(t, 2, silent)
}

func TestAGroupThatNobodyWasInvitedToHasAReport(t *testing.T) {
	e := newEvening(t)
	e.does("DELETE FROM attendance")
	e.does("DELETE FROM invitations")
	e.does("UPDATE studies SET quotas = '[]', guide = '[]'")
	r := e.report(e.carol)
	require.Equal(t, ReportedRecruitment{}, r.Recruitment)
	for _, list := range []any{r.Guide, r.Attributes, r.Participants, r.Quotas, r.NotHeard, r.Findings, r.Actions, r.Costs.Lines} {
		require.Equal(t, "[]", jsonOf(list), "a list is never null")
	}
}

func TestADaySheetNamesWhoIsExpectedAndWhoWaits(t *testing.T) {
	e := newEvening(t)
	e.does("UPDATE focus_groups SET state = 'scheduled' WHERE id = ?", e.group)
	e.does("INSERT INTO participant_needs (participant_id, access, diet) VALUES (?, 'Step-free', ''), (?, '', 'No nuts'), (?, '', 'Vegan')", e.people[0], e.people[1], e.people[2])
	for n, withdrawn := range map[int]any{0: nil, 1: 7} {
		e.has("consents", row{"participant_id": e.people[n], "scope": "needs", "wording": "", "version": "1", "language": "pl", "given_at": 1, "withdrawn_at": withdrawn})
	}
	e.does("UPDATE invitations SET confirmed_at = 5 WHERE id = ?", e.invitations[1])
	e.does("UPDATE invitations SET state = 'offered', waitlisted_at = 9 WHERE id = ?", e.invitations[6])
	sheet := func(viewer account.User) (DaySheet, error) {
		return e.reports.DaySheet(context.Background(), viewer, Organisation{}, e.group)
	}
	s, err := sheet(e.carol)
	require.NoError(t, err)
	require.Len(t, s.Expected, 5)
	require.Equal(t, DaySheetPerson{Name: "Person0 Nowak", Phone: "+48 600 100", Language: "pl", Needs: true}, s.Expected[0])
	require.Equal(t, DaySheetPerson{Name: "Person1 Nowak", Phone: "+48 600 101", Language: "pl", Confirmed: true}, s.Expected[1], "the consent was withdrawn")
	require.False(t, s.Expected[2].Needs, "there is no consent")
	require.Equal(t, []string{"Person6 Nowak", "Person5 Nowak"}, []string{s.Waiting[0].Name, s.Waiting[1].Name}, "who is offered a seat comes first")
	require.True(t, s.Waiting[0].Offered)
	require.Equal(t, []string{"Moe", "Ann"}, s.Moderators)
	require.Equal(t, "50.00 EUR", s.Incentive.Shown)
	require.Equal(t, "Thursday 26 November 2026, 14:00", s.AsOf)
	require.Equal(t, []DaySheetStep{{"18:00", "Welcome", "talk", 10}, {"18:10", "What would you change?", "round_robin", 80}}, s.Guide)
	require.Equal(t, "Ring twice", s.Directions)
	require.Equal(t, 1, e.audited())

	for _, moderator := range []account.User{e.moe, e.ann} {
		s, err = sheet(moderator)
		require.NoError(t, err)
		require.Equal(t, DaySheetPerson{Name: "Person0", Language: "pl"}, s.Expected[0])
		require.NotContains(t, jsonOf(s), "Nowak")
		require.NotContains(t, jsonOf(s), "+48")
	}
	for _, viewer := range []account.User{e.nina, e.max, e.mona} {
		_, err = sheet(viewer)
		require.ErrorIs(t, err, fault.ErrNotFound)
	}
	require.Equal(t, 1, e.audited(), "first names are no contact data")
}

func (e *evening) audited() (n int) {
	e.Helper()
	require.NoError(e, e.reports.DB.Read().NewRaw("SELECT COUNT(*) FROM audit WHERE action = 'read-day-sheet' AND subject = ? AND actor_id = ?", e.group, e.carol.ID).Scan(context.Background(), &n))
	return n
}
