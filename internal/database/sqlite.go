package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
)

const sqliteReaders = 8

func openSQLite(ctx context.Context, path string) (_ *DB, err error) {
	if path == "" || strings.HasPrefix(path, ":") {
		return nil, fmt.Errorf("the database %q: SQLite needs the path of a file", path)
	}
	// Made here and not by SQLite, so that only its owner can read it; SQLite gives its log the same rights.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}

	var pools []*sql.DB
	defer func() {
		if err != nil {
			for _, pool := range pools {
				err = errors.Join(err, pool.Close())
			}
		}
	}()
	open := func(pragmas string, connections int) (*sql.DB, error) {
		pool, err := sql.Open("sqlite3", sqliteAddress(path, pragmas))
		if err != nil {
			return nil, err
		}
		pools = append(pools, pool)
		pool.SetMaxOpenConns(connections)
		pool.SetMaxIdleConns(connections)
		return pool, pingSQLite(ctx, pool)
	}

	write, err := open("&_txlock=immediate&_cache_size=-16000", 1)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := migrate(ctx, write, goose.DialectSQLite3); err != nil {
		return nil, err
	}
	read, err := open("&_query_only=1&_cache_size=-2000", sqliteReaders)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	writer, err := newGroupWriter(ctx, bun.NewDB(write, sqlitedialect.New()))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return &DB{read: bun.NewDB(read, sqlitedialect.New()), writer: writer}, nil
}

// pingSQLite waits for other processes that open the same new file: while one of them turns it into a WAL database,
// SQLite tells the others at once that it is locked, whatever the busy timeout.
func pingSQLite(ctx context.Context, pool *sql.DB) error {
	for attempt := 1; ; attempt++ {
		err := pool.PingContext(ctx)
		var busy sqlite3.Error
		if !errors.As(err, &busy) || busy.Code != sqlite3.ErrBusy || attempt == 100 {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// sqliteAddress has the pragmas in the address, so that every connection of a pool has them.
func sqliteAddress(path, pragmas string) string {
	// A path that begins with two slashes would be read as a host.
	escaped := (&url.URL{Path: filepath.Clean(path)}).EscapedPath()
	return "file:" + escaped +
		"?_journal_mode=WAL&_synchronous=FULL&_foreign_keys=1&_busy_timeout=10000&_stmt_cache_size=64" + pragmas
}
