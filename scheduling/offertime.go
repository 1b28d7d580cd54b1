package scheduling

import "time"

// offerLasts is how long an offered seat is kept at most.
const offerLasts = 24 * time.Hour

// quietAt is true of an instant in the quiet hours of a place.
func quietAt(at time.Time, place *time.Location) bool {
	hour := at.In(place).Hour()
	return hour >= quietFrom || hour < quietUntil
}

// quietBegan is when the quiet hours began that an instant lies in.
func quietBegan(at time.Time, place *time.Location) time.Time {
	local := at.In(place)
	day := local.Day()
	if local.Hour() < quietUntil {
		day--
	}
	return time.Date(local.Year(), local.Month(), day, quietFrom, 0, 0, 0, place)
}

// offerTimes says when somebody is told of a seat in a session, and until when they can answer: a day, or half of the time
// that is left where that is less, so that somebody else can still be asked. The offer ends in no quiet hours: rather an
// hour after them, or where the session begins before that, at their beginning. It is false where no time to answer is
// left, or less than the notice between being told and the start.
func offerTimes(now, starts time.Time, notice time.Duration, place *time.Location) (told, answerBy time.Time, ok bool) {
	told = AfterQuiet(now, place)
	left := starts.Sub(told)
	if left <= 0 || left < notice {
		return told, answerBy, false
	}
	answerBy = told.Add(min(offerLasts, left/2))
	if quietAt(answerBy, place) {
		began := quietBegan(answerBy, place)
		if answerBy = AfterQuiet(answerBy, place).Add(time.Hour); !answerBy.Before(starts) {
			answerBy = began.Add(-time.Minute)
		}
	}
	return told, answerBy, answerBy.After(told)
}
