package account

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"golang.org/x/crypto/argon2"
	"golang.org/x/sync/semaphore"
	"golang.org/x/text/unicode/norm"

	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Hashing says what hashing a password costs, and bounds what all hashing together may cost.
type Hashing struct {
	Params  argon2id.Params
	AtOnce  int64 // how many are hashed at once; each takes Params.Memory
	Waiting int64 // how many more may wait; the next is told Busy
}

// Argon is the Hashing of an installation: the parameters that OWASP's Password Storage Cheat Sheet gives for
// argon2id, two at once (38 MiB).
var Argon = Hashing{
	Params: argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32},
	AtOnce: 2, Waiting: 64,
}

// Hash is the hash of a password with this salt. It is for the demo alone, whose password everybody knows and of which two
// runs must give the same: all other hashes have a salt of chance.
func (h Hashing) Hash(password string, salt []byte) string {
	key := argon2.IDKey([]byte(norm.NFKC.String(password)), salt, h.Params.Iterations, h.Params.Memory, h.Params.Parallelism, h.Params.KeyLength)
	return h.encoded(salt, key)
}

// encoded is a hash as it is kept.
func (h Hashing) encoded(salt, key []byte) string {
	text := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.Params.Memory, h.Params.Iterations, h.Params.Parallelism, text(salt), text(key))
}

// Busy says that too many passwords wait to be hashed: nothing was looked at, and the same can be asked again After.
type Busy struct{ After time.Duration }

func (*Busy) Error() string {
	return "too many people sign in at this moment: try again in a few seconds"
}

// ErrWrongPassword says that the e-mail or the password is wrong, or the user is disabled: which of these is not told.
var ErrWrongPassword = errors.New("wrong e-mail or password")

// A password has 10 to 200 characters after NFKC, so that keyboards which write é in different ways give the same one.
const minPassword, maxPassword = 10, 200

func passwordFaults(pointer, password, email string) []fault.Fault {
	refuse := func(detail string) []fault.Fault { return []fault.Fault{{Pointer: pointer, Detail: detail}} }
	if !utf8.ValidString(password) {
		return refuse("must be UTF-8")
	}
	if n := utf8.RuneCountInString(norm.NFKC.String(password)); n < minPassword || n > maxPassword {
		return refuse(fmt.Sprintf("must have %d to %d characters", minPassword, maxPassword))
	}
	if FoldEmail(password) == email {
		return refuse("must not be the e-mail address")
	}
	return nil
}

// hasher hashes and compares passwords, so many at once and no more.
type hasher struct {
	Hashing
	present atomic.Int64
	slots   *semaphore.Weighted
	nobody  string // is compared with where there is no user, so that the answer takes as long; no password fits it
}

func newHasher(h Hashing) *hasher {
	return &hasher{Hashing: h, slots: semaphore.NewWeighted(h.AtOnce),
		nobody: h.encoded(make([]byte, h.Params.SaltLength), make([]byte, h.Params.KeyLength))}
}

// enter waits for a place among those who hash. Who has one must leave.
func (h *hasher) enter(ctx context.Context) (leave func(), err error) {
	if h.present.Add(1) > h.AtOnce+h.Waiting {
		h.present.Add(-1)
		return nil, &Busy{After: 5 * time.Second}
	}
	if err := h.slots.Acquire(ctx, 1); err != nil {
		h.present.Add(-1)
		return nil, &Busy{After: 5 * time.Second}
	}
	return func() {
		h.slots.Release(1)
		h.present.Add(-1)
	}, nil
}

func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return argon2id.CreateHash(norm.NFKC.String(password), &h.Params)
}

// matches is to be called between enter and leave. An empty hash fits no password, and takes as long to say so.
func (h *hasher) matches(password, hash string) (bool, error) {
	if hash == "" || len(password) > 4*maxPassword {
		password, hash = "", h.nobody
	}
	return argon2id.ComparePasswordAndHash(norm.NFKC.String(password), hash)
}

// outdated is true of a hash that was made with other parameters than those of today.
func (h *hasher) outdated(hash string) bool {
	params, _, _, err := argon2id.DecodeHash(hash)
	return err == nil && *params != h.Params
}

// proof is what a right password proves.
type proof struct {
	user User
	hash string // the password's, when it was compared
	try  attempt
}

// verify compares a password with that of the user who has the e-mail. Otherwise the error is ErrWrongPassword,
// *TooMany or *Busy.
func (a *Accounts) verify(ctx context.Context, email, password, address string) (proof, error) {
	try, err := a.attempt(ctx, FoldEmail(email), address)
	if err != nil {
		return proof{}, err
	}
	if err := a.mayTry(ctx, try); err != nil {
		return proof{}, err
	}
	leave, err := a.passwords.enter(ctx)
	if err != nil {
		return proof{}, err
	}
	defer leave()
	// The attempt is counted before the password is looked at: of many at once, only so many get that far.
	if err := a.count(ctx, try); err != nil {
		return proof{}, err
	}
	u, hash, err := a.credentials(ctx, FoldEmail(email))
	if err != nil {
		return proof{}, err
	}
	matches, err := a.passwords.matches(password, hash)
	if err != nil {
		return proof{}, err
	}
	if !matches || hash == "" || !u.DisabledAt.IsZero() {
		return proof{}, ErrWrongPassword
	}
	return proof{u, hash, try}, nil
}

// credentials gives a user and their password's hash by e-mail; both are empty where there is none.
func (a *Accounts) credentials(ctx context.Context, email string) (u User, hash string, err error) {
	if !IsEmail(email) {
		return User{}, "", nil
	}
	err = selectCredentials.Row(ctx, a.DB.Read(), email).Scan(append(u.places(), &hash)...)
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, "", nil
	}
	return u, hash, err
}

var selectCredentials = database.Prepared("SELECT " + userColumns + ", u.password_hash FROM users u WHERE u.email = ?")

// stands is nil while the user still has the password that was proven, and is not disabled.
func (p proof) stands(ctx context.Context, tx bun.Tx) error {
	var one int
	err := selectProven.Row(ctx, tx, p.user.ID, p.hash).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrWrongPassword
	}
	return err
}

var selectProven = database.Prepared("SELECT 1 FROM users WHERE id = ? AND password_hash = ? AND disabled_at IS NULL")

var updatePassword = database.Prepared("UPDATE users SET password_hash = ? WHERE id = ? AND disabled_at IS NULL")

// setPassword replaces a user's password, ends their sessions and takes back their links.
func (a *Accounts) setPassword(ctx context.Context, tx bun.Tx, now time.Time, user uuid.UUID, hash string) error {
	n, err := updatePassword.Exec(ctx, tx, hash, user)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.ErrNotFound
	}
	if err := endSessions(ctx, tx, now, user); err != nil {
		return err
	}
	if _, err := deleteLinks.Exec(ctx, tx, user); err != nil {
		return err
	}
	return Audit(ctx, tx, now, AuditEntry{Actor: user, Action: "set-password", Kind: "user", Subject: user.String()})
}

// ChangePassword changes the user's own password, tells them so by mail, ends all their sessions and begins a new one.
// The faults are at /current_password and /new_password; *TooMany and *Busy as in SignIn.
func (a *Accounts) ChangePassword(ctx context.Context, u User, current, password, address string) (Session, error) {
	if err := fault.Of(passwordFaults("/new_password", password, u.Email)); err != nil {
		return Session{}, err
	}
	proven, err := a.verify(ctx, u.Email, current, address)
	if errors.Is(err, ErrWrongPassword) {
		return Session{}, fault.At("/current_password", "is not your password")
	}
	if err != nil {
		return Session{}, err
	}
	hash, err := a.passwords.hash(ctx, password)
	if err != nil {
		return Session{}, err
	}
	return a.begin(ctx, proven, func(ctx context.Context, tx bun.Tx, now time.Time) error {
		if err := a.setPassword(ctx, tx, now, u.ID, hash); err != nil {
			return err
		}
		return a.Queue(ctx, tx, newPasswordSet, u.ID, nil)
	})
}
