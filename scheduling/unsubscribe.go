package scheduling

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/fault"
)

// CanUnsubscribe is fault.ErrNotFound for a link that is not ours, that was revoked, or whose participant was erased. It
// changes nothing, for mail scanners open links. who is the organisation's name.
func (l *Letters) CanUnsubscribe(ctx context.Context, token string) (who string, err error) {
	id, generation, err := l.Links.Read(UnsubscribeLink, token)
	if err != nil {
		return "", err
	}
	var known bool
	err = l.DB.Read().NewRaw("SELECT EXISTS (SELECT 1 FROM participants WHERE id = ? AND generation = ? AND erased_at IS NULL)", id, generation).Scan(ctx, &known)
	if err != nil {
		return "", err
	}
	if !known {
		return "", fault.ErrNotFound
	}
	return l.Organisation(ctx)
}

// Unsubscribe has a participant left alone: do_not_contact. It is repeatable. The error is as CanUnsubscribe's.
func (l *Letters) Unsubscribe(ctx context.Context, token string) error {
	id, generation, err := l.Links.Read(UnsubscribeLink, token)
	if err != nil {
		return err
	}
	return l.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		var found []struct {
			ID           uuid.UUID
			DoNotContact bool
		}
		err := tx.NewRaw("SELECT id, do_not_contact FROM participants WHERE id = ? AND generation = ? AND erased_at IS NULL", id, generation).Scan(ctx, &found)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fault.ErrNotFound
		}
		if found[0].DoNotContact {
			return nil
		}
		if _, err := tx.NewRaw("UPDATE participants SET do_not_contact = TRUE, edition = edition + 1 WHERE id = ?", id).Exec(ctx); err != nil {
			return err
		}
		return account.Audit(ctx, tx, l.Clock(), account.AuditEntry{Action: "unsubscribe", Kind: "participant", Subject: id.String(), Fields: []string{"do_not_contact"}})
	})
}
