package evaluation

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"fieldcare/internal/fault"
)

// wallLayout is a wall time: what the clock on the branch's wall shows.
const wallLayout = "2006-01-02T15:04"

// Window is when a visit must take place: wall times of the branch's zone, and the instants that they are.
type Window struct {
	Opens    string // wall time, 2026-11-21T09:00
	Closes   string
	Zone     string // IANA
	OpensAt  time.Time
	ClosesAt time.Time
}

// ReadWindow reads the wall times of a window in a zone. A wall time that does not exist there (the hour that the
// clocks leave out) is refused; one that comes twice is asked about: it is given with its offset then.
func ReadWindow(opens, closes, zone string) (Window, error) {
	location, err := locationOf(zone)
	if err != nil {
		return Window{}, fault.At("/zone", "%q is not an IANA zone such as Europe/Warsaw", zone)
	}
	var faults []fault.Fault
	read := func(name, text string) (string, time.Time) {
		at, err := wallTime(text, location)
		if err != nil {
			faults = append(faults, fault.Fault{Pointer: "/" + name, Detail: err.Error()})
		}
		return at.Format(wallLayout), at
	}
	w := Window{Zone: zone}
	w.Opens, w.OpensAt = read("opens", opens)
	w.Closes, w.ClosesAt = read("closes", closes)
	if len(faults) == 0 && !w.OpensAt.Before(w.ClosesAt) {
		faults = append(faults, fault.Fault{Pointer: "/closes", Detail: "must be later than opens"})
	}
	return w, fault.Of(faults)
}

// locations are the zones that were asked for, by name: to find one takes reading a file.
var locations sync.Map

// locationOf finds an IANA zone, and remembers it. What is no zone of a place is refused, though the machine may have a
// file of that name: the next machine may not.
func locationOf(zone string) (*time.Location, error) {
	if zone != "UTC" && !strings.Contains(zone, "/") {
		return nil, fmt.Errorf("%q is not an IANA zone", zone)
	}
	if known, ok := locations.Load(zone); ok {
		return known.(*time.Location), nil
	}
	found, err := time.LoadLocation(zone)
	if err == nil {
		locations.Store(zone, found)
	}
	return found, err
}

// Holds is true of an instant inside the window; both ends belong to it.
func (w Window) Holds(at time.Time) bool { return !at.Before(w.OpensAt) && !at.After(w.ClosesAt) }

func wallTime(text string, location *time.Location) (time.Time, error) {
	if given, err := time.Parse(wallLayout+"Z07:00", text); err == nil && inReach(given) {
		local := given.In(location)
		if local.Format(wallLayout) != given.Format(wallLayout) {
			return time.Time{}, fmt.Errorf("%s is not the time in %s then: there it is %s", text, location, local.Format(wallLayout+"Z07:00"))
		}
		return local, nil
	}
	wall, err := time.Parse(wallLayout, text)
	if err != nil || !inReach(wall) {
		return time.Time{}, fmt.Errorf("must be a wall time of the branch such as 2026-11-21T09:00, from 1970 to 2999")
	}
	at := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, location)
	if at.Format(wallLayout) != text {
		return time.Time{}, fmt.Errorf("%s does not exist in %s: the clocks are put forward then", text, location)
	}
	// The same wall time by the offset that held before the last change of the clocks, or will hold after the next.
	last, next := at.ZoneBounds()
	for _, beyond := range []time.Time{last.Add(-time.Nanosecond), next} {
		_, offset := beyond.Zone()
		other := wall.Add(-time.Duration(offset) * time.Second).In(location)
		if !other.Equal(at) && other.Format(wallLayout) == text {
			return time.Time{}, fmt.Errorf("%s comes twice in %s: say which, %s or %s", text, location,
				at.Format(wallLayout+"Z07:00"), other.Format(wallLayout+"Z07:00"))
		}
	}
	return at, nil
}

// inReach keeps times, and what is added to them, inside the years that can be written and read back.
func inReach(at time.Time) bool { return at.UTC().Year() >= 1970 && at.UTC().Year() < 3000 }
