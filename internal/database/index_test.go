package database_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"fieldcare/internal/database/databasetest"
)

// These are the statements that run on the clock or page through what only grows, without what does not choose the index.
func TestWhatTheClockAsksAndWhatOnlyGrowsHasAnIndex(t *testing.T) {
	db := databasetest.Open(t)
	ctx := context.Background()
	conn, err := db.Read().Conn(ctx)
	require.NoError(t, err)
	defer conn.Close()
	explain := "EXPLAIN QUERY PLAN "
	if !onSQLite(db) {
		explain = "EXPLAIN "
		_, err := conn.ExecContext(ctx, "SET enable_seqscan = off") // which is right for a table as empty as these
		require.NoError(t, err)
	}
	for query, index := range map[string]string{
		`SELECT id, state FROM visits WHERE (state IN ('planned', 'offered', 'accepted') AND expires_at < 1) ORDER BY expires_at LIMIT 500`: "visits_expiry",
		`SELECT stored_hash FROM photos WHERE created_at < 1 ORDER BY created_at LIMIT 200`:                                                 "photos_created",
		`SELECT id FROM mails WHERE at < 1 AND (body <> '' OR address <> '') LIMIT 1000`:                                                    "mails_kept",
		`SELECT id FROM evaluations WHERE approved_at < 1 AND claims_purged_at IS NULL ORDER BY approved_at LIMIT 50`:                       "evaluations_claims",
		`SELECT id FROM audit WHERE actor_id = 'a' AND (at, id) < (1, 'b') ORDER BY at DESC, id DESC LIMIT 51`:                              "audit_actor",
		`SELECT id FROM audit WHERE kind = 'a' AND (at, id) < (1, 'b') ORDER BY at DESC, id DESC LIMIT 51`:                                  "audit_kind",
		`SELECT id FROM audit WHERE subject = 'a' AND (at, id) < (1, 'b') ORDER BY at DESC, id DESC LIMIT 51`:                               "audit_subject",
		`SELECT id FROM audit ORDER BY at DESC, id DESC LIMIT 51`:                                                                           "audit_at",
	} {
		require.Contains(t, planOf(t, conn, explain+query), index, query)
	}
}

// planOf is how the database would answer a query, a step a line.
func planOf(t *testing.T, conn bun.Conn, query string) string {
	rows, err := conn.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	var plan []string
	for rows.Next() {
		line, into := make([]string, len(columns)), make([]any, len(columns))
		for i := range line {
			into[i] = &line[i]
		}
		require.NoError(t, rows.Scan(into...))
		plan = append(plan, line[len(line)-1])
	}
	require.NoError(t, rows.Err())
	return strings.Join(plan, "\n")
}
