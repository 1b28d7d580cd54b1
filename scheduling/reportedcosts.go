package scheduling

import (
	"fmt"
	"slices"
	"strconv"
)

// costLine is a line of the costs of one of the study's groups.
type costLine struct {
	ofThis   bool // the reported group's, not another's
	kind     string
	planned  *int64 // minor units of its own currency
	actual   *int64
	currency string
	rate     int64 // millionths of the study's currency for one of the line's own
}

// seatCount is how many seats of each sort a group had.
type seatCount struct{ planned, attended, usable int }

// reportedCosts sets the costs of a group against the budget of its study. Each line is turned into the study's currency
// and rounded half up; sums are of what is shown. A planned seat costs the planned costs by the seats wanted; a seat
// attended or usable costs the actual ones by those.
func reportedCosts(lines []costLine, budget int64, unit string, seats seatCount) *ReportedCosts {
	var planned, actual, spent int64
	kinds := map[string][2]int64{}
	for _, l := range lines {
		wanted, paid := l.in(unit, l.planned), l.in(unit, l.actual)
		spent += paid
		if l.ofThis {
			planned, actual = planned+wanted, actual+paid
			of := kinds[l.kind]
			kinds[l.kind] = [2]int64{of[0] + wanted, of[1] + paid}
		}
	}
	left := budget - spent
	amount := func(n int64) ReportedAmount { return amountOf(n, unit) }
	costs := &ReportedCosts{Lines: []ReportedCost{}, Planned: amount(planned), Actual: amount(actual), Budget: amount(budget), Spent: amount(spent), Left: amount(left)}
	for _, kind := range costKinds {
		if of, has := kinds[kind]; has {
			costs.Lines = append(costs.Lines, ReportedCost{kind, amount(of[0]), amount(of[1])})
		}
	}
	for _, s := range []struct {
		sort  string
		seats int
		sum   int64
	}{{"planned", seats.planned, planned}, {"attended", seats.attended, actual}, {"usable", seats.usable, actual}} {
		per := ReportedSeats{Sort: s.sort, Seats: s.seats}
		if each := perSeat(s.sum, s.seats); each != nil {
			cost := amount(*each)
			per.Cost = &cost
		}
		costs.Seats = append(costs.Seats, per)
	}
	costs.Sentence = fmt.Sprintf("The study's budget is %s. Its groups have cost %s so far, this one %s of that: ", costs.Budget.Shown, costs.Spent.Shown, costs.Actual.Shown)
	if left < 0 {
		costs.Sentence += amount(-left).Shown + " more than the budget."
	} else {
		costs.Sentence += costs.Left.Shown + " are left."
	}
	return costs
}

// in is an amount of the line in another currency, 0 where there is none. One that is more than a cost may be, which no
// line is let in with, counts as the most that one may.
func (l costLine) in(unit string, amount *int64) int64 {
	if amount == nil {
		return 0
	}
	turned, fits := exchanged(*amount, l.currency, unit, l.rate)
	if !fits {
		return mostOfCost
	}
	return turned
}

// amountOf gives an amount in minor units with its words, such as "1,820.50 EUR".
func amountOf(minor int64, unit string) ReportedAmount {
	digits := len(minorUnits(unit).String()) - 1
	text := strconv.FormatInt(minor, 10)
	sign := ""
	if text[0] == '-' {
		sign, text = "−", text[1:]
	}
	for len(text) <= digits {
		text = "0" + text
	}
	whole, part := []byte(text[:len(text)-digits]), text[len(text)-digits:]
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = slices.Insert(whole, at, ',')
	}
	if part != "" {
		part = "." + part
	}
	return ReportedAmount{minor, unit, sign + string(whole) + part + " " + unit}
}
