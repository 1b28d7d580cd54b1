package handlers_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestAManagerMovesTheOwnActionsOnAndLearnsNothingElse(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe)
	id := uuid.New()
	path := "/actions/" + id.String()
	w.carol.post(e.path("/actions"), body{"id": id, "text": "Another till", "owner_id": w.max.id, "due": "2027-01-31"}).is(201)
	w.carol.post(e.path("/actions"), body{"id": uuid.New(), "text": "Longer hours", "owner_id": w.mona.id, "due": "2027-01-31"}).is(201)

	mine := w.max.get("/actions").is(200).items()
	require.Len(t, mine, 1)
	require.Equal(t, body{"id": id.String(), "text": "Another till", "due": "2027-01-31", "state": "open", "edition": 1.0}, mine[0], "of a group that is not closed not even the topic")

	w.mona.patch(path, 1, body{"state": "under_way"}).is(404)
	w.max.patch(path, 1, body{"text": "Nothing", "due": "2030-01-01"}).is(422)
	w.max.patch(path, 2, body{"state": "under_way"}).is(412)
	w.max.patch(path, 1, body{"state": "done", "outcome": "x"}).refuses(409, "illegal-move")
	w.max.patch(path, 1, body{"state": "under_way"}).is(200)
	w.max.patch(path, 2, body{"state": "done"}).is(422)
	done := w.max.patch(path, 2, body{"state": "done", "outcome": "The till stands"}).is(200).object()
	require.Equal(t, []any{"done", "The till stands", 3.0, nil}, []any{done["state"], done["outcome"], done["edition"], done["topic"]})
	require.Contains(t, string(w.moe.get(e.path("/actions")).is(200).body), "The till stands")

	e.closed(w.oldTown)
	mine = w.max.get("/actions").is(200).items()
	require.Equal(t, []any{"Queues at noon", e.id.String()}, []any{mine[0]["topic"], mine[0]["focus_group_id"]}, "its report is his to read")
	require.Empty(t, w.mona.get("/actions").is(200).items()[0]["topic"], "and not hers")
	require.Empty(t, w.carol.get("/actions").is(200).items())
}

func TestAStudysMoneyIsTheOrganisationsAndDoesNotChangeItsMeaning(t *testing.T) {
	w := newWorld(t)
	w.ada.patch("/settings", 0, body{"currency": "ABC"}).is(422)
	w.ada.patch("/settings", 0, body{"currency": "PLN"}).is(200)
	id := uuid.New()
	study := "/studies/" + id.String()
	added := w.carol.post("/studies", body{"id": id, "title": "Queues", "purpose": "Why they leave"}).is(201).object()
	for _, of := range []string{"incentive", "travel", "budget"} {
		require.Equal(t, map[string]any{"amount": 0.0, "currency": "PLN"}, added[of])
	}
	w.carol.patch(study, 1, body{"budget": body{"amount": 100, "currency": "XXX"}}).is(422)
	w.carol.patch(study, 1, body{"budget": body{"amount": 100, "currency": "EUR"}}).is(200)
	all := func(amount int) body {
		money := body{"amount": amount, "currency": "PLN"}
		return body{"budget": money, "incentive": money, "travel": money}
	}
	w.carol.patch(study, 2, all(0)).refuses(409, "a budget in EUR")
	w.carol.patch(study, 2, body{"budget": body{"amount": 0, "currency": "EUR"}}).is(200)
	w.carol.patch(study, 3, all(400)).is(200)

	e := w.evening(w.moe)
	e.hotel()
	w.lays("UPDATE studies SET budget = 0, purpose = 'Why they leave' WHERE id = ?", e.study)
	w.carol.patch("/studies/"+e.study.String(), 1, all(0)).refuses(409, "costs that are reckoned in EUR")
}
