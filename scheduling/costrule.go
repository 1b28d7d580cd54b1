package scheduling

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// The rules that make lines of costs from attendance. Who took part gets both, and so does who was turned away or sent
// home; who was struck out took part. Who came late gets the incentive unless the study says otherwise, and the travel
// always. Who did not come gets nothing.
const (
	ruleIncentive = "incentive"
	ruleTravel    = "travel"
)

// payTerms are what a study pays its participants, in minor units of its currency.
type payTerms struct {
	incentive, travel int64
	payLate           bool
	currency          string
}

// attended is how a participant stands at the door.
type attended struct {
	participant uuid.UUID
	record      AttendanceRecord
}

// dueKey says whose line of which rule.
type dueKey struct {
	participant uuid.UUID
	rule        string
}

// due gives what is owed by rule, for each participant and rule with anything owed.
func (t payTerms) due(attendance []attended, starts time.Time) map[dueKey]int64 {
	owed := map[dueKey]int64{}
	for _, a := range attendance {
		if !a.record.Outcome.Came() {
			continue
		}
		if t.incentive > 0 && (t.payLate || !a.record.Late(starts)) {
			owed[dueKey{a.participant, ruleIncentive}] = t.incentive
		}
		if t.travel > 0 {
			owed[dueKey{a.participant, ruleTravel}] = t.travel
		}
	}
	return owed
}

// ruleLine is a line that a rule made.
type ruleLine struct {
	id       uuid.UUID
	key      dueKey
	actual   int64
	currency string
	paid     bool
	kept     bool // it was paid once or has a receipt, so it is not deleted
}

// settlement is what brings the lines of rules to what is owed.
type settlement struct {
	add    []dueKey            // lines to be made
	set    map[uuid.UUID]int64 // lines to be set to another amount
	remove []uuid.UUID         // lines of which nothing is owed any more
}

// settled says what to do about the lines that rules made before. What is paid stays as it is: where it differs from what
// is owed, differences says so. A line that was paid once, or has a receipt, and is owed no more is set to nothing.
func settled(lines []ruleLine, owed map[dueKey]int64, currency string) (s settlement) {
	s.set = map[uuid.UUID]int64{}
	there := map[dueKey]bool{}
	for _, l := range lines {
		there[l.key] = true
		amount, due := owed[l.key]
		switch {
		case l.paid:
		case !due && !l.kept:
			s.remove = append(s.remove, l.id)
		case l.actual != amount || l.currency != currency:
			s.set[l.id] = amount
		}
	}
	for key := range owed {
		if !there[key] {
			s.add = append(s.add, key)
		}
	}
	slices.SortFunc(s.add, func(a, b dueKey) int { // the same attendance makes the same lines, in the same order
		return cmp.Or(bytes.Compare(a.participant[:], b.participant[:]), cmp.Compare(a.rule, b.rule))
	})
	return s
}

// CostDifference is a line that was paid and is not what attendance says is owed.
type CostDifference struct {
	CostID uuid.UUID `json:"cost_id" doc:"The line that was paid"`
	Paid   int64     `json:"paid" doc:"In minor units of the line's currency"`
	Owed   int64     `json:"owed" doc:"In minor units of the study's currency"`
	Why    string    `json:"why" example:"5000 EUR were paid as incentive, but by who came nothing is owed: undo the payment, or leave it as it is"`
}

// differences says of each paid line how it differs from what is owed.
func differences(lines []ruleLine, owed map[dueKey]int64, currency string) []CostDifference {
	found := []CostDifference{}
	for _, l := range lines {
		if amount := owed[l.key]; l.paid && (amount != l.actual || l.currency != currency) {
			found = append(found, CostDifference{CostID: l.id, Paid: l.actual, Owed: amount, Why: fmt.Sprintf(
				"%d %s (minor units) were paid as %s, but by who came %d %s are owed: undo the payment, or leave it as it is", l.actual, l.currency, l.key.rule, amount, currency)})
		}
	}
	return found
}
