package evaluation

import (
	"fmt"
	"math/big"
	"slices"
	"time"
)

// titles are the names of touchpoints and needs, for people.
var titles = map[string]string{
	"awareness": "Awareness", "research": "Research", "purchase": "Purchase", "after-sale": "After-sale", "loyalty": "Loyalty",
	"friendliness": "Friendliness", "empathy": "Understanding and empathy", "fairness": "Fairness", "control": "Control",
	"alternatives": "Options and alternatives", "information": "Information",
}

// reportSections are the sections that can have a score, as the newest version has them and in its order, followed by
// those that only older ones have.
func reportSections(versions []*Version, visits []*approvedVisit) []ReportPart {
	sections, known := []ReportPart{}, map[string]bool{}
	for _, v := range slices.Backward(versions) {
		scored := map[int]bool{}
		for _, q := range v.questions {
			scored[q.section] = scored[q.section] || q.scored
		}
		for i := range v.Document.Sections {
			section := &v.Document.Sections[i]
			if scored[i] && !known[section.ID] {
				known[section.ID] = true
				sections = append(sections, ReportPart{ID: section.ID, Title: section.Title, OutsideTotal: section.weight() == 0})
			}
		}
	}
	for i := range sections {
		var results []*big.Rat
		for _, v := range visits {
			for _, s := range v.score.Sections {
				if s.ID == sections[i].ID && s.Score != nil {
					results = append(results, s.Score.Rat())
				}
			}
		}
		sections[i].figures(results)
	}
	return sections
}

// reportParts groups the questions inside the total whose answers are meant for the branch: those of a touchpoint, or of
// a need. Of a visit, a part's score is what its questions earned over what was possible, by weighted points; as in the
// total, bonus counts only where its section had something possible.
func reportParts(list []string, visits []*approvedVisit, partOf func(*askedQuestion, *Section) string) []ReportPart {
	results := map[string][]*big.Rat{}
	for _, v := range visits {
		parts := map[string]*sums{}
		for q, score := range v.scored() {
			section := &v.version.Document.Sections[q.section]
			part := partOf(q, section)
			if part == "" || section.weight() == 0 || !score.Counted || score.Bonus && v.score.Sections[q.section].Possible == 0 {
				continue
			}
			if parts[part] == nil {
				parts[part] = new(sums)
			}
			parts[part].add(q, score.Earned.hundredths())
		}
		for part, sum := range parts {
			if share := sum.share(); share != nil {
				results[part] = append(results[part], share)
			}
		}
	}
	parts := []ReportPart{}
	for _, id := range list {
		if results[id] != nil {
			part := ReportPart{ID: id, Title: titles[id]}
			part.figures(results[id])
			parts = append(parts, part)
		}
	}
	return parts
}

func touchpointOf(_ *askedQuestion, s *Section) string { return s.Touchpoint }
func needOf(q *askedQuestion, _ *Section) string       { return q.Need }

// hundredths is what a number of points that the engine wrote is in hundredths, as a checklist keeps them.
func (d Decimal) hundredths() int64 { return int64(d / (one / 100)) }

// figures puts in what the part's single results come to.
func (p *ReportPart) figures(results []*big.Rat) {
	p.N = len(results)
	if p.N == 0 {
		return
	}
	lowest, _ := slices.MinFunc(results, (*big.Rat).Cmp).Float64()
	highest, _ := slices.MaxFunc(results, (*big.Rat).Cmp).Float64()
	p.Lowest, p.Highest = &lowest, &highest
	if p.N >= fewestForMean {
		exact := meanOf(results)
		mean, _ := exact.Float64()
		p.Mean, p.Shown = &mean, shown(exact, nil)
		return
	}
	for _, result := range results {
		p.Single = append(p.Single, shown(result, nil))
	}
}

// reportStandards says how often each standard was kept: in a visit where every answer that tests it, and is meant for
// the branch, says so. Visits whose answers say nothing of it do not count. The standards come in the newest version's
// order, those that only older ones have behind.
func reportStandards(versions []*Version, visits []*approvedVisit) []ReportStandard {
	standards, index := []ReportStandard{}, map[string]int{}
	for _, v := range slices.Backward(versions) {
		for _, s := range v.Document.Standards {
			if _, known := index[s.ID]; !known && v.tests(s.ID) {
				index[s.ID] = len(standards)
				standards = append(standards, ReportStandard{ID: s.ID, Kind: s.Kind, Text: s.Text})
			}
		}
	}
	for _, v := range visits {
		for id, kept := range v.kept() {
			standard := &standards[index[id]]
			standard.N++
			if kept {
				standard.Kept++
			}
		}
	}
	for i := range standards {
		standards[i].conclude()
	}
	return standards
}

// tests says whether the branch gets an answer that tests the standard.
func (v *Version) tests(standard string) bool {
	return slices.ContainsFunc(v.questions, func(q askedQuestion) bool { return q.Standard == standard && q.Audience != AudienceCoordinator })
}

func (s *ReportStandard) conclude() {
	switch {
	case s.N == 0:
		s.Sentence = "No visit tells."
	case s.N == 1 && s.Kept == 1:
		s.Sentence = "Kept in the one visit that tells."
	case s.N == 1:
		s.Sentence = "Not kept in the one visit that tells."
	default:
		s.Sentence = fmt.Sprintf("Kept in %d of %d visits.", s.Kept, s.N)
	}
	if s.N >= fewestForMean {
		low, high := wilson(s.Kept, s.N)
		s.Low, s.High = &low, &high
		s.Sentence += fmt.Sprintf(" With 95%% confidence it is kept in %s to %s%% of all visits.", percent(low), percent(high))
	}
}

// reportGrid counts the visits by weekday and part of the day.
func reportGrid(visits []*approvedVisit) ReportGrid {
	g := ReportGrid{Days: make([]ReportGridDay, 7), Holes: 21}
	for i := range g.Days {
		g.Days[i].Weekday = time.Weekday((i + 1) % 7).String()
	}
	for _, v := range visits {
		field := g.Days[(int(day(v.day).Weekday())+6)%7].of(v.partOfDay)
		if *field == 0 {
			g.Holes--
		}
		*field++
	}
	switch {
	case len(visits) == 0:
		g.Sentence = "There is no visit to place."
	case g.Holes == 0:
		g.Sentence = "Every part of every weekday was visited."
	default:
		g.Sentence = fmt.Sprintf("Nothing is known of %d of the 21 parts of a week: no visit fell there.", g.Holes)
	}
	return g
}

func (d *ReportGridDay) of(part string) *int {
	switch part {
	case Before12:
		return &d.Before12
	case From12To17:
		return &d.From12To17
	}
	return &d.After17
}

// reportCoverage is the mean of the visits' coverages and bounds, from three visits on.
func reportCoverage(visits []*approvedVisit, bands []ScoreBand) *ReportCoverage {
	var coverages, lowest, highest, calculated []*big.Rat
	for _, v := range visits {
		if v.score.Calculated != nil {
			calculated = append(calculated, v.score.Calculated.Rat())
		}
		if v.score.Coverage != nil {
			coverages = append(coverages, v.score.Coverage.Rat())
		}
		if v.score.Bounds != nil {
			lowest, highest = append(lowest, v.score.Bounds.Lowest.Rat()), append(highest, v.score.Bounds.Highest.Rat())
		}
	}
	if len(coverages) < fewestForMean {
		return nil
	}
	exact := meanOf(coverages)
	mean, _ := exact.Float64()
	c := &ReportCoverage{Mean: mean, Shown: shown(exact, nil)}
	if len(lowest) >= fewestForMean {
		c.Lowest, c.Highest = shown(meanOf(lowest), bands), shown(meanOf(highest), bands)
	}
	switch {
	case exact.Cmp(big.NewRat(1, 1)) == 0:
		c.Sentence = "Everything that could be scored was."
	case c.Lowest == "":
		c.Sentence = fmt.Sprintf("%s%% of what could be scored was; the rest was not applicable or left empty.", c.Shown)
	default:
		c.Sentence = fmt.Sprintf("%s%% of what could be scored was; the rest was not applicable or left empty. Had it all been answered, the calculated average would lie between %s%% and %s%%.",
			c.Shown, c.Lowest, c.Highest)
		if len(calculated) > 0 && meanOf(calculated).Cmp(meanOf(highest)) > 0 {
			c.Sentence += " It is above that now, because a bonus weighs more where less counts."
		}
	}
	return c
}
