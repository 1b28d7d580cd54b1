package database_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"

	"fieldcare/internal/database"
	"fieldcare/internal/database/databasetest"
)

func TestSQLiteFindsItsOwnDamage(t *testing.T) {
	ctx := context.Background()
	address := databasetest.Address(t)
	db, err := database.Open(ctx, address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	faults, looked, err := db.Faults(ctx)
	require.NoError(t, err)
	require.Empty(t, faults)
	require.Equal(t, onSQLite(db), looked, "PostgreSQL keeps its foreign keys itself")
	if !looked {
		return
	}

	careless, err := sql.Open("sqlite3", "file:"+address+"?_foreign_keys=0&_ignore_check_constraints=1")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, careless.Close()) })
	for _, statement := range []string{
		"INSERT INTO settings (id, document, edition) VALUES (2, '{}', 1)",
		"INSERT INTO sessions (id, user_id, started_at, used_at, expires_at, generation, spent_hash) VALUES ('a', 'nobody', 0, 0, 0, 0, '')",
	} {
		_, err = careless.Exec(statement)
		require.NoError(t, err)
	}
	faults, _, err = db.Faults(ctx)
	require.NoError(t, err)
	require.Equal(t, []string{
		"the database file: CHECK constraint failed in settings",
		"sessions, row 1: it names a row of users that is not there",
	}, faults)
}
