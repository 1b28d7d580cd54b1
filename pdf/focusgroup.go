package pdf

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"fieldcare/scheduling"
)

// FocusGroup draws a focus group's report. The same report gives the same bytes.
func FocusGroup(w io.Writer, r scheduling.FocusGroupReport) error {
	s := r.Session
	a := about{
		title:       joined(" – ", s.Topic, "focus group report"),
		language:    r.Organisation.Language,
		accent:      r.Organisation.Accent,
		headerLeft:  s.Topic,
		headerRight: dayOf(s.Starts),
		name:        r.Organisation.Name,
		view:        r.View,
	}
	if r.Preview {
		a.watermark = "PREVIEW: NOT CLOSED"
	}
	return draw(w, a, func(d *document) {
		facts := []fact{{"When", s.When, 4}, {"Where", joined(", ", s.Venue, s.Room), 4}, {"Language", languageInWords(s.Language), 2}, {"Seats wanted", strconv.Itoa(s.Seats), 2}}
		d.opening("Focus group report", r.Organisation.Name, r.Organisation.Logo, s.Topic, r.Study.Title, facts)
		if filled(s.Moderator) {
			d.stack(small, left, small.linesAtMost(3, "Moderator: "+s.Moderator, span(12)))
			d.y += 4
		}
		if r.Preview {
			d.preview("Preview: not closed", "What is written down may still change. Nobody else gets this report yet.")
		}
		d.peoplePanel(r)
		d.body(focusGroupParts(r))
	})
}

func focusGroupParts(r scheduling.FocusGroupReport) (parts []part) {
	for _, p := range []part{
		{filled(r.Study.Purpose) || len(r.Guide) > 0, func(d *document) { d.purpose(r) }},
		{true, func(d *document) { d.findings(r) }},
		{len(r.Limits) > 0, func(d *document) { d.reach(r.Limits) }},
		{len(r.Actions) > 0, func(d *document) { d.actions(r.Actions) }},
		{len(r.Participants)+len(r.Quotas) > 0, func(d *document) { d.heard(r) }},
		{true, func(d *document) { d.recruitment(r) }},
		{r.Costs != nil, func(d *document) { d.costs(*r.Costs) }},
	} {
		if p.there {
			parts = append(parts, p)
		}
	}
	return parts
}

// peoplePanel shows how many were in the room, seat by seat, and how they came to be there.
func (d *document) peoplePanel(r scheduling.FocusGroupReport) {
	const pad, corner, mostSigns = 7.0, 2.0, 40
	inner := right - left - 2*pad
	n, seats := r.Recruitment.TookPart, r.Session.Seats
	sentence := lead.lines(peopleInWords(r), inner)
	signs := min(max(n, seats), mostSigns)
	x, width := columnAt(4), right-pad-columnAt(4)
	perRow := 10
	if signs > 2*perRow {
		perRow = 20
	}
	step := min(width/float64(perRow), 9)
	rows := float64((signs + perRow - 1) / perRow)
	upper := max(28, rows*(step+1.5)+7)
	height := 2*pad + upper + float64(len(sentence))*lead.height
	d.room(height)
	begin := d.y
	d.rounded(left, begin, right-left, height, corner, d.pale)
	d.y = begin + pad
	d.stack(label.in(d.accent), left+pad, []string{"Took part"})
	d.y += 0.6
	d.stack(figure.in(d.accent), left+pad, []string{figure.fit(strconv.Itoa(n), span(4)-pad)})
	d.stack(strong, left+pad, []string{fmt.Sprintf("of %d wanted", seats)})
	for i := range signs {
		at, y := x+(float64(i%perRow)+0.5)*step, begin+pad+2+float64(i/perRow)*(step+1.5)+step/2
		d.person(at, y, step*0.36, i < n)
	}
	d.text(tiny, x+step*0.14, begin+pad+2+rows*(step+1.5)+3.4, tiny.fit(seatsExplained(n, seats, mostSigns), width), alignLeft)
	d.y = begin + pad + upper
	d.stack(lead, left+pad, sentence)
	d.y = begin + height + 5
}

func seatsExplained(n, seats, most int) string {
	switch {
	case max(n, seats) > most:
		return fmt.Sprintf("Filled: took part. The first %d are drawn.", most)
	case n < seats:
		return "Filled: took part. Open: a seat that stayed empty."
	}
	return "Each stands for one person who took part."
}

func peopleInWords(r scheduling.FocusGroupReport) string {
	m := r.Recruitment
	text := fmt.Sprintf("%d invited, %d accepted, %d came, %d took part.", m.Invited, m.Accepted, m.Came, m.TookPart)
	findings := 0
	for _, t := range r.Findings {
		findings += len(t.Themes)
	}
	if findings > 0 {
		text += fmt.Sprintf(" They left us %d %s", findings, plural(findings, "finding", "findings"))
		if n := len(r.Actions); n > 0 {
			text += fmt.Sprintf(" and %d %s", n, plural(n, "action", "actions"))
		}
		text += "."
	}
	if n := len(r.NotHeard); n > 0 {
		text += fmt.Sprintf(" %d of those whom the study wanted %s not heard enough: see below.", n, plural(n, "was", "were"))
	}
	return text
}

// person is a person as a sign: a head over shoulders, filled or open.
func (d *document) person(x, y, r float64, there bool) {
	fill, edge := white, mid
	if there {
		fill, edge = d.accent, d.accent
	}
	d.disc(x, y-r*0.55, r*0.48, fill, edge, 0.25)
	d.outlined(fill, edge, 0.25, x-r*0.85, y+r, x-r*0.7, y+r*0.35, x-r*0.35, y+r*0.1, x+r*0.35, y+r*0.1, x+r*0.7, y+r*0.35, x+r*0.85, y+r)
}

// purpose is what the study asks, and what was talked about.
func (d *document) purpose(r scheduling.FocusGroupReport) {
	lines := lead.paragraphs(r.Study.Purpose, span(11))
	d.section("What we wanted to know", float64(min(len(lines)+1, 5))*lead.height)
	for paragraph := range strings.Lines(r.Study.Purpose) {
		if lines := lead.paragraphs(paragraph, span(11)); len(lines) > 0 {
			d.stack(lead, left, lines)
			d.y += 1.4
		}
	}
	if len(r.Guide) == 0 {
		return
	}
	d.y += 2
	for i, step := range r.Guide {
		lines := body.linesAtMost(6, step.Title, span(8)-inset)
		height := float64(len(lines))*body.height + 2.4
		d.room(height)
		y := d.y
		baseline := y + 1.2 + body.baseline()
		d.text(label.in(d.accent), left, baseline, strconv.Itoa(i+1), alignLeft)
		d.fitted(small, columnAt(8), baseline, span(3), kindInWords(step.Kind), alignLeft)
		if step.Minutes > 0 {
			d.text(small, right, baseline, fmt.Sprintf("%d min", step.Minutes), alignRight)
		}
		d.y = y + 1.2
		d.stack(body, left+inset, lines)
		d.y = y + height
		d.rule(left, right, d.y, track, 0.2)
	}
}

// kindInWords writes a word that programs know as people read it.
func kindInWords(kind string) string { return strings.ReplaceAll(kind, "_", " ") }

// languageInWords is a language's English name.
func languageInWords(code string) string {
	tag, err := language.Parse(strings.TrimSpace(code))
	if err != nil || tag == language.Und {
		return code
	}
	if name := display.English.Languages().Name(tag); name != "" {
		return name
	}
	return code
}

// dayOf is the day of a wall time.
func dayOf(wall string) string {
	day, _, _ := strings.Cut(wall, "T")
	return dayInWords(day)
}

// reach says what the report does not tell.
func (d *document) reach(limits []string) {
	height := 0.0
	for _, limit := range limits {
		height += float64(len(body.lines(limit, span(12)-6)))*body.height + 1
	}
	d.section("What this does not tell", min(height, 80)) // few sentences stay together
	d.listing(limits)
}

// listing draws sentences, each with a dot before it.
func (d *document) listing(sentences []string) {
	for _, sentence := range sentences {
		lines := body.lines(sentence, span(12)-6)
		d.room(float64(min(len(lines), 4)) * body.height)
		d.disc(left+1.6, d.y+body.height/2, 0.7, d.accent, d.accent, 0.1)
		d.stack(body, left+6, lines)
		d.y += 1
	}
}
