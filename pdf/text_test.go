package pdf

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestCleanTexts(t *testing.T) {
	for dirty, cleaned := range map[string]string{
		"Zażółć Ελληνικά Кириллица": "Zażółć Ελληνικά Кириллица",
		"Za\u0301":              "Zá",
		"a\nb\tc\x00\x1bd":      "a b cd",
		"\xffx":                 "□x",
		"☕👍\ufe0f":              "□□",
		"co\u2011op":            "co-op",
		"a\u200bb\u202ec\ufeff": "abc",
		"10\u00a0%":             "10\u00a0%",
		"日本":                    "□□",
	} {
		require.Equal(t, cleaned, clean(dirty), "%q", dirty)
	}
}

func TestWhatIsCleanCanBeDrawn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := clean(string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text"))
		require.True(t, utf8.ValidString(text))
		for _, r := range text {
			require.True(t, int(r) < len(drawable()) && drawable()[r], "%U", r)
		}
		require.Equal(t, text, clean(text))
	})
}

func TestLinesKeepTheTextAndTheWidth(t *testing.T) {
	require.NoError(t, draw(new(strings.Builder), about{}, func(d *document) {
		rapid.Check(t, func(t *rapid.T) {
			text := rapid.StringOf(rapid.SampledFrom([]rune("aWiż Ωж  –"))).Draw(t, "text")
			width := rapid.Float64Range(10, 60).Draw(t, "width")
			lines := d.lines(body, text, width)
			require.Equal(t, strings.ReplaceAll(text, " ", ""), strings.ReplaceAll(strings.Join(lines, ""), " ", ""))
			for _, line := range append(lines, d.linesAtMost(2, body, text, width)...) {
				require.LessOrEqual(t, d.width(line), width)
			}
			require.LessOrEqual(t, d.width(d.fit(body, text, width)), width)
		})
	}))
}

func TestATextThatIsTooLongEndsInAnEllipsis(t *testing.T) {
	require.NoError(t, draw(new(strings.Builder), about{}, func(d *document) {
		require.Equal(t, "short", d.fit(body, "short", 40))
		require.Regexp(t, `^a long.*…$`, d.fit(body, "a long text that does not fit", 20))
		lines := d.linesAtMost(2, body, strings.Repeat("word ", 40), 20)
		require.Len(t, lines, 2)
		require.Regexp(t, `…$`, lines[1])
		require.Len(t, d.lines(body, "", 20), 1)
	}))
}
