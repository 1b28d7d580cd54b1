package evaluation

import (
	"fmt"
	"math/big"
)

// reportComparisons sets the branch's mean beside its region's, the network's and the competitors'. Each of these that
// has an approved visit is shown.
func reportComparisons(m ReportMean, branch Branch, p ProgrammeSums, bands []ScoreBand) []ReportComparison {
	comparisons := []ReportComparison{}
	for _, wide := range []struct {
		scope, name, words string
		sums               ScoreSums
	}{
		{ScopeRegion, branch.Region, "the region", p.Region},
		{ScopeNetwork, "All our branches", "all our branches", p.Network},
		{ScopeCompetitors, "Competitors", "the competitors", p.Competitors},
	} {
		if wide.sums.N == 0 || wide.scope == ScopeRegion && branch.Region == "" {
			continue
		}
		c := ReportComparison{Scope: wide.scope, Name: wide.name, N: int(wide.sums.N)}
		c.figures(wide.sums, bands, p.Ours)
		c.judge(m, wide.words)
		comparisons = append(comparisons, c)
	}
	return comparisons
}

// figures are mean and interval of the sums, by the rules of a branch's own mean.
func (c *ReportComparison) figures(sums ScoreSums, bands []ScoreBand, ours Spread) {
	if c.N < fewestForMean {
		return
	}
	spread := ours
	if c.N >= fewestForOwnSpread || ours.DegreesOfFreedom == 0 {
		spread = sums.spread()
	}
	exact := big.NewRat(sums.Total, sums.N*int64(one))
	mean, _ := exact.Float64()
	low, high := interval(mean, spread.margin(c.N))
	c.Mean, c.Low, c.High, c.Shown = &mean, &low, &high, shown(exact, bands)
}

// spread is the standard deviation of the scores, with n − 1 degrees of freedom.
func (s ScoreSums) spread() Spread {
	return pooledSpread([]ScoreSums{s})
}

// halfAMillionth is how far the mean of rounded scores may lie from that of the exact ones.
const halfAMillionth = 0.5e-6

// judge says whether the branch's mean lies above or below: only where the two intervals do not overlap. Where no visit
// differs from another they have no width, and a branch that is all of its region must not lie above itself because the
// region's scores are rounded.
func (c *ReportComparison) judge(m ReportMean, words string) {
	switch {
	case c.Mean == nil:
		c.Verdict = CannotTell
		c.Sentence = fmt.Sprintf("Nothing can be told against %s: there, only %s with a score.", words, visitsInWords(c.N))
	case m.Mean == nil:
		c.Verdict = CannotTell
		c.Sentence = fmt.Sprintf("Nothing can be told against %s with %s%%: that takes three visits here.", words, c.Shown)
	case *m.Low > *c.High+halfAMillionth:
		c.Verdict = Above
		c.Sentence = fmt.Sprintf("Above %s with %s%%: the intervals do not overlap.", words, c.Shown)
	case *m.High < *c.Low-halfAMillionth:
		c.Verdict = Below
		c.Sentence = fmt.Sprintf("Below %s with %s%%: the intervals do not overlap.", words, c.Shown)
	default:
		c.Verdict = Overlaps
		c.Sentence = fmt.Sprintf("No difference can be told from %s with %s%%: the intervals overlap.", words, c.Shown)
	}
}

func visitsInWords(n int) string {
	if n == 1 {
		return "one visit"
	}
	return fmt.Sprintf("%d visits", n)
}
