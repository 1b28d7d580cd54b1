package evaluation

import (
	"context"
	"fmt"
	"math/big"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"pgregory.net/rapid"
)

// tenthsOf is the sums of such scores.
func tenthsOf(scores ...int64) (s ScoreSums) {
	for _, score := range scores {
		x := score * 100_000
		s.N, s.Total, s.Squares = s.N+1, s.Total+x, s.Squares+x*x
	}
	return s
}

func TestRegionAndNetworkAreOfOurBranchesAndCompetitorsOfAllTheirs(t *testing.T) {
	o := newOffice(t)
	checklist, other := o.publish("Visit"), o.publish("Telephone")
	north, alsoNorth, south := o.open("N1", "North", false), o.open("N2", "North", false), o.open("S1", "South", false)
	rival, far := o.open("X1", "North", true), o.open("X2", "South", true)
	for _, v := range []struct {
		branch    Branch
		checklist uuid.UUID
		day       string
		score     int
	}{
		{north, checklist, "2026-01-01", 8}, {north, checklist, "2026-01-31", 9}, {alsoNorth, checklist, "2026-01-15", 5},
		{south, checklist, "2026-01-15", 2}, {rival, checklist, "2026-01-15", 7}, {far, checklist, "2026-01-16", 6},
		{north, checklist, "2026-01-20", -1}, // no score: in no sum
		{north, other, "2026-01-15", 0}, {north, checklist, "2025-12-31", 1}, {south, checklist, "2026-02-01", 1}, {far, checklist, "2026-02-01", 1},
	} {
		o.approve(o.handIn(v.branch.ID, v.checklist, v.day, v.score))
	}
	o.handIn(north.ID, checklist, "2026-01-15", 10) // not approved

	january := Period{From: "2026-01-01", To: "2026-01-31"}
	seen := o.sums(north, checklist, january)
	require.Equal(t, tenthsOf(8, 9, 5), seen.Region)
	require.Equal(t, tenthsOf(8, 9, 5, 2), seen.Network)
	require.Equal(t, tenthsOf(7, 6), seen.Competitors)
	require.EqualValues(t, 1, seen.Ours.DegreesOfFreedom, "one branch of ours has two visits")

	fromRival := o.sums(rival, checklist, january)
	require.Equal(t, seen, fromRival, "what a competitor's branch is compared with is ours, in its region")
	require.Equal(t, ProgrammeSums{}, o.sums(north, checklist, Period{From: "2027-01-01", To: "2027-01-31"}))

	fromNowhere := o.sums(o.open("W1", "", false), checklist, january)
	require.Zero(t, fromNowhere.Region)
	require.Equal(t, seen.Network, fromNowhere.Network)
}

func TestTheSumsOfABranchMoveWithIt(t *testing.T) {
	o := newOffice(t)
	checklist := o.publish("Visit")
	moving, staying := o.open("A", "North", false), o.open("B", "South", false)
	for day, score := range map[string]int{"2026-01-10": 8, "2026-01-11": 6} {
		o.approve(o.handIn(moving.ID, checklist, day, score))
		o.approve(o.handIn(staying.ID, checklist, day, score-5))
	}
	january := Period{From: "2026-01-01", To: "2026-01-31"}
	before := o.kept()

	moving = o.change(moving.ID, "South", false)
	seen := o.sums(moving, checklist, january)
	require.Equal(t, tenthsOf(8, 6, 3, 1), seen.Region)
	require.Equal(t, tenthsOf(8, 6, 3, 1), seen.Network)
	require.EqualValues(t, 2, seen.Ours.DegreesOfFreedom)
	require.Zero(t, o.sums(Branch{Region: "North"}, checklist, january).Region)

	moving = o.change(moving.ID, "South", true)
	seen = o.sums(moving, checklist, january)
	require.Equal(t, tenthsOf(3, 1), seen.Region)
	require.Equal(t, tenthsOf(3, 1), seen.Network)
	require.Equal(t, tenthsOf(8, 6), seen.Competitors)
	require.EqualValues(t, 1, seen.Ours.DegreesOfFreedom, "a competitor's branch is not in the pool")

	o.change(moving.ID, "North", false)
	require.Equal(t, before, o.kept())
}

func TestWhatIsReopenedAndRejectedLeavesNoTrace(t *testing.T) {
	o := newOffice(t)
	checklist := o.publish("Visit")
	branch, rival := o.open("A", "North", false), o.open("X", "North", true)
	o.approve(o.handIn(branch.ID, checklist, "2026-01-10", 8))
	before := o.kept()
	require.Len(t, before, 4)

	for _, id := range []uuid.UUID{
		o.handIn(branch.ID, checklist, "2026-01-10", 3), // beside the one that stays
		o.handIn(branch.ID, checklist, "2026-02-10", 10),
		o.handIn(rival.ID, checklist, "2026-01-10", 0),
		o.handIn(branch.ID, checklist, "2026-01-10", -1),
	} {
		o.approve(id)
		o.reopen(id)
		o.reject(id)
		require.Equal(t, before, o.kept())
	}
	unseen := o.handIn(branch.ID, checklist, "2026-01-10", 5)
	o.reject(unseen)
	require.Equal(t, before, o.kept())
	require.Zero(t, o.rebuild())
	require.Equal(t, before, o.kept())
}

func TestWhateverIsApprovedReopenedOrMovedTheSumsAreThoseOfARebuild(t *testing.T) {
	o := newOffice(t)
	checklists := []uuid.UUID{o.publish("Visit"), o.publish("Telephone")}
	branches := []Branch{o.open("A", "North", false), o.open("B", "North", false), o.open("C", "South", false), o.open("X", "South", true)}
	var evaluations []uuid.UUID
	for i := range 16 {
		day := []string{"2026-01-31", "2026-02-01"}[i/4%2]
		evaluations = append(evaluations, o.handIn(branches[i%4].ID, checklists[i/8], day, i%11))
	}
	approved := map[uuid.UUID]bool{}
	rapid.Check(t, func(t *rapid.T) {
		for range rapid.IntRange(1, 3).Draw(t, "steps") {
			if rapid.IntRange(0, 3).Draw(t, "move") == 0 {
				branch := rapid.SampledFrom(branches).Draw(t, "branch")
				o.change(branch.ID, rapid.SampledFrom([]string{"North", "South", "", "network"}).Draw(t, "region"), rapid.Bool().Draw(t, "competitor"))
				continue
			}
			id := rapid.SampledFrom(evaluations).Draw(t, "evaluation")
			if approved[id] {
				o.reopen(id)
			} else {
				o.approve(id)
			}
			approved[id] = !approved[id]
		}
		kept := o.kept()
		require.Zero(t, o.rebuild())
		require.Equal(t, o.kept(), kept)
	})
}

func TestNoSumFallsBelowNothing(t *testing.T) {
	o := newOffice(t)
	checklist, branch := o.publish("Visit"), o.open("A", "North", false)
	o.approve(o.handIn(branch.ID, checklist, "2026-01-10", 8))
	for _, table := range []string{"branch_sums", "month_sums", "programme_sums"} {
		require.Error(t, o.db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw("UPDATE " + table + " SET n = n - 2").Exec(ctx)
			return err
		}), table)
	}
}

// exactSpread is the pooled spread by the rule's own words, in fractions.
func exactSpread(branches [][]int64) (variance *big.Rat, df int64) {
	squares := new(big.Rat)
	for _, scores := range branches {
		if len(scores) < 2 {
			continue
		}
		n, sum := big.NewRat(int64(len(scores)), 1), new(big.Rat)
		for _, x := range scores {
			sum.Add(sum, big.NewRat(x, 1e6))
		}
		mean := sum.Quo(sum, n)
		for _, x := range scores {
			d := new(big.Rat).Sub(big.NewRat(x, 1e6), mean)
			squares.Add(squares, d.Mul(d, d))
		}
		df += int64(len(scores) - 1)
	}
	if df == 0 {
		return squares, 0
	}
	return squares.Quo(squares, big.NewRat(df, 1)), df
}

func TestThePooledSpreadIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Scores far from nothing that hardly differ are where digits are lost.
		base := rapid.Int64Range(0, mostMillionths-1000).Draw(t, "base")
		width := rapid.SampledFrom([]int64{1, 1000, mostMillionths - base}).Draw(t, "width")
		scores := rapid.SliceOfN(rapid.SliceOfN(rapid.Int64Range(base, base+width), 0, 30), 0, 12).Draw(t, "branches")
		var sums []ScoreSums
		for _, branch := range scores {
			var s ScoreSums
			for _, x := range branch {
				s = ScoreSums{s.N + 1, s.Total + x, s.Squares + x*x}
			}
			sums = append(sums, s)
		}
		spread := pooledSpread(sums)
		exact, df := exactSpread(scores)
		require.Equal(t, df, spread.DegreesOfFreedom)
		variance, _ := exact.Float64()
		require.InDelta(t, variance, spread.S*spread.S, 1e-12*variance, fmt.Sprint(sums))
	})
}
