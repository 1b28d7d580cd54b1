package evaluation

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// complete puts into the report all that follows from its visits. versions are those that the visits used, ascending.
func (r *BranchReport) complete(versions []*Version, found branchFindings) {
	if len(versions) > 0 {
		r.Bands = append(r.Bands, versions[len(versions)-1].Document.Scoring.Bands...)
	}
	var scores []*big.Rat
	visits := found.visits
	for _, v := range visits {
		r.Visits = append(r.Visits, v.visit())
		if v.score.Score != nil {
			scores = append(scores, v.score.Score.Rat())
		}
	}
	r.Mean = reportMean(scores, r.Bands, found.programme.Ours)
	r.Mean.Sentence = meanSentence(r.Mean, r.Visits)
	if len(visits) > 0 {
		change := changeBetween(scores, found.before, r.Period, r.Period.before(), r.Bands, found.programme.Ours)
		r.Change = &change
		r.Comparisons = reportComparisons(r.Mean, found.branch, found.programme, r.Bands)
	}
	if found.target != nil {
		r.Target = found.target.reported(r.Mean, found.today)
	}
	r.Sections = reportSections(versions, visits)
	r.Touchpoints = reportParts(touchpoints, visits, touchpointOf)
	r.Needs = reportParts(needs, visits, needOf)
	r.Standards = reportStandards(versions, visits)
	r.Grid = reportGrid(visits)
	r.Coverage = reportCoverage(visits, r.Bands)
	r.point(versions, visits)
	r.Method = methodSentence(r.Mean, r.Period) + policySentence(versions)
	r.View = viewOf(r)
}

// point chooses the strengths and what to work on, and lets the shoppers speak.
func (r *BranchReport) point(versions []*Version, visits []*approvedVisit) {
	latest := slices.Clone(visits)
	slices.SortStableFunc(latest, latestFirst)
	said := quoted{words: map[ReportWords]bool{}, photos: map[photoPlace]bool{}}
	strengths, toWorkOn := choosePoints(questionsOf(versions, visits), r.Mean.N)
	// What is to be worked on needs its evidence most: it chooses first.
	for _, f := range toWorkOn {
		p := f.point(visits, r.Mean.N)
		said.illustrate(&p, f, latest, true)
		r.ToWorkOn = append(r.ToWorkOn, p)
	}
	for _, f := range strengths {
		p := f.point(visits, r.Mean.N)
		said.illustrate(&p, f, latest, false)
		r.Strengths = append(r.Strengths, p)
	}
	r.Words, r.Rule = said.looseWords(latest), pointsRule
}

// reportMean is the mean with its interval: with the visits' own spread from twelve visits on, below with that of our
// branches. That has no degree of freedom only where the branch is a competitor's and none of ours has two visits; then
// the visits' own is all there is.
func reportMean(scores []*big.Rat, bands []ScoreBand, ours Spread) ReportMean {
	m := ReportMean{N: len(scores), Method: IntervalNone}
	if len(scores) < fewestForMean {
		return m
	}
	spread := ours
	m.Method = IntervalPooled
	if len(scores) >= fewestForOwnSpread || ours.DegreesOfFreedom == 0 {
		spread, m.Method = ownSpread(scores), IntervalOwn
	}
	exact := meanOf(scores)
	mean, _ := exact.Float64()
	margin := spread.margin(len(scores))
	low, high := interval(mean, margin)
	m.Mean, m.Low, m.High, m.Margin = &mean, &low, &high, &margin
	m.StandardDeviation, m.DegreesOfFreedom = &spread.S, spread.DegreesOfFreedom
	m.Shown, m.Band = shown(exact, bands), bandOf(exact, bands)
	return m
}

func bandOf(share *big.Rat, bands []ScoreBand) string {
	for _, band := range bands {
		if share.Cmp(band.limit()) >= 0 {
			return band.Name
		}
	}
	return ""
}

// meanSentence says what the mean means. Its figures are those of the report, in the same rounding.
func meanSentence(m ReportMean, visits []ReportVisit) string {
	if len(visits) == 0 {
		return "There is no approved visit in this period."
	}
	var singles []string
	for _, v := range visits {
		if v.Score != nil {
			singles = append(singles, v.Score.Shown+"%")
		}
	}
	sentence := ""
	switch {
	case m.N == 0 && len(visits) == 1:
		return "The one approved visit has no score."
	case m.N == 0:
		return fmt.Sprintf("None of the %d approved visits has a score.", len(visits))
	case m.N == 1:
		sentence = fmt.Sprintf("One visit scored %s. An average is given from three visits on.", singles[0])
	case m.N < fewestForMean:
		sentence = fmt.Sprintf("Two visits scored %s. An average is given from three visits on.", strings.Join(singles, " and "))
	case *m.StandardDeviation == 0:
		alike := "They"
		if len(slices.Compact(singles)) > 1 { // a competitor's, whose spread is that of our branches
			alike = "Visits to our branches"
		}
		sentence = fmt.Sprintf("%d visits scored %s%% on average. %s do not differ, so nothing tells how far others would.", m.N, m.Shown, alike)
	default:
		sentence = fmt.Sprintf("%d visits scored %s%% on average. With 95%% confidence the branch's usual level lies between %s%% and %s%%.",
			m.N, m.Shown, percent(*m.Low), percent(*m.High))
	}
	switch unscored := len(visits) - m.N; unscored {
	case 0:
	case 1:
		sentence += " One more visit has no score."
	default:
		sentence += fmt.Sprintf(" %d more visits have no score.", unscored)
	}
	return sentence
}

// methodSentence says how the figures were made, and whose spread they rest on.
func methodSentence(m ReportMean, period Period) string {
	const figures = "The average is the mean of the visits' scores; each visit counts the same. "
	interval := fmt.Sprintf("The interval is Student's t with %d degrees of freedom, cut at 0 and 100%%. ", m.DegreesOfFreedom)
	switch {
	case m.Method == IntervalNone:
		return "Only approved visits are counted. Below three visits there are single results and no average."
	case m.Method == IntervalPooled:
		return "Only approved visits are counted. " + figures + interval + fmt.Sprintf(
			"Fewer than %d visits do not tell their own spread: the standard deviation, %s points, is pooled over our branches with at least two visits in %s.",
			fewestForOwnSpread, percent(*m.StandardDeviation), period.monthsInWords())
	case m.N < fewestForOwnSpread:
		return "Only approved visits are counted. " + figures + interval + fmt.Sprintf(
			"The standard deviation, %s points, is that of these few visits, since none of our branches has two visits in %s.",
			percent(*m.StandardDeviation), period.monthsInWords())
	}
	return "Only approved visits are counted. " + figures + interval + fmt.Sprintf(
		"The standard deviation, %s points, is that of these visits.", percent(*m.StandardDeviation))
}

// policySentence says by which policy the scores of the versions were made, and by which rules.
func policySentence(versions []*Version) string {
	if len(versions) == 0 {
		return ""
	}
	var policies []string
	for _, v := range versions {
		if policy := v.Document.Scoring.inWords(v.critical); !slices.Contains(policies, policy) {
			policies = append(policies, policy)
		}
	}
	if len(policies) == 1 {
		return fmt.Sprintf(" Scores are made %s. Rules of scoring: edition %d.", policies[0], EngineVersion)
	}
	for i, v := range versions {
		versions := fmt.Sprintf("version %d: ", v.Number)
		if i == 0 {
			policies = nil
		}
		policies = append(policies, versions+v.Document.Scoring.inWords(v.critical))
	}
	return fmt.Sprintf(" Scores are made: %s. Rules of scoring: edition %d.", strings.Join(policies, "; "), EngineVersion)
}

// monthsInWords is the calendar months that the period touches.
func (p Period) monthsInWords() string {
	first, last := day(p.From), day(p.To)
	switch {
	case first.Year() != last.Year():
		return first.Format("January 2006") + " – " + last.Format("January 2006")
	case first.Month() != last.Month():
		return first.Format("January") + " – " + last.Format("January 2006")
	}
	return first.Format("January 2006")
}

// percent is a share in per cent with one decimal.
func percent(share float64) string { return fmt.Sprintf("%.1f", share*100) }
