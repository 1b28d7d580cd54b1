package evaluation

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fieldcare/internal/account"
	"fieldcare/internal/fault"
)

func TestHowABranchStandsToATarget(t *testing.T) {
	ours, alike := Spread{S: 0.05, DegreesOfFreedom: 40}, Spread{DegreesOfFreedom: 40} // three visits: ± 5.8 points, and ± 0
	target := Target{Score: 8000, By: "2026-12-31"}
	const between = "Whether the target of 80.0% by 31 December 2026 is reached cannot be told: with 95% confidence the branch's usual level lies between "
	for name, c := range map[string]struct {
		scores   []int64
		ours     Spread
		today    string
		standing TargetStanding
		sentence string
	}{
		"wholly above": {[]int64{90, 90, 90}, ours, "2026-11-01", TargetReached,
			"The target of 80.0% by 31 December 2026 is reached: with 95% confidence the branch's usual level lies between 84.2% and 95.8%."},
		"wholly above, after its day": {[]int64{90, 90, 90}, ours, "2027-01-01", TargetReached,
			"The target of 80.0% by 31 December 2026 is reached: with 95% confidence the branch's usual level lies between 84.2% and 95.8%."},
		"exactly, without spread": {[]int64{80, 80, 80}, alike, "2026-11-01", TargetReached,
			"The target of 80.0% by 31 December 2026 is reached: the average of 3 visits is 80.0%."},
		"exactly, with spread":   {[]int64{80, 80, 80}, ours, "2026-11-01", TargetCannotBeTold, between + "74.2% and 85.8%, and the target is in between."},
		"a little above":         {[]int64{84, 84, 84}, ours, "2027-01-01", TargetCannotBeTold, between + "78.2% and 89.8%, and the target is in between."},
		"a little below":         {[]int64{76, 76, 76}, ours, "2027-01-01", TargetCannotBeTold, between + "70.2% and 81.8%, and the target is in between."},
		"wholly below":           {[]int64{70, 70, 70}, ours, "2026-11-01", TargetOnTheWay, "The target of 80.0% is to be reached by 31 December 2026. It is not reached yet: with 95% confidence the branch's usual level lies between 64.2% and 75.8%."},
		"wholly below, its day":  {[]int64{70, 70, 70}, ours, "2026-12-31", TargetOnTheWay, "It is not reached yet"},
		"wholly below, too late": {[]int64{70, 70, 70}, ours, "2027-01-01", TargetMissed, "The target of 80.0% was to be reached by 31 December 2026 and is missed: with 95% confidence the branch's usual level lies between 64.2% and 75.8%."},
		"just below, no spread":  {[]int64{80, 80, 79}, alike, "2027-01-01", TargetMissed, "is missed: the average of 3 visits is 79.7%."},
		"two visits":             {[]int64{100, 100}, ours, "2026-11-01", TargetCannotBeTold, "cannot be told: there are two visits with a score, and it takes three."},
		"one visit":              {[]int64{10}, ours, "2027-01-01", TargetCannotBeTold, "cannot be told: there is one visit with a score, and it takes three."},
		"no visit":               {nil, ours, "2026-11-01", TargetCannotBeTold, "cannot be told: there is no visit with a score, and it takes three."},
	} {
		t.Run(name, func(t *testing.T) {
			m := reportMean(percents(c.scores...), nil, c.ours)
			require.Equal(t, c.standing, target.standing(m, c.today))
			require.Contains(t, target.sentence(m, c.today), c.sentence)
		})
	}
}

func TestATargetOfEverythingIsReachedByEverything(t *testing.T) {
	all := Target{Score: 10000, By: "2026-12-31"}
	require.EqualValues(t, TargetReached, all.standing(reportMean(percents(100, 100, 100), nil, Spread{DegreesOfFreedom: 4}), "2026-11-01"))
	require.EqualValues(t, TargetCannotBeTold, all.standing(reportMean(percents(99, 99, 99), nil, Spread{S: 0.1, DegreesOfFreedom: 4}), "2026-11-01"))
}

func TestAStandingSaysWhatTheIntervalSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		target := Target{Score: rapid.Int64Range(1, 10000).Draw(t, "score"), By: "2026-12-31"}
		ours := Spread{S: rapid.Float64Range(0, 0.3).Draw(t, "s"), DegreesOfFreedom: 9}
		m := reportMean(percents(rapid.SliceOfN(rapid.Int64Range(0, 100), 0, 15).Draw(t, "scores")...), nil, ours)
		before, after := target.standing(m, "2026-12-31"), target.standing(m, "2027-01-01")
		if before == TargetOnTheWay {
			require.EqualValues(t, TargetMissed, after)
		} else {
			require.Equal(t, before, after)
		}
		if m.N < 3 {
			require.EqualValues(t, TargetCannotBeTold, before)
		} else {
			score := float64(target.Score) / 10000
			require.Equal(t, *m.Low >= score, before == TargetReached)
			require.Equal(t, *m.High < score, before == TargetOnTheWay)
		}
		require.NotEmpty(t, target.sentence(m, "2026-12-31"))
	})
}

func TestATargetIsShownAsItWasSet(t *testing.T) {
	for score, shown := range map[int64]string{1: "0.01", 10: "0.1", 8500: "85.0", 8550: "85.5", 8555: "85.55", 10000: "100.0"} {
		require.Equal(t, shown, Target{Score: score}.shown())
	}
}

func TestATargetAsAReportShowsIt(t *testing.T) {
	branch, mean := uuid.New(), reportMean(percents(70, 70, 70), nil, Spread{S: 0.05, DegreesOfFreedom: 40})
	target := Target{BranchID: &branch, Score: 8000, By: "2026-12-31", Why: "Our best branches reach it"}
	require.Equal(t, &ReportTarget{Score: 8000, Shown: "80.0", By: "2026-12-31", Why: "Our best branches reach it", Standing: TargetOnTheWay,
		Sentence: target.sentence(mean, "2026-11-29")}, target.reported(mean, "2026-11-29"))
	require.True(t, Target{Region: "North", By: "2026-12-31"}.reported(mean, "2026-11-29").OfTheRegion)
}

func TestWhichTargetIsInForce(t *testing.T) {
	branch := uuid.New()
	own := func(by string) Target { return Target{BranchID: &branch, By: by} }
	region := func(by string) Target { return Target{Region: "North", By: by} }
	for name, c := range map[string]struct {
		targets []Target
		held    Target
	}{
		"the only one":                      {[]Target{region("2026-06-30")}, region("2026-06-30")},
		"the earliest that lies ahead":      {[]Target{own("2026-03-31"), own("2027-06-30"), own("2026-12-31")}, own("2026-12-31")},
		"the last day itself lies ahead":    {[]Target{own("2026-12-31"), own("2026-11-29")}, own("2026-11-29")},
		"of past ones the latest":           {[]Target{own("2026-03-31"), own("2026-11-28"), own("2025-12-31")}, own("2026-11-28")},
		"the branch's before its region's":  {[]Target{region("2026-12-31"), own("2027-12-31")}, own("2027-12-31")},
		"also when the region's lies ahead": {[]Target{own("2026-03-31"), region("2026-12-31")}, own("2026-03-31")},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.held, *inForce(c.targets, "2026-11-29")) })
	}
	require.Nil(t, inForce(nil, "2026-11-29"))
}

func TestTheTargetOfABranch(t *testing.T) {
	p := newProgramme(t)
	branch, rival, checklist, other := p.branch("A"), p.branch("a rival"), p.checklist("Visit", 1), p.checklist("Telephone", 1)
	carol, targets := p.user("Carol", account.Coordinator), &Targets{DB: p.db, Clock: p.reports.Clock}
	add := func(branch *uuid.UUID, region string, checklist uuid.UUID, score int64, by string) {
		why := "Our best branches reach it"
		_, again, err := targets.Add(t.Context(), carol, "hash", NewTarget{ID: uuid.New(), BranchID: branch, Region: region, ChecklistID: checklist,
			TargetChange: TargetChange{Score: &score, By: &by, Why: &why}})
		require.NoError(t, err)
		require.False(t, again)
	}
	held := func(id uuid.UUID) *Target {
		b, err := getBranch(t.Context(), p.db.Read(), aCoordinator, id)
		require.NoError(t, err)
		target, err := targetOf(t.Context(), p.db.Read(), b, checklist, theQuarter)
		require.NoError(t, err)
		return target
	}
	require.Nil(t, held(branch))
	add(&branch, "", other, 9900, "2026-06-30")
	require.Nil(t, held(branch), "another checklist's")
	add(nil, "Mazovia", checklist, 8000, "2026-06-30")
	require.EqualValues(t, 8000, held(branch).Score)
	require.Nil(t, held(rival), "a competitor's branch has none by its region")
	add(&branch, "", checklist, 8500, "2026-12-31")
	require.EqualValues(t, 8500, held(branch).Score)
	add(&branch, "", checklist, 8200, "2026-03-31")
	require.EqualValues(t, 8200, held(branch).Score)
	add(&rival, "", checklist, 7000, "2026-03-31")
	require.EqualValues(t, 7000, held(rival).Score)
}

func TestATargetNamesEveryFault(t *testing.T) {
	branch := uuid.New()
	right := Target{BranchID: &branch, Score: 8500, By: "2026-12-31", Why: "Why not?"}
	require.NoError(t, fault.Of(right.faults()))
	for pointer, wrong := range map[string][]func(*Target){
		"/branch_id": {func(t *Target) { t.BranchID = nil }},
		"/region":    {func(t *Target) { t.Region = "North" }},
		"/score":     {func(t *Target) { t.Score = 0 }, func(t *Target) { t.Score = 10001 }, func(t *Target) { t.Score = -1 }},
		"/by":        {func(t *Target) { t.By = "" }, func(t *Target) { t.By = "2026-02-30" }, func(t *Target) { t.By = "2026-12-31T00:00:00Z" }},
		"/why":       {func(t *Target) { t.Why = "" }, func(t *Target) { t.Why = strings.Repeat("ł", 1001) }},
	} {
		for _, spoil := range wrong {
			spoilt := right
			spoil(&spoilt)
			faults := spoilt.faults()
			require.Len(t, faults, 1)
			require.Equal(t, pointer, faults[0].Pointer)
		}
	}
	require.Len(t, (&Target{}).faults(), 4)
}
