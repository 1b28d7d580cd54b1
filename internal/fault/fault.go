// Package fault holds the errors that a caller can cause and mend. Both halves return them; handlers turns them into
// problems (RFC 9457). Any other error is ours, and a caller never sees its text.
package fault

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ErrNotFound says that there is no such thing, or none that the asker may know of: the two are never told apart.
var ErrNotFound = errors.New("not found")

// ErrChanged says that the thing was changed since the asker read it (If-Match).
var ErrChanged = errors.New("changed by somebody else in the meantime")

// Fault is one thing wrong with what was sent.
type Fault struct {
	Pointer  string `json:"pointer" doc:"Where in the body, as a JSON pointer (RFC 6901), or the name of a parameter" example:"/answers/greeted"`
	Detail   string `json:"detail" doc:"What is wrong and what would be right"`
	Question string `json:"question,omitempty" doc:"The id of the question concerned"`
	Line     int    `json:"line,omitempty" doc:"The line of the file, counted from 1"`
}

// Invalid refuses what was sent, naming every fault at once.
type Invalid struct{ Faults []Fault }

func (e *Invalid) Error() string {
	lines := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		lines[i] = f.Pointer + ": " + f.Detail
	}
	return strings.Join(lines, "; ")
}

// At refuses the value at one place.
func At(pointer, format string, args ...any) error {
	return &Invalid{[]Fault{{Pointer: pointer, Detail: fmt.Sprintf(format, args...)}}}
}

// Characters refuses a text at a place, such as /reason, that has fewer or more characters than it may, blanks around it
// not counted.
func Characters(pointer, text string, least, most int) error {
	switch n := utf8.RuneCountInString(strings.TrimSpace(text)); {
	case n >= least && n <= most:
		return nil
	case least == 0:
		return At(pointer, "must have at most %d characters", most)
	}
	return At(pointer, "must have %d to %d characters", least, most)
}

// Of is nil without faults, and an Invalid with them.
func Of(faults []Fault) error {
	if len(faults) == 0 {
		return nil
	}
	return &Invalid{faults}
}

// Conflict says that the state of things does not allow what was asked, and what it does allow.
type Conflict struct {
	Type     string   // a stable word for programs, such as "illegal-move"
	Detail   string   // the sentence for people
	Possible []string // what can be done instead, where that is a list of words
	Faults   []Fault  // the places concerned, where there are several
}

func (e *Conflict) Error() string { return e.Detail }

// Conflicting makes a Conflict without alternatives.
func Conflicting(kind, format string, args ...any) error {
	return &Conflict{Type: kind, Detail: fmt.Sprintf(format, args...)}
}

// IllegalMove says what, such as "a visit that is declined", cannot be moved by the action, and what the party can do with
// it instead.
func IllegalMove(what, action, party string, possible []string) error {
	detail := fmt.Sprintf("%s cannot be moved by “%s”; the %s ", what, action, party)
	if len(possible) == 0 {
		detail += "can do nothing more with it"
	} else {
		detail += "can: " + strings.Join(possible, ", ")
	}
	return &Conflict{Type: "illegal-move", Detail: detail, Possible: possible}
}

// Under puts the faults of an Invalid below a place: what was wrong at /title of a part is wrong at /part/title.
func Under(place string, err error) error {
	var invalid *Invalid
	if !errors.As(err, &invalid) {
		return err
	}
	faults := make([]Fault, len(invalid.Faults))
	for i, f := range invalid.Faults {
		f.Pointer = place + f.Pointer
		faults[i] = f
	}
	return &Invalid{faults}
}
