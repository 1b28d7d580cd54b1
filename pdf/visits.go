package pdf

import (
	"strconv"

	"fieldcare/evaluation"
)

var partInWords = map[string]string{
	evaluation.Before12:   "before 12",
	evaluation.From12To17: "12–17",
	evaluation.After17:    "after 17",
}

// The columns of the table of visits.
const (
	partAt      = left + 32
	scoreEnd    = left + 66
	bandAt      = left + 95
	outcomeAt   = left + 122
	coverageEnd = left + 156
)

// visits is the table of the visits, its head repeated on every page.
func (d *document) visits(visits []evaluation.ReportVisit) {
	d.section("Visits", 24)
	head := func() {
		for _, cell := range []struct {
			x    float64
			name string
		}{{left, "Day"}, {partAt, "Part of day"}, {bandAt, "Band"}, {outcomeAt, "Outcome"}} {
			d.text(label, cell.x, d.y+label.baseline(), cell.name, alignLeft)
		}
		d.text(label, scoreEnd, d.y+label.baseline(), "Score", alignRight)
		d.text(label, coverageEnd, d.y+label.baseline(), "Coverage", alignRight)
		d.text(label, right, d.y+label.baseline(), "Version", alignRight)
		d.y += label.height + 1.2
		d.rule(left, right, d.y, mid, 0.3)
	}
	head()
	for _, v := range visits {
		bands := body.linesAtMost(3, v.Band, outcomeAt-bandAt-3)
		height := float64(len(bands))*body.height + 2.4
		if d.room(height) {
			head()
		}
		y := d.y
		middle, baseline := y+1.2+body.height/2, y+1.2+body.baseline()
		d.text(body, left, baseline, body.fit(dayInWords(v.Day), partAt-left-3), alignLeft)
		d.text(body, partAt, baseline, partInWords[v.PartOfDay], alignLeft)
		if v.Score != nil {
			d.fitted(strong, scoreEnd, baseline, scoreEnd-partAt-16, v.Score.Shown+"%", alignRight)
			d.bar(axis{scoreEnd + 3, bandAt - scoreEnd - 8}, middle, 2.4, share(v.Score.BasisPoints), d.soft)
		} else {
			d.text(muted, scoreEnd, baseline, "no score", alignRight)
		}
		switch v.Outcome {
		case "failed":
			d.failure(outcomeAt+1.4, middle, 1.3)
			d.text(strong, outcomeAt+4.5, baseline, v.Outcome, alignLeft)
		case "passed":
			d.tick(outcomeAt+1.4, middle, 1.2, d.accent)
			d.text(body, outcomeAt+4.5, baseline, v.Outcome, alignLeft)
		}
		if v.Coverage != nil {
			d.fitted(muted, coverageEnd, baseline, 16, v.Coverage.Shown+"%", alignRight)
		}
		d.text(muted, right, baseline, strconv.Itoa(v.Version), alignRight)
		d.y += 1.2
		d.stack(body, bandAt, bands)
		d.y = y + height
		d.rule(left, right, d.y, track, 0.2)
	}
}
