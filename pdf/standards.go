package pdf

import (
	"fmt"
	"slices"

	"fieldcare/evaluation"
)

// standards shows in how many visits each promise of the customer charter was kept.
func (d *document) standards(all []evaluation.ReportStandard) {
	d.section("Our standards", 46)
	if slices.ContainsFunc(all, func(s evaluation.ReportStandard) bool { return s.Low != nil }) {
		d.paragraph(small, "Dot: the share of visits that kept the standard. Line: the 95% interval of that share (Wilson).")
	}
	a := axis{columnAt(7), span(3) - 6}
	head := func() {
		d.text(tiny, a.x, d.y+tiny.baseline(), "0%", alignCentre)
		d.text(tiny, a.x+a.width, d.y+tiny.baseline(), "100%", alignCentre)
		d.y += tiny.height + 0.6
	}
	head()
	for _, s := range all {
		lines := body.linesAtMost(6, s.Text, span(7)-4)
		if len(lines) == 1 && lines[0] == "" {
			lines = nil
		}
		height := float64(len(lines))*body.height + small.height + 3
		if d.room(height) {
			head()
		}
		y, middle := d.y, d.y+height/2
		if s.N > 0 {
			d.stroke(mid, 0.15, a.x, y, a.x, y+height)
			d.stroke(mid, 0.15, a.x+a.width, y, a.x+a.width, y+height)
			d.rule(a.x, a.x+a.width, middle, hair, 0.2)
			if s.Low != nil && s.High != nil {
				d.whisker(a, middle, 2.4, *s.Low, *s.High, d.accent, 0.5)
			}
			d.dot(a.at(float64(s.Kept)/float64(s.N)), middle, 1.5)
		}
		d.text(strong, right, middle+1.2, fmt.Sprintf("kept in %d of %d", s.Kept, s.N), alignRight)
		d.y = y + 1.4
		d.stack(body, left, lines)
		d.stack(small, left, []string{small.fit(s.Kind, span(6))})
		d.y = y + height
		d.rule(left, right, d.y, track, 0.2)
	}
}
