package pdf

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-fonts/liberation/liberationserifitalic"
	"golang.org/x/image/font/sfnt"
)

// The fonts: of the words, of what is stressed, and of what shoppers said.
const (
	regular = iota
	bold
	quote
	fontCount
)

// font is a TrueType font taken apart: what is needed to measure a text and to embed the glyphs of one document. It is
// read once and never changed, so that documents drawn at the same time share it.
type font struct {
	name                       string
	tables                     map[string][]byte
	unit                       float64         // font units in an em
	glyphs                     [1 << 16]uint16 // of each character; 0 where the font has none
	advances                   []uint16        // of each glyph, in font units
	places                     []uint32        // where each glyph begins in its table, and where the last one ends
	box                        [4]int16        // around all glyphs, in font units
	ascent, descent, capHeight int16
}

var fonts = sync.OnceValue(func() (all [fontCount]*font) {
	for i, source := range []struct {
		name string
		ttf  []byte
	}{
		{"LiberationSans", liberationsansregular.TTF},
		{"LiberationSans-Bold", liberationsansbold.TTF},
		{"LiberationSerif-Italic", liberationserifitalic.TTF},
	} {
		var err error
		if all[i], err = parseFont(source.name, source.ttf); err != nil {
			panic("pdf: an embedded font cannot be read: " + err.Error())
		}
	}
	return all
})

func parseFont(name string, ttf []byte) (*font, error) {
	parsed, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, err
	}
	f := &font{name: name, tables: map[string][]byte{}, unit: float64(parsed.UnitsPerEm())}
	for i := range int(binary.BigEndian.Uint16(ttf[4:])) {
		entry := ttf[12+16*i:]
		begin, length := binary.BigEndian.Uint32(entry[8:]), binary.BigEndian.Uint32(entry[12:])
		f.tables[string(entry[:4])] = ttf[begin : begin+length]
	}
	var buffer sfnt.Buffer
	for r := range f.glyphs {
		if glyph, err := parsed.GlyphIndex(&buffer, rune(r)); err == nil {
			f.glyphs[r] = uint16(glyph)
		}
	}
	count := parsed.NumGlyphs()
	metrics := int(binary.BigEndian.Uint16(f.tables["hhea"][34:]))
	f.advances, f.places = make([]uint16, count), make([]uint32, count+1)
	for i := range f.advances {
		// The last advance holds for all the glyphs behind it.
		f.advances[i] = binary.BigEndian.Uint16(f.tables["hmtx"][4*min(i, metrics-1):])
	}
	long := binary.BigEndian.Uint16(f.tables["head"][50:]) == 1
	for i := range f.places {
		if long {
			f.places[i] = binary.BigEndian.Uint32(f.tables["loca"][4*i:])
		} else {
			f.places[i] = 2 * uint32(binary.BigEndian.Uint16(f.tables["loca"][2*i:]))
		}
	}
	for i := range f.box {
		f.box[i] = int16(binary.BigEndian.Uint16(f.tables["head"][36+2*i:]))
	}
	f.ascent = int16(binary.BigEndian.Uint16(f.tables["hhea"][4:]))
	f.descent = int16(binary.BigEndian.Uint16(f.tables["hhea"][6:]))
	f.capHeight = int16(binary.BigEndian.Uint16(f.tables["OS/2"][88:]))
	return f, nil
}

// units is the width of a text in font units. Characters beyond the first 65,536 have none: clean leaves none in.
func (f *font) units(text string) (sum int) {
	for _, r := range text {
		if r < 1<<16 {
			sum += int(f.advances[f.glyphs[r]])
		}
	}
	return sum
}

// face is a font in one document: the characters used so far, each under the number that it is written by.
type face struct {
	*font
	ref   ref
	code  map[rune]uint16
	runes []rune // by code, from 1
}

func (f *font) face(r ref) *face { return &face{font: f, ref: r, code: map[rune]uint16{}} }

// encode appends a text as the hexadecimal codes of its glyphs.
func (f *face) encode(to []byte, text string) []byte {
	const hex = "0123456789ABCDEF"
	for _, r := range text {
		code, known := f.code[r]
		if !known {
			f.runes = append(f.runes, r)
			code = uint16(len(f.runes))
			f.code[r] = code
		}
		to = append(to, hex[code>>12], hex[code>>8&15], hex[code>>4&15], hex[code&15])
	}
	return to
}

// write embeds the glyphs that were used.
func (f *face) write(to *file) {
	descendant, descriptor, data, unicode := to.reserve(), to.reserve(), to.reserve(), to.reserve()
	name := "FLDCRE+" + f.name
	to.object(f.ref, "<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%v]/ToUnicode %v>>", name, descendant, unicode)
	widths := make([]string, len(f.runes))
	for i, r := range f.runes {
		widths[i] = fmt.Sprint(f.thousandths(int(f.advances[f.glyphs[r]])))
	}
	to.object(descendant, "<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %v/CIDToGIDMap/Identity/DW %d/W[1[%s]]>>",
		name, descriptor, f.thousandths(int(f.advances[0])), strings.Join(widths, " "))
	const symbolic, italic = 4, 64
	flags, angle := symbolic, 0
	if strings.HasSuffix(f.name, "Italic") {
		flags, angle = flags|italic, -16
	}
	to.object(descriptor, "<</Type/FontDescriptor/FontName/%s/Flags %d/FontBBox[%d %d %d %d]/ItalicAngle %d/Ascent %d/Descent %d/CapHeight %d/StemV 80/FontFile2 %v>>",
		name, flags, f.thousandths(int(f.box[0])), f.thousandths(int(f.box[1])), f.thousandths(int(f.box[2])), f.thousandths(int(f.box[3])), angle,
		f.thousandths(int(f.ascent)), f.thousandths(int(f.descent)), f.thousandths(int(f.capHeight)), data)
	ttf := f.subset()
	to.packed(data, fmt.Sprintf("/Length1 %d", len(ttf)), ttf)
	to.packed(unicode, "", f.toUnicode())
}

func (f *font) thousandths(units int) int { return int(float64(units)*1000/f.unit + 0.5) }

// toUnicode tells a reader which character a code stands for, so that text can be searched and copied.
func (f *face) toUnicode() []byte {
	m := []byte("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n" +
		"/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n")
	const most = 100 // lines that one block may have
	code := 1
	for block := range slices.Chunk(f.runes, most) {
		m = fmt.Appendf(m, "%d beginbfchar\n", len(block))
		for _, r := range block {
			m = fmt.Appendf(m, "<%04X><%04X>\n", code, r)
			code++
		}
		m = append(m, "endbfchar\n"...)
	}
	return append(m, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"...)
}

// subset is the font with only the glyphs that were used, each at the place of its code.
func (f *face) subset() []byte {
	old := []uint16{0} // by new number
	for _, r := range f.runes {
		old = append(old, f.glyphs[r])
	}
	parts := map[uint16]uint16{} // the new number of a glyph that another one is made of
	var glyphs, places, metrics []byte
	for i := 0; i < len(old); i++ {
		places = binary.BigEndian.AppendUint32(places, uint32(len(glyphs)))
		metrics = binary.BigEndian.AppendUint16(metrics, f.advances[old[i]])
		outline := f.tables["glyf"][f.places[old[i]]:f.places[old[i]+1]]
		bearing := uint16(0)
		if len(outline) > 0 {
			bearing = binary.BigEndian.Uint16(outline[2:]) // the left edge of its box
			at := len(glyphs)
			glyphs = append(glyphs, outline...)
			eachPart(glyphs[at:], func(number []byte) {
				part := binary.BigEndian.Uint16(number)
				if _, known := parts[part]; !known {
					parts[part] = uint16(len(old))
					old = append(old, part)
				}
				binary.BigEndian.PutUint16(number, parts[part])
			})
			glyphs = append(glyphs, make([]byte, -len(glyphs)&3)...)
		}
		metrics = binary.BigEndian.AppendUint16(metrics, bearing)
	}
	places = binary.BigEndian.AppendUint32(places, uint32(len(glyphs)))
	head, hhea, maxp := slices.Clone(f.tables["head"]), slices.Clone(f.tables["hhea"]), slices.Clone(f.tables["maxp"])
	binary.BigEndian.PutUint32(head[8:], 0)
	binary.BigEndian.PutUint16(head[50:], 1) // places are of 32 bits
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(old)))
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(old)))
	return assemble([]table{
		{"cvt ", f.tables["cvt "]}, {"fpgm", f.tables["fpgm"]}, {"glyf", glyphs}, {"head", head}, {"hhea", hhea},
		{"hmtx", metrics}, {"loca", places}, {"maxp", maxp}, {"prep", f.tables["prep"]},
	})
}

// eachPart gives, of a glyph that is made of others, the bytes of each other one's number.
func eachPart(outline []byte, do func(number []byte)) {
	if int16(binary.BigEndian.Uint16(outline)) >= 0 {
		return
	}
	const words, scale, more, twoScales, matrix = 0x01, 0x08, 0x20, 0x40, 0x80
	for at := 10; ; {
		flags := binary.BigEndian.Uint16(outline[at:])
		do(outline[at+2 : at+4])
		at += 6
		if flags&words != 0 {
			at += 2
		}
		switch {
		case flags&scale != 0:
			at += 2
		case flags&twoScales != 0:
			at += 4
		case flags&matrix != 0:
			at += 8
		}
		if flags&more == 0 {
			return
		}
	}
}

type table struct {
	name string
	data []byte
}

// assemble writes a font file of these tables, which stand in the order of their names.
func assemble(tables []table) []byte {
	const entry = 16
	ttf := []byte{0, 1, 0, 0, 0, byte(len(tables)), 0, 128, 0, 3, 0, byte(len(tables)*entry - 128)}
	at := len(ttf) + len(tables)*entry
	for _, t := range tables {
		ttf = append(ttf, t.name...)
		ttf = binary.BigEndian.AppendUint32(ttf, checksum(t.data))
		ttf = binary.BigEndian.AppendUint32(ttf, uint32(at))
		ttf = binary.BigEndian.AppendUint32(ttf, uint32(len(t.data)))
		at += (len(t.data) + 3) &^ 3
	}
	for _, t := range tables {
		ttf = append(ttf, t.data...)
		ttf = append(ttf, make([]byte, -len(t.data)&3)...)
	}
	return ttf
}

func checksum(data []byte) (sum uint32) {
	for len(data) >= 4 {
		sum += binary.BigEndian.Uint32(data)
		data = data[4:]
	}
	for i, b := range data {
		sum += uint32(b) << (24 - 8*i)
	}
	return sum
}
