package scheduling

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fieldcare/internal/walltime"
)

func warsaw(t require.TestingT) *time.Location {
	zone, err := walltime.Zone("Europe/Warsaw")
	require.NoError(t, err)
	return zone
}

func wall(t require.TestingT, text string) time.Time {
	at, err := walltime.Parse(text, warsaw(t))
	require.NoError(t, err)
	return at
}

func texts(slots []slot) (all []string) {
	for _, s := range slots {
		all = append(all, s.starts.Format(walltime.Layout)+"/"+s.ends.Format("15:04"))
	}
	return all
}

func TestTheNextFreeSlotsKeepClearOfWhatIsBusyAndOfTheNight(t *testing.T) {
	taken := []busy{
		{wall(t, "2026-11-26T17:30"), wall(t, "2026-11-26T20:00"), 30 * time.Minute}, // another session from 18:00 to 19:30, with its half hours
		{wall(t, "2026-11-27T07:30"), wall(t, "2026-11-27T12:15"), 0},
	}
	free := freeSlots(wall(t, "2026-11-26T18:00"), 90*time.Minute, taken, warsaw(t), 3)
	require.Equal(t, []string{"2026-11-26T20:30/22:00", "2026-11-27T12:30/14:00", "2026-11-27T14:00/15:30"}, texts(free))
}

func TestOnTheDayTheClocksChangeASlotKeepsItsLength(t *testing.T) {
	free := freeSlots(wall(t, "2026-03-28T21:00"), 14*time.Hour, nil, warsaw(t), 1)
	require.Equal(t, []string{"2026-03-29T08:00/22:00"}, texts(free))
	require.Empty(t, freeSlots(wall(t, "2026-03-28T21:00"), 14*time.Hour+time.Minute, nil, warsaw(t), 1), "longer than venues are open")
}

func TestEverySlotThatIsOfferedIsFreeAndNoneBeforeItWasLeftOut(t *testing.T) {
	begin := wall(t, "2026-11-26T18:00")
	rapid.Check(t, func(t *rapid.T) {
		minutes := func(most int, label string) time.Duration {
			return time.Duration(rapid.IntRange(0, most).Draw(t, label)) * time.Minute
		}
		var taken []busy
		for range rapid.IntRange(0, 40).Draw(t, "holds") {
			from := begin.Add(minutes(14*24*60, "from") - 24*time.Hour)
			taken = append(taken, busy{from, from.Add(time.Minute + minutes(900, "length")), minutes(120, "buffer")})
		}
		after, length := begin.Add(minutes(48*60, "after")), 15*time.Minute+minutes(10*60, "session")
		free := freeSlots(after, length, taken, warsaw(t), 3)
		require.LessOrEqual(t, len(free), 3)
		fits := func(s slot) bool {
			for _, b := range taken {
				// The session with its buffer, and what is busy, share an instant.
				if s.starts.Add(-b.buffer).Before(b.until) && b.from.Before(s.ends.Add(b.buffer)) {
					return false
				}
			}
			day := s.starts.Format(time.DateOnly)
			return s.starts.After(after) && s.starts.Format("15:04") >= "08:00" && s.ends.Format(time.DateOnly) == day && s.ends.Format("15:04") <= "22:00"
		}
		for i, s := range free {
			require.True(t, fits(s), "%v", texts(free))
			require.Equal(t, length, s.ends.Sub(s.starts))
			require.Zero(t, s.starts.Minute()%30)
			if i > 0 {
				require.False(t, s.starts.Before(free[i-1].ends), "they overlap: %v", texts(free))
			}
		}
		// What lies between one and the next is not free.
		from := after
		for _, s := range free {
			for at := from.Truncate(30 * time.Minute).Add(30 * time.Minute); at.Before(s.starts); at = at.Add(30 * time.Minute) {
				require.False(t, fits(slot{at, at.Add(length)}), "%s is free too, and earlier than %s", at, s.starts)
			}
			from = s.ends.Add(-time.Minute)
		}
	})
}
