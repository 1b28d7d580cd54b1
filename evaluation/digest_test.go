package evaluation

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fieldcare/internal/walltime"
)

// zones have offsets and changes of the clocks of many kinds: at midnight, by half an hour, by a whole day.
var zones = []string{"Europe/Warsaw", "America/New_York", "Pacific/Honolulu", "Pacific/Auckland", "Australia/Lord_Howe",
	"America/Havana", "America/Asuncion", "Asia/Kathmandu", "Pacific/Apia", "Pacific/Kiritimati", "UTC"}

func drawnZone(t *rapid.T) *time.Location {
	zone, err := walltime.Zone(rapid.SampledFrom(zones).Draw(t, "zone"))
	require.NoError(t, err)
	return zone
}

func drawnTime(t *rapid.T) time.Time {
	return time.UnixMicro(rapid.Int64Range(time.Date(2011, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro(), time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()).Draw(t, "now"))
}

func TestANextMorningIsSevenOClockWithinADay(t *testing.T) {
	for _, c := range []struct{ now, zone, want string }{
		{"2026-11-23T12:00:00Z", "Europe/Warsaw", "2026-11-24T06:00:00Z"},
		{"2026-11-24T05:00:00Z", "Europe/Warsaw", "2026-11-24T06:00:00Z"},
		{"2026-11-24T06:00:00Z", "Europe/Warsaw", "2026-11-25T06:00:00Z"},
		{"2027-03-27T12:00:00Z", "Europe/Warsaw", "2027-03-28T05:00:00Z"}, // the clocks are put forward in the night
		{"2026-10-24T12:00:00Z", "Europe/Warsaw", "2026-10-25T06:00:00Z"}, // and back
		{"2026-12-31T12:00:00Z", "America/New_York", "2027-01-01T12:00:00Z"},
		{"2011-12-29T18:00:00Z", "Pacific/Apia", "2011-12-30T17:00:00Z"}, // the 30th was left out there
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		require.NoError(t, err)
		zone, err := walltime.Zone(c.zone)
		require.NoError(t, err)
		require.Equal(t, c.want, nextMorning(now, zone).UTC().Format(time.RFC3339), c.now)
	}
	rapid.Check(t, func(t *rapid.T) {
		now, zone := drawnTime(t), drawnZone(t)
		at := nextMorning(now, zone)
		require.True(t, at.After(now.Add(time.Minute)))
		require.LessOrEqual(t, at.Sub(now), 25*time.Hour+time.Minute)
		require.Equal(t, "07:00:00", at.In(zone).Format(time.TimeOnly))
		later := now.Add(time.Duration(rapid.Int64Range(0, int64(at.Sub(now))-int64(time.Minute)-1).Draw(t, "later")))
		require.Equal(t, at, nextMorning(later, zone), "all until then are gathered")
	})
}

func TestANextDigestIsSevenOClockOnTheFirstAndOfTheMonthBefore(t *testing.T) {
	for _, c := range []struct{ now, zone, at, month, first, next string }{
		{"2026-11-23T12:00:00Z", "Europe/Warsaw", "2026-12-01T06:00:00Z", "2026-11", "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z"},
		{"2026-12-01T05:59:59Z", "Europe/Warsaw", "2026-12-01T06:00:00Z", "2026-11", "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z"},
		{"2026-12-01T06:00:00Z", "Europe/Warsaw", "2027-01-01T06:00:00Z", "2026-12", "2026-11-30T23:00:00Z", "2026-12-31T23:00:00Z"},
		{"2027-03-31T12:00:00Z", "Europe/Warsaw", "2027-04-01T05:00:00Z", "2027-03", "2027-02-28T23:00:00Z", "2027-03-31T22:00:00Z"},
		{"2026-10-31T12:00:00Z", "America/New_York", "2026-11-01T12:00:00Z", "2026-10", "2026-10-01T04:00:00Z", "2026-11-01T04:00:00Z"}, // the clocks go back that night
		{"2026-11-30T18:00:00Z", "Pacific/Auckland", "2026-12-31T18:00:00Z", "2026-12", "2026-11-30T11:00:00Z", "2026-12-31T11:00:00Z"},
		{"2012-04-01T11:00:00Z", "America/Havana", "2012-05-01T11:00:00Z", "2012-04", "2012-04-01T05:00:00Z", "2012-05-01T04:00:00Z"}, // that midnight was left out
		{"2028-01-31T12:00:00Z", "UTC", "2028-02-01T07:00:00Z", "2028-01", "2028-01-01T00:00:00Z", "2028-02-01T00:00:00Z"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		require.NoError(t, err)
		zone, err := walltime.Zone(c.zone)
		require.NoError(t, err)
		at, month := nextDigest(now, zone)
		first, next, err := digest{month, c.zone}.bounds()
		require.NoError(t, err)
		utc := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
		require.Equal(t, []string{c.at, c.month, c.first, c.next}, []string{utc(at), month, utc(first), utc(next)}, c.now)
	}
	rapid.Check(t, func(t *rapid.T) {
		now, zone := drawnTime(t), drawnZone(t)
		at, month := nextDigest(now, zone)
		require.True(t, at.After(now))
		require.LessOrEqual(t, at.Sub(now), 31*24*time.Hour+2*time.Hour)
		require.Equal(t, "01 07:00:00", at.In(zone).Format("02 15:04:05"))
		first, next, err := digest{month, zone.String()}.bounds()
		require.NoError(t, err)
		require.True(t, next.Before(at))
		after, monthAfter := nextDigest(at, zone)
		require.True(t, after.After(at))
		firstAfter, _, err := digest{monthAfter, zone.String()}.bounds()
		require.NoError(t, err)
		require.Equal(t, next, firstAfter, "no instant is left out or told twice")
		require.True(t, first.Before(next))
	})
}
