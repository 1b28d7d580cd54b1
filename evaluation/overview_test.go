package evaluation

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

func (p *programme) overview(viewer account.User) []BranchOverview {
	page, err := p.reports.Overview(context.Background(), viewer, BranchFilter{Limit: 200})
	require.NoError(p.t, err)
	require.Empty(p.t, page.Next)
	return page.Items
}

func TestTheOverviewSaysWhatTheReportsSay(t *testing.T) {
	p := newProgramme(t)
	maria, random := p.user("Maria", account.Manager), rand.New(rand.NewPCG(3, 8))
	checklists := []uuid.UUID{p.checklist("Visit", 3), p.checklist("Telephone", 1)}
	shopper, verdicts := p.user("Olga", account.Shopper), map[string]bool{}
	for i, zone := range []string{"Europe/Warsaw", "Pacific/Auckland", "America/Lima", "UTC", "Europe/Warsaw", "Europe/Warsaw", "Europe/Warsaw"} {
		code := fmt.Sprintf("B%d", i)
		if i == 6 {
			code += " rival"
		}
		branch := p.branch(code, maria)
		p.run("UPDATE branches SET zone = ? WHERE id = ?", zone, branch)
		for n := range 8 * i { // none of the first, over forty of the last
			begun := time.Date(2026, 4, 2, 10, 0, 0, 0, time.UTC).AddDate(0, 0, -random.IntN(190))
			level := int64(60)
			if i == 5 && begun.Before(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) {
				level = 5 // the one that changed
			}
			v := handedIn{branch: branch, checklist: checklists[0], version: 1 + random.IntN(3), begun: begun.Format(time.RFC3339),
				score: big.NewRat(level+random.Int64N(40), 107), unapproved: n%7 == 3, shopper: shopper}
			if random.IntN(4) == 0 {
				v.checklist, v.version = checklists[1], 1
			}
			if n%9 == 5 {
				v.score = nil
			}
			p.visit(v)
		}
	}
	overview := p.overview(maria)
	require.Len(t, overview, 7)
	for _, o := range overview {
		r := p.report(maria, o.ID, Period{})
		require.Equal(t, r.Period, o.Period)
		require.Equal(t, r.Mean, o.Mean)
		if r.Checklist == nil {
			require.Nil(t, o.Checklist)
			require.Nil(t, o.Trend)
			continue
		}
		require.Equal(t, OverviewChecklist{r.Checklist.ID, r.Checklist.Title}, *o.Checklist)
		require.Equal(t, r.Change, o.Trend)
		verdicts[o.Trend.Verdict] = true
	}
	require.Subset(t, verdicts, map[string]bool{ChangeHigher: true, ChangeNone: true}, "the programme above has something of each")
	require.Equal(t, []string{"2026-03-31", "2026-04-01", "2026-03-31"}, []string{overview[0].Period.To, overview[1].Period.To, overview[2].Period.To},
		"in Auckland it is tomorrow already")
	require.Equal(t, overview, p.overview(aCoordinator))
}

func TestTheLastVisitIsTheLastByDayAndThenByChance(t *testing.T) {
	p := newProgramme(t)
	branch, visit, telephone := p.branch("A"), p.checklist("Visit", 1), p.checklist("Telephone", 1)
	last := func() *OverviewVisit { return p.overview(aCoordinator)[0].Last }
	require.Nil(t, last())

	old, _ := p.visit(handedIn{branch: branch, checklist: telephone, begun: "2025-01-07T12:00:00Z", score: big.NewRat(9, 10)})
	require.Equal(t, &OverviewVisit{EvaluationID: old, Day: "2025-01-07", Checklist: OverviewChecklist{telephone, "Telephone"},
		Score: Figure{Fraction: "9/10", BasisPoints: 9000, Shown: "90.0"}, Band: "Excellent"}, last(), "however long ago")
	require.Nil(t, p.overview(aCoordinator)[0].Checklist)
	require.Equal(t, "There is no approved visit in this period.", p.overview(aCoordinator)[0].Mean.Sentence)

	// The shuffle numbers of this programme fall: of a day, the visit that came first is the last in the random order.
	first, _ := p.visit(handedIn{branch: branch, checklist: visit, begun: "2026-03-01T18:00:00Z", score: big.NewRat(8996, 10000)})
	p.visit(handedIn{branch: branch, checklist: visit, begun: "2026-03-01T08:00:00Z", score: big.NewRat(1, 2)})
	p.visit(handedIn{branch: branch, checklist: visit, begun: "2026-03-02T08:00:00Z", score: big.NewRat(1, 4), unapproved: true})
	p.visit(handedIn{branch: branch, checklist: visit, begun: "2026-03-03T08:00:00Z"})
	p.visit(handedIn{branch: branch, checklist: visit, begun: "2026-04-01T08:00:00Z", score: big.NewRat(1, 4)})
	p.visit(handedIn{branch: p.branch("B"), checklist: visit, begun: "2026-03-09T08:00:00Z", score: big.NewRat(1, 4)})
	require.Equal(t, first, last().EvaluationID)
	require.Equal(t, "89.9", last().Score.Shown, "never up into a higher band")
	require.Equal(t, "Fair", last().Band)
}

func TestWhoMayReadTheOverview(t *testing.T) {
	p := newProgramme(t)
	maria, karl := p.user("Maria", account.Manager), p.user("Karl", account.Manager|account.Moderator)
	p.branch("A", maria)
	p.branch("B", karl)
	codes := func(viewer account.User) (codes []string) {
		for _, o := range p.overview(viewer) {
			codes = append(codes, o.Code)
		}
		return codes
	}
	require.Equal(t, []string{"A"}, codes(maria))
	require.Equal(t, []string{"B"}, codes(karl))
	require.Empty(t, codes(p.user("Nora", account.Manager)))
	require.Equal(t, []string{"A", "B"}, codes(aCoordinator))
	for _, roles := range []account.Roles{account.Shopper, account.Moderator, 0} {
		_, err := p.reports.Overview(t.Context(), account.User{ID: maria.ID, Roles: roles}, BranchFilter{Limit: 50})
		require.ErrorIs(t, err, fault.ErrNotFound)
		require.ErrorIs(t, p.reports.WriteOverview(t.Context(), &bytes.Buffer{}, account.User{ID: maria.ID, Roles: roles}, BranchFilter{}), fault.ErrNotFound)
	}
}

// The fields of the overview as JSON: whoever adds one decides that a manager may know it, and says so here.
var allowedInOverview = strings.Fields(`id code name address zone region brand competitor archived period period.from period.to
	last last.evaluation_id last.day last.checklist last.checklist.id last.checklist.title last.band last.score last.score.fraction last.score.basis_points last.score.shown
	checklist checklist.id checklist.title
	mean mean.n mean.mean mean.low mean.high mean.margin mean.shown mean.band mean.method mean.standard_deviation mean.degrees_of_freedom mean.sentence
	trend trend.before trend.before.from trend.before.to trend.n_before trend.mean_before trend.shown_before trend.difference trend.margin trend.verdict trend.sentence`)

func TestTheOverviewTellsNothingOfTheShopperNorOfWhatIsNotApproved(t *testing.T) {
	p := newProgramme(t)
	maria := p.user("Maria", account.Manager)
	branch, checklist, shopper := p.branch("A", maria), p.checklist("Visit", 1), p.user("Wanda", account.Shopper)
	for _, begun := range []string{"2026-02-01T09:17:43Z", "2026-02-02T13:52:11Z", "2026-02-03T18:34:56Z", "2025-12-01T09:17:43Z", "2025-12-02T13:52:11Z", "2025-12-03T18:34:56Z"} {
		p.visit(handedIn{branch: branch, checklist: checklist, begun: begun, score: big.NewRat(4, 5), shopper: shopper})
	}
	before, err := json.Marshal(p.overview(maria))
	require.NoError(t, err)
	var table bytes.Buffer
	require.NoError(t, p.reports.WriteOverview(t.Context(), &table, maria, BranchFilter{}))
	for _, secret := range []string{shopper.ID.String(), "Wanda", shopper.Email, ":17", ":52", ":34", "well observed", "late"} {
		require.NotContains(t, string(before)+table.String(), secret)
	}
	require.NotContains(t, table.String(), branch.String(), "no id but the code")
	var overview any
	require.NoError(t, json.Unmarshal(before, &overview))
	require.ElementsMatch(t, allowedInOverview, slices.Compact(slices.Sorted(fieldsOf("", overview))))

	p.visit(handedIn{branch: branch, checklist: checklist, begun: "2026-03-01T09:17:43Z", score: big.NewRat(1, 5), unapproved: true})
	p.visit(handedIn{branch: branch, checklist: p.checklist("Telephone", 1), begun: "2026-03-02T09:17:43Z", score: big.NewRat(1, 5), unapproved: true})
	after, err := json.Marshal(p.overview(maria))
	require.NoError(t, err)
	require.Equal(t, string(before), string(after))
}

// asked counts the queries that go through bun.
type asked struct{ times int }

func (a *asked) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }
func (a *asked) AfterQuery(context.Context, *bun.QueryEvent)                        { a.times++ }

func TestTheDatabaseIsAskedAsOftenForManyBranchesAsForOne(t *testing.T) {
	p := newProgramme(t)
	checklist, maria, karl := p.checklist("Visit", 1), p.user("Maria", account.Manager), p.user("Karl", account.Manager)
	p.scored(p.branch("one", maria), checklist, "2026-02", 80, 90, 85)
	for i := range 12 {
		p.scored(p.branch(fmt.Sprint("many ", i), karl), checklist, "2026-02", 80, 90, 85)
	}
	count := &asked{}
	counted := p.db.Read().WithQueryHook(count)
	asks := func(viewer account.User, branches int) int {
		count.times = 0
		require.NoError(t, counted.RunInTx(t.Context(), oneSnapshot, func(ctx context.Context, tx bun.Tx) error {
			page, err := listBranches(ctx, tx, viewer, BranchFilter{Limit: 200})
			require.NoError(t, err)
			require.Len(t, page.Items, branches)
			_, err = findOverview(ctx, tx, page.Items, p.reports.Clock())
			return err
		}))
		return count.times
	}
	require.GreaterOrEqual(t, asks(maria, 1), 3)
	require.Equal(t, asks(maria, 1), asks(karl, 12))

	if p.db.Read().Dialect().Name() == dialect.PG {
		return // it chooses by what it knows of its tables, which are empty here
	}
	for _, query := range []string{overviewVisits, overviewLast} {
		args := []any{uuid.New(), "2026-01-01", "2026-03-31", uuid.New(), "2026-01-01", "2026-03-31"}
		plan := planOf(t, p.db, p.db.Read().NewRaw(withPage(2)+query, args...).String())
		require.Contains(t, plan, "INDEX evaluations_branch (branch_id=?")
		require.NotContains(t, plan, "SCAN e\n")
		require.NotContains(t, plan, "SCAN l\n")
	}
}

func TestTheOverviewAsATableIsSafeToOpen(t *testing.T) {
	p := newProgramme(t)
	checklist := p.checklist("@SUM(1), telephone", 1)
	branch := p.branch("=cmd|'/c calc'!A1")
	p.run("UPDATE branches SET name = ?, region = ? WHERE id = ?", "A \"big\" one,\nwith two lines", "-North", branch)
	p.scored(branch, checklist, "2026-01", 30, 20, 10)
	p.scored(branch, checklist, "2025-12", 90, 90, 90)
	p.branch("a rival")

	var table bytes.Buffer
	require.NoError(t, p.reports.WriteOverview(t.Context(), &table, aCoordinator, BranchFilter{}))
	text, marked := strings.CutPrefix(table.String(), "\uFEFF")
	require.True(t, marked)
	require.NotContains(t, strings.ReplaceAll(text, "\r\n", ""), "\n", "lines end with CRLF")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, OverviewColumns, rows[0])
	require.Equal(t, []string{"'=cmd|'/c calc'!A1", "A \"big\" one,\nwith two lines", "'-North", "no", "2026-01-01", "2026-03-31", "'@SUM(1), telephone",
		"3", "20.0", "0.0", "44.8", "Fair", "lower", "-70.0", "35.1", "2026-01-03", "'@SUM(1), telephone", "10.0", "Fair"}, rows[1])
	require.Equal(t, []string{"a rival", "Branch a rival", "Mazovia", "yes", "2026-01-01", "2026-03-31", "", "0", "", "", "", "", "", "", "", "", "", "", ""}, rows[2])
}

func TestATextIsNoFormulaAndANumberIsNoText(t *testing.T) {
	for text, cell := range map[string]string{"": "", "Warsaw": "Warsaw", "=1+1": "'=1+1", "+48": "'+48", "-2.1": "'-2.1", "@a": "'@a", "\ta": "'\ta", "\ra": "'\ra", "a=1": "a=1", "Łódź": "Łódź"} {
		require.Equal(t, cell, textCell(text))
	}
	for share, cell := range map[float64]string{-0.021: "-2.1", 0.85: "85.0", -0.0001: "0.0", 1: "100.0"} {
		require.Equal(t, cell, pointsCell(&share))
	}
	require.Empty(t, pointsCell(nil))
}

func TestTheTableHoldsAllBranchesHoweverMany(t *testing.T) {
	p := newProgramme(t)
	p.write(func(ctx context.Context, tx bun.Tx) error {
		for i := range 2*branchesATime + 1 {
			row := rowOf(Branch{ID: uuid.New(), Code: fmt.Sprintf("B%04d", i), Name: "Branch", Zone: "Europe/Warsaw", CreatedAt: database.At(time.Unix(1, 0)), Edition: 1})
			if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	var table bytes.Buffer
	require.NoError(t, p.reports.WriteOverview(t.Context(), &table, aCoordinator, BranchFilter{Limit: 1, Cursor: "of another list"}))
	rows, err := csv.NewReader(&table).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 2*branchesATime+2)
	for i, row := range rows[1:] {
		require.Equal(t, fmt.Sprintf("B%04d", i), row[0])
	}
}
