package pdf

import (
	"fmt"
	"strconv"

	"fieldcare/evaluation"
)

// points draws questions: each with its figures, the shoppers' words and photos.
func (d *document) points(name string, points []evaluation.ReportPoint, costly bool) {
	if len(points) == 0 {
		d.section(name, body.height)
		d.stack(muted, left, []string{"No question stands out by the rule by which they are chosen."})
		return
	}
	d.section(name, layPoint(points[0], costly).height)
	for i, p := range points {
		if i > 0 {
			d.y += 6
		}
		d.point(i+1, p, costly)
	}
}

// inset is where the words of a point stand, right of its number.
const inset = 9.0

// laidPoint is the upper part of a point in lines: it stays on one page.
type laidPoint struct {
	question, about, standard []string
	answers                   []answerLabel
	figures                   float64 // how far the figures reach down
	height                    float64
}

func layPoint(p evaluation.ReportPoint, costly bool) laidPoint {
	const most, words, promise = 8, 9, 21
	width := span(words) - inset
	l := laidPoint{
		question: subheading.linesAtMost(most, p.Question, width),
		about:    small.linesAtMost(3, joined(" · ", p.Section, p.Touchpoint, p.Need), width),
		answers:  answerLabels(p.Answers, right-left-inset),
		figures:  10,
	}
	if costly {
		l.figures = 14
	}
	if p.Failed > 0 {
		l.figures = 18
	}
	height := float64(len(l.question))*subheading.height + float64(len(l.about))*small.height
	if filled(p.Standard) {
		l.standard = body.linesAtMost(6, p.Standard, width-promise)
		height += 1.5 + float64(len(l.standard))*body.height
	}
	l.height = max(height, l.figures) + 2 + answersHeight(l.answers)
	return l
}

func (d *document) point(number int, p evaluation.ReportPoint, costly bool) {
	const x, promise = left + inset, 21
	l := layPoint(p, costly)
	d.room(l.height)
	d.mark(p.Question, 1)
	begin := d.y
	if costly {
		d.disc(left+2.6, begin+2.5, 2.6, white, d.accent, 0.5)
		d.text(label.in(d.accent), left+2.6, begin+3.5, strconv.Itoa(number), alignCentre)
	} else {
		d.disc(left+2.6, begin+2.5, 2.6, d.accent, d.accent, 0.1)
		d.tick(left+2.6, begin+2.5, 1.7, white)
	}
	d.pointFigures(p, costly, begin)
	d.stack(subheading, x, l.question)
	d.stack(small, x, l.about)
	if len(l.standard) > 0 {
		d.y += 1.5
		d.text(label.in(d.accent), x, d.y+body.baseline(), "Our promise", alignLeft)
		d.stack(body, x+promise, l.standard)
	}
	d.y = max(d.y, begin+l.figures) + 2
	d.answers(p.Answers, l.answers, x)
	for _, w := range p.Words {
		d.quote(w, x, span(11)-inset, false)
	}
	d.gallery(p.Photos, x, true)
}

// ruleOfPoints says how strengths and what to work on were chosen.
func (d *document) ruleOfPoints(rule string) {
	if filled(rule) {
		d.y += 4
		d.stack(small, left, small.lines(rule, span(12)))
	}
}

// pointFigures are what a point scored, and what it cost.
func (d *document) pointFigures(p evaluation.ReportPoint, costly bool, y float64) {
	d.fitted(style{bold, 17, 7, d.accent}, right, y+5.2, span(3), p.Shown+"%", alignRight)
	d.text(small, right, y+9.4, fmt.Sprintf("of its points, n = %d", p.N), alignRight)
	if costly {
		d.fitted(label.in(ink), right, y+13.2, span(3), fmt.Sprintf("costs %s points of 100", p.CostShown), alignRight)
	}
	if p.Failed > 0 {
		text := fmt.Sprintf("failed %d %s", p.Failed, plural(p.Failed, "visit", "visits"))
		d.text(label.in(ink), right, y+17, text, alignRight)
		d.failure(right-label.width(text)-3, y+16, 1.2)
	}
}

// answerLabel is where an answer's name stands below the bar of the answers.
type answerLabel struct {
	x    float64 // from the bar's beginning
	row  int
	text string
}

const answerBar = 5.0

func answerLabels(answers []evaluation.ReportAnswerCount, width float64) []answerLabel {
	labels, x, row := make([]answerLabel, len(answers)), 0.0, 0
	for i, a := range answers {
		text := small.fit(fmt.Sprintf("%s: %d", a.Text, a.N), width-5)
		wide := 5 + small.width(text)
		if x+wide > width && x > 0 {
			x, row = 0, row+1
		}
		labels[i] = answerLabel{x, row, text}
		x += wide + 5
	}
	return labels
}

func answersHeight(labels []answerLabel) float64 {
	if len(labels) == 0 {
		return 0
	}
	return answerBar + 1.6 + float64(labels[len(labels)-1].row+1)*(small.height+0.4)
}

// answers draws how often each answer was given as one divided bar. The parts stand in the order of their names and
// carry their numbers, so that they are told apart without colour.
func (d *document) answers(answers []evaluation.ReportAnswerCount, labels []answerLabel, x float64) {
	total := 0
	for _, a := range answers {
		total += max(a.N, 0)
	}
	if total == 0 {
		return
	}
	width, at := right-x, x
	for i, a := range answers {
		c := d.answerColour(i, len(answers))
		if a.N > 0 {
			wide := width * float64(a.N) / float64(total)
			d.box(at, d.y, max(wide-0.4, 0.3), answerBar, c)
			number := strconv.Itoa(a.N)
			if s := label.in(readableOn(c)); s.width(number)+1.5 < wide {
				d.text(s, at+wide/2, d.y+answerBar/2+1, number, alignCentre)
			}
			at += wide
		}
		y := d.y + answerBar + 1.6 + float64(labels[i].row)*(small.height+0.4)
		d.box(x+labels[i].x, y+0.6, 2.6, 2.6, c)
		d.text(small.in(ink), x+labels[i].x+4, y+small.baseline(), labels[i].text, alignLeft)
	}
	d.y += answersHeight(labels)
}

// answerColour goes from the accent, of the first answer, to almost nothing, of the last.
func (d *document) answerColour(i, of int) colour {
	if of < 2 {
		return d.accent
	}
	return d.accent.mixed(track, float64(i)/float64(of-1))
}

// readableOn is ink or white, whichever is read better.
func readableOn(c colour) colour {
	if contrast(white, c) > contrast(ink, c) {
		return white
	}
	return ink
}
