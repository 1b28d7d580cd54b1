package pdf

import (
	"math"
	"strconv"

	"fieldcare/evaluation"
)

// coverage says how much of what could be scored was, and what the rest could have made of the score.
func (d *document) coverage(c evaluation.ReportCoverage, m evaluation.ReportMean) {
	lines := body.lines(c.Sentence, span(12))
	d.section("What was not scored", 22+float64(len(lines))*body.height)
	a := axis{columnAt(3), columnAt(10) - columnAt(3) - 2}
	row := func(name, value string, draw func(y float64)) {
		middle := d.y + 3.4
		d.text(body, left, middle+1.2, name, alignLeft)
		draw(middle)
		d.fitted(strong, right, middle+1.2, right-a.x-a.width-3, value, alignRight)
		d.y += 6.8
	}
	row("Coverage", c.Shown+"%", func(y float64) { d.bar(a, y, 3.2, c.Mean, d.soft) })
	if low, high, ok := bothShares(c.Lowest, c.Highest); ok {
		row("Score, had N/A counted", c.Lowest+" – "+c.Highest+"%", func(y float64) {
			d.box(a.x, y-1.6, a.width, 3.2, track)
			d.whisker(a, y, 3.2, low, high, ink, 0.4)
			if m.Mean != nil {
				d.dot(a.at(*m.Mean), y, 1.5)
			}
		})
	}
	d.y += 1
	d.stack(body, left, lines)
}

// bothShares reads two shares in per cent.
func bothShares(low, high string) (from, to float64, ok bool) {
	from, is := shareIn(low)
	to, isToo := shareIn(high)
	return from, to, is && isToo
}

// shareIn reads a share in per cent.
func shareIn(text string) (float64, bool) {
	percent, err := strconv.ParseFloat(text, 64)
	return percent / 100, err == nil && math.Abs(percent) < 1e6 // which NaN is not
}
