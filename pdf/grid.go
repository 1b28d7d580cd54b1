package pdf

import (
	"strconv"

	"fieldcare/evaluation"
)

// grid draws when visits were made: weekdays across, parts of the day down. What no visit fell into is hatched.
func (d *document) grid(g evaluation.ReportGrid) {
	const cell, names = 9.6, 24.0
	lines := body.lines(g.Sentence, span(12))
	d.section("When visits were made", 3*cell+14+float64(len(lines))*body.height)
	most := 1
	for _, day := range g.Days {
		most = max(most, day.Before12, day.From12To17, day.After17)
	}
	width := (right - left - names) / float64(max(len(g.Days), 1))
	for i, day := range g.Days {
		x := left + names + float64(i)*width
		d.text(label, x+width/2, d.y+label.baseline(), label.fit(day.Weekday, width-1), alignCentre)
	}
	d.y += label.height + 1
	for row, name := range []string{"before 12", "12–17", "after 17"} {
		y := d.y + float64(row)*(cell+0.8)
		d.text(small.in(ink), left, y+cell/2+1, name, alignLeft)
		for i, day := range g.Days {
			x := left + names + float64(i)*width
			n := [...]int{day.Before12, day.From12To17, day.After17}[row]
			if n <= 0 {
				d.hole(x+0.4, y, width-0.8, cell)
				continue
			}
			d.rounded(x+0.4, y, width-0.8, cell, 1, d.pale.mixed(d.soft, float64(n)/float64(most)))
			d.text(strong, x+width/2, y+cell/2+1.2, strconv.Itoa(n), alignCentre)
		}
	}
	d.y += 3*(cell+0.8) + 2
	d.hole(left, d.y+0.4, 6, 3)
	d.text(small, left+8, d.y+label.baseline(), "no visit", alignLeft)
	d.y += label.height + 2
	d.stack(body, left, lines)
}

// hole is a field without a visit: hatched, so that it is seen without colour.
func (d *document) hole(x, y, width, height float64) {
	d.within(x, y, width, height, func() {
		for at := x - height; at < x+width; at += 1.8 {
			d.stroke(mid, 0.15, at, y+height, at+height, y)
		}
	})
	d.frame(x, y, width, height, mid, 0.2)
}
