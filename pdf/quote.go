package pdf

import "fieldcare/evaluation"

// words are what shoppers wrote that stands nowhere else.
func (d *document) words(all []evaluation.ReportWords) {
	d.section("In the shoppers' words", quoteHeight(all[0], span(11)-inset))
	for _, w := range all {
		d.quote(w, left+inset, span(11)-inset, true)
	}
}

// quote draws what a shopper wrote, with the day below it and, where it is not plain from what stands above, the
// question that it answers.
func (d *document) quote(w evaluation.ReportWords, x, width float64, asked bool) {
	if !filled(w.Text) {
		return
	}
	source := dayInWords(w.Day)
	if asked {
		source = joined(" · ", source, w.Question)
	}
	sources := small.linesAtMost(mostSources, source, width)
	d.y += beforeQuote
	d.saying(w.Text, x, width, underQuote+float64(len(sources))*small.height)
	d.y += underQuote
	d.stack(small, x, sources)
}

const (
	beforeQuote, underQuote = 3.0, 0.6
	mostSources             = 2 // lines that say where a quote is from
)

// quoteHeight is what a page must have left for a quote to begin on it.
func quoteHeight(w evaluation.ReportWords, width float64) float64 {
	_, _, height := laySaying(w.Text, width, underQuote+mostSources*small.height)
	return beforeQuote + height
}

// together is how many lines of a long quote stay together where it goes over pages.
const together = 3

// laySaying breaks what a shopper wrote into lines, a long text in a smaller style, and gives the height that a page must
// have left for it: a short one is kept whole.
func laySaying(text string, width, after float64) (s style, lines []string, height float64) {
	const long = 700
	if s = quoted; len(text) > long {
		s = quotedLong
	}
	lines = s.paragraphs(text, width)
	if height = float64(len(lines))*s.height + after; height > (bottom-top)/3 {
		height = together * s.height
	}
	return s, lines, height
}

// saying draws what a shopper wrote with a quotation mark beside it, and leaves room below it on the page of its end.
func (d *document) saying(text string, x, width, after float64) {
	s, lines, height := laySaying(text, width, after)
	d.room(height)
	d.text(style{bold, 26, 8, d.soft}, x-5.8, d.y+7.2, "“", alignLeft)
	last := min(len(lines), together)
	d.stack(s, x, lines[:len(lines)-last])
	d.room(float64(last)*s.height + after)
	d.stack(s, x, lines[len(lines)-last:])
}
