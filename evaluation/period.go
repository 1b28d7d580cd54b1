package evaluation

import (
	"fmt"
	"time"

	"fieldcare/internal/fault"
)

// Period is from–to in whole days of the branch's zone, both included, each as 2026-11-21.
type Period struct {
	From string `json:"from" format:"date" example:"2026-09-01" doc:"The first day, in the branch's zone"`
	To   string `json:"to" format:"date" example:"2026-11-29" doc:"The last day, which is part of the period"`
}

const (
	defaultDays = 90
	maxYears    = 5
)

// periodOf completes and checks the period that was asked for. Without a last day it ends today; without a first day
// it is 90 days long. today is a time in the branch's zone.
func periodOf(asked Period, today time.Time) (Period, error) {
	var faults []fault.Fault
	wrong := func(parameter, detail string) {
		faults = append(faults, fault.Fault{Pointer: parameter, Detail: detail})
	}
	to, err := time.Parse(time.DateOnly, today.Format(time.DateOnly))
	if err != nil {
		return Period{}, err
	}
	if asked.To != "" {
		if to, err = time.Parse(time.DateOnly, asked.To); err != nil {
			wrong("to", "must be a day such as 2026-11-29")
		}
	}
	from := to.AddDate(0, 0, 1-defaultDays)
	if asked.From != "" {
		if from, err = time.Parse(time.DateOnly, asked.From); err != nil {
			wrong("from", "must be a day such as 2026-09-01")
		}
	}
	if faults == nil && from.After(to) {
		wrong("from", "must not be after the last day, "+to.Format(time.DateOnly))
	}
	if faults == nil && to.After(from.AddDate(maxYears, 0, -1)) {
		wrong("from", "the period must not be longer than five years")
	}
	// A year beyond four digits would no longer sort as text.
	if faults == nil && from.Year() < 1 {
		wrong("from", "must be a day such as 2026-09-01")
	}
	return Period{From: from.Format(time.DateOnly), To: to.Format(time.DateOnly)}, fault.Of(faults)
}

// months gives the first and the last day of the calendar months that the period touches.
func (p Period) months() (first, last string) {
	from, to := day(p.From), day(p.To)
	return from.AddDate(0, 0, 1-from.Day()).Format(time.DateOnly),
		to.AddDate(0, 1, -to.Day()).Format(time.DateOnly)
}

// days is how many days the period has.
func (p Period) days() int { return int(day(p.To).Sub(day(p.From)).Hours())/24 + 1 }

// before is the period of as many days that ends the day before this one begins.
func (p Period) before() Period {
	from := day(p.From)
	return Period{From: from.AddDate(0, 0, -p.days()).Format(time.DateOnly), To: from.AddDate(0, 0, -1).Format(time.DateOnly)}
}

// asTheOneBefore names the period by its length, as the one before another: "the 90 days before".
func (p Period) asTheOneBefore() string {
	if p.days() == 1 {
		return "the day before"
	}
	return fmt.Sprintf("the %d days before", p.days())
}

// day is the day as a time, for its weekday and its arithmetic; the zero time when it is none.
func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}
	}
	return t
}

// dayInWords is a day as 21 November 2026.
func dayInWords(text string) string { return day(text).Format("2 January 2006") }
