package account

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
)

// Accounts keeps the users, their passwords, sessions and links.
type Accounts struct {
	DB    *database.DB
	Keys  Keys
	Clock func() time.Time
	Queue Queue

	// Language gives the language (BCP 47) of people who are added without one; where it is nil, that is en.
	Language func(context.Context) (string, error)

	passwords *hasher
}

// Queue orders a mail of a template ("new-user", "password-reset", "new-password-set") to a user, in the transaction
// of what it tells.
type Queue func(ctx context.Context, tx bun.IDB, template string, to uuid.UUID, about any) error

// New makes the store. Argon is the Hashing for anything but tests.
func New(db *database.DB, keys Keys, clock func() time.Time, queue Queue, hashing Hashing) *Accounts {
	return &Accounts{DB: db, Keys: keys, Clock: clock, Queue: queue, passwords: newHasher(hashing)}
}

func (a *Accounts) language(ctx context.Context) (string, error) {
	if a.Language == nil {
		return "en", nil
	}
	return a.Language(ctx)
}

// Purge deletes what has no meaning any more: expired tokens, sessions and links, budgets that are whole again,
// addresses not seen for 180 days, and audit rows from before the given time (a time of keeping of 24 months is usual).
// That audit rows were purged is itself in the audit trail.
func (a *Accounts) Purge(ctx context.Context, auditBefore time.Time) error {
	now := a.Clock()
	for _, old := range []struct {
		table, key, column string
		before             time.Time
	}{
		{"refresh_tokens", "hash", "expires_at", now},
		{"sessions", "id", "expires_at", now},
		{"links", "hash", "expires_at", now},
		{"budgets", "key", "whole_at", now},
		{"known_addresses", "pair", "seen_at", now.Add(-addressKept)},
		{"audit", "id", "at", auditBefore},
	} {
		for n := int64(purgedAtOnce); n == purgedAtOnce; {
			err := a.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
				result, err := tx.NewRaw("DELETE FROM ?0 WHERE ?1 IN (SELECT ?1 FROM ?0 WHERE ?2 < ?3 LIMIT ?4)",
					bun.Ident(old.table), bun.Ident(old.key), bun.Ident(old.column), database.At(old.before), purgedAtOnce).Exec(ctx)
				if err != nil {
					return err
				}
				if n, err = result.RowsAffected(); err != nil || n == 0 || old.table != "audit" {
					return err
				}
				return Audit(ctx, tx, now, AuditEntry{Action: "purge", Kind: "audit", Subjects: int(n)})
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// purgedAtOnce keeps one transaction short, so that others need not wait long for it.
const purgedAtOnce = 1000
