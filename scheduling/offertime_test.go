package scheduling

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fieldcare/internal/walltime"
)

func TestAnOfferNeverExpiresInQuietHoursNorAfterTheStart(t *testing.T) {
	zones := []string{"Europe/Warsaw", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "UTC"}
	rapid.Check(t, func(t *rapid.T) {
		place, err := walltime.Zone(rapid.SampledFrom(zones).Draw(t, "zone"))
		require.NoError(t, err)
		now := time.Date(2026, 3, 20, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(0, 60*24*300).Draw(t, "now")) * time.Minute)
		starts := now.Add(time.Duration(rapid.IntRange(-60, 60*24*10).Draw(t, "starts")) * time.Minute)
		notice := time.Duration(rapid.IntRange(0, 600).Draw(t, "notice")) * time.Minute
		told, answerBy, ok := offerTimes(now, starts, notice, place)
		require.False(t, quietAt(told, place), "told in quiet hours")
		require.False(t, told.Before(now))
		if !ok {
			return
		}
		require.False(t, quietAt(answerBy, place), "expires at %s", answerBy.In(place))
		require.True(t, answerBy.After(told))
		require.True(t, answerBy.Before(starts))
		require.GreaterOrEqual(t, starts.Sub(told), notice)
	})
}

func TestAnOfferLastsADayOrHalfOfWhatIsLeft(t *testing.T) {
	warsaw, err := walltime.Zone("Europe/Warsaw")
	require.NoError(t, err)
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, warsaw) }
	for _, c := range []struct{ now, starts, told, answerBy time.Time }{
		{at(20, 10), at(26, 18), at(20, 10), at(21, 10)}, // a day
		{at(26, 10), at(26, 18), at(26, 10), at(26, 14)}, // half of eight hours
		{at(25, 22), at(26, 18), at(26, 8), at(26, 13)},  // told in the morning
		{at(25, 18), at(26, 18), at(25, 18), at(26, 9)},  // half would be six in the morning
	} {
		told, answerBy, ok := offerTimes(c.now, c.starts, 2*time.Hour, warsaw)
		require.True(t, ok)
		require.True(t, c.told.Equal(told), "told %s", told)
		require.True(t, c.answerBy.Equal(answerBy), "until %s", answerBy)
	}
	_, _, ok := offerTimes(at(26, 17), at(26, 18), 2*time.Hour, warsaw)
	require.False(t, ok, "less than the notice")
	_, _, ok = offerTimes(at(25, 22), at(26, 8), 0, warsaw)
	require.False(t, ok, "it begins when the quiet hours end")
}
