package database

import (
	"context"
	"database/sql"
	"io/fs"
	"path/filepath"
	"testing"

	_ "github.com/mattn/go-sqlite3"
	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"
)

// On SQLite the table of mails is made anew, so that a message may go to somebody who is not a user.
func TestMailsOfBeforeAreKeptWhenTheirTableIsMadeAnew(t *testing.T) {
	pool, err := sql.Open("sqlite3", sqliteAddress(filepath.Join(t.TempDir(), "a.db"), "&_txlock=immediate"))
	require.NoError(t, err)
	defer pool.Close()
	list, err := fs.Sub(migrations, "migrations")
	require.NoError(t, err)
	others, err := fs.Glob(list, notFor[goose.DialectSQLite3])
	require.NoError(t, err)
	provider, err := goose.NewProvider(goose.DialectSQLite3, pool, list, goose.WithExcludeNames(others), goose.WithDisableGlobalRegistry(true))
	require.NoError(t, err)
	ctx := context.Background()
	_, err = provider.UpTo(ctx, 11)
	require.NoError(t, err)
	insert := func(id, to, key string) error {
		_, err := pool.ExecContext(ctx, `INSERT INTO mails (id, template, to_id, about, key, state, send_at, message_id, address, subject, body, attempts, last_error, at)
			VALUES (?, 'new-user', ?, '{"a":1}', ?, 'kept', 5, 'm', 'sam@example.org', 's', 'b', 2, 'e', 7)`, id, to, key)
		return err
	}
	_, err = pool.ExecContext(ctx, `INSERT INTO users (id, email, name, folded, language, roles, password_hash, created_at, edition)
		VALUES ('sam', 'sam@example.org', 'Sam', '', 'en', 1, '', 0, 1)`)
	require.NoError(t, err)
	require.NoError(t, insert("1", "sam", "k"))
	require.ErrorContains(t, insert("2", "pat", "l"), "FOREIGN KEY")

	_, err = provider.UpTo(ctx, 12)
	require.NoError(t, err)
	var all string
	require.NoError(t, pool.QueryRowContext(ctx, `SELECT id || template || to_id || about || key || state || send_at || message_id || address || subject || body ||
		attempts || last_error || at FROM mails`).Scan(&all))
	require.Equal(t, `1new-usersam{"a":1}kkept5msam@example.orgsb2e7`, all)
	require.NoError(t, insert("2", "pat", "l"))
	require.ErrorContains(t, insert("3", "pat", "l"), "UNIQUE")
	_, err = pool.ExecContext(ctx, "UPDATE mails SET state = 'lost'")
	require.ErrorContains(t, err, "CHECK")
}
