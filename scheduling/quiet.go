package scheduling

import "time"

// The quiet hours of a day, by the clock of the participant's zone: nothing is asked of anybody between 21:00 and 08:00.
const (
	quietFrom  = 21
	quietUntil = 8
)

// AfterQuiet is the earliest time, from at on, that is outside the quiet hours of a zone: 21:00 to 08:00.
func AfterQuiet(at time.Time, zone *time.Location) time.Time {
	local := at.In(zone)
	switch {
	case local.Hour() >= quietFrom:
		return time.Date(local.Year(), local.Month(), local.Day()+1, quietUntil, 0, 0, 0, zone)
	case local.Hour() < quietUntil:
		return time.Date(local.Year(), local.Month(), local.Day(), quietUntil, 0, 0, 0, zone)
	}
	return at
}

// thanksHour is when those who came are thanked.
const thanksHour = 10

// nextWorkingDay is 10:00 on the first day from Monday to Friday after a session's end, in its zone.
func nextWorkingDay(end time.Time, zone *time.Location) time.Time {
	local := end.In(zone)
	for day := local.Day() + 1; ; day++ {
		at := time.Date(local.Year(), local.Month(), day, thanksHour, 0, 0, 0, zone)
		if at.Weekday() != time.Saturday && at.Weekday() != time.Sunday {
			return at
		}
	}
}
