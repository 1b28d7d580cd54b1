package pdf

import (
	"fmt"

	"fieldcare/evaluation"
)

// axis is a scale from 0 to 1 along a line from x.
type axis struct{ x, width float64 }

// at is where a share lies; what lies beyond the axis is drawn at its end.
func (a axis) at(share float64) float64 { return a.x + a.width*min(max(share, 0), 1) }

// share of a score in basis points.
func share(basisPoints int64) float64 { return float64(basisPoints) / 1e4 }

// bar draws a share as a filled part of a track around the height y. Its value stands beside it in words.
func (d *document) bar(a axis, y, height, share float64, c colour) {
	d.box(a.x, y-height/2, a.width, height, track)
	d.box(a.x, y-height/2, a.at(share)-a.x, height, c)
}

// whisker draws the way from low to high, with its ends marked.
func (d *document) whisker(a axis, y, height, low, high float64, c colour, thick float64) {
	from, to := a.at(low), a.at(high)
	d.rule(from, to, y, c, thick)
	for _, end := range []float64{from, to} {
		d.stroke(c, thick, end, y-height/2, end, y+height/2)
	}
}

// dot draws a single result.
func (d *document) dot(x, y, r float64) { d.disc(x, y, r, d.accent, white, 0.3) }

// failure is the sign of a failed visit: a crossed box, where a passed one is a dot.
func (d *document) failure(x, y, r float64) {
	d.outlined(white, ink, r*0.28, x-r, y-r, x+r, y-r, x+r, y+r, x-r, y+r)
	d.stroke(ink, r*0.28, x-r*0.5, y-r*0.5, x+r*0.5, y+r*0.5)
	d.stroke(ink, r*0.28, x-r*0.5, y+r*0.5, x+r*0.5, y-r*0.5)
}

// tick is the sign of what was kept or passed.
func (d *document) tick(x, y, r float64, c colour) {
	d.stroke(c, r*0.42, x-r*0.75, y+r*0.05, x-r*0.2, y+r*0.6, x+r*0.8, y-r*0.6)
}

// sign stands before a verdict, so that its meaning is seen before it is read.
func (d *document) sign(name string, x, y, r float64) {
	switch name {
	case evaluation.TargetReached:
		d.disc(x, y, r, d.accent, d.accent, 0.1)
		d.tick(x, y, r*0.7, white)
	case evaluation.ChangeHigher, evaluation.Above:
		d.shape(d.accent, x, y-r*0.9, x+r, y+r*0.8, x-r, y+r*0.8)
	case evaluation.ChangeLower, evaluation.Below:
		d.shape(ink, x, y+r*0.9, x-r, y-r*0.8, x+r, y-r*0.8)
	case evaluation.TargetOnTheWay:
		d.shape(d.accent, x-r*0.8, y-r, x+r, y, x-r*0.8, y+r)
	case evaluation.TargetMissed:
		d.failure(x, y, r*0.9)
	case evaluation.ChangeNone, evaluation.Overlaps:
		d.box(x-r*0.9, y-r*0.65, r*1.8, r*0.45, grey)
		d.box(x-r*0.9, y+r*0.2, r*1.8, r*0.45, grey)
	default: // cannot be told
		d.disc(x, y, r, white, grey, 0.3)
		d.text(label, x, y+1, "?", alignCentre)
	}
}

// limits draws the limits of the bands as lines over a chart.
func (d *document) limits(a axis, from, to float64, bands []evaluation.ScoreBand) {
	for _, x := range []float64{a.x, a.x + a.width} {
		d.stroke(mid, 0.15, x, from, x, to)
	}
	for _, b := range bands {
		if b.From > 0 && b.From < 1e4 {
			d.stroke(hair, 0.2, a.at(share(b.From)), from, a.at(share(b.From)), to)
		}
	}
}

// limitNumbers writes an axis's ends and the limits of the bands, leaving out what would touch its neighbour.
func (d *document) limitNumbers(a axis, baseline float64, bands []evaluation.ScoreBand) {
	d.text(tiny, a.x, baseline, "0", alignCentre)
	d.text(tiny, a.x+a.width, baseline, "100", alignCentre)
	free := a.x + a.width - tiny.width("100")/2 - 1
	for _, b := range bands {
		text := fmt.Sprintf("%g", float64(b.From)/100)
		at, half := a.at(share(b.From)), tiny.width(text)/2
		if at+half > free || at-half < a.x+2 {
			continue
		}
		d.text(tiny, at, baseline, text, alignCentre)
		free = at - half - 1
	}
}

// scale draws the mean with its interval, or single results, on a scale of the bands. It is 27 mm high.
func (d *document) scale(a axis, y float64, r evaluation.BranchReport) {
	const height = 4.4
	middle := y + 8
	begin, free := 1.0, a.x+a.width+6
	for i, b := range r.Bands {
		from := a.at(share(b.From))
		to := a.at(begin)
		d.box(from+0.25, middle-height/2, to-from-0.5, height, white)
		name := tiny.fit(b.Name, max(to-from-1, 13))
		if centre, wide := (from+to)/2, tiny.width(name); centre+wide/2 < free && centre-wide/2 > a.x {
			d.text(tiny, centre, middle+height/2+7, name, alignCentre)
			free = centre - wide/2 - 1.5
		}
		begin = share(b.From)
		if i > 12 {
			break // more bands than can be told apart
		}
	}
	if len(r.Bands) == 0 {
		d.box(a.x, middle-height/2, a.width, height, white)
	}
	if m := r.Mean; m.Mean != nil && m.Low != nil && m.High != nil {
		d.box(a.at(*m.Low), middle-height/2+0.7, a.at(*m.High)-a.at(*m.Low), height-1.4, d.soft)
		d.rounded(a.at(*m.Mean)-0.8, middle-height/2-1, 1.6, height+2, 0.8, d.accent)
		d.interval(a, middle-height/2-2.4, *m.Low, *m.High)
	} else {
		for _, v := range r.Visits {
			if v.Score != nil {
				d.visitSign(v, a.at(share(v.Score.BasisPoints)), middle, 1.7)
			}
		}
	}
	d.limitNumbers(a, middle+height/2+3.6, r.Bands)
	explained := "Dots: the visits. Boxes: the bands of the score."
	if r.Mean.Mean != nil {
		explained = "Bar: 95% interval of the average. Boxes: the bands of the score."
	}
	d.text(tiny, a.x, middle+height/2+12, tiny.fit(explained, a.width), alignLeft)
}

// interval writes the ends of the interval above it: apart where there is room, else as one.
func (d *document) interval(a axis, baseline, low, high float64) {
	from, to := a.at(low), a.at(high)
	inside := func(at, half float64) float64 { return min(max(at, a.x+half), a.x+a.width-half) }
	const half = 6.0
	s := small.in(ink)
	if to-from < 3*half {
		d.text(s, inside((from+to)/2, 2*half), baseline, fmt.Sprintf("%.1f – %.1f%%", low*100, high*100), alignCentre)
		return
	}
	d.text(s, inside(from, half), baseline, fmt.Sprintf("%.1f%%", low*100), alignCentre)
	d.text(s, inside(to, half), baseline, fmt.Sprintf("%.1f%%", high*100), alignCentre)
}

// visitSign draws the sign of one visit.
func (d *document) visitSign(v evaluation.ReportVisit, x, y, r float64) {
	if v.Outcome == "failed" {
		d.failure(x, y, r*0.9)
		return
	}
	d.dot(x, y, r)
}
