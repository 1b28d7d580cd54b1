package evaluation

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
)

// TestTheCostOfAListDoesNotGrowWithTheProgramme asks SQLite how it finds the pages of lists.
func TestTheCostOfAListDoesNotGrowWithTheProgramme(t *testing.T) {
	db, err := database.Open(context.Background(), filepath.Join(t.TempDir(), "fieldcare.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	manager := account.User{ID: uuid.Must(uuid.NewV7()), Roles: account.Manager}
	shopper := account.User{ID: uuid.Must(uuid.NewV7()), Roles: account.Shopper}
	evaluations := &Evaluations{DB: db}
	for name, c := range map[string]struct {
		page  *bun.SelectQuery
		found string
		few   bool // what was found may be sorted; else it comes in order, and is read no further than the page
	}{
		"a manager's":              {evaluations.wall(manager).pageOf(uuid.Nil, 50), "INDEX evaluations_branch (branch_id=?)", true},
		"a shopper's":              {evaluations.pageOf(shopper, Filter{Limit: 50}), "INDEX evaluations_shopper (shopper_id=?", true},
		"all":                      {evaluations.pageOf(aCoordinator, Filter{Limit: 50}), "INDEX evaluations_received", false},
		"all that are approved":    {evaluations.pageOf(aCoordinator, Filter{State: Approved, Limit: 50}), "INDEX evaluations_received", false},
		"all that wait for review": {evaluations.pageOf(aCoordinator, Filter{State: Submitted, Limit: 50}), "INDEX visits_state (state=?)", true},
	} {
		t.Run(name, func(t *testing.T) {
			plan := planOf(t, db, c.page.String())
			require.Contains(t, plan, c.found)
			if c.few {
				require.NotContains(t, plan, "SCAN evaluation ")
			} else {
				require.NotContains(t, plan, "TEMP B-TREE FOR ORDER BY")
			}
		})
	}
}

func planOf(t *testing.T, db *database.DB, query string) string {
	rows, err := db.Read().QueryContext(context.Background(), "EXPLAIN QUERY PLAN "+query)
	require.NoError(t, err)
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var step string
		require.NoError(t, rows.Scan(&id, &parent, &unused, &step))
		fmt.Fprintln(&plan, step)
	}
	require.NoError(t, rows.Err())
	return plan.String()
}
