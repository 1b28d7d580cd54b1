package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// titled is a checklist that can be published, under this title.
func titled(title string) body {
	d := branchVisit()
	d["title"] = title
	return d
}

func TestADraftIsChangedByWhoReadItLast(t *testing.T) {
	w := newWorld(t)
	d := w.draft(titled("First"))
	require.Equal(t, `"1"`, w.carol.get(d.path("")).is(200).header.Get("ETag"))

	second := d.put(1, titled("Second")).is(200)
	require.Equal(t, `"2"`, second.header.Get("ETag"))
	require.Equal(t, "Second", second.object()["title"])
	d.put(1, titled("Third")).refuses(412, "read it again")
	d.publish(1).refuses(412, "read it again")
	require.Equal(t, "Second", w.carol.get(d.path("")).is(200).object()["title"])

	require.Contains(t, w.carol.put(d.path(""), body{"document": titled("Third")}).is(422).faults(), "If-Match")
	for _, tag := range []string{"", `""`, "*", "first", `"1`, "1.5", `"99999999999999999999"`} {
		a := w.carol.send("PUT", d.path(""), body{"document": titled("Third")}, "If-Match", tag)
		require.Contains(t, []int{412, 422}, a.status, "%s: %s", tag, a.body)
	}
	w.carol.send("PUT", d.path(""), body{"document": titled("Third")}, "If-Match", `W/"2"`).is(200)
	draft{w, uuid.Must(uuid.NewV7())}.put(1, titled("Nowhere")).is(404)
	draft{w, uuid.Must(uuid.NewV7())}.publish(1).is(404)
}

func TestADraftMayBeUnfinishedButNotUnreadable(t *testing.T) {
	w := newWorld(t)
	d := w.draft(body{"title": "", "languages": []string{}, "sections": []body{{"id": "", "title": "", "questions": []body{}}}})
	unreadable := body{"title": 7, "colour": "red", "sections": []body{{"id": "a", "title": strings.Repeat("a", 201), "questions": []body{
		{"id": "q", "type": "choice", "text": "?", "options": body{"yes": 1}, "show_when": body{"at_least": "4"}, "required": "yes"}}}}}
	for _, a := range []*answer{d.put(1, unreadable), w.carol.post("/checklists", body{"id": uuid.New(), "document": unreadable})} {
		faults := a.is(422).faults()
		require.Contains(t, faults["/document/colour"], "is not a key that is known here; known are title, languages")
		delete(faults, "/document/colour")
		require.Equal(t, map[string]string{
			"/document/title":                                     "must be a text in quotes",
			"/document/sections/0/title":                          "must have at most 200 characters",
			"/document/sections/0/questions/0/options":            "must be a list",
			"/document/sections/0/questions/0/show_when/at_least": "must be a number with at most six decimals, smaller than 1000000000000",
			"/document/sections/0/questions/0/required":           "must be true or false",
		}, faults)
	}
}

func TestPublishingListsEveryFaultAtOnceWithItsPlace(t *testing.T) {
	w := newWorld(t)
	d := w.draft(body{
		"title": " ", "languages": []string{"en", "klingonese!"}, "texts": body{"pl": body{"greeted": "Czy…"}},
		"scoring":   body{"method": "average", "critical": "cap", "bands": []body{{"from": 5000, "name": "Good"}, {"from": 7500, "name": "Better"}}},
		"standards": []body{{"id": "wait", "kind": "speed", "text": "We are quick"}},
		"moments":   []body{{"id": "in", "text": ""}},
		"sections": []body{
			{"id": "welcome", "title": "Welcome", "touchpoint": "entrance", "weight": -1, "show_when": body{"question": "greeted", "is": []string{"yes"}}, "questions": []body{
				{"id": "greeted", "type": "choice", "text": "Greeted?", "options": []body{{"id": "yes", "text": "Yes", "points": 200}, {"id": "yes", "text": "No", "points": 0}}},
				{"id": "mood", "type": "feeling", "text": "How did they feel?"},
				{"id": "stay", "type": "duration", "text": "How long?", "from_moment": "out", "to_moment": "in", "bands": []body{{"up_to": 60, "points": 1}, {"up_to": 30, "points": 0}}},
				{"id": "why", "type": "text", "text": "Why?", "min_length": 9, "max_length": 5, "options": []body{{"id": "a", "text": "A"}}},
			}},
			{"id": "welcome", "title": "Again", "questions": []body{}},
		},
	})
	faults := d.publish(1).is(422).faults()
	for pointer, says := range map[string]string{
		"/title":                                "must say something",
		"/languages/1":                          `BCP 47 language such as "en"`,
		"/texts/pl":                             `must be one of "languages"`,
		"/scoring/method":                       "must be one of points, weighted_sections",
		"/scoring/critical_cap":                 "must say to what the score is cut",
		"/scoring/bands/1/from":                 "must be",
		"/standards/0/kind":                     "must be one of timeliness, accuracy, appropriateness",
		"/moments/0/text":                       "must say something",
		"/sections/0/touchpoint":                "must be one of awareness, research, purchase, after-sale, loyalty",
		"/sections/0/weight":                    "must be from 0 to 100000",
		"/sections/0/show_when/question":        "must be the id of an earlier question",
		"/sections/0/questions/0/options/1/id":  "must be unique in its question",
		"/sections/0/questions/1/type":          "must be one of choice, choices, scale",
		"/sections/0/questions/2/from_moment":   `must be the id of one of "moments"`,
		"/sections/0/questions/2/bands/1/up_to": "must be",
		"/sections/0/questions/3/min_length":    `must be from 0 to "max_length", which is 5`,
		"/sections/0/questions/3/options":       "must be left out: it belongs to choice, choices",
		"/sections/1/id":                        "must be unique, but /sections/0/id has the same id",
		"/sections/1/questions":                 "must have at least one question",
	} {
		require.Contains(t, faults[pointer], says, pointer)
	}
	require.EqualValues(t, 0, w.carol.get(d.path("")).is(200).object()["published"])
	w.carol.get(d.path("/versions/1")).is(404)
	w.carol.post(d.path("/score"), body{"answers": body{}}).is(422)

	d.put(1, branchVisit()).is(200)
	require.EqualValues(t, 1, d.publish(2).is(200).object()["number"])
}

func TestAVersionNeverChangesAndScoresItsVisits(t *testing.T) {
	w := newWorld(t)
	d := w.draft(branchVisit())
	d.publish(1).is(200)
	first := w.carol.get(d.path("/versions/1")).is(200)
	v := w.accepted(d.id)

	// The second version thinks nothing of a greeting, and asks for the weather.
	changed := branchVisit()
	changed["title"] = "Another visit"
	welcome := changed["sections"].([]body)[0]
	welcome["questions"] = []body{
		{"id": "greeted", "type": "choice", "text": "Greeted?", "options": []body{{"id": "yes", "text": "Yes", "points": 0}, {"id": "no", "text": "No", "points": 100}}},
		{"id": "weather", "type": "text", "text": "The weather?", "required": true}}
	delete(changed, "texts")
	delete(changed, "standards")
	delete(changed, "moments")
	d.put(1, changed).is(200)
	require.EqualValues(t, 2, d.publish(2).is(200).object()["number"])
	d.put(2, titled("A third")).is(200)

	require.Equal(t, string(first.body), string(w.carol.get(d.path("/versions/1")).is(200).body))
	require.Equal(t, "Another visit", w.carol.get(d.path("/versions/2")).is(200).object()["document"].(map[string]any)["title"])
	w.carol.get(d.path("/versions/3")).is(404)
	require.EqualValues(t, 2, w.carol.get(d.path("")).is(200).object()["published"])

	s := submission(v, goodAnswers(), nil)
	w.sam.post("/evaluations", s).is(201)
	score := w.carol.get("/evaluations/" + s["id"].(string)).is(200).object()["score"].(map[string]any)
	require.Equal(t, "1/1", score["score"].(map[string]any)["fraction"])
	require.EqualValues(t, 1, score["checklist_version"])
	for version, fraction := range map[int]string{1: "1/1", 2: "3/5"} {
		answers := goodAnswers()
		if version == 2 {
			answers["weather"] = "Rain"
			delete(answers, "wait")
		}
		dry := w.carol.post(d.path("/score"), body{"version": version, "answers": answers}).is(200).object()
		require.Equal(t, fraction, dry["score"].(map[string]any)["fraction"])
	}
	w.carol.post(d.path("/score"), body{"version": 3, "answers": body{}}).is(404)
}

func TestADryRunScoresTheDraftThatIsBeingEdited(t *testing.T) {
	w := newWorld(t)
	d := w.draft(branchVisit())
	score := w.carol.post(d.path("/score"), body{"answers": goodAnswers()}).is(200).object()
	require.EqualValues(t, 0, score["checklist_version"])
	require.Equal(t, "1/1", score["score"].(map[string]any)["fraction"])
	require.Equal(t, "passed", score["outcome"])
	require.Equal(t, "Excellent", score["band"])

	faults := faultsOf(w.carol.post(d.path("/score"), body{"answers": body{"wait": "long", "clean": 9, "colour": "red"}}).is(422))
	questions := map[string]string{}
	for _, f := range faults {
		questions[f.Question] = f.Detail
	}
	require.Contains(t, questions["greeted"], "must be answered")
	require.Contains(t, questions["wait"], "must be a whole number of seconds")
	require.Contains(t, questions["clean"], "from 1 to 5")
	require.Contains(t, questions["words"], "must be answered")
	require.Contains(t, questions["colour"], "is not a question of this version")
	require.Len(t, questions, 5)
}

func TestAChecklistIsCopiedAndTheCopyGoesItsOwnWay(t *testing.T) {
	w := newWorld(t)
	d := w.draft(titled("Original"))
	d.publish(1).is(200)
	other := w.draft(titled("Other"))

	id := uuid.Must(uuid.NewV7())
	copied := w.carol.post(d.path("/copy"), body{"id": id}).is(201).object()
	require.Equal(t, "Original", copied["title"])
	require.EqualValues(t, 0, copied["published"])
	require.Equal(t, w.carol.get(d.path("")).is(200).object()["draft"], copied["draft"])

	w.carol.post(d.path("/copy"), body{"id": id}).is(200)
	w.carol.post(other.path("/copy"), body{"id": id}).refuses(409, "choose a new one")
	w.carol.post(d.path("/copy"), body{"id": d.id}).refuses(409, "choose a new one")
	w.carol.post(d.path("/copy"), body{"id": uuid.Nil}).refuses(422, "must be a UUID")
	w.carol.post(draft{w, uuid.Must(uuid.NewV7())}.path("/copy"), body{"id": uuid.New()}).is(404)

	draft{w, id}.put(1, titled("Copy")).is(200)
	require.Equal(t, "Original", w.carol.get(d.path("")).is(200).object()["title"])
}

func TestAddingAChecklistAgainIsASuccessAndOtherContentAConflict(t *testing.T) {
	w := newWorld(t)
	id := uuid.Must(uuid.NewV7())
	w.carol.post("/checklists", body{"id": id, "document": titled("Once")}).is(201)
	// The same, written otherwise: the order of keys and the space between them are not content.
	text := strings.Replace(jsonText(body{"id": id, "document": titled("Once")}), `{"document":`, "{ \"document\" :\n", 1)
	again := w.carol.send("POST", "/checklists", []byte(text), "Content-Type", "application/json").is(200)
	require.Equal(t, `"1"`, again.header.Get("ETag"))
	w.carol.post("/checklists", body{"id": id, "document": titled("Twice")}).refuses(409, "choose a new one")
	require.Len(t, w.carol.get("/checklists").is(200).items(), 1)

	for _, wrong := range []any{uuid.Nil, "", "one", 7, nil} {
		w.carol.post("/checklists", body{"id": wrong, "document": titled("No id")}).is(422)
	}
	w.carol.post("/checklists", body{"document": titled("No id")}).is(422)
}

func TestChecklistsAreFoundByTitleAndPaged(t *testing.T) {
	w := newWorld(t)
	for i := range 7 {
		w.draft(titled(fmt.Sprintf("Kawiarnia Łódź %d", i)))
		w.draft(titled(fmt.Sprintf("Bank %d", i)))
	}
	var titles []string
	cursor := ""
	for pages := 1; ; pages++ {
		a := w.carol.get("/checklists?search=LODZ&limit=3&cursor=" + cursor).is(200)
		for _, c := range a.items() {
			titles = append(titles, c["title"].(string))
			require.NotContains(t, c, "draft")
		}
		next, more := a.object()["next_cursor"].(string)
		if !more {
			require.Equal(t, 3, pages)
			break
		}
		cursor = next
	}
	require.Len(t, titles, 7)
	require.IsIncreasing(t, titles)
	require.Empty(t, w.carol.get("/checklists?search=%25").is(200).items())
	w.carol.get("/checklists?cursor=x").is(422)
	w.carol.get("/checklists?limit=0").is(422)
	w.carol.get("/checklists?limit=201").is(422)
}

func TestAShopperSeesOfAVersionNothingOfHowItScores(t *testing.T) {
	w := newWorld(t)
	d := w.draft(branchVisit())
	d.publish(1).is(200)
	w.sam.get(d.path("/versions/1")).is(404)
	w.accepted(d.id)
	d.publish(1).is(200) // a second version, not of Sam's visit

	seen := w.sam.get(d.path("/versions/1")).is(200)
	for _, hidden := range []string{"points", "weight", "bands", "fails", "kept", "standard", "scoring\":{\"", "bonus", "wait-2min", "Excellent"} {
		require.NotContains(t, string(seen.body), hidden)
	}
	for _, shown := range []string{"Were you greeted?", "Nobody there", "Czy Cię powitano?", "show_when", "min_length", "from_moment", "Came in"} {
		require.Contains(t, string(seen.body), shown)
	}
	greeted := seen.object()["document"].(map[string]any)["sections"].([]any)[0].(map[string]any)["questions"].([]any)[0].(map[string]any)
	require.Equal(t, true, greeted["required"])

	w.sam.get(d.path("/versions/2")).is(404)
	w.sue.get(d.path("/versions/1")).is(404)
	w.moe.get(d.path("/versions/1")).is(403)
	w.sam.get(d.path("/versions/0")).is(422)
	w.sam.get(d.path("")).is(403)
}

func TestAManagerSeesTheVersionOfWhatWasApprovedAtTheirBranch(t *testing.T) {
	w := newWorld(t)
	d := w.draft(branchVisit())
	d.publish(1).is(200)
	_, id := w.submitted(d.id, goodAnswers())
	w.max.get(d.path("/versions/1")).is(404)
	w.approve(id, 8)
	require.Contains(t, string(w.max.get(d.path("/versions/1")).is(200).body), `"points":200`)
	w.mona.get(d.path("/versions/1")).is(404)
	d.publish(1).is(200)
	w.max.get(d.path("/versions/2")).is(404)
}

func TestPublishingIsRepeatable(t *testing.T) {
	w := newWorld(t)
	checklist := w.publish(branchVisit())
	again := w.carol.send("POST", "/checklists/"+checklist.String()+"/publish", nil, "If-Match", `"1"`).is(200).object()
	require.Equal(t, 1.0, again["number"])
	require.Equal(t, 1.0, w.carol.get("/checklists/" + checklist.String()).object()["published"])
}
