package main

import (
	"bytes"
	"context"
	"database/sql"
	"image/jpeg"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun/dialect"

	"fieldcare/evaluation"
	"fieldcare/internal/database"
	"fieldcare/internal/photo"
)

// halves are questions that count what there would be of things that are only half there.
var halves = map[string]string{
	"submitted visits without their evaluation, or evaluations of other visits": `SELECT count(*) FROM visits v
		WHERE (v.state = 'submitted') <> EXISTS (SELECT 1 FROM evaluations e WHERE e.visit_id = v.id)`,
	"evaluations without their one revision": `SELECT count(*) FROM evaluations e
		WHERE (SELECT count(*) FROM revisions r WHERE r.evaluation_id = e.id AND r.number = e.revision) <> 1`,
	"evaluations without their two photos": `SELECT count(*) FROM evaluations e
		WHERE (SELECT count(*) FROM evaluation_photos p WHERE p.evaluation_id = e.id) <> 2`,
	"evaluations of which no coordinator was, or will be, told": `SELECT count(*) FROM evaluations e
		WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.kind = 'evaluation-submitted' AND j.payload = '{"evaluation":"' || e.id || '"}')
		AND NOT EXISTS (SELECT 1 FROM mails m WHERE m.template = 'evaluation-submitted' AND m.about = '{"evaluation":"' || e.id || '"}')`,
	"visits without a move for each state that they came through": `SELECT count(*) FROM visits v
		WHERE (SELECT count(*) FROM visit_moves m WHERE m.visit_id = v.id) <> CASE v.state WHEN 'offered' THEN 1 WHEN 'accepted' THEN 2 ELSE 3 END`,
	"reminders too few or too many": `SELECT (SELECT count(*) FROM mails WHERE template IN ('visit-closes-tomorrow', 'report-due'))
		- 2 * (SELECT count(*) FROM visits WHERE state IN ('accepted', 'submitted'))`,
	"queued mails that no job will send": `SELECT count(*) FROM mails m
		WHERE m.state = 'queued' AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.id = m.id AND j.state = 'waiting')`,
}

// checkData looks at the database and the folder of photos themselves.
func (f *field) checkData(config *Config) {
	f.Helper()
	ctx := context.Background()
	db, err := database.Open(ctx, config.Database)
	require.NoError(f, err)
	defer func() { require.NoError(f, db.Close()) }()

	for what, question := range halves {
		var n int
		require.NoError(f, db.Read().QueryRowContext(ctx, question).Scan(&n))
		require.Zero(f, n, what)
	}
	hashes := f.pairs(db, "SELECT evaluation_id, content_hash FROM revisions")
	uploads := f.pairs(db, "SELECT uploaded_hash, owner_id FROM photos")
	for _, p := range f.phones {
		for _, e := range p.errands {
			if e.done == requests {
				require.Equal(f, e.hash, hashes[e.evaluation.String()], "an evaluation that was acknowledged is lost")
			}
			for i := range max(min(e.done-1, 2), 0) {
				require.Equal(f, p.id.String(), uploads[database.HashOf(e.photos[i])], "a photo that was acknowledged is lost")
			}
		}
	}
	folder := filepath.Join(config.Data, "photos")
	photos, err := evaluation.NewPhotos(db, folder, time.Now, photo.NewDarkroom(2))
	require.NoError(f, err)
	_, faults, err := photos.Check(ctx)
	require.NoError(f, err)
	require.Empty(f, faults)
	f.checkFolder(folder)

	if db.Read().Dialect().Name() == dialect.SQLite {
		require.Equal(f, map[string]string{"ok": ""}, f.pairs(db, "SELECT integrity_check, '' FROM pragma_integrity_check"))
		require.Empty(f, f.pairs(db, `SELECT "table", "parent" FROM pragma_foreign_key_check`))
	}
}

var photoName = regexp.MustCompile(`^([0-9a-f]{64})(\.thumb)?\.jpg$`)

// checkFolder finds whole photos under the names of photos, and nothing else but what says that it is unfinished.
func (f *field) checkFolder(folder string) {
	f.Helper()
	require.NoError(f, fs.WalkDir(os.DirFS(folder), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name := photoName.FindStringSubmatch(entry.Name())
		if name == nil {
			require.Regexp(f, "^unfinished-", entry.Name())
			return nil
		}
		content, err := fs.ReadFile(os.DirFS(folder), path)
		require.NoError(f, err)
		_, err = jpeg.Decode(bytes.NewReader(content))
		require.NoError(f, err, path)
		if name[2] == "" {
			require.Equal(f, name[1], database.HashOf(content), path)
		}
		return nil
	}))
}

// settled waits until no transaction of a killed server runs any more. On SQLite it ends with its process.
func settled(t *testing.T, config *Config) {
	t.Helper()
	if !strings.HasPrefix(config.Database, "postgres") {
		return
	}
	server, err := sql.Open("pgx", config.Database)
	require.NoError(t, err)
	defer server.Close()
	require.Eventually(t, func() bool {
		var others int
		err := server.QueryRow(`SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`).Scan(&others)
		return err == nil && others == 0
	}, time.Minute, time.Millisecond)
}

// pairs reads the rows of two texts.
func (f *field) pairs(db *database.DB, query string) map[string]string {
	f.Helper()
	rows, err := db.Read().QueryContext(context.Background(), query)
	require.NoError(f, err)
	defer rows.Close()
	found := map[string]string{}
	for rows.Next() {
		var one, other string
		require.NoError(f, rows.Scan(&one, &other))
		found[one] = other
	}
	require.NoError(f, rows.Err())
	return found
}
