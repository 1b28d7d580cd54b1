package pdf

import (
	"bytes"
	"sync"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/jung-kurt/gofpdf"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// The fonts. Each costs a document as much as three pages of plain text: there are two.
const (
	regular = iota
	bold
)

// family is the name by which the library knows the fonts, and faces their weights.
const family = "sans"

var faces = [...]struct {
	weight string
	ttf    []byte
}{
	regular: {"", liberationsansregular.TTF},
	bold:    {"B", liberationsansbold.TTF},
}

// addFonts gives the fonts to a document: those of the common letters, or the whole ones where others were drawn. The
// library writes their tables apart in place: each document needs bytes of its own.
func addFonts(f *gofpdf.Fpdf, whole bool) {
	for i, face := range faces {
		ttf := face.ttf
		if !whole {
			ttf = commonFonts()[i]
		}
		f.AddUTF8FontFromBytes(family, face.weight, bytes.Clone(ttf))
	}
}

// commonFonts are the fonts with the common letters only. The library takes every glyph of a font in its hand for every
// document, and most documents need a tenth of them.
var commonFonts = sync.OnceValue(func() (cut [len(faces)][]byte) {
	var letters []rune
	for r := range rune(1 << 16) {
		if common(r) && drawable()[r] {
			letters = append(letters, r)
		}
	}
	for i, face := range faces {
		cut[i] = gofpdf.UTF8CutFont(bytes.Clone(face.ttf), string(letters))
	}
	return cut
})

// common is true of Latin letters, with all their accents, and of punctuation and signs.
func common(r rune) bool {
	return r < 0x250 || r >= 0x2000 && r < 0x2300 || r == substitute
}

// metrics is how wide the characters of a font are, in thousandths of its size; 0 of those that it lacks. It is read
// once and never changed, so that documents drawn at the same time share it.
type metrics struct {
	advances [1 << 16]float32
	has      [1 << 16]bool
}

var measured = sync.OnceValue(func() (all [len(faces)]*metrics) {
	for i, face := range faces {
		parsed, err := sfnt.Parse(face.ttf)
		if err != nil {
			panic("pdf: an embedded font cannot be read: " + err.Error())
		}
		all[i] = measure(parsed)
	}
	return all
})

func measure(parsed *sfnt.Font) *metrics {
	m := new(metrics)
	var buffer sfnt.Buffer
	for r := range m.advances {
		glyph, err := parsed.GlyphIndex(&buffer, rune(r))
		if err != nil || glyph == 0 {
			continue
		}
		advance, err := parsed.GlyphAdvance(&buffer, glyph, fixed.I(1000), font.HintingNone)
		if err == nil {
			m.advances[r], m.has[r] = float32(advance)/64, true
		}
	}
	return m
}

// width is that of a text of size 1. Characters beyond the first 65,536 have none: clean leaves none in.
func (m *metrics) width(text string) (sum float64) {
	for _, r := range text {
		if r < 1<<16 {
			sum += float64(m.advances[r])
		}
	}
	return sum / 1000
}
