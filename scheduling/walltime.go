package scheduling

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// wallLayout is a wall time: what the clock on the venue's wall shows.
const wallLayout = "2006-01-02T15:04"

// zones are the zones that were asked for, by name: to find one takes reading a file.
var zones sync.Map

// zoneOf finds an IANA zone, and remembers it. What is no zone of a place is refused, though the machine may have a file
// of that name: the next machine may not.
func zoneOf(zone string) (*time.Location, error) {
	if zone != "UTC" && !strings.Contains(zone, "/") {
		return nil, fmt.Errorf("%q is not an IANA zone", zone)
	}
	if known, ok := zones.Load(zone); ok {
		return known.(*time.Location), nil
	}
	found, err := time.LoadLocation(zone)
	if err == nil {
		zones.Store(zone, found)
	}
	return found, err
}

func (l *faultList) zone(pointer, zone string) {
	if _, err := zoneOf(zone); err != nil {
		l.refuse(pointer, "must be an IANA time zone such as Europe/Warsaw")
	}
}

// wallTime reads a wall time of a zone. One that does not exist there (the hour that the clocks leave out) is refused
// with the next that does; one that comes twice is asked about: it is given with its offset then.
func wallTime(text string, zone *time.Location) (time.Time, error) {
	if given, err := time.Parse(wallLayout+"Z07:00", text); err == nil && inReach(given) {
		local := given.In(zone)
		if local.Format(wallLayout) != given.Format(wallLayout) {
			return time.Time{}, fmt.Errorf("%s is not the time in %s then: there it is %s", text, zone, local.Format(wallLayout+"Z07:00"))
		}
		return local, nil
	}
	wall, err := time.Parse(wallLayout, text)
	if err != nil || !inReach(wall) {
		return time.Time{}, fmt.Errorf("must be a wall time of the venue such as 2026-11-26T18:00, from 1970 to 2999")
	}
	at := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, zone)
	last, next := at.ZoneBounds()
	if at.Format(wallLayout) != text {
		// The library counted with the offset of before or of after the change, so the change is an end of its span.
		exists := next
		if at.Format(wallLayout) > text {
			exists = last
		}
		return time.Time{}, fmt.Errorf("%s does not exist in %s: the clocks are put forward then, and the next time is %s", text, zone, exists.In(zone).Format(wallLayout))
	}
	// The same wall time by the offset that held before the last change of the clocks, or will hold after the next.
	for _, beyond := range []time.Time{last.Add(-time.Nanosecond), next} {
		_, offset := beyond.In(zone).Zone()
		other := wall.Add(-time.Duration(offset) * time.Second).In(zone)
		if !other.Equal(at) && other.Format(wallLayout) == text {
			if other.Before(at) {
				at, other = other, at
			}
			return time.Time{}, fmt.Errorf("%s comes twice in %s: say which, %s or %s", text, zone,
				at.Format(wallLayout+"Z07:00"), other.Format(wallLayout+"Z07:00"))
		}
	}
	return at, nil
}

// inReach keeps times, and what is added to them, inside the years that can be written and read back.
func inReach(at time.Time) bool { return at.UTC().Year() >= 1970 && at.UTC().Year() < 3000 }
