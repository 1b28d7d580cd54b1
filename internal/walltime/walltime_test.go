package walltime

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func warsaw(t require.TestingT) *time.Location {
	zone, err := Zone("Europe/Warsaw")
	require.NoError(t, err)
	return zone
}

func TestAWallTimeIsAnInstantOfItsZone(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-26T18:00":       "2026-11-26T17:00:00Z",
		"2026-07-26T18:00":       "2026-07-26T16:00:00Z",
		"2026-10-25T02:30+02:00": "2026-10-25T00:30:00Z",
		"2026-10-25T02:30+01:00": "2026-10-25T01:30:00Z",
	} {
		at, err := Parse(text, warsaw(t))
		require.NoError(t, err, text)
		require.Equal(t, want, at.UTC().Format(time.RFC3339), text)
	}
}

func TestAWallTimeThatIsNotThereIsRefusedWithTheNextThatIs(t *testing.T) {
	for _, place := range []struct{ zone, text, next string }{
		{"Europe/Warsaw", "2026-03-29T02:00", "2026-03-29T03:00"},
		{"Europe/Warsaw", "2026-03-29T02:30", "2026-03-29T03:00"},
		{"Australia/Lord_Howe", "2026-10-04T02:10", "2026-10-04T02:30"},
		{"America/Santiago", "2026-09-06T00:30", "2026-09-06T01:00"},
		{"Pacific/Apia", "2011-12-30T12:00", "2011-12-31T00:00"},
	} {
		zone, err := Zone(place.zone)
		require.NoError(t, err)
		_, err = Parse(place.text, zone)
		require.ErrorContains(t, err, "does not exist in "+place.zone)
		require.ErrorContains(t, err, "the next time is "+place.next)
	}
}

func TestAWallTimeThatComesTwiceIsAskedAbout(t *testing.T) {
	_, err := Parse("2026-10-25T02:30", warsaw(t))
	require.EqualError(t, err, "2026-10-25T02:30 comes twice in Europe/Warsaw: say which, 2026-10-25T02:30+02:00 or 2026-10-25T02:30+01:00")
	_, err = Parse("2026-11-26T18:00+05:00", warsaw(t))
	require.ErrorContains(t, err, "is not the time in Europe/Warsaw then")
	for _, text := range []string{"", "tomorrow", "2026-11-26", "2026-11-26T25:00", "2026-11-26T18:00:00", "9999-12-31T23:59", "0001-01-01T00:00+01:24"} {
		_, err = Parse(text, warsaw(t))
		require.ErrorContains(t, err, "such as 2026-11-26T18:00", text)
	}
}

func TestEveryInstantCanBeGivenAsAWallTime(t *testing.T) {
	names := []string{"Europe/Warsaw", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "Africa/Casablanca", "UTC"}
	rapid.Check(t, func(t *rapid.T) {
		zone, err := Zone(rapid.SampledFrom(names).Draw(t, "zone"))
		require.NoError(t, err)
		at := time.Unix(rapid.Int64Range(1_000_000_000/60, 3_000_000_000/60).Draw(t, "minute")*60, 0).In(zone)
		read, err := Parse(at.Format(Layout), zone)
		if err != nil { // it comes twice, and with its offset it does not
			require.ErrorContains(t, err, "comes twice")
			require.ErrorContains(t, err, at.Format(Layout+"Z07:00"))
			read, err = Parse(at.Format(Layout+"Z07:00"), zone)
			require.NoError(t, err)
		}
		require.True(t, read.Equal(at), "%s is read as %s", at, read)
	})
}

func TestADayBeginsWhereItsMidnightIsLeftOutToo(t *testing.T) {
	for _, day := range []struct{ zone, noon, begins string }{
		{"Europe/Warsaw", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z"},
		{"America/Havana", "2012-04-01T12:00:00Z", "2012-04-01T05:00:00Z"},
		{"America/Santiago", "2026-09-06T12:00:00Z", "2026-09-06T04:00:00Z"},
	} {
		zone, err := Zone(day.zone)
		require.NoError(t, err)
		noon, err := time.Parse(time.RFC3339, day.noon)
		require.NoError(t, err)
		require.Equal(t, day.begins, DayBegins(noon.Year(), noon.Month(), noon.Day(), zone).UTC().Format(time.RFC3339))
	}
	rapid.Check(t, func(t *rapid.T) {
		zone, err := Zone(rapid.SampledFrom([]string{"America/Havana", "America/Santiago", "Asia/Beirut", "Africa/Cairo", "Europe/Warsaw"}).Draw(t, "zone"))
		require.NoError(t, err)
		at := time.Unix(rapid.Int64Range(1_000_000_000, 2_000_000_000).Draw(t, "second"), 0).In(zone)
		begins := DayBegins(at.Year(), at.Month(), at.Day(), zone)
		require.False(t, begins.After(at))
		require.Equal(t, at.Day(), begins.Day())
		require.NotEqual(t, at.Day(), begins.Add(-time.Second).Day())
	})
}
