package pdf

import (
	"slices"
	"strconv"

	"fieldcare/evaluation"
)

// scores shows each section, touchpoint and need.
func (d *document) scores(r evaluation.BranchReport) {
	d.section("Scores", 60)
	all := slices.Concat(r.Sections, r.Touchpoints, r.Needs)
	explained := ""
	if slices.ContainsFunc(all, func(p evaluation.ReportPart) bool { return p.Mean != nil }) {
		explained = "Bar: the mean of the visits. Line: from the lowest visit to the highest. n: the visits that had a score in it. "
	}
	if slices.ContainsFunc(all, func(p evaluation.ReportPart) bool { return p.N > 0 && p.Mean == nil }) {
		explained += "Dots: single visits; below three there is no mean. "
	}
	d.paragraph(small, explained+"Thin lines: where the bands of the score begin.")
	for _, group := range []struct {
		name  string
		parts []evaluation.ReportPart
	}{{"By section", r.Sections}, {"By touchpoint of the customer's journey", r.Touchpoints}, {"By need of the customer", r.Needs}} {
		if len(group.parts) == 0 {
			continue
		}
		d.subsection(group.name, 2*scoreRow+4)
		d.axisHead(scoreAxis, r.Bands)
		for _, p := range group.parts {
			d.scoreRow(p, r.Bands)
		}
	}
}

var scoreAxis = axis{columnAt(5), columnAt(9) - columnAt(5)}

// valueEnd is where figures end that stand right of a chart and left of their n.
const valueEnd = right - 15

const scoreRow = 7.4

func (d *document) axisHead(a axis, bands []evaluation.ScoreBand) {
	d.limitNumbers(a, d.y+tiny.baseline(), bands)
	d.y += tiny.height + 0.4
}

func (d *document) scoreRow(p evaluation.ReportPart, bands []evaluation.ScoreBand) {
	name := p.Title
	if p.OutsideTotal {
		name += " (outside the total)"
	}
	lines := body.linesAtMost(4, name, span(5)-2)
	height := float64(len(lines))*body.height + scoreRow - body.height
	if d.room(height) {
		d.axisHead(scoreAxis, bands)
	}
	y := d.y
	middle := y + height/2
	d.limits(scoreAxis, y, y+height, bands)
	value, s := "no score", strong
	switch {
	case p.Mean != nil:
		d.bar(scoreAxis, middle, 3.2, *p.Mean, d.soft)
		if p.Lowest != nil && p.Highest != nil {
			d.whisker(scoreAxis, middle, 2, *p.Lowest, *p.Highest, ink, 0.3)
		}
		value = p.Shown + "%"
	case len(p.Single) > 0:
		d.box(scoreAxis.x, middle-1.6, scoreAxis.width, 3.2, track)
		value = ""
		for _, single := range p.Single {
			if result, is := shareIn(single); is {
				d.dot(scoreAxis.at(result), middle, 1.5)
			}
			value = joined(" · ", value, single)
		}
		value, s = value+"%", label.in(ink)
	default:
		d.box(scoreAxis.x, middle-1.6, scoreAxis.width, 3.2, track)
	}
	d.fitted(s, valueEnd, middle+1.2, valueEnd-scoreAxis.x-scoreAxis.width-2, value, alignRight)
	d.text(small, right, middle+1.2, "n = "+strconv.Itoa(p.N), alignRight)
	d.y = y + (height-float64(len(lines))*body.height)/2
	d.stack(body, left, lines)
	d.y = y + height
	d.rule(left, right, d.y, track, 0.2)
}
