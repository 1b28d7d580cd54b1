package evaluation

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func percents(percent ...int64) []*big.Rat {
	list := make([]*big.Rat, len(percent))
	for i, p := range percent {
		list[i] = big.NewRat(p, 100)
	}
	return list
}

// sumsOf is what is kept of scores: millionths, rounded half up.
func sumsOf(scores []*big.Rat) (s ScoreSums) {
	for _, score := range scores {
		x := roundHalfUp(score, 1e6).Int64()
		s.N, s.Total, s.Squares = s.N+1, s.Total+x, s.Squares+x*x
	}
	return s
}

func inPoints(share float64) string { return fmt.Sprintf("%.1f", share*100) }

func TestTheWorkedExamplesToTheDigit(t *testing.T) {
	a, b := percents(80, 90, 85), percents(70, 75, 95)
	pooled := pooledSpread([]ScoreSums{sumsOf(a), sumsOf(b)})
	ofA, versus := reportMean(a, nil, pooled), changeBetween(a, b, theQuarter, theQuarter.before(), nil, pooled)
	own := func(percent ...int64) string {
		spread := ownSpread(percents(percent...))
		return fmt.Sprintf("s = %s, ± %s", inPoints(spread.S), inPoints(spread.margin(len(percent))))
	}
	mean, _ := meanOf([]*big.Rat{big.NewRat(90, 95), big.NewRat(90, 100)}).Float64()
	low, high := wilson(4, 4)
	for _, c := range []struct{ name, reckoned, written string }{
		{"three visits with an own s of 10", own(75, 85, 95), "s = 10.0, ± 24.8"},
		{"four", own(95, 75, 75, 75), "s = 10.0, ± 15.9"},
		{"twelve", own(95, 65, 95, 65, 90, 70, 80, 80, 80, 80, 80, 80), "s = 10.0, ± 6.4"},
		{"two visits, 90/95 and 90/100", fmt.Sprint(mean)[:7], "0.92368"},
		{"A and B together", fmt.Sprintf("s = %s with %d df", inPoints(pooled.S), pooled.DegreesOfFreedom), "s = 10.0 with 4 df"},
		{"A", fmt.Sprintf("%s ± %s", ofA.Shown, inPoints(*ofA.Margin)), "85.0 ± 16.0"},
		{"A − B", fmt.Sprintf("%s ± %s: %s", inPoints(*versus.Difference), inPoints(*versus.Margin), versus.Verdict), "5.0 ± 22.7: none"},
		{"kept in 4 of 4", fmt.Sprintf("%.0f–%.0f%%", low*100, high*100), "51–100%"},
	} {
		require.Equal(t, c.written, c.reckoned, c.name)
	}
}

func TestTheSpreadIsPooledAroundEachBranchsOwnMean(t *testing.T) {
	a, b := percents(80, 90, 85), percents(70, 75, 95)
	pooled := pooledSpread([]ScoreSums{sumsOf(a), sumsOf(b)})
	require.Equal(t, Spread{S: 0.10, DegreesOfFreedom: 4}, pooled)

	m := reportMean(a, nil, pooled)
	require.Equal(t, "85.0", m.Shown)
	require.Equal(t, "16.0", inPoints(*m.Margin))
	require.Equal(t, IntervalPooled, m.Method)

	require.Equal(t, "22.7", inPoints(pooled.marginOfDifference(3, 3)))
	require.False(t, pooled.differs(0.85, 3, 0.80, 3), "5 ± 22.7 is not a change")
	require.True(t, pooled.differs(0.85, 3, 0.62, 3), "23 points are more than 22.7")
	require.False(t, pooled.differs(0.85, 3, 0.20, 2), "two visits are too few to speak of a change")
	require.False(t, pooled.differs(0.85, 2, 0.20, 3), "two visits are too few to speak of a change")
	require.False(t, Spread{}.differs(0.9, 3, 0.1, 3), "without a spread nothing can be told")
}

func TestABranchWithOneVisitSaysNothingOfTheSpread(t *testing.T) {
	require.Equal(t, Spread{}, pooledSpread([]ScoreSums{sumsOf(percents(10)), sumsOf(percents(90))}))
	require.Equal(t,
		pooledSpread([]ScoreSums{sumsOf(percents(80, 90))}),
		pooledSpread([]ScoreSums{sumsOf(percents(80, 90)), sumsOf(percents(5))}))
}

func TestTheMeanIsTheMeanOfTheVisitsScores(t *testing.T) {
	mean := meanOf([]*big.Rat{big.NewRat(90, 95), big.NewRat(90, 100)})
	require.Equal(t, "351/380", mean.String()) // not 180/195, the ratio of the sums
	share, _ := mean.Float64()
	require.InDelta(t, 0.92368421, share, 1e-8)
}

func TestBelowThreeVisitsNoAverageIsClaimed(t *testing.T) {
	for n := range 3 {
		m := reportMean(percents(80, 90)[:n], nil, Spread{S: 0.1, DegreesOfFreedom: 40})
		require.Equal(t, ReportMean{N: n, Method: IntervalNone}, m)
	}
	require.NotNil(t, reportMean(percents(80, 90, 70), nil, Spread{S: 0.1, DegreesOfFreedom: 40}).Mean)
}

func TestFromTwelveVisitsOnTheSpreadIsTheBranchsOwn(t *testing.T) {
	scores := percents(80, 90, 85, 70, 75, 95, 80, 90, 85, 70, 75, 95)
	ours := Spread{S: 0.3, DegreesOfFreedom: 400}

	eleven := reportMean(scores[:11], nil, ours)
	require.Equal(t, IntervalPooled, eleven.Method)
	require.InDelta(t, 0.3, *eleven.StandardDeviation, 0)

	twelve := reportMean(scores, nil, ours)
	require.Equal(t, IntervalOwn, twelve.Method)
	require.EqualValues(t, 11, twelve.DegreesOfFreedom)
	require.InDelta(t, math.Sqrt(0.0875/11), *twelve.StandardDeviation, 1e-15)
}

func TestWithoutAnySpreadOfOursACompetitorsBranchUsesItsOwn(t *testing.T) {
	m := reportMean(percents(80, 90, 85), nil, Spread{})
	require.Equal(t, IntervalOwn, m.Method)
	require.EqualValues(t, 2, m.DegreesOfFreedom)
	require.InDelta(t, 0.05, *m.StandardDeviation, 1e-15)
}

func TestAnIntervalIsCutAtNothingAndAtEverything(t *testing.T) {
	low, high := interval(0.75, 0.5)
	require.Equal(t, []float64{0.25, 1}, []float64{low, high})
	low, high = interval(0.25, 0.5)
	require.Equal(t, []float64{0, 0.75}, []float64{low, high})
	low, high = interval(1.25, 0.5) // a bonus without a cap
	require.Equal(t, []float64{0.75, 1.25}, []float64{low, high})
}

func TestWilsonsIntervalOfAShare(t *testing.T) {
	low, high := wilson(4, 4)
	require.Equal(t, "51–100", fmt.Sprintf("%.0f–%.0f", low*100, high*100))
	low, high = wilson(0, 4)
	require.Equal(t, "0–49", fmt.Sprintf("%.0f–%.0f", low*100, high*100))
	low, high = wilson(7, 10) // figures of the published tables: 0.3968 to 0.8922
	require.InDelta(t, 0.3968, low, 5e-5)
	require.InDelta(t, 0.8922, high, 5e-5)
}

func TestQuantilesOfStudentsT(t *testing.T) {
	for df, quantile := range map[int64]float64{1: 12.7062047364, 2: 4.3026527297, 4: 2.7764451052, 11: 2.2009851601, 30: 2.0422724563, 1000: 1.9623390808} {
		require.InDelta(t, quantile, Spread{DegreesOfFreedom: df}.t(), 1e-9, "%d degrees of freedom", df)
	}
}

func TestSumsTellTheSameAsTheScores(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		millionths := rapid.SliceOfN(rapid.Int64Range(0, 1_200_000), 2, 60).Draw(t, "scores")
		scores := make([]*big.Rat, len(millionths))
		for i, x := range millionths {
			scores[i] = big.NewRat(x, 1e6)
		}
		own, pooled := ownSpread(scores), pooledSpread([]ScoreSums{sumsOf(scores)})
		require.InDelta(t, own.S, pooled.S, 1e-15)
		require.Equal(t, own.DegreesOfFreedom, pooled.DegreesOfFreedom)
	})
}

func TestAMeanLiesInItsInterval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		percent := rapid.SliceOfN(rapid.Int64Range(0, 120), 3, 30).Draw(t, "scores")
		pooled := Spread{S: rapid.Float64Range(0, 0.7).Draw(t, "s"), DegreesOfFreedom: rapid.Int64Range(1, 500).Draw(t, "df")}
		m := reportMean(percents(percent...), nil, pooled)
		require.LessOrEqual(t, *m.Low, *m.Mean)
		require.GreaterOrEqual(t, *m.High, *m.Mean)
		require.GreaterOrEqual(t, *m.Low, 0.0)
	})
}

func TestWilsonsIntervalHoldsItsShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 10_000).Draw(t, "n")
		k := rapid.IntRange(0, n).Draw(t, "k")
		low, high := wilson(k, n)
		share := float64(k) / float64(n)
		require.GreaterOrEqual(t, share, low-1e-12)
		require.LessOrEqual(t, share, high+1e-12)
		mirroredLow, mirroredHigh := wilson(n-k, n)
		require.InDelta(t, 1-low, mirroredHigh, 1e-12)
		require.InDelta(t, 1-high, mirroredLow, 1e-12)
	})
}

func TestManyFractionsAddUpToTheirSumEachLargeOneBeingMetSeldom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var sum ratSum
		want := new(big.Rat)
		fractions := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) *big.Rat {
			return big.NewRat(rapid.Int64Range(-1000, 1000).Draw(t, "part"), rapid.Int64Range(1, 1000).Draw(t, "whole"))
		}), 0, 70).Draw(t, "fractions")
		for i, x := range fractions {
			before := x.RatString()
			sum.add(x)
			want.Add(want, x)
			require.Equal(t, before, x.RatString(), "what was added stays as it is")
			require.Len(t, sum.parts, bits.OnesCount(uint(i+1)), "the sums of equally many are one")
			require.Equal(t, want.RatString(), sum.total().RatString())
		}
		require.Equal(t, want.RatString(), sum.total().RatString())
	})
}

func BenchmarkReportOfTwoThousandVisitsWithOddWeights(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	var questions []string
	for i := range 64 {
		questions = append(questions, fmt.Sprintf(`{"id": "q%d", "type": "scale", "text": "Q%d", "from": 1, "to": 2, "na": true, "weight": %d,
			"bands": [{"up_to": 1, "points": 0}, {"points": %d}]}`, i, i, 1+r.IntN(500), 100*(1+r.IntN(5))))
	}
	v := aVersion(b, 1, `{"title": "Odd", "languages": ["en"], "sections": [{"id": "all", "title": "All", "questions": [`+strings.Join(questions, ",")+`]}]}`)
	var visits []*approvedVisit
	for range 2000 {
		var answers []string
		for i := range 64 {
			answers = append(answers, fmt.Sprintf(`"q%d": %s`, i, []string{"1", "2", "2", "2", `{"na": true}`}[r.IntN(5)]))
		}
		visits = append(visits, aVisit(b, v, "2026-09-21", "{"+strings.Join(answers, ",")+"}"))
	}
	for b.Loop() {
		aReport([]*Version{v}, visits...)
	}
}
