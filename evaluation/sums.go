package evaluation

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
)

// Sums are kept per branch, checklist and day in the transaction that approves a visit or takes the approval back, so
// that a figure over the whole programme never has to read its evaluations.

var (
	addScore = database.Prepared(`
		INSERT INTO branch_sums (branch_id, checklist_id, day, n, total, squares) VALUES (?, ?, ?, 1, ?, ?)
		ON CONFLICT (branch_id, checklist_id, day) DO UPDATE SET
			n = branch_sums.n + 1,
			total = branch_sums.total + excluded.total,
			squares = branch_sums.squares + excluded.squares`)
	takeScore = database.Prepared(`
		UPDATE branch_sums SET n = n - 1, total = total - ?, squares = squares - ?
		WHERE branch_id = ? AND checklist_id = ? AND day = ?`)
	dropEmptySums = database.Prepared(`
		DELETE FROM branch_sums WHERE branch_id = ? AND checklist_id = ? AND day = ? AND n = 0`)
	sumsByBranch = database.Prepared(`
		SELECT CAST(SUM(s.n) AS BIGINT), CAST(SUM(s.total) AS BIGINT), CAST(SUM(s.squares) AS BIGINT)
		FROM branch_sums s JOIN branches b ON b.id = s.branch_id
		WHERE s.checklist_id = ? AND s.day BETWEEN ? AND ? AND NOT b.competitor
		GROUP BY s.branch_id HAVING SUM(s.n) >= 2`)
)

// addToSums adds the score of a visit, in millionths, to the sums of its day (sign 1), or takes it back (sign -1).
// A visit without a score is in no sum. A score that its sums could not hold is an error.
func addToSums(ctx context.Context, tx bun.Tx, branchID, checklistID uuid.UUID, day string, millionths int64, sign int) error {
	if millionths < 0 || millionths > maxScore*int64(one) {
		return fmt.Errorf("a score of %d millionths is not from 0 to 1000 %%", millionths)
	}
	square := millionths * millionths
	if sign > 0 {
		_, err := addScore.Exec(ctx, tx, branchID, checklistID, day, millionths, square)
		return err
	}
	rows, err := takeScore.Exec(ctx, tx, millionths, square, branchID, checklistID, day)
	if err != nil {
		return err
	}
	if rows == 0 {
		return fmt.Errorf("no sums of branch %s, checklist %s on %s to take a score from", branchID, checklistID, day)
	}
	_, err = dropEmptySums.Exec(ctx, tx, branchID, checklistID, day)
	return err
}

// spreadOfOurBranches is the pooled spread of the checklist's scores over the calendar months that the period touches.
// Competitors' branches are not in it.
func spreadOfOurBranches(ctx context.Context, db bun.IDB, checklistID uuid.UUID, period Period) (Spread, error) {
	first, last := period.months()
	rows, err := sumsByBranch.Rows(ctx, db, checklistID, first, last)
	if err != nil {
		return Spread{}, err
	}
	defer rows.Close()
	var branches []ScoreSums
	for rows.Next() {
		var s ScoreSums
		if err := rows.Scan(&s.N, &s.Total, &s.Squares); err != nil {
			return Spread{}, err
		}
		branches = append(branches, s)
	}
	return pooledSpread(branches), rows.Err()
}
