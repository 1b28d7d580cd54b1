package database

import (
	"context"
	"embed"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
)

//go:embed migrations
var migrations embed.FS

// migrate brings the schema up to date. One list of migrations runs on both databases.
func (db *DB) migrate(ctx context.Context) error {
	name := goose.DialectSQLite3
	if db.read.Dialect().Name() == dialect.PG {
		name = goose.DialectPostgres
	}
	list, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(name, db.writeDB().DB, list)
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

func (db *DB) writeDB() *bun.DB {
	if w, ok := db.writer.(*groupWriter); ok {
		return w.db
	}
	return db.read
}
