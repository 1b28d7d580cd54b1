package evaluation

import (
	"time"

	"fieldcare/internal/fault"
	"fieldcare/internal/walltime"
)

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
	location, err := walltime.Zone(zone)
	if err != nil {
		return Window{}, fault.At("/zone", "%q is not an IANA zone such as Europe/Warsaw", zone)
	}
	var faults []fault.Fault
	read := func(name, text string) (string, time.Time) {
		at, err := walltime.Parse(text, location)
		if err != nil {
			faults = append(faults, fault.Fault{Pointer: "/" + name, Detail: err.Error()})
		}
		return at.Format(walltime.Layout), at
	}
	w := Window{Zone: zone}
	w.Opens, w.OpensAt = read("opens", opens)
	w.Closes, w.ClosesAt = read("closes", closes)
	if len(faults) == 0 && !w.OpensAt.Before(w.ClosesAt) {
		faults = append(faults, fault.Fault{Pointer: "/closes", Detail: "must be later than opens"})
	}
	return w, fault.Of(faults)
}

// Holds is true of an instant inside the window; both ends belong to it.
func (w Window) Holds(at time.Time) bool { return !at.Before(w.OpensAt) && !at.After(w.ClosesAt) }
