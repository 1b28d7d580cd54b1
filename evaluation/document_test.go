package evaluation

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/fault"
)

func TestADocumentIsWrittenAsItWasRead(t *testing.T) {
	d, err := ReadDocument([]byte(rich))
	require.NoError(t, err)
	written, err := json.Marshal(d)
	require.NoError(t, err)
	again, err := ReadDocument(written)
	require.NoError(t, err)
	require.Equal(t, d, again)
	require.JSONEq(t, strings.Replace(rich, `"show_when": null, `, "", 1), string(written))
}

func TestADraftMayBeIncomplete(t *testing.T) {
	for _, draft := range []string{`{}`, `null`, `{"title": null}`, `{"sections": [{"questions": [{}]}]}`,
		`{"sections": [{"questions": [{"show_when": {"all": []}}]}]}`} {
		d, err := ReadDocument([]byte(draft))
		require.NoError(t, err, draft)
		faults := d.Faults()
		require.NotEmpty(t, faults)
		_, err = Compile(uuid.Nil, 1, d)
		var invalid *fault.Invalid
		require.ErrorAs(t, err, &invalid)
		require.Equal(t, faults, invalid.Faults)
	}
}

func TestAConditionListThatIsEmptyStaysOne(t *testing.T) {
	const draft = `{"title":"","languages":null,"sections":[{"id":"","title":"","questions":[{"id":"","type":"","text":"","show_when":{"all":[]}}]}]}`
	d, err := ReadDocument([]byte(draft))
	require.NoError(t, err)
	written, err := json.Marshal(d)
	require.NoError(t, err)
	require.JSONEq(t, draft, string(written))
}

func TestWhatIsNotADocument(t *testing.T) {
	nested := func(n int) string {
		return `{"sections": [{"show_when": ` + strings.Repeat(`{"all": [`, n-1) + `{}` + strings.Repeat(`]}`, n-1) + `}]}`
	}
	many := func(n int, one string) string { return strings.TrimSuffix(strings.Repeat(one+",", n), ",") }
	for _, c := range []struct {
		name, document string
		faults         []string
	}{
		{"nothing", ``, []string{" must be JSON"}},
		{"half an object", `{"title": "A"`, []string{" must be JSON; it is not at byte 13"}},
		{"two documents", `{} {}`, []string{" must be JSON"}},
		{"another encoding", "{\"title\": \"\xff\"}", []string{" must be UTF-8"}},
		{"a list", `[1, [2], {"a": 3}]`, []string{" must be an object"}},
		{"a word", `"title"`, []string{" must be an object"}},
		{"unknown keys", `{"titel": {"a": [1, {"b": 2}]}, "title": "A", "scoring": {"a/b~": 1}}`, []string{"/titel is not a key", "/scoring/a~1b~0 is not a key that is known here; known are method, critical, critical_cap, cap_bonus, bands"}},
		{"a key in another case", `{"Title": "A"}`, []string{"/Title is not a key"}},
		{"a key twice", `{"title": "A", "title": "B"}`, []string{"/title must be given once"}},
		{"a translation twice", `{"texts": {"pl": {"a": "A", "a": "B"}}}`, []string{"/texts/pl/a must be given once"}},
		{"wrong types, all at once", `{"title": 1, "languages": "en", "texts": [], "scoring": {"cap_bonus": "yes", "critical_cap": "5000"}, "sections": [{"id": [], "questions": {}}, 7]}`,
			[]string{"/title a text", "/languages a list", "/texts an object", "/scoring/cap_bonus true or false", "/scoring/critical_cap a whole number", "/sections/0/id a text", "/sections/0/questions a list", "/sections/1 an object"}},
		{"half points", `{"sections": [{"questions": [{"options": [{"points": 1.5}]}]}]}`, []string{"/sections/0/questions/0/options/0/points a whole number"}},
		{"points without end", `{"sections": [{"questions": [{"options": [{"points": 99999999999999999999}]}]}]}`, []string{"/sections/0/questions/0/options/0/points a whole number"}},
		{"a limit in words", `{"sections": [{"questions": [{"bands": [{"up_to": "9"}]}]}]}`, []string{"/sections/0/questions/0/bands/0/up_to a number with at most six decimals"}},
		{"a limit in seven decimals", `{"sections": [{"questions": [{"bands": [{"up_to": 0.0000001}]}]}]}`, []string{"/sections/0/questions/0/bands/0/up_to a number with at most six decimals"}},
		{"options that are numbers", `{"sections": [{"show_when": {"question": "a", "is": [1]}}]}`, []string{"/sections/0/show_when/is/0 a text"}},
		{"a title too long", `{"title": "` + strings.Repeat("ą", 201) + `"}`, []string{"/title at most 200 characters"}},
		{"an id in a list too long", `{"languages": ["` + strings.Repeat("a", 65) + `"]}`, []string{"/languages/0 at most 64 characters"}},
		{"a translation too long", `{"texts": {"pl": {"a": "` + strings.Repeat("a", 2001) + `"}}}`, []string{"/texts/pl/a at most 2000 characters"}},
		{"a character that no database keeps", `{"title": "a\u0000"}`, []string{"/title must not contain the character U+0000"}},
		{"too many options", `{"sections": [{"questions": [{"options": [` + many(101, "{}") + `]}]}]}`, []string{"/sections/0/questions/0/options at most 100 entries"}},
		{"too many questions in all", `{"sections": [` + many(11, `{"questions": [`+many(91, "{}")+`]}`) + `]}`, []string{"/sections at most 1000 questions in all"}},
		{"conditions too deep", nested(9), []string{"/sections/0/show_when" + strings.Repeat("/all/0", 8) + " at most 8 deep"}},
		{"conditions far too deep", nested(1000), []string{"/sections/0/show_when" + strings.Repeat("/all/0", 8) + " at most 8 deep"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ReadDocument([]byte(c.document))
			var invalid *fault.Invalid
			require.ErrorAs(t, err, &invalid)
			require.Len(t, invalid.Faults, len(c.faults), "%+v", invalid.Faults)
			for i, expected := range c.faults {
				pointer, detail, _ := strings.Cut(expected, " ")
				require.Equal(t, pointer, invalid.Faults[i].Pointer)
				require.Contains(t, invalid.Faults[i].Detail, detail)
			}
		})
	}

	_, err := ReadDocument([]byte(nested(8)))
	require.NoError(t, err)
	_, err = ReadDocument([]byte(`{"title": "` + strings.Repeat("ą", 200) + `"}`))
	require.NoError(t, err)
	_, err = ReadDocument([]byte(`{"sections": [` + many(10, `{"questions": [`+many(100, "{}")+`]}`) + `]}`))
	require.NoError(t, err)
}

func TestNotMoreThanAHundredFaultsAreNamed(t *testing.T) {
	var wrong strings.Builder
	for i := range 150 {
		fmt.Fprintf(&wrong, `"unknown%d": 1,`, i)
	}
	_, err := ReadDocument([]byte("{" + wrong.String() + `"title": "A"}`))
	var invalid *fault.Invalid
	require.True(t, errors.As(err, &invalid))
	require.Len(t, invalid.Faults, 100)
}

func TestTranslationsAreBoundedInAll(t *testing.T) {
	var texts strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&texts, `"k%d": "x",`, i)
	}
	_, err := ReadDocument([]byte(`{"texts": {"pl": {` + strings.TrimSuffix(texts.String(), ",") + `}}}`))
	require.ErrorContains(t, err, "at most 20000 translations")
}

func TestAShopperLearnsNothingOfTheScore(t *testing.T) {
	d, err := ReadDocument([]byte(rich))
	require.NoError(t, err)
	before, err := json.Marshal(d)
	require.NoError(t, err)

	shown, err := json.Marshal(d.ForShopper())
	require.NoError(t, err)
	for _, key := range []string{"scoring", "method", "critical", "points", "weight", "bands", "up_to", "fails", "kept", "bonus", "standard", "standards", "wait-2min", ":band", "Excellent"} {
		require.NotContains(t, string(shown), `"`+key, "%s", key)
	}
	for _, key := range []string{"na", "exclusive", "show_when", "moments", "from_moment", "required", "min_length", "decimals", "hint", "audience", "greeted.yes", "why:hint", ":title"} {
		require.Contains(t, string(shown), `"`+key+`"`)
	}

	after, err := json.Marshal(d)
	require.NoError(t, err)
	require.Equal(t, string(before), string(after), "the document itself stays as it is")
}

func TestAShopperSeesThatCriticalQuestionsAreRequired(t *testing.T) {
	d, err := ReadDocument(patched(t, map[string]any{"/sections/0/questions/0/required": nil, "/sections/0/questions/1/bands/2/fails": true}))
	require.NoError(t, err)
	shopper := d.ForShopper()
	require.True(t, shopper.Sections[0].Questions[0].Required)
	require.True(t, shopper.Sections[0].Questions[1].Required)
	require.False(t, shopper.Sections[1].Questions[0].Required)
}

func FuzzDocument(f *testing.F) {
	f.Add([]byte(rich))
	f.Add([]byte(`{"sections": [{"questions": [{"type": "scale", "from": 1, "bands": [{"up_to": 1e3}, {}]}]}]}`))
	f.Add([]byte(`{"sections": [{"show_when": {"none": [{"question": "a", "is": []}]}, "questions": [{"id": "a", "type": "choices", "options": [{"na": true}]}]}]}`))
	f.Add([]byte(`[null, {"title": "\ud800"}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := ReadDocument(data)
		if err != nil {
			var invalid *fault.Invalid
			require.ErrorAs(t, err, &invalid)
			return
		}
		d.ForShopper()
		written, err := json.Marshal(d)
		require.NoError(t, err)
		again, err := ReadDocument(written)
		require.NoError(t, err, "what was read must be readable again")
		require.Equal(t, len(d.Faults()), len(again.Faults()))
		if v, err := Compile(uuid.Nil, 1, d); err == nil {
			v.Score(Answers{})
		}
	})
}
