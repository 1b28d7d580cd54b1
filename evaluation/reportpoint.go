package evaluation

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/google/uuid"
)

// How the points of a report are chosen. A strength brought at least nine tenths of its points; what takes less than
// half a point of a hundred from the score is not worth a manager's morning.
const (
	mostPoints     = 3
	mostWords      = 3
	mostPhotos     = 3
	mostLooseWords = 12
)

var (
	strong = big.NewRat(9, 10)
	slight = big.NewRat(5, 1000)
)

const pointsRule = "Strengths are the questions that brought at least 90% of their points and failed no visit; those that carry most of the score come first. " +
	"To work on are, first, the questions that failed a visit, then those that brought less than 90% of their points and took most from the score, half a point of a hundred or more. " +
	"Each counted in three visits or more, and there are three at most of either."

// choosePoints chooses the strengths and what to work on by the rule that the report states. scored is the number of
// visits with a score.
func choosePoints(questions []*questionFigures, scored int) (strengths, toWorkOn []*questionFigures) {
	if scored < fewestForMean {
		return nil, nil
	}
	least := new(big.Rat).Mul(slight, big.NewRat(int64(scored), 1))
	for _, f := range questions {
		if f.n < fewestForMean {
			continue
		}
		firm := f.mean().Cmp(strong) >= 0
		switch {
		case f.failed > 0, !firm && f.cost.Cmp(least) >= 0:
			toWorkOn = append(toWorkOn, f)
		case firm && f.carried.Sign() > 0:
			strengths = append(strengths, f)
		}
	}
	slices.SortStableFunc(strengths, func(a, b *questionFigures) int { return b.carried.Cmp(a.carried) })
	slices.SortStableFunc(toWorkOn, func(a, b *questionFigures) int {
		return cmp.Or(cmp.Compare(b.failed, a.failed), b.cost.Cmp(a.cost))
	})
	return strengths[:min(len(strengths), mostPoints)], toWorkOn[:min(len(toWorkOn), mostPoints)]
}

// point is the question as the report tells it.
func (f *questionFigures) point(visits []*approvedVisit, scored int) ReportPoint {
	section := &f.version.Document.Sections[f.section]
	share, cost := f.mean(), new(big.Rat).Quo(f.cost, big.NewRat(int64(scored), 1))
	p := ReportPoint{
		QuestionID: f.ID, Question: f.Text, Section: section.Title,
		Touchpoint: titles[section.Touchpoint], Need: titles[f.Need], Standard: f.version.standard(f.Standard),
		N: f.n, Shown: shown(share, nil), CostShown: shown(cost, nil), Failed: f.failed,
		Answers: f.answerCounts(visits), Words: []ReportWords{}, Photos: []ReportPhoto{},
	}
	p.Share, _ = share.Float64()
	p.Cost, _ = cost.Float64()
	return p
}

// standard is the words of a standard.
func (v *Version) standard(id string) string {
	for _, s := range v.Document.Standards {
		if s.ID == id {
			return s.Text
		}
	}
	return ""
}

// quoted keeps that each text and photo of a report stands in it once.
type quoted struct {
	words  map[ReportWords]bool
	photos map[photoPlace]bool
}

// photoPlace names a published photo.
type photoPlace struct {
	evaluation uuid.UUID
	number     int
}

// illustrate gives the point what shoppers wrote and photographed with it, of the latest days first. lost tells whether
// those visits are meant in which the question lost points, or the others. Texts are those that were asked because of
// the answer; where there are none, those of the same section that were asked because of no other.
func (q quoted) illustrate(p *ReportPoint, f *questionFigures, latest []*approvedVisit, lost bool) {
	section := f.version.Document.Sections[f.section].ID
	because := func(v *approvedVisit, a *allowedAnswer) bool {
		return slices.Contains(v.version.questions[v.version.index[a.question.ID]].dependsOn, f.ID)
	}
	beside := func(_ *approvedVisit, a *allowedAnswer) bool { return a.section.ID == section }
	var meant []*approvedVisit
	for _, v := range latest {
		if was, counted := f.lost[v]; counted && was == lost {
			meant = append(meant, v)
		}
	}
	q.quote(p, meant, because)
	if len(p.Words) == 0 {
		q.quote(p, meant, func(v *approvedVisit, a *allowedAnswer) bool { return a.question.ShowWhen == nil && beside(v, a) })
	}
	for _, v := range meant {
		for i := range v.answers {
			if beside(v, &v.answers[i]) {
				q.show(p, v, &v.answers[i])
			}
		}
	}
}

// quote gives the point the texts that belong to it.
func (q quoted) quote(p *ReportPoint, visits []*approvedVisit, belongs func(*approvedVisit, *allowedAnswer) bool) {
	for _, v := range visits {
		for i := range v.answers {
			words, written := v.words(&v.answers[i])
			if written && len(p.Words) < mostWords && !q.words[words] && belongs(v, &v.answers[i]) {
				q.words[words] = true
				p.Words = append(p.Words, words)
			}
		}
	}
}

// show gives the point the photos of an answer.
func (q quoted) show(p *ReportPoint, v *approvedVisit, a *allowedAnswer) {
	for _, number := range a.photos {
		photo := v.photos[number-1]
		place := photoPlace{v.id, photo.Number}
		if len(p.Photos) < mostPhotos && !q.photos[place] {
			q.photos[place] = true
			p.Photos = append(p.Photos, ReportPhoto{EvaluationID: v.id, Number: photo.Number, Day: v.day, Question: a.question.Text, stored: photo.stored})
		}
	}
}

// looseWords are the texts that no point quotes, of the latest days.
func (q quoted) looseWords(latest []*approvedVisit) []ReportWords {
	loose := []ReportWords{}
	for _, v := range latest {
		for i := range v.answers {
			words, written := v.words(&v.answers[i])
			if written && len(loose) < mostLooseWords && !q.words[words] {
				loose = append(loose, words)
			}
		}
	}
	return loose
}
