package evaluation

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

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
		viewer account.User
		filter Filter
		order  string
		found  string
		few    bool // what was found may be sorted; else it comes in order, and is read no further than the page
	}{
		"a manager's":              {manager, Filter{}, byDay, "INDEX evaluations_branch (branch_id=?)", true},
		"a shopper's":              {shopper, Filter{}, byArrival, "INDEX evaluations_shopper (shopper_id=?", true},
		"all":                      {aCoordinator, Filter{}, byArrival, "INDEX evaluations_received", false},
		"all that are approved":    {aCoordinator, Filter{State: Approved}, byArrival, "INDEX evaluations_received", false},
		"all that wait for review": {aCoordinator, Filter{State: Submitted}, byArrival, "INDEX visits_state (state=?)", true},
	} {
		t.Run(name, func(t *testing.T) {
			c.filter.Limit = 50
			plan := planOf(t, db, evaluations.pageOf(c.viewer, c.filter, c.order).String())
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
