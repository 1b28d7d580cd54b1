package pdf

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"fieldcare/evaluation"
)

// Branch draws a branch's report. The same report gives the same bytes.
func Branch(w io.Writer, r evaluation.BranchReport) error {
	return draw(w, about{
		title:       r.Branch.Name + " – branch report",
		language:    "en",
		headerLeft:  r.Branch.Name,
		headerRight: period(r.Period),
		footer:      r.Organisation.Name,
	}, func(d *document) {
		d.opening(r)
		if len(r.Visits) == 0 {
			d.paragraph(lead, left, span(12), r.Mean.Sentence)
		} else {
			d.meanPanel(r)
			d.sectionScores(r)
			d.visits(r)
		}
		d.otherChecklists(r.OtherChecklists)
		method := d.lines(muted, r.Method, span(12))
		d.section("How these figures are made", float64(len(method))*muted.height)
		d.stack(muted, left, method)
	})
}

// opening says whose report this is, of which branch, period and checklist.
func (d *document) opening(r evaluation.BranchReport) {
	d.y = 18
	d.box(left, d.y, span(1), 1.4, accent)
	d.y += 4
	d.text(label.in(accent), right, d.y+label.baseline(), "Branch report", alignRight)
	d.stack(label.in(accent), left, d.linesAtMost(3, label, r.Organisation.Name, span(9)))
	d.y += 3
	d.use(title)
	d.f.Bookmark(clean(r.Branch.Name), 0, d.y)
	d.stack(title, left, d.linesAtMost(8, title, r.Branch.Name, span(12)))
	d.y += 1
	d.stack(muted, left, d.linesAtMost(6, muted, joined(" · ", r.Branch.Code, r.Branch.Address, r.Branch.Region), span(12)))
	d.y += 5
	facts := []fact{{"Period", period(r.Period), 4}}
	if c := r.Checklist; c != nil {
		facts = append(facts, fact{"Checklist", c.Title, 4}, fact{"Version", numbers(c.Versions), 2}, fact{"Approved visits", visitCount(*c), 2})
	}
	d.facts(facts)
	d.y += 7
}

// fact is a value under its name, so many columns wide.
type fact struct {
	name, value string
	columns     int
}

func (d *document) facts(facts []fact) {
	const most = 5
	d.rule(left, right, d.y, line, 0.2)
	begin, end, at := d.y+2.5, d.y, 0
	for _, f := range facts {
		d.y = begin
		d.stack(label, columnAt(at), []string{f.name})
		d.y += 0.6
		d.stack(body, columnAt(at), d.linesAtMost(most, body, f.value, span(f.columns)))
		end, at = max(end, d.y), at+f.columns
	}
	d.y = end
}

// meanPanel shows the one figure that matters most, how sure it is, and what that means.
func (d *document) meanPanel(r evaluation.BranchReport) {
	const pad = 7.0
	inner := right - left - 2*pad
	sentence := d.lines(lead, r.Mean.Sentence, inner)
	band := d.linesAtMost(2, strong, r.Mean.Band, span(4)-pad)
	scaled := r.Mean.N > 0
	height := 2*pad + float64(len(sentence))*lead.height
	if scaled {
		height += 31 + max(0, float64(len(band)-1)*strong.height)
	}
	d.room(height)
	d.box(left, d.y, right-left, height, pale)
	d.box(left, d.y, 1.4, height, accent)
	begin := d.y + pad
	if scaled {
		d.y = begin
		if r.Mean.Mean != nil {
			d.stack(label, left+pad, []string{"Average score"})
			d.y += 1
			d.stack(figure, left+pad, []string{r.Mean.Shown + "%"})
			d.stack(strong, left+pad, band)
		} else {
			d.stack(label, left+pad, []string{"Single results"})
			d.y += 1
			d.stack(figure, left+pad, []string{strconv.Itoa(r.Mean.N)})
			d.stack(strong, left+pad, []string{plural(r.Mean.N, "visit", "visits")})
		}
		d.scale(columnAt(5), begin+2, right-pad-columnAt(5), r)
		d.y = begin + height - 2*pad - float64(len(sentence))*lead.height
	} else {
		d.y = begin
	}
	d.stack(lead, left+pad, sentence)
	d.y = begin + height - pad
}

// sectionScores shows each section's mean with the range of the single results or, below three, these themselves.
func (d *document) sectionScores(r evaluation.BranchReport) {
	if len(r.Sections) == 0 {
		return
	}
	d.section("Scores by section", 20)
	few := slices.ContainsFunc(r.Sections, func(s evaluation.ReportPart) bool { return s.N > 0 && s.Mean == nil })
	explained, columns := "", 5
	if r.Mean.Mean != nil {
		explained = "Bar: the mean of the visits. Line: from the lowest visit to the highest. n: how many visits had a score in it. "
	}
	if few {
		explained, columns = explained+"Dots: the visits.", 4
	}
	d.paragraph(small, left, span(12), explained)
	d.y += 2
	for _, s := range r.Sections {
		name := s.Title
		if s.OutsideTotal {
			name += " (outside the total)"
		}
		lines := d.linesAtMost(4, body, name, span(5))
		height := float64(len(lines))*body.height + 2.6
		d.room(height)
		y := d.y
		d.y += 1.3
		d.stack(body, left, lines)
		x, width, bar := columnAt(5), span(columns), 3.2
		centre := y + 1.3 + body.height/2
		value := "no score"
		switch {
		case s.Mean != nil:
			d.bar(x, centre-bar/2, width, bar, *s.Mean, accent.lighter())
			d.whisker(x, centre-bar/2, width, bar, *s.Lowest, *s.Highest)
			value = s.Shown + "%"
		case s.N > 0:
			d.box(x, centre-bar/2, width, bar, track)
			value = ""
			for _, single := range singles(r.Visits, s.ID) {
				d.dot(x, centre-bar/2, width, bar, float64(single.BasisPoints)/1e4)
				value = joined(" · ", value, single.Shown+"%")
			}
		}
		d.text(strong, columnAt(11)-3, y+1.3+body.baseline(), value, alignRight)
		d.text(small, right, y+1.3+body.baseline(), "n = "+strconv.Itoa(s.N), alignRight)
		d.y = y + height
		d.rule(left, right, d.y, line, 0.1)
	}
}

func singles(visits []evaluation.ReportVisit, section string) (scores []evaluation.Figure) {
	for _, v := range visits {
		for _, s := range v.Sections {
			if s.ID == section && s.Score != nil {
				scores = append(scores, *s.Score)
			}
		}
	}
	return scores
}

// visits is the table of the visits, its head repeated on every page.
func (d *document) visits(r evaluation.BranchReport) {
	d.section("Visits", 20)
	head := func() {
		for _, cell := range []struct {
			column int
			name   string
		}{{0, "Day"}, {3, "Part of day"}, {8, "Band"}, {10, "Outcome"}} {
			d.text(label, columnAt(cell.column), d.y+label.baseline(), cell.name, alignLeft)
		}
		d.text(label, columnAt(6)+1, d.y+label.baseline(), "Score", alignRight)
		d.text(label, right, d.y+label.baseline(), "Version", alignRight)
		d.y += label.height + 1.2
		d.rule(left, right, d.y, grey, 0.3)
	}
	head()
	for _, v := range r.Visits {
		bands := d.linesAtMost(3, body, v.Band, span(2))
		height := float64(len(bands))*body.height + 2.4
		if d.y+height > bottom {
			d.newPage()
			head()
		}
		y := d.y
		baseline := y + 1.2 + body.baseline()
		d.text(body, columnAt(0), baseline, dayInWords(v.Day), alignLeft)
		d.text(body, columnAt(3), baseline, partInWords[v.PartOfDay], alignLeft)
		if v.Score != nil {
			d.text(strong, columnAt(6)+1, baseline, v.Score.Shown+"%", alignRight)
			d.bar(columnAt(6)+4, y+1.2+body.height/2-1.2, span(2)-4, 2.4, float64(v.Score.BasisPoints)/1e4, accent)
		} else {
			d.text(muted, columnAt(6)+1, baseline, "no score", alignRight)
		}
		if v.Outcome == "failed" {
			d.text(strong, columnAt(10), baseline, v.Outcome, alignLeft)
		} else {
			d.text(body, columnAt(10), baseline, v.Outcome, alignLeft)
		}
		d.text(muted, right, baseline, strconv.Itoa(v.Version), alignRight)
		d.y += 1.2
		d.stack(body, columnAt(8), bands)
		d.y = y + height
		d.rule(left, right, d.y, line, 0.1)
	}
}

// otherChecklists names what the figures leave out.
func (d *document) otherChecklists(others []evaluation.ReportUse) {
	if len(others) == 0 {
		return
	}
	d.section("Other checklists in this period", 2*body.height)
	for _, other := range others {
		d.paragraph(body, left, span(12), fmt.Sprintf("%s (approved visits: %s). In none of the figures above.", strings.TrimSpace(other.Title), visitCount(other)))
	}
}

func visitCount(c evaluation.ReportUse) string {
	if c.Unscored > 0 {
		return fmt.Sprintf("%d, and %d without a score", c.N, c.Unscored)
	}
	return strconv.Itoa(c.N)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

var partInWords = map[string]string{
	evaluation.Before12:   "before 12",
	evaluation.From12To17: "12–17",
	evaluation.After17:    "after 17",
}

func dayInWords(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("Mon 2 Jan 2006")
}

func period(p evaluation.Period) string {
	from, err := time.Parse(time.DateOnly, p.From)
	to, err2 := time.Parse(time.DateOnly, p.To)
	if err != nil || err2 != nil {
		return p.From + " – " + p.To
	}
	if from.Year() == to.Year() {
		return from.Format("2 January") + " – " + to.Format("2 January 2006")
	}
	return from.Format("2 January 2006") + " – " + to.Format("2 January 2006")
}

func numbers(list []int) string {
	words := make([]string, len(list))
	for i, n := range list {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, ", ")
}

// joined joins the texts that are not empty.
func joined(separator string, texts ...string) string {
	var kept []string
	for _, text := range texts {
		if strings.TrimSpace(text) != "" {
			kept = append(kept, text)
		}
	}
	return strings.Join(kept, separator)
}
