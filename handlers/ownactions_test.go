package handlers_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/account"
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

func TestWhoRaisedAnActionIsToldOnceHowItEnded(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe)
	action := func(by *person, owner *person) string {
		id := uuid.New()
		added := by.post(e.path("/actions"), body{"id": id, "text": "Another till", "owner_id": owner.id, "due": "2027-01-31"}).is(201).object()
		require.Equal(t, by.id.String(), added["raised_by"])
		return "/actions/" + id.String()
	}
	till := action(w.moe, w.max)
	w.max.patch(till, 1, body{"state": "under_way"}).is(200)
	require.Empty(t, w.kept(w.moe, "action-ended"))
	w.max.patch(till, 2, body{"state": "done"}).is(422)
	w.max.patch(till, 2, body{"state": "done", "outcome": "The till stands"}).is(200)
	w.max.patch(till, 3, body{"outcome": "The till stands\nby the door"}).is(200)
	told := w.kept(w.moe, "action-ended")
	require.Len(t, told, 1)
	require.Equal(t, "Done: Another till", told[0]["subject"])
	for _, says := range []string{"> The till stands\n> by the door", "Queues at noon", "https://fieldcare.test" + e.path("")} {
		require.Contains(t, told[0]["body"], says)
	}
	require.NotContains(t, w.max.get("/actions").is(200).items()[0], "raised_by", "the owner learns nothing of those who raised it")

	dropped := action(w.carol, w.ada)
	w.carol.patch(dropped, 1, body{"state": "dropped", "outcome": "Too dear"}).is(200)
	require.Empty(t, w.kept(w.carol, "action-ended"), "she ended it herself")
	w.ada.patch(action(w.carol, w.ada), 1, body{"state": "dropped", "outcome": "Too dear"}).is(200)
	require.Equal(t, "Dropped: Another till", w.kept(w.carol, "action-ended")[0]["subject"])
	for _, owner := range []*person{w.max, w.ada} {
		require.Empty(t, w.kept(owner, "action-ended"))
	}
}

func TestWhoRaisedAnActionAndIsAManagerNowIsToldNoMoreThanManagersMayKnow(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe)
	for i, closed := range []bool{false, true} {
		id := uuid.New()
		mia := w.person([]string{"Mia", "Mio"}[i], account.Coordinator)
		mia.post(e.path("/actions"), body{"id": id, "text": "Another till", "owner_id": w.ada.id, "due": "2027-01-31"}).is(201)
		w.change(mia, body{"roles": []string{"manager"}})
		w.manage(w.oldTown, mia)
		if closed {
			e.closed(w.oldTown)
		}
		w.ada.patch("/actions/"+id.String(), 1, body{"state": "dropped", "outcome": "Too dear"}).is(200)
		told := w.kept(mia, "action-ended")
		require.Len(t, told, 1)
		require.Contains(t, told[0]["body"], "> Too dear")
		about := require.NotContains
		if closed {
			about = require.Contains
		}
		for _, ofTheGroup := range []string{"Queues at noon", e.path("")} {
			about(t, told[0]["body"], ofTheGroup)
		}
		for _, hidden := range []string{"Moe", "Anna", "Hotel", "December", "18:00"} {
			require.NotContains(t, told[0]["body"], hidden)
		}
	}

	gone := w.person("Gus", account.Coordinator)
	id := uuid.New()
	gone.post(e.path("/actions"), body{"id": id, "text": "Another till", "owner_id": w.ada.id, "due": "2027-01-31"}).is(201)
	w.change(gone, body{"disabled": true})
	w.ada.patch("/actions/"+id.String(), 1, body{"state": "dropped", "outcome": "Too dear"}).is(200)
	require.Empty(t, w.kept(gone, "action-ended"))
}
