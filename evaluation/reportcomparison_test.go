package evaluation

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestABranchThatIsAllOfItsRegionIsNotAboveIt(t *testing.T) {
	for _, score := range []*big.Rat{big.NewRat(1, 3), big.NewRat(2, 3)} { // as millionths they are below and above themselves
		alike := []*big.Rat{score, score, score}
		region := sumsOf(alike)
		ours := pooledSpread([]ScoreSums{region})
		require.Equal(t, Spread{DegreesOfFreedom: 2}, ours)

		c := reportComparisons(reportMean(alike, nil, ours), Branch{Region: "North"}, ProgrammeSums{Ours: ours, Region: region}, nil)[0]
		require.Equal(t, Overlaps, c.Verdict)
	}
}

func TestWithoutSpreadAnyDifferenceThatIsNoRoundingIsOne(t *testing.T) {
	alike := Spread{DegreesOfFreedom: 4}
	region := sumsOf(percents(80, 80, 80, 81, 81, 81))
	verdict := func(percent int64) string {
		return reportComparisons(reportMean(percents(percent, percent, percent), nil, alike), Branch{Region: "North"}, ProgrammeSums{Ours: alike, Region: region}, nil)[0].Verdict
	}
	require.Equal(t, Above, verdict(81))
	require.Equal(t, Below, verdict(80))
}
