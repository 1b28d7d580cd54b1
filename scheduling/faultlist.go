package scheduling

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"fieldcare/internal/account"
	"fieldcare/internal/fault"
	"fieldcare/internal/walltime"
)

// faultList gathers what is wrong, so that all of it is told at once.
type faultList []fault.Fault

func (l *faultList) refuse(pointer, format string, args ...any) {
	*l = append(*l, fault.Fault{Pointer: pointer, Detail: fmt.Sprintf(format, args...)})
}

// mostOfLine is how many characters a name, a title or a topic has at most.
const mostOfLine = 120

// line refuses a text that is not on one line, or has fewer characters than needed, or more than mostOfLine.
func (l *faultList) line(pointer, text string, least int) {
	switch {
	case isLine(text, least, mostOfLine):
	case least == 0:
		l.refuse(pointer, "must have at most %d characters, on one line", mostOfLine)
	default:
		l.refuse(pointer, "must have %d to %d characters, on one line", least, mostOfLine)
	}
}

// words refuses a text, of several lines where it likes, that has not so many characters.
func (l *faultList) words(pointer, text string, least, most int) {
	switch n := utf8.RuneCountInString(text); {
	case n >= least && n <= most:
	case least == 0:
		l.refuse(pointer, "must have at most %d characters", most)
	default:
		l.refuse(pointer, "must have %d to %d characters", least, most)
	}
}

// notes refuses a text that somebody wrote down about somebody, where it has more characters than that, or any that no
// printer can show.
func (l *faultList) notes(pointer, text string, most int) {
	if utf8.RuneCountInString(text) > most || strings.ContainsFunc(text, unkeepable) {
		l.refuse(pointer, "must have at most %d characters, and no control characters but line breaks and tabs", most)
	}
}

// whole refuses a number that does not lie in a range, both ends of which belong to it.
func (l *faultList) whole(pointer string, n, least, most int64) {
	if n < least || n > most {
		l.refuse(pointer, "must be a whole number from %d to %d", least, most)
	}
}

func (l *faultList) language(tag string) {
	if !account.IsLanguage(tag) {
		l.refuse("/language", "must be a language tag (BCP 47) such as en or pl")
	}
}

func (l *faultList) zone(pointer, zone string) {
	if _, err := walltime.Zone(zone); err != nil {
		l.refuse(pointer, "must be an IANA time zone such as Europe/Warsaw")
	}
}

// under takes over the faults of a part, which stands at a place.
func (l *faultList) under(place string, faults []fault.Fault) {
	for _, f := range faults {
		f.Pointer = place + f.Pointer
		*l = append(*l, f)
	}
}
