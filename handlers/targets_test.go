package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// goal is a target that is not there yet.
func goal(checklist uuid.UUID, more body) body {
	b := body{"id": uuid.New(), "checklist_id": checklist, "score": 8500, "by": "2026-12-31", "why": "Our best branches reach it"}
	for k, v := range more {
		b[k] = v
	}
	return b
}

func targetPath(t body) string { return "/targets/" + t["id"].(uuid.UUID).String() }

func whys(targets []body) (whys []string) {
	for _, t := range targets {
		whys = append(whys, t["why"].(string))
	}
	return whys
}

func TestATargetIsAddedChangedAndRemoved(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	sent := goal(checklist, body{"branch_id": w.oldTown.ID, "why": "  Our best branches reach it "})
	added := w.carol.post("/targets", sent).is(201)
	require.Equal(t, `"1"`, added.header.Get("ETag"))
	require.Equal(t, body{"id": sent["id"].(uuid.UUID).String(), "branch_id": w.oldTown.ID.String(), "checklist_id": checklist.String(),
		"score": 8500.0, "by": "2026-12-31", "why": "Our best branches reach it", "edition": 1.0}, added.object())
	path := targetPath(sent)
	require.Equal(t, added.object(), w.carol.get(path).is(200).object())

	require.Equal(t, added.object(), w.carol.post("/targets", sent).is(200).object(), "the same sent again")
	sent["score"] = 9000
	w.carol.post("/targets", sent).refuses(409, "choose a new one")

	changed := w.carol.patch(path, 1, body{"score": 9000, "by": "2027-03-31"}).is(200)
	require.Equal(t, `"2"`, changed.header.Get("ETag"))
	require.Equal(t, []any{9000.0, "2027-03-31", "Our best branches reach it"}, []any{changed.object()["score"], changed.object()["by"], changed.object()["why"]})
	w.carol.patch(path, 1, body{"score": 9100}).refuses(412, "read it again")
	w.carol.send("PATCH", path, body{"score": 9100}).is(422)
	w.carol.delete(path).is(422)
	w.carol.send("DELETE", path, nil, "If-Match", etag(1)).refuses(412, "read it again")
	w.carol.send("DELETE", path, nil, "If-Match", etag(2)).is(204)
	w.carol.get(path).is(404)
	w.carol.send("DELETE", path, nil, "If-Match", etag(2)).is(404)
	sent["score"], sent["why"] = 8500, "  Our best branches reach it "
	w.carol.post("/targets", sent).refuses(409, "was removed")

	var actions []string
	for _, row := range w.ada.get("/audit?kind=target&subject=" + sent["id"].(uuid.UUID).String()).is(200).items() {
		require.Equal(t, w.carol.id.String(), row["actor_id"])
		fields, _ := row["fields"].([]any)
		actions = append(actions, row["action"].(string)+fmt.Sprint(fields))
	}
	require.Equal(t, []string{"remove[]", "change[score by]", "add[]"}, actions)
}

func TestATargetNamesItsFaultsAtTheirPlaces(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	draft := uuid.Must(uuid.NewV7())
	w.carol.post("/checklists", body{"id": draft, "document": branchVisit()}).is(201)
	w.carol.post("/branches", lodz(body{"region": "East", "competitor": true})).is(201)
	here := body{"branch_id": w.oldTown.ID}
	for name, c := range map[string]struct {
		change  body
		pointer string
	}{
		"an id with a time in it":     {body{"id": uuid.Must(uuid.NewV7())}, "/id"},
		"no id":                       {body{"id": uuid.Nil}, "/id"},
		"a branch that is not there":  {body{"branch_id": uuid.New()}, "/branch_id"},
		"neither branch nor region":   {body{"branch_id": nil}, "/branch_id"},
		"both":                        {body{"region": "North"}, "/region"},
		"a region that nobody has":    {body{"branch_id": nil, "region": "South"}, "/region"},
		"a competitor's region":       {body{"branch_id": nil, "region": "East"}, "/region"},
		"a checklist that is none":    {body{"checklist_id": uuid.New()}, "/checklist_id"},
		"a checklist still a draft":   {body{"checklist_id": draft}, "/checklist_id"},
		"nothing to reach":            {body{"score": 0}, "/score"},
		"more than everything":        {body{"score": 10001}, "/score"},
		"a score that is no number":   {body{"score": "85 %"}, "/score"},
		"no day":                      {body{"by": "soon"}, "/by"},
		"a day that does not exist":   {body{"by": "2026-02-30"}, "/by"},
		"no why":                      {body{"why": " "}, "/why"},
		"a why that is a whole novel": {body{"why": strings.Repeat("ł", 1001)}, "/why"},
	} {
		t.Run(name, func(t *testing.T) {
			w.T = t
			sent := goal(checklist, here)
			for key, value := range c.change {
				if sent[key] = value; value == nil {
					delete(sent, key)
				}
			}
			faults := w.carol.post("/targets", sent).is(422).faults()
			require.Contains(t, faults, c.pointer)
			require.NotEmpty(t, faults[c.pointer])
		})
	}
	w.T = t
	require.Len(t, w.carol.post("/targets", body{"id": uuid.New(), "checklist_id": checklist}).is(422).faults(), 4)
	require.Empty(t, w.carol.get("/targets").is(200).items())
}

func TestThereIsOneTargetForABranchAChecklistAndADay(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	first := goal(checklist, body{"branch_id": w.oldTown.ID})
	w.carol.post("/targets", first).is(201)
	w.carol.post("/targets", goal(checklist, body{"branch_id": w.oldTown.ID, "score": 9000})).refuses(409, "change that one")
	second := goal(checklist, body{"branch_id": w.oldTown.ID, "by": "2027-12-31"})
	w.carol.post("/targets", second).is(201)
	w.carol.patch(targetPath(second), 1, body{"by": "2026-12-31"}).refuses(409, "change that one")
	w.carol.patch(targetPath(second), 1, body{"by": "2027-12-31", "score": 9500}).is(200)

	w.carol.post("/targets", goal(checklist, body{"region": "North"})).is(201)
	w.carol.post("/targets", goal(checklist, body{"region": "North"})).refuses(409, "change that one")
	w.carol.post("/targets", goal(checklist, body{"branch_id": w.harbour.ID})).is(201)
	w.carol.post("/targets", goal(w.publish(branchVisit()), body{"branch_id": w.oldTown.ID})).is(201)
}

func TestAManagerReadsTheTargetsOfOwnBranchesAndTheirRegions(t *testing.T) {
	w := newWorld(t)
	checklist, other := w.publish(branchVisit()), w.publish(branchVisit())
	east := lodz(body{"region": "East"})
	w.carol.post("/branches", east).is(201)
	rival := lodz(body{"id": uuid.New(), "code": "LDZ-02", "region": "East", "competitor": true, "managers": []uuid.UUID{w.mona.id}})
	w.carol.post("/branches", rival).is(201)
	sent := map[string]body{
		"hers":    goal(checklist, body{"branch_id": w.harbour.ID, "why": "hers"}),
		"his":     goal(checklist, body{"branch_id": w.oldTown.ID, "why": "his", "by": "2026-12-01"}),
		"north":   goal(checklist, body{"region": "North", "why": "north", "by": "2027-01-01"}),
		"east":    goal(checklist, body{"region": "East", "why": "east", "by": "2027-02-01"}),
		"rival's": goal(other, body{"branch_id": rival["id"], "why": "rival's", "by": "2027-03-01"}),
	}
	for _, target := range sent {
		w.carol.post("/targets", target).is(201)
	}
	require.Equal(t, []string{"his", "hers", "north", "east", "rival's"}, whys(w.carol.get("/targets").is(200).items()))
	require.Equal(t, []string{"his", "north"}, whys(w.max.get("/targets").is(200).items()))
	require.Equal(t, []string{"hers", "north", "rival's"}, whys(w.mona.get("/targets").is(200).items()), "a rival's region is nothing to its manager")
	for who, may := range map[*person][]string{w.carol: {"his", "hers", "north", "east", "rival's"}, w.max: {"his", "north"}, w.mona: {"hers", "north", "rival's"}} {
		for why, target := range sent {
			status := 404
			for _, allowed := range may {
				if allowed == why {
					status = 200
				}
			}
			who.get(targetPath(target)).is(status)
		}
	}
	require.Equal(t, []string{"hers"}, whys(w.mona.get("/targets?branch="+w.harbour.ID.String()).is(200).items()))
	require.Empty(t, w.mona.get("/targets?branch="+w.oldTown.ID.String()).is(200).items())
	require.Equal(t, []string{"north"}, whys(w.mona.get("/targets?region=North").is(200).items()))
	require.Equal(t, []string{"rival's"}, whys(w.mona.get("/targets?checklist="+other.String()).is(200).items()))

	var paged []string
	for cursor := ""; ; {
		a := w.carol.get("/targets?limit=2&cursor=" + cursor).is(200)
		paged = append(paged, whys(a.items())...)
		next, more := a.object()["next_cursor"].(string)
		if !more {
			break
		}
		cursor = next
	}
	require.Equal(t, []string{"his", "hers", "north", "east", "rival's"}, paged)
	w.carol.get("/targets?cursor=nonsense").is(422)
}
