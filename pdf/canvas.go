package pdf

import (
	"strconv"
)

// canvas is what is drawn on one page. Lengths are millimetres from the page's upper left corner.
type canvas struct {
	out   []byte
	fill  colour // in force
	pen   colour
	width float64
	ready bool // whether fill, pen and width are known
	links []link
}

// link is an area of a page that leads to a mark.
type link struct {
	x, y, width, height float64
	to                  int // the mark's number
}

const point = 72 / 25.4 // points in a millimetre

func (c *canvas) number(v float64) {
	c.out = strconv.AppendFloat(c.out, float64(int64(v*100+half(v)))/100, 'f', -1, 64)
	c.out = append(c.out, ' ')
}

func half(v float64) float64 {
	if v < 0 {
		return -0.5
	}
	return 0.5
}

func (c *canvas) op(operator string, numbers ...float64) {
	for _, n := range numbers {
		c.number(n)
	}
	c.out = append(append(c.out, operator...), '\n')
}

func (c *canvas) at(x, y float64) {
	c.number(x * point)
	c.number((pageHeight - y) * point)
}

func (c *canvas) move(x, y float64) { c.at(x, y); c.op("m") }
func (c *canvas) line(x, y float64) { c.at(x, y); c.op("l") }

func (c *canvas) filled(with colour) {
	if !c.ready || c.fill != with {
		c.op("rg", float64(with.r)/255, float64(with.g)/255, float64(with.b)/255)
		c.fill = with
	}
}

func (c *canvas) stroked(with colour, width float64) {
	if !c.ready || c.pen != with || c.width != width {
		c.op("RG", float64(with.r)/255, float64(with.g)/255, float64(with.b)/255)
		c.op("w", width*point)
		c.pen, c.width = with, width
	}
}

// begin puts fill and pen in force, so that they need to be written only where they change.
func (c *canvas) begin() {
	c.filled(ink)
	c.stroked(ink, 0.2)
	c.ready = true
}

// within draws so that nothing shows outside the rectangle.
func (c *canvas) within(x, y, width, height float64, draw func()) {
	fill, pen, line := c.fill, c.pen, c.width
	c.op("q")
	c.rectangle(x, y, width, height)
	c.op("W n")
	draw()
	c.op("Q")
	c.fill, c.pen, c.width = fill, pen, line
}

func (c *canvas) rectangle(x, y, width, height float64) {
	c.at(x, y+height)
	c.op("re", width*point, height*point)
}

func (c *canvas) box(x, y, width, height float64, with colour) {
	if width <= 0 || height <= 0 {
		return
	}
	c.filled(with)
	c.rectangle(x, y, width, height)
	c.op("f")
}

// frame draws the edge of a rectangle.
func (c *canvas) frame(x, y, width, height float64, with colour, thick float64) {
	c.stroked(with, thick)
	c.rectangle(x, y, width, height)
	c.op("S")
}

// rounded fills a rectangle with round corners.
func (c *canvas) rounded(x, y, width, height, radius float64, with colour) {
	if width <= 0 || height <= 0 {
		return
	}
	r := min(radius, width/2, height/2)
	const k = 0.5523 // a quarter of a circle as a curve
	c.filled(with)
	c.move(x+r, y)
	c.line(x+width-r, y)
	c.curve(x+width-r+k*r, y, x+width, y+r-k*r, x+width, y+r)
	c.line(x+width, y+height-r)
	c.curve(x+width, y+height-r+k*r, x+width-r+k*r, y+height, x+width-r, y+height)
	c.line(x+r, y+height)
	c.curve(x+r-k*r, y+height, x, y+height-r+k*r, x, y+height-r)
	c.line(x, y+r)
	c.curve(x, y+r-k*r, x+r-k*r, y, x+r, y)
	c.op("f")
}

func (c *canvas) curve(x1, y1, x2, y2, x3, y3 float64) {
	c.at(x1, y1)
	c.at(x2, y2)
	c.at(x3, y3)
	c.op("c")
}

func (c *canvas) round(x, y, r float64) {
	const k = 0.5523
	c.move(x-r, y)
	c.curve(x-r, y-k*r, x-k*r, y-r, x, y-r)
	c.curve(x+k*r, y-r, x+r, y-k*r, x+r, y)
	c.curve(x+r, y+k*r, x+k*r, y+r, x, y+r)
	c.curve(x-k*r, y+r, x-r, y+k*r, x-r, y)
}

// disc fills a circle and draws its edge.
func (c *canvas) disc(x, y, r float64, fill, edge colour, thick float64) {
	c.filled(fill)
	c.stroked(edge, thick)
	c.round(x, y, r)
	c.op("b")
}

// shape fills what lies between the points.
func (c *canvas) shape(fill colour, points ...float64) {
	c.filled(fill)
	c.path(points)
	c.op("f")
}

// outlined fills what lies between the points and draws its edge.
func (c *canvas) outlined(fill, edge colour, thick float64, points ...float64) {
	c.filled(fill)
	c.stroked(edge, thick)
	c.path(points)
	c.op("b")
}

// stroke draws a line from point to point.
func (c *canvas) stroke(with colour, thick float64, points ...float64) {
	c.stroked(with, thick)
	c.path(points)
	c.op("S")
}

func (c *canvas) path(points []float64) {
	for i := 0; i+1 < len(points); i += 2 {
		if i == 0 {
			c.move(points[i], points[i+1])
		} else {
			c.line(points[i], points[i+1])
		}
	}
}

// dashed draws a line of dashes.
func (c *canvas) dashed(with colour, thick, dash float64, points ...float64) {
	c.out = append(c.out, '[')
	c.number(dash * point)
	c.number(dash * 0.7 * point)
	c.out = append(c.out, "] 0 d\n"...)
	c.stroke(with, thick, points...)
	c.out = append(c.out, "[] 0 d\n"...)
}

// picture draws image number n.
func (c *canvas) picture(n int, x, y, width, height float64) {
	c.op("q")
	c.op("cm", width*point, 0, 0, height*point, x*point, (pageHeight-y-height)*point)
	c.out = append(append(c.out, "/I"...), strconv.Itoa(n)...)
	c.op(" Do")
	c.op("Q")
}

// text draws one cleaned line with its baseline at y.
func (c *canvas) text(f *face, number int, size, x, y float64, with colour, text string) {
	c.filled(with)
	c.out = append(append(c.out, "BT /F"...), byte('0'+number), ' ')
	c.number(size)
	c.out = append(c.out, "Tf "...)
	c.at(x, y)
	c.out = append(c.out, "Td <"...)
	c.out = f.encode(c.out, text)
	c.out = append(c.out, "> Tj ET\n"...)
}

// slanted draws one line around x, y, rising by 45°.
func (c *canvas) slanted(f *face, number int, size, x, y float64, with colour, text string) {
	const slope = 0.7071
	length := float64(f.units(text)) / f.unit * size / point
	c.filled(with)
	c.out = append(append(c.out, "BT /F"...), byte('0'+number), ' ')
	c.number(size)
	c.out = append(c.out, "Tf "...)
	c.op("", slope, slope, -slope, slope)
	c.at(x-length/2*slope, y+length/2*slope)
	c.out = append(c.out, "Tm <"...)
	c.out = f.encode(c.out, text)
	c.out = append(c.out, "> Tj ET\n"...)
}
