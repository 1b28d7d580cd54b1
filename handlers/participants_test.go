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

// participant is somebody who is not on the panel yet.
func participant(name string, more body) body {
	b := body{"id": uuid.New(), "name": name, "email": strings.ToLower(name) + "@panel.example", "language": "pl", "zone": "Europe/Warsaw"}
	for k, v := range more {
		b[k] = v
	}
	return b
}

func consent(scope string) body {
	return body{"id": uuid.New(), "scope": scope, "wording": "You may quote me without my name.", "version": "2026-03", "language": "en"}
}

// panellist is somebody on the panel, with an attribute and a consent to keep needs.
type panellist struct{ id, attribute, consent uuid.UUID }

func (p panellist) path(rest string) string { return "/participants/" + p.id.String() + rest }

func (w *world) panellist(name string, drinks uuid.UUID) panellist {
	w.Helper()
	p := panellist{attribute: drinks}
	p.id = w.participant(participant(name, body{"attributes": body{p.attribute.String(): "tea"}}))
	c := consent("needs")
	p.consent = c["id"].(uuid.UUID)
	w.carol.post(p.path("/consents"), c).is(201)
	return p
}

func (w *world) participant(b body) uuid.UUID {
	w.Helper()
	w.carol.post("/participants", b).is(201)
	return b["id"].(uuid.UUID)
}

// attribute adds a choice of tea or coffee.
func (w *world) attribute(name string) uuid.UUID {
	w.Helper()
	id := uuid.New()
	w.carol.post("/attributes", body{"id": id, "type": "choice", "name": name, "options": []string{"tea", "coffee"}}).is(201)
	return id
}

func names(found []body) (names []string) {
	for _, p := range found {
		names = append(names, p["name"].(string))
	}
	return names
}

func (w *world) counted(query string, args ...any) (n int) {
	w.Helper()
	require.NoError(w, w.server.DB.Read().NewRaw(query, args...).Scan(context.Background(), &n))
	return n
}

func TestPetraJoinsThePanelAndIsChanged(t *testing.T) {
	w := newWorld(t)
	drinks := w.attribute("Drinks")
	sent := participant("Petra", body{"name": "  Petra Łuczak ", "phone": "+48 600 100 200", "household": "Łuczak, Piękna 3", "tags": []string{"tea", "Early bird", "TEA"},
		"attributes": body{drinks.String(): "Tea"}, "notes": "Prefers mornings\r\nand the window"})
	path := "/participants/" + sent["id"].(uuid.UUID).String()
	added := w.carol.post("/participants", sent).is(201)
	require.Equal(t, `"1"`, added.header.Get("ETag"))
	petra := added.object()
	require.Equal(t, "Petra Łuczak", petra["name"])
	require.Equal(t, []any{"Early bird", "tea"}, petra["tags"].([]any), "each tag once")
	require.Equal(t, map[string]any{drinks.String(): "tea"}, petra["attributes"], "the option as it is written")
	require.Equal(t, "Prefers mornings\nand the window", petra["notes"])
	require.Equal(t, petra, w.carol.get(path).is(200).object())
	require.Equal(t, petra, w.carol.post("/participants", sent).is(200).object(), "the same sent again")
	sent["name"] = "Paula"
	w.carol.post("/participants", sent).isProblem(409, "id-taken")

	changed := w.carol.patch(path, 1, body{"do_not_contact": true, "attributes": body{drinks.String(): ""}, "tags": []string{}}).is(200)
	require.Equal(t, `"2"`, changed.header.Get("ETag"))
	require.Equal(t, []any{true, map[string]any{}, []any{}, "Petra Łuczak"}, []any{changed.object()["do_not_contact"], changed.object()["attributes"], changed.object()["tags"], changed.object()["name"]})
	w.carol.patch(path, 1, body{"name": "P"}).isProblem(412, "changed")
	w.carol.get("/participants/" + uuid.NewString()).is(404)
}

func TestReadingContactDataIsNotedInTheAuditTrail(t *testing.T) {
	w := newWorld(t)
	p := w.panellist("Petra", w.attribute("Drinks"))
	w.carol.get("/participants").is(200)
	w.carol.get(p.path("")).is(200)
	w.ada.get(p.path("/needs")).is(200)
	var told []string
	for _, row := range w.ada.get("/audit?subject=" + p.id.String()).is(200).items() {
		told = append(told, row["action"].(string)+" by "+map[string]string{w.carol.id.String(): "Carol", w.ada.id.String(): "Ada"}[row["actor_id"].(string)])
	}
	require.Equal(t, []string{"read-needs by Ada", "read by Carol", "record-consent by Carol", "add by Carol"}, told)
}

func TestEverythingWrongWithAParticipantIsToldAtOnce(t *testing.T) {
	w := newWorld(t)
	age := uuid.New()
	w.carol.post("/attributes", body{"id": age, "type": "number", "name": "Visits a month"}).is(201)
	faults := w.carol.post("/participants", body{"id": uuid.New(), "name": "Petra\nBcc: all@example.org", "email": "petra at example.org", "phone": "call me", "language": "klingonish",
		"zone": "Warsaw", "notes": "bell \a", "tags": []string{"a,b"}, "attributes": body{age.String(): "many", uuid.NewString(): "x"}}).isProblem(422, "invalid").faults()
	require.Len(t, faults, 9, "%v", faults)
	for _, place := range []string{"/name", "/email", "/phone", "/language", "/zone", "/notes", "/tags", "/attributes/" + age.String()} {
		require.Contains(t, faults, place)
	}
	require.Equal(t, "Visits a month: must be a number such as 42 or 2.5, with up to 15 digits before the point and 6 after it", faults["/attributes/"+age.String()])
	require.Empty(t, w.carol.get("/participants").is(200).items())
}

func TestNamesOfEveryScriptAreKeptFoundAndSorted(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"Żaneta Ćwik", "zoe", "Ωμέγα Παπαδοπούλου", "Оксана Шевченко", "李小龍", "محمد علي", "Siân O’Brien-Łoś", "Åsa =cmd|' /C calc'!A0", "नीलम", "Nguyễn Thị Hồng"} {
		w.participant(participant("x", body{"name": name, "email": ""}))
	}
	for search, name := range map[string]string{"cwik": "Żaneta Ćwik", "ΠΑΠΑΔ": "Ωμέγα Παπαδοπούλου", "ШЕВЧЕНКО": "Оксана Шевченко", "小龍": "李小龍", "علي": "محمد علي", "sian": "Siân O’Brien-Łoś",
		"brien-los": "Siân O’Brien-Łoś", "|'": "Åsa =cmd|' /C calc'!A0", "hong": "Nguyễn Thị Hồng"} {
		require.Equal(t, []string{name}, names(w.carol.get("/participants?"+queryOf("search", search)).is(200).items()), search)
	}
	require.Empty(t, w.carol.get("/participants?"+queryOf("search", "%")).is(200).items())
	require.Equal(t, []string{"Åsa =cmd|' /C calc'!A0", "Nguyễn Thị Hồng", "Siân O’Brien-Łoś", "Żaneta Ćwik", "zoe"}, names(w.carol.get("/participants?limit=5").is(200).items()))
}

func TestThePanelIsSearchedByPhoneTagAndValue(t *testing.T) {
	w := newWorld(t)
	drinks := w.attribute("Drinks")
	w.participant(participant("Petra", body{"phone": "+48 (600) 100-200", "tags": []string{"Łódź", "early"}, "attributes": body{drinks.String(): "tea"}}))
	w.participant(participant("Olek", body{"phone": "0048 600 555 111", "tags": []string{"early bird"}, "attributes": body{drinks.String(): "coffee"}, "do_not_contact": true}))
	for query, found := range map[string][]string{
		queryOf("search", "600100200"):                               {"Petra"},
		queryOf("search", "+48 600 100 200"):                         {"Petra"},
		queryOf("search", "0048600-555"):                             {"Olek"},
		queryOf("search", "OLEK@panel"):                              {"Olek"},
		queryOf("tag", "lodz"):                                       {"Petra"},
		queryOf("tag", "Early"):                                      {"Petra"},
		queryOf("search", "early"):                                   {"Olek", "Petra"},
		queryOf("attribute", drinks.String()):                        {"Olek", "Petra"},
		queryOf("attribute", drinks.String(), "value", "Tea"):        {"Petra"},
		queryOf("attribute", drinks.String(), "value", "te"):         nil,
		queryOf("attribute", uuid.NewString(), "value", "tea"):       nil,
		queryOf("contact", "refused"):                                {"Olek"},
		queryOf("contact", "allowed", "tag", "early"):                {"Petra"},
		queryOf("attribute", drinks.String(), "search", "olek"):      {"Olek"},
		queryOf("attribute", drinks.String(), "value", "\ntea\n"):    {"Petra"},
		queryOf("attribute", drinks.String(), "value", "tea\n=lodz"): nil,
	} {
		require.Equal(t, found, names(w.carol.get("/participants?"+query).is(200).items()), query)
	}
	require.Contains(t, w.carol.get("/participants?value=tea").is(422).faults(), "value")
}

func TestThePanelIsReadPageByPageWithoutContactData(t *testing.T) {
	w := newWorld(t)
	for i := range 7 {
		w.participant(participant("x", body{"name": fmt.Sprintf("Petra %d", i%3), "email": fmt.Sprintf("petra%d@panel.example", i), "phone": "+48 600 100 200"}))
	}
	var found []string
	for cursor := ""; ; {
		page := w.carol.get("/participants?limit=2&" + queryOf("cursor", cursor)).is(200)
		require.NotContains(t, string(page.body), "@panel.example")
		require.NotContains(t, string(page.body), "600 100")
		found = append(found, names(page.items())...)
		next, more := page.object()["next_cursor"].(string)
		if cursor = next; !more {
			break
		}
	}
	require.Equal(t, []string{"Petra 0", "Petra 0", "Petra 0", "Petra 1", "Petra 1", "Petra 2", "Petra 2"}, found)
}

func TestWhoHasTheSameEmailOrPhoneIsShownAndNotRefused(t *testing.T) {
	w := newWorld(t)
	petra := w.participant(participant("Petra", body{"email": "Nowak@Panel.example", "phone": "+48 600 100 200"}))
	olek := w.participant(participant("Olek", body{"email": "", "phone": "0048 (600) 100200"}))
	paula := participant("Paula", body{"email": "nowak@panel.EXAMPLE", "phone": "0048600100200"})
	duplicates := w.carol.post("/participants", paula).is(201).object()["duplicates"]
	require.ElementsMatch(t, []any{
		map[string]any{"id": petra.String(), "name": "Petra", "same": "email"},
		map[string]any{"id": olek.String(), "name": "Olek", "same": "phone"},
	}, duplicates)
	alone := participant("Iga", body{"email": ""})
	require.Empty(t, w.carol.post("/participants", alone).is(201).object()["duplicates"], "nothing is not the same as nothing")
}

func TestNeedsAreKeptOnlyWhileTheirConsentStands(t *testing.T) {
	w := newWorld(t)
	petra := w.participant(participant("Petra", nil))
	path := "/participants/" + petra.String()
	needs := body{"access": "Step-free\nplease", "diet": "No nuts"}
	w.carol.put(path+"/needs", needs).isProblem(409, "consent-needed")
	w.carol.post(path+"/consents", consent("quotes")).is(201)
	w.carol.put(path+"/needs", needs).isProblem(409, "consent-needed")

	given := consent("needs")
	given["given_at"] = "2026-11-20T10:00:00Z"
	recorded := w.carol.post(path+"/consents", given).is(201).object()
	require.Equal(t, w.carol.id.String(), recorded["recorded_by"])
	require.Equal(t, "2026-11-20T10:00:00Z", recorded["given_at"])
	require.Equal(t, recorded, w.carol.post(path+"/consents", given).is(200).object())
	require.Equal(t, needs, w.carol.put(path+"/needs", needs).is(200).object())
	require.Equal(t, needs, w.carol.get(path+"/needs").is(200).object())
	read := w.carol.get(path).is(200)
	require.Equal(t, true, read.object()["needs_kept"])
	for _, a := range []*answer{read, w.carol.get("/participants").is(200)} {
		require.NotContains(t, string(a.body), "nuts")
		require.NotContains(t, string(a.body), "Step")
	}
	w.moe.get(path + "/needs").is(403)

	w.clock.forward(time.Minute)
	withdraw := path + "/consents/" + given["id"].(uuid.UUID).String() + "/withdraw"
	first := w.carol.post(withdraw, nil).is(200).object()
	require.Equal(t, "2026-11-23T08:01:00Z", first["withdrawn_at"])
	w.clock.forward(time.Minute)
	require.Equal(t, first, w.carol.post(withdraw, nil).is(200).object(), "asked again")
	require.Equal(t, body{"access": "", "diet": ""}, w.carol.get(path+"/needs").is(200).object())
	require.Zero(t, w.counted("SELECT count(*) FROM participant_needs"))
	w.carol.put(path+"/needs", needs).isProblem(409, "consent-needed")
	require.Len(t, w.carol.get(path).is(200).object()["consents"], 2)
}

func TestAConsentBelongsToItsParticipant(t *testing.T) {
	w := newWorld(t)
	drinks := w.attribute("Drinks")
	petra, olek := w.panellist("Petra", drinks), w.panellist("Olek", drinks)
	w.carol.post(olek.path("/consents/"+petra.consent.String()+"/withdraw"), nil).is(404)
	other := consent("quotes")
	w.carol.post(petra.path("/consents"), other).is(201)
	w.carol.post(olek.path("/consents"), other).isProblem(409, "id-taken")
	faults := w.carol.post(petra.path("/consents"), body{"id": uuid.New(), "scope": "quotes", "wording": "", "version": "", "language": "x", "given_at": "2030-01-01T00:00:00Z"}).is(422).faults()
	for _, place := range []string{"/wording", "/version", "/language", "/given_at"} {
		require.Contains(t, faults, place)
	}
	w.carol.post(petra.path("/consents"), body{"id": uuid.New(), "scope": "photos", "wording": "x", "version": "1", "language": "en"}).is(422)
}

func TestAttributesAreTheOrganisationsOwn(t *testing.T) {
	w := newWorld(t)
	drinks := w.attribute("Drinks")
	for _, wrong := range []body{
		{"name": "E-Mail", "type": "choice"}, {"name": "email", "type": "text"}, {"name": "", "type": "text"}, {"name": "Age", "type": "number", "options": []string{"1", "2"}},
		{"name": "Car", "type": "choice", "options": []string{"Yes", "yes "}}, {"name": "Car", "type": "choice", "options": []string{"yes", ""}},
	} {
		wrong["id"] = uuid.New()
		w.carol.post("/attributes", wrong).isProblem(422, "invalid")
	}
	w.carol.post("/attributes", body{"id": uuid.New(), "type": "text", "name": "DRÍNKS"}).isProblem(409, "name-taken")
	born, often := uuid.New(), uuid.New()
	w.carol.post("/attributes", body{"id": born, "type": "date", "name": "Born"}).is(201)
	w.carol.post("/attributes", body{"id": often, "type": "number", "name": "Visits"}).is(201)
	require.Equal(t, []string{"Born", "Drinks", "Visits"}, names(w.carol.get("/attributes").is(200).items()))

	for _, c := range []struct {
		attribute  uuid.UUID
		sent, kept string
	}{
		{often, "007.50", "7.5"}, {often, "-0", "0"}, {often, "-3", "-3"}, {often, "1e9", ""}, {often, "1,5", ""}, {often, "1234567890123456", ""},
		{born, "1990-02-28", "1990-02-28"}, {born, "1990-02-30", ""}, {drinks, "COFFEE", "coffee"}, {drinks, "water", ""},
	} {
		a := w.carol.post("/participants", participant("Petra", body{"attributes": body{c.attribute.String(): c.sent}}))
		if c.kept == "" {
			require.Contains(t, a.is(422).faults(), "/attributes/"+c.attribute.String(), c.sent)
			continue
		}
		require.Equal(t, map[string]any{c.attribute.String(): c.kept}, a.is(201).object()["attributes"], c.sent)
	}

	path := "/attributes/" + drinks.String()
	w.carol.patch(path, 1, body{"options": []string{"tea", "water"}}).refuses(422, "participants have these")
	w.carol.patch(path, 1, body{"name": "Drink", "options": []string{"water", "coffee"}}).is(200)
	w.carol.patch(path, 1, body{"name": "Drinks"}).isProblem(412, "changed")
	w.carol.patch(path, 2, body{"name": "visits"}).isProblem(409, "name-taken")
}

func TestTheHistoryShowsInvitationsAndWhatBecameOfThem(t *testing.T) {
	w := newWorld(t)
	petra := w.participant(participant("Petra", nil))
	group := w.seat(petra, "accepted", "scheduled", w.clock.now().Add(48*time.Hour))
	for n, outcome := range []string{"expected", "took_part"} {
		w.run("INSERT INTO attendance (id, invitation_id, number, content_hash, outcome, arrived_at, struck_out, note, recorded_at, received_at, recorded_by) SELECT ?, id, ?, '', ?, 5, '', '', ?, 5, ? FROM invitations WHERE focus_group_id = ?",
			uuid.New(), n+1, outcome, n+1, w.moe.id, group)
	}
	history := w.carol.get("/participants/" + petra.String()).is(200).object()["history"].([]any)
	require.Len(t, history, 1)
	require.Equal(t, []any{"Coffee at noon", "accepted", "took_part", "1970-01-01T00:00:00.000005Z"},
		[]any{at(history[0], "topic"), at(history[0], "state"), at(history[0], "outcome"), at(history[0], "arrived_at")})
}

// seat invites somebody to a focus group of their own that is in this state and starts then.
func (w *world) seat(participant uuid.UUID, state, group string, starts time.Time) (focusGroup uuid.UUID) {
	w.Helper()
	study, venue, room, focusGroup, invitation := uuid.New(), uuid.New(), uuid.New(), uuid.New(), uuid.New()
	w.run("INSERT INTO studies (id, title, folded, purpose, branches, language, screening, quotas, exclusions, guide, rates, incentive, budget, currency, created_at, edition) VALUES (?, 'Coffee', 'coffee', '', '[]', 'pl', '[]', '[]', '[]', '[]', '{}', 0, 0, 'EUR', 1, 1)", study)
	w.run("INSERT INTO venues (id, name, folded, address, zone, directions, created_at, edition) VALUES (?, 'House', 'house', '', 'Europe/Warsaw', '', 1, 1)", venue)
	w.run("INSERT INTO rooms (id, venue_id, name, capacity, features, price, price_per, currency, lead_days, cancel_days, setup_minutes, hired, created_at, edition) VALUES (?, ?, 'Red', 10, '[]', 0, 'hour', 'EUR', 0, 0, 0, FALSE, 1, 1)", room, venue)
	w.run("INSERT INTO focus_groups (id, study_id, topic, state, language, room_id, room_reference, moderator_id, assistants, zone, starts, ends, starts_at, ends_at, seats, minimum, reserve, notice_minutes, taken, reason, created_at, edition) VALUES (?, ?, 'Coffee at noon', ?, 'pl', ?, '', ?, '[]', 'Europe/Warsaw', '2026-11-26T18:00', '2026-11-26T20:00', ?, ?, 8, 4, 2, 60, 1, '', 1, 1)",
		focusGroup, study, group, room, w.moe.id, starts.UnixMicro(), starts.Add(2*time.Hour).UnixMicro())
	w.run("INSERT INTO invitations (id, focus_group_id, participant_id, state, generation, override, screening, calendar_uid, calendar_sent, sequence, created_at, edition) VALUES (?, ?, ?, ?, 1, 'knows Petra', '{\"q\": \"Petra\"}', 'u', FALSE, 0, 1, 1)", invitation, focusGroup, participant, state)
	return focusGroup
}
