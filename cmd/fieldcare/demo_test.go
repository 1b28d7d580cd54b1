package main

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/evaluation"
	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/database/databasetest"
)

const demoSecret = "a secret of thirty-two characters"

// demoUntil is a day in summer time whose half year has the change of the clocks in it.
const demoUntil = "2026-05-20"

// fillDemo runs the program as it is installed; said is all that it prints.
func fillDemo(t *testing.T, binary string, config *Config, args ...string) (said string, err error) {
	t.Helper()
	c := exec.Command(binary, append([]string{"demo", "--until", demoUntil}, args...)...)
	c.Env = append(os.Environ(), "FIELDCARE_DATA="+config.Data, "FIELDCARE_DATABASE="+config.Database, "FIELDCARE_SECRET="+demoSecret, "FIELDCARE_LOG=warn")
	output, err := c.CombinedOutput()
	return string(output), err
}

// The test fills as seldom as it can: once on the database that the tests run on, and once more on SQLite.
func TestTheDemo(t *testing.T) {
	binary := build(t)
	one := &Config{Data: t.TempDir(), Database: databasetest.Address(t), Secret: demoSecret, PublicURL: "http://localhost:8080", MailFrom: "fieldcare@example.org"}
	two := &Config{Data: t.TempDir(), Secret: demoSecret}
	two.Database = filepath.Join(two.Data, "fieldcare.db")
	var again string
	var failed error
	both := make(chan struct{})
	go func() {
		defer close(both)
		again, failed = fillDemo(t, binary, two)
	}()
	said, err := fillDemo(t, binary, one)
	<-both
	require.NoError(t, err, said)
	require.NoError(t, failed, again)

	t.Run("is the same each time, whatever the database", func(t *testing.T) {
		withoutTime := func(said string) string { return regexp.MustCompile(`in [0-9.]+ s`).ReplaceAllString(said, "") }
		require.Equal(t, withoutTime(said), withoutTime(again))
		first, second := allRows(t, one.Database), allRows(t, two.Database)
		require.Greater(t, len(first), 20, "tables")
		for table := range first {
			require.Equal(t, first[table], second[table], table)
		}
		require.Equal(t, allPhotos(t, one.Data), allPhotos(t, two.Data))
	})

	i, err := one.open(context.Background(), time.Now)
	require.NoError(t, err)
	t.Cleanup(func() { i.db.Close() })
	w := &demoWorld{T: t, installation: i, admin: account.User{ID: uuid.New(), Roles: account.Admin | account.Coordinator}}

	t.Run("has focus groups of all kinds", w.hasFocusGroups(one)) // before anybody signs in on a later day
	t.Run("has people, branches and visits of all kinds", w.hasEverything)
	t.Run("tells no two visits in the same words", w.tellsDifferentStories)
	t.Run("has branches that improve, worsen, and are hardly known", w.hasBranchesOfAllKinds)
	t.Run("fits the walk-through of the README", w.fitsTheWalkThrough)
	t.Run("leaves no old mail to be sent", w.leavesNoOldMail)

	t.Run("leaves alone what is there", func(t *testing.T) {
		before := allRows(t, one.Database)
		said, err := fillDemo(t, binary, one)
		require.NoError(t, err, said)
		require.Contains(t, said, "in use")
		require.Equal(t, before, allRows(t, one.Database))
	})
	t.Run("says that it was interrupted, and how to begin anew", func(t *testing.T) {
		three := &Config{Data: t.TempDir()}
		killed := exec.Command(binary, "demo", "--data", three.Data, "--secret", demoSecret)
		require.NoError(t, killed.Start())
		require.Eventually(t, func() bool {
			photos, err := filepath.Glob(filepath.Join(three.Data, "photos", "*", "*.jpg"))
			return err == nil && len(photos) > 0
		}, time.Minute, 5*time.Millisecond)
		require.NoError(t, killed.Process.Kill())
		require.Error(t, killed.Wait())
		said, err := fillDemo(t, binary, three)
		require.Error(t, err)
		require.Contains(t, said, "interrupted before the demo was whole")
		require.Contains(t, said, "delete "+three.Data)
	})
}

// allRows gives the rows of each table as text, sorted. When migrations ran is not the demo's.
func allRows(t *testing.T, address string) map[string][]string {
	t.Helper()
	ctx := context.Background()
	db, err := database.Open(ctx, address)
	require.NoError(t, err)
	defer db.Close()
	list := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	if filepath.Ext(address) != ".db" {
		list = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
	}
	var tables []string
	require.NoError(t, db.Read().NewRaw(list).Scan(ctx, &tables))
	all := map[string][]string{}
	for _, table := range tables {
		if table == "goose_db_version" {
			continue
		}
		rows, err := db.Read().QueryContext(ctx, "SELECT * FROM "+table)
		require.NoError(t, err)
		texts := rowsOf(t, rows)
		slices.Sort(texts)
		all[table] = texts
	}
	return all
}

// rowsOf writes each row as its columns, by name, with their values.
func rowsOf(t *testing.T, rows *sql.Rows) (texts []string) {
	t.Helper()
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	for rows.Next() {
		values, places, row := make([]any, len(columns)), make([]any, len(columns)), map[string]any{}
		for i := range values {
			places[i] = &values[i]
		}
		require.NoError(t, rows.Scan(places...))
		for i, value := range values {
			if bytes, raw := value.([]byte); raw {
				value = string(bytes)
			}
			row[columns[i]] = value
		}
		texts = append(texts, fmt.Sprintf("%q", row))
	}
	require.NoError(t, rows.Err())
	return texts
}

// allPhotos gives the hash of each file below the photos' folder.
func allPhotos(t *testing.T, data string) map[string]string {
	t.Helper()
	folder, all := os.DirFS(filepath.Join(data, "photos")), map[string]string{}
	require.NoError(t, fs.WalkDir(folder, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(folder, path)
		all[path] = database.HashOf(content)
		require.Less(t, len(content), 25<<10, path)
		return err
	}))
	require.Greater(t, len(all), 1000)
	return all
}

type demoWorld struct {
	*testing.T
	*installation
	admin account.User // may read everything
}

// evaluations gives all of them, whole.
func (w *demoWorld) evaluations(t *testing.T) (all []evaluation.Evaluation) {
	t.Helper()
	page, err := w.server.Evaluations.List(context.Background(), w.admin, evaluation.Filter{Limit: 1000})
	require.NoError(t, err)
	for _, s := range page.Items {
		e, err := w.server.Evaluations.Get(context.Background(), w.admin, s.ID)
		require.NoError(t, err)
		all = append(all, e)
	}
	return all
}

func (w *demoWorld) hasEverything(t *testing.T) {
	ctx := context.Background()
	for role, least := range map[account.Roles]int{account.Shopper: 10, account.Manager: 4, account.Moderator: 1, account.Coordinator: 2, account.Admin: 1} {
		page, err := w.server.Accounts.List(ctx, w.admin, account.UserFilter{Roles: role, Limit: 50})
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(page.Items), least, role.Names())
	}
	branches, err := w.server.Branches.List(ctx, w.admin, evaluation.BranchFilter{Limit: 50})
	require.NoError(t, err)
	ours, others, regions := 0, 0, map[string]bool{}
	for _, b := range branches.Items {
		regions[b.Region] = true
		if b.Competitor {
			others++
		} else {
			ours++
			whole, err := w.server.Branches.Get(ctx, w.admin, b.ID)
			require.NoError(t, err)
			require.NotEmpty(t, whole.Managers, b.Code)
		}
		require.NotNil(t, b.Position, b.Code)
	}
	require.Equal(t, []int{12, 3, 3}, []int{ours, others, len(regions)})

	visits, err := w.server.Visits.List(ctx, w.admin, evaluation.VisitFilter{Limit: 1000})
	require.NoError(t, err)
	states := map[evaluation.State]int{}
	for _, v := range visits.Items {
		states[v.State]++
	}
	for _, state := range evaluation.States {
		require.GreaterOrEqual(t, states[state], 3, state)
	}
	require.GreaterOrEqual(t, states[evaluation.Submitted], 12)

	types, observed, marks := map[string]int{}, map[string]bool{}, map[string]bool{}
	revised, edited, notApplicable, failed, versions := 0, 0, 0, 0, map[int]int{}
	all := w.evaluations(t)
	require.InDelta(t, 310, len(all), 30)
	for _, e := range all {
		version, err := w.server.Checklists.Version(ctx, e.ChecklistID, e.ChecklistVersion)
		require.NoError(t, err)
		for _, q := range version.Questions() {
			if answer, answered := e.Answers[q.ID]; answered {
				types[q.Type]++
				if string(answer) == `{"na":true}` {
					notApplicable++
				}
			}
		}
		for _, o := range e.Observations {
			observed[o.Kind] = true
		}
		for _, m := range e.Marks {
			marks[m] = true
		}
		revised += e.CurrentRevision - 1
		edited += len(e.Publication)
		versions[e.ChecklistVersion]++
		if e.Score.Outcome == evaluation.OutcomeFailed {
			failed++
		}
	}
	for _, name := range []string{"choice", "choices", "scale", "number", "duration", "text", "date", "time", "photo", "receipt", "location"} {
		require.GreaterOrEqual(t, types[name], 100, name)
	}
	for _, kind := range []string{"too_fast", "far_from_branch", "outside_window", "photo_used_elsewhere", "photo_time", "all_alike", "clock"} {
		require.True(t, observed[kind], kind)
	}
	for _, mark := range []string{"late", "expired", "cancelled"} {
		require.True(t, marks[mark], mark)
	}
	require.GreaterOrEqual(t, revised, 5)
	require.GreaterOrEqual(t, edited, 5)
	require.GreaterOrEqual(t, notApplicable, 20)
	require.GreaterOrEqual(t, failed, 5)
	require.Less(t, failed, 40)
	require.Greater(t, versions[1], 50)
	require.Greater(t, versions[2], 50)
}

func (w *demoWorld) tellsDifferentStories(t *testing.T) {
	told := map[string]bool{}
	n := 0
	for _, e := range w.evaluations(t) {
		if words, tells := e.Answers["words"]; tells {
			told[string(words)] = true
			n++
		}
	}
	require.Greater(t, float64(len(told)), 0.95*float64(n))
}

func (w *demoWorld) branch(t *testing.T, search string) evaluation.Branch {
	t.Helper()
	page, err := w.server.Branches.List(context.Background(), w.admin, evaluation.BranchFilter{Search: search, Limit: 5})
	require.NoError(t, err)
	require.NotEmpty(t, page.Items)
	branch, err := w.server.Branches.Get(context.Background(), w.admin, page.Items[0].ID)
	require.NoError(t, err)
	return branch
}

// report is a branch's report on a part of the demo's half year.
func (w *demoWorld) report(t *testing.T, code, from, to string) evaluation.BranchReport {
	t.Helper()
	r, err := w.server.Reports.BranchReport(context.Background(), w.admin, w.branch(t, code).ID, evaluation.Period{From: from, To: to}, nil)
	require.NoError(t, err)
	return r
}

func (w *demoWorld) hasBranchesOfAllKinds(t *testing.T) {
	early := func(code string) float64 { return *w.report(t, code, "2025-11-20", "2026-02-18").Mean.Mean }
	late := func(code string) float64 { return *w.report(t, code, "2026-02-19", "2026-05-19").Mean.Mean }
	require.Greater(t, late("WAW-01"), early("WAW-01")+0.04)
	require.Less(t, late("LDZ-01"), early("LDZ-01")-0.04)
	require.Equal(t, 2, w.report(t, "GDY-01", "2025-11-20", "2026-05-19").Mean.N)
	require.Zero(t, w.report(t, "PRG-01", "2025-11-20", "2026-05-19").Mean.N)
	require.Equal(t, []int{1, 2}, w.report(t, "WAW-01", "2026-02-19", "2026-05-19").Checklist.Versions)
}

func (w *demoWorld) fitsTheWalkThrough(t *testing.T) {
	ctx := context.Background()
	for _, name := range []string{"admin", "coordinator", "manager", "shopper", "sue", "lukasz"} {
		_, err := w.server.Accounts.SignIn(ctx, name+"@fieldcare.example", "fieldcare-demo", "127.0.0.1")
		require.NoError(t, err, name)
	}
	branch := w.branch(t, "old town")
	require.Equal(t, "Warsaw Old Town", branch.Name)
	people, err := w.server.Accounts.List(ctx, w.admin, account.UserFilter{Search: "sam", Limit: 5})
	require.NoError(t, err)
	require.Equal(t, "shopper@fieldcare.example", people.Items[0].Email)
	managers, err := w.server.Accounts.List(ctx, w.admin, account.UserFilter{Search: "manager@", Limit: 5})
	require.NoError(t, err)
	require.Contains(t, branch.Managers, managers.Items[0].ID)

	lately := slices.ContainsFunc(w.evaluations(t), func(e evaluation.Evaluation) bool {
		return e.Branch.ID == branch.ID && e.ShopperID == people.Items[0].ID && e.Day > "2026-04-10"
	})
	require.True(t, lately, "Sam was at the Old Town within the rotation")
	first, err := w.server.Evaluations.List(ctx, w.admin, evaluation.Filter{Limit: 1})
	require.NoError(t, err)
	whole, err := w.server.Evaluations.Get(ctx, w.admin, first.Items[0].ID)
	require.NoError(t, err)
	require.Equal(t, 1, whole.Photos[0].Number)
}

func (w *demoWorld) leavesNoOldMail(t *testing.T) {
	due := -1
	require.NoError(t, w.db.Read().NewRaw("SELECT COUNT(*) FROM jobs WHERE kind = 'mail' AND state = 'waiting' AND due_at <= ?",
		time.Date(2026, 5, 20, 0, 0, 0, 0, time.UTC).UnixMicro()).Scan(context.Background(), &due))
	require.Zero(t, due)
	page, err := w.server.Mails.List(context.Background(), 10, "")
	require.NoError(t, err)
	require.NotEmpty(t, page.Items)
}
