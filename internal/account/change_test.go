package account_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"fieldcare/internal/account"
	"fieldcare/internal/fault"
)

func TestAnAdminChangesEverything(t *testing.T) {
	w := newWorld(t)
	u, err := w.Change(ctx, w.ada, w.sam.ID, 1, account.UserChange{Email: ptr("Samuel@Example.org"), Name: ptr("Samuel"), Language: ptr("pl"), Roles: ptr(account.Moderator)})
	require.NoError(t, err)
	require.Equal(t, account.User{ID: w.sam.ID, Email: "samuel@example.org", Name: "Samuel", Language: "pl", Roles: account.Moderator, Edition: 2}, u)
	require.Equal(t, u, w.read(u))
	page, err := w.AuditList(ctx, w.ada, account.AuditFilter{Subject: u.ID.String(), Limit: 1})
	require.NoError(t, err)
	require.Equal(t, account.AuditEntry{Actor: w.ada.ID, Action: "change", Kind: "user", Subject: u.ID.String(), Fields: []string{"email", "name", "language", "roles"}}, page.Items[0].AuditEntry)
	_, err = w.SignIn(ctx, "samuel@example.org", passwordOf("Sam"), home)
	require.NoError(t, err)
	_, err = w.SignIn(ctx, "sam@example.org", passwordOf("Sam"), home)
	require.ErrorIs(t, err, account.ErrWrongPassword)
}

func TestAChangeOfAnOlderEditionIsRefused(t *testing.T) {
	w := newWorld(t)
	_, err := w.Change(ctx, w.ada, w.sam.ID, 1, account.UserChange{Name: ptr("Samuel")})
	require.NoError(t, err)
	for _, edition := range []int64{0, 1, 3} {
		_, err = w.Change(ctx, w.ada, w.sam.ID, edition, account.UserChange{Name: ptr("Sammy")})
		require.ErrorIs(t, err, fault.ErrChanged)
	}
	errs := together(16, func(int) error {
		_, err := w.Change(ctx, w.ada, w.sam.ID, 2, account.UserChange{Language: ptr("pl")})
		return err
	})
	changed := 0
	for _, err := range errs {
		if err == nil {
			changed++
			continue
		}
		require.ErrorIs(t, err, fault.ErrChanged)
	}
	require.Equal(t, 1, changed)
	require.Equal(t, int64(3), w.read(w.sam).Edition)
}

func TestAChangeToTheSameChangesNothing(t *testing.T) {
	w := newWorld(t)
	u, err := w.Change(ctx, w.ada, w.sam.ID, 1, account.UserChange{Name: ptr(" Sam "), Email: ptr("SAM@example.org"), Disabled: ptr(false)})
	require.NoError(t, err)
	require.Equal(t, w.sam, u)
	require.Equal(t, []string{"add"}, w.trail(w.sam.ID))
}

func TestAnInvalidChangeIsRefused(t *testing.T) {
	w := newWorld(t)
	_, err := w.Change(ctx, w.ada, w.sam.ID, 1, account.UserChange{Email: ptr("x"), Name: ptr(""), Language: ptr(""), Roles: ptr(account.Shopper | account.Manager)})
	requireFaults(t, err, "/email", "/name", "/language", "/roles")
	_, err = w.Change(ctx, w.ada, w.sam.ID, 1, account.UserChange{Email: ptr("MAX@example.org")})
	requireConflict(t, err, "email-taken")
	_, err = w.Change(ctx, w.ada, newID(), 1, account.UserChange{Name: ptr("x")})
	require.ErrorIs(t, err, fault.ErrNotFound)
	require.Equal(t, w.sam, w.read(w.sam))
}

func TestWhoMayChangeWhat(t *testing.T) {
	w := newWorld(t)
	everything := account.UserChange{Email: ptr("x@example.org"), Name: ptr("X"), Language: ptr("pl"), Roles: ptr(account.Moderator), Disabled: ptr(true)}
	both := w.person("Both", account.Shopper|account.Moderator)
	for _, c := range []struct {
		by, of account.User
		places []string
	}{
		{w.carol, w.sam, []string{"/name", "/language", "/email", "/roles"}},
		{w.carol, w.max, []string{"/name", "/language", "/email", "/roles", "/disabled"}},
		{w.carol, both, []string{"/name", "/language", "/email", "/roles", "/disabled"}},
		{w.carol, w.ada, []string{"/name", "/language", "/email", "/roles", "/disabled"}},
		{w.carol, w.carol, []string{"/email", "/roles", "/disabled"}},
		{w.sam, w.sam, []string{"/email", "/roles", "/disabled"}},
		{w.max, w.max, []string{"/email", "/roles", "/disabled"}},
	} {
		_, err := w.Change(ctx, c.by, c.of.ID, 1, everything)
		requireFaults(t, err, c.places...)
	}
	_, err := w.Change(ctx, w.sam, w.max.ID, 1, everything)
	require.ErrorIs(t, err, fault.ErrNotFound)

	u, err := w.Change(ctx, w.sam, w.sam.ID, 1, account.UserChange{Name: ptr("Sammy"), Language: ptr("pl")})
	require.NoError(t, err)
	require.Equal(t, "Sammy", u.Name)
	u, err = w.Change(ctx, w.carol, w.sam.ID, 2, account.UserChange{Disabled: ptr(true)})
	require.NoError(t, err)
	require.False(t, u.DisabledAt.IsZero())
	u, err = w.Change(ctx, w.carol, w.sam.ID, 3, account.UserChange{Disabled: ptr(false)})
	require.NoError(t, err)
	require.True(t, u.DisabledAt.IsZero())
	require.Equal(t, []string{"add", "change", "disable", "enable"}, w.trail(w.sam.ID))
}

func TestDisablingActsAtOnce(t *testing.T) {
	w := newWorld(t)
	phone, desk := w.signIn(w.sam), w.signIn(w.sam)
	link, err := w.MakeLink(ctx, w.sam.ID, account.PasswordReset)
	require.NoError(t, err)
	u, err := w.Change(ctx, w.carol, w.sam.ID, 1, account.UserChange{Disabled: ptr(true)})
	require.NoError(t, err)
	require.Equal(t, w.clock.Now(), u.DisabledAt.Time)

	w.requireSignedOut(phone)
	w.requireSignedOut(desk)
	_, err = w.SignIn(ctx, w.sam.Email, passwordOf("Sam"), home)
	require.ErrorIs(t, err, account.ErrWrongPassword)
	require.NoError(t, w.RequestReset(ctx, w.sam.Email, home))
	require.Empty(t, w.ordered(w.sam.ID))
	requireFaults(t, w.ConfirmLink(ctx, link, "a new password", home), "/token")
	_, err = w.MakeLink(ctx, w.sam.ID, account.PasswordReset)
	require.ErrorIs(t, err, fault.ErrNotFound)

	_, err = w.Change(ctx, w.carol, w.sam.ID, 2, account.UserChange{Disabled: ptr(false)})
	require.NoError(t, err)
	w.requireSignedOut(phone)
	requireFaults(t, w.ConfirmLink(ctx, link, "a new password", home), "/token")
	w.requireSignedIn(w.signIn(w.sam))
}

func TestNobodySignsInBesideBeingDisabled(t *testing.T) {
	w := newWorld(t)
	sessions := make([]account.Session, 17)
	errs := together(17, func(i int) (err error) {
		if i == 8 {
			_, err = w.Change(ctx, w.ada, w.sam.ID, 1, account.UserChange{Disabled: ptr(true)})
			return err
		}
		sessions[i], err = w.SignIn(ctx, w.sam.Email, passwordOf("Sam"), home)
		return err
	})
	require.NoError(t, errs[8])
	for i, err := range errs {
		var tooMany *account.TooMany
		if i != 8 && err != nil && !errors.As(err, &tooMany) {
			require.ErrorIs(t, err, account.ErrWrongPassword)
		}
	}
	for _, s := range sessions {
		w.requireSignedOut(s)
	}
	require.Zero(t, w.count("SELECT count(*) FROM sessions WHERE ended_at IS NULL"))
}

func TestAChangeOfRolesActsAtOnce(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.sam)
	_, err := w.Change(ctx, w.ada, w.sam.ID, 1, account.UserChange{Roles: ptr(account.Coordinator)})
	require.NoError(t, err)
	u, err := w.Authenticate(ctx, s.Access)
	require.NoError(t, err)
	require.Equal(t, account.Coordinator, u.Roles)
}

func TestALinkMailedToAnOldAddressOpensNothing(t *testing.T) {
	w := newWorld(t)
	link, err := w.MakeLink(ctx, w.sam.ID, account.PasswordReset)
	require.NoError(t, err)
	_, err = w.Change(ctx, w.ada, w.sam.ID, 1, account.UserChange{Email: ptr("sam@elsewhere.example")})
	require.NoError(t, err)
	requireFaults(t, w.ConfirmLink(ctx, link, "a new password", home), "/token")
}

func TestOneAdminStays(t *testing.T) {
	w := newWorld(t)
	for _, c := range []account.UserChange{{Disabled: ptr(true)}, {Roles: ptr(account.Coordinator)}} {
		_, err := w.Change(ctx, w.ada, w.ada.ID, 1, c)
		requireConflict(t, err, "last-admin")
	}
	bert := w.person("Bert", account.Admin)
	errs := together(2, func(i int) error {
		u := []account.User{w.ada, bert}[i]
		_, err := w.Change(ctx, u, u.ID, 1, account.UserChange{Disabled: ptr(true)})
		return err
	})
	require.Equal(t, 1, w.count("SELECT count(*) FROM users WHERE (roles & 16) <> 0 AND disabled_at IS NULL"))
	require.True(t, (errs[0] == nil) != (errs[1] == nil))
}

func TestNobodyChoosesTheDigestForAManager(t *testing.T) {
	w := newWorld(t)
	_, err := w.Change(ctx, w.ada, w.max.ID, 1, account.UserChange{MonthlyDigest: ptr(true)})
	require.ErrorContains(t, err, "/monthly_digest")
	u, err := w.Change(ctx, w.max, w.max.ID, 1, account.UserChange{MonthlyDigest: ptr(true)})
	require.NoError(t, err)
	require.True(t, u.MonthlyDigest)
	require.Equal(t, u, w.read(u))
	_, err = w.Change(ctx, w.ada, w.max.ID, 2, account.UserChange{MonthlyDigest: ptr(false)})
	require.ErrorContains(t, err, "/monthly_digest")
	u, err = w.Change(ctx, w.ada, w.max.ID, 2, account.UserChange{Roles: ptr(account.Moderator)})
	require.NoError(t, err)
	require.False(t, u.MonthlyDigest, "it is about the branches of a manager")
}
