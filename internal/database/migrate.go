package database

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// notFor names the migrations that are the other database's: what differs stands apart under one number.
var notFor = map[goose.Dialect]string{
	goose.DialectSQLite3:  "*.postgres.sql",
	goose.DialectPostgres: "*.sqlite.sql",
}

// migrate brings the schema up to date. One list of migrations runs on both databases.
func migrate(ctx context.Context, pool *sql.DB, dialect goose.Dialect) error {
	list, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	others, err := fs.Glob(list, notFor[dialect])
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(dialect, pool, list, goose.WithExcludeNames(others), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	// Of several processes that start at once on an old schema one gets each step done and the others an error; when
	// they look again, there is less to do. A fault of the schema itself stays one.
	for range 2 * len(provider.ListSources()) {
		if _, err = provider.Up(ctx); err == nil {
			return nil
		}
	}
	return fmt.Errorf("migrate: %w", err)
}
