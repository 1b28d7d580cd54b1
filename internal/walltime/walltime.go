// Package walltime reads what the clock on a place's wall shows: a time without an offset, in an IANA zone.
package walltime

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// Layout is a wall time: 2026-11-26T18:00.
const Layout = "2006-01-02T15:04"

// zones are the zones that were asked for, by name: to find one takes reading a file.
var zones sync.Map

// Zone finds an IANA zone, and remembers it. What is no zone of a place is refused, though the machine may have a file
// of that name: the next machine may not.
func Zone(name string) (*time.Location, error) {
	if name != "UTC" && !strings.Contains(name, "/") {
		return nil, fmt.Errorf("%q is not an IANA zone", name)
	}
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location), nil
	}
	found, err := time.LoadLocation(name)
	if err == nil {
		zones.Store(name, found)
	}
	return found, err
}

// Parse reads a wall time of a zone. One that does not exist there (the hour that the clocks leave out) is refused
// with the next that does; one that comes twice is asked about: it is given with its offset then.
func Parse(text string, zone *time.Location) (time.Time, error) {
	if given, err := time.Parse(Layout+"Z07:00", text); err == nil && inReach(given) {
		local := given.In(zone)
		if local.Format(Layout) != given.Format(Layout) {
			return time.Time{}, fmt.Errorf("%s is not the time in %s then: there it is %s", text, zone, local.Format(Layout+"Z07:00"))
		}
		return local, nil
	}
	wall, err := time.Parse(Layout, text)
	if err != nil || !inReach(wall) {
		return time.Time{}, fmt.Errorf("must be a wall time such as 2026-11-26T18:00, from 1970 to 2999")
	}
	at := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, zone)
	last, next := at.ZoneBounds()
	if at.Format(Layout) != text {
		// The library counted with the offset of before or of after the change, so the change is an end of its span.
		exists := next
		if at.Format(Layout) > text {
			exists = last
		}
		return time.Time{}, fmt.Errorf("%s does not exist in %s: the clocks are put forward then, and the next time is %s", text, zone, exists.In(zone).Format(Layout))
	}
	// The same wall time by the offset that held before the last change of the clocks, or will hold after the next.
	for _, beyond := range []time.Time{last.Add(-time.Nanosecond), next} {
		_, offset := beyond.In(zone).Zone()
		other := wall.Add(-time.Duration(offset) * time.Second).In(zone)
		if !other.Equal(at) && other.Format(Layout) == text {
			if other.Before(at) {
				at, other = other, at
			}
			return time.Time{}, fmt.Errorf("%s comes twice in %s: say which, %s or %s", text, zone,
				at.Format(Layout+"Z07:00"), other.Format(Layout+"Z07:00"))
		}
	}
	return at, nil
}

// DayBegins is the first instant of a day in a zone: midnight, or where the clocks leave that out, as in Havana in April
// 2012, the instant at which they are put forward.
func DayBegins(year int, month time.Month, day int, zone *time.Location) time.Time {
	at := time.Date(year, month, day, 0, 0, 0, 0, zone)
	if at.Hour() > 12 { // an hour of the evening before
		_, at = at.ZoneBounds()
	} else if at.Hour() > 0 {
		at, _ = at.ZoneBounds()
	}
	return at
}

// inReach keeps times, and what is added to them, inside the years that can be written and read back.
func inReach(at time.Time) bool { return at.UTC().Year() >= 1970 && at.UTC().Year() < 3000 }
