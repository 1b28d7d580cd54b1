package pdf

import (
	"strconv"

	"fieldcare/evaluation"
)

// comparisons sets the branch's mean beside wider ones, all on one scale.
func (d *document) comparisons(r evaluation.BranchReport) {
	d.section("In comparison", 40)
	d.paragraph(small, "Dot: the average. Line: its 95% interval. Only where two intervals do not overlap is one called higher.")
	d.y += 1
	a := axis{columnAt(4), columnAt(9) - columnAt(4)}
	d.axisHead(a, r.Bands)
	row := func(name string, n int, mean, low, high *float64, shown string, own bool) {
		lines := body.linesAtMost(3, name, span(4)-3)
		height := float64(len(lines))*body.height + 4
		if d.room(height) {
			d.axisHead(a, r.Bands)
		}
		y, middle := d.y, d.y+height/2
		if own {
			d.box(left, y, right-left, height, d.pale)
		}
		d.limits(a, y, y+height, r.Bands)
		s := body
		if own {
			s = strong
		}
		if mean != nil {
			edge := ink
			if own {
				edge = d.accent
			}
			if low != nil && high != nil {
				d.whisker(a, middle, 2.4, *low, *high, edge, 0.6)
			}
			fill := white
			if own {
				fill = d.accent
			}
			d.disc(a.at(*mean), middle, 1.1, fill, edge, 0.45)
			shown += "%"
		} else {
			shown = "too few"
		}
		d.fitted(strong, valueEnd, middle+1.2, valueEnd-a.x-a.width-2, shown, alignRight)
		d.text(small, right-1, middle+1.2, "n = "+strconv.Itoa(n), alignRight)
		d.y = y + (height-float64(len(lines))*body.height)/2
		d.stack(s, left+1.5, lines)
		d.y = y + height
	}
	m := r.Mean
	row(r.Branch.Name, m.N, m.Mean, m.Low, m.High, m.Shown, true)
	for _, c := range r.Comparisons {
		row(c.Name, c.N, c.Mean, c.Low, c.High, c.Shown, false)
	}
	d.y += 3
	for _, c := range r.Comparisons {
		lines := body.lines(c.Sentence, span(12)-6)
		d.room(float64(min(len(lines), 4)) * body.height)
		d.sign(c.Verdict, left+2, d.y+body.height/2, 1.5)
		d.stack(body, left+6, lines)
		d.y += 1
	}
}
