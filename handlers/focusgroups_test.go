package handlers_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/account"
)

// hall is a study, and a venue in Warsaw with rooms.
type hall struct {
	*world
	study, venue uuid.UUID
}

func (w *world) hall() hall {
	w.Helper()
	h := hall{w, uuid.New(), uuid.New()}
	w.carol.post("/venues", body{"id": h.venue, "name": "House of Trades", "zone": "Europe/Warsaw"}).is(201)
	w.carol.post("/studies", body{"id": h.study, "title": "Waiting", "purpose": "Why customers leave the queue",
		"incentive": body{"amount": 4000, "currency": "PLN"}}).is(201)
	return h
}

// room adds a room that is kept half an hour before and after a session.
func (h hall) room(name string, more body) uuid.UUID {
	h.Helper()
	id := uuid.New()
	what := body{"id": id, "name": name, "capacity": 14}
	for key, value := range more {
		what[key] = value
	}
	h.carol.post("/venues/"+h.venue.String()+"/rooms", what).is(201)
	return id
}

// draft adds a draft from six to half past seven.
func (h hall) draft(room uuid.UUID, moderator *person, more body) string {
	h.Helper()
	id := uuid.New()
	what := body{"id": id, "study_id": h.study, "topic": "Queues", "room_id": room, "moderator_id": moderator.id, "starts": "2026-12-10T18:00", "ends": "2026-12-10T19:30"}
	for key, value := range more {
		what[key] = value
	}
	h.carol.post("/focus-groups", what).is(201)
	return "/focus-groups/" + id.String()
}

// scheduled adds a group and schedules it.
func (h hall) scheduled(room uuid.UUID, moderator *person, more body) string {
	h.Helper()
	path := h.draft(room, moderator, more)
	h.carol.post(path+"/schedule", nil).is(200)
	return path
}

func TestADraftIsScheduledAndClosedWhenItHasBegun(t *testing.T) {
	w := newWorld(t)
	h := w.hall()
	path := h.draft(h.room("Green", nil), w.moe, nil)
	g := w.carol.get(path).is(200).object()
	require.Equal(t, "draft", g["state"])
	require.Equal(t, []any{8.0, 6.0, 4.0}, []any{g["seats"], g["minimum"], g["reserve"]}, "twelve acceptances for eight seats")
	require.Equal(t, "2026-12-10T17:00:00Z", g["starts_at"])
	require.Equal(t, "House of Trades", g["place"].(map[string]any)["venue"])
	w.moe.get(path).is(404)
	w.carol.post(path+"/close", nil).refuses(409, "a focus group that is draft cannot be moved by “close”")

	w.carol.post(path+"/schedule", nil).is(200)
	again := w.carol.post(path+"/schedule", nil).is(200).object()
	require.Equal(t, 2.0, again["edition"], "scheduling is repeatable")
	require.Equal(t, false, again["running"])
	w.carol.post(path+"/close", nil).refuses(409, "has not begun: it starts at 2026-12-10T18:00")

	w.clock.set(time.Date(2026, 12, 10, 17, 0, 0, 0, time.UTC))
	require.Equal(t, true, w.carol.get(path).object()["running"])
	require.Equal(t, "closed", w.carol.post(path+"/close", nil).is(200).object()["state"])
	w.carol.patch(path, 3, body{"topic": "Other"}).refuses(409, "not-changeable")
	w.carol.post(path+"/cancel", body{"reason": "Late"}).refuses(409, "illegal-move")
}

func TestWhatADraftLacksIsNamedAtOnceWhenItIsScheduled(t *testing.T) {
	w := newWorld(t)
	h := w.hall()
	id := uuid.New()
	w.carol.post("/focus-groups", body{"id": id, "study_id": h.study, "topic": "Queues"}).is(201)
	faults := w.carol.post("/focus-groups/"+id.String()+"/schedule", nil).is(422).faults()
	require.Len(t, faults, 3)
	for _, pointer := range []string{"/room_id", "/moderator_id", "/starts"} {
		require.Contains(t, faults[pointer], "is missing", pointer)
	}
	w.carol.post("/focus-groups/"+id.String()+"/cancel", body{"reason": " "}).refuses(422, "1 to 1000 characters")
	cancelled := w.carol.post("/focus-groups/"+id.String()+"/cancel", body{"reason": "No budget"}).is(200).object()
	require.Equal(t, "No budget", cancelled["reason"])
	w.carol.post("/focus-groups/"+id.String()+"/cancel", body{"reason": "No budget"}).is(200)
}

func TestATimeThatCannotBeIsRefusedWithWhatWouldBeRight(t *testing.T) {
	w := newWorld(t)
	h := w.hall()
	green, small := h.room("Green", nil), h.room("Small", body{"capacity": 9})
	for _, c := range []struct {
		more          body
		pointer, says string
	}{
		{body{"starts": "2027-03-28T02:30", "ends": "2027-03-28T04:00"}, "/starts", "does not exist in Europe/Warsaw: the clocks are put forward then, and the next time is 2027-03-28T03:00"},
		{body{"starts": "2027-10-31T02:30", "ends": "2027-10-31T04:00"}, "/starts", "say which, 2027-10-31T02:30+02:00 or 2027-10-31T02:30+01:00"},
		{body{"ends": "2026-12-10T18:00"}, "/ends", "must be later than starts"},
		{body{"ends": "2026-12-11T19:30"}, "/ends", "at most 12 hours"},
		{body{"starts": "Thursday"}, "/starts", "such as 2026-11-26T18:00"},
		{body{"zone": "Europe/London"}, "/zone", "must be the venue's, Europe/Warsaw"},
		{body{"room_id": small}, "/room_id", "the room holds 9, and it takes 10: 8 participants, the moderator and 1 to assist"},
		{body{"room_id": uuid.New()}, "/room_id", "there is no room"},
		{body{"moderator_id": w.sam.id}, "/moderator_id", "with the role moderator"},
		{body{"assistants": []uuid.UUID{w.moe.id}}, "/assistants/0", "moderates already"},
		{body{"study_id": uuid.New()}, "/study_id", "there is no study"},
		{body{"minimum": 9}, "/minimum", "1 to the number of seats, 8"},
		{body{"id": uuid.Must(uuid.NewV7())}, "/id", "version 4"},
	} {
		what := body{"id": uuid.New(), "study_id": h.study, "topic": "Queues", "room_id": green, "moderator_id": w.moe.id, "starts": "2026-12-10T18:00", "ends": "2026-12-10T19:30"}
		for key, value := range c.more {
			what[key] = value
		}
		require.Contains(t, w.carol.post("/focus-groups", what).is(422).faults()[c.pointer], c.says)
	}
	twice := h.draft(green, w.moe, body{"starts": "2027-10-31T02:30+02:00", "ends": "2027-10-31T02:30+01:00"})
	g := w.carol.get(twice).object()
	require.Equal(t, []any{"2027-10-31T02:30", "2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z"}, []any{g["starts"], g["starts_at"], g["ends_at"]})
	w.carol.patch(twice, 1, body{"topic": "The night of two hours"}).is(200)
}

func TestARoomAndAModeratorAreNeverKeptTwice(t *testing.T) {
	w := newWorld(t)
	h := w.hall()
	green, blue, meg := h.room("Green", nil), h.room("Blue", nil), w.person("Meg", account.Moderator)
	first := h.scheduled(green, w.moe, nil)

	room := h.draft(green, meg, body{"topic": "Coffee", "starts": "2026-12-10T19:30", "ends": "2026-12-10T21:00"})
	taken := w.carol.post(room+"/schedule", nil).refuses(409, "slot-taken")
	require.Contains(t, taken.faults()["/room_id"], "kept for the focus group “Queues” from 10 December 2026 17:30 until 20:00")
	require.Equal(t, []any{"2026-12-10T20:30/2026-12-10T22:00", "2026-12-11T08:00/2026-12-11T09:30", "2026-12-11T09:30/2026-12-11T11:00"}, taken.object()["possible"])
	require.Equal(t, "draft", w.carol.get(room).object()["state"], "nothing was kept")
	w.carol.patch(room, 1, body{"starts": "2026-12-10T20:30", "ends": "2026-12-10T22:00"}).is(200)
	w.carol.post(room+"/schedule", nil).is(200)

	busy := h.draft(blue, meg, body{"assistants": []uuid.UUID{w.moe.id}, "starts": "2026-12-10T19:30", "ends": "2026-12-10T20:00"})
	faults := w.carol.post(busy+"/schedule", nil).is(409).faults()
	require.Contains(t, faults["/moderator_id"], "“Coffee”")
	require.Contains(t, faults["/assistants/0"], "“Queues”")

	w.carol.post(first+"/cancel", body{"reason": "Flooded"}).is(200)
	w.carol.post(room+"/cancel", body{"reason": "Flooded"}).is(200)
	w.carol.post(busy+"/schedule", nil).is(200)
}

func TestAGroupMovesWholeOrNotAtAll(t *testing.T) {
	w := newWorld(t)
	h := w.hall()
	green, blue, meg := h.room("Green", nil), h.room("Blue", nil), w.person("Meg", account.Moderator)
	path := h.scheduled(green, w.moe, nil)
	h.scheduled(blue, meg, body{"topic": "Coffee", "starts": "2026-12-11T18:00", "ends": "2026-12-11T19:30"})
	w.mailed(w.moe)

	w.carol.patch(path, 2, body{"starts": "2026-12-11T18:30", "ends": "2026-12-11T20:00", "room_id": blue}).refuses(409, "“Coffee”")
	require.Equal(t, "2026-12-10T18:00", w.carol.get(path).object()["starts"])
	h.scheduled(green, meg, body{"starts": "2026-12-11T21:00", "ends": "2026-12-11T22:00"})

	// Half an hour later overlaps with itself only.
	moved := w.carol.patch(path, 2, body{"starts": "2026-12-10T18:30", "ends": "2026-12-10T20:00"}).is(200).object()
	require.Equal(t, 3.0, moved["edition"])
	require.Equal(t, 3.0, w.carol.patch(path, 3, body{"starts": "2026-12-10T18:30", "ends": "2026-12-10T20:00"}).is(200).object()["edition"], "nothing differs")
	templates, _ := w.mailsAfter(w.moe, 1)
	require.Equal(t, []any{"focus-group-moved"}, templates, "told once")

	w.clock.set(time.Date(2026, 12, 10, 17, 45, 0, 0, time.UTC))
	w.carol.patch(path, 3, body{"room_id": blue}).refuses(409, "has begun: its time and its room stay")
	w.carol.patch(path, 3, body{"topic": "Queues and tills"}).is(200)
}

func TestWhoAcceptedMovesAlongUnlessTheyAreElsewhereThen(t *testing.T) {
	w := newWorld(t)
	h := w.hall()
	green, blue, meg := h.room("Green", nil), h.room("Blue", nil), w.person("Meg", account.Moderator)
	path := h.scheduled(green, w.moe, nil)
	other := h.scheduled(blue, meg, body{"topic": "Coffee", "starts": "2026-12-11T18:00", "ends": "2026-12-11T19:30"})
	anna := uuid.New()
	hold := func(group string, from time.Time) {
		w.lays("INSERT INTO holds (id, kind, subject_id, focus_group_id, from_at, until_at) VALUES (?, 'participant', ?, ?, ?, ?)",
			uuid.New(), anna, group[len("/focus-groups/"):], from.UnixMicro(), from.Add(150*time.Minute).UnixMicro())
	}
	hold(path, time.Date(2026, 12, 10, 16, 30, 0, 0, time.UTC))
	hold(other, time.Date(2026, 12, 11, 16, 30, 0, 0, time.UTC))
	w.carol.patch(path, 2, body{"starts": "2026-12-11T17:00", "ends": "2026-12-11T18:30"}).refuses(409, "1 of those who accepted are in another focus group then")
	w.carol.patch(path, 2, body{"starts": "2026-12-12T17:00", "ends": "2026-12-12T18:00"}).is(200)
	w.carol.patch(other, 2, body{"starts": "2026-12-12T17:30", "ends": "2026-12-12T19:00"}).refuses(409, "another focus group then")
	w.carol.patch(other, 2, body{"starts": "2026-12-12T19:00", "ends": "2026-12-12T20:30"}).is(200)
}

func TestOfManyWhoAskForOneSlotAtOnceOneGetsIt(t *testing.T) {
	w := newWorld(t)
	h := w.hall()
	const asking, times = 64, 20
	var moderators [asking]*person
	for i := range moderators {
		moderators[i] = w.person(fmt.Sprintf("Moderator%d", i), account.Moderator)
	}
	w.carol.get("/me").is(200)
	for n := range times {
		room := h.room(fmt.Sprintf("Room %d", n), nil)
		day := time.Date(2026, 12, 1+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		var paths [asking]string
		for i := range paths {
			paths[i] = h.draft(room, moderators[i], body{"starts": day + "T18:00", "ends": day + "T19:30"})
		}
		answers := make([]*answer, asking)
		var all sync.WaitGroup
		for i := range paths {
			all.Go(func() { answers[i] = w.carol.post(paths[i]+"/schedule", nil) })
		}
		all.Wait()
		won := 0
		for _, a := range answers {
			if a.status == 200 {
				won++
				continue
			}
			a.refuses(409, "slot-taken")
			require.Contains(t, a.faults()["/room_id"], "kept for the focus group “Queues”")
			require.Len(t, a.object()["possible"], 3)
		}
		require.Equal(t, 1, won, "time %d", n)
	}
}

func TestAModeratorFindsOwnSessionsWithoutMoney(t *testing.T) {
	w := newWorld(t)
	h := w.hall()
	meg := w.person("Meg", account.Moderator)
	own := h.scheduled(h.room("Green", body{"price": body{"amount": 4500, "currency": "PLN"}}), w.moe, nil)
	assisted := h.scheduled(h.room("Blue", nil), meg, body{"assistants": []uuid.UUID{w.moe.id}, "starts": "2026-12-11T18:00", "ends": "2026-12-11T19:30"})
	foreign := h.scheduled(h.room("Red", nil), meg, body{"starts": "2026-12-12T18:00", "ends": "2026-12-12T19:30"})
	require.Len(t, w.moe.get("/focus-groups").items(), 2)
	for _, path := range []string{own, assisted} {
		read := w.moe.get(path).is(200)
		require.Equal(t, "Why customers leave the queue", read.object()["purpose"])
		for _, hidden := range []string{"4500", "4000", "price", "budget", "incentive", "reserve"} {
			require.NotContains(t, string(read.body), hidden)
		}
	}
	w.moe.get(foreign).is(404)
	w.moe.post(own+"/cancel", body{"reason": "Ill"}).is(403)
}

func TestAHiredRoomIsBookedInTimeOrHasTheHirersReference(t *testing.T) {
	w := newWorld(t)
	h := w.hall()
	room := h.room("Green", body{"hired": true, "lead_days": 30})
	path := h.draft(room, w.moe, nil)
	require.Contains(t, w.carol.post(path+"/schedule", nil).is(422).faults()["/room_reference"], "must be booked 30 days ahead")
	w.carol.patch(path, 1, body{"room_reference": "By phone, Ms Lis"}).is(200)
	w.carol.post(path+"/schedule", nil).is(200)
	w.carol.patch("/rooms/"+room.String(), 1, body{"archived": true}).is(200)
	w.carol.patch(path, 3, body{"starts": "2026-12-10T17:00"}).refuses(422, "archived")
	w.carol.patch(path, 3, body{"topic": "Tills"}).is(200)
}

func TestSeatsAreNotTakenFromThoseWhoHaveThem(t *testing.T) {
	w := newWorld(t)
	h := w.hall()
	path := h.scheduled(h.room("Green", nil), w.moe, nil)
	w.lays("UPDATE focus_groups SET taken = 10 WHERE id = ?", path[len("/focus-groups/"):])
	w.carol.patch(path, 2, body{"reserve": 1}).refuses(422, "10 are accepted or on offer")
	changed := w.carol.patch(path, 2, body{"reserve": 2}).is(200).object()
	require.Equal(t, 10.0, changed["taken"])
}

func TestEverythingWrongWithAStudyIsToldAtOnce(t *testing.T) {
	w := newWorld(t)
	age, drink := w.attribute("Age"), w.attribute("Drink")
	faults := w.carol.post("/studies", body{"id": uuid.New(), "title": "", "purpose": "", "language": "klingon!", "branches": []uuid.UUID{},
		"screening":  []body{{"id": "a", "text": "A?", "options": []body{{"id": "x", "text": "X", "out": true}, {"id": "y", "text": "", "out": true}}}},
		"quotas":     []body{{"attribute_id": age, "target": 4}, {"attribute_id": drink, "from": "9", "to": "3", "target": 4}},
		"exclusions": []body{{"rule": "same_topic"}, {"rule": "same_topic"}, {"rule": "no_shows"}},
		"guide":      []body{{"title": "", "kind": "talk", "minutes": 10}},
		"incentive":  body{"amount": 1, "currency": "XYZ1"}, "budget": body{"amount": -1, "currency": "EUR"}}).is(422).faults()
	for pointer, says := range map[string]string{
		"/title": "1 to 120", "/purpose": "1 to 4000", "/language": "BCP 47", "/screening/0/options": "must not screen out", "/screening/0/options/1/text": "1 to 200",
		"/quotas/0/value": "name the value", "/quotas/1/to": "not be less than from", "/exclusions/1/rule": "stands twice", "/exclusions/2/times": "1 to 100 of no_shows",
		"/guide/0/title": "1 to 120", "/incentive/currency": "ISO 4217", "/budget/amount": "from 0 to", "/budget/currency": "must be the incentive's",
	} {
		require.Contains(t, faults[pointer], says, pointer)
	}
	faults = w.carol.post("/studies", body{"id": uuid.New(), "title": "Waiting", "purpose": "Why", "branches": []uuid.UUID{w.oldTown.ID, uuid.New()},
		"quotas": []body{{"attribute_id": uuid.New(), "value": "tea", "target": 4}, {"attribute_id": drink, "from": "3", "target": 4}}}).is(422).faults()
	require.Equal(t, []string{"there is no branch with this id", "there is no attribute with this id", "must be named: the attribute is a choice"},
		[]string{faults["/branches/1"], faults["/quotas/0/attribute_id"], faults["/quotas/1/value"]})
}

func TestVenuesAndRoomsAreChangedByWhoReadThem(t *testing.T) {
	w := newWorld(t)
	h := w.hall()
	room := h.room("Green", nil)
	venue := "/venues/" + h.venue.String()
	w.carol.post(venue+"/rooms", body{"id": uuid.New(), "name": "Green", "capacity": 8}).refuses(409, "name-taken")
	blue := h.room("Blue", body{"features": []string{"catering", "step_free"}})
	require.Equal(t, []any{"step_free", "catering"}, w.carol.get("/rooms/" + blue.String()).object()["features"])
	w.carol.patch("/rooms/"+blue.String(), 1, body{"name": "Green"}).refuses(409, "name-taken")
	w.carol.patch("/rooms/"+room.String(), 7, body{"name": "Mint"}).is(412)
	faults := w.carol.post(venue+"/rooms", body{"id": uuid.New(), "name": " ", "capacity": 3, "features": []string{"bar"}, "price": body{"amount": 1, "currency": "ABC"}}).is(422).faults()
	require.Len(t, faults, 3)
	require.Contains(t, faults["/price/currency"], "ISO 4217")
	w.carol.post("/venues", body{"id": uuid.New(), "name": "X", "zone": "Warsaw"}).refuses(422, "such as Europe/Warsaw")
	other := uuid.New()
	w.carol.post("/venues", body{"id": other, "name": "Annex", "zone": "Europe/Warsaw"}).is(201)
	w.carol.post("/venues/"+other.String()+"/rooms", body{"id": room, "name": "Green", "capacity": 14}).refuses(409, "id-taken")
	w.carol.patch(venue, 1, body{"archived": true}).is(200)
	require.Len(t, w.carol.get("/venues").items(), 1)
	require.Len(t, w.carol.get("/venues?archived=true&search=TRADES").items(), 1)
	require.Len(t, w.carol.get(venue).object()["rooms"], 2)
}

func TestARoomStaysLargeEnoughForTheGroupsThatAreScheduledInIt(t *testing.T) {
	w := newWorld(t)
	h := w.hall()
	room := h.room("Green", nil)
	path := "/rooms/" + room.String()
	h.draft(room, w.moe, body{"starts": "2026-12-17T18:00", "ends": "2026-12-17T19:30", "seats": 12})
	h.scheduled(room, w.moe, nil)
	h.scheduled(room, w.moe, body{"topic": "Tills", "starts": "2026-12-11T18:00", "ends": "2026-12-11T19:30", "seats": 6})
	cut := w.carol.patch(path, 1, body{"capacity": 9}).is(422).faults()
	require.Equal(t, map[string]string{"/capacity": "must be at least 10: the focus group “Queues” of 2026-12-10T18:00 is scheduled there for so many, with the moderator and assistants; move it to another room first, or take seats from it"}, cut)
	w.carol.patch(path, 1, body{"capacity": 10, "name": "Mint"}).is(200)
	w.clock.set(time.Date(2026, 12, 10, 18, 30, 0, 0, time.UTC))
	w.carol.patch(path, 2, body{"capacity": 7}).refuses(422, "“Tills” of 2026-12-11T18:00")
	w.carol.patch(path, 2, body{"capacity": 8}).is(200)
	w.clock.set(time.Date(2026, 12, 11, 18, 30, 0, 0, time.UTC))
	w.carol.patch(path, 3, body{"capacity": 1}).is(200)
}
