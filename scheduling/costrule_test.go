package scheduling

import (
	"maps"
	"math/big"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestWhoCameIsPaidByRule(t *testing.T) {
	person := uuid.New()
	terms := payTerms{incentive: 4000, travel: 600, payLate: true, currency: "EUR"}
	both := map[dueKey]int64{{person, ruleIncentive}: 4000, {person, ruleTravel}: 600}
	travel := map[dueKey]int64{{person, ruleTravel}: 600}
	for name, c := range map[string]struct {
		record              AttendanceRecord
		usual, lateIsUnpaid map[dueKey]int64
	}{
		"took part":       {AttendanceRecord{Outcome: TookPart, ArrivedAt: minutes(0)}, both, both},
		"struck out":      {AttendanceRecord{Outcome: TookPart, ArrivedAt: minutes(0), StruckOut: "Answered for their partner"}, both, both},
		"left early":      {AttendanceRecord{Outcome: TookPart, ArrivedAt: minutes(0), LeftAt: minutes(20)}, both, both},
		"late":            {AttendanceRecord{Outcome: TookPart, ArrivedAt: minutes(11)}, both, travel},
		"turned away":     {AttendanceRecord{Outcome: TurnedAway}, both, both},
		"sent home":       {AttendanceRecord{Outcome: SentHome, ArrivedAt: minutes(0)}, both, both},
		"no-show":         {AttendanceRecord{Outcome: NoShow}, map[dueKey]int64{}, map[dueKey]int64{}},
		"nothing is said": {AttendanceRecord{Outcome: Expected}, map[dueKey]int64{}, map[dueKey]int64{}},
	} {
		require.Equal(t, c.usual, terms.due([]attended{{person, c.record}}, six), name)
		strict := terms
		strict.payLate = false
		require.Equal(t, c.lateIsUnpaid, strict.due([]attended{{person, c.record}}, six), name)
	}
	require.Empty(t, payTerms{payLate: true, currency: "EUR"}.due([]attended{{person, AttendanceRecord{Outcome: TookPart, ArrivedAt: minutes(0)}}}, six), "no line of nothing")
}

// drawnKeys are what a few participants may be owed.
var drawnKeys = func() (keys []dueKey) {
	for range 4 {
		id := uuid.New()
		keys = append(keys, dueKey{id, ruleIncentive}, dueKey{id, ruleTravel})
	}
	return keys
}()

func drawOwed(t *rapid.T, label string) map[dueKey]int64 {
	return rapid.MapOf(rapid.SampledFrom(drawnKeys), rapid.Int64Range(1, 5)).Draw(t, label)
}

// apply does what a settlement says.
func apply(lines []ruleLine, s settlement, owed map[dueKey]int64) (after []ruleLine) {
	for _, l := range lines {
		removed := false
		for _, id := range s.remove {
			removed = removed || id == l.id
		}
		if amount, is := s.set[l.id]; is {
			l.actual, l.currency = amount, "EUR"
		}
		if !removed {
			after = append(after, l)
		}
	}
	for _, key := range s.add {
		after = append(after, ruleLine{id: uuid.New(), key: key, actual: owed[key], currency: "EUR"})
	}
	return after
}

func TestSettlingAgainChangesNothingDoublesNothingAndLeavesWhatIsPaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var lines []ruleLine
		for range rapid.IntRange(1, 6).Draw(t, "corrections") {
			for i := range lines {
				if rapid.Bool().Draw(t, "pay or undo") {
					lines[i].paid, lines[i].kept = !lines[i].paid, true
				}
			}
			before := map[uuid.UUID]ruleLine{}
			for _, l := range lines {
				before[l.id] = l
			}
			owed := drawOwed(t, "owed")
			lines = apply(lines, settled(lines, owed, "EUR"), owed)

			again := settled(lines, owed, "EUR")
			require.Empty(t, again.add)
			require.Empty(t, again.set)
			require.Empty(t, again.remove)

			sums := map[dueKey]int64{}
			wrong := map[uuid.UUID]bool{}
			for _, l := range lines {
				require.NotContains(t, sums, l.key, "one line for each participant and rule")
				sums[l.key] = l.actual
				if l.paid {
					require.Equal(t, before[l.id], l, "what is paid stays")
					wrong[l.id] = l.actual != owed[l.key]
				}
			}
			for _, l := range before {
				if l.kept {
					require.Contains(t, sums, l.key, "what was paid once stays on record")
				}
			}
			for _, d := range differences(lines, owed, "EUR") {
				require.True(t, wrong[d.CostID])
				delete(wrong, d.CostID)
			}
			for id, is := range wrong {
				require.False(t, is, "%s differs and nobody says so", id)
			}
			want := maps.Clone(owed)
			for _, l := range lines {
				if l.paid {
					want[l.key] = l.actual
				} else if l.kept && owed[l.key] == 0 {
					want[l.key] = 0
				}
			}
			require.Equal(t, want, sums)
		}
	})
}

func TestMoneyIsExchangedExactlyAndRoundedOnceHalfUp(t *testing.T) {
	for _, c := range []struct {
		amount, rate int64
		from, to     string
		want         int64
	}{
		{1234, 1_000_000, "EUR", "EUR", 1234},
		{10000, 234_500, "PLN", "EUR", 2345},
		{1, 500_000, "PLN", "EUR", 1}, // half a cent
		{1, 499_999, "PLN", "EUR", 0},
		{3, 500_000, "PLN", "EUR", 2}, // one and a half
		{5000, 6_100, "JPY", "EUR", 3050},
		{3050, 163_934_426, "EUR", "JPY", 5000},
		{1500, 3_000_000, "KWD", "EUR", 450}, // 1.500 dinars
		{450, 333_333, "EUR", "KWD", 1500},   // 1.4999985
	} {
		got, ok := exchanged(c.amount, c.from, c.to, c.rate)
		require.True(t, ok)
		require.Equal(t, c.want, got, "%v", c)
	}
	_, ok := exchanged(mostOfCost, "PLN", "EUR", mostOfRate)
	require.False(t, ok)
	_, ok = exchanged(mostOfCost, "PLN", "EUR", 1_000_001)
	require.False(t, ok)
	_, ok = exchanged(mostOfCost, "PLN", "EUR", 999_999)
	require.True(t, ok)
}

func TestExchangeIsOffByNoMoreThanHalfAMinorUnit(t *testing.T) {
	codes := []string{"EUR", "PLN", "JPY", "KWD", "CLF"}
	rapid.Check(t, func(t *rapid.T) {
		amount, rate := rapid.Int64Range(0, mostOfCost).Draw(t, "amount"), rapid.Int64Range(1, mostOfRate).Draw(t, "rate")
		from, to := rapid.SampledFrom(codes).Draw(t, "from"), rapid.SampledFrom(codes).Draw(t, "to")
		exact := new(big.Rat).SetFrac(big.NewInt(amount), minorUnits(from))
		if from != to {
			exact.Mul(exact, big.NewRat(rate, rateUnit))
		}
		exact.Mul(exact, new(big.Rat).SetInt(minorUnits(to)))
		got, ok := exchanged(amount, from, to, rate)
		if !ok {
			require.Positive(t, exact.Cmp(new(big.Rat).Sub(big.NewRat(mostOfCost, 1), big.NewRat(1, 1))))
			return
		}
		off := new(big.Rat).Sub(big.NewRat(got, 1), exact)
		require.True(t, off.Cmp(big.NewRat(1, 2)) <= 0 && off.Cmp(big.NewRat(-1, 2)) > 0, "%s", off)
	})
}

func TestACurrencyIsOneOfISO4217(t *testing.T) {
	for _, code := range []string{"EUR", "PLN", "JPY", "KWD"} {
		require.True(t, isCurrency(code), code)
	}
	for _, code := range []string{"", "eur", "EU", "EURO", "ABC", "XXX", "XTS", "€"} {
		require.False(t, isCurrency(code), code)
	}
}
