package evaluation

import (
	"fmt"
	"math"
	"math/big"
)

// The verdicts on a change between two periods.
const (
	ChangeHigher       = "higher"
	ChangeLower        = "lower"
	ChangeNone         = "none"           // the difference is no larger than chance alone explains
	ChangeCannotBeTold = "cannot-be-told" // fewer than three visits in one of the periods, or no spread to compare with
)

// ReportChange compares the mean of a period with that of as many days directly before.
type ReportChange struct {
	Before     Period   `json:"before" doc:"As many days, directly before the period"`
	N          int      `json:"n_before" doc:"Approved visits with a score in the period before"`
	Mean       *float64 `json:"mean_before,omitempty" doc:"Their mean as a share of one; absent below three visits"`
	Shown      string   `json:"shown_before,omitempty" doc:"That mean in per cent as it is shown" example:"80.0"`
	Difference *float64 `json:"difference,omitempty" doc:"The mean less that of before, as a share of one; absent where one of them is"`
	Margin     *float64 `json:"margin,omitempty" doc:"What chance alone explains: the difference is a change only where it is larger, up or down"`
	Verdict    string   `json:"verdict" enum:"higher,lower,none,cannot-be-told"`
	Sentence   string   `json:"sentence" doc:"What it means, in words"`
}

// changeBetween compares the scores of a period with those of the one before, each in any order. ours is the spread
// pooled over our branches in the calendar months that the present period touches. The difference of the means is a
// change only where both rest on three visits or more and it is larger than t · s · √(1/n₁ + 1/n₀).
func changeBetween(now, before []*big.Rat, period, previous Period, bands []ScoreBand, ours Spread) ReportChange {
	c := ReportChange{Before: previous, N: len(before), Verdict: ChangeCannotBeTold}
	if len(before) >= fewestForMean {
		exact := meanOf(before)
		mean, _ := exact.Float64()
		c.Mean, c.Shown = &mean, shown(exact, bands)
	}
	if len(now) < fewestForMean || len(before) < fewestForMean {
		c.Sentence = fmt.Sprintf("No change can be told: that takes three visits in each period, and there were %d from %s to %s and %d in %s.",
			len(now), dayInWords(period.From), dayInWords(period.To), len(before), previous.asTheOneBefore())
		return c
	}
	mean := meanOf(now)
	exact := new(big.Rat).Sub(mean, meanOf(before))
	difference, _ := exact.Float64()
	c.Difference = &difference
	if ours.DegreesOfFreedom == 0 {
		c.Sentence = fmt.Sprintf("No change can be told: none of our branches has two visits in %s, so nothing tells how far single visits lie apart.",
			period.monthsInWords())
		return c
	}
	margin := ours.marginOfDifference(len(now), len(before))
	c.Margin = &margin
	share, _ := mean.Float64()
	switch {
	case !ours.differs(share, len(now), *c.Mean, len(before)):
		c.Verdict = ChangeNone
		c.Sentence = fmt.Sprintf("No change can be told: the difference of %s points is within the ±%s that chance alone explains.", signed(difference), percent(margin))
		return c
	case exact.Sign() > 0:
		c.Verdict = ChangeHigher
	default:
		c.Verdict = ChangeLower
	}
	c.Sentence = fmt.Sprintf("The average is %s than in %s: %s%% after %s%%. The difference of %s points is beyond the ±%s that chance alone explains.",
		c.Verdict, previous.asTheOneBefore(), shown(mean, bands), c.Shown, signed(difference), percent(margin))
	return c
}

// signed is a difference of shares in points with one decimal and its sign.
func signed(difference float64) string {
	size := percent(math.Abs(difference))
	switch {
	case size == "0.0":
		return size
	case difference < 0:
		return "−" + size
	}
	return "+" + size
}
