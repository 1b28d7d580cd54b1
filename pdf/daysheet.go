package pdf

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"fieldcare/scheduling"
)

// DaySheet draws the paper by which a session is run without a network. It is made to be printed in black and white and
// written on. The same sheet gives the same bytes.
func DaySheet(w io.Writer, s scheduling.DaySheet) error {
	return draw(w, about{
		title:       joined(" – ", s.Topic, dayOf(s.Starts), "day sheet"),
		language:    s.Organisation.Language,
		accent:      "#1b2430", // ink: paper by the door is seldom printed in colour
		headerLeft:  s.Topic,
		headerRight: dayOf(s.Starts),
		name:        "Personal data: shred it once it is uploaded",
	}, func(d *document) {
		d.opening("Day sheet", s.Organisation.Name, s.Organisation.Logo, s.Topic, s.Study, []fact{
			{"When", s.When, 4}, {"Where", joined(", ", s.Venue, s.Room), 4}, {"Moderators", strings.Join(s.Moderators, ", "), 4}})
		d.arrangement(s)
		d.expected(s)
		d.waiting(s)
		if len(s.Guide) > 0 {
			d.timetable(s.Guide)
		}
		if filled(s.Address) || filled(s.Directions) || filled(s.Reference) {
			d.house(s)
		}
	})
}

// arrangement says what to do at the door.
func (d *document) arrangement(s scheduling.DaySheet) {
	n := len(s.Expected)
	text := fmt.Sprintf("%d expected for %d %s. ", n, s.Seats, plural(s.Seats, "seat", "seats"))
	if n > s.Seats {
		text += fmt.Sprintf("If all come, %d %s turned away at the door, and paid. ", n-s.Seats, plural(n-s.Seats, "is", "are"))
	}
	text += fmt.Sprintf("It takes %d at least. ", s.Minimum)
	if s.Incentive.Amount > 0 {
		text += "Incentive: " + strings.ReplaceAll(s.Incentive.Shown, " ", "\u00a0") + " each. "
	}
	d.stack(body, left, body.lines(text, span(12)))
	if filled(s.AsOf) {
		d.stack(small, left, small.linesAtMost(2, "As it stood on "+s.AsOf+". What was answered later is not on this sheet.", span(12)))
	}
}

// The columns to write in.
const (
	arrivedAt   = left + 70
	leftAt      = arrivedAt + 17
	consentAt   = leftAt + 17
	incentiveAt = consentAt + 33
	writeRow    = 11.5 // high enough to sign
	walkInRows  = 3
)

// expected is the table of who is expected, with columns to write in; its head is repeated on every page.
func (d *document) expected(s scheduling.DaySheet) {
	d.section("Who is expected", 3*writeRow)
	head := func() {
		for _, cell := range []struct {
			x           float64
			name, below string
		}{{left, "Name", ""}, {arrivedAt, "Arrived", "time"}, {leftAt, "Left", "time"}, {consentAt, "Consent", "signed"}, {incentiveAt, "Incentive received", "amount, signed"}} {
			d.text(label.in(ink), cell.x+1.2, d.y+label.baseline(), cell.name, alignLeft)
			d.text(tiny, cell.x+1.2, d.y+label.height+tiny.baseline(), cell.below, alignLeft)
		}
		d.y += label.height + tiny.height + 1
		d.rule(left, right, d.y, ink, 0.4)
	}
	head()
	row := func(number int, name, below []string) {
		height := max(writeRow, float64(len(name))*strong.height+float64(len(below))*small.height+3)
		if d.room(height) {
			head()
		}
		y := d.y
		if number > 0 {
			d.text(label.in(ink), left+4.4, y+1.5+strong.baseline(), strconv.Itoa(number), alignRight)
		}
		d.y = y + 1.5
		d.stack(strong, left+7, name)
		d.stack(small.in(ink), left+7, below)
		d.y = y + height
		d.rule(left, right, d.y, mid, 0.25)
		for _, x := range []float64{arrivedAt, leftAt, consentAt, incentiveAt, right} {
			d.stroke(mid, 0.25, x, y, x, y+height)
		}
	}
	const width = arrivedAt - left - 9
	for i, p := range s.Expected {
		row(i+1, strong.linesAtMost(5, p.Name, width), underName(p, s, width))
	}
	if len(s.Expected) == 0 {
		row(0, []string{"Nobody accepted."}, nil)
	}
	for i := range walkInRows {
		if i > 0 && d.y+writeRow > d.floor {
			break // no page for an empty line
		}
		row(0, nil, []string{"walk-in"})
	}
}

// underName is what stands below the name of somebody.
func underName(p scheduling.DaySheetPerson, s scheduling.DaySheet, width float64) (lines []string) {
	text := p.Phone
	if p.Language != s.Language {
		text = joined(" · ", text, languageInWords(p.Language))
	}
	switch {
	case p.Offered:
		text = joined(" · ", text, "a seat is offered")
	case p.Confirmed:
		text = joined(" · ", text, "confirmed")
	}
	if filled(text) {
		lines = small.linesAtMost(3, text, width)
	}
	if p.Needs {
		lines = append(lines, small.linesAtMost(1, "Needs: see coordinator", width)...)
	}
	return lines
}

// waiting is who may be called when somebody does not come, in order.
func (d *document) waiting(s scheduling.DaySheet) {
	d.section("Waiting list", 12)
	if len(s.Waiting) == 0 {
		d.stack(muted, left, []string{"Nobody waits."})
		return
	}
	const columns = 2
	width := span(12/columns) - 7
	for from := 0; from < len(s.Waiting); from += columns {
		y, end := d.y, d.y
		type cell struct{ name, below []string }
		cells, height := make([]cell, min(columns, len(s.Waiting)-from)), 0.0
		for i := range cells {
			p := s.Waiting[from+i]
			cells[i] = cell{strong.linesAtMost(5, p.Name, width), underName(p, s, width)}
			height = max(height, float64(len(cells[i].name))*strong.height+float64(len(cells[i].below))*small.height+2)
		}
		if d.room(height) {
			y = d.y
		}
		for i, c := range cells {
			x := columnAt(i * 12 / columns)
			d.y = y
			d.text(label.in(ink), x+4.4, y+strong.baseline(), strconv.Itoa(from+i+1), alignRight)
			d.stack(strong, x+7, c.name)
			d.stack(small.in(ink), x+7, c.below)
			end = max(end, d.y)
		}
		d.y = end + 2
	}
}

// timetable is the guide in short, with the times of its steps.
func (d *document) timetable(guide []scheduling.DaySheetStep) {
	d.section("Guide", 3*body.height)
	for _, step := range guide {
		lines := body.linesAtMost(2, step.Title, columnAt(9)-left-17)
		height := float64(len(lines))*body.height + 1.4
		d.room(height)
		y := d.y
		d.text(strong, left, y+strong.baseline(), strong.fit(step.At, 12), alignLeft)
		if step.Kind != "talk" {
			d.fitted(small.in(ink), columnAt(9), y+body.baseline(), span(2), kindInWords(step.Kind), alignLeft)
		}
		if step.Minutes > 0 {
			d.text(small.in(ink), right, y+body.baseline(), fmt.Sprintf("%d min", step.Minutes), alignRight)
		}
		d.stack(body, left+14, lines)
		d.y = y + height
	}
}

// house is where it is, how to get in, and what holds there.
func (d *document) house(s scheduling.DaySheet) {
	d.section("The place", 3*body.height)
	if filled(s.Address) {
		d.stack(strong, left, strong.linesAtMost(4, joined(", ", s.Venue, s.Address), span(12)))
	}
	if filled(s.Reference) {
		d.stack(body, left, body.linesAtMost(2, "Booking: "+s.Reference, span(12)))
	}
	d.y += 1
	d.stack(body, left, body.paragraphs(s.Directions, span(12)))
}
