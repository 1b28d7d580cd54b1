package handlers_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestAnIllegalMoveSaysWhatIsPossible(t *testing.T) {
	w := newWorld(t)
	v := w.plan(w.publish(branchVisit()), body{"shopper_id": nil})
	refused := w.carol.post(v.path("/release"), body{"reason": "changed my mind"}).is(409).object()
	require.Equal(t, "urn:fieldcare:illegal-move", refused["type"])
	require.Equal(t, []any{"offer", "cancel"}, refused["possible"])
}

func TestAShopperGivesAVisitBackAndSeesItNoMore(t *testing.T) {
	w := newWorld(t)
	v := w.accepted(w.publish(branchVisit()))
	w.sam.post(v.path("/release"), body{"reason": ""}).refuses(422, "/reason")
	w.sam.post(v.path("/release"), body{"reason": "I am ill"}).is(204)
	w.sam.get(v.path("")).is(404)
	after := w.carol.get(v.path("")).is(200).object()
	require.Equal(t, "planned", after["state"])
	require.Nil(t, after["shopper_id"])
	w.carol.post(v.path("/offer"), body{"shopper_id": w.sue.id}).is(200)
	w.sue.post(v.path("/accept"), nil).is(200)
	w.sam.post(v.path("/accept"), nil).is(404)
	states := []any{}
	for _, m := range w.carol.get(v.path("/moves")).is(200).items() {
		states = append(states, m["to"])
	}
	require.Equal(t, []any{"offered", "accepted", "planned", "offered", "accepted"}, states)
}

func TestADeclinedVisitNeedsAnotherShopperOrANewWindow(t *testing.T) {
	w := newWorld(t)
	v := w.plan(w.publish(branchVisit()), nil)
	w.sam.post(v.path("/decline"), body{"reason": "No time"}).is(200)
	w.carol.post(v.path("/offer"), body{"shopper_id": w.sam.id}).refuses(422, "declined this visit")
	w.carol.post(v.path("/offer"), body{"shopper_id": w.sam.id, "opens": "2026-12-01T09:00"}).refuses(422, "both ends")
	offered := w.carol.post(v.path("/offer"), body{"shopper_id": w.sam.id, "opens": "2026-12-01T09:00", "closes": "2026-12-02T09:00"}).is(200).object()
	require.Equal(t, "2026-12-01T09:00", offered["opens"])
}

func TestWhoDeclinesGivesBackOrCancelsAVisitSaysWhy(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	accepted := w.accepted(checklist)
	again := body{"confirm_rotation": true}
	for _, c := range []struct {
		by     *person
		action string
		visit  visit
	}{
		{w.sam, "/decline", w.plan(checklist, again)},
		{w.sam, "/release", accepted},
		{w.carol, "/cancel", w.plan(checklist, again)},
	} {
		for _, nothing := range []string{"", " ", "\n\t\u00a0"} {
			faults := c.by.post(c.visit.path(c.action), body{"reason": nothing}).isProblem(422, "invalid").faults()
			require.Equal(t, map[string]string{"/reason": "must have 1 to 1000 characters"}, faults, "%s %q", c.action, nothing)
		}
		c.by.post(c.visit.path(c.action), body{"reason": "  Ill, and\n\nsorry. \n"})
		moves := w.carol.get(c.visit.path("/moves")).is(200).items()
		require.Equal(t, "Ill, and\n\nsorry.", moves[len(moves)-1]["reason"], c.action)
	}
}

func TestTheClockExpiresAVisitAfterItsWindowAndDeadline(t *testing.T) {
	w := newWorld(t)
	v := w.accepted(w.publish(branchVisit()))
	due, err := time.Parse(time.RFC3339, w.sam.get(v.path("")).object()["report_due_at"].(string))
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 11, 28, 19, 0, 0, 0, time.UTC), due)

	w.clock.set(due)
	n, err := w.server.Visits.ExpireDue(context.Background())
	require.NoError(t, err)
	require.Zero(t, n)

	w.clock.forward(time.Microsecond)
	w.carol.post(v.path("/cancel"), body{"reason": "too late"}).refuses(409, "a visit that is expired")
	n, err = w.server.Visits.ExpireDue(context.Background())
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, "expired", w.sam.get(v.path("")).object()["state"])
	w.carol.post(v.path("/offer"), body{"shopper_id": w.sue.id}).refuses(422, "/closes")
	w.carol.post(v.path("/offer"), body{"shopper_id": w.sue.id, "opens": "2026-12-01T09:00", "closes": "2026-12-02T09:00"}).is(200)
}

func TestAShopperInsideTheRotationIsAWarningToConfirm(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	w.plan(checklist, nil)
	soon := body{"id": uuid.New(), "branch_id": w.oldTown.ID, "checklist_id": checklist, "shopper_id": w.sam.id,
		"opens": "2027-01-26T19:59", "closes": "2027-01-27T20:00"}
	w.carol.post("/visits", soon).refuses(409, "Sam visits Warsaw Old Town on 2026-11-23, less than 60 days")
	soon["confirm_rotation"] = true
	w.carol.post("/visits", soon).is(201)

	w.carol.post("/visits", body{"id": uuid.New(), "branch_id": w.oldTown.ID, "checklist_id": checklist, "shopper_id": w.sue.id,
		"opens": "2026-11-24T09:00", "closes": "2026-11-25T20:00"}).is(201)
	w.carol.post("/visits", body{"id": uuid.New(), "branch_id": w.harbour.ID, "checklist_id": checklist, "shopper_id": w.sam.id,
		"opens": "2026-11-24T09:00", "closes": "2026-11-25T20:00"}).is(201)
}

func TestTheRotationEndsWithItsLastDay(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	w.plan(checklist, nil) // closes 2026-11-27 20:00
	w.carol.post("/visits", body{"id": uuid.New(), "branch_id": w.oldTown.ID, "checklist_id": checklist, "shopper_id": w.sam.id,
		"opens": "2027-01-26T20:00", "closes": "2027-01-27T20:00"}).is(201)
}

func TestPlanningTellsEveryFaultAtOnce(t *testing.T) {
	w := newWorld(t)
	faults := w.carol.post("/visits", body{"id": uuid.New(), "branch_id": uuid.New(), "checklist_id": uuid.New(), "shopper_id": w.max.id,
		"opens": "tomorrow", "closes": "2026-11-25T20:00", "fee": body{"amount": -1, "currency": "euro"}}).is(422).faults()
	for _, place := range []string{"/branch_id", "/checklist_id", "/shopper_id", "/fee/amount", "/fee/currency"} {
		require.Contains(t, faults, place)
	}
	checklist := w.publish(branchVisit())
	faults = w.carol.post("/visits", body{"id": uuid.New(), "branch_id": w.oldTown.ID, "checklist_id": checklist,
		"opens": "tomorrow", "closes": "2026-11-20T20:00"}).is(422).faults()
	require.Contains(t, faults["/opens"], "2026-11-26T18:00")
	faults = w.carol.post("/visits", body{"id": uuid.New(), "branch_id": w.oldTown.ID, "checklist_id": checklist,
		"opens": "2026-11-19T20:00", "closes": "2026-11-20T20:00"}).is(422).faults()
	require.Contains(t, faults["/closes"], "over already")
}

func TestAVisitIsPlannedOnceHoweverOftenItIsSent(t *testing.T) {
	w := newWorld(t)
	plan := body{"id": uuid.New(), "branch_id": w.oldTown.ID, "checklist_id": w.publish(branchVisit()), "opens": "2026-11-24T09:00", "closes": "2026-11-25T20:00"}
	w.carol.post("/visits", plan).is(201)
	w.carol.post("/visits", plan).is(200)
	plan["closes"] = "2026-11-26T20:00"
	w.carol.post("/visits", plan).refuses(409, "id-taken")
	require.Len(t, w.carol.get("/visits").items(), 1)
}

func TestARoundIsOneVisitForEachBranchWindowAndShopper(t *testing.T) {
	w := newWorld(t)
	round := body{"branch_ids": []uuid.UUID{w.oldTown.ID, w.harbour.ID}, "shopper_ids": []uuid.UUID{w.sam.id, w.sue.id}, "checklist_id": w.publish(branchVisit()),
		"windows": []body{{"opens": "2026-12-01T09:00", "closes": "2026-12-05T20:00"}, {"opens": "2027-03-01T09:00", "closes": "2027-03-05T20:00"}}}
	many := body{"id": uuid.New(), "round": round}
	require.Len(t, w.carol.post("/visits/many", many).is(201).items(), 8)
	require.Len(t, w.carol.post("/visits/many", many).is(200).items(), 8)
	require.Len(t, w.carol.get("/visits?state=offered").items(), 8)
	require.Len(t, w.sam.get("/visits").items(), 4)

	round["windows"] = []body{{"opens": "2027-05-01T09:00", "closes": "2027-05-05T20:00"}, {"opens": "2027-05-20T09:00", "closes": "2027-05-25T20:00"}}
	warned := w.carol.post("/visits/many", body{"id": uuid.New(), "round": round}).is(409).object()
	require.Equal(t, "urn:fieldcare:rotation", warned["type"])
	require.Len(t, warned["errors"], 8)
	require.Len(t, w.carol.get("/visits").items(), 8)
}

func TestAFileOfVisitsIsPlannedAsAWholeOrNotAtAll(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	head := "branch,checklist,opens,closes,shopper,fee,persona\n"
	good := fmt.Sprintf("WAW-01,%s,2026-11-24T09:00,2026-11-25T20:00,sam@example.org,1500,\"A parent, with a pram\"\n", checklist)
	bad := head + good +
		fmt.Sprintf("NOWHERE,%s,2026-11-24T09:00,2026-11-25T20:00,max@example.org,free,\n", checklist) +
		fmt.Sprintf("GDN-01,%s,2026-11-26T09:00,2026-11-25T20:00,,,\n", uuid.New())
	refused := w.carol.post("/visits/import?id="+uuid.NewString(), bad).is(422)
	for _, says := range []string{`"line":3`, "NOWHERE", "max@example.org", "whole number"} {
		require.Contains(t, string(refused.body), says)
	}
	late := w.carol.post("/visits/import?id="+uuid.NewString(), head+good+fmt.Sprintf("GDN-01,%s,2026-11-26T09:00,2026-11-25T20:00,,,\n", uuid.New())).is(422)
	for _, says := range []string{`"line":3`, `"pointer":"closes"`, `"pointer":"checklist_id"`} {
		require.Contains(t, string(late.body), says)
	}
	require.Empty(t, w.carol.get("/visits").items())

	id := uuid.NewString()
	planned := w.carol.post("/visits/import?id="+id, strings.ReplaceAll(head+good, "\n", "\r\n")).is(201).items()
	require.Len(t, planned, 1)
	require.Equal(t, "A parent, with a pram", planned[0]["scenario"].(map[string]any)["persona"])
	w.carol.post("/visits/import?id="+id, strings.ReplaceAll(head+good, "\n", "\r\n")).is(200)
}

func TestVisitsAreListedByWhenTheyOpen(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	for day := range 7 {
		w.plan(checklist, body{"shopper_id": nil, "opens": fmt.Sprintf("2026-12-0%dT09:00", 7-day), "closes": "2026-12-20T20:00"})
	}
	seen, path := []string{}, "/visits?limit=3"
	for range 3 {
		page := w.carol.get(path).is(200)
		for _, v := range page.items() {
			seen = append(seen, v["opens"].(string)[9:10])
		}
		next, _ := page.object()["next_cursor"].(string)
		path = "/visits?limit=3&cursor=" + next
	}
	require.Equal(t, "1234567", strings.Join(seen, ""))
	w.carol.get("/visits?cursor=nonsense").refuses(422, "cursor")
	w.carol.get("/visits?state=planned,nonsense").refuses(422, "is not a state")
	require.Len(t, w.carol.get("/visits?from=2026-12-03T00:00:00Z&to=2026-12-05T00:00:00Z").items(), 2)
}

func TestAVisitIsChangedOnlyAsItWasRead(t *testing.T) {
	w := newWorld(t)
	v := w.accepted(w.publish(branchVisit()))
	edition := int64(w.carol.get(v.path("")).object()["edition"].(float64))
	w.carol.patch(v.path(""), edition+7, body{"fee": body{"amount": 1, "currency": "EUR"}}).is(412)
	w.carol.patch(v.path(""), edition, body{"opens": "2026-11-24T09:00"}).refuses(422, "both ends")
	changed := w.carol.patch(v.path(""), edition, body{"opens": "2026-11-24T09:00", "closes": "2026-11-24T18:00", "fee": body{"amount": 2000, "currency": "PLN"}}).is(200).object()
	require.Equal(t, "2026-11-24T18:00", changed["closes"])
	require.Equal(t, map[string]any{"amount": 2000.0, "currency": "PLN"}, changed["fee"])
	require.Equal(t, map[string]any{"amount": 0.0, "currency": "PLN"}, changed["expense_limit"])
	w.carol.post(v.path("/cancel"), body{"reason": "The branch closed"}).is(200)
	w.carol.patch(v.path(""), edition+2, body{"scenario": body{"persona": "x"}}).refuses(409, "no longer changed")
}

func TestThatAnArchivedBranchGetsNoVisit(t *testing.T) {
	w := newWorld(t)
	w.carol.patch("/branches/"+w.oldTown.ID.String(), 1, body{"archived": true}).is(200)
	w.carol.post("/visits", body{"id": uuid.New(), "branch_id": w.oldTown.ID, "checklist_id": w.publish(branchVisit()), "opens": "2026-11-24T09:00", "closes": "2026-11-25T20:00"}).
		refuses(422, "is archived")
}
