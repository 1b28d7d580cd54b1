package pdf

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// substitute stands, visibly, for whatever the fonts cannot draw.
const substitute = '□'

// drawable knows the characters that all the fonts can draw.
var drawable = sync.OnceValue(func() *[1 << 16]bool {
	var drawable [1 << 16]bool
	for r := range drawable {
		drawable[r] = true
		for _, m := range measured() {
			drawable[r] = drawable[r] && m.has[r]
		}
	}
	return &drawable
})

// clean makes any string one line that can be drawn: valid UTF-8, composed (NFC), no control or invisible characters,
// and a visible substitute for what the fonts lack. Every text of a document goes through it.
func clean(s string) string {
	if isPlain(s) {
		return s
	}
	s = strings.Map(plain, strings.ToValidUTF8(s, string(substitute)))
	// Composed only now, for what is left out may have stood between a letter and its accent.
	return strings.Map(drawn, norm.NFC.String(s))
}

// isPlain is true of printable ASCII, which is most text and clean as it is.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// plain leaves out what is not meant to be seen: control characters, direction marks, joiners, variation selectors.
func plain(r rune) rune {
	switch {
	case r == '\u2011':
		return '-' // the non-breaking hyphen, which the fonts lack
	case unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f':
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
		return -1
	}
	return r
}

func drawn(r rune) rune {
	if int(r) < len(drawable()) && drawable()[r] {
		return r
	}
	return substitute
}

// width is the width of a cleaned text in millimetres.
func (s style) width(text string) float64 {
	return measured()[s.font].width(text) * s.size / point
}

// fields are the words of a text, which a space that does not break is part of.
func fields(text string) []string {
	return strings.FieldsFunc(clean(text), func(r rune) bool { return r == ' ' })
}

// lines breaks a text into lines no wider than width: between words, and inside a word that is wider than a line. A text
// without words is one empty line.
func (s style) lines(text string, width float64) []string {
	var lines []string
	line, used, space := "", 0.0, s.width(" ")
	for _, word := range fields(text) {
		wide := s.width(word)
		if line != "" {
			if used+space+wide <= width {
				line, used = line+" "+word, used+space+wide
				continue
			}
			lines = append(lines, line)
		}
		for wide > width {
			part := s.start(word, width)
			lines = append(lines, part)
			word = word[len(part):]
			wide = s.width(word)
		}
		line, used = word, wide
	}
	return append(lines, line)
}

// paragraphs is lines, with the text's own line breaks kept.
func (s style) paragraphs(text string, width float64) (lines []string) {
	for paragraph := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029' }) {
		if broken := s.lines(paragraph, width); broken[0] != "" {
			lines = append(lines, broken...)
		}
	}
	return lines
}

// linesAtMost is lines, with the rest left out, and an ellipsis to say so, after most lines.
func (s style) linesAtMost(most int, text string, width float64) []string {
	lines := s.lines(text, width)
	if len(lines) > most {
		lines = lines[:most]
		lines[most-1] = s.cut(lines[most-1]+"…", width)
	}
	return lines
}

// fit is the text in one line no wider than width, ending in an ellipsis where it was longer.
func (s style) fit(text string, width float64) string {
	text = strings.Join(fields(text), " ")
	if s.width(text) <= width {
		return text
	}
	return s.cut(text+"…", width)
}

// cut takes characters off before the last one, an ellipsis, until the text fits.
func (s style) cut(text string, width float64) string {
	text = strings.TrimSuffix(text, "…")
	room := width - s.width("…")
	if s.width(text) > room {
		text = s.start(text, room)
	}
	return strings.TrimRight(text, " ") + "…"
}

// start is as much of the beginning of a text as fits the width, and at least one character.
func (s style) start(text string, width float64) string {
	used := 0.0
	for i, r := range text {
		used += s.width(string(r))
		if used > width && i > 0 {
			return text[:i]
		}
	}
	return text
}
