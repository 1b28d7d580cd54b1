package evaluation

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fieldcare/internal/fault"
	"fieldcare/internal/walltime"
)

var someDay = time.Date(2026, 11, 29, 15, 30, 0, 0, time.UTC)

func TestAPeriodThatIsNotAskedForIsTheLastNinetyDays(t *testing.T) {
	p, err := periodOf(Period{}, someDay)
	require.NoError(t, err)
	require.Equal(t, Period{From: "2026-09-01", To: "2026-11-29"}, p)
}

func TestTodayIsTheBranchsToday(t *testing.T) {
	auckland, err := walltime.Zone("Pacific/Auckland")
	require.NoError(t, err)
	p, err := periodOf(Period{}, someDay.In(auckland))
	require.NoError(t, err)
	require.Equal(t, "2026-11-30", p.To)
}

func TestAMissingEndOfAPeriodIsFilledIn(t *testing.T) {
	p, err := periodOf(Period{From: "2026-11-01"}, someDay)
	require.NoError(t, err)
	require.Equal(t, Period{From: "2026-11-01", To: "2026-11-29"}, p)
	p, err = periodOf(Period{To: "2026-03-31"}, someDay)
	require.NoError(t, err)
	require.Equal(t, Period{From: "2026-01-01", To: "2026-03-31"}, p)
}

func TestAPeriodThatIsNoneIsRefusedByTheParametersName(t *testing.T) {
	for name, c := range map[string]struct {
		asked      Period
		parameters []string
	}{
		"not days":              {Period{From: "yesterday", To: "2026-02-30"}, []string{"to", "from"}},
		"a time":                {Period{From: "2026-01-01T00:00"}, []string{"from"}},
		"backwards":             {Period{From: "2026-02-02", To: "2026-02-01"}, []string{"from"}},
		"from after today":      {Period{From: "2026-12-24"}, []string{"from"}},
		"five years and a day":  {Period{From: "2021-01-01", To: "2026-01-01"}, []string{"from"}},
		"before the first year": {Period{From: "0000-12-31", To: "0001-01-01"}, []string{"from"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := periodOf(c.asked, someDay)
			var invalid *fault.Invalid
			require.ErrorAs(t, err, &invalid)
			var parameters []string
			for _, f := range invalid.Faults {
				parameters = append(parameters, f.Pointer)
				require.NotEmpty(t, f.Detail)
			}
			require.Equal(t, c.parameters, parameters)
		})
	}
}

func TestFiveYearsAndOneDayArePeriods(t *testing.T) {
	for _, p := range []Period{{"2021-01-01", "2025-12-31"}, {"2026-01-01", "2026-01-01"}} {
		got, err := periodOf(p, someDay)
		require.NoError(t, err)
		require.Equal(t, p, got)
	}
}

func TestAPeriodTouchesWholeMonths(t *testing.T) {
	for _, c := range []struct{ period, months Period }{
		{Period{"2026-01-31", "2026-02-01"}, Period{"2026-01-01", "2026-02-28"}},
		{Period{"2028-02-10", "2028-02-11"}, Period{"2028-02-01", "2028-02-29"}},
		{Period{"2025-12-31", "2026-01-31"}, Period{"2025-12-01", "2026-01-31"}},
	} {
		first, last := c.period.months()
		require.Equal(t, c.months, Period{first, last})
	}
	require.Equal(t, "January – February 2026", Period{"2026-01-31", "2026-02-01"}.monthsInWords())
	require.Equal(t, "December 2025 – January 2026", Period{"2025-12-31", "2026-01-31"}.monthsInWords())
	require.Equal(t, "February 2028", Period{"2028-02-10", "2028-02-11"}.monthsInWords())
}

func TestAPartOfTheDayIsAllThatIsToldOfATime(t *testing.T) {
	for clock, part := range map[string]string{
		"00:00": Before12, "11:59": Before12, "12:00": From12To17, "16:59": From12To17, "17:00": After17, "23:59": After17,
	} {
		at, err := time.Parse("15:04", clock)
		require.NoError(t, err)
		require.Equal(t, part, partOfDay(at), clock)
	}
}
