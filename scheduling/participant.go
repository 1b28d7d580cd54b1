// Package scheduling is the focus-group half: the panel of participants, studies and their focus groups, invitations,
// the day itself, what it cost and what was found.
package scheduling

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Participant is a customer on the panel who may be invited, with what a coordinator should know before writing to them.
type Participant struct {
	ID           uuid.UUID         `json:"id" bun:",pk"`
	Name         string            `json:"name" example:"Petra Nowak"`
	Email        string            `json:"email" doc:"As it was written; empty where there is none" example:"petra@example.org"`
	Phone        string            `json:"phone" doc:"As it was written; empty where there is none" example:"+48 600 100 200"`
	Language     string            `json:"language" example:"pl"`
	Zone         string            `json:"zone" example:"Europe/Warsaw"`
	Household    string            `json:"household" doc:"A word of the organisation's own: who has the same lives together"`
	Employer     string            `json:"employer" doc:"Who has the same works together"`
	Notes        string            `json:"notes"`
	Tags         []string          `json:"tags" bun:"-" nullable:"false" doc:"Sorted"`
	Attributes   map[string]string `json:"attributes" bun:"-" doc:"Values by the attribute's id: numbers as decimals, days as 1990-05-31"`
	DoNotContact bool              `json:"do_not_contact" doc:"Whether nothing may be sent to them"`
	Erased       bool              `json:"erased" bun:"-" doc:"Whether what was held on the person is erased, but for what they took part in"`
	Edition      int64             `json:"edition" doc:"Counts changes; the ETag"`

	NeedsKept  bool        `json:"needs_kept" bun:"-" doc:"Whether accessibility or diet needs are kept, which are read apart"`
	Consents   []Consent   `json:"consents" bun:"-" nullable:"false" doc:"Newest first"`
	Duplicates []Duplicate `json:"duplicates" bun:"-" nullable:"false" doc:"Others with the same e-mail or phone, who are probably the same person, up to 20"`
	History    []Invited   `json:"history" bun:"-" nullable:"false" doc:"What they were invited to, newest first, up to 200"`
}

// ParticipantSummary is a participant as lists show one: without what one would write or call to.
type ParticipantSummary struct {
	ID           uuid.UUID `json:"id"`
	Name         string    `json:"name" example:"Petra Nowak"`
	Language     string    `json:"language" example:"pl"`
	Zone         string    `json:"zone" example:"Europe/Warsaw"`
	HasEmail     bool      `json:"has_email" doc:"Whether there is an e-mail address"`
	HasPhone     bool      `json:"has_phone" doc:"Whether there is a phone number"`
	Tags         []string  `json:"tags" nullable:"false" doc:"Sorted"`
	DoNotContact bool      `json:"do_not_contact" doc:"Whether nothing may be sent to them"`
	Edition      int64     `json:"edition" doc:"Counts changes; the ETag"`
}

// Duplicate is a participant who is probably the same person as another.
type Duplicate struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
	Same string    `json:"same" enum:"email,phone" doc:"What is the same: the e-mail but for case, or the digits of the phone"`
}

// ParticipantChange is what to change; what is nil stays.
type ParticipantChange struct {
	Name         *string           `json:"name,omitempty" maxLength:"120" example:"Petra Nowak"`
	Email        *string           `json:"email,omitempty" maxLength:"254" doc:"Empty where there is none" example:"petra@example.org"`
	Phone        *string           `json:"phone,omitempty" maxLength:"40" doc:"Empty where there is none" example:"+48 600 100 200"`
	Language     *string           `json:"language,omitempty" maxLength:"35" example:"pl"`
	Zone         *string           `json:"zone,omitempty" maxLength:"64" example:"Europe/Warsaw"`
	Household    *string           `json:"household,omitempty" maxLength:"120" doc:"A word of the organisation's own: who has the same lives together"`
	Employer     *string           `json:"employer,omitempty" maxLength:"120" doc:"Who has the same works together"`
	Notes        *string           `json:"notes,omitempty" maxLength:"4000"`
	Tags         *[]string         `json:"tags,omitempty" maxItems:"20" doc:"Replaces the tags"`
	Attributes   map[string]string `json:"attributes,omitempty" doc:"Values by the attribute's id, as texts; those that are absent stay, an empty one is taken away"`
	DoNotContact *bool             `json:"do_not_contact,omitempty" doc:"Whether nothing may be sent to them"`
}

// NewParticipant is a participant to be added.
type NewParticipant struct {
	ID uuid.UUID `json:"id" doc:"Chosen by the client: a UUID"`
	ParticipantChange
}

// FormerParticipant is the name of those who were erased.
const FormerParticipant = "Former participant"

const (
	mostOfPhone   = 40
	mostOfNotes   = 4000
	mostTags      = 20
	mostOfTag     = 40
	mostOfSearch  = 2000 // bytes of folded
	fewestOfPhone = 5    // digits
	mostOfDigits  = 15   // a number has no more (E.164)
)

// apply takes over a change. The values of attributes must be those that valued gave.
func (p *Participant) apply(c ParticipantChange) (fields []string) {
	set(&p.Name, onOneLine(c.Name), "name", &fields)
	set(&p.Email, onOneLine(c.Email), "email", &fields)
	set(&p.Phone, onOneLine(c.Phone), "phone", &fields)
	set(&p.Zone, onOneLine(c.Zone), "zone", &fields)
	set(&p.Household, onOneLine(c.Household), "household", &fields)
	set(&p.Employer, onOneLine(c.Employer), "employer", &fields)
	set(&p.DoNotContact, c.DoNotContact, "do_not_contact", &fields)
	if c.Language != nil {
		p.Language, fields = account.CanonicalLanguage(strings.TrimSpace(*c.Language)), append(fields, "language")
	}
	if c.Notes != nil {
		p.Notes, fields = strings.TrimSpace(newlines.Replace(norm.NFC.String(*c.Notes))), append(fields, "notes")
	}
	if c.Tags != nil {
		p.Tags, fields = tagsOf(*c.Tags), append(fields, "tags")
	}
	if len(c.Attributes) > 0 {
		p.Attributes, fields = maps.Clone(p.Attributes), append(fields, "attributes")
		if p.Attributes == nil {
			p.Attributes = map[string]string{}
		}
		for id, value := range c.Attributes {
			if p.Attributes[id] = value; value == "" {
				delete(p.Attributes, id)
			}
		}
	}
	return fields
}

var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// tagsOf are tags as they are kept: sorted, each once whatever its case, as it was written first.
func tagsOf(tags []string) []string {
	kept := []string{}
	for _, tag := range tags {
		if tag = *onOneLine(&tag); tag != "" {
			kept = append(kept, tag)
		}
	}
	slices.SortStableFunc(kept, func(a, b string) int { return strings.Compare(database.Fold(a), database.Fold(b)) })
	return slices.CompactFunc(kept, func(a, b string) bool { return database.Fold(a) == database.Fold(b) })
}

func (p *Participant) faults() []fault.Fault {
	var l faultList
	l.line("/name", p.Name, 1)
	if p.Email != "" && !account.IsEmail(p.Email) {
		l.refuse("/email", "must be empty or one e-mail address without a name, such as petra@example.org, of at most 254 characters")
	}
	if p.Phone != "" && !isPhone(p.Phone) {
		l.refuse("/phone", "must be empty or a number such as +48 600 100 200, with %d to %d digits", fewestOfPhone, mostOfDigits)
	}
	l.language(p.Language)
	l.zone("/zone", p.Zone)
	l.line("/household", p.Household, 0)
	l.line("/employer", p.Employer, 0)
	l.notes("/notes", p.Notes, mostOfNotes)
	if len(p.Tags) > mostTags {
		l.refuse("/tags", "must be at most %d", mostTags)
	}
	for _, tag := range p.Tags {
		if !isLine(tag, 1, mostOfTag) || strings.ContainsAny(tag, ",;") {
			l.refuse("/tags", "each must have 1 to %d characters, on one line, and no comma or semicolon", mostOfTag)
			break
		}
	}
	return l
}

func unkeepable(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

// isPhone is true of a phone number as people write it.
func isPhone(phone string) bool {
	digits := len(phoneDigits(phone))
	return digits >= fewestOfPhone && digits <= mostOfDigits && utf8.RuneCountInString(phone) <= mostOfPhone && onlyPhone(phone)
}

// onlyPhone is true of a text that has nothing but what phone numbers are written with.
func onlyPhone(text string) bool {
	return !strings.ContainsFunc(norm.NFKC.String(text), func(r rune) bool {
		return !unicode.IsDigit(r) && !strings.ContainsRune("+()-./ \u2010\u2011\u2013", r)
	})
}

// phoneDigits is the form in which phone numbers are compared: the digits alone, in whatever script they are written. The
// 00 before the number of a country is left out, as + is, and so is a zero in brackets: +44 (0)20 is +44 20.
func phoneDigits(phone string) string {
	var digits strings.Builder
	for _, r := range strings.ReplaceAll(norm.NFKC.String(phone), "(0)", "") {
		if unicode.IsDigit(r) {
			digits.WriteRune('0' + digitOf(r))
		}
	}
	return strings.TrimPrefix(digits.String(), "00")
}

// digitOf is the value of a decimal digit of any script: Unicode has the ten of each one after the other.
func digitOf(r rune) rune {
	zero := r
	for unicode.IsDigit(zero-1) && r-zero < 9 {
		zero--
	}
	return r - zero
}

// folded is what participants are sorted and searched by: the name first. It is cut at a length that an index can hold.
func (p *Participant) folded() string {
	text := database.Fold(slices.Concat([]string{p.Name, p.Email, p.Phone, phoneDigits(p.Phone)}, p.Tags)...)
	if len(text) <= mostOfSearch {
		return text
	}
	end := mostOfSearch
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

// facets are what participants are filtered by.
func (p *Participant) facets() string {
	var text strings.Builder
	for _, tag := range p.Tags {
		text.WriteString(facet("", tag))
	}
	for _, id := range slices.Sorted(maps.Keys(p.Attributes)) {
		text.WriteString(facet(id, p.Attributes[id]))
	}
	return text.String()
}
