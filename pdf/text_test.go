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
		"plain (ASCII) ~":       "plain (ASCII) ~",
		"Za\u0301":              "Zá",
		"a\nb\tc\x00\x1bd\x7f":  "a b cd",
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
	const rounding = 1e-9
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("aWiż Ωж  –\n"))).Draw(t, "text")
		width := rapid.Float64Range(10, 60).Draw(t, "width")
		lines := body.lines(text, width)
		bare := strings.NewReplacer(" ", "", "\n", "")
		require.Equal(t, bare.Replace(text), bare.Replace(strings.Join(lines, "")))
		require.Equal(t, bare.Replace(text), bare.Replace(strings.Join(body.paragraphs(text, width), "")))
		for _, line := range append(lines, body.linesAtMost(2, text, width)...) {
			require.LessOrEqual(t, body.width(line), width+rounding)
		}
		require.LessOrEqual(t, body.width(body.fit(text, width)), width+rounding)
	})
}

func TestATextThatIsTooLongEndsInAnEllipsis(t *testing.T) {
	require.Equal(t, "short", body.fit("short", 40))
	require.Regexp(t, `^a long.*…$`, body.fit("a long text that does not fit", 20))
	lines := body.linesAtMost(2, strings.Repeat("word ", 40), 20)
	require.Len(t, lines, 2)
	require.Regexp(t, `…$`, lines[1])
	require.Len(t, body.lines("", 20), 1)
	require.Empty(t, body.paragraphs("\n \r\n", 20))
}

func TestAnyAccentCanBeReadAndAnUnreadableOneIsReplaced(t *testing.T) {
	for _, odd := range []string{"", "red", "#fff", "#gggggg", "0b686e0", "#-12345"} {
		require.Equal(t, themeOf("#0b686e"), themeOf(odd), "%q", odd)
	}
	rapid.Check(t, func(t *rapid.T) {
		theme := themeOf(rapid.StringMatching(`#[0-9a-f]{6}`).Draw(t, "accent"))
		require.GreaterOrEqual(t, contrast(theme.accent, white), 4.5)
		require.GreaterOrEqual(t, contrast(theme.accent, theme.pale), 4.5)
		require.GreaterOrEqual(t, contrast(grey, theme.pale), 4.5)
		require.GreaterOrEqual(t, contrast(grey, white), 4.5)
	})
	require.Equal(t, colour{11, 104, 110}, themeOf("#0b686e").accent, "what can be read stays as it is")
	require.InDelta(t, 21, contrast(white, colour{}), 0.001)
}
