package scheduling

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAcceptancesToHoldAreThoseOfTheTrade(t *testing.T) {
	for _, known := range []struct {
		show                 int64
		target, for90, for95 int
	}{
		{8000, 6, 9, 10}, {8000, 8, 12, 13}, {8000, 10, 15, 16},
		{8500, 6, 9, 9}, {8500, 8, 11, 12}, {8500, 10, 14, 14},
	} {
		f := forecast(Rates{Acceptance: 3000, Show: known.show}, known.target, 4, 10, 0, 0)
		what := fmt.Sprintf("%d in the room at %d", known.target, known.show)
		require.Equal(t, known.for90, f.HoldFor90, what)
		require.Equal(t, known.for95, f.HoldFor95, what)
	}
}

func TestTheForecastSaysInASentenceWhatToDo(t *testing.T) {
	f := forecast(UsualRates, 8, 5, 10, 0, 0)
	require.Equal(t, "Hold 12 acceptances to have 8 in the room with 93%; to get 12, invite about 40.", f.Sentence)
	require.Equal(t, 40, f.Invite)
	require.True(t, f.ReserveTooLow)
	require.False(t, forecast(UsualRates, 8, 5, 12, 0, 0).ReserveTooLow)
}

func TestWhoHasNotAnsweredYetNeedNotBeInvitedAgain(t *testing.T) {
	require.Equal(t, 40, forecast(UsualRates, 8, 5, 12, 0, 0).InviteMore)
	require.Equal(t, 20, forecast(UsualRates, 8, 5, 12, 6, 0).InviteMore)
	require.Equal(t, 5, forecast(UsualRates, 8, 5, 12, 6, 15).InviteMore)
	require.Zero(t, forecast(UsualRates, 8, 5, 12, 6, 99).InviteMore)
	require.Zero(t, forecast(UsualRates, 8, 5, 12, 12, 0).InviteMore)
}

func TestChancesAreTheExactSumOfTheBinomialDistribution(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "n")
		k := rapid.IntRange(0, 42).Draw(t, "k")
		rate := rapid.Int64Range(1, 10000).Draw(t, "rate")
		p := big.NewRat(rate, 10000)
		q := new(big.Rat).Sub(big.NewRat(1, 1), p)
		exact := new(big.Rat)
		for i := k; i <= n; i++ {
			term := new(big.Rat).SetInt(new(big.Int).Binomial(int64(n), int64(i)))
			for range i {
				term.Mul(term, p)
			}
			for range n - i {
				term.Mul(term, q)
			}
			exact.Add(exact, term)
		}
		want, _ := exact.Float64()
		require.InDelta(t, want, atLeast(k, n, float64(rate)/10000), 1e-9)
	})
}

func TestTheWorstRateStillGivesAnAnswer(t *testing.T) {
	f := forecast(Rates{Acceptance: 1, Show: 1}, 100, 1, 100, 100, 0)
	require.Equal(t, 100_000, f.HoldFor90)
	require.Equal(t, forecast(Rates{Acceptance: 10000, Show: 10000}, 8, 5, 8, 8, 0).ChanceTarget, int64(10000))
}
