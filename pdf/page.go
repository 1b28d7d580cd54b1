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
	"strings"
	"time"

	"github.com/jung-kurt/gofpdf"
	"golang.org/x/text/language"
)

// The page is A4 in millimetres, with twelve columns and gutters between the side margins.
const (
	pageWidth, pageHeight = 210.0, 297.0
	left, right           = 20.0, 190.0
	top, bottom           = 27.0, 274.0
	gutter                = 4.0
	column                = (right - left - 11*gutter) / 12
)

// columnAt is where column n begins, counted from 0; span is the width of n columns with the gutters between them.
func columnAt(n int) float64 { return left + float64(n)*(column+gutter) }
func span(n int) float64     { return float64(n)*(column+gutter) - gutter }

// document is a document being drawn.
type document struct {
	*canvas // the last page
	theme
	y        float64 // how far down the last page is filled
	floor    float64 // how far down it may be filled
	whole    bool    // whether it needs the whole fonts
	pages    []*canvas
	pictures []*picture
	embedded map[*byte]int // the number of a picture, by where its bytes stand
	marks    []mark
}

// mark is a place that bookmarks and the list of contents lead to.
type mark struct {
	text  string
	level int // 0, or 1 within the last of 0
	page  int // from 0
	y     float64
}

// about is what a document says of itself: in the headers from the second page on, in all footers and in the metadata.
type about struct {
	title       string // the document's name
	language    string // BCP 47, as the organisation wrote it
	accent      string // #rrggbb
	headerLeft  string
	headerRight string
	name        string // the organisation's
	view        string // the short hash of what is drawn
	watermark   string // written across every page, where there is one
}

// draw makes a document and writes it out whole or not at all. Whatever goes wrong inside the library comes out as an
// error.
func draw(w io.Writer, a about, content func(*document)) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("pdf: %v", p)
		}
	}()
	d := &document{theme: themeOf(a.accent), embedded: map[*byte]int{}}
	d.newPage()
	content(d)
	d.furnish(a)
	finished, err := d.finish(a)
	if err != nil {
		return err
	}
	_, err = w.Write(finished)
	return err
}

func (d *document) newPage() {
	d.canvas = new(canvas)
	d.pages = append(d.pages, d.canvas)
	d.y, d.floor = top, bottom
}

// room begins a new page unless the height is left on this one, and tells whether it did.
func (d *document) room(height float64) bool {
	if d.y+height > d.floor && d.y > top {
		d.newPage()
		return true
	}
	return false
}

// furnish adds what needs to know how many pages there are: headers and footers.
func (d *document) furnish(a about) {
	for i, page := range d.pages {
		d.canvas = page
		if i > 0 {
			d.fitted(label, left, 16, span(8), a.headerLeft, alignLeft)
			d.fitted(small, right, 16, span(4), a.headerRight, alignRight)
			d.rule(left, right, 19, hair, 0.2)
		}
		d.rule(left, right, 280, hair, 0.2)
		place := fmt.Sprintf("page %d of %d", i+1, len(d.pages))
		if filled(a.view) {
			place = small.fit("view "+a.view, span(4)) + " · " + place
		}
		d.fitted(small, left, 284.8, span(6), a.name, alignLeft)
		d.text(small, right, 284.8, place, alignRight)
		if a.watermark != "" {
			d.text(label.in(d.accent), (left+right)/2, 10.5, a.watermark, alignCentre)
		}
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
	d.whole = d.whole || strings.ContainsFunc(text, func(r rune) bool { return !common(r) })
	switch a {
	case alignRight:
		x -= s.width(text)
	case alignCentre:
		x -= s.width(text) / 2
	}
	d.canvas.text(s, x, y, text)
}

// fitted draws one line cut to a width.
func (d *document) fitted(s style, x, y, width float64, text string, a align) {
	d.text(s, x, y, s.fit(text, width), a)
}

// paragraph draws a text as wide as the page, over as many pages as it takes.
func (d *document) paragraph(s style, text string) {
	d.stack(s, left, s.lines(text, right-left))
}

func (d *document) stack(s style, x float64, lines []string) {
	for _, one := range lines {
		d.room(s.height)
		d.text(s, x, d.y+s.baseline(), one, alignLeft)
		d.y += s.height
	}
}

// mark remembers this place for bookmarks and links.
func (d *document) mark(text string, level int) {
	d.marks = append(d.marks, mark{clean(text), level, len(d.pages) - 1, d.y})
}

// section begins a part of the document, with a bookmark, and keeps its heading together with what follows.
func (d *document) section(text string, following float64) {
	d.room(sectionHead + following)
	d.startSection(text)
	d.stack(heading, left, []string{text})
	d.y += afterHeading
}

// The height of a section's heading, and of its parts.
const (
	sectionHead                            = beforeSection + underRule + 6.8 + afterHeading
	beforeSection, underRule, afterHeading = 8.0, 3.2, 2.4
)

// startSection draws the rule above a section's heading and remembers the place.
func (d *document) startSection(text string) {
	if d.y > top {
		d.y += beforeSection
	}
	d.mark(text, 0)
	d.rule(left, right, d.y, hair, 0.2)
	d.box(left, d.y-0.1, column, 0.9, d.accent)
	d.y += underRule
}

// subsection begins a part of a section.
func (d *document) subsection(text string, following float64) {
	const before, after = 4, 1
	d.room(before + subheading.height + after + following)
	if d.y > top {
		d.y += before
	}
	d.mark(text, 1)
	d.stack(subheading, left, []string{text})
	d.y += after
}

func (d *document) rule(from, to, y float64, c colour, width float64) {
	d.stroke(c, width, from, y, to, y)
}

// embed gives a picture its number in the document; the same bytes are embedded once.
func (d *document) embed(p *picture) int {
	if n, known := d.embedded[&p.data[0]]; known {
		return n
	}
	d.pictures = append(d.pictures, p)
	d.embedded[&p.data[0]] = len(d.pictures)
	return len(d.pictures)
}

// finish hands the pages and all that belongs to them to the library, and completes what it writes.
func (d *document) finish(a about) ([]byte, error) {
	f := gofpdf.New("P", "mm", "A4", "")
	f.SetAutoPageBreak(false, 0)
	f.SetMargins(0, 0, 0)
	f.SetCatalogSort(true)
	f.SetCreationDate(noDate)
	f.SetModificationDate(noDate)
	f.SetProducer("Fieldcare", true)
	f.SetTitle(clean(a.title), true)
	lang := languageOf(a.language)
	f.SetXmpMetadata(xmp(clean(a.title), lang))
	addFonts(f, d.whole)
	for i, p := range d.pictures {
		if err := p.register(f, i+1); err != nil {
			return nil, fmt.Errorf("pdf: %w", err)
		}
	}
	places := make([]int, len(d.marks))
	for i, m := range d.marks {
		places[i] = f.AddLink()
		f.SetLink(places[i], max(m.y-3, 0), m.page+1)
	}
	marks := d.marks
	for number, page := range d.pages {
		f.AddPage()
		f.SetFont(family, "", body.size) // in which bookmarks are written
		for ; len(marks) > 0 && marks[0].page == number; marks = marks[1:] {
			f.Bookmark(marks[0].text, marks[0].level, max(marks[0].y-3, 0))
		}
		for _, step := range page.steps {
			step(f)
		}
		for _, l := range page.links {
			f.Link(l.x, l.y, l.width, l.height, places[l.to])
		}
	}
	var raw bytes.Buffer
	if err := f.Output(&raw); err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	return complete(raw.Bytes(), lang)
}

// noDate is written by the library, which insists on dates, and then taken out again: a date would tell when somebody
// worked on the report.
var noDate = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

var (
	dates = regexp.MustCompile(`/(CreationDate|ModDate) \(D:20000101000000\)`)
	root  = regexp.MustCompile(`/Root (\d+) 0 R`)
	start = regexp.MustCompile(`startxref\n(\d+)\n`)
)

// complete puts into a document what the library cannot write: its language, and that its metadata belong to it. It
// takes the dates out. The library writes metadata, information and catalogue last, in this order, so that nothing but
// the table of objects stands behind the catalogue.
func complete(raw []byte, language string) ([]byte, error) {
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

// languageOf is a language as it can be written into a document: in doubt English, which the words of ours are.
func languageOf(wish string) string {
	tag, err := language.Parse(strings.TrimSpace(wish))
	if err != nil || tag == language.Und {
		return "en"
	}
	return tag.String()
}

// xmp is the metadata as XMP: title and language.
func xmp(title, language string) []byte {
	var name bytes.Buffer
	_ = xml.EscapeText(&name, []byte(title)) // a Buffer gives no error
	return fmt.Appendf(nil, `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`, &name, language)
}
