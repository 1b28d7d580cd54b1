package pdf

import (
	"fmt"
	"io"
	"strconv"

	"fieldcare/evaluation"
)

// Evaluation draws one visit in full. The same report gives the same bytes.
func Evaluation(w io.Writer, r evaluation.EvaluationReport) error {
	a := about{
		title:       joined(" – ", r.Branch.Name, dayInWords(r.Visit.Day), "visit report"),
		language:    r.Organisation.Language,
		accent:      r.Organisation.Accent,
		headerLeft:  r.Branch.Name,
		headerRight: joined(", ", dayInWords(r.Visit.Day), partInWords[r.Visit.PartOfDay]),
		name:        r.Organisation.Name,
		view:        r.View,
	}
	if r.Preview {
		a.watermark = "PREVIEW: NOT APPROVED"
	}
	return draw(w, a, func(d *document) {
		d.opening("Visit report", r.Organisation.Name, r.Organisation.Logo, r.Branch.Name, placeOf(r.Branch), []fact{
			{"Day", dayInWords(r.Visit.Day), 4}, {"Part of the day", partInWords[r.Visit.PartOfDay], 2},
			{"Checklist", r.ChecklistTitle, 4}, {"Version", strconv.Itoa(r.Visit.Version), 2},
		})
		if r.Preview {
			d.preview("Preview: not approved", "The branch gets nothing of this visit before it is approved.")
		}
		d.scorePanel(r)
		d.failures(r.Failures)
		fill := d.sectionBars(r)
		if len(r.Standards) > 0 {
			d.promises(r.Standards)
		}
		pages := make([]int, len(r.Sections)) // the mark of each section
		for i, s := range r.Sections {
			pages[i] = d.answersOf(s)
		}
		if filled(r.Method) {
			d.method(r.Method, r.View)
		}
		fill(pages)
	})
}

// preview says that this is not what others have.
func (d *document) preview(what, why string) {
	const height = 9.0
	d.room(height)
	d.frame(left, d.y, right-left, height, ink, 0.6)
	d.text(strong, left+4, d.y+height/2+1.2, what, alignLeft)
	d.text(muted, right-4, d.y+height/2+1.2, why, alignRight)
	d.y += height + 6
}

// scorePanel shows the score of the visit, and what it was made of.
func (d *document) scorePanel(r evaluation.EvaluationReport) {
	const pad, height = 7.0, 44.0
	v := r.Visit
	d.room(height)
	begin := d.y
	d.rounded(left, begin, right-left, height, 2, d.pale)
	d.y = begin + pad
	d.stack(label.in(d.accent), left+pad, []string{"Score"})
	d.y += 0.6
	if v.Score != nil {
		d.stack(figure.in(d.accent), left+pad, []string{figure.fit(v.Score.Shown+"%", columnAt(5)-left-pad-4)})
	} else {
		d.stack(style{bold, 26, 17, ink}.in(d.accent), left+pad, []string{"no score"})
	}
	d.y += 1
	d.stack(strong, left+pad, strong.linesAtMost(2, v.Band, span(4)-pad))

	const rows = 7.0
	x, width := columnAt(5), right-pad-columnAt(5)
	d.y = begin + pad - 1
	row := func(name string, draw func(middle float64)) {
		middle := d.y + rows/2
		d.text(small, x, middle+1, name, alignLeft)
		draw(middle)
		d.y += rows
	}
	a := axis{x + 24, width - 24 - 20}
	value := func(text string, middle float64) { d.fitted(strong, x+width, middle+1.2, 14, text, alignRight) }
	if v.Outcome != "" {
		row("Outcome", func(middle float64) {
			if v.Outcome == "failed" {
				d.failure(a.x+1.5, middle, 1.4)
			} else {
				d.disc(a.x+1.5, middle, 1.7, d.accent, d.accent, 0.1)
				d.tick(a.x+1.5, middle, 1.2, white)
			}
			d.fitted(strong, a.x+5.4, middle+1.2, 20, v.Outcome, alignLeft)
			if n := len(r.Failures); n > 0 {
				d.text(small, x+width, middle+1, fmt.Sprintf("%d critical %s", n, plural(n, "failure", "failures")), alignRight)
			}
		})
	}
	if v.Calculated != nil {
		row("Calculated", func(middle float64) {
			d.box(a.x, middle-1.5, a.width, 3, white)
			d.box(a.x, middle-1.5, a.at(share(v.Calculated.BasisPoints))-a.x, 3, d.soft)
			if v.Score != nil {
				d.box(a.at(share(v.Score.BasisPoints))-0.3, middle-2.3, 0.6, 4.6, ink)
			}
			value(v.Calculated.Shown+"%", middle)
		})
	}
	if v.Bounds != nil && v.Bounds.Lowest != nil && v.Bounds.Highest != nil {
		row("Bounds of N/A", func(middle float64) {
			d.box(a.x, middle-1.5, a.width, 3, white)
			d.whisker(a, middle, 3, share(v.Bounds.Lowest.BasisPoints), share(v.Bounds.Highest.BasisPoints), ink, 0.4)
			d.fitted(label.in(ink), x+width, middle+1.1, 19, v.Bounds.Lowest.Shown+"–"+v.Bounds.Highest.Shown+"%", alignRight)
		})
	}
	if v.Coverage != nil {
		row("Coverage", func(middle float64) {
			d.box(a.x, middle-1.5, a.width, 3, white)
			d.box(a.x, middle-1.5, a.at(share(v.Coverage.BasisPoints))-a.x, 3, d.soft)
			value(v.Coverage.Shown+"%", middle)
		})
	}
	d.y = begin + height
}

// failures names the critical questions that failed the visit.
func (d *document) failures(all []string) {
	if len(all) == 0 {
		return
	}
	d.y += 6
	d.room(strong.height + body.height + 1)
	d.stack(strong, left, []string{plural(len(all), "A critical question failed", "Critical questions failed")})
	for _, failed := range all {
		lines := body.linesAtMost(6, failed, span(12)-6)
		d.y += 0.8
		d.room(float64(len(lines)) * body.height)
		d.failure(left+1.6, d.y+body.height/2, 1.3)
		d.stack(body, left+6, lines)
	}
}

// sectionBars shows the sections with their scores. What it gives writes on which page each stands, once that is known.
func (d *document) sectionBars(r evaluation.EvaluationReport) func(marks []int) {
	if len(r.Sections) == 0 {
		return func([]int) {}
	}
	d.section("Scores by section", 3*scoreRow)
	d.axisHead(scoreAxis, r.Bands)
	type place struct {
		canvas    *canvas
		y, height float64
	}
	places := make([]place, len(r.Sections))
	for i, s := range r.Sections {
		name := s.Title
		if s.OutsideTotal {
			name += " (outside the total)"
		}
		lines := body.linesAtMost(4, name, span(5)-2)
		height := float64(len(lines))*body.height + 2.6
		if d.room(height) {
			d.axisHead(scoreAxis, r.Bands)
		}
		y, middle := d.y, d.y+height/2
		places[i] = place{d.canvas, y, height}
		d.limits(scoreAxis, y, y+height, r.Bands)
		value := "no score"
		if s.Score != nil {
			d.bar(scoreAxis, middle, 3.2, share(s.Score.BasisPoints), d.soft)
			value = s.Score.Shown + "%"
		}
		d.fitted(strong, valueEnd, middle+1.2, valueEnd-scoreAxis.x-scoreAxis.width-2, value, alignRight)
		d.y = y + 1.3
		d.stack(body, left, lines)
		d.y = y + height
		d.rule(left, right, d.y, track, 0.2)
	}
	return func(marks []int) {
		last := d.canvas
		for i, p := range places {
			d.canvas = p.canvas
			d.text(small.in(d.accent), right, p.y+p.height/2+1.1, fmt.Sprintf("p. %d", d.marks[marks[i]].page+1), alignRight)
			d.links = append(d.links, link{left, p.y, right - left, p.height, marks[i]})
		}
		d.canvas = last
	}
}

// promises says of each standard whether this visit found it kept.
func (d *document) promises(all []evaluation.ReportStandard) {
	d.section("Our standards", 2*body.height)
	for _, s := range all {
		lines := body.linesAtMost(6, s.Text, span(9)-6)
		height := float64(len(lines))*body.height + 2
		d.room(height)
		y := d.y
		middle := y + 1 + body.height/2
		kept := "kept"
		if s.N > 0 && s.Kept >= s.N {
			d.tick(left+1.6, middle, 1.4, d.accent)
		} else {
			d.failure(left+1.6, middle, 1.3)
			kept = "not kept"
		}
		d.text(strong, right, middle+1.2, kept, alignRight)
		d.y = y + 1
		d.stack(body, left+6, lines)
		d.y = y + height
		d.rule(left, right, d.y, track, 0.2)
	}
}
