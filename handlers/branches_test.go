package handlers_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// lodz is a branch that is not there yet.
func lodz(more body) body {
	b := body{"id": uuid.Must(uuid.NewV7()), "code": "LDZ-01", "name": "Łódź Piotrkowska", "zone": "Europe/Warsaw"}
	for k, v := range more {
		b[k] = v
	}
	return b
}

func codes(branches []body) (codes []string) {
	for _, b := range branches {
		codes = append(codes, b["code"].(string))
	}
	return codes
}

func TestABranchIsAddedReadAndChanged(t *testing.T) {
	w := newWorld(t)
	sent := lodz(body{"address": "Piotrkowska 1", "position": body{"lat": 51.7769, "lon": 19.4547}, "region": "Centre", "brand": "Southwind",
		"competitor": true, "managers": []uuid.UUID{w.max.id}})
	added := w.carol.post("/branches", sent).is(201)
	require.Equal(t, `"1"`, added.header.Get("ETag"))
	path := "/branches/" + sent["id"].(uuid.UUID).String()
	read := w.carol.get(path).is(200).object()
	require.Equal(t, added.object(), read)
	require.Equal(t, body{"id": sent["id"].(uuid.UUID).String(), "code": "LDZ-01", "name": "Łódź Piotrkowska", "address": "Piotrkowska 1",
		"position": map[string]any{"lat": 51.7769, "lon": 19.4547}, "zone": "Europe/Warsaw", "region": "Centre", "brand": "Southwind",
		"competitor": true, "archived": false, "managers": []any{w.max.id.String()}, "edition": 1.0}, read)

	require.Equal(t, `"2"`, w.carol.patch(path, 1, body{"name": "Łódź Manufaktura", "zone": "UTC"}).is(200).header.Get("ETag"))
	w.carol.patch(path, 1, body{"name": "Too late"}).refuses(412, "read it again")
	w.carol.send("PATCH", path, body{"name": "Unread"}).is(422)
	read = w.carol.get(path).is(200).object()
	require.Equal(t, "Łódź Manufaktura", read["name"])
	require.Equal(t, "Southwind", read["brand"], "what is absent stays")
	require.Equal(t, []any{w.max.id.String()}, read["managers"])
	w.carol.patch("/branches/"+uuid.NewString(), 1, body{"name": "Nowhere"}).is(404)
}

func TestAddingABranchAgainIsASuccessAndOtherContentAConflict(t *testing.T) {
	w := newWorld(t)
	sent := lodz(nil)
	w.carol.post("/branches", sent).is(201)
	w.carol.post("/branches", sent).is(200)
	sent["name"] = "Another"
	w.carol.post("/branches", sent).refuses(409, "choose a new one")
	w.carol.post("/branches", lodz(nil)).refuses(409, `another branch has the code \"LDZ-01\"`)
	w.carol.patch("/branches/"+w.oldTown.ID.String(), 1, body{"code": "LDZ-01"}).refuses(409, `another branch has the code \"LDZ-01\"`)
	w.carol.patch("/branches/"+w.oldTown.ID.String(), 1, body{"code": w.oldTown.Code}).is(200)
}

func TestABranchNamesEveryFaultWithWhatWouldBeRight(t *testing.T) {
	w := newWorld(t)
	for pointer, wrong := range map[string][]any{
		"/id":         {"one", 7, uuid.Nil},
		"/code":       {"", "  ", strings.Repeat("x", 41), 7},
		"/name":       {"", strings.Repeat("ł", 121)},
		"/address":    {strings.Repeat("x", 401)},
		"/zone":       {"", "Local", "Warsaw", "Europe/Atlantis", "../../etc/passwd", "/etc/localtime", "+01:00", strings.Repeat("x", 5000)},
		"/region":     {strings.Repeat("x", 121)},
		"/competitor": {"yes"},
		"/managers":   {w.max.id},
		"/managers/1": {[]any{w.max.id, w.sam.id}, []any{w.max.id, w.max.id}, []any{w.max.id, uuid.New()}},
		"/position":   {"52, 21"},
	} {
		for _, value := range wrong {
			key := strings.Split(pointer, "/")[1]
			faults := w.carol.post("/branches", lodz(body{key: value})).is(422).faults()
			require.Contains(t, faults, pointer, "%s: %v", pointer, value)
			require.NotEmpty(t, faults[pointer])
		}
	}
	for _, position := range []body{{"lat": 90.5, "lon": 21}, {"lat": 52, "lon": -181}, {"lat": 52}, {}} {
		w.carol.post("/branches", lodz(body{"position": position})).is(422)
	}
	faults := w.carol.post("/branches", body{"id": uuid.New(), "name": " ", "zone": "Warsaw"}).is(422).faults()
	require.Len(t, faults, 3)
	require.Contains(t, faults["/code"], "must have 1 to 40 characters")
	require.Contains(t, faults["/name"], "must have 1 to 120 characters")
	require.Contains(t, faults["/zone"], "must be an IANA time zone such as Europe/Warsaw")
	require.Len(t, w.carol.get("/branches").is(200).items(), 2)
}

func TestBranchesAreFoundWithoutMarksAndCase(t *testing.T) {
	w := newWorld(t)
	w.carol.post("/branches", lodz(body{"address": "100% Arabica_Street", "region": "Centre"})).is(201)
	for asked, found := range map[string][]string{
		"lodz": {"LDZ-01"}, "%C5%81%C3%93D%C5%B9": {"LDZ-01"}, "GDANSK": {"GDN-01"}, "ldz-": {"LDZ-01"}, "centre": {"LDZ-01"},
		"northwind": {"GDN-01", "WAW-01"}, "0%25": {"LDZ-01"}, "a_s": {"LDZ-01"}, "%25": {"LDZ-01"}, "_": {"LDZ-01"}, "%5C": nil, "nowhere": nil,
	} {
		require.Equal(t, found, codes(w.carol.get("/branches?search="+asked).is(200).items()), asked)
	}
	require.Equal(t, []string{"LDZ-01"}, codes(w.carol.get("/branches?region=Centre").is(200).items()))
	w.carol.get("/branches?search=" + strings.Repeat("x", 101)).is(422)
	w.carol.get("/branches?search=%00").is(422)
	w.carol.get("/branches?search=%FF").is(422)
}

func TestBranchesArePagedInOrderWithoutGapOrRepetition(t *testing.T) {
	w := newWorld(t)
	lines := []string{"code,name,zone"}
	for i := range 58 {
		lines = append(lines, fmt.Sprintf("%c%02d,Branch,Europe/Warsaw", "Aaz"[i%3], i))
	}
	w.carol.post("/branches/import", strings.Join(lines, "\n")).is(200)
	var all []string
	for cursor, pages := "", 0; ; pages++ {
		a := w.carol.get("/branches?limit=7&cursor=" + cursor).is(200)
		all = append(all, codes(a.items())...)
		next, more := a.object()["next_cursor"].(string)
		if !more {
			require.Equal(t, 60/7, pages)
			break
		}
		require.Len(t, a.items(), 7)
		cursor = next
	}
	require.Len(t, all, 60)
	require.IsIncreasing(t, all)
	require.Len(t, w.carol.get("/branches?limit=60").is(200).items(), 60)
	require.NotContains(t, w.carol.get("/branches?limit=60").is(200).object(), "next_cursor")
	require.Len(t, w.carol.get("/branches").is(200).items(), 50)

	for _, wrong := range []string{`x`, `["A"`, `["A","B"]`, `[]`, `{}`, `null`, `[null]`, `[1]`, `[{}]`, `"A"`, `["\u0000"]`, `["A\u0000B"]`} {
		w.carol.get("/branches?cursor="+base64.RawURLEncoding.EncodeToString([]byte(wrong))).refuses(422, "is not a cursor of this list")
	}
	w.carol.get("/branches?cursor=%21%21").refuses(422, "is not a cursor of this list")
	w.carol.get("/branches?cursor=" + strings.Repeat("A", 501)).is(422)
	for _, limit := range []string{"0", "-1", "201", "many", "1.5", "99999999999999999999"} {
		w.carol.get("/branches?limit=" + limit).is(422)
	}
}

func TestAnArchivedBranchLeavesTheListAndGetsNoVisits(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	path := "/branches/" + w.harbour.ID.String()
	require.Equal(t, true, w.carol.patch(path, 1, body{"archived": true}).is(200).object()["archived"])
	require.Equal(t, []string{"WAW-01"}, codes(w.carol.get("/branches").is(200).items()))
	require.Equal(t, []string{"GDN-01"}, codes(w.carol.get("/branches?archived=true").is(200).items()))
	require.Equal(t, true, w.carol.get(path).is(200).object()["archived"])
	w.carol.post("/visits", body{"id": uuid.New(), "branch_id": w.harbour.ID, "checklist_id": checklist,
		"opens": "2026-11-23T09:00", "closes": "2026-11-27T20:00"}).refuses(422, "the branch GDN-01 is archived")

	w.carol.patch(path, 2, body{"archived": false}).is(200)
	require.Equal(t, []string{"GDN-01", "WAW-01"}, codes(w.carol.get("/branches").is(200).items()))
}

func TestABranchIsSeenByThoseWhoManageItNow(t *testing.T) {
	w := newWorld(t)
	path := "/branches/" + w.oldTown.ID.String()
	require.Equal(t, []string{"WAW-01"}, codes(w.max.get("/branches").is(200).items()))
	require.NotContains(t, w.max.get(path).is(200).object(), "managers")
	w.mona.get(path).is(404)

	w.carol.patch(path, 1, body{"managers": []uuid.UUID{w.mona.id}}).is(200)
	w.max.get(path).is(404)
	require.Empty(t, w.max.get("/branches").is(200).items())
	require.Equal(t, []string{"GDN-01", "WAW-01"}, codes(w.mona.get("/branches").is(200).items()))

	w.carol.patch(path, 2, body{"managers": []uuid.UUID{w.max.id, w.sue.id}}).is(422)
	w.mona.get(path).is(200) // nothing of that was done
	w.carol.patch(path, 2, body{"managers": []uuid.UUID{}}).is(200)
	w.mona.get(path).is(404)
}

func TestAShopperLearnsOfABranchWhereItIsAndNoMore(t *testing.T) {
	w := newWorld(t)
	w.sam.get("/branches/" + w.oldTown.ID.String()).is(404)
	require.Empty(t, w.sam.get("/branches").is(200).items())
	w.plan(w.publish(branchVisit()), nil)
	seen := body{"id": w.oldTown.ID.String(), "name": "Warsaw Old Town", "address": "Rynek 1", "zone": "Europe/Warsaw"}
	require.Equal(t, seen, w.sam.get("/branches/"+w.oldTown.ID.String()).is(200).object())
	require.Equal(t, []body{seen}, w.sam.get("/branches").is(200).items())
	w.sue.get("/branches/" + w.oldTown.ID.String()).is(404)
	w.sam.get("/branches/" + w.harbour.ID.String()).is(404)
}

func TestAShoppersListOfBranchesTellsNothingElseOfThem(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	w.plan(checklist, nil)
	w.plan(checklist, body{"branch_id": w.harbour.ID})
	page := w.sam.get("/branches?limit=1&region=South&search=nowhere&archived=true").is(200)
	require.Len(t, page.items(), 1)
	require.Equal(t, "Gdańsk Harbour", page.items()[0]["name"])
	next := w.sam.get("/branches?limit=1&cursor=" + page.object()["next_cursor"].(string)).is(200)
	require.Equal(t, "Warsaw Old Town", next.items()[0]["name"])
	cursor, err := base64.RawURLEncoding.DecodeString(page.object()["next_cursor"].(string))
	require.NoError(t, err)
	require.NotContains(t, string(cursor), "GDN-01")
}
