// Package account says who may use the application: users and their roles, passwords, sessions, tokens, mailed links,
// and the audit trail.
package account

import (
	"context"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// User is a person who signs in.
type User struct {
	ID         uuid.UUID `bun:",pk"`
	Email      string    // folded to lower case; unique
	Name       string
	Language   string // BCP 47
	Roles      Roles
	DisabledAt database.Time
	Edition    int64 // counts changes, for If-Match

	MonthlyDigest bool // a manager's own choice: one mail a month about their branches

	Session uuid.UUID `bun:"-"` // the session of the request that this user makes; zero elsewhere
}

// Coordinates is true of coordinators and admins, who see everything that is planned.
func (u User) Coordinates() bool { return u.Roles.Any(Coordinator | Admin) }

// userColumns are the columns of users (alias u) that places takes, in this order.
const userColumns = "u.id, u.email, u.name, u.language, u.roles, u.disabled_at, u.edition, u.monthly_digest"

func (u *User) places() []any {
	return []any{&u.ID, &u.Email, &u.Name, &u.Language, &u.Roles, &u.DisabledAt, &u.Edition, &u.MonthlyDigest}
}

func (u User) faults() (faults []fault.Fault) {
	if !IsEmail(u.Email) {
		faults = append(faults, fault.Fault{Pointer: "/email", Detail: "must be one e-mail address without a name, such as sam@example.org, of at most 254 characters"})
	}
	if n := utf8.RuneCountInString(u.Name); n == 0 || n > 120 || !utf8.ValidString(u.Name) || strings.ContainsFunc(u.Name, unicode.IsControl) {
		faults = append(faults, fault.Fault{Pointer: "/name", Detail: "must have 1 to 120 characters, on one line"})
	}
	if !IsLanguage(u.Language) {
		faults = append(faults, fault.Fault{Pointer: "/language", Detail: "must be a language tag (BCP 47) such as en or pl"})
	}
	return append(faults, u.Roles.faults()...)
}

// FoldEmail gives the form in which an e-mail address is kept and compared.
func FoldEmail(email string) string {
	if !utf8.ValidString(email) {
		return email // ToLower would make it valid, and another's
	}
	return strings.ToLower(norm.NFC.String(strings.TrimSpace(email)))
}

// IsLanguage is true of a language tag (BCP 47) that names a language.
func IsLanguage(tag string) bool {
	parsed, err := language.Parse(tag)
	return err == nil && parsed != language.Und && len(tag) <= 35
}

// CanonicalLanguage writes a language tag the usual way: en-GB for en_gb.
func CanonicalLanguage(tag string) string {
	if parsed, err := language.Parse(tag); err == nil {
		return parsed.String()
	}
	return tag
}

// IsEmail is true of a bare address: no name, no comment, no angle brackets, at most 254 octets (RFC 5321).
func IsEmail(email string) bool {
	address, err := mail.ParseAddress(email)
	return err == nil && address.Address == email && len(email) <= 254 && utf8.ValidString(email) &&
		!strings.ContainsFunc(email, unicode.IsControl)
}

type userRow struct {
	bun.BaseModel `bun:"table:users,alias:u"`
	User
	Folded string
}

func rowOf(u User) *userRow { return &userRow{User: u, Folded: u.folded()} }

func (u User) folded() string { return database.Fold(u.Name, u.Email) }

// usersOf keeps of a query over users those that the viewer may read: coordinators and admins all, anybody themselves.
func usersOf(q *bun.SelectQuery, viewer User) *bun.SelectQuery {
	if viewer.Coordinates() {
		return q
	}
	return q.Where("u.id = ?", viewer.ID)
}

// UserFilter narrows a list of users.
type UserFilter struct {
	Search   string // in name and e-mail, without case and marks
	Roles    Roles  // users who have any of these; 0 is no filter
	Disabled *bool
	Limit    int // at least 1
	Cursor   string
}

// List gives the users that the viewer may read, by name.
func (a *Accounts) List(ctx context.Context, viewer User, f UserFilter) (database.Page[User], error) {
	var rows []userRow
	q := usersOf(a.DB.Read().NewSelect().Model(&rows), viewer).OrderExpr("u.folded, u.id").Limit(int64(f.Limit) + 1)
	if f.Search != "" {
		q = q.Where(`u.folded LIKE ? ESCAPE '\'`, database.Containing(f.Search))
	}
	if f.Roles != 0 {
		q = q.Where("(u.roles & ?) <> 0", int64(f.Roles))
	}
	if f.Disabled != nil {
		q = q.Where("(u.disabled_at IS NOT NULL) = ?", *f.Disabled)
	}
	var folded string
	var id uuid.UUID
	if more, err := database.ReadCursor(f.Cursor, &folded, &id); err != nil {
		return database.Page[User]{}, err
	} else if more {
		q = q.Where("(u.folded, u.id) > (?, ?)", folded, id)
	}
	if err := q.Scan(ctx); err != nil {
		return database.Page[User]{}, err
	}
	page := database.Paged(rows, f.Limit, func(r userRow) []any { return []any{r.folded(), r.ID} })
	return database.PageOf(page, func(r *userRow) User { return r.User }), nil
}

// Get gives one user, or fault.ErrNotFound where the viewer may not read it.
func (a *Accounts) Get(ctx context.Context, viewer User, id uuid.UUID) (User, error) {
	return getUser(ctx, a.DB.Read(), viewer, id)
}

func getUser(ctx context.Context, from bun.IDB, viewer User, id uuid.UUID) (User, error) {
	var rows []userRow
	if err := usersOf(from.NewSelect().Model(&rows), viewer).Where("u.id = ?", id).Scan(ctx); err != nil {
		return User{}, err
	}
	if len(rows) == 0 {
		return User{}, fault.ErrNotFound
	}
	return rows[0].User, nil
}

// Add adds a user under an id of the client's choice and orders the mail with the link for the first password. It is
// repeatable: again is true when the same was added before. A coordinator adds shoppers only. Language is that of the
// organisation where none is given.
func (a *Accounts) Add(ctx context.Context, by User, id uuid.UUID, contentHash string, c UserChange) (u User, again bool, err error) {
	now := a.Clock()
	language, err := a.language(ctx)
	if err != nil {
		return User{}, false, err
	}
	added := newUser(id, c, language, now)
	if err := fault.Of(append(added.faults(), added.refusedTo(by)...)); err != nil {
		return User{}, false, err
	}
	err = a.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if again, err = database.Create(ctx, tx, id, contentHash); err != nil {
			return err
		}
		if again {
			u, err = getUser(ctx, tx, by, id)
			return err
		}
		u = added
		if err := insertUser(ctx, tx, by, now, u, ""); err != nil {
			return err
		}
		return a.Queue(ctx, tx, string(NewUser), u.ID, nil)
	})
	return u, again, err
}

// AddWithPassword adds a user whose password is set on the machine itself, by the command line: no mail goes out, and the
// audit trail names no actor.
func (a *Accounts) AddWithPassword(ctx context.Context, c UserChange, password string) (User, error) {
	return a.addHere(ctx, c, func(u User) (string, error) {
		if err := fault.Of(append(u.faults(), passwordFaults("/password", password, u.Email)...)); err != nil {
			return "", err
		}
		return a.passwords.hash(ctx, password)
	})
}

// AddWithHash is AddWithPassword for a password that was hashed before, as the demo's is: once for all its people.
func (a *Accounts) AddWithHash(ctx context.Context, c UserChange, passwordHash string) (User, error) {
	return a.addHere(ctx, c, func(u User) (string, error) { return passwordHash, fault.Of(u.faults()) })
}

func (a *Accounts) addHere(ctx context.Context, c UserChange, hash func(User) (string, error)) (User, error) {
	now := a.Clock()
	language, err := a.language(ctx)
	if err != nil {
		return User{}, err
	}
	u := newUser(database.NewID(now), c, language, now)
	passwordHash, err := hash(u)
	if err != nil {
		return User{}, err
	}
	err = a.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error { return insertUser(ctx, tx, User{}, now, u, passwordHash) })
	return u, err
}

func newUser(id uuid.UUID, c UserChange, language string, now time.Time) User {
	u := User{ID: id, Language: language, Edition: 1}
	u.apply(c, now)
	return u
}

// refusedTo says why by may not add this user, where nothing else is wrong with the roles.
func (u User) refusedTo(by User) []fault.Fault {
	if by.Roles.Any(Admin) || by.Roles.Any(Coordinator) && u.Roles == Shopper || u.Roles.faults() != nil {
		return nil
	}
	return []fault.Fault{{Pointer: "/roles", Detail: "a coordinator adds shoppers; an admin adds the others"}}
}

func insertUser(ctx context.Context, tx bun.Tx, by User, now time.Time, u User, passwordHash string) error {
	n, err := insertUserRow.Exec(ctx, tx, u.ID, u.Email, u.Name, u.folded(), u.Language, int64(u.Roles), passwordHash, u.DisabledAt, database.At(now), u.Edition)
	if err != nil {
		return err
	}
	if n == 0 {
		return emailTaken(u.Email)
	}
	return Audit(ctx, tx, now, AuditEntry{Actor: by.ID, Action: "add", Kind: "user", Subject: u.ID.String()})
}

var insertUserRow = database.Prepared(`INSERT INTO users (id, email, name, folded, language, roles, password_hash, disabled_at, created_at, edition)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (email) DO NOTHING`)

func emailTaken(email string) error {
	return &fault.Conflict{Type: "email-taken", Detail: fmt.Sprintf("another user has the e-mail %q", email)}
}
