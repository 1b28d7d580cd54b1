// Package databasetest gives each test a database of its own, on whichever database the tests run:
// SQLite, or the PostgreSQL server that FIELDCARE_TEST_POSTGRES_URL names.
package databasetest

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/database"
)

// Open gives an empty, migrated database that goes when the test ends.
func Open(t testing.TB) *database.DB {
	t.Helper()
	db, err := database.Open(context.Background(), Address(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// Address gives the address of an empty, migrated database that goes when the test ends.
func Address(t testing.TB) string {
	t.Helper()
	if server := os.Getenv("FIELDCARE_TEST_POSTGRES_URL"); server != "" {
		return postgres(t, server)
	}
	path := filepath.Join(t.TempDir(), "fieldcare.db")
	template, err := sqliteTemplate()
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, template, 0o600))
	return path
}

// Empty gives the address of a database without a schema that goes when the test ends.
func Empty(t testing.TB) string {
	t.Helper()
	if server := os.Getenv("FIELDCARE_TEST_POSTGRES_URL"); server != "" {
		return createPostgres(t, server, "")
	}
	return filepath.Join(t.TempDir(), "empty.db")
}

// sqliteTemplate migrates once a process; every test starts from a copy.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "fieldcare")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	db, err := database.Open(context.Background(), path)
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

func postgres(t testing.TB, server string) string {
	t.Helper()
	template, err := postgresTemplate()
	require.NoError(t, err)
	return createPostgres(t, server, " TEMPLATE "+template+" STRATEGY FILE_COPY")
}

func createPostgres(t testing.TB, server, like string) string {
	t.Helper()
	admin, err := sql.Open("pgx", server)
	require.NoError(t, err)
	name := "test_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	_, err = admin.Exec("CREATE DATABASE " + name + like)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := admin.Exec("DROP DATABASE " + name + " WITH (FORCE)")
		require.NoError(t, err)
		admin.Close()
	})
	return withDatabase(server, name)
}

var postgresTemplate = sync.OnceValues(func() (string, error) {
	server := os.Getenv("FIELDCARE_TEST_POSTGRES_URL")
	admin, err := sql.Open("pgx", server)
	if err != nil {
		return "", err
	}
	defer admin.Close()
	name := "template_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	if _, err := admin.Exec("CREATE DATABASE " + name); err != nil {
		return "", err
	}
	db, err := database.Open(context.Background(), withDatabase(server, name))
	if err != nil {
		return "", err
	}
	return name, db.Close()
})

func withDatabase(server, name string) string {
	u, _ := url.Parse(server)
	u.Path = "/" + name
	return u.String()
}
