package evaluation

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"fieldcare/internal/database"
)

// sumTable is one of the tables of sums: how its rows are told apart, and what they come to in the approved evaluations.
type sumTable struct {
	name   string
	key    [3]string
	scores string // the same key of each approved score, and the score
}

// countedScores are the evaluations whose scores belong to sums. One that sums could not hold is a fault of its own.
var countedScores = fmt.Sprintf("e.approved_at IS NOT NULL AND e.score BETWEEN 0 AND %d", mostMillionths)

var sumTables = []sumTable{
	{"branch_sums", [3]string{"branch_id", "checklist_id", "day"},
		"SELECT e.branch_id, e.checklist_id, e.day, e.score FROM evaluations e WHERE " + countedScores},
	{"month_sums", [3]string{"checklist_id", "month", "branch_id"},
		"SELECT e.checklist_id, substr(e.day, 1, 7) AS month, e.branch_id, e.score FROM evaluations e JOIN branches b ON b.id = e.branch_id WHERE NOT b.competitor AND " + countedScores},
	{"programme_sums", [3]string{"checklist_id", "part", "day"},
		"SELECT e.checklist_id, p.part, e.day, e.score FROM evaluations e JOIN " + partsOfBranches + " ON p.branch_id = e.branch_id WHERE " + countedScores},
}

// differing selects the rows that are not what the approved evaluations come to: the key, what is kept, what is right.
// It is one statement, so that it sees one state of the database, whatever is approved meanwhile.
func (t sumTable) differing() string {
	return fmt.Sprintf(`SELECT %[2]s,
			CAST(SUM(n) AS BIGINT) AS n, CAST(SUM(total) AS BIGINT) AS total, CAST(SUM(squares) AS BIGINT) AS squares,
			CAST(SUM(right_n) AS BIGINT) AS right_n, CAST(SUM(right_total) AS BIGINT) AS right_total, CAST(SUM(right_squares) AS BIGINT) AS right_squares
		FROM (SELECT %[2]s, n, total, squares, 0 AS right_n, 0 AS right_total, 0 AS right_squares FROM %[1]s
			UNION ALL SELECT %[2]s, 0, 0, 0, 1, score, score * score FROM (%[3]s) scores) both_sides
		GROUP BY %[2]s
		HAVING SUM(n) <> SUM(right_n) OR SUM(total) <> SUM(right_total) OR SUM(squares) <> SUM(right_squares)`,
		t.name, strings.Join(t.key[:], ", "), t.scores)
}

// faults tells of each differing row.
func (t sumTable) faults(ctx context.Context, db bun.IDB, tell func(string)) error {
	rows, err := db.QueryContext(ctx, t.differing())
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key [3]string
		var kept, right ScoreSums
		if err := rows.Scan(&key[0], &key[1], &key[2], &kept.N, &kept.Total, &kept.Squares, &right.N, &right.Total, &right.Squares); err != nil {
			return err
		}
		tell(fmt.Sprintf("%s, %s %s, %s %s, %s %s: kept are %s; the approved evaluations come to %s",
			t.name, t.key[0], key[0], t.key[1], key[1], t.key[2], key[2], kept, right))
	}
	return rows.Err()
}

// String is for people who look for a fault.
func (s ScoreSums) String() string {
	return fmt.Sprintf("n %d, total %d, squares %d", s.N, s.Total, s.Squares)
}

// RebuildSums makes all sums what the approved evaluations come to, in one transaction, and says how many rows were not.
// It changes nothing else. Only rows that were wrong are written, so that other writes need not wait for long.
func RebuildSums(ctx context.Context, db *database.DB) (differed int, err error) {
	err = db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		differed = 0
		for _, t := range sumTables {
			result, err := tx.ExecContext(ctx, t.putRight())
			if err != nil {
				return err
			}
			rows, err := result.RowsAffected()
			if err != nil {
				return err
			}
			differed += int(rows)
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+t.name+" WHERE n = 0"); err != nil {
				return err
			}
		}
		return nil
	})
	return differed, err
}

// putRight writes what is right over the differing rows. What no evaluation comes to becomes a row of nothing.
func (t sumTable) putRight() string {
	key := strings.Join(t.key[:], ", ")
	return fmt.Sprintf(`INSERT INTO %[1]s (%[2]s, n, total, squares)
		SELECT %[2]s, right_n, right_total, right_squares FROM (%[3]s) differing WHERE TRUE
		ON CONFLICT (%[2]s) DO UPDATE SET n = excluded.n, total = excluded.total, squares = excluded.squares`, t.name, key, t.differing())
}
