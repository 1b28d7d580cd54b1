// Package pdf draws values of the domain as documents. It knows no database, no request and no clock: the same value
// gives the same bytes.
package pdf

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

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
	file     *file
	faces    [fontCount]*face
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

// about is what a document says of itself: on its first page nothing, on the others in the header, on all in the
// footer, and in the metadata.
type about struct {
	title       string // the document's name
	language    string // BCP 47, as the organisation wrote it
	accent      string // #rrggbb
	headerLeft  string
	headerRight string
	footer      string
	watermark   string // written across every page, where there is one
}

// draw makes a document and writes it out whole or not at all. Should drawing panic, that is an error.
func draw(w io.Writer, a about, content func(*document)) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("pdf: %v", p)
		}
	}()
	d := &document{theme: themeOf(a.accent), file: newFile(), embedded: map[*byte]int{}}
	for i, font := range fonts() {
		d.faces[i] = font.face(d.file.reserve())
	}
	d.newPage()
	content(d)
	d.furnish(a)
	d.finish(a)
	_, err = w.Write(d.file.Bytes())
	return err
}

func (d *document) newPage() {
	d.canvas = &canvas{out: make([]byte, 0, 32<<10)}
	d.canvas.begin()
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
		d.fitted(small, left, 284.8, span(9), a.footer, alignLeft)
		d.text(small, right, 284.8, fmt.Sprintf("page %d of %d", i+1, len(d.pages)), alignRight)
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
	switch a {
	case alignRight:
		x -= s.width(text)
	case alignCentre:
		x -= s.width(text) / 2
	}
	d.canvas.text(d.faces[s.font], s.font, s.size, x, y, s.colour, text)
}

// fitted draws one line cut to a width.
func (d *document) fitted(s style, x, y, width float64, text string, a align) {
	d.text(s, x, y, s.fit(text, width), a)
}

// paragraph draws a text from x in lines of the width, over as many pages as it takes.
func (d *document) paragraph(s style, x, width float64, text string) {
	d.stack(s, x, s.lines(text, width))
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

// finish writes the pages and all that belongs to them into the file. There are no dates in it.
func (d *document) finish(a about) {
	f := d.file
	catalogue, tree, resources, info, metadata := f.reserve(), f.reserve(), f.reserve(), f.reserve(), f.reserve()
	size := 0
	for _, p := range d.pictures {
		size += len(p.data) + len(p.alpha)
	}
	f.Grow(size + 64<<10)
	pictures := ""
	for i, p := range d.pictures {
		r := f.reserve()
		p.write(f, r)
		pictures += fmt.Sprintf("/I%d %v", i+1, r)
	}
	faces := ""
	for i, face := range d.faces {
		face.write(f)
		faces += fmt.Sprintf("/F%d %v", i, face.ref)
	}
	f.object(resources, "<</Font<<%s>>/XObject<<%s>>>>", faces, pictures)
	pages := make([]ref, len(d.pages))
	for i := range pages {
		pages[i] = f.reserve()
	}
	kids := ""
	for i, page := range d.pages {
		content, annotations := f.reserve(), ""
		f.packed(content, "", page.out)
		for _, l := range page.links {
			to := d.marks[l.to]
			annotations += fmt.Sprintf("<</Type/Annot/Subtype/Link/Border[0 0 0]/F 4/Rect[%.2f %.2f %.2f %.2f]/Dest%s>>", l.x*point, (pageHeight-l.y-l.height)*point,
				(l.x+l.width)*point, (pageHeight-l.y)*point, to.destination(pages))
		}
		f.object(pages[i], "<</Type/Page/Parent %v/Resources %v/Contents %v/Tabs/S/Annots[%s]>>", tree, resources, content, annotations)
		kids += pages[i].String() + " "
	}
	f.object(tree, "<</Type/Pages/MediaBox[0 0 595.28 841.89]/Count %d/Kids[%s]>>", len(pages), kids)
	f.object(info, "<</Title%s/Producer(Fieldcare)>>", hexadecimal(clean(a.title)))
	lang := languageOf(a.language)
	f.stream(metadata, "/Type/Metadata/Subtype/XML", xmp(clean(a.title), lang))
	f.object(catalogue, "<</Type/Catalog/Pages %v/Lang(%s)/Metadata %v/ViewerPreferences<</DisplayDocTitle true>>%s>>", tree, lang, metadata, d.outline(pages))
	f.end(catalogue, info)
}

func (m mark) destination(pages []ref) string {
	return fmt.Sprintf("[%v/XYZ 0 %.2f null]", pages[m.page], (pageHeight-m.y+3)*point)
}

// outline writes the bookmarks, and gives what the catalogue says of them.
func (d *document) outline(pages []ref) string {
	if len(d.marks) == 0 {
		return ""
	}
	root := d.file.reserve()
	refs, under := make([]ref, len(d.marks)), make([][]int, len(d.marks))
	var tops []int
	for i, m := range d.marks {
		refs[i] = d.file.reserve()
		if m.level == 0 || len(tops) == 0 {
			tops = append(tops, i)
		} else {
			last := tops[len(tops)-1]
			under[last] = append(under[last], i)
		}
	}
	level := func(parent ref, items []int) {
		for n, i := range items {
			more := ""
			if n > 0 {
				more += fmt.Sprintf("/Prev %v", refs[items[n-1]])
			}
			if n+1 < len(items) {
				more += fmt.Sprintf("/Next %v", refs[items[n+1]])
			}
			if kids := under[i]; len(kids) > 0 {
				more += fmt.Sprintf("/First %v/Last %v/Count %d", refs[kids[0]], refs[kids[len(kids)-1]], -len(kids)) // closed
			}
			d.file.object(refs[i], "<</Title%s/Parent %v/Dest%s%s>>", hexadecimal(d.marks[i].text), parent, d.marks[i].destination(pages), more)
		}
	}
	level(root, tops)
	for _, i := range tops {
		level(refs[i], under[i])
	}
	d.file.object(root, "<</Type/Outlines/First %v/Last %v/Count %d>>", refs[tops[0]], refs[tops[len(tops)-1]], len(tops))
	return fmt.Sprintf("/Outlines %v/PageMode/UseOutlines", root)
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
