// Package pdf draws values of the domain as documents. It knows no database, no request and no clock: the same value
// gives the same bytes.
package pdf

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"time"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/jung-kurt/gofpdf"
)

// The page is A4 in millimetres, with twelve columns and gutters between the side margins.
const (
	pageWidth, pageHeight = 210.0, 297.0
	left, right           = 20.0, 190.0
	top, bottom           = 26.0, 275.0
	gutter                = 4.0
	column                = (right - left - 11*gutter) / 12
)

// columnAt is where column n begins, counted from 0; span is the width of n columns with the gutters between them.
func columnAt(n int) float64 { return left + float64(n)*(column+gutter) }
func span(n int) float64     { return float64(n)*(column+gutter) - gutter }

type colour struct{ r, g, b int }

var (
	ink    = colour{27, 36, 48}
	grey   = colour{91, 102, 115}
	line   = colour{214, 219, 225}
	track  = colour{236, 239, 242}
	accent = colour{11, 104, 110}
	pale   = colour{226, 240, 240}
	white  = colour{255, 255, 255}
)

// style is a step of the type scale: size in points, and the height of its line in millimetres.
type style struct {
	size   float64
	bold   bool
	colour colour
	height float64
}

var (
	figure  = style{36, true, accent, 14}
	title   = style{22, true, ink, 9.5}
	heading = style{13, true, ink, 6}
	lead    = style{11.5, false, ink, 5.6}
	body    = style{9.5, false, ink, 4.6}
	strong  = style{9.5, true, ink, 4.6}
	muted   = style{9.5, false, grey, 4.6}
	small   = style{8, false, grey, 3.8}
	label   = style{8, true, grey, 3.8}
)

func (s style) in(c colour) style { s.colour = c; return s }

// document is a document being drawn, with y as how far down its last page is filled.
type document struct {
	f *gofpdf.Fpdf
	y float64
}

// about is what a document says of itself: on its first page nothing, on the others in the header, on all in the
// footer, and in the metadata.
type about struct {
	title       string // the document's name
	language    string // BCP 47, of the words that are not the users'
	headerLeft  string
	headerRight string
	footer      string
}

// draw makes a document and writes it out whole or not at all. Whatever goes wrong inside the library comes out as an
// error.
func draw(w io.Writer, a about, content func(*document)) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("pdf: %v", p)
		}
	}()
	d := &document{f: gofpdf.New("P", "mm", "A4", "")}
	d.f.SetAutoPageBreak(false, 0)
	d.f.SetMargins(0, 0, 0)
	d.f.SetCellMargin(0)
	// The library writes a font's tables apart in place: each document needs bytes of its own.
	d.f.AddUTF8FontFromBytes("sans", "", bytes.Clone(liberationsansregular.TTF))
	d.f.AddUTF8FontFromBytes("sans", "B", bytes.Clone(liberationsansbold.TTF))
	d.f.SetCatalogSort(true)
	d.f.SetCreationDate(noDate)
	d.f.SetModificationDate(noDate)
	d.f.SetProducer("Fieldcare", true)
	d.f.SetTitle(clean(a.title), true)
	d.f.SetXmpMetadata(xmp(a))
	d.newPage()
	content(d)
	d.furnish(a)
	var raw bytes.Buffer
	if err := d.f.Output(&raw); err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	finished, err := finish(raw.Bytes(), a.language)
	if err != nil {
		return err
	}
	_, err = w.Write(finished)
	return err
}

func (d *document) newPage() {
	d.f.AddPage()
	d.y = top
}

// room begins a new page unless the height is left on this one.
func (d *document) room(height float64) {
	if d.y+height > bottom && d.y > top {
		d.newPage()
	}
}

// furnish adds what needs to know how many pages there are: headers and footers.
func (d *document) furnish(a about) {
	pages := d.f.PageCount()
	for page := 1; page <= pages; page++ {
		d.f.SetPage(page)
		if page > 1 {
			d.text(label, left, 15, d.fit(label, a.headerLeft, span(8)), alignLeft)
			d.text(small, right, 15, d.fit(small, a.headerRight, span(4)), alignRight)
			d.rule(left, right, 17.5, line, 0.2)
		}
		d.rule(left, right, 281, line, 0.2)
		d.text(small, left, 285.5, d.fit(small, a.footer, span(9)), alignLeft)
		d.text(small, right, 285.5, fmt.Sprintf("page %d of %d", page, pages), alignRight)
	}
}

type align int

const (
	alignLeft align = iota
	alignRight
	alignCentre
)

// text draws one cleaned line with its baseline at y, from x, up to x or around x.
func (d *document) text(s style, x, y float64, text string, a align) {
	text = clean(text)
	d.use(s)
	switch a {
	case alignRight:
		x -= d.width(text)
	case alignCentre:
		x -= d.width(text) / 2
	}
	d.f.Text(x, y, text)
}

// use sets font and colour. The fill is set as well: the library writes a text's colour only where it differs from
// the fill that it believes to be in force, which after going back to an earlier page it is not.
func (d *document) use(s style) {
	weight := ""
	if s.bold {
		weight = "B"
	}
	d.f.SetFont("sans", weight, s.size)
	d.f.SetFillColor(s.colour.r, s.colour.g, s.colour.b)
	d.f.SetTextColor(s.colour.r, s.colour.g, s.colour.b)
}

// paragraph draws a text from x in lines of the width, over as many pages as it takes.
func (d *document) paragraph(s style, x, width float64, text string) {
	d.stack(s, x, d.lines(s, text, width))
}

func (d *document) stack(s style, x float64, lines []string) {
	for _, one := range lines {
		d.room(s.height)
		d.text(s, x, d.y+s.baseline(), one, alignLeft)
		d.y += s.height
	}
}

// baseline is how far below the top of its line a style's letters stand.
func (s style) baseline() float64 { return s.height/2 + s.size*0.125 }

// section begins a part of the document, with a bookmark, and keeps its heading together with what follows.
func (d *document) section(text string, following float64) {
	const before, after = 8, 2
	d.room(before + heading.height + after + following)
	if d.y > top {
		d.y += before
	}
	d.use(heading)
	d.f.Bookmark(clean(text), 0, d.y)
	d.stack(heading, left, []string{text})
	d.y += after
}

func (d *document) rule(from, to, y float64, c colour, width float64) {
	d.f.SetDrawColor(c.r, c.g, c.b)
	d.f.SetLineWidth(width)
	d.f.Line(from, y, to, y)
}

func (d *document) box(x, y, width, height float64, c colour) {
	if width <= 0 {
		return
	}
	d.f.SetFillColor(c.r, c.g, c.b)
	d.f.Rect(x, y, width, height, "F")
}

// noDate is written by the library, which insists on dates, and then taken out again: a date would tell when somebody
// worked on the report.
var noDate = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

var (
	dates = regexp.MustCompile(`/(CreationDate|ModDate) \(D:20000101000000\)`)
	root  = regexp.MustCompile(`/Root (\d+) 0 R`)
	start = regexp.MustCompile(`startxref\n(\d+)\n`)
)

// finish puts into a document what the library cannot write: its language, and that its metadata belong to it. It
// takes the dates out. The library writes metadata, information and catalogue last, in this order, so that nothing but
// the table of objects stands behind the catalogue.
func finish(raw []byte, language string) ([]byte, error) {
	copy(raw, "%PDF-1.7") // of the same length as what stands there
	cut := bytes.LastIndex(raw, []byte("endstream"))
	body, tail := raw[:max(cut, 0)], raw[max(cut, 0):]
	tail = dates.ReplaceAllFunc(tail, func(date []byte) []byte { return bytes.Repeat([]byte(" "), len(date)) })
	number, xref := root.FindSubmatch(tail), start.FindSubmatch(tail)
	catalogue := []byte("/Type /Catalog\n")
	if number == nil || xref == nil || bytes.Count(tail, catalogue) != 1 {
		return nil, fmt.Errorf("pdf: the library wrote a document of another shape than it does")
	}
	n, _ := strconv.Atoi(string(number[1]))
	at, _ := strconv.Atoi(string(xref[1]))
	more := fmt.Appendf(nil, "/Lang (%s)\n/Metadata %d 0 R\n/ViewerPreferences <</DisplayDocTitle true>>\n", language, n-2)
	tail = bytes.Replace(tail, catalogue, append(catalogue, more...), 1)
	tail = bytes.Replace(tail, xref[0], fmt.Appendf(nil, "startxref\n%d\n", at+len(more)), 1)
	return append(bytes.Clone(body), tail...), nil
}

// xmp is the metadata as XMP: title and language.
func xmp(a about) []byte {
	var name bytes.Buffer
	_ = xml.EscapeText(&name, []byte(clean(a.title))) // a Buffer gives no error
	return fmt.Appendf(nil, `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`, &name, a.language)
}
