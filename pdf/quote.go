package pdf

import "fieldcare/evaluation"

// words are what shoppers wrote that stands nowhere else.
func (d *document) words(all []evaluation.ReportWords) {
	d.section("In the shoppers' words", 24)
	for _, w := range all {
		d.quote(w, left+inset, span(11)-inset, true)
	}
}

// quote draws what a shopper wrote, with the day below it and, where it is not plain from what stands above, the
// question that it answers.
func (d *document) quote(w evaluation.ReportWords, x, width float64, asked bool) {
	lines := quoted.paragraphs(w.Text, width)
	if len(lines) == 0 {
		return
	}
	source := dayInWords(w.Day)
	if asked {
		source = joined(" · ", source, w.Question)
	}
	sources := small.linesAtMost(2, source, width)
	d.y += 3
	after := 0.6 + float64(len(sources))*small.height
	d.saying(lines, x, after)
	d.y += 0.6
	d.stack(small, x, sources)
}

// saying draws the lines of what a shopper wrote with a quotation mark beside them, and leaves room below them. A short
// one is kept on one page; a long one goes over pages, but no page gets a line or two alone.
func (d *document) saying(lines []string, x, after float64) {
	const together = 3
	last := min(len(lines), together)
	height := float64(len(lines))*quoted.height + after
	if height > (bottom-top)/3 {
		height = together * quoted.height
	}
	d.room(height)
	d.text(style{quote, 26, 8, d.soft}, x-5.8, d.y+7.2, "“", alignLeft)
	d.stack(quoted, x, lines[:len(lines)-last])
	d.room(float64(last)*quoted.height + after)
	d.stack(quoted, x, lines[len(lines)-last:])
}
