// Package database opens SQLite or PostgreSQL, brings the schema up to date, and gives two ways in: Read and Write.
// It knows no word of the field; those stand in migrations.
package database

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
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
	open := openSQLite
	if strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://") {
		open = openPostgres
	}
	db, err := open(address)
	if err != nil {
		return nil, err
	}
	if err := db.migrate(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return db, nil
}

// Read gives connections for reading only.
func (db *DB) Read() *bun.DB { return db.read }

// Write runs fn in a transaction and returns once it is durable, or with the error that kept it from being so.
//
// fn may run more than once: it sets captured values and never appends to them. It does database work only, returns
// the first database error unchanged and never goes on after one; a conflict it expects, it asks with ON CONFLICT …
// RETURNING. The context that fn gets is never cancelled; ctx is looked at only before fn starts. A panic in fn rolls
// back what fn did and comes out here.
func (db *DB) Write(ctx context.Context, fn func(ctx context.Context, tx bun.Tx) error) error {
	return db.writer.write(ctx, fn)
}

// Close finishes the writes that were accepted, then closes every connection.
func (db *DB) Close() error {
	err := db.writer.close()
	if e := db.read.Close(); err == nil {
		err = e
	}
	return err
}

func openSQLite(path string) (*DB, error) {
	// Pragmas stand in the address, so that every connection of a pool has them.
	address := func(more string) string {
		return "file:" + (&url.URL{Path: path}).EscapedPath() +
			"?_journal_mode=WAL&_synchronous=FULL&_foreign_keys=1&_busy_timeout=10000&_stmt_cache_size=64" + more
	}
	w, err := sql.Open("sqlite3", address("&_txlock=immediate"))
	if err != nil {
		return nil, err
	}
	w.SetMaxOpenConns(1)
	if err := w.Ping(); err != nil {
		w.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	r, err := sql.Open("sqlite3", address("&_query_only=1"))
	if err != nil {
		w.Close()
		return nil, err
	}
	r.SetMaxOpenConns(8)
	r.SetMaxIdleConns(8)
	return &DB{read: bun.NewDB(r, sqlitedialect.New()), writer: newGroupWriter(bun.NewDB(w, sqlitedialect.New()))}, nil
}

func openPostgres(address string) (*DB, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("the address of PostgreSQL: %w", err)
	}
	if !strings.Contains(address, "default_query_exec_mode") {
		// The one mode that a pooler such as pgbouncer passes through, and that needs no round trip to describe.
		config.DefaultQueryExecMode = pgx.QueryExecModeExec
	}
	pool := sql.OpenDB(stdlib.GetConnector(*config))
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(16)
	db := bun.NewDB(pool, pgdialect.New())
	return &DB{read: db, writer: retryWriter{db}}, nil
}
