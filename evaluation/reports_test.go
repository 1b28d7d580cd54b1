package evaluation

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"pgregory.net/rapid"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/database/databasetest"
	"fieldcare/internal/fault"
	"fieldcare/internal/walltime"
)

// programme is a database of approved visits, written as other parts of the application leave it.
type programme struct {
	t       *testing.T
	db      *database.DB
	reports *Reports
	visits  int64
}

var (
	aCoordinator = account.User{ID: uuid.Must(uuid.NewV7()), Roles: account.Coordinator}
	theQuarter   = Period{From: "2026-01-01", To: "2026-03-31"}
)

func newProgramme(t *testing.T) *programme {
	db := databasetest.Open(t)
	clock := func() time.Time { return time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC) }
	return &programme{t: t, db: db, reports: &Reports{DB: db, Clock: clock, Checklists: &Checklists{DB: db, Clock: clock}}}
}

func (p *programme) write(fn func(ctx context.Context, tx bun.Tx) error) {
	require.NoError(p.t, p.db.Write(context.Background(), fn))
}

func (p *programme) run(query string, args ...any) {
	p.write(func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(query, args...).Exec(ctx)
		return err
	})
}

func (p *programme) user(name string, roles account.Roles) account.User {
	u := account.User{ID: uuid.Must(uuid.NewV7()), Email: name + "@people.test", Name: name, Roles: roles}
	p.run("INSERT INTO users (id, email, name, folded, language, roles, password_hash, created_at, edition) VALUES (?, ?, ?, ?, 'nl', ?, '', 0, 1)",
		u.ID, u.Email, u.Name, name, int64(roles))
	return u
}

func (p *programme) branch(code string, managers ...account.User) uuid.UUID {
	id := uuid.Must(uuid.NewV7())
	p.run(`INSERT INTO branches (id, code, name, folded, address, zone, region, brand, competitor, created_at, edition)
		VALUES (?, ?, ?, '', 'Rynek 1', 'Europe/Warsaw', 'Mazovia', '', ?, 0, 1)`, id, code, "Branch "+code, strings.Contains(code, "rival"))
	for _, m := range managers {
		p.run("INSERT INTO branch_managers (branch_id, user_id) VALUES (?, ?)", id, m.ID)
	}
	return id
}

const aDocument = `{"title": %q, "languages": ["en"], "scoring": {"bands": [{"from": 9000, "name": "Excellent"}, {"from": 0, "name": "Fair"}]},
	"sections": [{"id": "welcome", "title": "Welcome %d", "questions": [{"id": "greeted", "type": "choice", "text": "Greeted?",
		"options": [{"id": "yes", "text": "Yes", "points": 100}, {"id": "no", "text": "No", "points": 0}]}]},
		{"id": "words", "title": "In your words", "questions": [{"id": "why", "type": "text", "text": "Why?"}]}]}`

// checklist publishes so many versions of a checklist.
func (p *programme) checklist(title string, versions int) uuid.UUID {
	id, by := uuid.Must(uuid.NewV7()), p.user("author of "+title, account.Coordinator)
	p.run("INSERT INTO checklists (id, title, folded, draft, published, created_at, edition) VALUES (?, ?, '', '{}', ?, 0, 1)", id, title, versions)
	for number := 1; number <= versions; number++ {
		p.run("INSERT INTO checklist_versions (checklist_id, number, document, published_at, published_by) VALUES (?, ?, ?, 0, ?)",
			id, number, fmt.Sprintf(aDocument, title, number), by.ID)
	}
	return id
}

// handedIn is one evaluation to be in the database.
type handedIn struct {
	branch, checklist uuid.UUID
	version           int
	begun             string   // RFC 3339
	score             *big.Rat // nil is no score
	unapproved        bool
	shopper           account.User
}

// visit puts an evaluation into the database and its score, when it is approved, into the sums.
func (p *programme) visit(v handedIn) (evaluationID, visitID uuid.UUID) {
	if v.shopper.ID == uuid.Nil {
		v.shopper = p.user(fmt.Sprint("shopper", p.visits), account.Shopper)
	}
	p.visits++
	begun, err := time.Parse(time.RFC3339, v.begun)
	require.NoError(p.t, err)
	warsaw, err := walltime.Zone("Europe/Warsaw")
	require.NoError(p.t, err)
	day := begun.In(warsaw).Format(time.DateOnly)
	bands := []ScoreBand{{From: 9000, Name: "Excellent"}, {From: 0, Name: "Fair"}}
	score := Score{Score: newFigure(v.score, bands), Sections: []SectionScore{{ID: "welcome", Score: newFigure(v.score, nil)}, {ID: "words"}}}
	if v.score != nil {
		score.Band = bandOf(v.score, bands)
	}
	document, err := json.Marshal(score)
	require.NoError(p.t, err)
	evaluationID, visitID = uuid.New(), uuid.Must(uuid.NewV7())
	version := max(v.version, 1)
	var millionths *int64
	var fraction *string
	if m, scored := score.Millionths(); scored {
		millionths, fraction = &m, &score.Score.Fraction
	}
	approved, state := database.At(begun.Add(72*time.Hour)), "approved"
	if v.unapproved {
		approved, state = database.Time{}, "submitted"
	}
	p.write(func(ctx context.Context, tx bun.Tx) error {
		for _, row := range []struct {
			query string
			args  []any
		}{
			{`INSERT INTO visits (id, branch_id, checklist_id, checklist_version, shopper_id, state, opens, closes, zone, opens_at, closes_at,
				deadline_minutes, expires_at, persona, instructions, questions, fee, expense_limit, currency, created_at, edition)
				VALUES (?, ?, ?, ?, ?, ?, '', '', 'Europe/Warsaw', 1, 2, 1440, 3, 'an impatient father', '', '', 987654321, 0, 'EUR', 0, 1)`,
				[]any{visitID, v.branch, v.checklist, version, v.shopper.ID, state}},
			{`INSERT INTO evaluations (id, visit_id, branch_id, checklist_id, checklist_version, shopper_id, revision, begun_at, finished_at, day, received_at, marks, score, fraction,
				open_questions, words, grade, approved_at, shuffle, edition)
				VALUES (?, ?, ?, ?, ?, ?, 2, ?, ?, ?, ?, '["late"]', ?, ?, '[]', 'well observed', 7, ?, ?, 4)`,
				[]any{evaluationID, visitID, v.branch, v.checklist, version, v.shopper.ID, database.At(begun), database.At(begun.Add(20 * time.Minute)), day, database.At(begun.Add(time.Hour)), millionths, fraction, approved, -p.visits}},
			{`INSERT INTO revisions (evaluation_id, number, content_hash, document, score, changed, author_id, reason, received_at)
				VALUES (?, 1, '', '{}', '{"score": {"fraction": "1/100", "basis_points": 100, "shown": "1.0"}}', '[]', ?, '', 0), (?, 2, '', '{}', ?, '[]', ?, '', 0)`,
				[]any{evaluationID, v.shopper.ID, evaluationID, string(document), v.shopper.ID}},
		} {
			if _, err := tx.NewRaw(row.query, row.args...).Exec(ctx); err != nil {
				return err
			}
		}
		if millionths == nil || v.unapproved {
			return nil
		}
		return addToSums(ctx, tx, v.branch, v.checklist, day, *millionths, 1)
	})
	return evaluationID, visitID
}

// visits puts approved visits with these scores, in per cent, into one month, at noon UTC of its first days.
func (p *programme) scored(branch, checklist uuid.UUID, month string, percent ...int64) {
	for i, score := range percents(percent...) {
		p.visit(handedIn{branch: branch, checklist: checklist, begun: fmt.Sprintf("%s-%02dT12:00:00Z", month, i+1), score: score})
	}
}

func (p *programme) report(viewer account.User, branch uuid.UUID, period Period) BranchReport {
	r, err := p.reports.BranchReport(context.Background(), viewer, branch, period, nil)
	require.NoError(p.t, err)
	return r
}

func TestABranchReportOfTheExampleOfTwoBranches(t *testing.T) {
	p := newProgramme(t)
	a, b, checklist := p.branch("A"), p.branch("B"), p.checklist("Visit", 1)
	p.scored(a, checklist, "2026-02", 80, 90, 85)
	p.scored(b, checklist, "2026-02", 70, 75, 95)
	// None of these belongs to the pool: a rival's, another checklist's, another month's, a single visit.
	p.scored(p.branch("a rival"), checklist, "2026-02", 0, 100)
	p.scored(b, p.checklist("Telephone", 1), "2026-02", 0, 100)
	p.scored(b, checklist, "2026-04", 0, 100)
	p.scored(p.branch("C"), checklist, "2026-02", 0)

	r := p.report(aCoordinator, a, Period{From: "2026-02-01", To: "2026-02-03"})

	require.Equal(t, 3, r.Mean.N)
	require.Equal(t, "85.0", r.Mean.Shown)
	require.Equal(t, "Fair", r.Mean.Band)
	require.Equal(t, IntervalPooled, r.Mean.Method)
	require.EqualValues(t, 4, r.Mean.DegreesOfFreedom)
	require.InDelta(t, 0.10, *r.Mean.StandardDeviation, 1e-15)
	require.Equal(t, "16.0", inPoints(*r.Mean.Margin))
	require.Equal(t, "3 visits scored 85.0% on average. With 95% confidence the branch's usual level lies between 69.0% and 100.0%.", r.Mean.Sentence)
	require.Contains(t, r.Method, "pooled over our branches with at least two visits in February 2026")
}

func TestThePoolIsOverTheWholeMonthsThatThePeriodTouches(t *testing.T) {
	p := newProgramme(t)
	a, b, checklist := p.branch("A"), p.branch("B"), p.checklist("Visit", 1)
	p.scored(a, checklist, "2026-02", 80, 90, 85)
	p.visit(handedIn{branch: b, checklist: checklist, begun: "2026-02-28T12:00:00Z", score: big.NewRat(70, 100)})
	p.visit(handedIn{branch: b, checklist: checklist, begun: "2026-02-20T12:00:00Z", score: big.NewRat(80, 100)})

	r := p.report(aCoordinator, a, Period{From: "2026-02-01", To: "2026-02-03"})
	require.EqualValues(t, 3, r.Mean.DegreesOfFreedom) // two of A, one of B, whose visits lie after the period
}

func TestAReportIsOfApprovedVisitsOfItsBranchInItsPeriod(t *testing.T) {
	p := newProgramme(t)
	branch, other, checklist := p.branch("A"), p.branch("B"), p.checklist("Visit", 1)
	half := big.NewRat(1, 2)
	in := map[uuid.UUID]string{}
	add := func(begun, part string) {
		id, _ := p.visit(handedIn{branch: branch, checklist: checklist, begun: begun, score: half})
		in[id] = part
	}
	add("2025-12-31T23:00:00Z", Before12) // midnight in Warsaw: the first day
	add("2026-03-31T21:59:59Z", After17)  // one second to midnight of the last
	add("2026-02-01T11:00:00Z", From12To17)
	p.visit(handedIn{branch: branch, checklist: checklist, begun: "2025-12-31T22:59:59Z", score: half})
	p.visit(handedIn{branch: branch, checklist: checklist, begun: "2026-03-31T22:00:00Z", score: half})
	p.visit(handedIn{branch: branch, checklist: checklist, begun: "2026-02-01T12:00:00Z", score: half, unapproved: true})
	p.visit(handedIn{branch: other, checklist: checklist, begun: "2026-02-01T12:00:00Z", score: half})

	r := p.report(aCoordinator, branch, theQuarter)
	got := map[uuid.UUID]string{}
	for _, v := range r.Visits {
		got[v.EvaluationID] = v.PartOfDay
	}
	require.Equal(t, in, got)
	require.Equal(t, theQuarter, p.report(aCoordinator, branch, Period{From: "2026-01-01"}).Period, "today, by the clock, ends the period")
}

func TestThePartOfTheDayIsToldInTheZoneOfTheVisitAlsoAfterItsBranchMoved(t *testing.T) {
	p := newProgramme(t)
	maria := p.user("Maria", account.Manager)
	branch := p.branch("A", maria)
	id, _ := p.visit(handedIn{branch: branch, checklist: p.checklist("Visit", 1), begun: "2026-02-01T10:30:00Z", score: big.NewRat(1, 2)})
	p.run("UPDATE branches SET zone = 'Asia/Tokyo' WHERE id = ?", branch)

	require.Equal(t, Before12, p.report(maria, branch, theQuarter).Visits[0].PartOfDay)
	evaluations := &Evaluations{DB: p.db, Checklists: p.reports.Checklists, Clock: p.reports.Clock}
	published, err := evaluations.Published(t.Context(), maria, id)
	require.NoError(t, err)
	require.Equal(t, Before12, published.Visit.PartOfDay)
}

func TestTheCurrentRevisionCounts(t *testing.T) {
	p := newProgramme(t)
	branch, checklist := p.branch("A"), p.checklist("Visit", 1)
	p.scored(branch, checklist, "2026-02", 80)
	r := p.report(aCoordinator, branch, theQuarter)
	require.Equal(t, &Figure{Fraction: "4/5", BasisPoints: 8000, Shown: "80.0"}, r.Visits[0].Score)
}

func TestVisitsOfADayStandInTheirRandomOrder(t *testing.T) {
	p := newProgramme(t)
	branch, checklist := p.branch("A"), p.checklist("Visit", 1)
	var arrived []uuid.UUID
	for _, begun := range []string{"2026-02-01T08:00:00Z", "2026-02-01T12:00:00Z", "2026-02-01T18:00:00Z", "2026-01-09T12:00:00Z"} {
		id, _ := p.visit(handedIn{branch: branch, checklist: checklist, begun: begun, score: big.NewRat(1, 2)})
		arrived = append(arrived, id)
	}
	var order []uuid.UUID
	for _, v := range p.report(aCoordinator, branch, theQuarter).Visits {
		order = append(order, v.EvaluationID)
	}
	// The shuffle numbers of this programme fall, so that within a day the order is the arrival's turned round.
	require.Equal(t, []uuid.UUID{arrived[3], arrived[2], arrived[1], arrived[0]}, order)
}

func TestWhoMayReadABranchReport(t *testing.T) {
	p := newProgramme(t)
	hers, his := p.user("Maria", account.Manager), p.user("Karl", account.Manager|account.Moderator)
	shopper := p.user("Olga", account.Shopper)
	branch, checklist := p.branch("A", hers), p.checklist("Visit", 1)
	p.branch("B", his)
	p.visit(handedIn{branch: branch, checklist: checklist, begun: "2026-02-01T12:00:00Z", score: big.NewRat(1, 2), shopper: shopper})

	for name, c := range map[string]struct {
		viewer account.User
		may    bool
	}{
		"an admin":                          {p.user("Ada", account.Admin), true},
		"a coordinator":                     {p.user("Cora", account.Coordinator), true},
		"the branch's manager":              {hers, true},
		"another branch's manager":          {his, false},
		"the shopper who was there":         {shopper, false},
		"a moderator":                       {p.user("Mo", account.Moderator), false},
		"somebody without a role":           {account.User{ID: hers.ID}, false},
		"a manager of no branch at all":     {p.user("Nora", account.Manager), false},
		"a manager who coordinates as well": {p.user("Kim", account.Manager|account.Coordinator), true},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := p.reports.BranchReport(context.Background(), c.viewer, branch, theQuarter, nil)
			if c.may {
				require.NoError(t, err)
				require.Len(t, r.Visits, 1)
				return
			}
			require.ErrorIs(t, err, fault.ErrNotFound)
			require.Empty(t, r)
		})
	}
	_, err := p.reports.BranchReport(context.Background(), aCoordinator, uuid.New(), theQuarter, nil)
	require.ErrorIs(t, err, fault.ErrNotFound)
}

// The fields of the report as JSON: whoever adds one decides that a manager may know it, and says so here.
var allowedFields = strings.Fields(`comparisons.scope comparisons.name comparisons.n comparisons.mean comparisons.low comparisons.high comparisons.shown
	comparisons.verdict comparisons.sentence change change.before change.before.from change.before.to change.n_before change.sentence change.verdict
	grid.days.weekday grid.days.before_12 grid.days.from_12_to_17 grid.days.after_17 organisation organisation.name organisation.accent organisation.language comparisons strengths to_work_on rule
	touchpoints needs standards grid grid.days grid.holes grid.sentence words view branch branch.id branch.code branch.name branch.address branch.region period period.from period.to
	checklist checklist.id checklist.title checklist.versions checklist.n checklist.unscored
	other_checklists other_checklists.id other_checklists.title other_checklists.versions other_checklists.n other_checklists.unscored
	bands bands.from bands.name method
	mean mean.n mean.mean mean.low mean.high mean.margin mean.shown mean.band mean.method mean.standard_deviation mean.degrees_of_freedom mean.sentence
	sections sections.id sections.title sections.n sections.mean sections.shown sections.lowest sections.highest
	visits visits.evaluation_id visits.day visits.part_of_day visits.checklist_version visits.band
	visits.score visits.score.fraction visits.score.basis_points visits.score.shown
	visits.sections visits.sections.id visits.sections.score visits.sections.score.fraction visits.sections.score.basis_points visits.sections.score.shown`)

func TestAReportTellsNothingOfTheShopper(t *testing.T) {
	p := newProgramme(t)
	manager := p.user("Maria", account.Manager)
	branch, checklist := p.branch("A", manager), p.checklist("Visit", 1)
	shopper := p.user("Wanda", account.Shopper)
	hidden := []string{shopper.ID.String(), "Wanda", shopper.Email, "impatient", "987654321", "well observed", "grade", "late", `"nl"`}
	for _, begun := range []string{"2026-02-01T09:17:43Z", "2026-02-02T13:52:11Z", "2026-02-03T18:34:56Z"} {
		_, visit := p.visit(handedIn{branch: branch, checklist: checklist, begun: begun, score: big.NewRat(4, 5), shopper: shopper})
		at, _ := time.Parse(time.RFC3339, begun)
		hidden = append(hidden, visit.String(), begun[11:16], at.Add(time.Hour).Format("15:04"), fmt.Sprint(at.Unix()), fmt.Sprint(at.UnixMilli()), fmt.Sprint(at.UnixMicro()))
	}
	p.scored(branch, p.checklist("Telephone", 1), "2026-02", 50)

	document, err := json.Marshal(p.report(manager, branch, theQuarter))
	require.NoError(t, err)
	for _, secret := range hidden {
		require.NotContains(t, string(document), secret)
	}
	var report any
	require.NoError(t, json.Unmarshal(document, &report))
	require.ElementsMatch(t, allowedFields, slices.Compact(slices.Sorted(fieldsOf("", report))))
	for _, v := range p.report(manager, branch, theQuarter).Visits {
		require.EqualValues(t, 4, v.EvaluationID.Version(), "an id that a manager meets holds no time")
	}
}

// fieldsOf walks the names of all fields of a JSON value.
func fieldsOf(prefix string, value any) func(func(string) bool) {
	return func(yield func(string) bool) {
		switch value := value.(type) {
		case map[string]any:
			for name, inner := range value {
				if !yield(prefix + name) {
					return
				}
				fieldsOf(prefix+name+".", inner)(yield)
			}
		case []any:
			for _, inner := range value {
				fieldsOf(prefix, inner)(yield)
			}
		}
	}
}

func TestTheChecklistOfAReportIsTheMostUsedOne(t *testing.T) {
	p := newProgramme(t)
	branch, often, seldom, never := p.branch("A"), p.checklist("Often", 2), p.checklist("Seldom", 1), p.checklist("Never", 1)
	p.scored(branch, often, "2026-02", 80, 90)
	p.visit(handedIn{branch: branch, checklist: often, version: 2, begun: "2026-02-09T12:00:00Z", score: big.NewRat(1, 1)})
	p.scored(branch, seldom, "2026-02", 10, 20)
	p.visit(handedIn{branch: branch, checklist: seldom, begun: "2026-02-10T12:00:00Z"})

	r := p.report(aCoordinator, branch, theQuarter)
	require.Equal(t, &ReportUse{ID: often, Title: "Often", Versions: []int{1, 2}, N: 3}, r.Checklist)
	require.Equal(t, []ReportUse{{ID: seldom, Title: "Seldom", Versions: []int{1}, N: 2, Unscored: 1}}, r.OtherChecklists)
	require.Equal(t, "90.0", r.Mean.Shown)

	named, err := p.reports.BranchReport(context.Background(), aCoordinator, branch, theQuarter, &seldom)
	require.NoError(t, err)
	require.Equal(t, "Seldom", named.Checklist.Title)
	require.Equal(t, "Often", named.OtherChecklists[0].Title)
	require.Equal(t, "Two visits scored 10.0% and 20.0%. An average is given from three visits on. One more visit has no score.", named.Mean.Sentence)

	before, err := p.reports.BranchReport(context.Background(), aCoordinator, branch, Period{From: "2026-03-01", To: "2026-03-31"}, &often)
	require.NoError(t, err)
	require.Equal(t, &ReportUse{ID: often, Title: "Often", Versions: []int{2}}, before.Checklist)
	require.Equal(t, "There is no approved visit in this period.", before.Mean.Sentence)

	_, err = p.reports.BranchReport(context.Background(), aCoordinator, branch, theQuarter, &never)
	var invalid *fault.Invalid
	require.ErrorAs(t, err, &invalid)
	require.Equal(t, "checklist", invalid.Faults[0].Pointer)
}

func TestWhichChecklistIsTheMostUsed(t *testing.T) {
	use := func(id byte, n, unscored int, lastDay string) checklistUse {
		return checklistUse{ReportUse: ReportUse{ID: uuid.UUID{id}, N: n, Unscored: unscored}, lastDay: lastDay}
	}
	inOrder := []checklistUse{
		use(9, 3, 0, "2026-01-01"), // most scores
		use(8, 2, 5, "2026-01-01"), // as many, but more visits
		use(7, 2, 0, "2026-01-02"), // as many, but later
		use(1, 2, 0, "2026-01-01"), // all alike: the smaller id
		use(2, 2, 0, "2026-01-01"),
	}
	mixed := slices.Clone(inOrder)
	slices.Reverse(mixed)
	slices.SortFunc(mixed, mostUsedFirst)
	require.Equal(t, inOrder, mixed)
}

func TestSectionsAreMatchedByIdOverVersions(t *testing.T) {
	p := newProgramme(t)
	branch, checklist := p.branch("A"), p.checklist("Visit", 2)
	for version := 1; version <= 2; version++ {
		for day := 1; day <= 2; day++ {
			p.visit(handedIn{branch: branch, checklist: checklist, version: version, begun: fmt.Sprintf("2026-02-%02dT12:00:00Z", version*10+day), score: big.NewRat(int64(version), 4)})
		}
	}
	r := p.report(aCoordinator, branch, theQuarter)
	mean, low, high := 0.375, 0.25, 0.5
	// "In your words" has no scored question, and so is no section of a report.
	require.Equal(t, []ReportPart{{ID: "welcome", Title: "Welcome 2", N: 4, Mean: &mean, Shown: "37.5", Lowest: &low, Highest: &high}}, r.Sections)
}

func TestWhatTheSumsKeepIsWhatWasApproved(t *testing.T) {
	p := newProgramme(t)
	branch, checklist := p.branch("A"), p.checklist("Visit", 1)
	read := func() (days map[string]ScoreSums) {
		days = map[string]ScoreSums{}
		rows, err := p.db.Read().Query("SELECT day, n, total, squares FROM branch_sums")
		require.NoError(t, err)
		defer rows.Close()
		for rows.Next() {
			var day string
			var s ScoreSums
			require.NoError(t, rows.Scan(&day, &s.N, &s.Total, &s.Squares))
			days[day] = s
		}
		require.NoError(t, rows.Err())
		return days
	}
	type approval struct {
		day   string
		score int64
	}
	var standing []approval
	for range 40 {
		rapidly := rapid.Custom(func(t *rapid.T) approval {
			return approval{fmt.Sprintf("2026-02-%02d", rapid.IntRange(1, 3).Draw(t, "day")), rapid.Int64Range(0, 1_200_000).Draw(t, "score")}
		}).Example(len(standing) + 1)
		sign, one := 1, rapidly
		if len(standing) > 4 && rapidly.score%2 == 0 {
			sign, one = -1, standing[0]
			standing = standing[1:]
		} else {
			standing = append(standing, one)
		}
		p.write(func(ctx context.Context, tx bun.Tx) error {
			return addToSums(ctx, tx, branch, checklist, one.day, one.score, sign)
		})
	}
	expected := map[string]ScoreSums{}
	for _, a := range standing {
		s := expected[a.day]
		expected[a.day] = ScoreSums{N: s.N + 1, Total: s.Total + a.score, Squares: s.Squares + a.score*a.score}
	}
	require.Equal(t, expected, read())
	for _, a := range standing {
		p.write(func(ctx context.Context, tx bun.Tx) error {
			return addToSums(ctx, tx, branch, checklist, a.day, a.score, -1)
		})
	}
	require.Empty(t, read())
	require.ErrorContains(t, p.db.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
		return addToSums(ctx, tx, branch, checklist, "2026-02-01", 1, -1)
	}), "no sums")
	for _, score := range []int64{-1, 10_000_001, 1 << 62} {
		require.ErrorContains(t, p.db.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
			return addToSums(ctx, tx, branch, checklist, "2026-02-01", score, 1)
		}), "not from 0 to 1000 %")
	}
	require.Empty(t, read())
}
