package pdf

import (
	"fmt"
	"strconv"

	"fieldcare/scheduling"
)

// findings draws what people said, topic by topic.
func (d *document) findings(r scheduling.FocusGroupReport) {
	if len(r.Findings) == 0 {
		d.section("Findings", body.height)
		d.stack(muted, left, []string{"Nothing was written down."})
		return
	}
	number := 0
	d.section("Findings", subheading.height+30)
	d.paragraph(small, "How many said it is counted in people who were in the room. It is no share of all customers.")
	for i, t := range r.Findings {
		if i > 0 {
			d.y += 3 // a topic stands further from the one before than from what was found
		}
		d.subsection(subheading.fit(t.Topic, span(12)), 24)
		for i, theme := range t.Themes {
			if i > 0 {
				d.y += 4
			}
			number++
			d.finding(number, theme)
		}
	}
}

// mostDots is how many people are drawn one by one.
const mostDots = 24

// finding draws a theme: how many said it, and in which words.
func (d *document) finding(number int, t scheduling.ReportedTheme) {
	const x, words, dotsWide, dot, perRow = left + inset, 8, 4, 4.0, 12
	lines := strong.linesAtMost(12, t.Theme, span(words)-inset)
	dots := 0
	if t.SaidBy <= t.Of && t.Of <= mostDots {
		dots = t.Of
	}
	figures := small.height + 1 + float64((dots+perRow-1)/perRow)*dot
	height := max(float64(len(lines))*strong.height, figures) + 1
	d.room(height)
	begin := d.y
	d.disc(left+2.6, begin+2.5, 2.6, d.accent, d.accent, 0.1)
	d.fitted(label.in(white), left+2.6, begin+3.5, 5, strconv.Itoa(number), alignCentre)
	d.fitted(label.in(ink), columnAt(12-dotsWide)+1, begin+label.baseline()+0.3, span(dotsWide)-1, t.Sentence, alignLeft)
	for i := range dots {
		fill, edge := white, mid
		if i < t.SaidBy {
			fill, edge = d.accent, d.accent
		}
		d.disc(columnAt(12-dotsWide)+1+(float64(i%perRow)+0.5)*dot, begin+small.height+1+(float64(i/perRow)+0.5)*dot, 1.35, fill, edge, 0.25)
	}
	d.stack(strong, x, lines)
	d.y = max(d.y, begin+figures) + 1
	const between = 5.6 // so that their quotation marks stand apart
	for i, quote := range t.Quotes {
		if filled(quote) {
			d.y += beforeQuote
			if i > 0 {
				d.y += between - beforeQuote
			}
			d.saying(quote, x+inset, span(11)-2*inset, 0)
		}
	}
}

// actions draws what follows from the group, with who answers for it.
func (d *document) actions(all []scheduling.ReportedAction) {
	const words, who = 8, 4
	d.section("What we do about it", 24)
	for _, a := range all {
		lines := body.linesAtMost(12, a.Text, span(words)-inset)
		outcome := small.linesAtMost(6, a.Outcome, span(words)-inset)
		if !filled(a.Outcome) {
			outcome = nil
		}
		owner := strong.linesAtMost(3, a.Owner, span(who))
		height := max(float64(len(lines))*body.height+float64(len(outcome))*small.height, float64(len(owner))*strong.height+2*small.height) + 3
		d.room(height)
		y := d.y
		d.progress(a.State, left+2.6, y+1.2+body.height/2, 1.9)
		d.y = y + 1.2
		d.stack(body, left+inset, lines)
		d.stack(small, left+inset, outcome)
		d.y = y + 1.2
		d.stack(strong, columnAt(12-who), owner)
		d.stack(small, columnAt(12-who), []string{small.fit("due "+dayInWords(a.Due), span(who))})
		state := kindInWords(a.State)
		if a.Told {
			state += ", and those who raised it were told"
		}
		d.stack(small, columnAt(12-who), []string{small.fit(state, span(who))})
		d.y = y + height
		d.rule(left, right, d.y, track, 0.2)
	}
}

// progress is the sign of how far an action is: the word for it stands beside it.
func (d *document) progress(state string, x, y, r float64) {
	switch state {
	case "done":
		d.disc(x, y, r, d.accent, d.accent, 0.2)
		d.tick(x, y, r*0.7, white)
	case "dropped":
		d.disc(x, y, r, white, mid, 0.4)
		d.stroke(mid, 0.4, x-r*0.6, y, x+r*0.6, y)
	default:
		d.disc(x, y, r, white, d.accent, 0.5)
		if state == "under_way" {
			d.disc(x, y, r*0.5, d.accent, d.accent, 0.1)
		}
	}
}

// heard says who took part, whom the study wanted, and who was not heard.
func (d *document) heard(r scheduling.FocusGroupReport) {
	d.section("Who was heard", 40)
	if len(r.Quotas) > 0 {
		d.subsection("Whom the study wanted", 20)
		for _, q := range r.Quotas {
			d.quota(q)
		}
		d.subsection("Who was not heard", 2*body.height)
		if len(r.NotHeard) == 0 {
			d.stack(body, left, []string{"Of everybody whom the study wanted as many took part as it wanted."})
		}
		d.listing(r.NotHeard)
	}
	const perTable = 5
	for from := 0; from == 0 || from < len(r.Attributes); from += perTable {
		d.peopleTable(r, from, min(from+perTable, len(r.Attributes)))
	}
}

// quota draws the people wanted as boxes, those who came filled.
func (d *document) quota(q scheduling.ReportedQuota) {
	const box, gap, perRow = 3.4, 1.1, 14
	name := joined(": ", q.Attribute, q.Value)
	if q.Hard {
		name += " (no more)"
	}
	lines := body.linesAtMost(4, name, span(5))
	boxes := min(max(q.Target, q.TookPart, 0), 2*perRow)
	rows := (boxes + perRow - 1) / perRow
	height := max(float64(len(lines))*body.height, float64(rows)*(box+gap)) + 2.4
	d.room(height)
	y := d.y
	for i := range boxes {
		x, at := columnAt(5)+float64(i%perRow)*(box+gap), y+1.6+float64(i/perRow)*(box+gap)
		switch {
		case i < q.TookPart && i < q.Target:
			d.box(x, at, box, box, d.accent)
		case i < q.TookPart:
			d.box(x, at, box, box, d.soft)
		default:
			d.frame(x+0.15, at+0.15, box-0.3, box-0.3, mid, 0.3)
		}
	}
	d.text(strong, right, y+1.2+strong.baseline(), fmt.Sprintf("%d of %d", q.TookPart, q.Target), alignRight)
	d.y = y + 1.2
	d.stack(body, left, lines)
	d.y = y + height
	d.rule(left, right, d.y, track, 0.2)
}

// peopleTable is who took part with some of the attributes, its head repeated on every page.
func (d *document) peopleTable(r scheduling.FocusGroupReport, from, to int) {
	if len(r.Participants) == 0 {
		return
	}
	const names = 14.0
	columns := max(to-from, 1)
	width := (right - left - names) / float64(columns)
	titles, tallest := make([][]string, to-from), 1
	for i := range titles {
		titles[i] = label.linesAtMost(3, r.Attributes[from+i], width-3)
		tallest = max(tallest, len(titles[i]))
	}
	head := func() {
		y := d.y
		d.text(label, left, y+label.baseline(), "Who", alignLeft)
		for i, lines := range titles {
			d.y = y
			d.stack(label, left+names+float64(i)*width, lines)
		}
		d.y = y + float64(tallest)*label.height + 1.2
		d.rule(left, right, d.y, mid, 0.3)
	}
	const row, few = 7.0, 12 // a small table is not torn
	d.subsection("Who took part", float64(tallest)*label.height+10+row*float64(min(len(r.Participants), few)))
	d.paragraph(small, "P1, P2 … stand for people. Their order is random, and tells nothing of them.")
	d.y += 1
	head()
	for _, p := range r.Participants {
		cells, most := make([][]string, to-from), 1
		for i := range cells {
			value := "–"
			if from+i < len(p.Values) && filled(p.Values[from+i]) {
				value = p.Values[from+i]
			}
			cells[i] = body.linesAtMost(3, value, width-3)
			most = max(most, len(cells[i]))
		}
		height := float64(most)*body.height + 2
		if d.room(height) {
			head()
		}
		y := d.y
		d.text(strong, left, y+1+strong.baseline(), strong.fit(p.Name, names-2), alignLeft)
		for i, lines := range cells {
			d.y = y + 1
			d.stack(body, left+names+float64(i)*width, lines)
		}
		d.y = y + height
		d.rule(left, right, d.y, track, 0.2)
	}
}
