package main

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"fieldcare/internal/database/databasetest"
)

// looked runs the command and gives what it prints.
func looked(config *Config, rebuild bool) (string, error) {
	var out bytes.Buffer
	err := (&checkCommand{Rebuild: rebuild}).run(context.Background(), config, &out)
	return out.String(), err
}

func TestCheckSaysWhatItFindsAndFailsUntilItIsPutRight(t *testing.T) {
	ctx := context.Background()
	config := &Config{Data: t.TempDir(), Database: databasetest.Address(t), PublicURL: "http://localhost:8080", MailFrom: "fieldcare@example.org"}
	said, err := looked(config, false)
	require.NoError(t, err)
	require.Regexp(t, `^Checked 0 versions of checklists, 0 evaluations with 0 revisions, 0 photos, .*Nothing is wrong\.\n$`, said)

	i, err := config.open(ctx, time.Now)
	require.NoError(t, err)
	require.NoError(t, i.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		for _, statement := range []string{
			`INSERT INTO branches (id, code, name, folded, address, zone, region, brand, competitor, created_at, edition)
				VALUES ('b', 'B', 'B', '', '', 'UTC', 'North', '', FALSE, 0, 1)`,
			"INSERT INTO checklists (id, title, folded, draft, published, created_at, edition) VALUES ('c', 'C', '', '{}', 0, 0, 1)",
			"INSERT INTO branch_sums (branch_id, checklist_id, day, n, total, squares) VALUES ('b', 'c', '2026-11-21', 1, 5, 25)",
		} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	}))
	require.NoError(t, i.db.Close())

	said, err = looked(config, false)
	require.EqualError(t, err, "faults found: 1")
	require.Contains(t, said, "branch_sums, branch_id b, checklist_id c, day 2026-11-21: kept are n 1, total 5, squares 25; the approved evaluations come to n 0, total 0, squares 0\n")
	require.Contains(t, said, "Faults: 1.\n")

	said, err = looked(config, true)
	require.NoError(t, err)
	require.Contains(t, said, "The sums are made anew. Rows that were wrong: 1.\n")
	require.Contains(t, said, "Nothing is wrong.\n")
}

func TestCheckMakesNoDatabaseWhereThereIsNone(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "mistyped")
	_, err := looked(&Config{Data: folder, PublicURL: "http://localhost:8080"}, false)
	require.ErrorContains(t, err, "there is no database "+filepath.Join(folder, "fieldcare.db"))
	require.NoFileExists(t, filepath.Join(folder, "fieldcare.db"))
}
