package account

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Purpose is what a mailed link is for. It is the name of the mail's template too.
type Purpose string

// Both links set a password: NewUser the first one.
const (
	NewUser       Purpose = "new-user"
	PasswordReset Purpose = "password-reset"
)

// Lasts is how long a link opens.
func (p Purpose) Lasts() time.Duration {
	if p == NewUser {
		return 7 * 24 * time.Hour
	}
	return time.Hour
}

// RequestReset orders the mail with the link for a new password. Its answer is the same whether a user has this e-mail
// or not, and whether they were sent one a short while ago: three at once and then one in 20 minutes, so that nobody
// fills another's mailbox. The error is *TooMany for an address that asks all the time.
func (a *Accounts) RequestReset(ctx context.Context, email, address string) error {
	now := a.Clock()
	email = FoldEmail(email)
	if !IsEmail(email) {
		return fault.At("/email", "must be an e-mail address such as sam@example.org")
	}
	from := draft{a.keyed("reset from", place(address)), resetAddressBudget}
	to := draft{a.keyed("reset to", email), resetAccountBudget}
	if err := mayDraw(ctx, a.DB.Read(), now, from); err != nil {
		return err
	}
	return a.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := draw(ctx, tx, now, from); err != nil {
			return err
		}
		var tooMany *TooMany
		if err := mayDraw(ctx, tx, now, to); errors.As(err, &tooMany) {
			return nil
		} else if err != nil {
			return err
		}
		if err := draw(ctx, tx, now, to); err != nil {
			return err
		}
		var user uuid.UUID
		err := selectEnabled.Row(ctx, tx, email).Scan(&user)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		return a.Queue(ctx, tx, string(PasswordReset), user, nil)
	})
}

// MakeLink makes the secret of a mailed link at the moment when the mail is sent. It opens once, for 60 minutes (7 days
// for a new user); an older link of the same purpose opens nothing any more. It is fault.ErrNotFound for a user who is
// disabled, and for a new user's link when there is a password already: the mail is then not to be sent.
func (a *Accounts) MakeLink(ctx context.Context, user uuid.UUID, purpose Purpose) (token string, err error) {
	secret, expires := newSecret(), database.At(a.Clock().Add(purpose.Lasts()))
	err = a.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		n, err := insertLink.Exec(ctx, tx, string(purpose), hashOf(secret), expires, user, string(purpose))
		if err == nil && n == 0 {
			return fault.ErrNotFound
		}
		return err
	})
	if err != nil {
		return "", err
	}
	return secret, nil
}

// ConfirmLink sets the password of the user to whom the link was mailed, ends all their sessions and, but for a first
// password, tells them so by mail. A link opens once, however many try it together. The address becomes one that the
// user is known to sign in from. The faults are at /token and /password; the error can be *Busy.
func (a *Accounts) ConfirmLink(ctx context.Context, token, password, address string) error {
	now := a.Clock()
	hash := hashOf(token)
	var user uuid.UUID
	var email string
	err := selectLink.Row(ctx, a.DB.Read(), hash, database.At(now)).Scan(&user, &email)
	if errors.Is(err, sql.ErrNoRows) {
		return errLink
	}
	if err != nil {
		return err
	}
	if err := fault.Of(passwordFaults("/password", password, email)); err != nil {
		return err
	}
	passwordHash, err := a.passwords.hash(ctx, password)
	if err != nil {
		return err
	}
	pair := a.keyed("pair", email, place(address))
	return a.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		var purpose string
		err := takeLink.Row(ctx, tx, hash, database.At(now)).Scan(&purpose)
		if errors.Is(err, sql.ErrNoRows) {
			return errLink
		}
		if err != nil {
			return err
		}
		if err := a.setPassword(ctx, tx, now, user, passwordHash); err != nil {
			return err
		}
		if err := know(ctx, tx, now, user, pair); err != nil {
			return err
		}
		if Purpose(purpose) == NewUser {
			return nil
		}
		return a.Queue(ctx, tx, newPasswordSet, user, nil)
	})
}

var errLink = fault.At("/token", "the link was used already, is too old, or was replaced by a newer one: ask for a new one")

var (
	selectEnabled = database.Prepared("SELECT id FROM users WHERE email = ? AND disabled_at IS NULL")
	insertLink    = database.Prepared(`INSERT INTO links (user_id, purpose, hash, expires_at)
		SELECT id, CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS BIGINT) FROM users
		WHERE id = ? AND disabled_at IS NULL AND (password_hash = '' OR CAST(? AS TEXT) <> 'new-user')
		ON CONFLICT (user_id, purpose) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at`)
	selectLink = database.Prepared(`SELECT u.id, u.email FROM links l JOIN users u ON u.id = l.user_id
		WHERE l.hash = ? AND l.expires_at > ? AND u.disabled_at IS NULL`)
	takeLink    = database.Prepared("DELETE FROM links WHERE hash = ? AND expires_at > ? RETURNING purpose")
	deleteLinks = database.Prepared("DELETE FROM links WHERE user_id = ?")
)
