package evaluation

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// aVisit is an approved visit with these answers, made without a database.
func aVisit(t require.TestingT, v *Version, day, answers string, edits ...PublicationEdit) *approvedVisit {
	var raw map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(answers), &raw))
	read, faults := v.Read(raw)
	require.Empty(t, faults)
	handedIn, err := json.Marshal(map[string]any{"answers": raw})
	require.NoError(t, err)
	visit := &approvedVisit{handedIn: string(handedIn), edits: edits}
	visit.id, visit.day, visit.partOfDay, visit.checklistVersion, visit.score = uuid.New(), day, Before12, v.Number, v.Score(read)
	for id, answer := range read {
		for i, hash := range answer.Photos {
			visit.named = append(visit.named, currentPhoto{NumberedPhoto: NumberedPhoto{Number: i + 1, QuestionID: id, stored: "stored-" + hash}, uploaded: hash})
		}
	}
	require.NoError(t, visit.publish(v))
	return visit
}

func aVersion(t require.TestingT, number int, document string) *Version {
	d, err := ReadDocument([]byte(document))
	require.NoError(t, err)
	v, err := Compile(uuid.Nil, number, d)
	require.NoError(t, err)
	return v
}

func aReport(versions []*Version, visits ...*approvedVisit) BranchReport {
	r := BranchReport{Period: theQuarter}
	r.complete(versions, branchFindings{visits: visits, programme: ProgrammeSums{Ours: Spread{S: 0.1, DegreesOfFreedom: 4}}})
	return r
}

const cafe = `{"title": "Café", "languages": ["en"], "scoring": {"critical": "cap", "critical_cap": 5000},
	"standards": [{"id": "two-minutes", "kind": "timeliness", "text": "We serve you within two minutes"}, {"id": "unused", "text": "Nobody tests this"}],
	"sections": [
	{"id": "welcome", "title": "Welcome", "touchpoint": "research", "questions": [
		{"id": "greeted", "type": "choice", "text": "Were you greeted?", "need": "friendliness",
			"options": [{"id": "yes", "text": "Yes", "points": 400}, {"id": "no", "text": "No", "points": 0}, {"id": "na", "text": "Nobody there", "na": true}]},
		{"id": "why", "type": "text", "text": "What happened instead?", "show_when": {"question": "greeted", "is": ["no"]}},
		{"id": "told", "type": "text", "text": "Anything else?"}]},
	{"id": "till", "title": "At the till", "touchpoint": "purchase", "questions": [
		{"id": "wait", "type": "duration", "text": "How long did you wait?", "need": "control", "standard": "two-minutes",
			"bands": [{"up_to": 120, "points": 300, "kept": true}, {"points": 0}]},
		{"id": "price", "type": "choice", "text": "Was the price right?", "need": "fairness", "options": [{"id": "yes", "text": "Yes", "points": 100}, {"id": "no", "text": "No", "points": 0, "fails": true}]},
		{"id": "secret", "type": "scale", "text": "Between us?", "from": 1, "to": 5, "need": "empathy", "audience": "coordinator", "bands": [{"up_to": 3, "points": 0}, {"points": 200}]},
		{"id": "look", "type": "photo", "text": "The counter"}]},
	{"id": "extra", "title": "For our interest", "weight": 0, "questions": [
		{"id": "smile", "type": "scale", "text": "How much of a smile?", "from": 1, "to": 3, "need": "friendliness", "bands": [{"up_to": 1, "points": 0}, {"points": 100}]}]}]}`

func TestWhatToWorkOnIsWhatFailedThenWhatCostMost(t *testing.T) {
	v := aVersion(t, 1, cafe)
	photo := func(digit string) string {
		return fmt.Sprintf(`{"photos": ["%064s"]}`, digit)
	}
	r := aReport([]*Version{v},
		aVisit(t, v, "2026-02-01", `{"greeted": "no", "why": "They talked.", "told": "It rained.", "wait": 60, "price": "yes", "secret": 4, "smile": 1, "look": `+photo("1")+`}`),
		aVisit(t, v, "2026-02-02", `{"greeted": "yes", "told": "All fine.", "wait": 90, "price": "yes", "secret": 4, "smile": 3, "look": `+photo("2")+`}`),
		aVisit(t, v, "2026-02-03", `{"greeted": "no", "why": "Nobody looked up, nor did Anna.", "wait": 95, "price": "no", "secret": 1, "look": `+photo("3")+`}`,
			PublicationEdit{QuestionID: "why", Text: "Nobody looked up."}),
		aVisit(t, v, "2026-02-04", `{"greeted": "na", "wait": 200, "price": "yes", "secret": 4}`))

	require.Len(t, r.ToWorkOn, 3)
	price, greeted, wait := r.ToWorkOn[0], r.ToWorkOn[1], r.ToWorkOn[2]
	require.Equal(t, []string{"price", "greeted", "wait"}, []string{price.QuestionID, greeted.QuestionID, wait.QuestionID})
	require.Equal(t, 1, price.Failed)
	require.Equal(t, "Fairness", price.Need)

	// Of 10, 10, 10 and 6 points possible, the greeting took 4 twice: (4/10 + 4/10) ÷ 4.
	require.Equal(t, "20.0", greeted.CostShown)
	require.Equal(t, 3, greeted.N, "N/A does not count")
	require.Equal(t, "33.3", greeted.Shown)
	require.Equal(t, []ReportAnswerCount{{"Yes", 1}, {"No", 2}}, greeted.Answers)
	require.Equal(t, "12.5", wait.CostShown, "3 of 6 points in one of four visits")
	require.Equal(t, "We serve you within two minutes", wait.Standard)
	require.Equal(t, []ReportAnswerCount{{"up to 2 min", 3}, {"more than 2 min", 1}}, wait.Answers)

	var said []string
	for _, w := range greeted.Words {
		said = append(said, w.Day+" "+w.Text)
	}
	require.Equal(t, []string{"2026-02-03 Nobody looked up.", "2026-02-01 They talked."}, said,
		"what was asked because of the answer, as it is published, the latest first")
	require.Equal(t, []ReportWords{{r.Visits[1].EvaluationID, "2026-02-02", "Anything else?", "All fine."}, {r.Visits[0].EvaluationID, "2026-02-01", "Anything else?", "It rained."}}, r.Words)
	require.Len(t, price.Photos, 1)
	require.Equal(t, "2026-02-03", price.Photos[0].Day)

	for _, p := range append(r.Strengths, r.ToWorkOn...) {
		require.NotEqual(t, "secret", p.QuestionID, "an answer that is not for the branch")
	}
}

func TestACriticalQuestionWithoutPointsTellsInEveryVisitThatAnsweredIt(t *testing.T) {
	v := aVersion(t, 1, `{"title": "Hygiene", "languages": ["en"], "sections": [{"id": "a", "title": "A", "questions": [
		{"id": "served", "type": "choice", "text": "Served?", "options": [{"id": "yes", "text": "Yes", "points": 100}, {"id": "no", "text": "No", "points": 0}]},
		{"id": "mould", "type": "choice", "text": "Any mould?", "options": [{"id": "none", "text": "None"}, {"id": "some", "text": "Some", "fails": true}, {"id": "na", "text": "Not seen", "na": true}]}]}]}`)
	var visits []*approvedVisit
	for _, mould := range []string{"some", "none", "none", "none", "na"} {
		visits = append(visits, aVisit(t, v, "2026-02-01", `{"served": "yes", "mould": "`+mould+`"}`))
	}
	r := aReport([]*Version{v}, visits...)
	require.Len(t, r.ToWorkOn, 1)
	mould := r.ToWorkOn[0]
	require.Equal(t, "mould", mould.QuestionID)
	require.Equal(t, []any{1, 4, "75.0", "0.0"}, []any{mould.Failed, mould.N, mould.Shown, mould.CostShown}, "one visit of four failed; that is no share of 100")
	require.Equal(t, []ReportAnswerCount{{"None", 3}, {"Some", 1}}, mould.Answers)
}

func TestBonusLiftsNoTouchpointWhereItDidNotLiftTheScore(t *testing.T) {
	v := aVersion(t, 1, `{"title": "Two sections of one touchpoint", "languages": ["en"], "sections": [
		{"id": "a", "title": "A", "touchpoint": "purchase", "questions": [
			{"id": "one", "type": "choice", "text": "One?", "options": [{"id": "yes", "text": "Yes", "points": 100}, {"id": "no", "text": "No", "points": 0}]}]},
		{"id": "b", "title": "B", "touchpoint": "purchase", "questions": [
			{"id": "two", "type": "choice", "text": "Two?", "options": [{"id": "yes", "text": "Yes", "points": 100}, {"id": "na", "text": "N/A", "na": true}]},
			{"id": "extra", "type": "choice", "text": "Extra?", "bonus": true, "options": [{"id": "yes", "text": "Yes", "points": 50}, {"id": "no", "text": "No", "points": 0}]}]}]}`)
	r := aReport([]*Version{v},
		aVisit(t, v, "2026-02-01", `{"one": "yes", "two": "na", "extra": "yes"}`),
		aVisit(t, v, "2026-02-02", `{"one": "yes", "two": "yes", "extra": "yes"}`))
	require.Equal(t, "100.0", r.Visits[0].Score.Shown)
	require.Equal(t, "125.0", r.Visits[1].Score.Shown)
	require.Equal(t, []string{"100.0", "125.0"}, r.Touchpoints[0].Single)
}

func TestStrengthsAreWhatCarriesTheScore(t *testing.T) {
	v := aVersion(t, 1, cafe)
	var visits []*approvedVisit
	for day := 1; day <= 3; day++ {
		visits = append(visits, aVisit(t, v, fmt.Sprintf("2026-02-%02d", day), `{"greeted": "yes", "told": "A warm welcome.", "wait": 60, "price": "yes"}`))
	}
	r := aReport([]*Version{v}, visits...)
	require.Empty(t, r.ToWorkOn)
	require.Equal(t, []string{"greeted", "wait", "price"}, []string{r.Strengths[0].QuestionID, r.Strengths[1].QuestionID, r.Strengths[2].QuestionID})
	require.Equal(t, "100.0", r.Strengths[0].Shown)
	require.Len(t, r.Strengths[0].Words, 3)
	require.Empty(t, r.Words, "no text stands in a report twice")

	few := aReport([]*Version{v}, visits[:2]...)
	require.Empty(t, few.Strengths, "below three visits nothing is claimed")
	require.Len(t, few.Words, 2)
}

func TestTouchpointsNeedsAndStandardsLeaveOutWhatIsNotForTheBranchOrInNoTotal(t *testing.T) {
	v := aVersion(t, 1, cafe)
	r := aReport([]*Version{v},
		aVisit(t, v, "2026-02-01", `{"greeted": "no", "why": "They talked.", "wait": 60, "price": "yes", "secret": 1, "smile": 1}`),
		aVisit(t, v, "2026-02-02", `{"greeted": "yes", "wait": 121, "price": "yes", "secret": 1, "smile": 3}`),
		aVisit(t, v, "2026-02-03", `{"greeted": "yes", "price": "yes", "secret": 1, "smile": 3}`))

	shown := func(parts []ReportPart) map[string]string {
		of := map[string]string{}
		for _, p := range parts {
			of[p.Title] = fmt.Sprint(p.Shown, p.Single)
		}
		return of
	}
	require.Equal(t, map[string]string{"Research": "66.7[]", "Purchase": "75.0[]"}, shown(r.Touchpoints)) // (4/4 + 1/4 + 1/1) ÷ 3
	require.Equal(t, map[string]string{"Friendliness": "66.7[]", "Control": "[100.0 0.0]", "Fairness": "100.0[]"}, shown(r.Needs))
	require.Equal(t, []ReportStandard{{ID: "two-minutes", Kind: "timeliness", Text: "We serve you within two minutes", Kept: 1, N: 2, Sentence: "Kept in 1 of 2 visits."}}, r.Standards)
	require.True(t, r.Sections[2].OutsideTotal)
}

func TestAStandardIsKeptInAVisitOnlyWhereEveryAnswerSaysSo(t *testing.T) {
	v := aVersion(t, 1, `{"title": "Two tests of one promise", "languages": ["en"], "standards": [{"id": "s", "text": "We promise"}], "sections": [{"id": "a", "title": "A", "questions": [
		{"id": "one", "type": "choice", "text": "One?", "standard": "s", "options": [{"id": "y", "text": "Y", "points": 100, "kept": true}, {"id": "n", "text": "N", "points": 0}]},
		{"id": "two", "type": "choice", "text": "Two?", "standard": "s", "options": [{"id": "y", "text": "Y", "points": 100, "kept": true}, {"id": "n", "text": "N", "points": 0}, {"id": "na", "text": "NA", "na": true}]}]}]}`)
	r := aReport([]*Version{v},
		aVisit(t, v, "2026-02-01", `{"one": "y", "two": "y"}`), aVisit(t, v, "2026-02-02", `{"one": "n", "two": "y"}`),
		aVisit(t, v, "2026-02-03", `{"one": "y", "two": "n"}`), aVisit(t, v, "2026-02-04", `{"one": "y", "two": "na"}`), aVisit(t, v, "2026-02-05", `{"two": "na"}`))
	s := r.Standards[0]
	require.Equal(t, []int{2, 4}, []int{s.Kept, s.N})
	require.Equal(t, "Kept in 2 of 4 visits. With 95% confidence it is kept in 15.0 to 85.0% of all visits.", s.Sentence)
}

func TestTheGridCountsEveryVisitAndItsHoles(t *testing.T) {
	v := aVersion(t, 1, cafe)
	monday, sunday := aVisit(t, v, "2026-02-02", `{"price": "yes"}`), aVisit(t, v, "2026-02-01", `{"price": "yes"}`)
	sunday.partOfDay = After17
	g := aReport([]*Version{v}, sunday, monday, monday).Grid
	require.Equal(t, ReportGridDay{Weekday: "Monday", Before12: 2}, g.Days[0])
	require.Equal(t, ReportGridDay{Weekday: "Sunday", After17: 1}, g.Days[6])
	require.Equal(t, 19, g.Holes)
}

func TestCoverageAndBoundsAreMeansOfTheVisits(t *testing.T) {
	v := aVersion(t, 1, `{"title": "N/A", "languages": ["en"], "sections": [{"id": "a", "title": "A", "questions": [
		{"id": "one", "type": "scale", "text": "One?", "from": 0, "to": 1, "na": true, "bands": [{"up_to": 0, "points": 0}, {"points": 100}]},
		{"id": "two", "type": "scale", "text": "Two?", "from": 0, "to": 1, "na": true, "bands": [{"up_to": 0, "points": 0}, {"points": 100}]}]}]}`)
	full, half := aVisit(t, v, "2026-02-01", `{"one": 1, "two": 1}`), aVisit(t, v, "2026-02-02", `{"one": 1, "two": {"na": true}}`)
	c := aReport([]*Version{v}, full, full, half, half).Coverage
	require.Equal(t, []string{"75.0", "75.0", "100.0"}, []string{c.Shown, c.Lowest, c.Highest})
	require.Equal(t, "Everything that could be scored was.", aReport([]*Version{v}, full, full, full).Coverage.Sentence)
	require.Nil(t, aReport([]*Version{v}, full, half).Coverage)
}

func TestABonusCanLiftTheAverageAboveItsBounds(t *testing.T) {
	v := aVersion(t, 1, `{"title": "Bonus", "languages": ["en"], "sections": [{"id": "a", "title": "A", "questions": [
		{"id": "one", "type": "scale", "text": "One?", "from": 0, "to": 1, "bands": [{"up_to": 0, "points": 0}, {"points": 100}]},
		{"id": "two", "type": "scale", "text": "Two?", "from": 0, "to": 1, "na": true, "bands": [{"up_to": 0, "points": 0}, {"points": 100}]},
		{"id": "more", "type": "scale", "text": "More?", "from": 0, "to": 1, "bonus": true, "bands": [{"up_to": 0, "points": 0}, {"points": 100}]}]}]}`)
	visit := aVisit(t, v, "2026-02-01", `{"one": 1, "two": {"na": true}, "more": 1}`)
	c := aReport([]*Version{v}, visit, visit, visit).Coverage
	require.Equal(t, []string{"100.0", "150.0"}, []string{c.Lowest, c.Highest})
	require.Contains(t, c.Sentence, "It is above that now")
}

// The costs of all questions and the mean make up the whole, whatever was answered, where no bonus, cap or floor moves the
// score.
func TestWhatTheQuestionsCostIsWhatTheScoreLacks(t *testing.T) {
	documents := []*Version{
		aVersion(t, 1, cafe),
		aVersion(t, 2, strings.Replace(cafe, `"scoring": {`, `"scoring": {"method": "weighted_sections", `, 1)),
	}
	rapid.Check(t, func(t *rapid.T) {
		var visits []*approvedVisit
		for i := range rapid.IntRange(1, 5).Draw(t, "visits") {
			v := rapid.SampledFrom(documents).Draw(t, "version")
			pick := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
			greeted := pick("greeted", "yes", "no", "na")
			visits = append(visits, aVisit(t, v, fmt.Sprintf("2026-02-%02d", i+1), fmt.Sprintf(`{"greeted": %q, "wait": %s, "price": "yes", "smile": %s}`,
				greeted, pick("wait", "1", "300"), pick("smile", "1", "2"))))
		}
		lacking, costs := new(big.Rat), new(big.Rat)
		for _, v := range visits {
			lacking.Add(lacking, new(big.Rat).Sub(big.NewRat(1, 1), v.score.Calculated.Rat()))
		}
		for _, f := range questionsOf(documents, visits) {
			costs.Add(costs, f.cost)
		}
		require.Equal(t, lacking.String(), costs.String())
	})
}
