package pdf

import (
	"fieldcare/evaluation"
)

// answersOf draws a section of a visit with its questions and answers, and gives its mark.
func (d *document) answersOf(s evaluation.EvaluationSection) int {
	lines := heading.linesAtMost(4, s.Title, span(9))
	about := s.Touchpoint
	if s.OutsideTotal {
		about = joined(" · ", about, "outside the total")
	}
	following := float64(len(lines)-1)*heading.height + small.height
	if len(s.Answers) > 0 {
		following += layAnswer(s.Answers[0]).needed
	}
	d.room(sectionHead + following)
	number := len(d.marks)
	d.startSection(s.Title)
	if s.Score != nil {
		d.fitted(heading.in(d.accent), right, d.y+heading.baseline(), span(3), s.Score.Shown+"%", alignRight)
	}
	d.stack(heading, left, lines)
	if filled(about) {
		d.stack(small, left, small.linesAtMost(1, about, span(10)))
	}
	d.y += afterHeading
	for _, a := range s.Answers {
		d.answer(a)
	}
	return number
}

// laidAnswer is a question with its answer in lines.
type laidAnswer struct {
	question []string
	about    string   // below the question
	beside   []string // a short answer; a text stands below the question
	text     bool
	height   float64 // of the question with what stands beside it
	needed   float64 // what a page must have left for it
}

const (
	answerPad   = 1.6
	answerAt    = left + 87.0 // where answers begin
	answerWidth = 53.0
	answerWords = 11 // columns that a text is wide
)

func layAnswer(a evaluation.EvaluationAnswer) laidAnswer {
	const short, most = 160, 24 // characters of an answer beside its question; lines of a question
	l := laidAnswer{about: a.Need, text: !a.NA && filled(a.Answer) && (a.Type == "text" || len(a.Answer) > short)}
	if a.Bonus {
		l.about = joined(" · ", l.about, "bonus")
	}
	l.question = body.linesAtMost(most, a.Question, answerAt-left-6)
	switch {
	case a.NA:
		l.beside = []string{"N/A"}
	case !l.text && filled(a.Answer):
		l.beside = strong.lines(a.Answer, answerWidth-signWidth)
	}
	questionHeight, besideHeight := float64(len(l.question))*body.height, float64(len(l.beside))*body.height
	if filled(l.about) {
		questionHeight += small.height
	}
	if a.Kept != nil {
		besideHeight += body.height
	}
	l.height = max(questionHeight, besideHeight, body.height) + 2*answerPad
	l.needed = l.height
	if l.text {
		_, _, height := laySaying(a.Answer, span(answerWords)-inset, 0)
		l.needed += height
	} else if len(a.Photos) > 0 {
		l.needed += tallestPhoto + 5
	}
	return l
}

const signWidth = 4.4 // of a sign before an answer

// answer draws a question with its answer. Short answers stand beside the question, texts and photos below it.
func (d *document) answer(a evaluation.EvaluationAnswer) {
	l := layAnswer(a)
	d.room(l.needed)
	y := d.y
	d.y += answerPad
	d.stack(body, left, l.question)
	if filled(l.about) {
		d.fitted(small, left, d.y+small.baseline(), answerAt-left-6, l.about, alignLeft)
	}
	d.y = y + answerPad
	s, x := strong, answerAt
	if a.NA {
		s = muted
	}
	if a.Fails {
		d.failure(x+1.4, d.y+body.height/2, 1.3)
		x += signWidth
	}
	d.stack(s, x, l.beside)
	if a.Kept != nil {
		middle := d.y + body.height/2
		if *a.Kept {
			d.tick(answerAt+1.4, middle, 1.1, d.accent)
			d.text(small, answerAt+signWidth, middle+1, "promise kept", alignLeft)
		} else {
			d.failure(answerAt+1.4, middle, 1)
			d.text(small.in(ink), answerAt+signWidth, middle+1, "promise not kept", alignLeft)
		}
	}
	d.pointsOf(a, y+answerPad)
	d.y = y + l.height
	if l.text {
		d.saying(a.Answer, left+inset, span(answerWords)-inset, 0)
		d.y += answerPad
	}
	if len(a.Photos) > 0 {
		d.gallery(a.Photos, left, false)
		d.y += answerPad
	}
	d.rule(left, right, d.y, track, 0.2)
}

// pointsOf draws what an answer earned of what was possible, where it is part of the score.
func (d *document) pointsOf(a evaluation.EvaluationAnswer, y float64) {
	switch {
	case a.Counted && a.Bonus:
		d.fitted(strong, right, y+body.baseline(), span(2), "+"+a.Earned.String(), alignRight)
	case a.Counted:
		d.fitted(strong, right, y+body.baseline(), span(2), a.Earned.String()+" of "+a.Possible.String(), alignRight)
		if a.Possible > 0 {
			d.bar(axis{right - 18, 18}, y+body.height+0.5, 1.1, float64(a.Earned)/float64(a.Possible), d.soft)
		}
	case a.NA:
		d.text(small, right, y+body.baseline(), "not counted", alignRight)
	}
}
