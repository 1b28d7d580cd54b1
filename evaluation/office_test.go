package evaluation

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
)

// office is a programme whose evaluations come in and are reviewed as people do it, through the stores.
type office struct {
	*programme
	branches    *Branches
	evaluations *Evaluations
	carol, sam  account.User
}

// A visit is scored by one number from 0 to 10, in tenths.
const tenths = `{"title": %q, "languages": ["en"], "scoring": {"bands": [{"from": 0, "name": "Any"}]}, "sections": [{"id": "all", "title": "All",
	"questions": [{"id": "tenths", "type": "number", "text": "How many tenths?", "min": 0, "max": 10, "bands": [%s {"points": 1000}]},
		{"id": "words", "type": "text", "text": "Why?"}, {"id": "shelf", "type": "photo", "text": "The shelf"}]}]}`

func newOffice(t *testing.T) *office {
	p := newProgramme(t)
	clock := func() time.Time { return time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC) }
	return &office{programme: p, branches: &Branches{DB: p.db, Clock: clock},
		evaluations: &Evaluations{DB: p.db, Checklists: p.reports.Checklists, Clock: clock},
		carol:       p.user("Carol", account.Coordinator), sam: p.user("Sam", account.Shopper)}
}

func (o *office) publish(title string) uuid.UUID {
	bands := ""
	for n := range 10 {
		bands += fmt.Sprintf(`{"up_to": %d, "points": %d}, `, n, n*100)
	}
	id := database.NewID(o.evaluations.Clock())
	c, _, err := o.evaluations.Checklists.Add(o.t.Context(), o.carol, id, title, fmt.Appendf(nil, tenths, title, bands))
	require.NoError(o.t, err)
	_, err = o.evaluations.Checklists.Publish(o.t.Context(), o.carol, id, c.Edition)
	require.NoError(o.t, err)
	return id
}

// open adds a branch.
func (o *office) open(code, region string, competitor bool) Branch {
	id, zone, empty := database.NewID(o.evaluations.Clock()), "Europe/Warsaw", ""
	b, _, err := o.branches.Add(o.t.Context(), o.carol, id, code, BranchChange{
		Code: &code, Name: &code, Address: &empty, Zone: &zone, Region: &region, Brand: &empty, Competitor: &competitor})
	require.NoError(o.t, err)
	return b
}

// change gives a branch another region, or has it change sides.
func (o *office) change(id uuid.UUID, region string, competitor bool) Branch {
	b, err := o.branches.Get(o.t.Context(), o.carol, id)
	require.NoError(o.t, err)
	b, err = o.branches.Change(o.t.Context(), o.carol, id, b.Edition, BranchChange{Region: &region, Competitor: &competitor})
	require.NoError(o.t, err)
	return b
}

// handIn has Sam evaluate a visit of that day with so many tenths; below 0 is an evaluation without a score.
func (o *office) handIn(branch, checklist uuid.UUID, day string, score int, photos ...string) uuid.UUID {
	begun, err := time.Parse(time.RFC3339, day+"T12:00:00Z")
	require.NoError(o.t, err)
	visit := database.NewID(begun)
	o.run(`INSERT INTO visits (id, branch_id, checklist_id, checklist_version, shopper_id, state, opens, closes, zone, opens_at, closes_at,
		deadline_minutes, expires_at, persona, instructions, questions, fee, expense_limit, currency, accepted_at, created_at, edition)
		VALUES (?, ?, ?, 1, ?, 'accepted', ?, ?, 'Europe/Warsaw', ?, ?, 1440, ?, '', '', '', 0, 0, 'EUR', 1, 0, 1)`,
		visit, branch, checklist, o.sam.ID, day+"T09:00", day+"T18:00", database.At(begun.Add(-4*time.Hour)), database.At(begun.Add(5*time.Hour)), database.At(begun.AddDate(9, 0, 0)))
	answers := map[string]json.RawMessage{"words": json.RawMessage(`"It was as it was."`)}
	if score >= 0 {
		answers["tenths"] = json.RawMessage(fmt.Sprint(score))
	}
	if photos != nil {
		answers["shelf"] = json.RawMessage(`{"photos": ` + jsonList(photos) + `}`)
	}
	id := uuid.New()
	_, _, err = o.evaluations.Submit(o.t.Context(), o.sam, Submission{ID: id, VisitID: visit, Answers: answers, Begun: begun, Finished: begun.Add(time.Hour), ContentHash: id.String()})
	require.NoError(o.t, err)
	return id
}

func (o *office) approve(id uuid.UUID) {
	require.NoError(o.t, o.evaluations.Approve(o.t.Context(), o.carol, id, Approval{Revision: 1, Grade: 8}))
}

func (o *office) reopen(id uuid.UUID) {
	require.NoError(o.t, o.evaluations.Reopen(o.t.Context(), o.carol, id, "One figure is to be looked at again."))
}

func (o *office) reject(id uuid.UUID) {
	require.NoError(o.t, o.evaluations.Reject(o.t.Context(), o.carol, id, Rejection{Revision: 1, Reason: "It was another branch."}))
}

// kept is what all tables of sums hold, a line for each row.
func (o *office) kept() []string {
	return slices.Concat(
		o.lines("branch", "SELECT branch_id, checklist_id, day, n, total, squares FROM branch_sums ORDER BY 1, 2, 3"),
		o.lines("month", "SELECT branch_id, checklist_id, month, n, total, squares FROM month_sums ORDER BY 1, 2, 3"),
		o.lines("part", "SELECT part, checklist_id, day, n, total, squares FROM programme_sums ORDER BY 1, 2, 3"))
}

func (o *office) lines(table, query string) (lines []string) {
	rows, err := o.db.Read().QueryContext(o.t.Context(), query)
	require.NoError(o.t, err)
	defer rows.Close()
	for rows.Next() {
		var a, b, c string
		var s ScoreSums
		require.NoError(o.t, rows.Scan(&a, &b, &c, &s.N, &s.Total, &s.Squares))
		lines = append(lines, fmt.Sprintf("%s %s %s %s: %s", table, a, b, c, s))
	}
	require.NoError(o.t, rows.Err())
	return lines
}

// sums are what a report of the branch over a period sets beside its own figures.
func (o *office) sums(branch Branch, checklist uuid.UUID, period Period) ProgrammeSums {
	sums, err := programmeSums(o.t.Context(), o.db.Read(), branch, checklist, period)
	require.NoError(o.t, err)
	return sums
}

// rebuild makes the sums anew.
func (o *office) rebuild() (differed int) {
	differed, err := RebuildSums(o.t.Context(), o.db)
	require.NoError(o.t, err)
	return differed
}
