package evaluation

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// stateAt is the state as the clock has it: the sweep that writes "expired" down may not have come by yet.
func (r *visitRow) stateAt(now time.Time) State {
	if (r.State == Planned || r.State == Offered || r.State == Accepted) && now.After(r.ExpiresAt.Time) {
		return Expired
	}
	return r.State
}

// move makes one move of the table of states in a transaction; apply sets what else changes with it.
func (s *Visits) move(ctx context.Context, by account.User, party Party, id uuid.UUID, action Action, reason string, apply func(context.Context, bun.Tx, *visitRow) error) error {
	now := s.Clock()
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := getVisit(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if party == byShopper && (row.ShopperID == nil || *row.ShopperID != by.ID) {
			return fault.ErrNotFound
		}
		from := row.stateAt(now)
		if row.State, err = from.After(action, party); err != nil {
			return err
		}
		row.Edition++
		if apply != nil {
			if err := apply(ctx, tx, row); err != nil {
				return err
			}
		}
		if _, err := tx.NewUpdate().Model(row).WherePK().Exec(ctx); err != nil {
			return err
		}
		if err := noteMove(ctx, tx, now, id, &by.ID, from, row.State, reason); err != nil {
			return err
		}
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: string(action), Kind: "visit", Subject: id.String()})
	})
}

// moved gives the visit after a move.
func (s *Visits) moved(ctx context.Context, by account.User, id uuid.UUID, err error) (Visit, error) {
	if err != nil {
		return Visit{}, err
	}
	return s.Get(ctx, by, id)
}

func noteMove(ctx context.Context, tx bun.IDB, now time.Time, visit uuid.UUID, actor *uuid.UUID, from, to State, reason string) error {
	_, err := insertMove.Exec(ctx, tx, uuid.Must(uuid.NewV7()), visit, database.At(now), actor, string(from), string(to), reason)
	return err
}

var insertMove = database.Prepared("INSERT INTO visit_moves (id, visit_id, at, actor_id, from_state, to_state, reason) VALUES (?, ?, ?, ?, ?, ?, ?)")

// VisitOffer names the shopper, and a new window where the old one is over.
type VisitOffer struct {
	ShopperID       uuid.UUID `json:"shopper_id"`
	Opens           string    `json:"opens,omitempty" doc:"A new window; both ends or neither"`
	Closes          string    `json:"closes,omitempty"`
	ConfirmRotation bool      `json:"confirm_rotation,omitempty" doc:"Offer it although the shopper was at the branch within the rotation"`
}

// Offer offers the visit to a shopper. What was declined or has expired needs another shopper or a new window.
func (s *Visits) Offer(ctx context.Context, by account.User, id uuid.UUID, offer VisitOffer) (Visit, error) {
	now := s.Clock()
	before, err := getVisit(ctx, s.DB.Read(), by, id)
	if err != nil {
		return Visit{}, err
	}
	p := planner{from: s.DB.Read(), now: now, by: by}
	if p.settings, err = readSettings(ctx, p.from); err != nil {
		return Visit{}, err
	}
	next := *before
	if (offer.Opens == "") != (offer.Closes == "") {
		return Visit{}, fault.At("/opens", "give both ends of the new window, or neither")
	}
	if offer.Opens != "" {
		w, err := ReadWindow(offer.Opens, offer.Closes, before.Zone)
		if err != nil {
			return Visit{}, err
		}
		next.setWindow(w)
	}
	if !next.ClosesAt.After(now) {
		return Visit{}, fault.At("/closes", "the window is over already: give a new one")
	}
	name, err := shopperName(ctx, p.from, offer.ShopperID)
	if err != nil {
		return Visit{}, err
	}
	if name == "" {
		return Visit{}, fault.At("/shopper_id", "must be the id of a shopper who is not disabled")
	}
	if before.State == Declined && offer.Opens == "" && *before.ShopperID == offer.ShopperID {
		return Visit{}, fault.At("/shopper_id", "%s declined this visit: name another shopper or give a new window", name)
	}
	next.ShopperID, next.ShopperName = &offer.ShopperID, &name
	reason := ""
	if warning, err := p.rotation(ctx, &next, nil); err != nil {
		return Visit{}, err
	} else if warning != "" {
		if !offer.ConfirmRotation {
			return Visit{}, rotationConflict([]fault.Fault{{Pointer: "/shopper_id", Detail: warning}})
		}
		reason = rotationConfirmed
	}
	err = s.move(ctx, by, byCoordinator, id, Offer, reason, func(ctx context.Context, tx bun.Tx, row *visitRow) error {
		row.ShopperID = &offer.ShopperID
		row.setWindow(next.window())
		return queueVisit(ctx, tx, "visit-offered", row, now)
	})
	return s.moved(ctx, by, id, err)
}

// offered notes that a visit just planned was offered at once, and tells the shopper.
func offered(ctx context.Context, tx bun.Tx, now time.Time, by account.User, row *visitRow, from State, reason string) error {
	if err := noteMove(ctx, tx, now, row.ID, &by.ID, from, Offered, reason); err != nil {
		return err
	}
	return queueVisit(ctx, tx, "visit-offered", row, now)
}

// Accept takes the offer. The reminders are set then.
func (s *Visits) Accept(ctx context.Context, by account.User, id uuid.UUID) (Visit, error) {
	err := s.move(ctx, by, byShopper, id, Accept, "", func(ctx context.Context, tx bun.Tx, row *visitRow) error {
		return queueReminders(ctx, tx, row, s.Clock())
	})
	return s.moved(ctx, by, id, err)
}

// Decline turns the offer down.
func (s *Visits) Decline(ctx context.Context, by account.User, id uuid.UUID, reason string) (Visit, error) {
	if err := checkReason(reason, 0); err != nil {
		return Visit{}, err
	}
	return s.moved(ctx, by, id, s.move(ctx, by, byShopper, id, Decline, reason, nil))
}

// Release gives an accepted visit back (its shopper) or takes it back (a coordinator), with a reason.
// It is no longer the shopper's to see then.
func (s *Visits) Release(ctx context.Context, by account.User, id uuid.UUID, reason string) error {
	if err := checkReason(reason, 1); err != nil {
		return err
	}
	row, err := getVisit(ctx, s.DB.Read(), by, id)
	if err != nil {
		return err
	}
	party := byCoordinator
	if row.ShopperID != nil && *row.ShopperID == by.ID {
		party = byShopper
	}
	return s.move(ctx, by, party, id, Release, reason, func(ctx context.Context, tx bun.Tx, row *visitRow) error {
		if party == byCoordinator {
			if err := queueVisit(ctx, tx, "visit-taken-back", row, s.Clock()); err != nil {
				return err
			}
		}
		row.ShopperID = nil
		return nil
	})
}

// Cancel calls the visit off, with a reason. Its shopper, if it has one, is told.
func (s *Visits) Cancel(ctx context.Context, by account.User, id uuid.UUID, reason string) (Visit, error) {
	if err := checkReason(reason, 1); err != nil {
		return Visit{}, err
	}
	now := s.Clock()
	err := s.move(ctx, by, byCoordinator, id, Cancel, reason, func(ctx context.Context, tx bun.Tx, row *visitRow) error {
		row.CancelledAt = database.At(now)
		if row.ShopperID == nil {
			return nil
		}
		return queueVisit(ctx, tx, "visit-cancelled", row, now)
	})
	return s.moved(ctx, by, id, err)
}

func checkReason(reason string, least int) error {
	if n := utf8.RuneCountInString(strings.TrimSpace(reason)); n < least || n > 1000 {
		return fault.At("/reason", "must have %d to 1000 characters", least)
	}
	return nil
}

// VisitChange is what to change of a visit that was not made yet; what is nil stays.
type VisitChange struct {
	Opens        *string   `json:"opens,omitempty" doc:"Wall time of the branch; both ends or neither"`
	Closes       *string   `json:"closes,omitempty"`
	Scenario     *Scenario `json:"scenario,omitempty"`
	Fee          *Money    `json:"fee,omitempty"`
	ExpenseLimit *Money    `json:"expense_limit,omitempty"`
}

// Change changes a visit that was read with this edition, while it is planned, offered, accepted or declined. A
// shopper to whom it was offered is told.
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
		fields, err := row.apply(c, now)
		if err != nil {
			return err
		}
		row.Edition++
		if _, err := tx.NewUpdate().Model(row).WherePK().Exec(ctx); err != nil {
			return err
		}
		if state == Offered || state == Accepted {
			if err := queueVisit(ctx, tx, "visit-changed", row, now); err != nil {
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
	if err != nil {
		return Visit{}, err
	}
	return s.Get(ctx, by, id)
}

func (r *visitRow) apply(c VisitChange, now time.Time) (fields []string, err error) {
	var faults []fault.Fault
	if (c.Opens == nil) != (c.Closes == nil) {
		return nil, fault.At("/opens", "give both ends of the window, or neither")
	}
	if c.Opens != nil {
		w, err := ReadWindow(*c.Opens, *c.Closes, r.Zone)
		if err != nil {
			return nil, err
		}
		if !w.ClosesAt.After(now) {
			return nil, fault.At("/closes", "the window would be over already")
		}
		r.setWindow(w)
		fields = append(fields, "opens", "closes")
	}
	if c.Scenario != nil {
		faults = append(faults, c.Scenario.faults()...)
		r.Persona, r.Instructions, r.Questions = c.Scenario.Persona, c.Scenario.Instructions, c.Scenario.Questions
		fields = append(fields, "scenario")
	}
	if c.Fee != nil || c.ExpenseLimit != nil {
		fee, limit := &Money{r.Fee, r.Currency}, &Money{r.ExpenseLimit, r.Currency}
		if c.Fee != nil {
			fee, fields = c.Fee, append(fields, "fee")
			if c.ExpenseLimit == nil {
				limit.Currency = fee.Currency
			}
		}
		if c.ExpenseLimit != nil {
			limit, fields = c.ExpenseLimit, append(fields, "expense_limit")
		}
		r.setMoney(fee, limit, r.Currency, &faults)
	}
	return fields, fault.Of(faults)
}

// ExpireDue writes down which visits the clock has ended, and says how many.
func (s *Visits) ExpireDue(ctx context.Context) (n int, err error) {
	now := s.Clock()
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		n = 0
		var due []struct {
			ID    uuid.UUID
			State State
		}
		err := tx.NewSelect().Table("visits").Column("id", "state").
			Where("state IN ('planned', 'offered', 'accepted') AND expires_at < ?", database.At(now)).
			Order("expires_at").Limit(500).Scan(ctx, &due)
		if err != nil {
			return err
		}
		for _, v := range due {
			to, err := v.State.After(Expire, byClock)
			if err != nil {
				return fmt.Errorf("visit %s: %w", v.ID, err)
			}
			if _, err := expireVisit.Exec(ctx, tx, string(to), v.ID); err != nil {
				return err
			}
			if err := noteMove(ctx, tx, now, v.ID, nil, v.State, to, ""); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

var expireVisit = database.Prepared("UPDATE visits SET state = ?, edition = edition + 1 WHERE id = ?")
