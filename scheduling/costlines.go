package scheduling

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"fieldcare/internal/database"
)

// settle brings the lines that rules make from attendance to what is owed now.
func (d door) settle(ctx context.Context, tx bun.Tx, now time.Time) error {
	lines, err := d.ruleLines(ctx, tx)
	if err != nil {
		return err
	}
	owed, err := d.owed(ctx, tx)
	if err != nil {
		return err
	}
	s := settled(lines, owed, d.terms.currency)
	for _, key := range s.add {
		_, err := insertRuleLine.Exec(ctx, tx, database.NewID(now), d.id, key.rule, owed[key], d.terms.currency, rateUnit, key.participant, key.rule, database.At(now))
		if err != nil {
			return err
		}
	}
	for id, amount := range s.set {
		if _, err := setRuleLine.Exec(ctx, tx, amount, d.terms.currency, id); err != nil {
			return err
		}
	}
	for _, id := range s.remove {
		if _, err := deleteCost.Exec(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

// owed is what is owed by rule to who came.
func (d door) owed(ctx context.Context, from bun.IDB) (map[dueKey]int64, error) {
	invitees, err := d.invitees(ctx, from)
	if err != nil {
		return nil, err
	}
	records, err := d.records(ctx, from)
	if err != nil {
		return nil, err
	}
	var stand []attended
	for _, g := range invitees {
		if of := records[g.invitation]; len(of) > 0 {
			stand = append(stand, attended{g.participant, of[len(of)-1].AttendanceRecord})
		}
	}
	return d.terms.due(stand, d.startsAt.Time), nil
}

func (d door) ruleLines(ctx context.Context, from bun.IDB) (lines []ruleLine, err error) {
	rows, err := selectRuleLines.Rows(ctx, from, d.id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var l ruleLine
		if err := rows.Scan(&l.id, &l.key.participant, &l.key.rule, &l.actual, &l.currency, &l.paid, &l.kept); err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, rows.Err()
}

var (
	selectRuleLines = database.Prepared(`SELECT c.id, c.participant_id, c.rule, c.actual, c.currency, c.paid_at IS NOT NULL, EXISTS (SELECT 1 FROM cost_payments p WHERE p.cost_id = c.id) OR EXISTS (SELECT 1 FROM receipts r WHERE r.cost_id = c.id)
		FROM costs c WHERE c.focus_group_id = ? AND c.rule <> '' ORDER BY c.id`)
	insertRuleLine = database.Prepared(`INSERT INTO costs (id, focus_group_id, kind, text, actual, currency, rate, rate_day, participant_id, rule, created_at, edition)
		VALUES (?, ?, ?, '', ?, ?, ?, '', ?, ?, ?, 1)`)
	setRuleLine = database.Prepared("UPDATE costs SET actual = ?, currency = ?, edition = edition + 1 WHERE id = ? AND paid_at IS NULL")
	deleteCost  = database.Prepared("DELETE FROM costs WHERE id = ?")
)
