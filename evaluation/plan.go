package evaluation

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// maxPlanned bounds how many visits one request plans, for it is one transaction.
const maxPlanned = 2000

// Plan plans one visit under an id of the client's choice, and offers it where a shopper is named. It is repeatable.
// A shopper inside the rotation is a conflict until the coordinator confirms it.
func (s *Visits) Plan(ctx context.Context, by account.User, id uuid.UUID, contentHash string, plan VisitPlan, confirmed bool) (Visit, bool, error) {
	visits, again, err := s.plan(ctx, by, id, contentHash, []uuid.UUID{id}, []VisitPlan{plan}, confirmed, func(int) string { return "" })
	if err != nil {
		return Visit{}, false, err
	}
	return visits[0], again, nil
}

// PlanMany plans all the visits or none. The request's own id makes it repeatable.
func (s *Visits) PlanMany(ctx context.Context, by account.User, id uuid.UUID, contentHash string, plans []VisitPlan, confirmed bool, place func(int) string) ([]Visit, bool, error) {
	if len(plans) == 0 || len(plans) > maxPlanned {
		return nil, false, fault.At("", "plan 1 to %d visits at once; this would be %d", maxPlanned, len(plans))
	}
	ids := make([]uuid.UUID, len(plans))
	for i := range ids {
		// Derived from the request's id, so that the request sent again finds the visits it made.
		ids[i] = uuid.NewSHA1(id, fmt.Appendf(nil, "visit %d", i))
	}
	return s.plan(ctx, by, id, contentHash, ids, plans, confirmed, place)
}

func (s *Visits) plan(ctx context.Context, by account.User, id uuid.UUID, contentHash string, ids []uuid.UUID, plans []VisitPlan, confirmed bool, place func(int) string) (visits []Visit, again bool, err error) {
	now := s.Clock()
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		// First of all: what was planned once is answered, whatever has changed since.
		if again, err = database.Create(ctx, tx, id, contentHash); err != nil || again {
			return err
		}
		rows, reason, err := planRows(ctx, tx, now, by, ids, plans, confirmed, place)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
				return err
			}
			if row.State == Offered {
				m := &move{id: database.NewID(now), visit: row, from: Planned, reason: reason}
				if err := m.note(ctx, tx, now, &by.ID); err != nil {
					return err
				}
				if err := queueVisit(ctx, tx, "visit-offered", m, now); err != nil {
					return err
				}
			}
			if err := account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "plan", Kind: "visit", Subject: row.ID.String()}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, false, err
	}
	visits = make([]Visit, len(ids))
	for i := range ids {
		if visits[i], err = s.Get(ctx, by, ids[i]); err != nil {
			return nil, false, err
		}
	}
	return visits, again, nil
}

// planRows makes the rows of the plans. All faults are told at once, then all warnings, unless those are confirmed: the
// reason says so.
func planRows(ctx context.Context, tx bun.Tx, now time.Time, by account.User, ids []uuid.UUID, plans []VisitPlan, confirmed bool, place func(int) string) (rows []*visitRow, reason string, err error) {
	p := planner{from: tx, now: now, by: by,
		branches: map[uuid.UUID]Branch{}, versions: map[versionKey]int{}, shoppers: map[uuid.UUID]string{}}
	if p.settings, err = readSettings(ctx, tx); err != nil {
		return nil, "", err
	}
	var faults, warnings []fault.Fault
	for i, plan := range plans {
		row, err := p.row(ctx, ids[i], plan)
		if err != nil {
			var invalid *fault.Invalid
			if !errors.As(fault.Under(place(i), err), &invalid) {
				return nil, "", err
			}
			faults = append(faults, invalid.Faults...)
			continue
		}
		warning, err := p.rotation(ctx, row, rows)
		if err != nil {
			return nil, "", err
		}
		if warning != "" {
			warnings = append(warnings, fault.Fault{Pointer: place(i) + "/shopper_id", Detail: warning})
		}
		rows = append(rows, row)
	}
	if err := fault.Of(faults); err != nil {
		return nil, "", err
	}
	if len(warnings) > 0 && !confirmed {
		return nil, "", rotationConflict(warnings)
	}
	if len(warnings) > 0 {
		reason = rotationConfirmed
	}
	return rows, reason, nil
}

// askRotation refuses a visit whose shopper is at the branch within the rotation, until that is confirmed; the reason
// says then that it was.
func askRotation(ctx context.Context, tx bun.Tx, row *visitRow, confirmed bool) (reason string, err error) {
	p := planner{from: tx}
	if p.settings, err = readSettings(ctx, tx); err != nil {
		return "", err
	}
	warning, err := p.rotation(ctx, row, nil)
	if err != nil || warning == "" {
		return "", err
	}
	if !confirmed {
		return "", rotationConflict([]fault.Fault{{Pointer: "/shopper_id", Detail: warning}})
	}
	return rotationConfirmed, nil
}

const rotationConfirmed = "inside the rotation, confirmed"

func rotationConflict(warnings []fault.Fault) error {
	return &fault.Conflict{Type: "rotation", Detail: "a shopper was or will be at the branch too shortly before or after: " +
		"choose somebody else, or confirm it with confirm_rotation", Possible: []string{"confirm_rotation"}, Faults: warnings}
}

// planner turns plans into rows, looking each branch, version and shopper up once.
type planner struct {
	from     bun.IDB
	now      time.Time
	by       account.User
	settings Settings
	branches map[uuid.UUID]Branch
	versions map[versionKey]int // what was asked for (0 is the newest) -> the version's number
	shoppers map[uuid.UUID]string
}

func (p *planner) row(ctx context.Context, id uuid.UUID, plan VisitPlan) (*visitRow, error) {
	var faults []fault.Fault
	refuse := func(pointer, format string, args ...any) {
		faults = append(faults, fault.Fault{Pointer: pointer, Detail: fmt.Sprintf(format, args...)})
	}
	row := &visitRow{ID: id, BranchID: plan.BranchID, ChecklistID: plan.ChecklistID, ShopperID: plan.ShopperID, State: Planned,
		DeadlineMinutes: p.settings.DeadlineMinute,
		Persona:         plan.Scenario.Persona, Instructions: plan.Scenario.Instructions, Questions: plan.Scenario.Questions,
		CreatedAt: database.At(p.now), Edition: 1}

	branch, err := p.branch(ctx, plan.BranchID)
	switch {
	case errors.Is(err, fault.ErrNotFound):
		refuse("/branch_id", "there is no branch with this id")
	case err != nil:
		return nil, err
	case branch.Archived:
		refuse("/branch_id", "the branch %s is archived", branch.Code)
	default:
		row.BranchName = branch.Name
		window, err := ReadWindow(plan.Opens, plan.Closes, branch.Zone)
		var invalid *fault.Invalid
		if errors.As(err, &invalid) {
			faults = append(faults, invalid.Faults...)
		} else if !window.ClosesAt.After(p.now) {
			refuse("/closes", "the window is over already: it closed at %s", window.ClosesAt.UTC().Format(time.RFC3339))
		}
		row.setWindow(window)
	}

	number, err := p.version(ctx, versionKey{plan.ChecklistID, plan.ChecklistVersion})
	if err != nil {
		return nil, err
	}
	if row.ChecklistVersion = number; number == 0 {
		refuse("/checklist_id", "there is no such published version of a checklist: publish it first")
	}

	if plan.ShopperID != nil {
		row.State = Offered
		name, err := p.shopper(ctx, *plan.ShopperID)
		if err != nil {
			return nil, err
		}
		if name == "" {
			refuse("/shopper_id", "must be the id of a shopper who is not disabled")
		}
		row.ShopperName = &name
	}

	row.setMoney(plan.Fee, plan.ExpenseLimit, p.settings.Currency, &faults)
	faults = append(faults, plan.Scenario.faults()...)
	return row, fault.Of(faults)
}

// setMoney keeps one currency for fee and expenses, so that a visit's sum is one figure.
func (r *visitRow) setMoney(fee, limit *Money, currency string, faults *[]fault.Fault) {
	r.Currency = currency
	if fee != nil {
		*faults = append(*faults, fee.faults("/fee")...)
		r.Fee, r.Currency = fee.Amount, fee.Currency
	}
	if limit != nil {
		*faults = append(*faults, limit.faults("/expense_limit")...)
		r.ExpenseLimit = limit.Amount
		if fee == nil {
			r.Currency = limit.Currency
		} else if limit.Currency != fee.Currency {
			*faults = append(*faults, fault.Fault{Pointer: "/expense_limit/currency", Detail: "must be the fee's currency, " + fee.Currency})
		}
	}
}

func (p *planner) branch(ctx context.Context, id uuid.UUID) (Branch, error) {
	if b, ok := p.branches[id]; ok {
		return b, nil
	}
	b, err := getBranch(ctx, p.from, p.by, id)
	if err == nil {
		p.branches[id] = b
	}
	return b, err
}

// version gives the number of the version asked for, and 0 where there is none.
func (p *planner) version(ctx context.Context, asked versionKey) (number int, err error) {
	if number, ok := p.versions[asked]; ok {
		return number, nil
	}
	q := p.from.NewSelect().Table("checklist_versions").ColumnExpr("number").Where("checklist_id = ?", asked.checklist).Order("number DESC").Limit(1)
	if asked.number > 0 {
		q = q.Where("number = ?", asked.number)
	}
	if err := q.Scan(ctx, &number); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, err
	}
	p.versions[asked] = number
	return number, nil
}

// shopper gives the name of a shopper who can be sent, and "" where the id is none's.
func (p *planner) shopper(ctx context.Context, id uuid.UUID) (name string, err error) {
	if name, ok := p.shoppers[id]; ok {
		return name, nil
	}
	if name, err = shopperName(ctx, p.from, id); err == nil {
		p.shoppers[id] = name
	}
	return name, err
}

func shopperName(ctx context.Context, from bun.IDB, id uuid.UUID) (name string, err error) {
	err = from.NewSelect().Table("users").Column("name").
		Where("id = ? AND (roles & ?) <> 0 AND disabled_at IS NULL", id, int64(account.Shopper)).Scan(ctx, &name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return name, err
}

// rotation warns where the shopper was, or is to be, at the branch within the rotation of the visit's window: in the
// trade the same person does not return for 30 to 90 days, so as not to be known.
func (p *planner) rotation(ctx context.Context, row *visitRow, planned []*visitRow) (warning string, err error) {
	if row.ShopperID == nil || p.settings.RotationDays == 0 {
		return "", nil
	}
	days := time.Duration(p.settings.RotationDays) * 24 * time.Hour
	from, to := row.OpensAt.Add(-days), row.ClosesAt.Add(days)
	for _, other := range planned {
		if other.ShopperID != nil && *other.ShopperID == *row.ShopperID && other.BranchID == row.BranchID &&
			other.ClosesAt.After(from) && other.OpensAt.Before(to) {
			return p.warning(row, other.Opens[:10]), nil
		}
	}
	var near string
	err = p.from.NewSelect().TableExpr("visits AS visit").Join("LEFT JOIN evaluations AS evaluation ON evaluation.visit_id = visit.id").
		ColumnExpr("COALESCE(evaluation.day, visit.opens)").
		Where("visit.shopper_id = ? AND visit.branch_id = ? AND visit.id <> ?", row.ShopperID, row.BranchID, row.ID).
		Where("(evaluation.id IS NOT NULL OR visit.state IN (?))", bun.List([]State{Offered, Accepted})).
		Where("COALESCE(evaluation.begun_at, visit.closes_at) > ? AND COALESCE(evaluation.begun_at, visit.opens_at) < ?", database.At(from), database.At(to)).
		OrderExpr("visit.opens_at DESC").Limit(1).Scan(ctx, &near)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return p.warning(row, near[:10]), nil
}

func (p *planner) warning(row *visitRow, day string) string {
	return fmt.Sprintf("%s visits %s on %s, less than %d days from this visit", *row.ShopperName, row.BranchName, day, p.settings.RotationDays)
}
