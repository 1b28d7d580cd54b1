package scheduling

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Finding is a theme of a focus group, with how many said it and quotes without names.
type Finding struct {
	ID           uuid.UUID `json:"id"`
	FocusGroupID uuid.UUID `json:"focus_group_id"`
	Topic        string    `json:"topic" example:"At the counter" doc:"What was talked about"`
	Theme        string    `json:"theme" example:"Nobody says how long it will take" doc:"What was found"`
	SaidBy       int       `json:"said_by" doc:"How many people said it" example:"5"`
	Quotes       []string  `json:"quotes" nullable:"false" doc:"In their words, without names"`
	Position     int       `json:"position" doc:"Where it stands among the findings: lower ones come first"`
	TooMany      bool      `json:"too_many,omitempty" doc:"True where, after a correction of attendance, more are said to have said it than took part"`
	Edition      int64     `json:"edition" doc:"Counts changes; the ETag"`
}

// FindingChange is what to change; what is nil stays.
type FindingChange struct {
	Topic    *string   `json:"topic,omitempty" maxLength:"200" example:"At the counter" doc:"What was talked about"`
	Theme    *string   `json:"theme,omitempty" maxLength:"500" example:"Nobody says how long it will take" doc:"What was found, without names"`
	SaidBy   *int      `json:"said_by,omitempty" minimum:"0" doc:"How many people said it: no more than took part" example:"5"`
	Quotes   *[]string `json:"quotes,omitempty" maxItems:"20" doc:"In their words, without names; replaces all"`
	Position *int      `json:"position,omitempty" minimum:"0" maximum:"10000" doc:"Where it stands among the findings: lower ones come first"`
}

// NewFinding is a finding to be added.
type NewFinding struct {
	ID uuid.UUID `json:"id" doc:"Chosen by the client: a random UUID (version 4), for managers meet it in the report"`
	FindingChange
}

func (f *Finding) apply(c FindingChange) (fields []string) {
	if c.Topic != nil {
		f.Topic, fields = strings.TrimSpace(*c.Topic), append(fields, "topic")
	}
	if c.Theme != nil {
		f.Theme, fields = strings.TrimSpace(*c.Theme), append(fields, "theme")
	}
	if c.SaidBy != nil {
		f.SaidBy, fields = *c.SaidBy, append(fields, "said_by")
	}
	if c.Quotes != nil {
		f.Quotes, fields = []string{}, append(fields, "quotes")
		for _, quote := range *c.Quotes {
			f.Quotes = append(f.Quotes, strings.TrimSpace(quote))
		}
	}
	if c.Position != nil {
		f.Position, fields = *c.Position, append(fields, "position")
	}
	return fields
}

// faults of a finding of a group in which so many took part and to which people with these names were asked.
func (f *Finding) faults(tookPart int, names []string) []fault.Fault {
	var l faultList
	text := func(pointer, value string, most int) {
		if n := utf8.RuneCountInString(value); n < 1 || n > most {
			l.refuse(pointer, "must have 1 to %d characters", most)
		} else if name := nameIn(value, names); name != "" {
			l.refuse(pointer, "must be without names: %q is that of a participant of this focus group; write “[name]” or another word", name)
		}
	}
	text("/topic", f.Topic, 200)
	text("/theme", f.Theme, 500)
	for i, quote := range f.Quotes {
		text(fmt.Sprintf("/quotes/%d", i), quote, 1000)
	}
	if len(f.Quotes) > 20 {
		l.refuse("/quotes", "must be at most 20")
	}
	if f.SaidBy < 0 || f.SaidBy > tookPart {
		l.refuse("/said_by", "must be 0 to %d people: that many took part", tookPart)
	}
	if f.Position < 0 || f.Position > 10000 {
		l.refuse("/position", "must be 0 to 10000")
	}
	return l
}

// nameIn is the first or last name of one of these people that stands in a text as a word of its own, whatever its case
// and the marks on its letters; of a double name each part counts. It is given as it stands in the text, for a moderator
// learns no last names. It is empty of none. A name of a single letter is none.
func nameIn(text string, names []string) string {
	words := map[string]string{}
	for _, word := range strings.FieldsFunc(text, notOfAName) {
		words[database.Fold(word)] = word
	}
	for _, name := range names {
		whole := strings.Fields(name)
		if len(whole) == 0 {
			continue
		}
		for _, end := range []string{whole[0], whole[len(whole)-1]} {
			for _, part := range strings.FieldsFunc(end, notOfAName) {
				if word := words[database.Fold(part)]; word != "" && utf8.RuneCountInString(part) > 1 {
					return word
				}
			}
		}
	}
	return ""
}

func notOfAName(r rune) bool { return !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) }
