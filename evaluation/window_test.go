package evaluation

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAWindowIsReadInTheBranchsZone(t *testing.T) {
	w, err := ReadWindow("2026-11-23T09:00", "2026-11-25T20:00", "Europe/Warsaw")
	require.NoError(t, err)
	require.Equal(t, "2026-11-23T08:00:00Z", w.OpensAt.UTC().Format(time.RFC3339))
	require.Equal(t, "2026-11-25T20:00", w.Closes)
	require.True(t, w.Holds(w.OpensAt))
	require.True(t, w.Holds(w.ClosesAt))
	require.False(t, w.Holds(w.OpensAt.Add(-time.Microsecond)))
	require.False(t, w.Holds(w.ClosesAt.Add(time.Microsecond)))
}

func TestAWallTimeThatDoesNotExistIsRefusedAndOneThatComesTwiceIsAskedAbout(t *testing.T) {
	for _, c := range []struct{ opens, closes, zone, says string }{
		{"2027-03-28T02:30", "2027-03-28T09:00", "Europe/Warsaw", "does not exist"},
		{"2026-10-25T02:30", "2026-10-25T09:00", "Europe/Warsaw", "comes twice"},
		{"2026-10-25T02:00", "2026-10-25T09:00", "Europe/Warsaw", "comes twice"},
		{"2027-10-31T02:30", "2027-10-31T09:00", "Antarctica/Troll", "comes twice"}, // by two hours
		{"2026-11-23T09:00", "9999-12-31T23:59+01:00", "Europe/Warsaw", "from 1970 to 2999"},
		{"0001-01-01T00:00Z", "2026-11-25T20:00", "UTC", "from 1970 to 2999"},
		{"2026-11-23T09:00", "2026-11-25T20:00", "posixrules", "not an IANA zone"},
		{"2026-04-05T01:45", "2026-04-05T09:00", "Australia/Lord_Howe", "comes twice"},
		{"2026-10-25T02:30+05:00", "2026-10-25T09:00", "Europe/Warsaw", "is not the time in"},
		{"2026-11-23 09:00", "2026-11-25T20:00", "Europe/Warsaw", "must be a wall time"},
		{"2026-11-25T20:00", "2026-11-25T20:00", "Europe/Warsaw", "must be later than opens"},
		{"2026-11-23T09:00", "2026-11-25T20:00", "Mars/Olympus", "not an IANA zone"},
		{"2026-11-23T09:00", "2026-11-25T20:00", "", "not an IANA zone"},
		{"2026-11-23T09:00", "2026-11-25T20:00", "Local", "not an IANA zone"},
	} {
		_, err := ReadWindow(c.opens, c.closes, c.zone)
		require.ErrorContains(t, err, c.says, c.opens)
	}
}

func TestAWallTimeThatComesTwiceIsGivenWithItsOffset(t *testing.T) {
	summer, err := ReadWindow("2026-10-25T02:30+02:00", "2026-10-25T09:00", "Europe/Warsaw")
	require.NoError(t, err)
	winter, err := ReadWindow("2026-10-25T02:30+01:00", "2026-10-25T09:00", "Europe/Warsaw")
	require.NoError(t, err)
	require.Equal(t, time.Hour, winter.OpensAt.Sub(summer.OpensAt))
	require.Equal(t, "2026-10-25T02:30", winter.Opens)
}
