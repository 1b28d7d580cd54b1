package evaluation

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
)

// Sums of approved scores are kept in the transaction that approves a visit or takes the approval back, so that a figure
// over the whole programme never has to read its evaluations. Three tables hold them:
//
//   - branch_sums, by branch, checklist and day: what the other two are made of;
//   - month_sums, by checklist, month and branch of ours: for the pooled spread;
//   - programme_sums, by checklist, part of the programme and day: for the figures of a region, of the network and of the
//     competitors.

// ProgrammeSums are the figures that a branch's report sets beside its own. Region and Network are of our branches only,
// and the branch, if it is ours, is among them. Branches for which no region is given are one region, whose name is empty.
type ProgrammeSums struct {
	Ours        Spread    // pooled over our branches, over the whole months that the period touches
	Region      ScoreSums // of our branches in the branch's region
	Network     ScoreSums // of all our branches
	Competitors ScoreSums // of all competitors' branches
}

const (
	partNetwork     = "network"
	partCompetitors = "competitors"
	partRegion      = "region:" // and its name
)

// partsOfBranches says to which parts of the programme each branch belongs.
const partsOfBranches = `(SELECT id AS branch_id, 'network' AS part FROM branches WHERE NOT competitor
	UNION ALL SELECT id, 'region:' || region FROM branches WHERE NOT competitor
	UNION ALL SELECT id, 'competitors' FROM branches WHERE competitor) p`

var (
	addScore = database.Prepared(`
		INSERT INTO branch_sums (branch_id, checklist_id, day, n, total, squares) VALUES (?, ?, ?, 1, ?, ?)
		ON CONFLICT (branch_id, checklist_id, day) DO UPDATE SET` + addedTo("branch_sums"))
	addToMonth = database.Prepared(`
		INSERT INTO month_sums (branch_id, checklist_id, month, n, total, squares)
		SELECT id, CAST(? AS TEXT), CAST(? AS TEXT), 1, CAST(? AS BIGINT), CAST(? AS BIGINT)
		FROM branches WHERE id = ? AND NOT competitor
		ON CONFLICT (checklist_id, month, branch_id) DO UPDATE SET` + addedTo("month_sums"))
	addToParts = database.Prepared(`
		INSERT INTO programme_sums (part, checklist_id, day, n, total, squares)
		SELECT p.part, CAST(? AS TEXT), CAST(? AS TEXT), 1, CAST(? AS BIGINT), CAST(? AS BIGINT)
		FROM ` + partsOfBranches + ` WHERE p.branch_id = ?
		ON CONFLICT (checklist_id, part, day) DO UPDATE SET` + addedTo("programme_sums"))

	takeScore     = database.Prepared("UPDATE branch_sums SET" + oneLess + "WHERE checklist_id = ? AND day = ? AND branch_id = ?")
	takeFromMonth = database.Prepared("UPDATE month_sums SET" + oneLess + "WHERE checklist_id = ? AND month = ? AND branch_id = ?")
	takeFromParts = database.Prepared("UPDATE programme_sums SET" + oneLess + "WHERE checklist_id = ? AND day = ? AND" + inPartsOfBranch)

	dropEmptyDay   = database.Prepared("DELETE FROM branch_sums WHERE n = 0 AND checklist_id = ? AND day = ? AND branch_id = ?")
	dropEmptyMonth = database.Prepared("DELETE FROM month_sums WHERE n = 0 AND checklist_id = ? AND month = ? AND branch_id = ?")
	dropEmptyParts = database.Prepared("DELETE FROM programme_sums WHERE n = 0 AND checklist_id = ? AND day = ? AND" + inPartsOfBranch)
)

const (
	oneLess         = " n = n - 1, total = total - ?, squares = squares - ? "
	inPartsOfBranch = " part IN (SELECT p.part FROM " + partsOfBranches + " WHERE p.branch_id = ?)"
)

// addedTo is what becomes of a row that is there already.
func addedTo(table string) string {
	return fmt.Sprintf(" n = %[1]s.n + excluded.n, total = %[1]s.total + excluded.total, squares = %[1]s.squares + excluded.squares", table)
}

// addToSums adds the score of a visit, in millionths, to all sums that it belongs to (sign 1), or takes it back (sign
// -1). A visit without a score is in no sum. A score that its sums could not hold is an error.
func addToSums(ctx context.Context, tx bun.Tx, branchID, checklistID uuid.UUID, day string, millionths int64, sign int) error {
	if millionths < 0 || millionths > mostMillionths {
		return fmt.Errorf("a score of %d millionths is not from 0 to 1000 %%", millionths)
	}
	month, square := day[:len("2026-11")], millionths*millionths
	if sign > 0 {
		if _, err := addScore.Exec(ctx, tx, branchID, checklistID, day, millionths, square); err != nil {
			return err
		}
		if _, err := addToMonth.Exec(ctx, tx, checklistID, month, millionths, square, branchID); err != nil {
			return err
		}
		_, err := addToParts.Exec(ctx, tx, checklistID, day, millionths, square, branchID)
		return err
	}
	rows, err := takeScore.Exec(ctx, tx, millionths, square, checklistID, day, branchID)
	if err != nil {
		return err
	}
	if rows == 0 {
		return fmt.Errorf("no sums of branch %s, checklist %s on %s to take a score from", branchID, checklistID, day)
	}
	if _, err := takeFromMonth.Exec(ctx, tx, millionths, square, checklistID, month, branchID); err != nil {
		return err
	}
	if _, err := takeFromParts.Exec(ctx, tx, millionths, square, checklistID, day, branchID); err != nil {
		return err
	}
	if _, err := dropEmptyDay.Exec(ctx, tx, checklistID, day, branchID); err != nil {
		return err
	}
	if _, err := dropEmptyMonth.Exec(ctx, tx, checklistID, month, branchID); err != nil {
		return err
	}
	_, err = dropEmptyParts.Exec(ctx, tx, checklistID, day, branchID)
	return err
}

// leaveProgramme takes a branch's sums out of the months and the parts that it belongs to; joinProgramme puts them back
// in. Between the two the branch may change its region, or whether it is ours.
func leaveProgramme(ctx context.Context, tx bun.Tx, branchID uuid.UUID) error {
	for _, statement := range []*database.Statement{leaveMonths, leaveParts, dropLeftParts} {
		if _, err := statement.Exec(ctx, tx, branchID); err != nil {
			return err
		}
	}
	return nil
}

func joinProgramme(ctx context.Context, tx bun.Tx, branchID uuid.UUID) error {
	for _, statement := range []*database.Statement{joinMonths, joinParts} {
		if _, err := statement.Exec(ctx, tx, branchID); err != nil {
			return err
		}
	}
	return nil
}

var (
	leaveMonths = database.Prepared("DELETE FROM month_sums WHERE branch_id = ?")
	leaveParts  = database.Prepared(`
		UPDATE programme_sums SET n = programme_sums.n - s.n, total = programme_sums.total - s.total, squares = programme_sums.squares - s.squares
		FROM branch_sums s JOIN ` + partsOfBranches + ` ON p.branch_id = s.branch_id
		WHERE s.branch_id = ? AND programme_sums.checklist_id = s.checklist_id AND programme_sums.part = p.part AND programme_sums.day = s.day`)
	dropLeftParts = database.Prepared(`
		DELETE FROM programme_sums WHERE n = 0 AND checklist_id IN (SELECT checklist_id FROM branch_sums WHERE branch_id = ?)`)
	joinMonths = database.Prepared(`
		INSERT INTO month_sums (checklist_id, month, branch_id, n, total, squares)
		SELECT s.checklist_id, substr(s.day, 1, 7), s.branch_id, SUM(s.n), SUM(s.total), SUM(s.squares)
		FROM branch_sums s JOIN branches b ON b.id = s.branch_id
		WHERE NOT b.competitor AND s.branch_id = ?
		GROUP BY s.checklist_id, substr(s.day, 1, 7), s.branch_id`)
	joinParts = database.Prepared(`
		INSERT INTO programme_sums (checklist_id, part, day, n, total, squares)
		SELECT s.checklist_id, p.part, s.day, s.n, s.total, s.squares
		FROM branch_sums s JOIN ` + partsOfBranches + ` ON p.branch_id = s.branch_id
		WHERE s.branch_id = ?
		ON CONFLICT (checklist_id, part, day) DO UPDATE SET` + addedTo("programme_sums"))
)

var (
	sumsByBranch = database.Prepared(`
		SELECT CAST(SUM(n) AS BIGINT), CAST(SUM(total) AS BIGINT), CAST(SUM(squares) AS BIGINT)
		FROM month_sums WHERE checklist_id = ? AND month BETWEEN ? AND ?
		GROUP BY branch_id HAVING SUM(n) >= 2`)
	sumsByPart = database.Prepared(`
		SELECT part, CAST(SUM(n) AS BIGINT), CAST(SUM(total) AS BIGINT), CAST(SUM(squares) AS BIGINT)
		FROM programme_sums WHERE checklist_id = ? AND part IN ('network', 'competitors', ?) AND day BETWEEN ? AND ?
		GROUP BY part`)
)

// spreadOfOurBranches is the pooled spread of the checklist's scores over the calendar months that the period touches.
// Competitors' branches are not in it.
func spreadOfOurBranches(ctx context.Context, db bun.IDB, checklistID uuid.UUID, period Period) (Spread, error) {
	first, last := period.months()
	rows, err := sumsByBranch.Rows(ctx, db, checklistID, first[:len("2026-11")], last[:len("2026-11")])
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

// programmeSums gives what stands beside the branch's own figures of the checklist and the period.
func programmeSums(ctx context.Context, tx bun.IDB, branch Branch, checklistID uuid.UUID, period Period) (p ProgrammeSums, err error) {
	if p.Ours, err = spreadOfOurBranches(ctx, tx, checklistID, period); err != nil {
		return p, err
	}
	rows, err := sumsByPart.Rows(ctx, tx, checklistID, partRegion+branch.Region, period.From, period.To)
	if err != nil {
		return p, err
	}
	defer rows.Close()
	for rows.Next() {
		var part string
		var s ScoreSums
		if err := rows.Scan(&part, &s.N, &s.Total, &s.Squares); err != nil {
			return p, err
		}
		switch part {
		case partNetwork:
			p.Network = s
		case partCompetitors:
			p.Competitors = s
		default:
			p.Region = s
		}
	}
	return p, rows.Err()
}
