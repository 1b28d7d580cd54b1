package pdf

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fieldcare/evaluation"
)

func TestAReportSaysWhatItHas(t *testing.T) {
	r := sample(3)
	text := textOf(t, branch(t, r))
	for _, words := range []string{r.Organisation.Name, "Warsaw Old Town", "WAW-01 · ul. Piwna 12, 00-265 Warszawa · Mazovia", "1 January – 31 March 2026",
		"Café visit, full journey", r.Mean.Shown + "%", r.Mean.Band, "3 visits scored",
		"On the way to the target", "85.0% is to be reached by 20", "tourists see", "Higher than before",
		"Target 85.0% by 20 Mar 2026",
		"Strengths", "Did you get what you ordered?", "100.0%", "of its points, n = 3", "Our promise You get what you ordered", "Yes: 3", "No: 0", "She repeated my order",
		"What to work on", "costs 4.6 points of 100", "failed 1 visit", "It took six minutes.", "The queue when you came in", "photo not available", "Strengths are questions that earned",
		"By section", "Outside and entrance", r.Sections[0].Shown + "%", "Farewell (outside the total)", "By touchpoint", "Awareness", "By need", "Friendliness",
		"We serve you within two minutes", "timeliness", "kept in 2 of 3", "In comparison", "Competitors", "81.5%", "The branch is above the competitors",
		"When visits were made", "Wednesday", "after 17", "no visit", "the figures say nothing of those hours", "What was not scored", "94.2%", "79.0 – 88.5%",
		"In the shoppers' words", "A lovely, calm place.", "Describe your visit in your own words", "Mon 5 Jan 2026", "before 12", r.Visits[2].Score.Shown + "%", "passed",
		"Telephone check (approved visits: 2, and 1 without a score)", "Every guest is greeted", "Maja Lindqvist", "each visit counts the same", "View 3f9a0c5be1d7"} {
		require.Contains(t, text, words)
	}
	require.Regexp(t, `n ?= ?3`, text)
}

func TestBelowThreeVisitsThereIsNoAverage(t *testing.T) {
	for n, says := range []string{"There is no approved visit in this period.", "One visit scored", "Two visits scored"} {
		text := textOf(t, branch(t, sample(n)))
		require.Contains(t, text, says)
		require.NotContains(t, text, "Average score")
		require.NotContains(t, text, "95% confidence")
	}
	require.Contains(t, textOf(t, branch(t, sample(2))), strings.Join(sample(2).Sections[0].Single, " · ")+"%")
}

func TestWhatHasNothingInItIsLeftOut(t *testing.T) {
	text := textOf(t, branch(t, sample(0)))
	for _, heading := range []string{"Visits over time", "Strengths", "What to work on", "Scores", "Our standards", "In comparison", "When visits", "What was not scored", "Other checklists"} {
		require.NotContains(t, text, heading)
	}
	require.NotPanics(t, func() { branch(t, evaluation.BranchReport{}) })
}

func TestPolishGreekAndCyrillicAreRight(t *testing.T) {
	r := sample(3)
	r.Branch.Name, r.Organisation.Name, r.Sections[0].Title = "Zażółć gęślą jaźń", "Ελληνικά", "Кириллица"
	r.Words[0].Text = "Zażółć – Ελληνικά – Кириллица"
	r.Branch.Address = "Za\u0301z\u0307o\u0301l" // decomposed, as some systems send it
	text := textOf(t, branch(t, r))
	for _, words := range []string{"Zażółć gęślą jaźń", "Ελληνικά", "Кириллица", "Záżól", "Zażółć – Ελληνικά – Кириллица"} {
		require.Contains(t, text, words)
	}
}

func TestAFailedVisitHasAnotherShape(t *testing.T) {
	passed, failed := sample(3), sample(3)
	for i := range passed.Visits {
		passed.Visits[i].Outcome, failed.Visits[i].Outcome = "passed", "failed"
	}
	require.NotContains(t, textOf(t, branch(t, passed)), "failed visit")
	require.Contains(t, textOf(t, branch(t, failed)), "failed visit")
}

func TestEveryStandingOfATargetAndEveryChangeHasItsWord(t *testing.T) {
	r := sample(3)
	for standing, word := range standings {
		r.Target.Standing = standing
		require.Contains(t, textOf(t, branch(t, r)), word)
	}
	for verdict, word := range map[string]string{evaluation.ChangeHigher: "Higher than before", evaluation.ChangeLower: "Lower than before",
		evaluation.ChangeNone: "No change can be told", evaluation.ChangeCannotBeTold: "Change: cannot be told"} {
		r.Change.Verdict = verdict
		require.Contains(t, textOf(t, branch(t, r)), word)
	}
}

func TestATargetBeyondThePeriodAndBeforeItIsDrawn(t *testing.T) {
	for _, by := range []string{"2026-01-01", "2025-01-01", "2030-12-31", "soon"} {
		r := sample(14)
		r.Target.By = by
		document := branch(t, r)
		requireTidy(t, document)
		require.Contains(t, textOf(t, document), "Target 85.0%")
	}
}

func TestVisitsOfOneDayStandSideBySide(t *testing.T) {
	r := sample(4)
	for i := range r.Visits {
		r.Visits[i].Day = "2026-02-02"
	}
	tl := newTimeline(r, 0, 0, 90, 40)
	require.InDelta(t, 32.5, tl.middleOf(parsed(t, "2026-02-02")), 0.001)
	requireTidy(t, branch(t, r))
	for _, days := range [][2]string{{"2026-02-02", "2026-02-02"}, {"2020-01-01", "2026-12-31"}, {"1990-01-01", "2090-01-01"}, {"2026-03-01", "2026-01-01"}, {"", "x"}} {
		r.Period = evaluation.Period{From: days[0], To: days[1]}
		requireTidy(t, branch(t, r))
	}
}

func TestAnEvaluationSaysWhatItHas(t *testing.T) {
	text := textOf(t, visit(t, visited(6, 2)))
	for _, words := range []string{"Visit report", "Fri 6 Mar 2026", "12–17", "Café visit, full journey", "50.0%", "Below standard", "failed", "1 critical failure", "84.1%", "79.0–86.4%", "92.3%",
		"A critical question failed", "Was the list of allergens at hand when you asked?", "Scores by section", "p. 2", "not kept", "Could you find the café easily?", "Yes, at once", "2 of 2",
		"1 min 35 s", "promise kept", "promise not kept", "1.5 of 3", "+2", "bonus", "N/A", "not counted", "A calm place on a rainy afternoon.", "The score is the weighted mean", "View 9c0d44aa01be"} {
		require.Contains(t, text, words)
	}
	require.NotContains(t, text, "not approved")
}

func TestAPreviewIsMarkedOnEveryPage(t *testing.T) {
	r := visited(6, 2)
	r.Preview = true
	document := visit(t, r)
	text := textOf(t, document)
	require.Contains(t, text, "Preview: not approved")
	require.Equal(t, len(wordsOf(t, document)), strings.Count(text, "PREVIEW: NOT APPROVED"))
}

func TestAPhotoThatCannotBeShownHasAPlaceholder(t *testing.T) {
	for name, data := range map[string][]byte{"none": nil, "empty": {}, "garbage": []byte("\xff\xd8\xff\xe0 no photo"), "a PNG": sampleLogo, "cut short": landscapePhoto[:40]} {
		t.Run(name, func(t *testing.T) {
			r := visited(1, 1)
			last := &r.Sections[0].Answers[len(r.Sections[0].Answers)-1]
			last.Photos[0].JPEG = data
			document := visit(t, r)
			run(t, document, "qpdf", "--check", "FILE")
			require.Contains(t, textOf(t, document), "photo not available")
		})
	}
	require.NotContains(t, textOf(t, visit(t, visited(1, 1))), "photo not available")
}

func TestALogoThatCannotBeReadIsLeftOut(t *testing.T) {
	for _, data := range [][]byte{nil, {}, []byte("garbage"), landscapePhoto, sampleLogo[:60], sampleLogo} {
		r := sample(1)
		r.Organisation.Logo = data
		images := 0
		if len(data) == len(sampleLogo) {
			images = 1
		}
		plain := run(t, branch(t, r), "qpdf", "--qdf", "FILE", "-")
		require.Equal(t, images, strings.Count(plain, "/Subtype /Image"), fmt.Sprint(len(data)))
	}
}
