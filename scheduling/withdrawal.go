package scheduling

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/fault"
)

// Withdraw takes an invitation back, with a reason. Who had been sent it is told, and a seat that falls free is offered to
// the next. Once the session has begun, or is closed or cancelled, it is a conflict: who was asked and who accepted stays as
// it was. It is repeatable.
func (s *Invitations) Withdraw(ctx context.Context, by account.User, id uuid.UUID, reason string) (Invitation, error) {
	if err := fault.Characters("/reason", reason, 1, mostOfReason); err != nil {
		return Invitation{}, err
	}
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		r, err := getInvitation(ctx, tx, id)
		if err != nil {
			return err
		}
		if r.State == Withdrawn {
			return nil // the answer to the first time was lost
		}
		at, err := s.seating(ctx, tx, r.FocusGroupID, ByCoordinator, &by.ID)
		if err != nil {
			return err
		}
		if err := at.stillMoves(); err != nil {
			return err
		}
		if err := at.withdraw(ctx, r, reason); err != nil {
			return err
		}
		if err := at.refill(ctx); err != nil {
			return err
		}
		return account.Audit(ctx, tx, at.now, account.AuditEntry{Actor: by.ID, Action: "withdraw", Kind: "invitation", Subject: id.String()})
	})
	if err != nil {
		return Invitation{}, err
	}
	return s.Get(ctx, id)
}

// stillMoves refuses to take back what belongs to a session that is past: its report counts who was asked and who accepted.
func (s *seating) stillMoves() error {
	if why := s.group.past(s.now); why != "" {
		return fault.Conflicting("group-over", "its invitations stay as they are: %s", why)
	}
	return nil
}

func (s *seating) withdraw(ctx context.Context, r *invitationRow, reason string) error {
	drafted := r.State == Drafted
	if err := s.move(ctx, r, Withdraw, ByCoordinator, strings.TrimSpace(reason)); err != nil || drafted {
		return err
	}
	return s.letter(ctx, "invitation-withdrawn", r, s.now)
}
