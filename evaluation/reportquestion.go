package evaluation

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
)

// questionFigures are what the answers to one question come to over the visits.
type questionFigures struct {
	*askedQuestion
	version *Version // the newest that has it
	n       int      // visits in which it counted, or could have failed
	share   *big.Rat // Σ of earned over possible
	cost    *big.Rat // Σ of what it took from the score, as shares of one
	carried *big.Rat // Σ of what it brought to the score
	failed  int
	lost    map[*approvedVisit]bool // where it did not bring all that was possible

	shares, costs, brought ratSum // what becomes share, cost and carried
}

// questionsOf gives the figures of every question that counted, bonus left out, in the order of the newest version.
// What a question took from the score and what it brought are its part of the calculated score, before a cap and the
// policy for critical failures: over all questions they add up to one.
func questionsOf(versions []*Version, visits []*approvedVisit) []*questionFigures {
	byID := map[string]*questionFigures{}
	for _, v := range visits {
		worth := v.worthOfAPoint()
		for q, part := range v.scored() {
			if q.Bonus {
				continue
			}
			f := byID[q.ID]
			if f == nil {
				f = &questionFigures{lost: map[*approvedVisit]bool{}}
				byID[q.ID] = f
			}
			earned, possible := part.Earned.hundredths(), part.Possible.hundredths()
			if !part.Counted {
				possible = 0
			}
			f.n++
			f.shares.add(shareOf(earned, possible, part.Fails))
			if w := worth[q.section]; w != nil && part.Counted {
				weight := big.NewRat(q.worth.weight, 1)
				weight.Mul(weight, w)
				f.costs.add(new(big.Rat).Mul(weight, big.NewRat(possible-earned, 1)))
				f.brought.add(new(big.Rat).Mul(weight, big.NewRat(earned, 1)))
			}
			if part.Fails {
				f.failed++
			}
			f.lost[v] = part.Fails || earned < possible
		}
	}
	var inOrder []*questionFigures
	for _, version := range slices.Backward(versions) {
		for i := range version.questions {
			q := &version.questions[i]
			if f := byID[q.ID]; f != nil && f.askedQuestion == nil && q.Audience != AudienceCoordinator {
				f.askedQuestion, f.version = q, version
				f.share, f.cost, f.carried = f.shares.total(), f.costs.total(), f.brought.total()
				inOrder = append(inOrder, f)
			}
		}
	}
	return inOrder
}

// shareOf is earned over possible; of a penalty, whose best is nothing, and of a critical question without points, all or
// nothing.
func shareOf(earned, possible int64, fails bool) *big.Rat {
	switch {
	case possible > 0:
		return big.NewRat(earned, possible)
	case earned < 0 || fails:
		return new(big.Rat)
	}
	return big.NewRat(1, 1)
}

// worthOfAPoint is how much of the score one point of weight one is worth in each section: by points one over all that
// was possible, by weighted sections the section's share of the weights in play over what was possible in it. Sections
// that are in no total are worth nothing.
func (v *approvedVisit) worthOfAPoint() map[int]*big.Rat {
	possible, weights := map[int]int64{}, int64(0)
	all := int64(0)
	for _, part := range v.score.Questions {
		i, known := v.version.index[part.ID]
		if !known || !part.Counted || part.Bonus {
			continue
		}
		q := &v.version.questions[i]
		if v.version.Document.Sections[q.section].weight() > 0 {
			points := q.worth.weight * part.Possible.hundredths()
			possible[q.section] += points
			all += points
		}
	}
	for section, points := range possible {
		if points > 0 {
			weights += v.version.Document.Sections[section].weight()
		}
	}
	worth := map[int]*big.Rat{}
	for section, points := range possible {
		switch {
		case v.version.Document.Scoring.method() == MethodPoints && all > 0:
			worth[section] = big.NewRat(1, all)
		case v.version.Document.Scoring.method() == MethodWeightedSections && points > 0:
			worth[section] = new(big.Rat).Mul(big.NewRat(v.version.Document.Sections[section].weight(), weights), big.NewRat(1, points))
		}
	}
	return worth
}

// mean is the mean of earned over possible.
func (f *questionFigures) mean() *big.Rat {
	return new(big.Rat).Quo(f.share, big.NewRat(int64(f.n), 1))
}

// answerCounts counts what was answered: by option, by step of a short scale, else by band.
func (f *questionFigures) answerCounts(visits []*approvedVisit) []ReportAnswerCount {
	counts := map[string]int{}
	for _, v := range visits {
		answer := v.answerTo[f.ID]
		if _, counted := f.lost[v]; !counted || answer == nil || answer.na {
			continue
		}
		for _, kind := range answer.kinds() {
			counts[kind]++
		}
	}
	list := []ReportAnswerCount{}
	for _, text := range f.kinds() {
		list = append(list, ReportAnswerCount{Text: text, N: counts[text]})
		delete(counts, text)
	}
	// What only older versions could be answered.
	for _, text := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, ReportAnswerCount{Text: text, N: counts[text]})
	}
	return list
}

// stepsCounted is the longest scale whose steps are counted one by one.
const stepsCounted = 10

// kinds are the kinds of answers to a question that are counted, in its order.
func (q *Question) kinds() (kinds []string) {
	switch {
	case q.Type == TypeChoice || q.Type == TypeChoices:
		for _, o := range q.Options {
			if !o.NA {
				kinds = append(kinds, o.Text)
			}
		}
	case q.Type == TypeScale && *q.To-*q.From < stepsCounted:
		for step := *q.From; step <= *q.To; step++ {
			kinds = append(kinds, fmt.Sprint(step))
		}
	default:
		for i := range q.Bands {
			kinds = append(kinds, q.bandInWords(i))
		}
	}
	return kinds
}

// kinds are those that an answer which is not N/A belongs to.
func (a *allowedAnswer) kinds() (kinds []string) {
	switch q := a.question; {
	case q.Type == TypeChoice || q.Type == TypeChoices:
		for _, id := range a.choices {
			if o := q.option(id); o != nil {
				kinds = append(kinds, o.Text)
			}
		}
	case q.Type == TypeScale && *q.To-*q.From < stepsCounted:
		kinds = []string{a.number.String()}
	default:
		for i := range q.Bands {
			if &q.Bands[i] == q.band(a.number) {
				kinds = []string{q.bandInWords(i)}
			}
		}
	}
	return kinds
}

// bandInWords is the limits of a band.
func (q *Question) bandInWords(i int) string {
	amount := func(d Decimal) string {
		if q.Type == TypeDuration {
			return durationInWords(d)
		}
		return d.String()
	}
	switch limit := q.Bands[i].UpTo; {
	case limit != nil:
		return "up to " + amount(*limit)
	case i > 0:
		return "more than " + amount(*q.Bands[i-1].UpTo)
	}
	return "any"
}
