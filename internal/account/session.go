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

// RefreshTime is how long a session lasts after it was last used.
const RefreshTime = 60 * 24 * time.Hour

// Session is what somebody gets who signs in: an access token to send with each request, and a refresh token to spend
// for the next pair.
type Session struct {
	ID             uuid.UUID
	User           User
	Access         string
	AccessExpires  time.Time
	Refresh        string
	RefreshExpires time.Time
}

// SignIn begins a session. Otherwise the error is ErrWrongPassword, with the same words after the same time whether the
// e-mail exists or not, *TooMany, or *Busy. The address is the client's, by which attempts are limited.
func (a *Accounts) SignIn(ctx context.Context, email, password, address string) (Session, error) {
	proven, err := a.verify(ctx, email, password, address)
	if err != nil {
		return Session{}, err
	}
	renewed := ""
	if a.passwords.outdated(proven.hash) {
		if renewed, err = a.passwords.hash(ctx, password); err != nil {
			return Session{}, err
		}
	}
	return a.begin(ctx, proven, func(ctx context.Context, tx bun.Tx, _ time.Time) error {
		if renewed == "" {
			return nil
		}
		_, err := updatePassword.Exec(ctx, tx, renewed, proven.user.ID)
		return err
	})
}

// begin begins a session of who proved to be that user, after doing something else in the same transaction.
func (a *Accounts) begin(ctx context.Context, proven proof, first func(context.Context, bun.Tx, time.Time) error) (Session, error) {
	now := a.Clock()
	s := Session{ID: database.NewID(now), User: proven.user, Refresh: newSecret()}
	err := a.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := proven.stands(ctx, tx); err != nil {
			return err
		}
		if err := first(ctx, tx, now); err != nil {
			return err
		}
		if err := giveBack(ctx, tx, proven.try); err != nil {
			return err
		}
		if err := know(ctx, tx, now, s.User.ID, proven.try.pair); err != nil {
			return err
		}
		at, expires := database.At(now), database.At(now.Add(RefreshTime))
		if _, err := insertSession.Exec(ctx, tx, s.ID, s.User.ID, at, at, expires); err != nil {
			return err
		}
		if _, err := insertToken.Exec(ctx, tx, hashOf(s.Refresh), s.ID, 1, expires); err != nil {
			return err
		}
		return Audit(ctx, tx, now, AuditEntry{Actor: s.User.ID, Action: "sign-in", Kind: "session", Subject: s.ID.String()})
	})
	if err != nil {
		return Session{}, err
	}
	return a.handOut(s, now)
}

// handOut completes a session with its access token.
func (a *Accounts) handOut(s Session, now time.Time) (Session, error) {
	s.User.Session = s.ID
	s.AccessExpires, s.RefreshExpires = now.Add(AccessTime), now.Add(RefreshTime)
	var err error
	s.Access, err = a.Keys.sign(s.User.ID, s.ID, now)
	return s, err
}

var (
	insertSession = database.Prepared(`INSERT INTO sessions (id, user_id, started_at, used_at, expires_at, generation, spent_hash)
		VALUES (?, ?, ?, ?, ?, 0, '')`)
	insertToken = database.Prepared("INSERT INTO refresh_tokens (hash, session_id, generation, expires_at) VALUES (?, ?, ?, ?)")
)

// refreshToken is one that was handed out. Each of the first generation was got by signing in, each of a later one by
// spending a token of the generation before.
type refreshToken struct {
	hash       string
	session    uuid.UUID
	generation int64
	expires    database.Time
}

// family is what is known of a session's refresh tokens.
type family struct {
	generation int64 // of the newest that was spent
	spent      string
	ended      bool
}

type verdict int

const (
	refused verdict = iota // nothing comes of it
	first                  // spent for the first time
	again                  // spent again: the answer was lost
	stolen                 // two hold tokens of this family, and one of them is a thief
)

// judge says what becomes of a refresh token that is presented.
//
// On a bad network the answer with the successor gets lost, or two tabs present the same token at once. So a spent token
// is good again, for another successor, as long as none of its successors was spent. The first of them that is spent
// is the one that arrived; a token that its spending left behind then shows that two hold tokens of the family, which ends it.
func (f family) judge(t refreshToken, now time.Time) verdict {
	switch {
	case f.ended || !now.Before(t.expires.Time):
		return refused
	case t.generation == f.generation+1:
		return first
	case t.generation == f.generation && t.hash == f.spent:
		return again
	}
	return stolen
}

// Refresh spends a refresh token for a new pair of tokens. It is ErrSignedOut when the token is good for nothing any
// more; one that somebody else has used ends the session.
func (a *Accounts) Refresh(ctx context.Context, token string) (Session, error) {
	now := a.Clock()
	// A token's row never changes, so it is read outside: inside, PostgreSQL would see a conflict with every new row.
	t, err := a.refreshToken(ctx, token)
	if err != nil {
		return Session{}, err
	}
	s := Session{ID: t.session, Refresh: newSecret()}
	var found verdict
	err = a.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		var f family
		places := append(s.User.places(), &f.generation, &f.spent, &f.ended)
		if err := selectFamily.Row(ctx, tx, t.session).Scan(places...); err != nil {
			return err
		}
		found = f.judge(t, now)
		expires := database.At(now.Add(RefreshTime))
		switch found {
		case refused:
			return nil
		case stolen:
			return end(ctx, tx, now, s.User.ID, t.session, AuditEntry{Action: "end-stolen"})
		case first:
			if _, err := spend.Exec(ctx, tx, t.generation, t.hash, database.At(now), expires, t.session); err != nil {
				return err
			}
		}
		_, err := insertToken.Exec(ctx, tx, hashOf(s.Refresh), t.session, t.generation+1, expires)
		return err
	})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Session{}, ErrSignedOut
	case err != nil:
		return Session{}, err
	case found == refused || found == stolen:
		return Session{}, ErrSignedOut
	}
	return a.handOut(s, now)
}

func (a *Accounts) refreshToken(ctx context.Context, token string) (refreshToken, error) {
	t := refreshToken{hash: hashOf(token)}
	err := selectToken.Row(ctx, a.DB.Read(), t.hash).Scan(&t.session, &t.generation, &t.expires)
	if errors.Is(err, sql.ErrNoRows) {
		return t, ErrSignedOut
	}
	return t, err
}

var (
	selectToken  = database.Prepared("SELECT session_id, generation, expires_at FROM refresh_tokens WHERE hash = ?")
	selectFamily = database.Prepared("SELECT " + userColumns + `, s.generation, s.spent_hash, s.ended_at IS NOT NULL
		FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ? AND u.disabled_at IS NULL`)
	spend      = database.Prepared("UPDATE sessions SET generation = ?, spent_hash = ?, used_at = ?, expires_at = ? WHERE id = ?")
	endOne     = database.Prepared("UPDATE sessions SET ended_at = ? WHERE id = ? AND user_id = ? AND ended_at IS NULL")
	endAllOf   = database.Prepared("UPDATE sessions SET ended_at = ? WHERE user_id = ? AND ended_at IS NULL")
	userOfOpen = database.Prepared("SELECT user_id FROM sessions WHERE id = ?")
)

// SignOut ends one of the user's own sessions. Both its tokens open nothing from then on.
func (a *Accounts) SignOut(ctx context.Context, u User, session uuid.UUID) error {
	now := a.Clock()
	return a.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		return end(ctx, tx, now, u.ID, session, AuditEntry{Actor: u.ID, Action: "sign-out"})
	})
}

// SignOutWith ends the session of a refresh token, for who signs out after the access token's time. A token of no
// session is no error: its holder is signed out.
func (a *Accounts) SignOutWith(ctx context.Context, token string) error {
	t, err := a.refreshToken(ctx, token)
	if errors.Is(err, ErrSignedOut) {
		return nil
	}
	if err != nil {
		return err
	}
	var user uuid.UUID
	if err := userOfOpen.Row(ctx, a.DB.Read(), t.session).Scan(&user); err != nil {
		return err
	}
	return a.SignOut(ctx, User{ID: user}, t.session)
}

// SignOutAll ends every session of the user.
func (a *Accounts) SignOutAll(ctx context.Context, u User) error {
	now := a.Clock()
	return a.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := endSessions(ctx, tx, now, u.ID); err != nil {
			return err
		}
		return Audit(ctx, tx, now, AuditEntry{Actor: u.ID, Action: "sign-out-all", Kind: "user", Subject: u.ID.String()})
	})
}

func end(ctx context.Context, tx bun.Tx, now time.Time, user, session uuid.UUID, e AuditEntry) error {
	n, err := endOne.Exec(ctx, tx, database.At(now), session, user)
	if err != nil || n == 0 {
		return err
	}
	e.Kind, e.Subject = "session", session.String()
	return Audit(ctx, tx, now, e)
}

func endSessions(ctx context.Context, tx bun.Tx, now time.Time, user uuid.UUID) error {
	_, err := endAllOf.Exec(ctx, tx, database.At(now), user)
	return err
}

// OpenSession is a session that goes on, as its user sees it in a list.
type OpenSession struct {
	ID        uuid.UUID
	StartedAt database.Time
	UsedAt    database.Time
	ExpiresAt database.Time
}

// Sessions gives a user's open sessions, the newest first: to the user, and to admins.
func (a *Accounts) Sessions(ctx context.Context, viewer User, user uuid.UUID) ([]OpenSession, error) {
	if !viewer.Roles.Any(Admin) && viewer.ID != user {
		return nil, fault.ErrNotFound
	}
	sessions := []OpenSession{}
	err := a.DB.Read().NewSelect().Table("sessions").Column("id", "started_at", "used_at", "expires_at").
		Where("user_id = ? AND ended_at IS NULL AND expires_at > ?", user, database.At(a.Clock())).
		OrderExpr("started_at DESC, id DESC").Scan(ctx, &sessions)
	return sessions, err
}
