package scheduling

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Attribute is something of the organisation's own choice that participants have and quotas count, such as how they
// travel. Its type is text, number, choice (of its options) or date.
type Attribute struct {
	ID      uuid.UUID `json:"id"`
	Name    string    `json:"name" example:"Visits a month"`
	Type    string    `json:"type" enum:"text,number,choice,date" doc:"What its values are"`
	Options []string  `json:"options,omitempty" doc:"Of a choice: what can be chosen"`
	Edition int64     `json:"edition" doc:"Counts changes; the ETag"`
}

// AttributeChange is what to change; what is nil stays. The type never changes: that would be another attribute.
type AttributeChange struct {
	Name    *string   `json:"name,omitempty" maxLength:"60" example:"Visits a month"`
	Options *[]string `json:"options,omitempty" maxItems:"50" doc:"Of a choice: what can be chosen, in this order; one that a participant has is not taken away"`
}

// NewAttribute is an attribute to be added.
type NewAttribute struct {
	ID   uuid.UUID `json:"id" doc:"Chosen by the client: a UUID"`
	Type string    `json:"type" enum:"text,number,choice,date" doc:"What its values are"`
	AttributeChange
}

const (
	mostOfAttributeName = 60
	mostOptions         = 50
	mostOfValue         = 200
)

func (a *Attribute) apply(c AttributeChange) (fields []string) {
	set(&a.Name, onOneLine(c.Name), "name", &fields)
	if c.Options != nil {
		options := make([]string, len(*c.Options))
		for i := range *c.Options {
			options[i] = *onOneLine(&(*c.Options)[i])
		}
		a.Options, fields = options, append(fields, "options")
	}
	return fields
}

func (a *Attribute) faults() []fault.Fault {
	var l faultList
	switch {
	case !isLine(a.Name, 1, mostOfAttributeName):
		l.refuse("/name", "must have 1 to %d characters, on one line", mostOfAttributeName)
	case isPanelColumn(a.Name):
		l.refuse("/name", "%q is a column of every import already: choose another name", a.Name)
	}
	switch a.Type {
	case "text", "number", "date":
		if len(a.Options) > 0 {
			l.refuse("/options", "only an attribute of the type choice has options")
		}
	case "choice":
		if len(a.Options) < 2 || len(a.Options) > mostOptions {
			l.refuse("/options", "must be 2 to %d", mostOptions)
		}
	default:
		l.refuse("/type", "must be text, number, choice or date")
	}
	seen := map[string]bool{}
	for i, option := range a.Options {
		pointer := fmt.Sprintf("/options/%d", i)
		if !isLine(option, 1, mostOfValue) {
			l.refuse(pointer, "must have 1 to %d characters, on one line", mostOfValue)
		} else if seen[database.Fold(option)] {
			l.refuse(pointer, "stands in the list before, but for case or accents")
		}
		seen[database.Fold(option)] = true
	}
	return l
}

var decimal = regexp.MustCompile(`^(-?)0*([0-9]{1,15})(?:\.([0-9]{1,6}))?$`)

// value gives a value as it is kept, or says what would be right.
func (a *Attribute) value(text string) (kept, wrong string) {
	text = *onOneLine(&text)
	switch a.Type {
	case "number":
		parts := decimal.FindStringSubmatch(text)
		if parts == nil {
			return "", "must be a number such as 42 or 2.5, with up to 15 digits before the point and 6 after it"
		}
		kept := parts[2]
		if fraction := strings.TrimRight(parts[3], "0"); fraction != "" {
			kept += "." + fraction
		}
		if kept != "0" {
			kept = parts[1] + kept
		}
		return kept, ""
	case "choice":
		i := slices.IndexFunc(a.Options, func(option string) bool { return database.Fold(option) == database.Fold(text) })
		if i < 0 {
			return "", "must be one of: " + strings.Join(a.Options, ", ")
		}
		return a.Options[i], ""
	case "date":
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return "", "must be a day such as 1990-05-31"
		}
		return text, ""
	}
	if !isLine(text, 1, mostOfValue) {
		return "", fmt.Sprintf("must have 1 to %d characters, on one line", mostOfValue)
	}
	return text, ""
}

// facet is how a participant with a value of the attribute is found.
func facet(attribute, value string) string {
	return "\n" + attribute + "=" + database.Fold(value) + "\n"
}

// set takes the new value, if there is one, and notes the field's name.
func set[T any](field *T, value *T, name string, changed *[]string) {
	if value != nil {
		*field = *value
		*changed = append(*changed, name)
	}
}

// onOneLine is a text as it is kept: composed (NFC), without space around it.
func onOneLine(text *string) *string {
	if text == nil {
		return nil
	}
	plain := strings.TrimSpace(norm.NFC.String(*text))
	return &plain
}

// isLine is true of a text on one line with so many characters.
func isLine(text string, least, most int) bool {
	n := utf8.RuneCountInString(text)
	return n >= least && n <= most && utf8.ValidString(text) && !strings.ContainsFunc(text, breaksLine)
}

func breaksLine(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }
