package scheduling

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Costs keeps what focus groups cost. It is the coordinators'.
type Costs struct {
	DB    *database.DB
	Clock func() time.Time
}

// mostOfLines is how many costs a focus group has at most.
const mostOfLines = 1000

type costRow struct {
	bun.BaseModel `bun:"table:costs,alias:cost"`
	Cost
	PaidTime  database.Time `bun:"paid_at"`
	CreatedAt database.Time
	uploaded  string // SHA-256 of what the receipt was made of
}

// CostSheet is what a focus group costs.
type CostSheet struct {
	FocusGroupID uuid.UUID `json:"focus_group_id"`
	Currency     string    `json:"currency" doc:"The study's, in which the sums are" example:"EUR"`
	CostSums
	SeatCosts
	Differences []CostDifference `json:"differences" nullable:"false" doc:"Lines that were paid and are not what attendance says is owed"`
	Items       []Cost           `json:"items" nullable:"false" doc:"In the order in which they were added"`
}

// Sheet gives the costs of a focus group.
func (s *Costs) Sheet(ctx context.Context, viewer account.User, group uuid.UUID) (CostSheet, error) {
	d, err := readDoor(ctx, s.DB.Read(), viewer, group)
	if err != nil {
		return CostSheet{}, err
	}
	return d.sheet(ctx, s.DB.Read())
}

func (d door) sheet(ctx context.Context, from bun.IDB) (CostSheet, error) {
	sheet := CostSheet{FocusGroupID: d.id, Currency: d.terms.currency, Items: []Cost{}}
	var rows []costRow
	if err := from.NewSelect().Model(&rows).Where("cost.focus_group_id = ?", d.id).OrderExpr("cost.created_at, cost.id").Scan(ctx); err != nil {
		return sheet, err
	}
	receipts, err := readReceipts(ctx, from, receiptsOfGroup, d.id)
	if err != nil {
		return sheet, err
	}
	place := map[uuid.UUID]int{}
	for i := range rows {
		place[rows[i].ID] = i
	}
	for _, r := range receipts {
		if i, there := place[r.cost]; there {
			rows[i].take(r)
		}
	}
	for i := range rows {
		sheet.Items = append(sheet.Items, rows[i].shown(d.terms.currency))
	}
	sheet.CostSums = sumOf(sumsByKind(sheet.Items, d.state))
	attended, usable, err := d.seatsTaken(ctx, from)
	if err != nil {
		return sheet, err
	}
	sheet.SeatCosts = seatCosts(sheet.CostSums, d.seats, attended, usable)
	lines, err := d.ruleLines(ctx, from)
	if err != nil {
		return sheet, err
	}
	owed, err := d.owed(ctx, from)
	sheet.Differences = differences(lines, owed, d.terms.currency)
	return sheet, err
}

// seatsTaken says how many took part, and how many of those seats are usable.
func (d door) seatsTaken(ctx context.Context, from bun.IDB) (attended, usable int, err error) {
	records, err := d.records(ctx, from)
	for _, of := range records {
		r := of[len(of)-1]
		if r.Outcome == TookPart {
			attended++
		}
		if r.Usable(d.startsAt.Time, d.endsAt.Time) {
			usable++
		}
	}
	return attended, usable, err
}

func (r *costRow) shown(own string) Cost {
	c := r.Cost
	c.PaidAt = instant(r.PaidTime)
	c.exchange(own)
	return c
}

// Add adds a line. It is repeatable.
func (s *Costs) Add(ctx context.Context, by account.User, group uuid.UUID, contentHash string, n NewCost) (added Cost, again bool, err error) {
	now, hash := s.Clock(), database.HashOf([]byte(group.String()+contentHash))
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		d, err := readDoor(ctx, tx, by, group)
		if err != nil {
			return err
		}
		if again, err = database.Create(ctx, tx, n.ID, hash); err != nil {
			return err
		}
		if again {
			row, _, err := getCost(ctx, tx, by, n.ID)
			if errors.Is(err, fault.ErrNotFound) {
				return fault.Conflicting("id-taken", "the cost %s was removed: choose a new id", n.ID)
			}
			added = row.shown(d.terms.currency)
			return err
		}
		row := costRow{Cost: Cost{ID: n.ID, FocusGroupID: group, Edition: 1}, CreatedAt: database.At(now)}
		row.apply(n.CostChange, d.terms.currency)
		if err := d.takes(ctx, tx, &row.Cost); err != nil {
			return err
		}
		lines, err := tx.NewSelect().Model((*costRow)(nil)).Where("cost.focus_group_id = ?", group).Count(ctx)
		if err != nil {
			return err
		}
		if lines >= mostOfLines {
			return fault.Conflicting("too-many-costs", "the focus group has %d costs, which is the most", lines)
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		added = row.shown(d.terms.currency)
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "add", Kind: "cost", Subject: n.ID.String()})
	})
	return added, again, err
}

// takes refuses a line that is wrong, or for somebody who was not asked.
func (d door) takes(ctx context.Context, tx bun.Tx, c *Cost) error {
	faults := c.faults(d.terms.currency)
	if c.ParticipantID != nil {
		var asked bool
		if err := participantAsked.Row(ctx, tx, d.id, *c.ParticipantID).Scan(&asked); err != nil {
			return err
		}
		if !asked {
			faults = append(faults, fault.Fault{Pointer: "/participant_id", Detail: "must be a participant who was asked to this focus group"})
		}
	}
	return fault.Of(faults)
}

// getCost gives a line and its focus group.
func getCost(ctx context.Context, from bun.IDB, viewer account.User, id uuid.UUID) (row costRow, d door, err error) {
	if err := from.NewSelect().Model(&row).Where("cost.id = ?", id).Scan(ctx); err != nil {
		return row, d, database.OrNotFound(err)
	}
	if d, err = readDoor(ctx, from, viewer, row.FocusGroupID); err != nil {
		return row, d, err
	}
	receipts, err := readReceipts(ctx, from, receiptsOfCost, id)
	for _, r := range receipts {
		row.take(r)
	}
	return row, d, err
}

// edit changes a line that was read with this edition, and audits it. change says what was done, or why it may not be.
func (s *Costs) edit(ctx context.Context, by account.User, id uuid.UUID, edition int64, action string, change func(context.Context, bun.Tx, time.Time, *costRow, door) (fields []string, err error)) (c Cost, err error) {
	now := s.Clock()
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, d, err := getCost(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if row.Edition != edition {
			return fault.ErrChanged
		}
		fields, err := change(ctx, tx, now, &row, d)
		if err != nil {
			return err
		}
		row.Edition++
		if _, err := tx.NewUpdate().Model(&row).WherePK().Exec(ctx); err != nil {
			return err
		}
		c = row.shown(d.terms.currency)
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: action, Kind: "cost", Subject: id.String(), Fields: fields})
	})
	return c, err
}

// editable refuses what must stay as it is: a line that is paid, and one that attendance made.
func (r *costRow) editable() error {
	switch {
	case !r.PaidTime.IsZero():
		return fault.Conflicting("paid", "the cost is paid: undo the payment first, with a reason")
	case r.Rule != "":
		return fault.Conflicting("made-by-rule", "the cost follows from attendance: correct that instead")
	}
	return nil
}

// Change changes a line that was read with this edition. One that is paid, or that attendance made, stays.
func (s *Costs) Change(ctx context.Context, by account.User, id uuid.UUID, edition int64, c CostChange) (Cost, error) {
	return s.edit(ctx, by, id, edition, "change", func(ctx context.Context, tx bun.Tx, _ time.Time, row *costRow, d door) ([]string, error) {
		if err := row.editable(); err != nil {
			return nil, err
		}
		fields := row.apply(c, d.terms.currency)
		return fields, d.takes(ctx, tx, &row.Cost)
	})
}

// Pay says that a line was paid, now.
func (s *Costs) Pay(ctx context.Context, by account.User, id uuid.UUID, edition int64) (Cost, error) {
	return s.edit(ctx, by, id, edition, "pay", func(ctx context.Context, tx bun.Tx, now time.Time, row *costRow, _ door) ([]string, error) {
		switch {
		case !row.PaidTime.IsZero():
			return nil, fault.Conflicting("paid", "the cost is paid already")
		case row.Actual == nil:
			return nil, fault.Conflicting("no-actual", "say first what it was: a cost without an actual amount cannot be paid")
		}
		row.PaidTime, row.PaidBy = database.At(now), &by.ID
		_, err := insertPayment.Exec(ctx, tx, database.NewID(now), id, database.At(now), by.ID, true, "")
		return []string{"paid"}, err
	})
}

// Undo takes the payment of a line back, with a reason that is kept. A line that attendance made then follows it again.
func (s *Costs) Undo(ctx context.Context, by account.User, id uuid.UUID, edition int64, reason string) (Cost, error) {
	reason = strings.TrimSpace(reason)
	if err := fault.Characters("/reason", reason, 1, 500); err != nil {
		return Cost{}, err
	}
	return s.edit(ctx, by, id, edition, "undo-payment", func(ctx context.Context, tx bun.Tx, now time.Time, row *costRow, d door) ([]string, error) {
		if row.PaidTime.IsZero() {
			return nil, fault.Conflicting("not-paid", "the cost is not paid")
		}
		row.PaidTime, row.PaidBy = database.Time{}, nil
		if row.Rule != "" {
			owed, err := d.owed(ctx, tx)
			if err != nil {
				return nil, err
			}
			amount := owed[dueKey{*row.ParticipantID, row.Rule}]
			row.Actual, row.Currency = &amount, d.terms.currency
		}
		_, err := insertPayment.Exec(ctx, tx, database.NewID(now), id, database.At(now), by.ID, false, reason)
		return []string{"paid"}, err
	})
}

// Remove removes a line that was read with this edition. One that was ever paid stays, for the books.
func (s *Costs) Remove(ctx context.Context, by account.User, id uuid.UUID, edition int64) error {
	now := s.Clock()
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, _, err := getCost(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if row.Edition != edition {
			return fault.ErrChanged
		}
		if err := row.editable(); err != nil {
			return err
		}
		var kept bool
		if err := paidOnce.Row(ctx, tx, id).Scan(&kept); err != nil {
			return err
		}
		if kept {
			return fault.Conflicting("paid", "the cost was paid once and stays on record: change it instead")
		}
		if row.Receipt != nil {
			return fault.Conflicting("has-receipt", "the cost has a receipt: take that away first")
		}
		if _, err := deleteCost.Exec(ctx, tx, id); err != nil {
			return err
		}
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "remove", Kind: "cost", Subject: id.String()})
	})
}

var (
	participantAsked = database.Prepared("SELECT EXISTS (SELECT 1 FROM invitations WHERE focus_group_id = ? AND participant_id = ?)")
	insertPayment    = database.Prepared("INSERT INTO cost_payments (id, cost_id, at, by_id, paid, reason) VALUES (?, ?, ?, ?, ?, ?)")
	paidOnce         = database.Prepared("SELECT EXISTS (SELECT 1 FROM cost_payments WHERE cost_id = ?)")
)
