package pdf

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"fieldcare/evaluation"
)

// Branch draws a branch's report. The same report gives the same bytes.
func Branch(w io.Writer, r evaluation.BranchReport) error {
	return draw(w, about{
		title:       r.Branch.Name + " – branch report",
		language:    r.Organisation.Language,
		accent:      r.Organisation.Accent,
		headerLeft:  r.Branch.Name,
		headerRight: period(r.Period),
		name:        r.Organisation.Name,
		view:        r.View,
	}, func(d *document) {
		facts := []fact{{"Period", period(r.Period), 4}}
		if c := r.Checklist; c != nil {
			facts = append(facts, fact{"Checklist", c.Title, 4}, fact{plural(len(c.Versions), "Version", "Versions"), numbers(c.Versions), 2}, fact{"Approved visits", visitCount(*c), 2})
		}
		d.opening("Branch report", r.Organisation.Name, r.Organisation.Logo, r.Branch.Name, placeOf(r.Branch), facts)
		d.meanPanel(r)
		d.verdicts(r)
		var parts []part
		for _, p := range branchParts(r) {
			if p.there {
				parts = append(parts, p)
			}
		}
		d.body(parts)
	})
}

// part is a part of a report that may have nothing in it.
type part struct {
	there bool
	draw  func(*document)
}

func branchParts(r evaluation.BranchReport) []part {
	// Below three visits there is nothing to find; from there on it is worth saying that nothing was found.
	found := r.Mean.Mean != nil || len(r.Strengths)+len(r.ToWorkOn) > 0
	return []part{
		{len(r.Visits) > 0, func(d *document) { d.overTime(r) }},
		{found, func(d *document) { d.points("Strengths", r.Strengths, false) }},
		{found, func(d *document) { d.points("What to work on", r.ToWorkOn, true); d.ruleOfPoints(r.Rule) }},
		{len(r.Sections)+len(r.Touchpoints)+len(r.Needs) > 0, func(d *document) { d.scores(r) }},
		{len(r.Standards) > 0, func(d *document) { d.standards(r.Standards) }},
		{len(r.Comparisons) > 0, func(d *document) { d.comparisons(r) }},
		{len(r.Visits) > 0 && len(r.Grid.Days) > 0, func(d *document) { d.grid(r.Grid) }},
		{r.Coverage != nil, func(d *document) { d.coverage(*r.Coverage, r.Mean) }},
		{len(r.Words) > 0, func(d *document) { d.words(r.Words) }},
		{len(r.Visits) > 0, func(d *document) { d.visits(r.Visits) }},
		{len(r.OtherChecklists) > 0, func(d *document) { d.otherChecklists(r.OtherChecklists) }},
		{filled(r.Organisation.CarePolicy) || filled(r.Organisation.CareChampion), func(d *document) { d.care(r.Organisation) }},
		{filled(r.Method), func(d *document) { d.method(r.Method, r.View) }},
	}
}

func filled(text string) bool { return strings.TrimSpace(clean(text)) != "" }

// placeOf is where a branch is, in one line.
func placeOf(b evaluation.ReportBranch) string { return joined(" · ", b.Code, b.Address, b.Region) }

// opening says whose report this is, of what kind, and of what.
func (d *document) opening(kind, organisation string, itsLogo []byte, name, below string, facts []fact) {
	const logoWidth, logoHeight = 44.0, 16.0
	d.y = 16
	d.box(left, d.y, column, 1.4, d.accent)
	d.y += 4.6
	words := span(12)
	if p := logo(itsLogo); p != nil {
		width, height := contained(p.aspect(), logoWidth, logoHeight)
		d.picture(d.embed(p), right-width, 16, width, height)
		words = span(8)
	}
	d.stack(label.in(d.accent), left, label.linesAtMost(3, organisation, words))
	d.stack(small, left, []string{kind})
	d.y = max(d.y, 16+logoHeight) + 3
	d.mark(name, 0)
	d.stack(title, left, title.linesAtMost(6, name, span(12)))
	d.y += 1
	d.stack(muted, left, muted.linesAtMost(5, below, span(12)))
	d.y += 4
	d.facts(facts)
	d.y += 6
}

// contained is the largest size of an aspect that goes into a box.
func contained(aspect, width, height float64) (w, h float64) {
	if aspect > width/height {
		return width, width / aspect
	}
	return height * aspect, height
}

// fact is a value under its name, so many columns wide.
type fact struct {
	name, value string
	columns     int
}

func (d *document) facts(facts []fact) {
	const most = 4
	d.rule(left, right, d.y, hair, 0.2)
	begin, end, at := d.y+2.4, d.y, 0
	for _, f := range facts {
		d.y = begin
		d.stack(label, columnAt(at), []string{f.name})
		d.y += 0.4
		d.stack(body, columnAt(at), body.linesAtMost(most, f.value, span(f.columns)))
		end, at = max(end, d.y), at+f.columns
	}
	d.y = end
}

// body draws the parts of a report, and lists them at the foot of the first page, where there is room for that.
func (d *document) body(parts []part) {
	const few, columns = 4, 4
	list := contents{columns: columns, rows: (len(parts) + columns - 1) / columns, first: len(d.marks)}
	listed := len(parts) >= few && len(d.pages) == 1 && d.y+list.height() <= bottom
	if listed {
		list.canvas, d.floor = d.canvas, bottom-list.height()
	}
	for _, p := range parts {
		p.draw(d)
	}
	if listed {
		d.fill(list)
	}
}

// contents is the list of a report's parts with their pages. Its place is kept free until the pages are known.
type contents struct {
	canvas        *canvas
	columns, rows int
	first         int // the first mark that it may name
}

func (c contents) height() float64 { return float64(c.rows)*(small.height+0.5) + 8 }

func (d *document) fill(c contents) {
	last := d.canvas
	d.canvas = c.canvas
	begin := bottom - c.height() + 4
	d.rule(left, right, begin, hair, 0.2)
	at, width := 0, span(12/c.columns)
	for i := c.first; i < len(d.marks); i++ {
		m := d.marks[i]
		if m.level > 0 {
			continue
		}
		x, y := columnAt(at/c.rows*12/c.columns), begin+2.5+float64(at%c.rows)*(small.height+0.5)
		d.fitted(small.in(ink), x, y+small.baseline(), width-8, m.text, alignLeft)
		d.text(small.in(d.accent), x+width-1, y+small.baseline(), strconv.Itoa(m.page+1), alignRight)
		d.links = append(d.links, link{x, y, width, small.height, i})
		at++
	}
	d.canvas = last
}

// otherChecklists names what the figures leave out.
func (d *document) otherChecklists(others []evaluation.ReportUse) {
	d.section("Other checklists", 2*body.height)
	for _, other := range others {
		d.paragraph(body, fmt.Sprintf("%s (approved visits: %s). In none of the figures above.", strings.TrimSpace(other.Title), visitCount(other)))
		d.y += 1
	}
}

// care is what the organisation promises its customers, and who answers for it.
func (d *document) care(o evaluation.ReportOrganisation) {
	lines := lead.paragraphs(o.CarePolicy, span(10))
	d.section("Our customer care", float64(min(len(lines)+1, 4))*lead.height)
	d.stack(lead, left, lines)
	if filled(o.CareChampion) {
		d.y += 1.4
		d.stack(muted, left, muted.linesAtMost(3, "Answers for customer care: "+o.CareChampion, span(12)))
	}
}

// method says how the figures were made, and which view this is.
func (d *document) method(text, view string) {
	lines := muted.lines(text, span(12))
	d.section("How this was made", float64(min(len(lines), 6))*muted.height)
	d.stack(muted, left, lines)
	if filled(view) {
		d.y += 1.4
		d.stack(small, left, small.linesAtMost(2, "View "+view+": two reports with the same view are the same.", span(12)))
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

func dayInWords(day string) string {
	t, ok := parseDay(day)
	if !ok {
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
