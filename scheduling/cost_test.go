package scheduling

import (
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSumsOfCostsLoseAndInventNoMinorUnit(t *testing.T) {
	paid := six
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Cost {
			c := Cost{Kind: rapid.SampledFrom(costKinds).Draw(t, "kind"), Currency: rapid.SampledFrom([]string{"EUR", "PLN", "JPY"}).Draw(t, "currency"),
				Rate: rapid.Int64Range(1, 2*rateUnit).Draw(t, "rate"), Rule: rapid.SampledFrom([]string{"", "", ruleTravel}).Draw(t, "rule")}
			amount := rapid.Int64Range(0, 100_000)
			if rapid.Bool().Draw(t, "planned") {
				planned := amount.Draw(t, "plan")
				c.Planned = &planned
			}
			if c.Planned == nil || rapid.Bool().Draw(t, "known") {
				actual := amount.Draw(t, "actual")
				c.Actual = &actual
				if rapid.Bool().Draw(t, "paid") {
					c.PaidAt = &paid
				}
			}
			c.exchange("EUR")
			return c
		}), 0, 20).Draw(t, "lines")
		planned, actual, settled := new(big.Int), new(big.Int), new(big.Int)
		for _, c := range lines {
			if c.PlannedHere != nil {
				planned.Add(planned, big.NewInt(*c.PlannedHere))
			}
			if c.ActualHere != nil {
				actual.Add(actual, big.NewInt(*c.ActualHere))
				if c.PaidAt != nil {
					settled.Add(settled, big.NewInt(*c.ActualHere))
				}
			}
		}
		for _, state := range []string{"draft", "scheduled", "closed", "cancelled"} {
			sum := sumOf(sumsByKind(lines, state))
			require.Equal(t, []string{planned.String(), actual.String(), settled.String()},
				[]string{big.NewInt(sum.Planned).String(), big.NewInt(sum.Actual).String(), big.NewInt(sum.Paid).String()})
			require.GreaterOrEqual(t, sum.Expected, sum.Actual, "what is spent is spent")
			require.LessOrEqual(t, sum.Expected, sum.Actual+sum.Planned)

			budget := Budget{Budget: rapid.Int64Range(0, 1_000_000).Draw(t, "budget"), CostSums: sum}
			budget.reckon()
			require.Equal(t, budget.Budget, budget.Expected+budget.Left-budget.Overrun)
			require.Zero(t, min(budget.Left, budget.Overrun))
		}
	})
}

func TestWhatASeatCostIsHalfUpAndNothingWithoutSeats(t *testing.T) {
	require.Nil(t, perSeat(100, 0))
	for _, c := range []struct {
		amount, want int64
		seats        int
	}{{100, 33, 3}, {200, 67, 3}, {5, 3, 2}, {0, 0, 7}} {
		require.Equal(t, c.want, *perSeat(c.amount, c.seats))
	}
}

func TestANameIsFoundAsAWordOfItsOwn(t *testing.T) {
	names := []string{"Anna Maria Nowak-Lis", "J. Żak", "Łucja", "", "Ludwig van Beethoven"}
	for text, want := range map[string]string{
		"Anna said so": "Anna", "ANNA'S turn": "ANNA", "mrs nowak": "nowak", "a fox is a lis": "lis", "zak!": "zak", "lucja": "lucja", "(Beethoven)": "Beethoven",
		"Annabel": "", "Maria": "", "J was there": "", "a van came": "", "": "", "żaki": "",
	} {
		require.Equal(t, want, nameIn(text, names), text)
	}
}

func TestAnActionGoesOnlyForwards(t *testing.T) {
	states := []string{"open", "under_way", "done", "dropped"}
	allowed := map[string]bool{"open>under_way": true, "open>dropped": true, "under_way>done": true, "under_way>dropped": true}
	for _, from := range states {
		for _, to := range states {
			a := Action{State: from}
			_, err := a.apply(ActionChange{State: &to})
			require.Equal(t, from == to || allowed[from+">"+to], err == nil, from+">"+to)
		}
	}
	now := six.Add(time.Hour)
	ended := Action{Text: "x", Due: "2027-01-31", State: "dropped", Outcome: "Too dear", ToldAt: &six}
	require.Empty(t, ended.faults(now))
	ended.ToldAt = &eight
	require.Len(t, ended.faults(now), 1, "told in a time to come")
}
