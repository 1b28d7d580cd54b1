package handlers_test

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
)

// evening is a focus group from six to eight with three invitees, of a study that pays 40 euros and 6 for the way.
type evening struct {
	*world
	id, study          uuid.UUID
	room, venue        uuid.UUID
	begins             time.Time
	anna, bartek, cela uuid.UUID // invitations; who is asked has the same id
}

var inviteeNames = []string{"Anna Nowak", "Bartek Żak", "Cela Maj"}

// evening has three seats, one in reserve, and is a fortnight away.
func (w *world) evening(moderator *person, assistants ...*person) evening {
	w.Helper()
	begins := time.Date(2026, 12, 7, 17, 0, 0, 0, time.UTC)
	room, venue, helpers := uuid.New(), uuid.New(), []uuid.UUID{}
	e := evening{w, uuid.New(), uuid.New(), room, venue, begins, uuid.New(), uuid.New(), uuid.New()}
	for _, a := range assistants {
		helpers = append(helpers, a.id)
	}
	at, ends := database.At(w.clock.now()), database.At(begins.Add(2*time.Hour))
	w.lays(`INSERT INTO venues (id, name, folded, address, zone, directions, created_at, edition) VALUES (?, 'Hotel', 'hotel', 'Rynek 2', 'Europe/Warsaw', '', ?, 1)`, venue, at)
	w.lays(`INSERT INTO rooms (id, venue_id, name, capacity, features, price, price_per, currency, lead_days, cancel_days, setup_minutes, hired, created_at, edition)
		VALUES (?, ?, 'Blue', 12, '[]', 0, 'hour', 'EUR', 0, 0, 0, TRUE, ?, 1)`, room, venue, at)
	w.lays(`INSERT INTO studies (id, title, folded, purpose, branches, language, screening, quotas, exclusions, guide, rates, incentive, travel, budget, currency, created_at, edition)
		VALUES (?, 'Queues', 'queues', '', '[]', 'pl', '[]', '[]', '[]', '[]', '{"acceptance": 3000, "show": 8000}', 4000, 600, 30000, 'EUR', ?, 1)`, e.study, at)
	w.lays(`INSERT INTO focus_groups (id, study_id, topic, state, language, room_id, room_reference, moderator_id, assistants, zone, starts, ends, starts_at, ends_at, seats, minimum, reserve, notice_minutes, taken, reason, created_at, edition)
		VALUES (?, ?, 'Queues at noon', 'scheduled', 'pl', ?, '', ?, ?, 'Europe/Warsaw', '2026-12-07T18:00', '2026-12-07T20:00', ?, ?, 3, 1, 1, 60, 3, '', ?, 1)`,
		e.id, e.study, room, moderator.id, jsonText(helpers), database.At(begins), ends, at)
	for i, id := range []uuid.UUID{e.anna, e.bartek, e.cela} {
		e.invitee(id, inviteeNames[i], "accepted")
	}
	return e
}

// invitee asks somebody new to the evening.
func (e evening) invitee(id uuid.UUID, name, state string) {
	e.Helper()
	at := database.At(e.clock.now())
	e.lays(`INSERT INTO participants (id, name, folded, email, email_folded, phone, phone_digits, language, zone, household, employer, notes, tags, attributes, do_not_contact, generation, created_at, edition)
		VALUES (?, ?, ?, '', '', '', '', 'pl', 'Europe/Warsaw', '', '', '', '[]', '{}', FALSE, 1, ?, 1)`, id, name, database.Fold(name), at)
	e.lays(`INSERT INTO invitations (id, focus_group_id, participant_id, state, generation, override, screening, calendar_uid, calendar_sent, sequence, created_at, edition)
		VALUES (?, ?, ?, ?, 1, '', '{}', ?, FALSE, 0, ?, 1)`, id, e.id, id, state, id.String(), at)
}

// lays writes to the database what no operation of this half makes.
func (w *world) lays(statement string, values ...any) {
	w.Helper()
	require.NoError(w, w.server.DB.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, statement, values...)
		return err
	}))
}

func (e evening) path(more string) string { return "/focus-groups/" + e.id.String() + more }

func (e evening) at(invitation uuid.UUID) string {
	return e.path("/attendance/" + invitation.String())
}

// after is a time so many minutes after the evening's begin.
func (e evening) after(minutes int) string {
	return e.begins.Add(time.Duration(minutes) * time.Minute).Format(time.RFC3339)
}

// seen is a record of somebody who took part from the start.
func (e evening) seen(more body) body {
	b := body{"id": uuid.New(), "outcome": "took_part", "arrived_at": e.after(-5), "recorded_at": e.after(-5)}
	for k, v := range more {
		if b[k] = v; v == nil {
			delete(b, k)
		}
	}
	return b
}

// begins moves the clock into the session.
func (e evening) inTheRoom() evening {
	e.clock.set(e.begins.Add(time.Hour))
	return e
}

func (e evening) counts(what ...string) (counts []float64) {
	e.Helper()
	all := e.carol.get(e.path("/attendance")).is(200).object()
	for _, name := range what {
		counts = append(counts, all[name].(float64))
	}
	return counts
}

func TestWhoCameIsRecordedAndCounted(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe).inTheRoom()
	e.invitee(uuid.New(), "Darek Lis", "declined")
	e.invitee(uuid.New(), "Ewa Kot", "draft")

	before := w.carol.get(e.path("/attendance")).is(200).items()
	require.Equal(t, []float64{4, 3, 0, 3, 0, 0, 0}, e.counts("invited", "accepted", "walk_ins", "expected", "came", "no_shows", "usable"))
	require.Equal(t, "Anna Nowak", before[0]["name"])

	sent := e.seen(nil)
	anna := w.moe.put(e.at(e.anna), sent).is(201).object()
	require.Equal(t, []any{"took_part", e.after(-5), false, true, "Moe", 1.0}, []any{anna["outcome"], anna["arrived_at"], anna["late"], anna["usable"], anna["recorded_by"], anna["records"]})
	w.moe.put(e.at(e.bartek), e.seen(body{"arrived_at": e.after(40), "recorded_at": e.after(40)})).is(201)
	w.carol.put(e.at(e.cela), e.seen(body{"outcome": "no_show", "arrived_at": nil, "recorded_at": e.after(45)})).is(201)
	require.Equal(t, []float64{4, 3, 0, 2, 2, 1, 1}, e.counts("invited", "accepted", "expected", "came", "took_part", "no_shows", "usable"))
}

func TestARecordSentAgainIsTheSameAndOtherContentIsRefused(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe).inTheRoom()
	sent := e.seen(nil)
	first := w.moe.put(e.at(e.anna), sent).is(201).object()
	require.Equal(t, first, w.moe.put(e.at(e.anna), sent).is(200).object())
	require.Equal(t, 1.0, w.moe.put(e.at(e.anna), sent).is(200).object()["records"])
	w.moe.put(e.at(e.bartek), sent).refuses(409, "id-taken")
	sent["note"] = "Had a dog"
	w.moe.put(e.at(e.anna), sent).refuses(409, "id-taken")
	sent["id"] = uuid.Nil
	require.Contains(t, w.moe.put(e.at(e.anna), sent).is(422).faults(), "/id")
}

func TestRecordsMadeOfflineMayComeInAnyOrderAndCorrectionsKeepTheOldOne(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe).inTheRoom()
	left := e.seen(body{"left_at": e.after(30), "recorded_at": e.after(30), "struck_out": "  Answered for a friend "})
	w.carol.put(e.at(e.anna), left).is(201)
	older := w.moe.put(e.at(e.anna), e.seen(body{"outcome": "no_show", "arrived_at": nil, "recorded_at": e.after(10)})).is(201).object()
	require.Equal(t, []any{"took_part", e.after(30), true, false, "Answered for a friend", "Carol", 2.0},
		[]any{older["outcome"], older["left_at"], older["left_early"], older["usable"], older["struck_out"], older["recorded_by"], older["records"]}, "the one seen last holds")
	past := w.carol.get("/participants/" + e.anna.String()).is(200).object()["history"].([]any)
	require.Equal(t, "took_part", at(past[0], "outcome"), "in the panel too")

	ahead := w.moe.put(e.at(e.anna), e.seen(body{"recorded_at": e.after(600)})).is(201).object()
	require.Equal(t, e.after(60), ahead["recorded_at"], "a phone that runs ahead does not hold for ever")
	w.clock.forward(time.Minute)
	w.moe.put(e.at(e.anna), e.seen(body{"outcome": "expected", "arrived_at": nil, "recorded_at": e.after(61)})).is(201)

	history := w.moe.get(e.at(e.anna)).is(200)
	var outcomes []string
	for _, item := range history.items() {
		outcomes = append(outcomes, item["outcome"].(string)+" by "+item["recorded_by"].(string))
	}
	require.Equal(t, []string{"expected by Moe", "took_part by Moe", "took_part by Carol", "no_show by Moe"}, outcomes)
	require.Equal(t, "expected", history.object()["attendance"].(map[string]any)["outcome"])
	w.moe.get(e.at(uuid.New())).is(404)
}

func TestAModeratorFindsOwnSessionsAndFirstNamesOnly(t *testing.T) {
	w := newWorld(t)
	meg := w.person("Meg", 1<<2)
	e := w.evening(meg, w.moe).inTheRoom()
	foreign := w.evening(meg)
	for _, path := range []string{"/attendance", "/attendance/" + e.anna.String()} {
		text := string(w.moe.get(e.path(path)).is(200).body)
		require.Contains(t, text, `"Anna"`)
		require.NotContains(t, text, "Nowak")
		require.NotContains(t, text, "participant_id")
	}
	require.Len(t, w.moe.get(e.path("/attendance?search=BART")).is(200).items(), 1)
	require.Empty(t, w.moe.get(e.path("/attendance?search=zak")).is(200).items(), "what a moderator does not see is not found")
	require.Len(t, w.carol.get(e.path("/attendance?search=zak")).is(200).items(), 1)
	require.Equal(t, []float64{3}, e.counts("accepted"))

	w.moe.get(foreign.path("/attendance")).is(404)
	w.moe.put(foreign.at(foreign.anna), foreign.seen(nil)).is(404)
	w.moe.put(e.at(foreign.anna), e.seen(nil)).is(404)
	w.carol.put(e.at(foreign.anna), e.seen(nil)).is(404)
}

func TestWhatWasSeenBeforeTheCloseIsUploadedAfterItAndNothingIsLost(t *testing.T) {
	w := newWorld(t)
	meg := w.person("Meg", account.Moderator)
	e := w.evening(w.moe, meg)
	w.lays("UPDATE focus_groups SET reserve = 3 WHERE id = ?", e.id)
	w.clock.set(e.begins.Add(2 * time.Hour))
	early := w.moe.put(e.at(e.anna), e.seen(body{"outcome": "no_show", "arrived_at": nil})).is(201).object()
	w.carol.post(e.path("/close"), nil).is(200)
	w.clock.forward(24*time.Hour - time.Second)

	kept := e.seen(body{"recorded_at": e.after(5), "arrived_at": e.after(5)})
	first := w.moe.put(e.at(e.anna), kept).is(201).object()
	require.Equal(t, []any{"took_part", 2.0}, []any{first["outcome"], first["records"]})
	require.Equal(t, first, meg.put(e.at(e.anna), kept).is(200).object(), "two devices sent the same")
	kept["note"] = "Had a dog"
	meg.put(e.at(e.anna), kept).refuses(409, "id-taken")
	history := w.carol.get(e.at(e.anna)).is(200).items()
	require.Equal(t, []any{true, w.clock.now().UTC().Format(time.RFC3339), e.after(5)}, []any{history[0]["after_close"], history[0]["received_at"], history[0]["recorded_at"]})
	require.Equal(t, []any{false, early["recorded_at"], "no_show"}, []any{history[1]["after_close"], history[1]["recorded_at"], history[1]["outcome"]}, "a correction keeps the old one")

	code := w.moe.get(e.path("/attendance?search=bartek")).is(200).items()[0]["code"]
	w.moe.post(e.path("/check-in"), body{"id": uuid.New(), "code": code, "recorded_at": e.after(-3)}).is(201)
	w.moe.post(e.path("/walk-ins"), body{"id": uuid.New(), "name": "Jan", "recorded_at": e.after(1)}).is(201)
	require.Equal(t, []float64{3, 3}, e.counts("came", "usable"))
	incentives := 0
	for _, cost := range w.carol.get(e.path("/costs")).is(200).items() {
		if cost["rule"] == "incentive" {
			incentives++
		}
	}
	require.Equal(t, 3, incentives, "they are paid")

	after := body{"recorded_at": e.after(121), "arrived_at": e.after(5)}
	w.moe.put(e.at(e.cela), e.seen(after)).refuses(409, "only what was seen before that is taken, until 2026-12-08T19:00:00Z; ask a coordinator")
	w.moe.post(e.path("/check-in"), body{"id": uuid.New(), "code": code, "recorded_at": e.after(121)}).is(409)
	w.moe.post(e.path("/walk-ins"), body{"id": uuid.New(), "name": "Jan", "recorded_at": e.after(121)}).isProblem(409, "group-closed")
	w.clock.forward(time.Second)
	w.moe.put(e.at(e.cela), e.seen(nil)).isProblem(409, "group-closed")
	w.clock.forward(30 * 24 * time.Hour)
	w.carol.put(e.at(e.cela), e.seen(nil)).is(201)
	w.carol.put(e.at(e.cela), e.seen(after)).is(201)
}

func TestTheDoorOpensTwelveHoursBeforeTheSession(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe)
	w.clock.set(e.begins.Add(-12*time.Hour - time.Second))
	code := w.moe.get(e.path("/attendance?search=anna")).is(200).items()[0]["code"]
	now := w.clock.now()
	for path, what := range map[string]body{"/check-in": {"code": code}, "/walk-ins": {"name": "Jan"}} {
		what["id"], what["recorded_at"] = uuid.New(), now
		w.carol.post(e.path(path), what).refuses(409, "the door opens twelve hours before the session, at 2026-12-07T05:00:00Z")
	}
	w.moe.put(e.at(e.anna), e.seen(body{"outcome": "no_show", "arrived_at": nil, "recorded_at": now})).isProblem(409, "door-shut")
	w.clock.forward(time.Second)
	require.Contains(t, w.moe.put(e.at(e.anna), e.seen(body{"arrived_at": now, "recorded_at": now})).is(422).faults(), "/arrived_at", "an earlier day is no arrival")
	w.moe.post(e.path("/check-in"), body{"id": uuid.New(), "code": code, "recorded_at": w.clock.now()}).is(201)
}

func TestAGroupThatSomebodyCameToIsClosedAndNotCancelled(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe)
	running := func() any { return w.carol.get(e.path("")).is(200).object()["running"] }
	require.Equal(t, false, running())
	w.clock.set(e.begins)
	require.Equal(t, true, running(), "nothing was told to the program but the time")
	came := e.seen(body{"outcome": "turned_away"})
	w.moe.put(e.at(e.anna), came).is(201)
	w.carol.post(e.path("/cancel"), body{"reason": "The lift is broken"}).refuses(409, "close the focus group, or correct who came")
	w.clock.set(e.begins.Add(2 * time.Hour))
	require.Equal(t, false, running())

	w.moe.put(e.at(e.anna), e.seen(body{"outcome": "expected", "arrived_at": nil, "recorded_at": e.after(3)})).is(201)
	w.carol.post(e.path("/cancel"), body{"reason": "The lift is broken"}).is(200)
	require.Equal(t, false, running())
	w.carol.put(e.at(e.anna), e.seen(nil)).isProblem(409, "group-not-scheduled")
}

func TestADoorRecordsOnlyThoseWhoAcceptedAndThatDay(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe).inTheRoom()
	w.carol.put(e.at(e.anna), e.seen(body{"arrived_at": nil, "recorded_at": w.clock.now().Add(-24 * 365 * time.Hour)})).is(422)
	w.lays("UPDATE invitations SET state = 'withdrawn' WHERE id = ?", e.anna)
	w.carol.put(e.at(e.anna), e.seen(nil)).refuses(409, "not-accepted")
}

func TestWhoWalkedInIsFoundInThePanelAtOnce(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe).inTheRoom()
	before := w.participant(participant("Janek", body{"phone": "0048 600-100-200"}))
	jan := uuid.New()
	w.moe.post(e.path("/walk-ins"), body{"id": jan, "name": " Jan Wójcik ", "phone": "+48 600 100 200", "recorded_at": e.after(-2)}).is(201)
	for _, search := range []string{"search=wojcik", "search=600100200", "search=0048600100200", "search=%2B48%20600%20100%20200"} {
		found := names(w.carol.get("/participants?" + search).is(200).items())
		require.Contains(t, found, "Jan Wójcik", search)
	}
	read := w.carol.get("/participants/" + jan.String()).is(200).object()
	require.Equal(t, []any{"pl", "Europe/Warsaw", []any{}, before.String()}, []any{read["language"], read["zone"], read["tags"], read["duplicates"].([]any)[0].(map[string]any)["id"]})

	drinks := w.attribute("Drinks")
	w.carol.patch("/participants/"+jan.String(), 1, body{"tags": []string{"Walked in"}, "attributes": body{drinks.String(): "tea"}}).is(200)
	require.Equal(t, []string{"Jan Wójcik"}, names(w.carol.get("/participants?tag=walked%20IN").is(200).items()))
	require.Equal(t, []string{"Jan Wójcik"}, names(w.carol.get("/participants?attribute="+drinks.String()+"&value=TEA").is(200).items()))
}

func TestACodeChecksInOnceAndItsImageIsAQRCode(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe).inTheRoom()
	code := w.moe.get(e.path("/attendance?search=anna")).is(200).items()[0]["code"].(string)
	sent := body{"id": uuid.New(), "code": strings.ToLower(strings.ReplaceAll(code, "-", " ")), "recorded_at": e.after(3)}
	in := w.moe.post(e.path("/check-in"), sent).is(201).object()
	require.Equal(t, []any{"Anna", "took_part", e.after(3)}, []any{in["name"], in["outcome"], in["arrived_at"]})
	require.Equal(t, in, w.moe.post(e.path("/check-in"), sent).is(200).object())
	sent["id"] = uuid.New()
	w.moe.post(e.path("/check-in"), sent).refuses(409, "checked-in")
	sent["code"] = "00000-00000"
	require.Contains(t, w.moe.post(e.path("/check-in"), sent).is(422).faults(), "/code")
	other := w.evening(w.moe)
	sent["code"] = code
	require.Contains(t, w.moe.post(other.path("/check-in"), sent).is(422).faults(), "/code", "it opens no other session")
	w.lays("UPDATE invitations SET generation = 2 WHERE id = ?", e.anna)
	require.Contains(t, w.moe.post(e.path("/check-in"), sent).is(422).faults(), "/code", "a higher generation revokes it")

	image := w.moe.get(e.at(e.bartek) + "/code.png").is(200)
	require.Equal(t, "image/png", image.header.Get("Content-Type"))
	decoded, err := png.Decode(bytes.NewReader(image.body))
	require.NoError(t, err)
	require.Equal(t, decoded.Bounds().Dx(), decoded.Bounds().Dy())
}

func TestWhoWalksInTakesASeatAndNeverMoreThanThereAre(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe).inTheRoom()
	sent := body{"id": uuid.New(), "name": " Jan Wójcik ", "phone": "+48 600 100 200", "recorded_at": e.after(-2)}
	in := w.moe.post(e.path("/walk-ins"), sent).is(201).object()
	require.Equal(t, []any{"Jan", true, "took_part", e.after(-2), sent["id"].(uuid.UUID).String()}, []any{in["name"], in["walk_in"], in["outcome"], in["arrived_at"], in["invitation_id"]})
	require.Equal(t, in, w.moe.post(e.path("/walk-ins"), sent).is(200).object())
	require.Equal(t, []float64{3, 3, 1, 1}, e.counts("invited", "accepted", "walk_ins", "came"))
	w.carol.post(e.path("/walk-ins"), body{"id": uuid.New(), "name": "One Toomany", "recorded_at": e.after(-2)}).refuses(409, "no-seat")

	w.lays("UPDATE focus_groups SET reserve = 5 WHERE id = ?", e.id)
	waiting := uuid.New()
	e.invitee(waiting, "Darek Lis", "waitlisted")
	w.moe.post(e.path("/walk-ins"), body{"id": uuid.New(), "participant_id": waiting, "recorded_at": e.after(-2)}).refuses(422, "/participant_id")
	came := w.carol.post(e.path("/walk-ins"), body{"id": uuid.New(), "participant_id": waiting, "recorded_at": e.after(-2)}).is(201).object()
	require.Equal(t, []any{waiting.String(), "Darek Lis", false}, []any{came["invitation_id"], came["name"], came["walk_in"]}, "their own invitation is accepted")
	w.carol.post(e.path("/walk-ins"), body{"id": uuid.New(), "participant_id": waiting, "recorded_at": e.after(-2)}).refuses(409, "accepted-already")
	for place, wrong := range map[string]body{"/participant_id": {"participant_id": uuid.New()}, "/name": {}, "/phone": {"name": "Jan", "phone": "600\n700700"}} {
		wrong["id"], wrong["recorded_at"] = uuid.New(), e.after(-2)
		require.Contains(t, w.carol.post(e.path("/walk-ins"), wrong).is(422).faults(), place)
	}
	require.Equal(t, []float64{4, 4, 1, 2}, e.counts("invited", "accepted", "walk_ins", "came"), "nothing is left of what was refused")
}

func TestHoweverManyWalkInAtOnceNoneIsLetInBeyondSeatsAndReserve(t *testing.T) {
	w := newWorld(t)
	e := w.evening(w.moe).inTheRoom()
	w.lays("UPDATE focus_groups SET reserve = 4 WHERE id = ?", e.id) // three are taken, four are left
	w.carol.get("/me").is(200)
	token := w.carol.token
	statuses := make([]int, 12)
	var all sync.WaitGroup
	for i := range statuses {
		all.Go(func() {
			statuses[i] = w.carol.sendAs(token, "POST", e.path("/walk-ins"), body{"id": uuid.New(), "name": fmt.Sprintf("Guest %d", i), "recorded_at": e.after(0)}).status
		})
	}
	all.Wait()
	let := 0
	for _, status := range statuses {
		require.Contains(t, []int{201, 409}, status)
		if status == 201 {
			let++
		}
	}
	require.Equal(t, 4, let)
	require.Equal(t, []float64{4, 4}, e.counts("walk_ins", "came"))
}
