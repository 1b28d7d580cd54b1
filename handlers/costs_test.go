package handlers_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// costOf is the line of a rule for a invitee, and nil without one.
func (e evening) costOf(invitee uuid.UUID, rule string) body {
	e.Helper()
	for _, c := range e.carol.get(e.path("/costs")).is(200).items() {
		if c["participant_id"] == invitee.String() && c["rule"] == rule {
			return c
		}
	}
	return nil
}

func costPath(c body) string { return "/costs/" + c["id"].(string) }

func TestWhoCameIsOwedAndACorrectionNeverDoublesOrTouchesWhatIsPaid(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe).inTheRoom()
	w.moe.put(e.at(e.anna), e.seen(nil)).is(201)
	w.moe.put(e.at(e.bartek), e.seen(body{"outcome": "turned_away"})).is(201)
	w.moe.put(e.at(e.cela), e.seen(body{"outcome": "no_show", "arrived_at": nil})).is(201)
	sheet := w.carol.get(e.path("/costs")).is(200)
	require.Len(t, sheet.items(), 4, "incentive and travel of two")
	require.Equal(t, []any{9200.0, 9200.0, 0.0, "EUR"}, []any{sheet.object()["actual"], sheet.object()["expected"], sheet.object()["paid"], sheet.object()["currency"]})
	require.Nil(t, e.costOf(e.cela, "incentive"))

	annas := e.costOf(e.anna, "incentive")
	w.carol.patch(costPath(annas), 1, body{"actual": 1}).refuses(409, "made-by-rule")
	w.carol.send("DELETE", costPath(annas), nil, "If-Match", etag(1)).refuses(409, "made-by-rule")
	paid := w.carol.send("POST", costPath(annas)+"/pay", nil, "If-Match", etag(1)).is(200).object()
	require.Equal(t, w.carol.id.String(), paid["paid_by"])

	w.clock.forward(60e9)
	w.carol.put(e.at(e.anna), e.seen(body{"outcome": "no_show", "arrived_at": nil, "recorded_at": e.after(61)})).is(201)
	sheet = w.carol.get(e.path("/costs")).is(200)
	require.Len(t, sheet.items(), 3, "travel is owed no more; the incentive is paid and stays")
	require.Len(t, sheet.object()["differences"], 1)
	require.Equal(t, paid, e.costOf(e.anna, "incentive"))

	w.carol.send("POST", costPath(annas)+"/undo-payment", body{"reason": " "}, "If-Match", etag(2)).is(422)
	undone := w.carol.send("POST", costPath(annas)+"/undo-payment", body{"reason": "She was not there"}, "If-Match", etag(2)).is(200).object()
	require.Equal(t, []any{0.0, nil}, []any{undone["actual"], undone["paid_at"]}, "it follows attendance again, and stays on record")
	require.Empty(t, w.carol.get(e.path("/costs")).is(200).object()["differences"])

	w.clock.forward(60e9)
	w.carol.put(e.at(e.anna), e.seen(body{"recorded_at": e.after(62)})).is(201)
	require.Equal(t, 4000.0, e.costOf(e.anna, "incentive")["actual"])
	require.Equal(t, 9200.0, w.carol.get(e.path("/costs")).is(200).object()["actual"])
}

func TestWhoCameLateIsPaidByThePolicyOfTheStudy(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe).inTheRoom()
	w.lays("UPDATE studies SET pay_late = FALSE WHERE id = ?", e.study)
	w.moe.put(e.at(e.anna), e.seen(body{"arrived_at": e.after(11)})).is(201)
	require.Nil(t, e.costOf(e.anna, "incentive"))
	require.NotNil(t, e.costOf(e.anna, "travel"))
}

func TestACostIsPlannedChangedPaidAndThenStays(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe).inTheRoom()
	sent := body{"id": uuid.New(), "kind": "venue", "text": "Room", "planned": 10001, "currency": "PLN", "rate": 250000, "rate_day": "2026-12-01"}
	room := w.carol.post(e.path("/costs"), sent).is(201).object()
	require.Equal(t, 2500.0, room["planned_exchanged"])
	require.Equal(t, room, w.carol.post(e.path("/costs"), sent).is(200).object())
	path := costPath(room)
	w.carol.send("POST", path+"/pay", nil, "If-Match", etag(1)).refuses(409, "no-actual")
	w.carol.patch(path, 1, body{"actual": 10002}).is(200)
	w.carol.patch(path, 1, body{"actual": 10002}).is(412)
	w.carol.send("POST", path+"/pay", nil, "If-Match", etag(2)).is(200)
	w.carol.send("POST", path+"/pay", nil, "If-Match", etag(3)).refuses(409, "paid")
	w.carol.patch(path, 3, body{"actual": 1}).refuses(409, "undo the payment")
	w.carol.send("DELETE", path, nil, "If-Match", etag(3)).refuses(409, "undo the payment")
	require.Equal(t, 2501.0, w.carol.get(e.path("/costs")).is(200).object()["paid"], "2500.5, half up")
	w.carol.send("POST", path+"/undo-payment", body{"reason": "Wrong account"}, "If-Match", etag(3)).is(200)
	w.carol.send("POST", path+"/undo-payment", body{"reason": "Wrong account"}, "If-Match", etag(4)).refuses(409, "not-paid")
	w.carol.send("DELETE", path, nil, "If-Match", etag(4)).refuses(409, "stays on record")

	other := w.carol.post(e.path("/costs"), body{"id": uuid.New(), "kind": "other", "actual": 5}).is(201).object()
	w.carol.send("DELETE", costPath(other), nil, "If-Match", etag(1)).is(204)
	w.carol.send("DELETE", costPath(other), nil, "If-Match", etag(1)).is(404)
}

func TestACostNamesItsFaultsAtTheirPlaces(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe)
	for place, wrong := range map[string]body{
		"/kind": {"kind": "bribe"}, "/text": {"text": string(make([]rune, 201))}, "/planned": {"planned": nil}, "/currency": {"currency": "ZZZ"},
		"/rate": {"currency": "PLN"}, "/rate_day": {"currency": "PLN", "rate": 1, "rate_day": "2026-02-30"}, "/participant_id": {"participant_id": uuid.New()},
	} {
		sent := body{"id": uuid.New(), "kind": "other", "planned": 1}
		for k, v := range wrong {
			if sent[k] = v; v == nil {
				delete(sent, k)
			}
		}
		if place == "/text" {
			sent["text"] = "x" + password + password + password + password + password + password + password + password + password + password
		}
		require.Contains(t, w.carol.post(e.path("/costs"), sent).is(422).faults(), place)
	}
	require.Contains(t, w.carol.post(e.path("/costs"), body{"id": uuid.New(), "kind": "other", "actual": 100000000000, "currency": "PLN", "rate": 1000001, "rate_day": "2026-12-01"}).is(422).faults(), "/actual", "overflow")
	require.Empty(t, w.carol.get(e.path("/costs")).is(200).items())
}

func TestTheBudgetSaysWhatIsLeftAndWhatASeatCosts(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe).inTheRoom()
	budget := func() body { return w.carol.get("/studies/" + e.study.String() + "/budget").is(200).object() }
	w.carol.post(e.path("/costs"), body{"id": uuid.New(), "kind": "incentive", "planned": 12000}).is(201)
	w.carol.post(e.path("/costs"), body{"id": uuid.New(), "kind": "venue", "planned": 10000}).is(201)
	require.Equal(t, []any{22000.0, 8000.0, 0.0}, []any{budget()["expected"], budget()["left"], budget()["overrun"]})
	w.moe.put(e.at(e.anna), e.seen(nil)).is(201)
	w.moe.put(e.at(e.bartek), e.seen(body{"struck_out": "Slept"})).is(201)
	require.Equal(t, 22000.0+1200, budget()["expected"], "incentives were planned as a whole; travel was not")
	w.lays("UPDATE focus_groups SET state = 'closed' WHERE id = ?", e.id)
	require.Equal(t, []any{8000.0 + 1200 + 10000, 9200.0, 22000.0}, []any{budget()["expected"], budget()["actual"], budget()["planned"]})
	group := budget()["groups"].([]any)[0].(map[string]any)
	require.Equal(t, []any{7333.0, 4600.0, 9200.0}, []any{group["per_seat_planned"], group["per_seat_attended"], group["per_seat_usable"]})
	w.carol.post(e.path("/costs"), body{"id": uuid.New(), "kind": "catering", "actual": 20000}).is(201)
	require.Equal(t, []any{0.0, 9200.0}, []any{budget()["left"], budget()["overrun"]})
}

func TestAFindingNamesNobodyAndCountsNoMoreThanTookPart(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe).inTheRoom()
	w.moe.put(e.at(e.anna), e.seen(nil)).is(201)
	sent := body{"id": uuid.New(), "topic": "Queues", "theme": "Too long", "said_by": 1, "quotes": []string{"I left.", "Then ZAK's turn came"}}
	require.Contains(t, w.moe.post(e.path("/findings"), sent).is(422).faults()["/quotes/1"], "ZAK")
	sent["quotes"], sent["said_by"] = []string{"I left."}, 2
	require.Contains(t, w.moe.post(e.path("/findings"), sent).is(422).faults(), "/said_by")
	sent["said_by"] = 1
	added := w.moe.post(e.path("/findings"), sent).is(201).object()
	require.Equal(t, added, w.moe.post(e.path("/findings"), sent).is(200).object())
	path := "/findings/" + added["id"].(string)
	require.Contains(t, w.moe.patch(path, 1, body{"theme": "Anna was cross"}).is(422).faults(), "/theme")
	w.moe.patch(path, 1, body{"theme": "Annabel's shop is quicker"}).is(200)
	w.moe.put(e.at(e.anna), e.seen(body{"outcome": "sent_home", "recorded_at": e.after(60)})).is(201)
	require.Equal(t, true, w.moe.get(e.path("/findings")).is(200).items()[0]["too_many"])
	w.moe.send("DELETE", path, nil, "If-Match", etag(2)).is(204)
	require.Empty(t, w.moe.get(e.path("/findings")).is(200).items())
	sent["id"] = uuid.Must(uuid.NewV7())
	require.Contains(t, w.moe.post(e.path("/findings"), sent).is(422).faults(), "/id")
}

func TestAnActionHasOneOwnerAndAnEndThatIsTold(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe).inTheRoom()
	sent := body{"id": uuid.New(), "text": "Another till", "owner_id": w.sam.id, "due": "2027-01-31"}
	require.Contains(t, w.moe.post(e.path("/actions"), sent).is(422).faults(), "/owner_id", "a shopper answers for nothing")
	sent["owner_id"] = w.max.id
	action := w.moe.post(e.path("/actions"), sent).is(201).object()
	require.Equal(t, []any{"open", "Max"}, []any{action["state"], action["owner_name"]})
	require.Equal(t, action, w.moe.post(e.path("/actions"), sent).is(200).object())
	path := "/actions/" + action["id"].(string)
	w.moe.patch(path, 1, body{"state": "done", "outcome": "There"}).refuses(409, "under_way")
	w.moe.patch(path, 1, body{"told_at": e.after(0)}).refuses(422, "/told_at")
	w.moe.patch(path, 1, body{"state": "under_way"}).is(200)
	w.moe.patch(path, 2, body{"state": "done"}).refuses(422, "/outcome")
	w.moe.patch(path, 2, body{"state": "done", "outcome": "There since Monday"}).is(200)
	told := w.carol.patch(path, 3, body{"told_at": e.after(0)}).is(200).object()
	require.Equal(t, e.after(0), told["told_at"])
	w.carol.patch(path, 4, body{"state": "open"}).refuses(409, "illegal-move")
}
