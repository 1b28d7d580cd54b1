package scheduling

import (
	"time"

	"fieldcare/internal/walltime"
)

// DaySheet is the paper by which a session is run where there is no network: who is expected, with room to write down who
// came, left, signed and was paid. Coordinators get names in full with phones; the moderator of the session gets first
// names and no phones.
type DaySheet struct {
	Organisation Organisation
	Study        string
	Topic        string
	When         string // in words, with the zone
	Starts       string // the venue's wall time
	AsOf         string // when the sheet was made, in words: what was answered later is not on it
	Venue        string
	Address      string
	Room         string
	Reference    string // of the booking, at the hirer
	Directions   string // how to get there and in, and the rules of the house
	Moderators   []string
	Language     string // BCP 47
	Seats        int
	Reserve      int
	Minimum      int
	Incentive    ReportedAmount
	Guide        []DaySheetStep
	Expected     []DaySheetPerson // who accepted, by name
	Waiting      []DaySheetPerson // who is offered a seat or waits for one, in order
	Contacts     bool             // true where names are in full and phones are there
}

// DaySheetStep is a step of the topic guide at its time.
type DaySheetStep struct {
	At      string // such as 18:10
	Title   string
	Kind    string // how the group works in it, such as silent_writing
	Minutes int
}

// DaySheetPerson is somebody who is expected, or who waits.
type DaySheetPerson struct {
	Name      string
	Phone     string
	Language  string // BCP 47
	Needs     bool   // they told what they need, and agreed that it is kept: the coordinator knows
	Confirmed bool   // they said once more that they come
	Offered   bool   // of who waits: a seat is offered to them now
}

// timed gives the steps of a guide their times, counted from the wall time at which the session starts.
func timed(guide []ReportedStep, starts string) []DaySheetStep {
	at, err := time.Parse(walltime.Layout, starts)
	steps := make([]DaySheetStep, len(guide))
	for i, step := range guide {
		steps[i] = DaySheetStep{Title: step.Title, Kind: step.Kind, Minutes: step.Minutes}
		if err == nil {
			steps[i].At = at.Format("15:04")
			at = at.Add(time.Duration(step.Minutes) * time.Minute)
		}
	}
	return steps
}
