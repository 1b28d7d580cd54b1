package evaluation

import (
	"fmt"
	"math/big"
	"strings"
)

// The parts of the day in words.
var partInWords = map[string]string{Before12: "before 12", From12To17: "12 to 17", After17: "after 17"}

// inWords is the answer as a person reads it. Of photos there are no words.
func (a *allowedAnswer) inWords() string {
	q := a.question
	switch {
	case q.Type == TypeChoice || q.Type == TypeChoices:
		return q.optionsInWords(a.choices)
	case a.na:
		return "N/A"
	case q.Type == TypeScale && q.From != nil && q.To != nil:
		return fmt.Sprintf("%s (%d to %d)", a.number, *q.From, *q.To)
	case q.Type == TypeScale || q.Type == TypeNumber:
		return a.number.String()
	case q.Type == TypeDuration:
		return durationInWords(a.number)
	case q.Type == TypeDate:
		return dayInWords(a.text)
	case q.Type == TypeTime:
		return partInWords[a.text]
	}
	return a.text
}

// optionsInWords is the texts of the options chosen.
func (q *Question) optionsInWords(ids []string) string {
	texts := make([]string, 0, len(ids))
	for _, id := range ids {
		if option := q.option(id); option != nil {
			texts = append(texts, option.Text)
		}
	}
	return strings.Join(texts, ", ")
}

// durationInWords is a number of seconds as 45 s, 1 min 35 s, 2 h 5 min.
func durationInWords(seconds Decimal) string {
	s := int64(seconds / one)
	var words []string
	for _, unit := range []struct {
		seconds int64
		name    string
	}{{3600, "h"}, {60, "min"}, {1, "s"}} {
		if n := s / unit.seconds; n > 0 {
			words, s = append(words, fmt.Sprintf("%d %s", n, unit.name)), s%unit.seconds
		}
	}
	if words == nil {
		return "0 s"
	}
	return strings.Join(words, " ")
}

// inWords says how a score is made. critical says whether an answer can fail the visit.
func (s Scoring) inWords(critical bool) string {
	words := "by points: what was earned over what was possible"
	if s.method() == MethodWeightedSections {
		words = "by weighted sections: the mean of the sections' shares by their weights"
	}
	if s.CapBonus {
		words += ", bonus not above 100%"
	}
	if !critical {
		return words
	}
	switch s.critical() {
	case CriticalZero:
		return words + "; a critical failure makes it 0%"
	case CriticalCap:
		return words + fmt.Sprintf("; a critical failure caps it at %s%%", shown(big.NewRat(*s.CriticalCap, whole), nil))
	}
	return words + "; a critical failure fails the visit and leaves the score"
}
