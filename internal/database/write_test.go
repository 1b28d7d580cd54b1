package database_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/mattn/go-sqlite3"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"fieldcare/internal/database"
	"fieldcare/internal/database/databasetest"
)

var insertThing = database.Prepared("INSERT INTO things (id, n, more) VALUES (?, ?, ?)")

// things opens a database with one table of the tests' own.
func things(t testing.TB) *database.DB {
	t.Helper()
	db := databasetest.Open(t)
	execute(t, db, "CREATE TABLE things (id TEXT PRIMARY KEY, n BIGINT NOT NULL, more TEXT NOT NULL)")
	return db
}

func execute(t testing.TB, db *database.DB, query string) {
	t.Helper()
	require.NoError(t, db.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, query)
		return err
	}))
}

func onSQLite(db *database.DB) bool { return db.Read().Dialect().Name() == dialect.SQLite }

func add(ctx context.Context, tx bun.Tx, id string) error {
	_, err := insertThing.Exec(ctx, tx, id, 0, "")
	return err
}

func kept(t testing.TB, db *database.DB) []string {
	t.Helper()
	ids := []string{}
	require.NoError(t, db.Read().NewRaw("SELECT id FROM things ORDER BY id").Scan(context.Background(), &ids))
	return ids
}

// among64 makes 64 writes at once, one of them bad. Every neighbour must be told "done" and be kept, and nothing that
// the bad one wrote may be there. It gives what the bad one was told: an error, or the panic that came out.
func among64(t *testing.T, db *database.DB, bad func(ctx context.Context, tx bun.Tx) error) (told error, panicked any, returned bool) {
	t.Helper()
	var all sync.WaitGroup
	errs := make([]error, 64)
	start := make(chan struct{})
	for i := range errs {
		all.Go(func() {
			<-start
			if i != 32 {
				errs[i] = db.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
					return add(ctx, tx, fmt.Sprintf("neighbour %02d", i))
				})
				return
			}
			defer func() { panicked = recover() }()
			told = db.Write(context.Background(), bad)
			returned = true
		})
	}
	close(start)
	all.Wait()

	var expected []string
	for i, err := range errs {
		require.NoError(t, err, "neighbour %d", i)
		if i != 32 {
			expected = append(expected, fmt.Sprintf("neighbour %02d", i))
		}
	}
	require.Equal(t, expected, kept(t, db))
	return told, panicked, returned
}

func TestAFunctionThatFailsLosesOnlyItsOwn(t *testing.T) {
	refused := errors.New("refused")
	told, _, _ := among64(t, things(t), func(ctx context.Context, tx bun.Tx) error {
		if err := add(ctx, tx, "bad"); err != nil {
			return err
		}
		return refused
	})
	require.ErrorIs(t, told, refused)
}

func TestAFunctionThatPanicsLosesOnlyItsOwnAndTheCallerSeesThePanic(t *testing.T) {
	_, panicked, returned := among64(t, things(t), func(ctx context.Context, tx bun.Tx) error {
		if err := add(ctx, tx, "bad"); err != nil {
			return err
		}
		panic("boom")
	})
	require.False(t, returned)
	require.Contains(t, fmt.Sprint(panicked), "boom")
}

func TestAFunctionThatExitsItsGoroutineLeavesTheWriterAtWork(t *testing.T) {
	db := things(t)
	told, panicked, returned := among64(t, db, func(ctx context.Context, tx bun.Tx) error {
		if err := add(ctx, tx, "bad"); err != nil {
			return err
		}
		runtime.Goexit() // what a failing require does
		return nil
	})
	require.False(t, returned, "the caller's goroutine must exit as well")
	require.Nil(t, panicked)
	require.NoError(t, told)
	execute(t, db, "DELETE FROM things")
	require.Empty(t, kept(t, db))
}

// interrupted meets what a deadline does to a statement that is running. An interrupt that comes between two of SQLite's
// calls is lost, so it tries until one has struck.
func interrupted(ctx context.Context, tx bun.Tx) error {
	if err := add(ctx, tx, "bad before"); err != nil {
		return err
	}
	for limit := time.Millisecond; ; limit += time.Millisecond {
		short, cancel := context.WithTimeout(ctx, limit)
		_, err := tx.Tx.ExecContext(short, `INSERT INTO things (id, n, more)
			WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 1000000) SELECT 'bad', count(*), '' FROM r`)
		cancel()
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM things WHERE id = 'bad'"); err != nil {
			return err
		}
	}
}

func TestAFunctionThatIsInterruptedLosesOnlyItsOwn(t *testing.T) {
	told, _, returned := among64(t, things(t), interrupted)
	require.True(t, returned)
	require.ErrorIs(t, told, context.DeadlineExceeded)
}

func TestAFunctionThatGoesOnAfterTheTransactionIsGoneIsNotKept(t *testing.T) {
	told, _, returned := among64(t, things(t), func(ctx context.Context, tx bun.Tx) error {
		if interrupted(ctx, tx) == nil {
			return errors.New("it was not interrupted")
		}
		_ = add(ctx, tx, "bad after")
		_, _ = tx.ExecContext(ctx, "SAVEPOINT two")
		_ = add(ctx, tx, "bad in a savepoint")
		_, _ = tx.ExecContext(ctx, "RELEASE SAVEPOINT two")
		return nil
	})
	require.True(t, returned)
	require.Error(t, told)
}

// fillsTheDisk meets the error of a full disk: on SQLite a real one, of a file that may not grow.
func fillsTheDisk(db *database.DB) func(ctx context.Context, tx bun.Tx) error {
	return func(ctx context.Context, tx bun.Tx) error {
		if err := add(ctx, tx, "bad"); err != nil {
			return err
		}
		if !onSQLite(db) {
			_, err := tx.ExecContext(ctx, "DO $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$")
			return err
		}
		var pages int64
		if err := tx.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", pages+8)); err != nil {
			return err
		}
		_, err := insertThing.Exec(ctx, tx, "bad and big", 0, strings.Repeat("x", 1<<20))
		if _, e := tx.ExecContext(ctx, "PRAGMA max_page_count = 1073741823"); e != nil {
			return e
		}
		return err
	}
}

func TestAFunctionThatFillsTheDiskLosesOnlyItsOwn(t *testing.T) {
	db := things(t)
	told, _, returned := among64(t, db, fillsTheDisk(db))
	require.True(t, returned)
	require.ErrorContains(t, told, map[bool]string{true: "full", false: "53100"}[onSQLite(db)])
}

func TestAFunctionThatSwallowsAFullDiskIsNotKept(t *testing.T) {
	db := things(t)
	told, _, returned := among64(t, db, func(ctx context.Context, tx bun.Tx) error {
		if fillsTheDisk(db)(ctx, tx) == nil {
			return errors.New("the disk was not full")
		}
		_ = add(ctx, tx, "bad after")
		return nil
	})
	require.True(t, returned)
	require.Error(t, told)
}

func TestAFunctionThatTheCommitRefusesLosesOnlyItsOwn(t *testing.T) {
	db := things(t)
	execute(t, db, "CREATE TABLE later (thing TEXT NOT NULL REFERENCES things (id) DEFERRABLE INITIALLY DEFERRED)")
	told, _, returned := among64(t, db, func(ctx context.Context, tx bun.Tx) error {
		if err := add(ctx, tx, "bad"); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO later (thing) VALUES ('nowhere')")
		return err
	})
	require.True(t, returned)
	require.Error(t, told)
}

func TestAFunctionThatEndsTheTransactionItselfIsToldSo(t *testing.T) {
	told, _, returned := among64(t, things(t), func(ctx context.Context, tx bun.Tx) error {
		if err := add(ctx, tx, "bad"); err != nil {
			return err
		}
		return tx.Rollback()
	})
	require.True(t, returned)
	require.Error(t, told)
}

func Test64IncrementsAtOnceLoseNothing(t *testing.T) {
	db := things(t)
	ctx := context.Background()
	execute(t, db, "INSERT INTO things (id, n, more) VALUES ('counter', 0, '')")
	var all sync.WaitGroup
	errs := make([]error, 64)
	for i := range errs {
		all.Go(func() {
			errs[i] = db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
				var n int64
				if err := tx.QueryRowContext(ctx, "SELECT n FROM things WHERE id = 'counter'").Scan(&n); err != nil {
					return err
				}
				_, err := tx.ExecContext(ctx, "UPDATE things SET n = ? WHERE id = 'counter'", n+1)
				return err
			})
		})
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
	var n int64
	require.NoError(t, db.Read().QueryRowContext(ctx, "SELECT n FROM things WHERE id = 'counter'").Scan(&n))
	require.EqualValues(t, 64, n)
}

func TestAnErrorThatMayPassIsBusyAndIsStillThatError(t *testing.T) {
	db := things(t)
	ctx := context.Background()
	mayPass := []error{sqlite3.Error{Code: sqlite3.ErrBusy}, sqlite3.Error{Code: sqlite3.ErrLocked}}
	stays := error(sqlite3.Error{Code: sqlite3.ErrFull})
	if !onSQLite(db) {
		mayPass = []error{&pgconn.PgError{Code: "40001"}, &pgconn.PgError{Code: "40P01"}}
		stays = &pgconn.PgError{Code: "53100"}
	}
	for _, cause := range mayPass {
		err := db.Write(ctx, func(context.Context, bun.Tx) error { return cause })
		require.ErrorIs(t, err, database.ErrBusy)
		require.ErrorIs(t, err, cause)
	}
	require.Equal(t, stays, db.Write(ctx, func(context.Context, bun.Tx) error { return stays }))
	require.ErrorIs(t, database.ErrClosed, database.ErrBusy)
}

func TestACancelledRequestDoesNotStart(t *testing.T) {
	db := things(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return add(ctx, tx, "never") })
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, kept(t, db))
}

func TestARequestThatIsCancelledAfterItsStartFinishes(t *testing.T) {
	db := things(t)
	ctx, cancel := context.WithCancel(context.Background())
	err := db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		cancel()
		if ctx.Err() != nil {
			return errors.New("the function sees the cancelling")
		}
		return add(ctx, tx, "kept")
	})
	require.NoError(t, err)
	require.Equal(t, []string{"kept"}, kept(t, db))
}

func TestClosingFinishesWhatWasAcceptedAndRefusesTheRest(t *testing.T) {
	address := databasetest.Address(t)
	db, err := database.Open(context.Background(), address)
	require.NoError(t, err)
	execute(t, db, "CREATE TABLE things (id TEXT PRIMARY KEY, n BIGINT NOT NULL, more TEXT NOT NULL)")

	inside, goOn := make(chan struct{}), make(chan struct{})
	var first sync.Once
	var all sync.WaitGroup
	errs := make([]error, 64)
	all.Go(func() {
		errs[0] = db.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
			first.Do(func() { close(inside); <-goOn })
			return add(ctx, tx, "00")
		})
	})
	<-inside
	for i := 1; i < 64; i++ {
		all.Go(func() {
			errs[i] = db.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
				return add(ctx, tx, fmt.Sprintf("%02d", i))
			})
		})
	}
	closed := make(chan error)
	go func() { closed <- db.Close() }()
	close(goOn)
	require.NoError(t, <-closed)
	all.Wait()
	require.ErrorIs(t, db.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
		return add(ctx, tx, "late")
	}), database.ErrClosed)
	require.NoError(t, db.Close(), "closing twice is harmless")

	var told []string
	for i, err := range errs {
		if err == nil {
			told = append(told, fmt.Sprintf("%02d", i))
			continue
		}
		require.ErrorIs(t, err, database.ErrClosed)
	}
	require.Contains(t, told, "00")
	again, err := database.Open(context.Background(), address)
	require.NoError(t, err)
	defer again.Close()
	require.Equal(t, told, kept(t, again))
}
