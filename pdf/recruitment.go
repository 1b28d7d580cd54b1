package pdf

import (
	"strconv"
	"unicode"
	"unicode/utf8"

	"fieldcare/scheduling"
)

// recruitment draws the way from the invitations to the room, what became of the others, and how the group was made.
func (d *document) recruitment(r scheduling.FocusGroupReport) {
	const row = 7.0
	m := r.Recruitment
	d.section("How it was made", 4*row+20)
	most := max(m.Invited, m.Accepted, m.Came, m.TookPart, 1)
	a := axis{columnAt(3), columnAt(11) - columnAt(3)}
	for i, step := range []struct {
		name string
		n    int
	}{{"Invited", m.Invited}, {"Accepted", m.Accepted}, {"Came", m.Came}, {"Took part", m.TookPart}} {
		c := d.accent.mixed(white, 0.54-0.18*float64(i))
		middle := d.y + row/2
		d.text(body, left, middle+1.2, step.name, alignLeft)
		d.bar(a, middle, 4.2, float64(step.n)/float64(most), c)
		d.text(strong, right, middle+1.2, strconv.Itoa(step.n), alignRight)
		d.y += row
	}
	d.y += 3
	const perRow = 4
	var others []fact
	for _, other := range []struct {
		name string
		n    int
	}{{"Declined", m.Declined}, {"Did not answer", m.Unanswered}, {"Waiting list, no seat", m.Waitlisted}, {"Screened out", m.ScreenedOut}, {"Cancelled after accepting", m.Cancelled},
		{"Invitation taken back", m.Withdrawn}, {"Did not come", m.NoShow}, {"Turned away, all seats taken", m.TurnedAway}, {"Sent home", m.SentHome}, {"Came uninvited", m.WalkIns}, {"Not recorded at the door", m.Unrecorded}} {
		if other.n > 0 {
			others = append(others, fact{other.name, strconv.Itoa(other.n), 12 / perRow})
		}
	}
	for len(others) > 0 {
		n := min(perRow, len(others))
		d.room(14)
		d.facts(others[:n])
		d.y += 3
		others = others[n:]
	}
	if filled(r.Method) {
		d.y += 1
		d.paragraph(muted, r.Method)
	}
	if filled(r.View) {
		d.y += 1.4
		d.stack(small, left, small.linesAtMost(2, "View "+r.View+": two reports with the same view are the same.", span(12)))
	}
}

// costs sets the costs of the group against the study's budget.
func (d *document) costs(c scheduling.ReportedCosts) {
	const bar, row = 6.0, 6.6
	sentence := lead.lines(c.Sentence, span(12))
	// The whole of it stays together: there are few kinds of cost.
	d.section("What it cost", float64(len(sentence))*lead.height+bar+float64(min(len(c.Lines), 12)+2)*row+46)
	d.stack(lead, left, sentence)
	d.y += 3
	whole := float64(max(c.Budget.Amount, c.Spent.Amount, 1))
	a := axis{left, right - left}
	d.box(left, d.y, right-left, bar, track)
	d.box(left, d.y, a.at(float64(c.Spent.Amount)/whole)-left, bar, d.soft)
	d.box(left, d.y, a.at(float64(c.Actual.Amount)/whole)-left, bar, d.accent)
	if c.Spent.Amount > c.Budget.Amount {
		x := a.at(float64(c.Budget.Amount) / whole)
		d.stroke(ink, 0.6, x, d.y-1.2, x, d.y+bar+1.2)
	}
	d.y += bar + 1.6
	for i, key := range []struct {
		c    colour
		text string
	}{{d.accent, "this group: " + c.Actual.Shown}, {d.soft, "all groups of the study: " + c.Spent.Shown}, {track, "budget: " + c.Budget.Shown}} {
		x := columnAt(i * 4)
		d.box(x, d.y+0.6, 2.6, 2.6, key.c)
		d.fitted(small.in(ink), x+4, d.y+small.baseline(), span(4)-4, key.text, alignLeft)
	}
	d.y += small.height + 4

	const plannedEnd = left + 125.0
	head := func() {
		d.text(label, left, d.y+label.baseline(), "Kind", alignLeft)
		d.text(label, plannedEnd, d.y+label.baseline(), "Planned", alignRight)
		d.text(label, right, d.y+label.baseline(), "Actual", alignRight)
		d.y += label.height + 1.2
		d.rule(left, right, d.y, mid, 0.3)
	}
	line := func(s style, name string, planned, actual scheduling.ReportedAmount) {
		if d.room(row) {
			head()
		}
		baseline := d.y + row/2 + 1.2
		d.fitted(s, left, baseline, 70, name, alignLeft)
		d.fitted(s, plannedEnd, baseline, 48, planned.Shown, alignRight)
		d.fitted(s, right, baseline, right-plannedEnd-4, actual.Shown, alignRight)
		d.y += row
		d.rule(left, right, d.y, track, 0.2)
	}
	d.room(3 * row)
	head()
	for i, l := range c.Lines {
		if i == len(c.Lines)-1 && d.room(2*row) { // so that the sum does not stand alone
			head()
		}
		line(body, capital(l.Kind), l.Planned, l.Actual)
	}
	line(strong, "This group", c.Planned, c.Actual)
	d.y += 5
	var seats []fact
	for _, s := range c.Seats {
		name := map[string]string{"planned": "Planned, per seat wanted", "attended": "Actual, per person who took part", "usable": "Actual, per usable seat"}[s.Sort]
		value := "no such seat"
		if s.Cost != nil {
			value = s.Cost.Shown + " (" + strconv.Itoa(s.Seats) + " " + plural(s.Seats, "seat", "seats") + ")"
		}
		seats = append(seats, fact{name, value, 4})
	}
	d.room(16)
	d.facts(seats[:min(len(seats), 3)])
	d.y += 1.5
	d.paragraph(small, "A seat is usable where somebody took part for three quarters of the session and was not struck out by the moderator.")
}

// capital is a text that begins with a capital, as what stands at the head of a line does.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return text
	}
	return string(unicode.ToUpper(first)) + text[size:]
}
