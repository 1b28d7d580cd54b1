package pdf

import (
	"strconv"
	"strings"

	"fieldcare/evaluation"
)

// meanPanel shows the one figure that matters most, how sure it is, and what that means.
func (d *document) meanPanel(r evaluation.BranchReport) {
	const pad, corner = 7.0, 2.0
	inner := right - left - 2*pad
	sentence := lead.lines(r.Mean.Sentence, inner)
	band := strong.linesAtMost(2, r.Mean.Band, span(4)-pad)
	scaled := r.Mean.N > 0
	height := 2*pad + float64(len(sentence))*lead.height
	if scaled {
		height += 32 + max(0, float64(len(band)-1)*strong.height)
	}
	d.room(height)
	d.rounded(left, d.y, right-left, height, corner, d.pale)
	begin := d.y + pad
	if scaled {
		d.y = begin
		if r.Mean.Mean != nil {
			d.stack(label.in(d.accent), left+pad, []string{"Average score"})
			d.y += 0.6
			d.stack(figure.in(d.accent), left+pad, []string{figure.fit(r.Mean.Shown+"%", columnAt(5)-left-pad-4)})
			d.y += 1
			d.stack(strong, left+pad, band)
		} else {
			d.stack(label.in(d.accent), left+pad, []string{plural(r.Mean.N, "Single result", "Single results")})
			d.y += 0.6
			d.singles(r, left+pad, columnAt(5)-left-pad-4)
			d.y += 1
			d.stack(strong, left+pad, []string{strconv.Itoa(r.Mean.N) + " " + plural(r.Mean.N, "visit", "visits")})
		}
		d.scale(axis{columnAt(5), right - pad - columnAt(5)}, begin, r)
		d.y = begin + height - 2*pad - float64(len(sentence))*lead.height
	} else {
		d.y = begin
	}
	d.stack(lead, left+pad, sentence)
	d.y = begin + height - pad
}

// singles writes the results of so few visits that there is no average.
func (d *document) singles(r evaluation.BranchReport, x, width float64) {
	var results []string
	for _, v := range r.Visits {
		if v.Score != nil {
			results = append(results, v.Score.Shown+"%")
		}
	}
	s := figure.in(d.accent)
	if len(results) > 1 {
		s.size = 21
	}
	d.stack(s, x, []string{s.fit(strings.Join(results, " · "), width)})
}

// verdict is a judgement with its sign, a word and a sentence.
type verdict struct{ sign, name, sentence, why string }

var standings = map[string]string{
	evaluation.TargetReached:      "Target reached",
	evaluation.TargetOnTheWay:     "On the way to the target",
	evaluation.TargetMissed:       "Target missed",
	evaluation.TargetCannotBeTold: "Target: cannot be told yet",
}

var changes = map[string]string{
	evaluation.ChangeHigher: "Higher than before",
	evaluation.ChangeLower:  "Lower than before",
	evaluation.ChangeNone:   "No change can be told",
}

// verdicts says how the branch stands to its target, and whether it changed, side by side.
func (d *document) verdicts(r evaluation.BranchReport) {
	var all []verdict
	if t := r.Target; t != nil {
		name, known := standings[t.Standing]
		if !known {
			name = "Target"
		}
		why := t.Why
		if t.OfTheRegion {
			why = joined(" ", why, "(set for the region)")
		}
		all = append(all, verdict{t.Standing, name, t.Sentence, why})
	}
	if c := r.Change; c != nil {
		name, known := changes[c.Verdict]
		if !known {
			name = "Change: cannot be told"
		}
		all = append(all, verdict{c.Verdict, name, c.Sentence, ""})
	}
	if len(all) == 0 {
		d.y += 5
		return
	}
	columns := 12 / len(all)
	const sign = 6.5
	width := span(columns) - sign
	height := 0.0
	for _, v := range all {
		height = max(height, float64(1+len(body.linesAtMost(9, v.sentence, width)))*body.height+float64(len(v.reason(width)))*small.height)
	}
	d.y += 5
	d.room(height)
	begin := d.y
	for i, v := range all {
		x := columnAt(i * columns)
		d.y = begin
		d.sign(v.sign, x+2, d.y+strong.height/2, 1.7)
		d.stack(strong, x+sign, []string{v.name})
		d.stack(body, x+sign, body.linesAtMost(9, v.sentence, width))
		d.stack(small, x+sign, v.reason(width))
	}
	d.y = begin + height + 5
}

// reason is why a target was set.
func (v verdict) reason(width float64) []string {
	if !filled(v.why) {
		return nil
	}
	return small.linesAtMost(4, "Why: "+v.why, width)
}
