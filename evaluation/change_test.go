package evaluation

import (
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestADifferenceIsAChangeOnlyBeyondWhatChanceExplains(t *testing.T) {
	ours := Spread{S: 0.10, DegreesOfFreedom: 4} // with three visits in each period: ± 22.7 points
	autumn := Period{From: "2026-09-01", To: "2026-11-29"}
	summer := Period{From: "2026-06-03", To: "2026-08-31"}
	require.Equal(t, summer, autumn.before())
	for name, c := range map[string]struct {
		now, before []*big.Rat
		ours        Spread
		verdict     string
		sentence    string
	}{
		"within chance": {percents(80, 90, 85), percents(70, 75, 95), ours, ChangeNone,
			"No change can be told: the difference of +5.0 points is within the ±22.7 that chance alone explains."},
		"within chance, downwards": {percents(70, 75, 95), percents(80, 90, 85), ours, ChangeNone,
			"No change can be told: the difference of −5.0 points is within the ±22.7 that chance alone explains."},
		"the same": {percents(80, 90, 85), percents(85, 85, 85), ours, ChangeNone,
			"No change can be told: the difference of 0.0 points is within the ±22.7 that chance alone explains."},
		"higher": {percents(80, 90, 85), percents(62, 62, 62), ours, ChangeHigher,
			"The average is higher than in the 90 days before: 85.0% after 62.0%. The difference of +23.0 points is beyond the ±22.7 that chance alone explains."},
		"lower": {percents(62, 62, 62), percents(80, 90, 85), ours, ChangeLower,
			"The average is lower than in the 90 days before: 62.0% after 85.0%. The difference of −23.0 points is beyond the ±22.7 that chance alone explains."},
		"branches whose visits never differ": {percents(80, 80, 81), percents(80, 80, 80), Spread{DegreesOfFreedom: 4}, ChangeHigher,
			"The average is higher than in the 90 days before: 80.3% after 80.0%. The difference of +0.3 points is beyond the ±0.0 that chance alone explains."},
		"two visits now": {percents(10, 10), percents(80, 90, 85), ours, ChangeCannotBeTold,
			"No change can be told: that takes three visits in each period, and there were 2 from 1 September 2026 to 29 November 2026 and 3 in the 90 days before."},
		"no visit before": {percents(80, 90, 85), nil, ours, ChangeCannotBeTold,
			"No change can be told: that takes three visits in each period, and there were 3 from 1 September 2026 to 29 November 2026 and 0 in the 90 days before."},
		"no spread to compare with": {percents(80, 90, 85), percents(10, 10, 10), Spread{}, ChangeCannotBeTold,
			"No change can be told: none of our branches has two visits in September – November 2026, so nothing tells how far single visits lie apart."},
	} {
		t.Run(name, func(t *testing.T) {
			change := changeBetween(c.now, c.before, autumn, summer, nil, c.ours)
			require.Equal(t, c.verdict, change.Verdict)
			require.Equal(t, c.sentence, change.Sentence)
			require.Equal(t, summer, change.Before)
			require.Equal(t, len(c.before), change.N)
			require.Equal(t, len(c.before) >= 3, change.Mean != nil)
			require.Equal(t, len(c.before) >= 3 && len(c.now) >= 3, change.Difference != nil)
			require.Equal(t, c.verdict != ChangeCannotBeTold, change.Margin != nil)
		})
	}
}

func TestTheFiguresOfAChange(t *testing.T) {
	bands := []ScoreBand{{From: 9000, Name: "Excellent"}, {From: 0, Name: "Fair"}}
	before := []*big.Rat{big.NewRat(8996, 10000), big.NewRat(8996, 10000), big.NewRat(8996, 10000)}
	c := changeBetween(percents(80, 90, 85), before, Period{From: "2026-02-02", To: "2026-02-02"}, Period{From: "2026-02-01", To: "2026-02-01"}, bands, Spread{S: 0.10, DegreesOfFreedom: 4})
	require.Equal(t, "89.9", c.Shown, "never up into a higher band")
	require.InDelta(t, 0.8996, *c.Mean, 1e-15)
	require.InDelta(t, -0.0496, *c.Difference, 1e-15)
	require.Equal(t, "22.7", inPoints(*c.Margin))
}

func TestAChangeTurnedRoundIsTheOppositeChange(t *testing.T) {
	opposite := map[string]string{ChangeHigher: ChangeLower, ChangeLower: ChangeHigher, ChangeNone: ChangeNone, ChangeCannotBeTold: ChangeCannotBeTold}
	rapid.Check(t, func(t *rapid.T) {
		scores := rapid.SliceOfN(rapid.Int64Range(0, 120), 0, 15)
		now, before := percents(scores.Draw(t, "now")...), percents(scores.Draw(t, "before")...)
		ours := Spread{S: rapid.Float64Range(0, 0.4).Draw(t, "s"), DegreesOfFreedom: rapid.Int64Range(0, 100).Draw(t, "df")}
		there := changeBetween(now, before, Period{}, Period{}, nil, ours)
		back := changeBetween(before, now, Period{}, Period{}, nil, ours)
		require.Equal(t, opposite[there.Verdict], back.Verdict)
		require.Equal(t, there.Margin, back.Margin)
		if there.Verdict == ChangeHigher {
			require.Greater(t, *there.Difference, *there.Margin)
		}
		if there.Verdict == ChangeNone {
			require.LessOrEqual(t, max(*there.Difference, -*there.Difference), *there.Margin+1e-12)
		}
	})
}

func TestThePeriodBeforeHasAsManyDaysAndEndsWhereThePeriodBegins(t *testing.T) {
	for _, c := range []struct{ period, before Period }{
		{Period{"2026-09-01", "2026-11-29"}, Period{"2026-06-03", "2026-08-31"}}, // over the end of summer time
		{Period{"2026-03-01", "2026-03-31"}, Period{"2026-01-29", "2026-02-28"}},
		{Period{"2028-03-01", "2028-03-01"}, Period{"2028-02-29", "2028-02-29"}},
		{Period{"2026-01-01", "2026-12-31"}, Period{"2025-01-01", "2025-12-31"}},
	} {
		require.Equal(t, c.before, c.period.before())
		require.Equal(t, c.period.days(), c.before.days())
	}
	require.Equal(t, "the day before", Period{"2028-02-29", "2028-02-29"}.asTheOneBefore())
	require.Equal(t, "the 31 days before", Period{"2026-01-29", "2026-02-28"}.asTheOneBefore())
}
