package scheduling

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"

	"golang.org/x/text/currency"
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

// reportedKinds are the kinds of costs in the order in which they are shown.
var reportedKinds = []string{"venue", "catering", "travel", "incentive", "moderator", "recruiter", "recording", "other"}

// seatCount is how many seats of each sort a group had.
type seatCount struct{ planned, attended, usable int }

// reportedCosts sets the costs of a group against the budget of its study. Each line is turned into the study's currency
// and rounded half up; sums are of what is shown. A planned seat costs the planned costs by the seats wanted; a seat
// attended or usable costs the actual ones by those.
func reportedCosts(lines []costLine, budget int64, unit string, seats seatCount) *ReportedCosts {
	var planned, actual, spent big.Int
	kinds := map[string]*[2]big.Int{}
	for _, l := range lines {
		of := kinds[l.kind]
		if of == nil {
			of = new([2]big.Int)
		}
		if l.actual != nil {
			amount := l.in(unit, *l.actual)
			spent.Add(&spent, amount)
			if l.ofThis {
				actual.Add(&actual, amount)
				of[1].Add(&of[1], amount)
			}
		}
		if l.planned != nil && l.ofThis {
			amount := l.in(unit, *l.planned)
			planned.Add(&planned, amount)
			of[0].Add(&of[0], amount)
		}
		if l.ofThis {
			kinds[l.kind] = of
		}
	}
	amount := func(n *big.Int) ReportedAmount { return amountOf(n, unit) }
	limit := big.NewInt(budget)
	left := new(big.Int).Sub(limit, &spent)
	costs := &ReportedCosts{Lines: []ReportedCost{}, Planned: amount(&planned), Actual: amount(&actual), Budget: amount(limit), Spent: amount(&spent), Left: amount(left)}
	for _, kind := range reportedKinds {
		if of := kinds[kind]; of != nil {
			costs.Lines = append(costs.Lines, ReportedCost{kind, amount(&of[0]), amount(&of[1])})
		}
	}
	for _, s := range []struct {
		sort  string
		seats int
		sum   *big.Int
	}{{"planned", seats.planned, &planned}, {"attended", seats.attended, &actual}, {"usable", seats.usable, &actual}} {
		per := ReportedSeats{Sort: s.sort, Seats: s.seats}
		if s.seats > 0 {
			cost := amount(nearest(new(big.Rat).SetFrac(s.sum, big.NewInt(int64(s.seats)))))
			per.Cost = &cost
		}
		costs.Seats = append(costs.Seats, per)
	}
	costs.Sentence = fmt.Sprintf("The study's budget is %s. Its groups have cost %s so far, this one %s of that: ", costs.Budget.Shown, costs.Spent.Shown, costs.Actual.Shown)
	if left.Sign() < 0 {
		costs.Sentence += amount(new(big.Int).Neg(left)).Shown + " more than the budget."
	} else {
		costs.Sentence += costs.Left.Shown + " are left."
	}
	return costs
}

// in is an amount of the line in another currency, whose minor unit may be another part of it.
func (l costLine) in(unit string, amount int64) *big.Int {
	if l.currency == unit {
		return big.NewInt(amount)
	}
	rate := big.NewRat(l.rate, 1e6)
	rate.Mul(rate, new(big.Rat).SetInt64(amount))
	rate.Mul(rate, new(big.Rat).SetFrac(powerOfTen(decimalsOf(unit)), powerOfTen(decimalsOf(l.currency))))
	return nearest(rate)
}

func powerOfTen(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// nearest rounds to a whole number.
func nearest(r *big.Rat) *big.Int {
	twice := new(big.Int).Lsh(r.Denom(), 1)
	sum := new(big.Int).Lsh(r.Num(), 1)
	return sum.Div(sum.Add(sum, r.Denom()), twice) // Div rounds down, of negative numbers too
}

// decimalsOf is how many decimals an amount of a currency has: two of one that is not known.
func decimalsOf(code string) int {
	unit, err := currency.ParseISO(code)
	if err != nil {
		return 2
	}
	digits, _ := currency.Standard.Rounding(unit)
	return digits
}

// amountOf gives an amount with its words, such as "1,820.50 EUR". One that no amount can be is the greatest that can.
func amountOf(n *big.Int, unit string) ReportedAmount {
	minor := n.Int64()
	if !n.IsInt64() {
		minor = int64(n.Sign()) * math.MaxInt64
	}
	digits := decimalsOf(unit)
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
