package account_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database/databasetest"
	"fieldcare/internal/fault"
)

var ctx = context.Background()

const (
	home   = "198.51.100.7"
	cafe   = "203.0.113.9"
	secret = "a secret of the tests, of more than 32 characters"
)

// world is a set of accounts with four people in it. Their passwords are "password of ada" and so on.
type world struct {
	*account.Accounts
	t     testing.TB
	clock *clock

	ada   account.User // admin
	carol account.User // coordinator
	sam   account.User // shopper
	max   account.User // manager
}

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// quick makes passwords that are hashed too fast to be safe, and in time for tests.
var quick = account.Hashing{
	Params: argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32},
	AtOnce: 2, Waiting: 1000,
}

func newWorld(t testing.TB) *world { return newWorldWith(t, quick) }

func newWorldWith(t testing.TB, hashing account.Hashing) *world {
	t.Helper()
	db := databasetest.Open(t)
	require.NoError(t, db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "CREATE TABLE ordered (template TEXT, recipient TEXT)")
		return err
	}))
	keys, err := account.LoadKeys(secret, "")
	require.NoError(t, err)
	w := &world{t: t, clock: &clock{now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}}
	w.Accounts = account.New(db, keys, w.clock.Now, order, hashing)
	w.ada = w.person("Ada", account.Admin)
	w.carol = w.person("Carol", account.Coordinator)
	w.sam = w.person("Sam", account.Shopper)
	w.max = w.person("Max", account.Manager)
	return w
}

// order keeps what mail was ordered in a table, so that an order goes with the transaction that it stands in.
func order(ctx context.Context, tx bun.IDB, template string, to uuid.UUID, _ any) error {
	_, err := tx.NewRaw("INSERT INTO ordered VALUES (?, ?)", template, to).Exec(ctx)
	return err
}

func (w *world) ordered(to uuid.UUID) []string {
	w.t.Helper()
	templates := []string{}
	require.NoError(w.t, w.DB.Read().NewRaw("SELECT template FROM ordered WHERE recipient = ? ORDER BY template", to).Scan(ctx, &templates))
	return templates
}

func (w *world) person(name string, roles account.Roles) account.User {
	w.t.Helper()
	u, err := w.AddWithPassword(ctx, change(name, roles), passwordOf(name))
	require.NoError(w.t, err)
	return u
}

func change(name string, roles account.Roles) account.UserChange {
	return account.UserChange{Email: ptr(emailOf(name)), Name: &name, Language: ptr("en"), Roles: &roles}
}

func emailOf(name string) string    { return strings.ToLower(name) + "@example.org" }
func passwordOf(name string) string { return "password of " + strings.ToLower(name) }

func ptr[T any](v T) *T { return &v }

func (w *world) signIn(u account.User) account.Session {
	w.t.Helper()
	s, err := w.SignIn(ctx, u.Email, passwordOf(u.Name), home)
	require.NoError(w.t, err)
	return s
}

func (w *world) read(u account.User) account.User {
	w.t.Helper()
	u, err := w.Get(ctx, w.ada, u.ID)
	require.NoError(w.t, err)
	return u
}

func (w *world) requireSignedOut(s account.Session) {
	w.t.Helper()
	_, err := w.Authenticate(ctx, s.Access)
	require.ErrorIs(w.t, err, account.ErrSignedOut)
	_, err = w.Refresh(ctx, s.Refresh)
	require.ErrorIs(w.t, err, account.ErrSignedOut)
}

func (w *world) requireSignedIn(s account.Session) {
	w.t.Helper()
	u, err := w.Authenticate(ctx, s.Access)
	require.NoError(w.t, err)
	require.Equal(w.t, s.User.ID, u.ID)
	require.Equal(w.t, s.ID, u.Session)
}

func (w *world) count(query string, args ...any) (n int) {
	w.t.Helper()
	require.NoError(w.t, w.DB.Read().NewRaw(query, args...).Scan(ctx, &n))
	return n
}

// trail gives the actions on a subject, the oldest first.
func (w *world) trail(subject uuid.UUID) (actions []string) {
	w.t.Helper()
	page, err := w.AuditList(ctx, w.ada, account.AuditFilter{Subject: subject.String(), Limit: 100})
	require.NoError(w.t, err)
	for _, r := range page.Items {
		actions = append([]string{r.Action}, actions...)
	}
	return actions
}

// requireFaults requires an Invalid with exactly these places, as "/name" or "3 /name" with a line.
func requireFaults(t testing.TB, err error, places ...string) {
	t.Helper()
	var invalid *fault.Invalid
	require.ErrorAs(t, err, &invalid)
	var found []string
	for _, f := range invalid.Faults {
		require.NotEmpty(t, f.Detail)
		place := f.Pointer
		if f.Line > 0 {
			place = fmt.Sprintf("%d %s", f.Line, f.Pointer)
		}
		found = append(found, strings.TrimSpace(place))
	}
	require.Equal(t, places, found)
}

func requireConflict(t testing.TB, err error, kind string) {
	t.Helper()
	var conflict *fault.Conflict
	require.ErrorAs(t, err, &conflict)
	require.Equal(t, kind, conflict.Type)
}

// together runs fn n times at once and gives the errors.
func together(n int, fn func(i int) error) []error {
	errs := make([]error, n)
	var start, done sync.WaitGroup
	start.Add(1)
	for i := range n {
		done.Go(func() {
			start.Wait()
			errs[i] = fn(i)
		})
	}
	start.Done()
	done.Wait()
	return errs
}

func TestThePurgeDeletesOnlyWhatHasNoMeaningAnyMore(t *testing.T) {
	w := newWorld(t)
	left, used := w.signIn(w.sam), w.signIn(w.max)
	_, err := w.SignIn(ctx, "sam@example.org", "a wrong password", cafe)
	require.ErrorIs(t, err, account.ErrWrongPassword)
	_, err = w.MakeLink(ctx, w.sam.ID, account.PasswordReset)
	require.NoError(t, err)

	w.clock.Pass(account.RefreshTime / 2)
	used, err = w.Refresh(ctx, used.Refresh)
	require.NoError(t, err)
	w.clock.Pass(account.RefreshTime/2 + time.Second)
	now := w.clock.Now()
	require.NoError(t, w.Purge(ctx, now.AddDate(-2, 0, 0)))

	require.Equal(t, 1, w.count("SELECT count(*) FROM sessions"))
	require.Equal(t, 1, w.count("SELECT count(*) FROM refresh_tokens"), "Max's newest")
	require.Zero(t, w.count("SELECT count(*) FROM links"))
	require.Zero(t, w.count("SELECT count(*) FROM budgets"))
	require.Equal(t, 2, w.count("SELECT count(*) FROM known_addresses"))
	w.requireSignedOut(left)
	used, err = w.Refresh(ctx, used.Refresh)
	require.NoError(t, err)
	w.requireSignedIn(used)

	before := w.count("SELECT count(*) FROM audit")
	require.NoError(t, w.Purge(ctx, now.AddDate(-2, 0, 0)))
	require.Equal(t, before, w.count("SELECT count(*) FROM audit"))
	w.clock.Pass(time.Second)
	require.NoError(t, w.Purge(ctx, w.clock.Now()))
	page, err := w.AuditList(ctx, w.ada, account.AuditFilter{Limit: 10})
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	require.Equal(t, account.AuditEntry{Action: "purge", Kind: "audit", Fields: []string{}, Subjects: before}, page.Items[0].AuditEntry)

	w.clock.Pass(181 * 24 * time.Hour)
	require.NoError(t, w.Purge(ctx, now))
	require.Zero(t, w.count("SELECT count(*) FROM known_addresses"))
}
