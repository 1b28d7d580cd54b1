package database_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/database"
)

func TestIdsGrowWithTheirTimeAndInOneInstantWithTheirNumber(t *testing.T) {
	at := time.Date(2026, 11, 21, 14, 5, 0, 123_456_000, time.UTC)
	earlier, first, second, later := database.NewID(at.Add(-time.Microsecond)), database.NewID(at), database.NewID(at), database.NewID(at.Add(time.Millisecond))
	require.Less(t, earlier.String(), first.String())
	require.Less(t, first.String(), second.String())
	require.Less(t, second.String(), later.String())
	require.Equal(t, uuid.Version(7), first.Version())
	require.Equal(t, uuid.RFC4122, first.Variant())
	seconds, nanoseconds := first.Time().UnixTime()
	require.Equal(t, at.Truncate(time.Millisecond), time.Unix(seconds, nanoseconds).UTC().Truncate(time.Millisecond))
	require.Equal(t, uuid.Version(7), database.NewID(time.Time{}).Version())
}
