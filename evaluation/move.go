package evaluation

import (
	"context"
	"fmt"
	"strings"
	"time"

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

// move is one move of a visit that is being made.
type move struct {
	id     uuid.UUID
	visit  *visitRow // already in its new state
	from   State
	reason string
}

// move makes one move of the table of states in a transaction; apply sets what else changes with it. A shopper's move
// is repeatable: when an answer was lost, the same is asked again.
func (s *Visits) move(ctx context.Context, by account.User, party Party, id uuid.UUID, action Action, reason string, apply func(context.Context, bun.Tx, *move) error) error {
	now := s.Clock()
	moveID := database.NewID(now)
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := getVisit(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if party == byShopper && (row.ShopperID == nil || *row.ShopperID != by.ID) {
			return fault.ErrNotFound
		}
		m := &move{id: moveID, visit: row, from: row.stateAt(now), reason: strings.TrimSpace(reason)}
		if party == byShopper && m.from == action.leadsTo() {
			return nil
		}
		if row.State, err = m.from.After(action, party); err != nil {
			return err
		}
		row.Edition++
		if apply != nil {
			if err := apply(ctx, tx, m); err != nil {
				return err
			}
		}
		if _, err := tx.NewUpdate().Model(row).WherePK().Exec(ctx); err != nil {
			return err
		}
		if err := m.note(ctx, tx, now, &by.ID); err != nil {
			return err
		}
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: string(action), Kind: "visit", Subject: id.String()})
	})
}

// note writes the move down in the visit's history.
func (m *move) note(ctx context.Context, tx bun.IDB, now time.Time, actor *uuid.UUID) error {
	return noteMove(ctx, tx, m.id, now, m.visit.ID, actor, m.from, m.visit.State, m.reason)
}

func noteMove(ctx context.Context, tx bun.IDB, id uuid.UUID, now time.Time, visit uuid.UUID, actor *uuid.UUID, from, to State, reason string) error {
	_, err := insertMove.Exec(ctx, tx, id, visit, database.At(now), actor, string(from), string(to), reason)
	return err
}

var insertMove = database.Prepared("INSERT INTO visit_moves (id, visit_id, at, actor_id, from_state, to_state, reason) VALUES (?, ?, ?, ?, ?, ?, ?)")

// moved gives the visit after a move.
func (s *Visits) moved(ctx context.Context, by account.User, id uuid.UUID, err error) (Visit, error) {
	if err != nil {
		return Visit{}, err
	}
	return s.Get(ctx, by, id)
}

// VisitOffer names the shopper, and a new window where the old one is over.
type VisitOffer struct {
	ShopperID       uuid.UUID `json:"shopper_id"`
	Opens           string    `json:"opens,omitempty" doc:"A new window; both ends or neither"`
	Closes          string    `json:"closes,omitempty"`
	ConfirmRotation bool      `json:"confirm_rotation,omitempty" doc:"Offer it although the shopper was at the branch within the rotation"`
}

// Offer offers the visit to a shopper. What was declined or has expired needs another shopper or a new window.
func (s *Visits) Offer(ctx context.Context, by account.User, id uuid.UUID, offer VisitOffer) (Visit, error) {
	if (offer.Opens == "") != (offer.Closes == "") {
		return Visit{}, fault.At("/opens", "give both ends of the new window, or neither")
	}
	now := s.Clock()
	err := s.move(ctx, by, byCoordinator, id, Offer, "", func(ctx context.Context, tx bun.Tx, m *move) error {
		v := m.visit
		name, err := shopperName(ctx, tx, offer.ShopperID)
		if err != nil {
			return err
		}
		if name == "" {
			return fault.At("/shopper_id", "must be the id of a shopper who is not disabled")
		}
		if m.from == Declined && offer.Opens == "" && *v.ShopperID == offer.ShopperID {
			return fault.At("/shopper_id", "%s declined this visit: name another shopper or give a new window", name)
		}
		if offer.Opens != "" {
			w, err := ReadWindow(offer.Opens, offer.Closes, v.Zone)
			if err != nil {
				return err
			}
			v.setWindow(w)
		}
		if !v.ClosesAt.After(now) {
			return fault.At("/closes", "the window is over already: give a new one")
		}
		v.ShopperID, v.ShopperName, v.AcceptedAt = &offer.ShopperID, &name, database.Time{}
		if m.reason, err = askRotation(ctx, tx, v, offer.ConfirmRotation); err != nil {
			return err
		}
		return queueVisit(ctx, tx, "visit-offered", m, now)
	})
	return s.moved(ctx, by, id, err)
}

// Accept takes the offer. The reminders are set then.
func (s *Visits) Accept(ctx context.Context, by account.User, id uuid.UUID) (Visit, error) {
	now := s.Clock()
	err := s.move(ctx, by, byShopper, id, Accept, "", func(ctx context.Context, tx bun.Tx, m *move) error {
		m.visit.AcceptedAt = database.At(now)
		return queueReminders(ctx, tx, m.visit, now)
	})
	return s.moved(ctx, by, id, err)
}

// Decline turns the offer down, with a reason.
func (s *Visits) Decline(ctx context.Context, by account.User, id uuid.UUID, reason string) (Visit, error) {
	if err := fault.Characters("/reason", reason, 1, mostOfReason); err != nil {
		return Visit{}, err
	}
	return s.moved(ctx, by, id, s.move(ctx, by, byShopper, id, Decline, reason, nil))
}

// Release gives an accepted visit back (its shopper) or takes it back (a coordinator), with a reason. It is no longer
// the shopper's to see then.
func (s *Visits) Release(ctx context.Context, by account.User, id uuid.UUID, reason string) error {
	if err := fault.Characters("/reason", reason, 1, mostOfReason); err != nil {
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
	return s.move(ctx, by, party, id, Release, reason, func(ctx context.Context, tx bun.Tx, m *move) error {
		if party == byCoordinator {
			if err := queueVisit(ctx, tx, "visit-taken-back", m, s.Clock()); err != nil {
				return err
			}
		}
		m.visit.ShopperID, m.visit.AcceptedAt = nil, database.Time{}
		return nil
	})
}

// Cancel calls the visit off, with a reason. A shopper to whom it was offered, or who accepted it, is told.
func (s *Visits) Cancel(ctx context.Context, by account.User, id uuid.UUID, reason string) (Visit, error) {
	if err := fault.Characters("/reason", reason, 1, mostOfReason); err != nil {
		return Visit{}, err
	}
	now := s.Clock()
	err := s.move(ctx, by, byCoordinator, id, Cancel, reason, func(ctx context.Context, tx bun.Tx, m *move) error {
		m.visit.CancelledAt = database.At(now)
		if m.from != Offered && m.from != Accepted {
			return nil
		}
		return queueVisit(ctx, tx, "visit-cancelled", m, now)
	})
	return s.moved(ctx, by, id, err)
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
			if err := noteMove(ctx, tx, database.NewID(now), now, v.ID, nil, v.State, to, ""); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

var expireVisit = database.Prepared("UPDATE visits SET state = ?, edition = edition + 1 WHERE id = ?")
