package pdf

import (
	"fmt"

	"fieldcare/evaluation"
)

// along is where a share lies on a scale from 0 to 1 that begins at x; what lies beyond is drawn at its end.
func along(x, width, share float64) float64 { return x + width*min(max(share, 0), 1) }

// bar draws a share of one as a filled part of a track. Its value stands beside it in words.
func (d *document) bar(x, y, width, height, share float64, c colour) {
	d.box(x, y, width, height, track)
	d.box(x, y, along(x, width, share)-x, height, c)
}

// whisker draws the way from the lowest to the highest single result over a bar.
func (d *document) whisker(x, y, width, height, low, high float64) {
	from, to, middle := along(x, width, low), along(x, width, high), y+height/2
	d.rule(from, to, middle, ink, 0.25)
	for _, end := range []float64{from, to} {
		d.f.Line(end, y+height*0.2, end, y+height*0.8)
	}
}

// dot draws a single result on a track.
func (d *document) dot(x, y, width, height, share float64) {
	d.f.SetFillColor(accent.r, accent.g, accent.b)
	d.f.SetDrawColor(white.r, white.g, white.b)
	d.f.SetLineWidth(0.3)
	d.f.Circle(along(x, width, share), y+height/2, height*0.45, "FD")
}

// scale draws the mean with its interval, or single results, on a scale from 0 to 100 % with the limits of the bands,
// and the single visits as ticks below. It is 24 mm high.
func (d *document) scale(x, y, width float64, r evaluation.BranchReport) {
	const height = 5.0
	y += 6
	d.box(x, y, width, height, white)
	for _, band := range r.Bands {
		if band.From > 0 {
			d.box(along(x, width, float64(band.From)/1e4)-0.1, y-1, 0.2, height+2, grey)
		}
	}
	for _, v := range r.Visits {
		if v.Score != nil && r.Mean.Mean != nil {
			d.box(along(x, width, float64(v.Score.BasisPoints)/1e4)-0.075, y+height+1.2, 0.15, 1.8, grey)
		}
	}
	if m := r.Mean; m.Mean != nil {
		low, high := along(x, width, *m.Low), along(x, width, *m.High)
		d.box(low, y+1, high-low, height-2, accent.lighter())
		d.box(along(x, width, *m.Mean)-0.6, y-0.5, 1.2, height+1, accent)
		d.interval(x, y-2, width, low, high, *m.Low, *m.High)
	} else {
		for _, v := range r.Visits {
			if v.Score != nil {
				d.dot(x, y, width, height, float64(v.Score.BasisPoints)/1e4)
			}
		}
	}
	d.limits(x, y+height+6.2, width, r.Bands)
	explained := "Dots: visits. Lines: where bands begin."
	if r.Mean.Mean != nil {
		explained = "Bar: average, 95% interval. Ticks: visits. Lines: where bands begin."
	}
	d.text(small, x, y+height+11, d.fit(small, explained, width), alignLeft)
}

// interval writes the ends of the interval above it: apart where there is room, else as one.
func (d *document) interval(x, y, width, low, high, lowest, highest float64) {
	const half = 6.0
	inside := func(at, half float64) float64 { return min(max(at, x+half), x+width-half) }
	if high-low < 3*half {
		d.text(small.in(ink), inside((low+high)/2, 2*half), y, fmt.Sprintf("%.1f – %.1f%%", lowest*100, highest*100), alignCentre)
		return
	}
	d.text(small.in(ink), inside(low, half), y, fmt.Sprintf("%.1f%%", lowest*100), alignCentre)
	d.text(small.in(ink), inside(high, half), y, fmt.Sprintf("%.1f%%", highest*100), alignCentre)
}

// limits writes the scale's ends and the limits of the bands below it, leaving out what would touch its neighbour.
func (d *document) limits(x, y, width float64, bands []evaluation.ScoreBand) {
	d.text(small, x, y, "0", alignLeft)
	d.text(small, x+width, y, "100", alignRight)
	free := x + width - 6
	for _, band := range bands {
		text := fmt.Sprintf("%g", float64(band.From)/100)
		at := along(x, width, float64(band.From)/1e4)
		d.use(small)
		half := d.width(text) / 2
		if at+half+1 > free || at-half < x+4 {
			continue
		}
		d.text(small, at, y, text, alignCentre)
		free = at - half
	}
}

// lighter is the colour halfway to white.
func (c colour) lighter() colour {
	return colour{(c.r + 255) / 2, (c.g + 255) / 2, (c.b + 255) / 2}
}
