package evaluation

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawing says which documents are drawn.
type drawing struct {
	method string // or empty for any
	plain  bool   // the worst answer to each question earns nothing, the best something; no bonus
	free   bool   // no conditions
}

// document draws one that can be published.
func (d drawing) document(t *rapid.T) *Document {
	doc := &Document{Title: "Drawn", Languages: []string{"en"}}
	doc.Scoring.Method = d.method
	if d.method == "" {
		doc.Scoring.Method = rapid.SampledFrom([]string{MethodPoints, MethodWeightedSections}).Draw(t, "method")
	}
	doc.Scoring.CapBonus = rapid.Bool().Draw(t, "cap bonus")
	doc.Scoring.Critical = rapid.SampledFrom([]string{CriticalStands, CriticalZero, CriticalCap}).Draw(t, "policy")
	if doc.Scoring.Critical == CriticalCap {
		limit := rapid.Int64Range(0, 10_000).Draw(t, "cap")
		doc.Scoring.CriticalCap = &limit
	}
	doc.Scoring.Bands = drawBands(t)
	var earlier []Question
	for s := range rapid.IntRange(1, 4).Draw(t, "sections") {
		section := Section{ID: fmt.Sprintf("s%d", s), Title: "Section"}
		weight := rapid.Int64Range(0, 300).Draw(t, "section weight")
		if s == 0 {
			weight++
		}
		section.Weight = &weight
		if !d.free {
			section.ShowWhen = drawCondition(t, earlier)
		}
		for n := range rapid.IntRange(1, 5).Draw(t, "questions") {
			q := d.question(t, fmt.Sprintf("q%d-%d", s, n), s+n == 0)
			if !d.free {
				q.ShowWhen = drawCondition(t, append(slices.Clone(earlier), section.Questions...))
			}
			section.Questions = append(section.Questions, q)
		}
		earlier = append(earlier, section.Questions...)
		doc.Sections = append(doc.Sections, section)
	}
	if len(doc.Faults()) > 0 {
		doc.Scoring.CapBonus = true // more than 1000 % is not published
	}
	return doc
}

func drawBands(t *rapid.T) (bands []ScoreBand) {
	limits := rapid.SliceOfNDistinct(rapid.Int64Range(1, 10_000), 0, 4, rapid.ID).Draw(t, "limits")
	slices.Sort(limits)
	slices.Reverse(limits)
	for i, limit := range append(limits, 0) {
		bands = append(bands, ScoreBand{From: limit, Name: fmt.Sprintf("Band %d", i)})
	}
	return bands
}

// question draws one; a sure one makes every checklist scorable.
func (d drawing) question(t *rapid.T, id string, sure bool) Question {
	q := Question{ID: id, Text: "Question?"}
	lowest, highest := int64(-300), int64(500)
	if weight := rapid.Int64Range(0, 200).Draw(t, "weight"); !sure && weight != 100 {
		q.Weight = &weight
	}
	if !d.plain && !sure && rapid.IntRange(0, 4).Draw(t, "bonus") == 0 {
		q.Bonus = true
	}
	if d.plain || q.Bonus {
		lowest = 0
	}
	var earns []int64
	for range rapid.IntRange(2, 4).Draw(t, "answers") {
		earns = append(earns, rapid.Int64Range(lowest, highest).Draw(t, "points"))
	}
	if d.plain {
		earns[0] = 0
	}
	if d.plain || sure || q.Bonus {
		earns[1] = rapid.Int64Range(1, highest).Draw(t, "best")
	}
	fails := -1
	if !q.Bonus && rapid.IntRange(0, 3).Draw(t, "critical") == 0 {
		fails = rapid.IntRange(0, len(earns)-1).Draw(t, "fails")
	}
	q.Required = rapid.Bool().Draw(t, "required")
	na := rapid.Bool().Draw(t, "na")
	q.Type = rapid.SampledFrom(scoredTypes).Draw(t, "type")
	switch q.Type {
	case TypeChoice, TypeChoices:
		for i := range earns {
			q.Options = append(q.Options, Option{ID: fmt.Sprintf("o%d", i), Text: fmt.Sprintf("Option %d", i), Points: &earns[i], Fails: i == fails})
		}
		if na {
			q.Options = append(q.Options, Option{ID: "na", Text: "N/A", NA: true})
		}
	default:
		q.NA = na
		for i := range earns {
			band := Band{Points: &earns[i], Fails: i == fails}
			if limit := Decimal(i) * 10 * one; i < len(earns)-1 {
				band.UpTo = &limit
			}
			q.Bands = append(q.Bands, band)
		}
		if q.Type == TypeScale {
			from, to := int64(-5), int64(40)
			q.From, q.To = &from, &to
		}
	}
	return q
}

// drawCondition draws none, or a condition on earlier questions.
func drawCondition(t *rapid.T, earlier []Question) *Condition {
	if len(earlier) == 0 || rapid.IntRange(0, 2).Draw(t, "shown when") > 0 {
		return nil
	}
	q := rapid.SampledFrom(earlier).Draw(t, "about")
	c := Condition{Question: q.ID}
	yes, limit := true, Decimal(rapid.IntRange(0, 40).Draw(t, "limit"))*one
	kind := rapid.IntRange(0, 3).Draw(t, "comparison")
	switch {
	case kind == 0:
		c.Answered = &yes
	case kind == 1 && q.allowsNA():
		c.NA = &yes
	case len(q.Options) > 0 && kind == 2:
		c.Is = []string{"o0"}
	case len(q.Options) > 0:
		c.Not = []string{"o1"}
	case kind == 2:
		c.AtLeast = &limit
	default:
		c.AtMost = &limit
	}
	switch rapid.IntRange(0, 3).Draw(t, "list") {
	case 0:
		return &Condition{None: []Condition{c}}
	case 1:
		if other := drawCondition(t, earlier); other != nil {
			return &Condition{Any: []Condition{c, *other}}
		}
	}
	return &c
}

// version draws a document and makes it ready.
func (d drawing) version(t *rapid.T) *Version {
	doc := d.document(t)
	v, err := Compile(uuid.Nil, 1, doc)
	require.NoError(t, err)
	return v
}

// drawAnswer draws a real answer as the phone sends it.
func drawAnswer(t *rapid.T, q *Question) any {
	switch q.Type {
	case TypeChoice:
		return rapid.SampledFrom(realOptions(q)).Draw(t, q.ID)
	case TypeChoices:
		return rapid.SliceOfNDistinct(rapid.SampledFrom(realOptions(q)), 1, -1, rapid.ID).Draw(t, q.ID)
	case TypeScale:
		return rapid.IntRange(-5, 40).Draw(t, q.ID)
	default:
		return rapid.IntRange(0, 40).Draw(t, q.ID)
	}
}

func realOptions(q *Question) (ids []string) {
	for _, option := range q.Options {
		if !option.NA {
			ids = append(ids, option.ID)
		}
	}
	return ids
}

// drawAnswers draws answers that Read takes: to visible questions, now and then N/A or none.
func drawAnswers(t *rapid.T, v *Version) Answers {
	raw := map[string]json.RawMessage{}
	answers := Answers{}
	for i := range v.questions {
		q := &v.questions[i]
		if !v.visible(answers)[i] {
			continue
		}
		var answer any
		switch kind := rapid.IntRange(0, 5).Draw(t, "kind of answer"); {
		case kind == 0 && q.allowsNA() && q.Type == TypeChoice:
			answer = "na"
		case kind == 0 && q.allowsNA() && q.Type == TypeChoices:
			answer = []string{"na"}
		case kind == 0 && q.allowsNA():
			answer = map[string]bool{"na": true}
		case kind == 1 && !q.required:
			continue
		default:
			answer = drawAnswer(t, q.Question)
		}
		sent, err := json.Marshal(answer)
		require.NoError(t, err)
		raw[q.ID] = sent
		read, given, wrong := q.read(sent)
		require.True(t, given)
		require.Empty(t, wrong)
		answers[q.ID] = read
	}
	read, faults := v.Read(raw)
	require.Empty(t, faults)
	require.Equal(t, answers, read)
	return read
}

func compare(a, b *Figure) int { return a.Rat().Cmp(b.Rat()) }

func TestTheCalculatedScoreLiesWithinItsBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawing{plain: true}.version(t)
		score := v.Score(drawAnswers(t, v))
		if score.Calculated != nil {
			require.LessOrEqual(t, compare(score.Bounds.Lowest, score.Calculated), 0)
			require.GreaterOrEqual(t, compare(score.Bounds.Highest, score.Calculated), 0)
		}
	})
}

func TestCoverageAndBoundsOfAnyScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawing{}.version(t)
		score := v.Score(drawAnswers(t, v))
		if score.Coverage != nil {
			require.GreaterOrEqual(t, score.Coverage.Rat().Sign(), 0)
			require.LessOrEqual(t, score.Coverage.Rat().Cmp(big.NewRat(1, 1)), 0)
		}
		if score.Bounds == nil {
			require.Nil(t, score.Score)
			return
		}
		require.LessOrEqual(t, compare(score.Bounds.Lowest, score.Bounds.Highest), 0)
		if !slices.ContainsFunc(score.Questions, func(q QuestionScore) bool { return q.NA }) {
			require.Equal(t, "1/1", score.Coverage.Fraction)
			require.Equal(t, score.Calculated, score.Bounds.Lowest)
			require.Equal(t, score.Calculated, score.Bounds.Highest)
		}
	})
}

func TestNoScoreIsAboveAThousandPercent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawing{}.version(t)
		if score := v.Score(drawAnswers(t, v)); score.Calculated != nil {
			require.LessOrEqual(t, score.Calculated.Rat().Cmp(big.NewRat(maxScore, 1)), 0)
		}
	})
}

func TestAnswersToHiddenQuestionsNeverChangeTheScore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawing{}.version(t)
		answers := drawAnswers(t, v)
		score, visible := v.Score(answers), v.Visible(answers)
		for _, q := range v.Questions() {
			if !visible[q.ID] {
				sent, err := json.Marshal(drawAnswer(t, q))
				require.NoError(t, err)
				answers[q.ID], _, _ = q.read(sent)
			}
		}
		require.Equal(t, visible, v.Visible(answers))
		require.Equal(t, score, v.Score(answers))
	})
}

func TestABetterAnswerNeverLowersTheScoreByPoints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawing{method: MethodPoints, free: true}.version(t)
		answers := drawAnswers(t, v)
		before := v.Score(answers)
		q := rapid.SampledFrom(v.Questions()).Draw(t, "changed")
		old, given := answers[q.ID]
		sent, err := json.Marshal(drawAnswer(t, q))
		require.NoError(t, err)
		answer, _, _ := q.read(sent)
		if !given || old.NA || before.Calculated == nil || q.earned(answer) < q.earned(old) {
			return
		}
		answers[q.ID] = answer
		require.GreaterOrEqual(t, compare(v.Score(answers).Calculated, before.Calculated), 0)
	})
}

func TestTheOrderOfSectionsAndQuestionsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawing{free: true}.version(t)
		answers := drawAnswers(t, v)
		shuffled := *v.Document
		shuffled.Sections = rapid.Permutation(shuffled.Sections).Draw(t, "sections")
		for i := range shuffled.Sections {
			shuffled.Sections[i].Questions = rapid.Permutation(shuffled.Sections[i].Questions).Draw(t, "questions")
		}
		other, err := Compile(uuid.Nil, 1, &shuffled)
		require.NoError(t, err)
		one, two := v.Score(answers), other.Score(answers)
		one.Sections, one.Questions, two.Sections, two.Questions = nil, nil, nil, nil
		require.Equal(t, one, two)
	})
}

func TestItDoesNotMatterWhichOfEqualQuestionsIsNotApplicable(t *testing.T) {
	v := compiled(t, readCases(t, "scores.json").Documents["five of five"])
	rapid.Check(t, func(t *rapid.T) {
		given := rapid.SliceOfN(rapid.SampledFrom([]string{"five", "one", "none", "na"}), 5, 5).Draw(t, "answers")
		score := func(given []string) Score {
			answers := Answers{}
			for i, id := range given {
				answers[fmt.Sprintf("q%d", i+1)] = Answer{NA: id == "na", Choices: []string{id}}
			}
			score := v.Score(answers)
			score.Questions = nil
			return score
		}
		require.Equal(t, score(given), score(rapid.Permutation(given).Draw(t, "otherwise")))
	})
}

func TestPoliciesDifferInNothingButTheScoreOfAFailure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawing{}.version(t)
		answers := drawAnswers(t, v)
		limit := rapid.Int64Range(0, 10_000).Draw(t, "limit")
		under := func(policy string) Score {
			doc := *v.Document
			doc.Scoring.Critical, doc.Scoring.CriticalCap = policy, nil
			if policy == CriticalCap {
				doc.Scoring.CriticalCap = &limit
			}
			other, err := Compile(uuid.Nil, 1, &doc)
			require.NoError(t, err)
			return other.Score(answers)
		}
		stands, zero, capped := under(CriticalStands), under(CriticalZero), under(CriticalCap)
		require.Equal(t, stands.Score, stands.Calculated)
		for _, other := range []Score{zero, capped} {
			require.Equal(t, stands.Calculated, other.Calculated)
			require.Equal(t, stands.Outcome, other.Outcome)
			require.Equal(t, stands.Bounds, other.Bounds)
			require.Equal(t, stands.Coverage, other.Coverage)
			require.Equal(t, stands.Questions, other.Questions)
			require.Equal(t, stands.Score == nil, other.Score == nil)
		}
		if stands.Score == nil {
			return
		}
		if stands.Outcome != OutcomeFailed {
			require.Equal(t, stands.Score, zero.Score)
			require.Equal(t, stands.Score, capped.Score)
			return
		}
		require.Equal(t, "0/1", zero.Score.Fraction)
		cut := big.NewRat(limit, 10_000)
		if exact := stands.Score.Rat(); exact.Cmp(cut) < 0 {
			cut = exact
		}
		require.Zero(t, capped.Score.Rat().Cmp(cut))
	})
}

// TestTheBreakdownAddsUp makes the score a second time, from what it says of each question.
func TestTheBreakdownAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawing{}.version(t)
		score := v.Score(drawAnswers(t, v))
		parts := map[string]QuestionScore{}
		for _, part := range score.Questions {
			parts[part.ID] = part
		}
		exact := func(d Decimal) *big.Rat { return big.NewRat(int64(d), int64(one)) }
		earnedIn, possibleIn, total, weights := new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat)
		outside := new(big.Rat) // weight × possible of what was visible and did not count
		for s, section := range v.Document.Sections {
			earned, bonus, possible := new(big.Rat), new(big.Rat), new(big.Rat)
			for _, q := range section.Questions {
				part := parts[q.ID]
				weight := exact(part.Weight)
				switch {
				case part.Counted && part.Bonus:
					bonus.Add(bonus, weight.Mul(weight, exact(part.Earned)))
				case part.Counted:
					earned.Add(earned, new(big.Rat).Mul(weight, exact(part.Earned)))
					possible.Add(possible, new(big.Rat).Mul(weight, exact(part.Possible)))
				case part.Visible && !part.Bonus && score.Sections[s].Weight > 0:
					outside.Add(outside, weight.Mul(weight, exact(part.Possible)))
				}
			}
			if possible.Sign() > 0 {
				earned.Add(earned, bonus)
			}
			require.Zero(t, earned.Cmp(exact(score.Sections[s].Earned)))
			require.Zero(t, possible.Cmp(exact(score.Sections[s].Possible)))
			weight := exact(score.Sections[s].Weight)
			if weight.Sign() == 0 {
				continue
			}
			earnedIn.Add(earnedIn, earned)
			possibleIn.Add(possibleIn, possible)
			if possible.Sign() > 0 {
				share := new(big.Rat).Quo(earned, possible)
				require.Zero(t, share.Cmp(score.Sections[s].Score.Rat()))
				total.Add(total, share.Mul(share, weight))
				weights.Add(weights, weight)
			}
		}
		require.Zero(t, earnedIn.Cmp(exact(score.Earned)))
		require.Zero(t, possibleIn.Cmp(exact(score.Possible)))
		if open := outside.Add(outside, possibleIn); open.Sign() > 0 {
			require.Zero(t, open.Quo(possibleIn, open).Cmp(score.Coverage.Rat()))
		} else {
			require.Nil(t, score.Coverage)
		}
		if possibleIn.Sign() == 0 {
			require.Nil(t, score.Calculated)
			return
		}
		expected := earnedIn.Quo(earnedIn, possibleIn)
		if score.Method == MethodWeightedSections {
			expected = total.Quo(total, weights)
		}
		if full := big.NewRat(1, 1); score.CapBonus && expected.Cmp(full) > 0 {
			expected = full
		}
		if expected.Sign() < 0 {
			expected = new(big.Rat)
		}
		require.Zero(t, expected.Cmp(score.Calculated.Rat()), "%s, not %s", expected, score.Calculated.Fraction)
	})
}

func TestAFigureIsNeverShownInAHigherBand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bands := drawBands(t)
		whole := rapid.Int64Range(1, 100_000).Draw(t, "whole")
		exact := big.NewRat(rapid.Int64Range(0, whole+whole/10).Draw(t, "part"), whole)
		if rapid.Bool().Draw(t, "just below a band") {
			band := rapid.SampledFrom(bands).Draw(t, "band")
			exact.Sub(band.limit(), big.NewRat(1, whole*1000))
		}
		text := shown(exact, bands)
		require.Regexp(t, `^-?\d+\.\d$`, text)
		figure, ok := new(big.Rat).SetString(text)
		require.True(t, ok)
		figure.Quo(figure, big.NewRat(100, 1))
		bandOf := func(share *big.Rat) int {
			return slices.IndexFunc(bands, func(b ScoreBand) bool { return share.Cmp(b.limit()) >= 0 })
		}
		if figure.Cmp(exact) > 0 {
			require.Equal(t, bandOf(exact), bandOf(figure), "%s is not %s", exact, text)
		}
		if exact.Cmp(big.NewRat(1, 1)) < 0 {
			require.Negative(t, figure.Cmp(big.NewRat(1, 1)))
		}
		away := new(big.Rat).Sub(figure, exact)
		require.LessOrEqual(t, away.Cmp(big.NewRat(1, 2000)), 0, "%s is too far above %s", text, exact)
		require.Positive(t, away.Cmp(big.NewRat(-1, 1000)), "%s is too far below %s", text, exact)
	})
}

func TestAMissingAnswerIsTheOnlyFault(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawing{free: true}.version(t)
		raw := map[string]json.RawMessage{}
		var missed []string
		for i := range v.questions {
			q := &v.questions[i]
			if rapid.Bool().Draw(t, "answered") {
				sent, err := json.Marshal(drawAnswer(t, q.Question))
				require.NoError(t, err)
				raw[q.ID] = sent
			} else if q.required {
				missed = append(missed, q.ID)
			}
		}
		_, faults := v.Read(raw)
		var named []string
		for _, f := range faults {
			named = append(named, f.Question)
		}
		require.Equal(t, missed, named)
	})
}
