package pdf

import (
	"fmt"
	"strings"
	"time"

	"fieldcare/evaluation"
)

// timeline is the chart of every visit over the period: days from left to right, scores from bottom to top.
type timeline struct {
	axis
	y, height float64
	from      time.Time
	days      int     // of the period
	floor     float64 // the share at which the chart begins
}

func (t timeline) up(share float64) float64 {
	return t.y + t.height*(1-min(max((share-t.floor)/(1-t.floor), 0), 1))
}

// floorOf is where the scale begins: well below everything that is drawn, at a whole ten, or at 0 where that is near.
// Dots are compared by where they stand, not by how tall they are, so that a scale may begin above 0 and says so.
func floorOf(r evaluation.BranchReport) float64 {
	lowest := int64(1e4)
	for _, v := range r.Visits {
		if v.Score != nil {
			lowest = min(lowest, v.Score.BasisPoints)
		}
	}
	if r.Target != nil {
		lowest = min(lowest, r.Target.Score)
	}
	const room, ten, near = 1500, 1000, 4000
	if lowest -= room; lowest < near {
		return 0
	}
	return share(min(lowest/ten*ten, 7000))
}
func (t timeline) middleOf(day time.Time) float64 {
	return t.at((float64(daysBetween(t.from, day)) + 0.5) / float64(t.days))
}

func daysBetween(from, to time.Time) int { return int(to.Sub(from).Hours() / 24) }

func parseDay(day string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, day)
	return t, err == nil
}

// newTimeline spans the period, or where that cannot be read the days of the visits.
func newTimeline(r evaluation.BranchReport, x, y, width, height float64) timeline {
	from, ok := parseDay(r.Period.From)
	to, ok2 := parseDay(r.Period.To)
	if !ok || !ok2 || to.Before(from) {
		from, to = time.Time{}, time.Time{}
		for _, v := range r.Visits {
			if day, ok := parseDay(v.Day); ok {
				if from.IsZero() || day.Before(from) {
					from = day
				}
				if day.After(to) {
					to = day
				}
			}
		}
	}
	return timeline{axis{x, width}, y, height, from, daysBetween(from, to) + 1, floorOf(r)}
}

// overTime draws the time line as a section.
func (d *document) overTime(r evaluation.BranchReport) {
	// The chart takes what a page has left, within reason; around it stand the target's day, the days and the legend.
	const axisWidth, names, above, below, least, most = 8.0, 24.0, 6.0, 13.0, 34.0, 52.0
	d.section("Visits over time", above+least+below)
	height := min(d.floor-d.y-above-below, most)
	t := newTimeline(r, left+axisWidth, d.y+above, right-left-axisWidth-names, height)
	d.backdrop(t, r)
	d.calendar(t)
	d.levels(t, r)
	d.dots(t, r.Visits)
	d.y = t.y + t.height + 9
	d.legend(r, t.floor)
}

// backdrop draws the bands of the score behind the chart, with their names beside it.
func (d *document) backdrop(t timeline, r evaluation.BranchReport) {
	begin, free := 1.0, t.y-10
	for i, b := range r.Bands {
		upper, lower := t.up(begin), t.up(share(b.From))
		if i%2 == 0 {
			d.box(t.x, upper, t.width, lower-upper, mist)
		}
		begin = share(b.From)
		if middle := (upper + lower) / 2; lower-upper > 3 && middle-free >= tiny.height {
			d.text(tiny, t.x+t.width+2, middle+0.9, tiny.fit(b.Name, right-t.x-t.width-2), alignLeft)
			free = middle
		}
	}
	free = t.y + t.height + 10
	write := func(share float64) {
		y := t.up(share)
		d.rule(t.x, t.x+t.width, y, hair, 0.2)
		if free-y >= tiny.height {
			d.text(tiny, t.x-1.8, y+0.9, fmt.Sprintf("%g", share*100), alignRight)
			free = y
		}
	}
	write(t.floor)
	for i := len(r.Bands) - 1; i >= 0; i-- {
		if from := r.Bands[i].From; share(from) > t.floor && from < 1e4 && t.up(share(from)) > t.y+tiny.height {
			write(share(from))
		}
	}
	write(1)
	if t.floor > 0 {
		d.dashed(mid, 0.2, 0.7, t.x, t.y+t.height, t.x, t.y+t.height+4)
	}
}

// calendar draws the days below the chart: where weeks begin, in a longer period months, and in a very long one years.
func (d *document) calendar(t timeline) {
	end, free := t.from.AddDate(0, 0, t.days), t.x-1
	write := func(day time.Time, text string) {
		x := t.at(float64(daysBetween(t.from, day)) / float64(t.days))
		d.stroke(mid, 0.2, x, t.y+t.height, x, t.y+t.height+1.4)
		if x > free && x+tiny.width(text)+1 < t.x+t.width+20 {
			d.text(tiny, x+0.4, t.y+t.height+4.2, text, alignLeft)
			free = x + tiny.width(text) + 2
		}
	}
	const weeks, months = 45, 800 // days up to which these are named
	if t.days <= 200 {
		for day := t.from; day.Before(end); day = day.AddDate(0, 0, 1) {
			if day.Weekday() == time.Monday {
				x := t.at(float64(daysBetween(t.from, day)) / float64(t.days))
				d.stroke(mid, 0.15, x, t.y+t.height, x, t.y+t.height+0.7)
			}
		}
	}
	switch {
	case t.days <= weeks:
		write(t.from, t.from.Format("2 Jan"))
		for day := t.from.AddDate(0, 0, 1); day.Before(end); day = day.AddDate(0, 0, 1) {
			if day.Weekday() == time.Monday {
				write(day, day.Format("2 Jan"))
			}
		}
	case t.days <= months:
		write(t.from, t.from.Format("2 Jan 2006"))
		for day := firstOfMonth(t.from).AddDate(0, 1, 0); day.Before(end); day = day.AddDate(0, 1, 0) {
			format := "Jan"
			if day.Month() == time.January {
				format = "Jan 2006"
			}
			write(day, day.Format(format))
		}
	default:
		step := max(1, t.days/365/12)
		for day := time.Date(t.from.Year()+1, 1, 1, 0, 0, 0, 0, time.UTC); day.Before(end); day = day.AddDate(step, 0, 0) {
			write(day, day.Format("2006"))
		}
	}
}

func firstOfMonth(day time.Time) time.Time {
	return time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// levels draws the mean with its interval, and the target up to its day.
func (d *document) levels(t timeline, r evaluation.BranchReport) {
	if m := r.Mean; m.Mean != nil {
		d.rule(t.x, t.x+t.width, t.up(*m.Mean), d.accent, 0.45)
	}
	if r.Target == nil {
		return
	}
	y, end, text := t.up(share(r.Target.Score)), t.x+t.width, "Target "+r.Target.Shown+"%"
	by, ok := parseDay(r.Target.By)
	last := t.from.AddDate(0, 0, t.days-1)
	if ok {
		text += " by " + by.Format("2 Jan 2006")
		if !by.Before(t.from) && !by.After(last) {
			end = t.middleOf(by)
		}
	}
	d.dashed(ink, 0.35, 1.4, t.x, y, end, y)
	pole := t.y - 2.6
	d.stroke(ink, 0.35, end, y, end, pole)
	if ok && by.After(last) {
		d.shape(ink, end, pole-1.1, end+1.9, pole, end, pole+1.1) // its day lies beyond the period
	} else {
		d.disc(end, pole, 0.9, ink, ink, 0.1)
	}
	s := label.in(ink)
	switch before, after := end-t.x-3, right-end-3; {
	case s.width(clean(text)) <= before || before > after:
		d.fitted(s, end-2.2, pole+1, before, text, alignRight)
	default:
		d.fitted(s, end+2.6, pole+1, after, text, alignLeft)
	}
}

// dots draws the visits; those of one day stand side by side.
func (d *document) dots(t timeline, visits []evaluation.ReportVisit) {
	r := 1.7
	switch n := len(visits); {
	case n > 120:
		r = 1
	case n > 40:
		r = 1.3
	}
	byDay := map[string]int{}
	for _, v := range visits {
		if v.Score != nil {
			byDay[v.Day]++
		}
	}
	placed, at := map[string]int{}, []spot{}
	for _, v := range visits {
		day, ok := parseDay(v.Day)
		if !ok || v.Score == nil || day.Before(t.from) || daysBetween(t.from, day) >= t.days {
			continue
		}
		n := byDay[v.Day]
		apart := min(2.1*r, 12/float64(n))
		x := t.middleOf(day) + (float64(placed[v.Day])-float64(n-1)/2)*apart
		placed[v.Day]++
		at = append(at, spot{min(max(x, t.x+r), t.x+t.width-r), t.up(share(v.Score.BasisPoints)), v})
	}
	const labelled = 20 // visits up to which their scores are written beside them
	if len(at) <= labelled {
		d.spotLabels(t, at, r)
	}
	for _, s := range at {
		d.visitSign(s.visit, s.x, s.y, r)
	}
}

// spot is where a visit stands on the time line.
type spot struct {
	x, y  float64
	visit evaluation.ReportVisit
}

// spotLabels writes the scores above or below their visits, where they touch neither another one nor its score.
func (d *document) spotLabels(t timeline, spots []spot, r float64) {
	var taken []rectangle
	for _, s := range spots {
		taken = append(taken, rectangle{s.x - r, s.y - r, s.x + r, s.y + r})
	}
	for _, s := range spots {
		text := tiny.fit(s.visit.Score.Shown, 10)
		half := tiny.width(text)/2 + 0.3
		for _, place := range []rectangle{{s.x - half, s.y - r - 3, s.x + half, s.y - r - 0.2}, {s.x - half, s.y + r + 0.2, s.x + half, s.y + r + 3}} {
			if place.left < t.x || place.right > t.x+t.width || place.top < t.y || place.bottom > t.y+t.height || place.meetsAny(taken) {
				continue
			}
			d.box(place.left, place.top, place.right-place.left, place.bottom-place.top, white)
			d.text(tiny.in(ink), s.x, place.bottom-0.5, text, alignCentre)
			taken = append(taken, place)
			break
		}
	}
}

type rectangle struct{ left, top, right, bottom float64 }

func (r rectangle) meetsAny(others []rectangle) bool {
	for _, o := range others {
		if r.left < o.right && o.left < r.right && r.top < o.bottom && o.top < r.bottom {
			return true
		}
	}
	return false
}

// legend says what the signs mean, of those that are there.
func (d *document) legend(r evaluation.BranchReport, floor float64) {
	x, y := left, d.y+1.4
	entry := func(text string, draw func(x float64)) {
		draw(x)
		text = small.fit(text, 60)
		d.text(small, x+7, y+1, text, alignLeft)
		x += 7 + small.width(text) + 6
	}
	passed, failed, unscored := false, false, 0
	for _, v := range r.Visits {
		if v.Score == nil {
			unscored++
		} else if v.Outcome == "failed" {
			failed = true
		} else {
			passed = true
		}
	}
	if passed {
		entry("visit", func(x float64) { d.dot(x+3, y, 1.5) })
	}
	if failed {
		entry("failed visit", func(x float64) { d.failure(x+3, y, 1.4) })
	}
	if r.Mean.Mean != nil {
		entry("average "+r.Mean.Shown+"%", func(x float64) { d.rule(x, x+6, y, d.accent, 0.5) })
	}
	if r.Target != nil {
		entry("target", func(x float64) { d.dashed(ink, 0.4, 1.6, x, y, x+6, y) })
	}
	var besides []string
	if floor > 0 {
		besides = append(besides, fmt.Sprintf("the scale begins at %g", floor*100))
	}
	if unscored > 0 {
		besides = append(besides, fmt.Sprintf("%d without a score, not shown", unscored))
	}
	d.fitted(small, right, y+1, right-x, strings.Join(besides, "; "), alignRight)
	d.y += 4
}
