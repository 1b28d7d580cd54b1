package pdf

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"
)

// substitute stands, visibly, for whatever the fonts cannot draw.
const substitute = '□'

// drawable knows the characters that both fonts can draw. The library panics beyond the first 65,536 and draws nothing
// where a font has no glyph.
var drawable = sync.OnceValue(func() *[1 << 16]bool {
	var drawable [1 << 16]bool
	for i, ttf := range [][]byte{liberationsansregular.TTF, liberationsansbold.TTF} {
		font, err := sfnt.Parse(ttf)
		if err != nil {
			panic("pdf: an embedded font cannot be read: " + err.Error())
		}
		var buffer sfnt.Buffer
		for r := range drawable {
			glyph, err := font.GlyphIndex(&buffer, rune(r))
			drawable[r] = err == nil && glyph != 0 && (i == 0 || drawable[r])
		}
	}
	return &drawable
})

// clean makes any string one line that can be drawn: valid UTF-8, composed (NFC), no control or invisible characters,
// and a visible substitute for what the fonts lack. Every text of a document goes through it.
func clean(s string) string {
	s = strings.Map(plain, strings.ToValidUTF8(s, string(substitute)))
	// Composed only now, for what is left out may have stood between a letter and its accent.
	return strings.Map(drawn, norm.NFC.String(s))
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

// lines breaks a text into lines no wider than width: between words, and inside a word that is wider than a line.
func (d *document) lines(s style, text string, width float64) []string {
	d.use(s)
	var lines []string
	line := ""
	for _, word := range strings.Fields(clean(text)) {
		if line != "" {
			if longer := line + " " + word; d.width(longer) <= width {
				line = longer
				continue
			}
			lines = append(lines, line)
		}
		for d.width(word) > width {
			part := d.start(word, width)
			lines = append(lines, part)
			word = word[len(part):]
		}
		line = word
	}
	return append(lines, line)
}

// linesAtMost is lines, with the rest left out, and an ellipsis to say so, after most lines.
func (d *document) linesAtMost(most int, s style, text string, width float64) []string {
	lines := d.lines(s, text, width)
	if len(lines) > most {
		lines = lines[:most]
		lines[most-1] = d.cut(lines[most-1]+"…", width)
	}
	return lines
}

// fit is the text in one line no wider than width, ending in an ellipsis where it was longer.
func (d *document) fit(s style, text string, width float64) string {
	d.use(s)
	text = strings.Join(strings.Fields(clean(text)), " ")
	if d.width(text) <= width {
		return text
	}
	return d.cut(text+"…", width)
}

// cut takes characters off before the last one, an ellipsis, until the text fits.
func (d *document) cut(text string, width float64) string {
	text = strings.TrimSuffix(text, "…")
	room := width - d.width("…")
	if d.width(text) > room {
		text = d.start(text, room)
	}
	return strings.TrimRight(text, " ") + "…"
}

// start is as much of the beginning of a text as fits the width, and at least one character.
func (d *document) start(text string, width float64) string {
	used := 0.0
	for i, r := range text {
		used += d.width(string(r))
		if used > width && i > 0 {
			return text[:i]
		}
	}
	return text
}

// width is the width of a cleaned text in the style in use, in millimetres.
func (d *document) width(text string) float64 {
	if !utf8.ValidString(text) {
		panic("pdf: a text that was not cleaned")
	}
	return d.f.GetStringWidth(text)
}
