package scheduling

import (
	"time"

	"fieldcare/internal/walltime"
)

// slot is a time that a session could have.
type slot struct{ starts, ends time.Time }

// busy is a time that something else has, its own buffers included.
type busy struct {
	from, until time.Time
	buffer      time.Duration // what the session itself needs before and after it of what is busy
}

// leaves is true where a session at the slot, with its buffer, does not touch what is busy.
func (b busy) leaves(s slot) bool {
	return !s.starts.Add(-b.buffer).Before(b.until) || !s.ends.Add(b.buffer).After(b.from)
}

const (
	venueOpens  = 8 * 60  // minutes after midnight, by the clock on the venue's wall
	venueCloses = 22 * 60 // a session is over by then
	slotRaster  = 30      // minutes: sessions begin on the full and the half hour
	slotHorizon = 28      // days ahead in which slots are looked for
)

// freeSlots gives the next slots of a length that begin after a time: within the hours in which venues are open, on the
// full or half hour, clear of what is busy and of one another. There are fewer where the next four weeks have no more.
func freeSlots(after time.Time, length time.Duration, taken []busy, zone *time.Location, most int) (free []slot) {
	local := after.In(zone)
	for day := range slotHorizon {
		for minute := venueOpens; minute < venueCloses && len(free) < most; minute += slotRaster {
			wall := time.Date(local.Year(), local.Month(), local.Day()+day, 0, minute, 0, 0, time.UTC)
			starts, err := walltime.Parse(wall.Format(walltime.Layout), zone)
			if err != nil { // the clocks leave it out, or it comes twice
				continue
			}
			s := slot{starts, starts.Add(length)}
			closes := time.Date(wall.Year(), wall.Month(), wall.Day(), 0, venueCloses, 0, 0, zone)
			if starts.After(after) && !s.ends.After(closes) && s.free(taken) && !s.overlaps(free) {
				free = append(free, s)
			}
		}
	}
	return free
}

func (s slot) free(taken []busy) bool {
	for _, b := range taken {
		if !b.leaves(s) {
			return false
		}
	}
	return true
}

func (s slot) overlaps(others []slot) bool {
	for _, o := range others {
		if s.starts.Before(o.ends) && o.starts.Before(s.ends) {
			return true
		}
	}
	return false
}
