package evaluation

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// rich is a document with every type, every list and every mark in it.
const rich = `{
	"title": "Branch visit", "languages": ["en", "pl"],
	"texts": {"pl": {":title": "Wizyta", ":band.9000": "Świetnie", "welcome": "Powitanie", "greeted": "Czy…", "greeted.yes": "Tak", "why:hint": "Krótko", "wait-2min": "Obsługa", "in": "Wejście"}},
	"scoring": {"method": "weighted_sections", "critical": "cap", "critical_cap": 5000, "cap_bonus": true,
		"bands": [{"from": 9000, "name": "Excellent"}, {"from": 7500, "name": "Good"}, {"from": 0, "name": "Below standard"}]},
	"standards": [{"id": "wait-2min", "kind": "timeliness", "text": "We serve you within two minutes"}],
	"moments": [{"id": "in", "text": "Came in"}, {"id": "served", "text": "Served"}],
	"sections": [
		{"id": "welcome", "title": "Welcome", "touchpoint": "purchase", "weight": 2000, "show_when": null, "questions": [
			{"id": "greeted", "type": "choice", "text": "Were you greeted?", "required": true, "need": "friendliness",
				"options": [{"id": "yes", "text": "Yes", "points": 200}, {"id": "no", "text": "No", "points": 0, "fails": true}, {"id": "na", "text": "Nobody there", "na": true}]},
			{"id": "wait", "type": "duration", "text": "How long did you wait?", "standard": "wait-2min", "from_moment": "in", "to_moment": "served", "na": true, "max": 3600,
				"bands": [{"up_to": 120, "points": 300, "kept": true}, {"up_to": 300, "points": 100}, {"points": 0}]},
			{"id": "why", "type": "text", "text": "What happened instead?", "hint": "In short", "min_length": 20, "audience": "branch", "show_when": {"question": "greeted", "is": ["no"]}}]},
		{"id": "inside", "title": "Inside", "show_when": {"any": [{"question": "greeted", "answered": true}, {"question": "wait", "at_least": 60}]}, "questions": [
			{"id": "seen", "type": "choices", "text": "What did you see?", "weight": 150, "options": [{"id": "clean", "text": "Clean", "points": 100}, {"id": "warm", "text": "Warm", "points": 50}, {"id": "dirt", "text": "Dirt", "points": -100}, {"id": "nothing", "text": "Nothing", "points": 0, "exclusive": true}, {"id": "na", "text": "N/A", "na": true}]},
			{"id": "smile", "type": "scale", "text": "How friendly?", "from": 1, "to": 5, "na": true, "bands": [{"up_to": 2, "points": -50}, {"up_to": 4, "points": 100}, {"points": 200}]},
			{"id": "gift", "type": "choice", "text": "A present?", "bonus": true, "show_when": {"all": [{"question": "seen", "not": ["dirt"]}, {"none": [{"question": "smile", "at_most": 2}]}]}, "options": [{"id": "yes", "text": "Yes", "points": 100}, {"id": "no", "text": "No", "points": 0}]},
			{"id": "price", "type": "number", "text": "What was the price?", "decimals": 2, "min": 0, "max": 1000, "na": true, "bands": [{"up_to": 9.99, "points": 100}, {"points": 0}]},
			{"id": "day", "type": "date", "text": "Which day?"},
			{"id": "at", "type": "time", "text": "When?", "audience": "coordinator", "from_moment": "served"},
			{"id": "shelf", "type": "photo", "text": "The shelf?", "min_photos": 1, "max_photos": 3, "na": true},
			{"id": "bill", "type": "receipt", "text": "The bill?"},
			{"id": "here", "type": "location", "text": "Where?", "show_when": {"question": "price", "na": true}},
			{"id": "thanks", "type": "note", "text": "Thank you"}]}]}`

// patched is the rich document with values put in the places of JSON pointers; nil takes one out, "-" appends.
func patched(t *testing.T, patch map[string]any) []byte {
	t.Helper()
	var document any
	require.NoError(t, json.Unmarshal([]byte(rich), &document))
	for pointer, value := range patch {
		parts := strings.Split(pointer[1:], "/")
		parent, put := document, func(any) {}
		for _, part := range parts[:len(parts)-1] {
			parent, put = inside(t, parent, part)
		}
		last := strings.NewReplacer("~1", "/", "~0", "~").Replace(parts[len(parts)-1])
		switch parent := parent.(type) {
		case map[string]any:
			if value == nil {
				delete(parent, last)
			} else {
				parent[last] = value
			}
		case []any:
			if last == "-" {
				put(append(parent, value))
				continue
			}
			i, err := strconv.Atoi(last)
			require.NoError(t, err)
			if value == nil {
				put(append(parent[:i:i], parent[i+1:]...))
			} else {
				parent[i] = value
			}
		}
	}
	data, err := json.Marshal(document)
	require.NoError(t, err)
	return data
}

// inside is what stands under a key or at an index, and how to replace it.
func inside(t *testing.T, parent any, part string) (any, func(any)) {
	t.Helper()
	switch parent := parent.(type) {
	case map[string]any:
		return parent[part], func(v any) { parent[part] = v }
	case []any:
		i, err := strconv.Atoi(part)
		require.NoError(t, err)
		return parent[i], func(v any) { parent[i] = v }
	}
	require.Fail(t, "nothing inside", part)
	return nil, nil
}

func TestARichDocumentCanBePublished(t *testing.T) {
	d, err := ReadDocument([]byte(rich))
	require.NoError(t, err)
	require.Empty(t, d.Faults())
}

func TestWhatForbidsPublishing(t *testing.T) {
	type patch = map[string]any
	type object = map[string]any
	const (
		greeted = "/sections/0/questions/0"
		wait    = "/sections/0/questions/1"
		why     = "/sections/0/questions/2"
		seen    = "/sections/1/questions/0"
		smile   = "/sections/1/questions/1"
		gift    = "/sections/1/questions/2"
		price   = "/sections/1/questions/3"
		at      = "/sections/1/questions/5"
		here    = "/sections/1/questions/8"
		day     = "/sections/1/questions/4"
		shelf   = "/sections/1/questions/6"
		bill    = "/sections/1/questions/7"
		thanks  = "/sections/1/questions/9"
	)
	for _, c := range []struct {
		name   string
		patch  patch
		faults []string // pointer and a part of what would be right
	}{
		{"no title", patch{"/title": " "}, []string{"/title must say something"}},
		{"no language", patch{"/languages": []any{}, "/texts": nil}, []string{"/languages at least"}},
		{"a language that there is not", patch{"/languages": []any{"english!"}, "/texts": nil}, []string{"/languages/0 BCP 47"}},
		{"a language in another spelling", patch{"/languages/1": "PL", "/texts": nil}, []string{"/languages/1 BCP 47"}},
		{"a language twice", patch{"/languages": []any{"en", "en"}, "/texts": nil}, []string{"/languages/1 once"}},
		{"texts of an unknown language", patch{"/texts/de": object{"greeted": "?"}}, []string{"/texts/de languages"}},
		{"texts of the document's own language", patch{"/texts/en": object{"greeted": "?"}}, []string{"/texts/en left out"}},
		{"a text of an unknown thing", patch{"/texts/pl/nobody": "?"}, []string{"/texts/pl/nobody must be the id"}},
		{"a text of an unknown option", patch{"/texts/pl/greeted.maybe": "?"}, []string{"/texts/pl/greeted.maybe must be the id"}},
		{"a hint where there is none", patch{"/texts/pl/greeted:hint": "?"}, []string{"/texts/pl/greeted:hint must be the id"}},
		{"a text of an unknown band", patch{"/texts/pl/:band.8000": "?"}, []string{"/texts/pl/:band.8000 must be the id"}},
		{"a pointer is escaped", patch{"/texts/pl/a~1b~0c": "?"}, []string{"/texts/pl/a~1b~0c must be the id"}},
		{"an empty text", patch{"/texts/pl/greeted": ""}, []string{"/texts/pl/greeted must say something"}},
		{"a translated title that is too long", patch{"/texts/pl/:title": strings.Repeat("ą", 201)}, []string{"/texts/pl/:title at most 200"}},

		{"an unknown method", patch{"/scoring/method": "average"}, []string{"/scoring/method points, weighted_sections"}},
		{"an unknown policy", patch{"/scoring/critical": "fail", "/scoring/critical_cap": nil}, []string{"/scoring/critical stands, zero, cap"}},
		{"a cap without its limit", patch{"/scoring/critical_cap": nil}, []string{"/scoring/critical_cap must say"}},
		{"a limit without a cap", patch{"/scoring/critical": "zero"}, []string{"/scoring/critical_cap left out"}},
		{"a limit above 100 %", patch{"/scoring/critical_cap": 10001}, []string{"/scoring/critical_cap from 0 to 10000"}},
		{"bands that do not fall", patch{"/scoring/bands/1/from": 9000}, []string{"/scoring/bands/1/from below"}},
		{"bands that rise", patch{"/scoring/bands/1/from": 9500}, []string{"/scoring/bands/1/from below"}},
		{"a last band not from 0", patch{"/scoring/bands/2/from": 1}, []string{"/scoring/bands/2/from 0"}},
		{"a band above 100 %", patch{"/scoring/bands/0/from": 10001, "/texts": nil}, []string{"/scoring/bands/0/from from 0 to 10000"}},
		{"a band without a name", patch{"/scoring/bands/0/name": ""}, []string{"/scoring/bands/0/name must say something"}},
		{"two bands of one name", patch{"/scoring/bands/1/name": "Excellent"}, []string{"/scoring/bands/1/name differ"}},

		{"a standard of an unknown kind", patch{"/standards/0/kind": "speed"}, []string{"/standards/0/kind timeliness"}},
		{"a standard without words", patch{"/standards/0/text": ""}, []string{"/standards/0/text must say something"}},
		{"a moment without words", patch{"/moments/0/text": ""}, []string{"/moments/0/text must say something"}},
		{"a standard and a moment of one id", patch{"/moments/-": object{"id": "wait-2min", "text": "?"}}, []string{"/moments/2/id unique"}},

		{"no section", patch{"/sections": []any{}, "/texts": nil}, []string{"/sections at least one section", "/sections never have a score"}},
		{"a section without questions", patch{"/sections/1/questions": []any{}}, []string{"/sections/1/questions at least one"}},
		{"a section without a title", patch{"/sections/0/title": ""}, []string{"/sections/0/title must say something"}},
		{"an unknown touchpoint", patch{"/sections/0/touchpoint": "till"}, []string{"/sections/0/touchpoint awareness"}},
		{"a section's weight below 0", patch{"/sections/0/weight": -1}, []string{"/sections/0/weight from 0"}},
		{"a section's weight too big", patch{"/sections/0/weight": 100001}, []string{"/sections/0/weight to 100000"}},
		{"a section on its own question", patch{"/sections/1/show_when": object{"question": "seen", "is": []any{"clean"}}}, []string{"/sections/1/show_when/question earlier"}},
		{"nothing but weights of 0 can be scored", patch{"/sections/0/weight": 0, "/sections/1/weight": 0}, []string{"/sections never have a score"}},

		{"an id twice", patch{day + "/id": "why"}, []string{day + "/id unique"}},
		{"a question with the id of its section", patch{why + "/id": "welcome", "/texts/pl/why:hint": nil}, []string{why + "/id unique"}},
		{"an id with a dot", patch{why + "/id": "w.hy", "/texts/pl/why:hint": nil}, []string{why + "/id letters, digits"}},
		{"an id that is a prototype", patch{why + "/id": "__proto__", "/texts/pl/why:hint": nil}, []string{why + "/id beginning with"}},
		{"no id", patch{why + "/id": nil, "/texts/pl/why:hint": nil}, []string{why + "/id letters, digits"}},
		{"no words", patch{thanks + "/text": ""}, []string{thanks + "/text must say something"}},
		{"an unknown type", patch{thanks + "/type": "signature"}, []string{thanks + "/type choice, choices"}},
		{"no type", patch{thanks + "/type": nil}, []string{thanks + "/type choice, choices"}},
		{"an unknown need", patch{greeted + "/need": "speed"}, []string{greeted + "/need friendliness"}},
		{"an unknown audience", patch{greeted + "/audience": "public"}, []string{greeted + "/audience branch, coordinator"}},
		{"a question's weight below 0", patch{seen + "/weight": -100}, []string{seen + "/weight from 0"}},
		{"weight of what cannot be scored", patch{why + "/weight": 100}, []string{why + "/weight choice, choices, scale, number, duration"}},
		{"bonus of what cannot be scored", patch{day + "/bonus": true}, []string{day + "/bonus left out"}},
		{"a standard of what cannot test it", patch{day + "/standard": "wait-2min"}, []string{day + "/standard left out"}},
		{"a note that must be answered", patch{thanks + "/required": true}, []string{thanks + "/required left out"}},
		{"a note that may be N/A", patch{thanks + "/na": true}, []string{thanks + "/na left out"}},
		{"a need of a note", patch{thanks + "/need": "control"}, []string{thanks + "/need left out"}},
		{"N/A beside options", patch{greeted + "/na": true}, []string{greeted + "/na mark an option"}},
		{"options of a text", patch{why + "/options": []any{object{"id": "a", "text": "A"}}}, []string{why + "/options left out"}},
		{"bands of a choice", patch{greeted + "/bands": []any{object{"points": 1}}}, []string{greeted + "/bands left out"}},
		{"a scale's ends of a number", patch{price + "/from": 1, price + "/to": 2}, []string{price + "/from left out", price + "/to left out"}},
		{"limits of a scale", patch{smile + "/min": 1, smile + "/max": 2}, []string{smile + "/min left out", smile + "/max left out"}},
		{"decimals of a duration", patch{wait + "/decimals": 1}, []string{wait + "/decimals left out"}},
		{"lengths of a date", patch{day + "/min_length": 1, day + "/max_length": 2}, []string{day + "/min_length left out", day + "/max_length left out"}},
		{"photos of a date", patch{day + "/min_photos": 1, day + "/max_photos": 2}, []string{day + "/min_photos left out", day + "/max_photos left out"}},
		{"moments of a number", patch{price + "/from_moment": "in", price + "/to_moment": "served"}, []string{price + "/from_moment left out", price + "/to_moment left out"}},

		{"a choice of one option", patch{gift + "/options/1": nil}, []string{gift + "/options at least 2"}},
		{"choices of none", patch{seen + "/options": nil, gift + "/show_when": nil}, []string{seen + "/options at least 1"}},
		{"nothing but N/A", patch{seen + "/options": []any{object{"id": "na", "text": "N/A", "na": true}}, gift + "/show_when": nil}, []string{seen + "/options not all of them N/A"}},
		{"an option without an id", patch{seen + "/options/1/id": ""}, []string{seen + "/options/1/id letters, digits"}},
		{"an option twice", patch{seen + "/options/1/id": "clean"}, []string{seen + "/options/1/id unique"}},
		{"an option without words", patch{seen + "/options/1/text": ""}, []string{seen + "/options/1/text must say something"}},
		{"two options of the same words", patch{seen + "/options/1/text": "Clean"}, []string{seen + "/options/1/text differ"}},
		{"exclusive in a choice", patch{greeted + "/options/0/exclusive": true}, []string{greeted + "/options/0/exclusive stand alone"}},
		{"exclusive N/A", patch{seen + "/options/4/exclusive": true}, []string{seen + "/options/4/exclusive stand alone"}},
		{"N/A with points", patch{greeted + "/options/2/points": 1}, []string{greeted + `/options/2 must have no "points"`}},
		{"N/A that fails", patch{greeted + "/options/2/fails": true}, []string{greeted + `/options/2 must have no "points", "fails"`}},
		{"points left out of one option", patch{greeted + "/options/1/points": nil}, []string{greeted + "/options/1/points 0 earns nothing"}},
		{"points left out of one band", patch{wait + "/bands/2/points": nil}, []string{wait + "/bands/2/points 0 earns nothing"}},
		{"too many points", patch{greeted + "/options/0/points": 100001}, []string{greeted + "/options/0/points from -100000 to 100000"}},
		{"too few points", patch{greeted + "/options/0/points": -100001}, []string{greeted + "/options/0/points from -100000 to 100000"}},
		{"a possible that nobody can reach", patch{seen + "/options/3/points": 100}, []string{seen + "/options nobody could earn"}},
		{"all options fail", patch{greeted + "/options/0/fails": true}, []string{greeted + " every visit would fail"}},

		{"a scale without ends", patch{smile + "/from": nil, smile + "/to": nil}, []string{smile + "/from lowest step"}},
		{"a scale without an upper end", patch{smile + "/to": nil}, []string{smile + "/to highest step"}},
		{"a scale upside down", patch{smile + "/from": 5, smile + "/to": 1, smile + "/bands": nil, gift + "/show_when": nil}, []string{smile + "/to above"}},
		{"a scale too long", patch{smile + "/to": 1001}, []string{smile + "/to from -1000 to 1000"}},
		{"a minimum above the maximum", patch{price + "/min": 1001, price + "/bands": nil}, []string{price + `/max not be below "min"`}},
		{"a minimum of more decimals", patch{price + "/min": 0.001}, []string{price + "/min no more decimals"}},
		{"more decimals than are kept", patch{price + "/decimals": 7}, []string{price + "/decimals from 0 to 6"}},
		{"a duration below 0", patch{wait + "/min": -1}, []string{wait + "/min from 0 to 2592000 seconds"}},
		{"a duration of months", patch{wait + "/max": 2592001}, []string{wait + "/max from 0 to 2592000 seconds"}},
		{"a duration of half a second", patch{wait + "/bands/0/up_to": 120.5}, []string{wait + "/bands/0/up_to no more decimals"}},
		{"no bands", patch{price + "/bands": []any{}}, []string{price + "/bands at least one"}},
		{"bands of a value that do not rise", patch{wait + "/bands/1/up_to": 120}, []string{wait + "/bands/1/up_to above"}},
		{"a last band with a limit", patch{wait + "/bands/2/up_to": 900}, []string{wait + "/bands/2/up_to left out in the last"}},
		{"a band without a limit", patch{wait + "/bands/0/up_to": nil}, []string{wait + "/bands/0/up_to all bands but the last"}},
		{"a band below all answers", patch{smile + "/bands/0/up_to": 0}, []string{smile + "/bands/0/up_to at least 1"}},
		{"a last band above all answers", patch{smile + "/bands/1/up_to": 5}, []string{smile + "/bands/2 at most 5"}},
		{"a band above all answers", patch{wait + "/max": 120}, []string{wait + "/bands/1/up_to at most 120", wait + "/bands/2 at most 120"}},

		{"a text longer than its longest", patch{why + "/max_length": 19}, []string{why + `/min_length from 0 to "max_length", which is 19`}},
		{"a text of no length", patch{why + "/max_length": 0, why + "/min_length": nil}, []string{why + "/max_length from 1"}},
		{"a text without end", patch{why + "/max_length": 20001}, []string{why + "/max_length to 20000"}},
		{"a length below 0", patch{why + "/min_length": -1}, []string{why + "/min_length from 0"}},
		{"more photos than the most", patch{shelf + "/min_photos": 4}, []string{shelf + `/min_photos to "max_photos", which is 3`}},
		{"a photo question without photos", patch{shelf + "/min_photos": 0}, []string{shelf + "/min_photos from 1"}},
		{"no photos at all", patch{shelf + "/max_photos": 0, shelf + "/min_photos": nil}, []string{shelf + "/max_photos from 1 to 20", shelf + "/min_photos which is 0"}},
		{"photos without end", patch{bill + "/max_photos": 21}, []string{bill + "/max_photos from 1 to 20"}},
		{"an unknown moment", patch{wait + "/from_moment": "left"}, []string{wait + "/from_moment one of"}},
		{"half a pair of moments", patch{wait + "/to_moment": nil}, []string{wait + "/to_moment one of"}},
		{"a time of an unknown moment", patch{at + "/from_moment": "left"}, []string{at + "/from_moment one of"}},
		{"a time between two moments", patch{at + "/to_moment": "served"}, []string{at + "/to_moment left out"}},
		{"a position that nobody may keep back", patch{here + "/required": true}, []string{here + `/required with "na"`}},
		{"moments the wrong way round", patch{wait + "/from_moment": "served", wait + "/to_moment": "in"}, []string{wait + "/to_moment after"}},

		{"an unknown standard", patch{wait + "/standard": "tidy"}, []string{wait + "/standard one of"}},
		{"a standard that no answer keeps", patch{wait + "/bands/0/kept": nil}, []string{wait + `/standard mark with "kept"`}},
		{"a standard that every answer keeps", patch{wait + "/bands/1/kept": true, wait + "/bands/2/kept": true}, []string{wait + `/standard mark with "kept"`}},
		{"kept without a standard", patch{wait + "/standard": nil}, []string{wait + "/standard which standard"}},
		{"a bonus that is critical", patch{gift + "/options/1/fails": true}, []string{gift + "/bonus critical"}},
		{"a bonus that takes away", patch{gift + "/options/1/points": -1}, []string{gift + "/options/1/points takes nothing away"}},
		{"a bonus of nothing", patch{gift + "/options/0/points": 0}, []string{gift + "/bonus left out"}},

		{"a condition on nothing known", patch{why + "/show_when/question": "weather"}, []string{why + "/show_when/question there is none"}},
		{"a condition on a later question", patch{why + "/show_when": object{"question": "seen", "is": []any{"clean"}}}, []string{why + "/show_when/question comes later"}},
		{"a condition on itself", patch{why + "/show_when": object{"question": "why", "answered": true}}, []string{why + "/show_when/question comes later"}},
		{"an empty condition", patch{why + "/show_when": object{}}, []string{why + "/show_when must be either"}},
		{"a question without a comparison", patch{why + "/show_when/is": nil}, []string{why + "/show_when must be either"}},
		{"a comparison without a question", patch{why + "/show_when/question": nil}, []string{why + "/show_when must be either"}},
		{"two comparisons", patch{why + "/show_when/not": []any{"yes"}}, []string{why + "/show_when must be either"}},
		{"a comparison and a list", patch{why + "/show_when/all": []any{object{"question": "greeted", "answered": true}}}, []string{why + "/show_when must be either"}},
		{"two lists", patch{"/sections/1/show_when/none": []any{object{"question": "greeted", "answered": true}}}, []string{"/sections/1/show_when must be either"}},
		{"an empty list", patch{"/sections/1/show_when/any": []any{}}, []string{"/sections/1/show_when/any at least one"}},
		{"a fault deep in a list", patch{gift + "/show_when/all/1/none/0/at_most": 0}, []string{gift + "/show_when/all/1/none/0/at_most at least 1"}},
		{"an option that there is not", patch{why + "/show_when/is": []any{"no", "perhaps"}}, []string{why + "/show_when/is/1 yes, no"}},
		{"no option", patch{why + "/show_when/is": []any{}}, []string{why + "/show_when/is at least one"}},
		{"an option named twice", patch{why + "/show_when/is": []any{"no", "no"}}, []string{why + "/show_when/is/1 once"}},
		{"N/A compared", patch{why + "/show_when/is": []any{"na"}}, []string{why + `/show_when/is/0 ask with "na"`}},
		{"options of a duration compared", patch{why + "/show_when": object{"question": "wait", "not": []any{"long"}}}, []string{why + "/show_when/not choice or choices"}},
		{"a choice measured", patch{why + "/show_when": object{"question": "greeted", "at_least": 1}}, []string{why + "/show_when/at_least scale, number, duration"}},
		{"a text measured", patch{thanks + "/show_when": object{"question": "why", "at_most": 1}}, []string{thanks + "/show_when/at_most scale, number, duration"}},
		{"more than can be", patch{thanks + "/show_when": object{"question": "smile", "at_least": 6}}, []string{thanks + "/show_when/at_least at most 5"}},
		{"answered that is false", patch{why + "/show_when": object{"question": "greeted", "answered": false}}, []string{why + "/show_when/answered the opposite is"}},
		{"na that is false", patch{why + "/show_when": object{"question": "greeted", "na": false}}, []string{why + "/show_when/na the opposite is"}},
		{"N/A of what is never N/A", patch{thanks + "/show_when": object{"question": "day", "na": true}}, []string{thanks + "/show_when/na allows N/A"}},
		{"a note answered", patch{"/sections/1/questions/-": object{"id": "last", "type": "note", "text": "?", "show_when": object{"question": "thanks", "answered": true}}}, []string{"/sections/1/questions/10/show_when/answered never answered"}},

		{"all faults at once", patch{"/title": "", why + "/type": "essay", greeted + "/id": "gree ted", "/texts": nil, why + "/show_when": nil, "/sections/1/show_when": nil},
			[]string{"/title must say", greeted + "/id letters", why + "/type must be one of"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := ReadDocument(patched(t, c.patch))
			require.NoError(t, err)
			faults := d.Faults()
			require.Len(t, faults, len(c.faults), "%+v", faults)
			for i, expected := range c.faults {
				pointer, detail, _ := strings.Cut(expected, " ")
				require.Equal(t, pointer, faults[i].Pointer, "%+v", faults)
				require.Contains(t, faults[i].Detail, detail)
			}
		})
	}
}

func TestAFaultOfAQuestionNamesIt(t *testing.T) {
	d, err := ReadDocument(patched(t, map[string]any{"/sections/0/questions/2/max_length": 0, "/title": ""}))
	require.NoError(t, err)
	faults := d.Faults()
	require.Equal(t, "", faults[0].Question)
	require.Equal(t, "why", faults[1].Question)
}

func TestNoChecklistIsPublishedThatLeadsToMoreThanAThousandPercent(t *testing.T) {
	options := func(points int64) []Option {
		none := int64(0)
		return []Option{{ID: "yes", Text: "Yes", Points: &points}, {ID: "no", Text: "No", Points: &none}}
	}
	large, small := int64(maxWeight), int64(1)
	scored := func(id string, points int64) Question {
		return Question{ID: id, Type: TypeChoice, Text: "?", Required: true, Options: options(points)}
	}
	bonus := func(points int64) Question {
		q := scored("bonus", points)
		q.Bonus = true
		return q
	}
	optional := scored("optional", 1)
	optional.Required = false
	hidden := scored("hidden", 900)
	hidden.ShowWhen = &Condition{Question: "optional", Is: []string{"yes"}}
	na := scored("na", 900)
	na.Options = append(na.Options, Option{ID: "na", Text: "N/A", NA: true})
	heavy, light := bonus(maxPoints), scored("light", 1)
	heavy.Weight, light.Weight = &large, &small
	for name, c := range map[string]struct {
		questions []Question
		refused   bool
		change    func(*Document)
	}{
		"nine times what always counts":        {questions: []Question{scored("a", 40), scored("b", 60), bonus(900)}},
		"more than nine times":                 {questions: []Question{scored("a", 40), scored("b", 60), bonus(901)}, refused: true},
		"the largest beside the smallest":      {questions: []Question{light, heavy}, refused: true},
		"the smallest may count alone":         {questions: []Question{optional, hidden, na, bonus(10)}, refused: true},
		"nine times the smallest":              {questions: []Question{optional, hidden, na, bonus(9)}},
		"one that always counts beside it":     {questions: []Question{optional, scored("a", 100), bonus(900)}},
		"capped":                               {questions: []Question{light, heavy}, change: func(d *Document) { d.Scoring.CapBonus = true }},
		"outside the total":                    {questions: []Question{light, heavy}, change: func(d *Document) { d.Sections[0].Weight = new(int64) }},
		"a bonus alone in its section is none": {questions: []Question{heavy}},
		"by weighted sections":                 {questions: []Question{light, heavy}, refused: true, change: func(d *Document) { d.Scoring.Method = MethodWeightedSections }},
	} {
		t.Run(name, func(t *testing.T) {
			d := &Document{Title: "T", Languages: []string{"en"}, Sections: []Section{
				{ID: "s", Title: "S", Questions: c.questions}, {ID: "other", Title: "Other", Questions: []Question{scored("sure", 100)}}}}
			if c.change != nil {
				c.change(d)
			}
			faults := d.Faults()
			if !c.refused {
				require.Empty(t, faults)
				return
			}
			require.Len(t, faults, 1)
			require.Equal(t, "/sections/0", faults[0].Pointer)
			require.Contains(t, faults[0].Detail, "1000 %")
		})
	}
}
