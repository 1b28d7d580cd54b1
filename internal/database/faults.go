package database

import (
	"context"
	"fmt"

	"github.com/uptrace/bun/dialect"
)

// Faults gives a sentence for each damage that the database finds in itself: on SQLite pages and indexes that contradict
// each other, broken constraints, and foreign keys that lead nowhere. PostgreSQL has nothing of the kind to ask: it
// keeps its foreign keys whoever writes. looked says whether there was something to ask.
func (db *DB) Faults(ctx context.Context) (faults []string, looked bool, err error) {
	if db.read.Dialect().Name() != dialect.SQLite {
		return nil, false, nil
	}
	var damages []string
	if err := db.read.NewRaw("SELECT integrity_check FROM pragma_integrity_check").Scan(ctx, &damages); err != nil {
		return nil, true, err
	}
	for _, damage := range damages {
		if damage != "ok" {
			faults = append(faults, "the database file: "+damage)
		}
	}
	var orphans []struct {
		Child, Parent string
		Row           int64
	}
	err = db.read.NewRaw(`SELECT "table" AS child, COALESCE(rowid, 0) AS "row", parent FROM pragma_foreign_key_check`).Scan(ctx, &orphans)
	for _, o := range orphans {
		faults = append(faults, fmt.Sprintf("%s, row %d: it names a row of %s that is not there", o.Child, o.Row, o.Parent))
	}
	return faults, true, err
}
