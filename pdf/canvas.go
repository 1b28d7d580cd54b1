package pdf

import (
	"strconv"

	"github.com/jung-kurt/gofpdf"
)

// canvas is what is drawn on one page. Lengths are millimetres from the page's upper left corner.
//
// It is kept as steps, and drawn page after page when the document is complete: a table's totals are known late, and
// the library forgets, on going back to an earlier page, which font and colours are in force there.
type canvas struct {
	steps []func(*gofpdf.Fpdf)
	links []link
}

// link is an area of a page that leads to a mark.
type link struct {
	x, y, width, height float64
	to                  int // the mark's number
}

const point = 72 / 25.4 // points in a millimetre

func (c *canvas) step(draw func(*gofpdf.Fpdf)) { c.steps = append(c.steps, draw) }

func fill(f *gofpdf.Fpdf, with colour) { f.SetFillColor(with.r, with.g, with.b) }

func pen(f *gofpdf.Fpdf, with colour, thick float64) {
	f.SetDrawColor(with.r, with.g, with.b)
	f.SetLineWidth(thick)
}

// within draws so that nothing shows outside the rectangle. No text may be drawn in it: the font in force is lost.
func (c *canvas) within(x, y, width, height float64, draw func()) {
	c.step(func(f *gofpdf.Fpdf) { f.ClipRect(x, y, width, height, false) })
	draw()
	c.step(func(f *gofpdf.Fpdf) { f.ClipEnd() })
}

func (c *canvas) box(x, y, width, height float64, with colour) {
	if width <= 0 || height <= 0 {
		return
	}
	c.step(func(f *gofpdf.Fpdf) {
		fill(f, with)
		f.Rect(x, y, width, height, "F")
	})
}

// frame draws the edge of a rectangle.
func (c *canvas) frame(x, y, width, height float64, with colour, thick float64) {
	c.step(func(f *gofpdf.Fpdf) {
		pen(f, with, thick)
		f.Rect(x, y, width, height, "D")
	})
}

// rounded fills a rectangle with round corners.
func (c *canvas) rounded(x, y, width, height, radius float64, with colour) {
	if width <= 0 || height <= 0 {
		return
	}
	c.step(func(f *gofpdf.Fpdf) {
		fill(f, with)
		f.RoundedRect(x, y, width, height, min(radius, width/2, height/2), "1234", "F")
	})
}

// disc fills a circle and draws its edge.
func (c *canvas) disc(x, y, r float64, inside, edge colour, thick float64) {
	c.step(func(f *gofpdf.Fpdf) {
		fill(f, inside)
		pen(f, edge, thick)
		f.Circle(x, y, r, "FD")
	})
}

// shape fills what lies between the points.
func (c *canvas) shape(inside colour, points ...float64) {
	c.step(func(f *gofpdf.Fpdf) {
		fill(f, inside)
		f.Polygon(corners(points), "F")
	})
}

// outlined fills what lies between the points and draws its edge.
func (c *canvas) outlined(inside, edge colour, thick float64, points ...float64) {
	c.step(func(f *gofpdf.Fpdf) {
		fill(f, inside)
		pen(f, edge, thick)
		f.Polygon(corners(points), "FD")
	})
}

func corners(points []float64) (list []gofpdf.PointType) {
	for i := 0; i+1 < len(points); i += 2 {
		list = append(list, gofpdf.PointType{X: points[i], Y: points[i+1]})
	}
	return list
}

// stroke draws a line from point to point.
func (c *canvas) stroke(with colour, thick float64, points ...float64) {
	c.step(func(f *gofpdf.Fpdf) {
		pen(f, with, thick)
		follow(f, points)
	})
}

// dashed draws a line of dashes.
func (c *canvas) dashed(with colour, thick, dash float64, points ...float64) {
	c.step(func(f *gofpdf.Fpdf) {
		pen(f, with, thick)
		f.SetDashPattern([]float64{dash, dash * 0.7}, 0)
		follow(f, points)
		f.SetDashPattern(nil, 0)
	})
}

func follow(f *gofpdf.Fpdf, points []float64) {
	if len(points) < 4 {
		return
	}
	f.MoveTo(points[0], points[1])
	for i := 2; i+1 < len(points); i += 2 {
		f.LineTo(points[i], points[i+1])
	}
	f.DrawPath("D")
}

// picture draws picture number n of the document.
func (c *canvas) picture(n int, x, y, width, height float64) {
	c.step(func(f *gofpdf.Fpdf) {
		f.ImageOptions(strconv.Itoa(n), x, y, width, height, false, gofpdf.ImageOptions{}, 0, "")
	})
}

// text draws one cleaned line with its baseline at y. The fill is set as well as the text's colour: the library writes
// the one only where it differs from the other.
func (c *canvas) text(s style, x, y float64, text string) {
	c.step(func(f *gofpdf.Fpdf) {
		f.SetFont(family, faces[s.font].weight, s.size)
		fill(f, s.colour)
		f.SetTextColor(s.colour.r, s.colour.g, s.colour.b)
		f.Text(x, y, text)
	})
}
