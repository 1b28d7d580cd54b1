package evaluation

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/fault"
)

// VisitChange is what to change of a visit that was not made yet; what is nil stays.
type VisitChange struct {
	Opens           *string   `json:"opens,omitempty" doc:"Wall time of the branch; both ends or neither"`
	Closes          *string   `json:"closes,omitempty"`
	Scenario        *Scenario `json:"scenario,omitempty"`
	Fee             *Money    `json:"fee,omitempty"`
	ExpenseLimit    *Money    `json:"expense_limit,omitempty"`
	ConfirmRotation bool      `json:"confirm_rotation,omitempty" doc:"Move the window although the shopper is at the branch within the rotation"`
}

// Change changes a visit that was read with this edition, while it is planned, offered, accepted or declined. A
// shopper to whom it was offered is told. Where nothing would differ, nothing happens.
func (s *Visits) Change(ctx context.Context, by account.User, id uuid.UUID, edition int64, c VisitChange) (Visit, error) {
	now := s.Clock()
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := getVisit(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if row.Edition != edition {
			return fault.ErrChanged
		}
		state := row.stateAt(now)
		if state != Planned && state != Offered && state != Accepted && state != Declined {
			return fault.Conflicting("not-changeable", "a visit that is %s is no longer changed", state)
		}
		before := *row
		fields, err := row.apply(c, now)
		if err != nil || len(fields) == 0 {
			return err
		}
		theirs := state == Offered || state == Accepted
		if theirs && row.window() != before.window() {
			if _, err := askRotation(ctx, tx, row, c.ConfirmRotation); err != nil {
				return err
			}
		}
		row.Edition++
		if _, err := tx.NewUpdate().Model(row).WherePK().Exec(ctx); err != nil {
			return err
		}
		if theirs {
			if err := queueVisit(ctx, tx, "visit-changed", &move{visit: row}, now); err != nil {
				return err
			}
		}
		if state == Accepted {
			if err := queueReminders(ctx, tx, row, now); err != nil {
				return err
			}
		}
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "change", Kind: "visit", Subject: id.String(), Fields: fields})
	})
	return s.moved(ctx, by, id, err)
}

// apply makes the change and names the fields that it made different.
func (r *visitRow) apply(c VisitChange, now time.Time) (fields []string, err error) {
	if (c.Opens == nil) != (c.Closes == nil) {
		return nil, fault.At("/opens", "give both ends of the window, or neither")
	}
	before := *r
	if c.Opens != nil {
		w, err := ReadWindow(*c.Opens, *c.Closes, r.Zone)
		if err != nil {
			return nil, err
		}
		if !w.ClosesAt.After(now) {
			return nil, fault.At("/closes", "the window would be over already")
		}
		r.setWindow(w)
	}
	var faults []fault.Fault
	if c.Scenario != nil {
		faults = append(faults, c.Scenario.faults()...)
		r.Persona, r.Instructions, r.Questions = c.Scenario.Persona, c.Scenario.Instructions, c.Scenario.Questions
	}
	if c.Fee != nil || c.ExpenseLimit != nil {
		fee, limit := &Money{r.Fee, r.Currency}, &Money{r.ExpenseLimit, r.Currency}
		if c.Fee != nil {
			fee = c.Fee
			if c.ExpenseLimit == nil {
				limit.Currency = fee.Currency
			}
		}
		if c.ExpenseLimit != nil {
			limit = c.ExpenseLimit
		}
		r.setMoney(fee, limit, r.Currency, &faults)
	}
	note := func(differs bool, field string) {
		if differs {
			fields = append(fields, field)
		}
	}
	note(!r.OpensAt.Equal(before.OpensAt.Time), "opens")
	note(!r.ClosesAt.Equal(before.ClosesAt.Time), "closes")
	note(r.Persona != before.Persona || r.Instructions != before.Instructions || r.Questions != before.Questions, "scenario")
	note(r.Fee != before.Fee || r.Currency != before.Currency, "fee")
	note(r.ExpenseLimit != before.ExpenseLimit, "expense_limit")
	return fields, fault.Of(faults)
}
