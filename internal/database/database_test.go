package database_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"pgregory.net/rapid"

	"fieldcare/internal/database"
	"fieldcare/internal/database/databasetest"
)

func TestReadersRefuseToWrite(t *testing.T) {
	db := things(t)
	_, err := db.Read().ExecContext(context.Background(), "INSERT INTO things (id, n, more) VALUES ('a', 0, '')")
	require.ErrorContains(t, err, map[bool]string{true: "readonly", false: "read-only"}[onSQLite(db)])
	require.Empty(t, kept(t, db))
}

func TestReadersSeeWhatWasAnswered(t *testing.T) {
	db := things(t)
	for _, id := range []string{"a", "b", "c"} {
		require.NoError(t, db.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error { return add(ctx, tx, id) }))
		require.Contains(t, kept(t, db), id)
	}
}

func TestAPreparedStatementBindsItsValuesInOrder(t *testing.T) {
	db := things(t)
	ctx := context.Background()
	find := database.Prepared("SELECT id, n FROM things WHERE more = ? AND n >= ? ORDER BY id")
	first := database.Prepared("SELECT id FROM things WHERE n < ? AND n > ? AND more = ?")
	require.NoError(t, db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		for i, id := range []string{"a", "b", "c"} {
			if n, err := insertThing.Exec(ctx, tx, id, i+1, "it's ?"); err != nil || n != 1 {
				return errors.Join(err, errors.New("one row is changed"))
			}
		}
		var id string
		if err := first.Row(ctx, tx, 3, 1, "it's ?").Scan(&id); err != nil {
			return err
		}
		if id != "b" {
			return errors.New("found " + id)
		}
		return nil
	}))
	rows, err := find.Rows(ctx, db.Read(), "it's ?", 2)
	require.NoError(t, err)
	defer rows.Close()
	var found []string
	for rows.Next() {
		var id string
		var n int
		require.NoError(t, rows.Scan(&id, &n))
		found = append(found, id)
	}
	require.NoError(t, rows.Err())
	require.Equal(t, []string{"b", "c"}, found)
}

func TestATimeComesBackAsItWasWritten(t *testing.T) {
	db := databasetest.Open(t)
	execute(t, db, "CREATE TABLE times (id BIGINT PRIMARY KEY, at BIGINT)")
	ctx := context.Background()
	insert := database.Prepared("INSERT INTO times (id, at) VALUES (?, ?)")
	var id int64
	rapid.Check(t, func(t *rapid.T) {
		id++
		zone := time.FixedZone("somewhere", rapid.IntRange(-14*3600, 14*3600).Draw(t, "offset"))
		in := time.Unix(rapid.Int64Range(-1<<36, 1<<36).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanoseconds")).In(zone)
		written := database.At(in)
		viaBun := rapid.Bool().Draw(t, "via bun")
		require.NoError(t, db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			if viaBun {
				_, err := tx.ExecContext(ctx, "INSERT INTO times (id, at) VALUES (?, ?)", id, written)
				return err
			}
			_, err := insert.Exec(ctx, tx, id, written)
			return err
		}))
		var read database.Time
		require.NoError(t, db.Read().QueryRowContext(ctx, "SELECT at FROM times WHERE id = ?", id).Scan(&read))
		require.Equal(t, written, read)
		require.Less(t, in.Sub(read.Time), time.Microsecond)
	})
}

func TestTheZeroTimeIsNull(t *testing.T) {
	db := databasetest.Open(t)
	execute(t, db, "CREATE TABLE times (id BIGINT PRIMARY KEY, at BIGINT)")
	ctx := context.Background()
	require.NoError(t, db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO times (id, at) VALUES (1, ?)", database.At(time.Time{}))
		return err
	}))
	var n int
	require.NoError(t, db.Read().QueryRowContext(ctx, "SELECT count(*) FROM times WHERE at IS NULL").Scan(&n))
	require.Equal(t, 1, n)
	read := database.At(time.Unix(1, 0))
	require.NoError(t, db.Read().QueryRowContext(ctx, "SELECT at FROM times").Scan(&read))
	require.True(t, read.IsZero())
}

func TestAViolatedConstraintIsKnownByItsColumns(t *testing.T) {
	db := databasetest.Open(t)
	execute(t, db, `CREATE TABLE pairs (id TEXT PRIMARY KEY, a TEXT NOT NULL, b TEXT NOT NULL UNIQUE, UNIQUE (a, b))`)
	execute(t, db, `CREATE TABLE doubles (a TEXT NOT NULL, b TEXT NOT NULL, PRIMARY KEY (a, b))`)
	insert := func(table string, values ...string) error {
		return db.Write(context.Background(), func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO ? VALUES (?)", bun.Ident(table), bun.List(values))
			return err
		})
	}
	require.NoError(t, insert("pairs", "1", "x", "y"))
	require.NoError(t, insert("doubles", "x", "y"))

	taken := insert("pairs", "2", "z", "y")
	require.True(t, database.Violates(taken, "pairs", "b"))
	require.False(t, database.Violates(taken, "pairs", "id"))
	require.False(t, database.Violates(taken, "pairs", "a"))
	require.False(t, database.Violates(taken, "pairs", "a", "b"))
	require.False(t, database.Violates(taken, "others", "b"))

	require.True(t, database.Violates(insert("pairs", "1", "z", "w"), "pairs", "id"))
	require.True(t, database.Violates(insert("doubles", "x", "y"), "doubles", "a", "b"))
	require.False(t, database.Violates(errors.New("pairs.b"), "pairs", "b"))
	require.False(t, database.Violates(nil, "pairs", "b"))
}

func TestSeveralProcessesMayOpenAnEmptyDatabaseAtOnce(t *testing.T) {
	address := databasetest.Empty(t)
	var all sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		all.Go(func() {
			db, err := database.Open(context.Background(), address)
			if err == nil {
				err = db.Close()
			}
			errs[i] = err
		})
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
	db, err := database.Open(context.Background(), address)
	require.NoError(t, err)
	defer db.Close()
	var n int
	require.NoError(t, db.Read().QueryRowContext(context.Background(), "SELECT count(*) FROM jobs").Scan(&n))
}

func TestTextIsSortedByItsBytes(t *testing.T) {
	db := databasetest.Open(t)
	ctx := context.Background()
	require.NoError(t, db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		for _, title := range []string{"b", "Z", "a", "Ä", "a b", "ab", "a-c"} {
			_, err := tx.ExecContext(ctx, `INSERT INTO checklists (id, title, folded, draft, published, created_at, edition)
				VALUES (?, ?, ?, '{}', 0, 0, 1)`, title, title, title)
			if err != nil {
				return err
			}
		}
		return nil
	}))
	var titles []string
	require.NoError(t, db.Read().NewRaw("SELECT title FROM checklists ORDER BY title").Scan(ctx, &titles))
	require.Equal(t, []string{"Z", "a", "a b", "a-c", "ab", "b", "Ä"}, titles)
}

func TestAnAddressThatLeadsNowhereIsAnError(t *testing.T) {
	for _, address := range []string{
		"", ":memory:", filepath.Join(t.TempDir(), "no", "such", "folder.db"), t.TempDir(),
		"postgres://nobody@127.0.0.1:1/nothing", "postgres://%zz",
	} {
		db, err := database.Open(context.Background(), address)
		require.Error(t, err, address)
		require.Nil(t, db)
	}
}

func TestAPathMayHoldAnyCharacter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c#d%41é.db")
	db, err := database.Open(context.Background(), path)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.EqualValues(t, 0o600, info.Mode().Perm())
}
