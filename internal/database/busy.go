package database

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
)

// ErrBusy says that nothing is wrong with a write that was not kept: the same may succeed later. PostgreSQL could not
// put it in an order with its neighbours, another process kept SQLite's lock too long, or the database is closed.
var ErrBusy = errors.New("the database is busy")

// ErrClosed is given to a write that comes after Close. It is an ErrBusy: another node, or this one started again, may
// take it.
var ErrClosed = fmt.Errorf("%w: it is closed", ErrBusy)

// orBusy makes an ErrBusy, that is also err, of an error that may pass.
func orBusy(err error) error {
	if tryAgain(err) {
		return fmt.Errorf("%w: %w", ErrBusy, err)
	}
	return err
}

// tryAgain is true of PostgreSQL's 40001 (serialization failure) and 40P01 (deadlock detected), and of SQLite's lock
// held by another.
func tryAgain(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01"
	}
	var lite sqlite3.Error
	return errors.As(err, &lite) && (lite.Code == sqlite3.ErrBusy || lite.Code == sqlite3.ErrLocked)
}
