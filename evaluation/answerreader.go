package evaluation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/currency"
)

// read reads what was sent as the answer to the question. It is not given when it is empty; wrong says what would be
// right.
func (q *Question) read(sent json.RawMessage) (a Answer, given bool, wrong string) {
	sent = bytes.TrimSpace(sent)
	text := string(sent)
	if text == "null" || text == `""` {
		return Answer{}, false, ""
	}
	if !utf8.ValidString(text) {
		return Answer{}, true, "must be UTF-8"
	}
	if strings.HasPrefix(text, "{") && q.Type != TypeChoice && q.Type != TypeChoices {
		return q.readObject(sent)
	}
	switch q.Type {
	case TypeChoice:
		return q.readChoice(sent)
	case TypeChoices:
		return q.readChoices(sent)
	case TypeScale, TypeNumber, TypeDuration:
		return q.readNumber(text)
	case TypeText:
		return q.readText(sent)
	case TypeDate:
		return q.readTime(sent, time.DateOnly, "must be a day of the calendar such as \"2026-11-21\"")
	case TypeTime:
		return q.readTime(sent, "15:04", "must be a time of day such as \"14:05\"")
	default:
		return Answer{}, true, q.wanted()
	}
}

// wanted says what an answer that is an object must look like.
func (q *Question) wanted() string {
	switch q.Type {
	case TypePhoto:
		return `must be an object {"photos": [the SHA-256 of each]}`
	case TypeReceipt:
		return `must be an object {"amount": in minor units such as 1250 for 12.50, "currency": "EUR", "photos": [the SHA-256 of each]}`
	case TypeLocation:
		return `must be an object {"lat": from -90 to 90, "lon": from -180 to 180, "accuracy": in metres}`
	default:
		return "asks nothing; leave the answer out"
	}
}

func (q *Question) readChoice(sent json.RawMessage) (a Answer, given bool, wrong string) {
	id, is := textOf(sent)
	option := q.option(id)
	if !is || option == nil {
		return Answer{}, true, "must be one of these options: " + q.optionIDs()
	}
	return Answer{NA: option.NA, Choices: []string{id}}, true, ""
}

func (q *Question) readChoices(sent json.RawMessage) (a Answer, given bool, wrong string) {
	if json.Unmarshal(sent, &a.Choices) != nil {
		return Answer{}, true, "must be a list of these options: " + q.optionIDs()
	}
	for i, id := range a.Choices {
		option := q.option(id)
		switch {
		case option == nil:
			return Answer{}, true, "must be a list of these options: " + q.optionIDs()
		case slices.Contains(a.Choices[:i], id):
			return Answer{}, true, "must name each option once"
		case (option.NA || option.Exclusive) && len(a.Choices) > 1:
			return Answer{}, true, fmt.Sprintf("must name %q alone, or leave it out", id)
		}
		a.NA = option.NA
	}
	// In which order they were tapped is no part of the answer.
	place := func(id string) int { return slices.IndexFunc(q.Options, func(o Option) bool { return o.ID == id }) }
	slices.SortFunc(a.Choices, func(x, y string) int { return place(x) - place(y) })
	return a, len(a.Choices) > 0, ""
}

func (q *Question) optionIDs() string {
	ids := make([]string, len(q.Options))
	for i, option := range q.Options {
		ids[i] = option.ID
	}
	return strings.Join(ids, ", ")
}

func (q *Question) readNumber(text string) (a Answer, given bool, wrong string) {
	number, err := ParseDecimal(text)
	lowest, highest := q.limits()
	if err != nil || number.places() > q.Decimals || lowest != nil && number < *lowest || highest != nil && number > *highest {
		return Answer{}, true, q.numberWanted(lowest, highest)
	}
	return Answer{Number: number}, true, ""
}

// numberWanted says which numbers are taken.
func (q *Question) numberWanted(lowest, highest *Decimal) string {
	wanted := "must be a whole number"
	switch {
	case q.Type == TypeDuration:
		wanted += " of seconds"
	case q.Decimals == 1:
		wanted = "must be a number with at most one decimal"
	case q.Decimals > 1:
		wanted = fmt.Sprintf("must be a number with at most %d decimals", q.Decimals)
	}
	switch {
	case lowest != nil && highest != nil:
		wanted += fmt.Sprintf(" from %s to %s", lowest, highest)
	case lowest != nil:
		wanted += fmt.Sprintf(", at least %s", lowest)
	case highest != nil:
		wanted += fmt.Sprintf(", at most %s", highest)
	default:
		wanted += ", smaller than 1000000000000"
	}
	return wanted
}

func (q *Question) readText(sent json.RawMessage) (a Answer, given bool, wrong string) {
	var is bool
	if a.Text, is = textOf(sent); !is {
		return Answer{}, true, "must be a text in quotes"
	}
	if strings.ContainsRune(a.Text, 0) {
		return Answer{}, true, "must not contain the character U+0000"
	}
	a.Text = strings.TrimSpace(a.Text)
	length, most := utf8.RuneCountInString(a.Text), orDefault(q.MaxLength, defaultMaxLength)
	switch {
	case length == 0:
		return Answer{}, false, ""
	case length < q.MinLength:
		return Answer{}, true, fmt.Sprintf("must have at least %d characters", q.MinLength)
	case length > most:
		return Answer{}, true, fmt.Sprintf("must have at most %d characters", most)
	}
	return a, true, ""
}

func (q *Question) readTime(sent json.RawMessage, layout, wanted string) (a Answer, given bool, wrong string) {
	text, _ := textOf(sent)
	if t, err := time.Parse(layout, text); err != nil || t.Format(layout) != text {
		return Answer{}, true, wanted
	}
	return Answer{Text: text}, true, ""
}

// readObject reads N/A and the answers that have more than one part. Their keys are checked by name, as encoding/json
// would take them in any case.
func (q *Question) readObject(sent json.RawMessage) (a Answer, given bool, wrong string) {
	var parts map[string]json.RawMessage
	if json.Unmarshal(sent, &parts) != nil {
		return Answer{}, true, q.wanted()
	}
	if _, asked := parts["na"]; asked {
		return q.readNA(parts)
	}
	var known []string
	switch q.Type {
	case TypePhoto:
		known = []string{"photos"}
	case TypeReceipt:
		known = []string{"amount", "currency", "photos"}
	case TypeLocation:
		known = []string{"lat", "lon", "accuracy"}
	default:
		_, _, wrong = q.read(json.RawMessage("[]"))
		return Answer{}, true, wrong
	}
	for key := range maps.Keys(parts) {
		if !slices.Contains(known, key) {
			return Answer{}, true, q.wanted()
		}
	}
	if q.Type == TypeLocation {
		return q.readLocation(parts)
	}
	if json.Unmarshal(orNull(parts["photos"]), &a.Photos) != nil {
		return Answer{}, true, q.wanted()
	}
	if len(a.Photos) == 0 && len(parts["amount"]) == 0 && len(parts["currency"]) == 0 {
		return Answer{}, false, ""
	}
	if wrong = q.photosWanted(a.Photos); wrong == "" && q.Type == TypeReceipt {
		a.Money, wrong = q.readMoney(parts)
	}
	return a, true, wrong
}

func (q *Question) readNA(parts map[string]json.RawMessage) (a Answer, given bool, wrong string) {
	switch {
	case !q.NA:
		return Answer{}, true, "must be answered or left out; \"not applicable\" is no answer here"
	case len(parts) > 1 || string(parts["na"]) != "true":
		return Answer{}, true, `must be {"na": true} alone when it is not applicable`
	}
	return Answer{NA: true}, true, ""
}

var sha256Hex = regexp.MustCompile(`^[0-9a-f]{64}$`)

// photosWanted says what would be right for photos; nothing when they are.
func (q *Question) photosWanted(photos []string) string {
	fewest, most := q.photoLimits()
	switch {
	case len(photos) < fewest || len(photos) > most:
		return fmt.Sprintf("must have from %d to %d photos", fewest, most)
	case slices.ContainsFunc(photos, func(hash string) bool { return !sha256Hex.MatchString(hash) }):
		return "must name each photo by its SHA-256: 64 hexadecimal digits in lower case"
	case len(slices.Compact(slices.Sorted(slices.Values(photos)))) < len(photos):
		return "must name each photo once"
	}
	return ""
}

func (q *Question) readMoney(parts map[string]json.RawMessage) (*Money, string) {
	money := new(Money)
	amount, err := ParseDecimal(string(parts["amount"]))
	if err != nil || amount.places() > 0 || json.Unmarshal(orNull(parts["currency"]), &money.Currency) != nil {
		return nil, q.wanted()
	}
	if _, err := currency.ParseISO(money.Currency); err != nil {
		return nil, q.wanted()
	}
	money.Amount = int64(amount / one)
	if len(money.faults("")) > 0 {
		return nil, q.wanted()
	}
	return money, ""
}

func (q *Question) readLocation(parts map[string]json.RawMessage) (a Answer, given bool, wrong string) {
	var lat, lon *float64
	p := new(Position)
	if json.Unmarshal(orNull(parts["lat"]), &lat) != nil || json.Unmarshal(orNull(parts["lon"]), &lon) != nil ||
		json.Unmarshal(orNull(parts["accuracy"]), &p.Accuracy) != nil || lat == nil || lon == nil ||
		*lat < -90 || *lat > 90 || *lon < -180 || *lon > 180 || p.Accuracy < 0 {
		return Answer{}, true, q.wanted()
	}
	p.Lat, p.Lon = *lat, *lon
	return Answer{Position: p}, true, ""
}

// textOf is the text that was sent, if it was one.
func textOf(sent json.RawMessage) (text string, is bool) {
	special := func(b byte) bool { return b == '"' || b == '\\' || b < ' ' }
	if n := len(sent); n >= 2 && sent[0] == '"' && sent[n-1] == '"' && !slices.ContainsFunc(sent[1:n-1], special) {
		return string(sent[1 : n-1]), true // most are so plain that there is nothing to decode
	}
	return text, json.Unmarshal(sent, &text) == nil
}

// orNull is what was sent for a part, null when it was left out.
func orNull(sent json.RawMessage) json.RawMessage {
	if sent == nil {
		return json.RawMessage("null")
	}
	return sent
}
