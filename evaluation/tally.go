package evaluation

import "math/big"

// tally is what a visit's answers come to, question by question and section by section.
type tally struct {
	questions []QuestionScore
	failed    bool   // an answer was a critical failure
	actual    []sums // by section
	lowest    []sums // had every N/A been the lowest answer
	highest   []sums // had every N/A been the highest answer
}

// sums are what the questions of a section come to, weight × points, in ten-thousandths of a point. A document's limits
// keep them far from overflow.
type sums struct {
	earned   int64 // without bonus
	bonus    int64
	possible int64 // of what counted
	open     int64 // of all that was visible
}

func (s *sums) add(q *askedQuestion, earned int64) {
	if q.Bonus {
		s.bonus += q.worth.weight * earned
		return
	}
	s.earned += q.worth.weight * earned
	s.possible += q.worth.weight * q.possible
}

// total is what was earned in all: bonus counts only where its section has something possible.
func (s sums) total() int64 {
	if s.possible == 0 {
		return s.earned
	}
	return s.earned + s.bonus
}

// share is the section's score; nil when it has nothing possible.
func (s sums) share() *big.Rat { return ratio(s.total(), s.possible) }

// coverage is how much of what could be scored was; nil when nothing could be.
func (s sums) coverage() *big.Rat { return ratio(s.possible, s.open) }

// ratio is part ÷ whole; nil when the whole is 0.
func ratio(part, whole int64) *big.Rat {
	if whole == 0 {
		return nil
	}
	return big.NewRat(part, whole)
}

// weighted makes a Decimal of a sum.
func weighted(sum int64) Decimal { return Decimal(sum) * (one / 10_000) }

func (v *Version) tally(answers Answers) tally {
	n := len(v.Document.Sections)
	t := tally{questions: make([]QuestionScore, 0, len(v.questions)), actual: make([]sums, n), lowest: make([]sums, n), highest: make([]sums, n)}
	for i, visible := range v.visible(answers) {
		q := &v.questions[i]
		if q.scored || q.critical() || q.Standard != "" {
			answer, given := answers[q.ID]
			t.add(q, visible, answer, given)
		}
	}
	return t
}

// add takes in one question.
func (t *tally) add(q *askedQuestion, visible bool, answer Answer, given bool) {
	part := QuestionScore{
		ID: q.ID, Visible: visible, Bonus: q.Bonus, Weight: hundredths(q.worth.weight), Possible: hundredths(q.possible),
		NA: visible && (answer.NA || q.scored && !given),
	}
	real := visible && given && !answer.NA
	if real {
		part.Fails = q.fails(answer)
		t.failed = t.failed || part.Fails
		if q.Standard != "" {
			kept := q.keeps(answer)
			part.Kept = &kept
		}
	}
	if q.scored && visible {
		lowest, highest := q.lowest, q.highest
		if real {
			earned := q.earned(answer)
			lowest, highest = earned, earned
			t.actual[q.section].add(q, earned)
			part.Counted, part.Earned = true, hundredths(earned)
		}
		if !q.Bonus {
			t.actual[q.section].open += q.worth.weight * q.possible
		}
		t.lowest[q.section].add(q, lowest)
		t.highest[q.section].add(q, highest)
	}
	t.questions = append(t.questions, part)
}
