package evaluation

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
)

func reported(unscored int, scores ...*big.Rat) (visits []*approvedVisit) {
	for _, score := range scores {
		v := new(approvedVisit)
		v.score.Score = newFigure(score, nil)
		visits = append(visits, v)
	}
	for range unscored {
		visits = append(visits, new(approvedVisit))
	}
	return visits
}

func TestWhatAReportSaysInWords(t *testing.T) {
	ours, quarter := Spread{S: 0.1, DegreesOfFreedom: 4}, Period{From: "2026-01-01", To: "2026-03-31"}
	twelve := percents(80, 90, 85, 70, 75, 95, 80, 90, 85, 70, 75, 95)
	for name, c := range map[string]struct {
		scores      []*big.Rat
		unscored    int
		ours        Spread
		means, made string
	}{
		"no visit":            {means: "There is no approved visit in this period.", made: "Below three visits there are single results and no average."},
		"one without a score": {unscored: 1, means: "The one approved visit has no score.", made: "no average"},
		"two without a score": {unscored: 2, means: "None of the 2 approved visits has a score.", made: "no average"},
		"one":                 {scores: percents(85), ours: ours, means: "One visit scored 85.0%. An average is given from three visits on.", made: "no average"},
		"two, and three without": {scores: percents(85, 70), unscored: 3, ours: ours,
			means: "Two visits scored 85.0% and 70.0%. An average is given from three visits on. 3 more visits have no score.", made: "no average"},
		"three": {scores: percents(80, 90, 85), ours: ours,
			means: "3 visits scored 85.0% on average. With 95% confidence the branch's usual level lies between 69.0% and 100.0%.",
			made:  "Student's t with 4 degrees of freedom, cut at 0 and 100%. Fewer than 12 visits do not tell their own spread: the standard deviation, 10.0 points, is pooled over our branches with at least two visits in January – March 2026."},
		"three of a competitor's alone": {scores: percents(80, 90, 85), ours: Spread{},
			means: "With 95% confidence the branch's usual level lies between 72.6% and 97.4%.",
			made:  "with 2 degrees of freedom, cut at 0 and 100%. The standard deviation, 5.0 points, is that of these few visits, since none of our branches has two visits in January – March 2026."},
		"twelve": {scores: twelve, ours: ours, means: "12 visits scored 82.5% on average.", made: "with 11 degrees of freedom, cut at 0 and 100%. The standard deviation, 8.9 points, is that of these visits."},
		"three alike": {scores: percents(80, 80, 80), ours: Spread{DegreesOfFreedom: 2},
			means: "3 visits scored 80.0% on average. They do not differ, so nothing tells how far others would.", made: "0.0 points"},
		"three of a competitor's, ours being alike": {scores: percents(70, 80, 90), ours: Spread{DegreesOfFreedom: 2},
			means: "3 visits scored 80.0% on average. Visits to our branches do not differ, so nothing tells how far others would.", made: "0.0 points"},
	} {
		t.Run(name, func(t *testing.T) {
			r := BranchReport{Period: quarter}
			r.complete(nil, branchFindings{visits: reported(c.unscored, c.scores...), programme: ProgrammeSums{Ours: c.ours}})
			require.Contains(t, r.Mean.Sentence, c.means)
			require.Contains(t, r.Method, c.made)
		})
	}
}

func TestAMeanIsNeverShownInABandThatItDoesNotReach(t *testing.T) {
	bands := []ScoreBand{{From: 9000, Name: "Excellent"}, {From: 0, Name: "Fair"}}
	m := reportMean([]*big.Rat{big.NewRat(8996, 10000), big.NewRat(8996, 10000), big.NewRat(8996, 10000)}, bands, Spread{S: 0.1, DegreesOfFreedom: 4})
	require.Equal(t, "89.9", m.Shown)
	require.Equal(t, "Fair", m.Band)
	m = reportMean(percents(80, 90, 100), bands, Spread{S: 0.1, DegreesOfFreedom: 4})
	require.Equal(t, "90.0", m.Shown)
	require.Equal(t, "Excellent", m.Band)
}

func TestASectionBelowThreeVisitsHasNoMean(t *testing.T) {
	for n := range 4 {
		var s ReportPart
		s.figures(percents(50, 70, 90)[:n])
		require.Equal(t, n, s.N)
		require.Equal(t, n > 0, s.Lowest != nil)
		require.Equal(t, n >= 3, s.Mean != nil)
	}
}
