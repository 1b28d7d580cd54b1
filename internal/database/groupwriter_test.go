package database

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
)

func TestAWriterThatAnotherProcessKeepsOutSaysSoAndRecovers(t *testing.T) {
	ctx := context.Background()
	address := strings.Replace(sqliteAddress(filepath.Join(t.TempDir(), "a.db"), "&_txlock=immediate"), "timeout=10000", "timeout=1", 1)
	pool, err := sql.Open("sqlite3", address)
	require.NoError(t, err)
	writer, err := newGroupWriter(ctx, bun.NewDB(pool, sqlitedialect.New()))
	require.NoError(t, err)
	defer func() { require.NoError(t, writer.close()) }()
	insert := func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "CREATE TABLE things (id TEXT PRIMARY KEY)")
		return err
	}

	other, err := sql.Open("sqlite3", address)
	require.NoError(t, err)
	defer other.Close()
	lock, err := other.Begin()
	require.NoError(t, err)
	err = (&DB{writer: writer}).Write(ctx, insert)
	require.ErrorContains(t, err, "database is locked")
	require.ErrorIs(t, err, ErrBusy)
	require.NoError(t, lock.Rollback())
	require.NoError(t, writer.write(ctx, insert))
}
