// Package database opens SQLite or PostgreSQL, brings the schema up to date, and gives two ways in: Read and Write.
// It knows no word of the field; those stand in migrations.
//
// Text is given to it clean: NUL and invalid UTF-8 are refused where text comes in, because PostgreSQL keeps neither and
// the query builder makes broken SQL of them.
package database

import (
	"context"
	"errors"
	"strings"

	"github.com/uptrace/bun"
)

// DB is an open database. It is safe for use by many goroutines.
type DB struct {
	read   *bun.DB
	writer writer
}

// writer runs a function in a transaction and returns once its commit is durable.
// The two databases differ here as in nothing else: SQLite commits in groups, PostgreSQL retries.
type writer interface {
	write(ctx context.Context, fn func(context.Context, bun.Tx) error) error
	close() error
}

// Open opens the database at address, a file's path (SQLite) or a postgres:// URL, and migrates it.
func Open(ctx context.Context, address string) (*DB, error) {
	if strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://") {
		return openPostgres(ctx, address)
	}
	return openSQLite(ctx, address)
}

// Read gives connections that refuse to write.
func (db *DB) Read() *bun.DB { return db.read }

// Write runs fn in a transaction and returns once it is durable, or with the error that kept it from being so. On any
// error nothing of fn is kept; where the same may succeed later, the error is an ErrBusy.
//
// fn may run more than once: it sets captured values and never appends to them. It does database work only, returns
// the first database error unchanged and never goes on after one; a conflict it expects, it asks with ON CONFLICT …
// RETURNING. It neither calls Write nor ends tx. The context that fn gets is never cancelled; ctx is looked at only
// before fn starts. A panic in fn, or its runtime.Goexit, rolls back what fn did and comes out here.
func (db *DB) Write(ctx context.Context, fn func(ctx context.Context, tx bun.Tx) error) error {
	return orBusy(db.writer.write(ctx, fn))
}

// Close finishes the writes that were accepted, then closes every connection. Later writes get ErrClosed.
func (db *DB) Close() error {
	return errors.Join(db.writer.close(), db.read.Close())
}
