package account_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/account"
	"fieldcare/internal/fault"
)

func (w *world) link(user uuid.UUID, purpose account.Purpose) string {
	w.t.Helper()
	token, err := w.MakeLink(ctx, user, purpose)
	require.NoError(w.t, err)
	require.Len(w.t, token, 43, "32 bytes")
	return token
}

func TestANewUserSetsTheFirstPasswordByTheMailedLink(t *testing.T) {
	w := newWorld(t)
	nina, _, err := w.Add(ctx, w.carol, newID(), "", change("Nina", account.Shopper))
	require.NoError(t, err)
	token := w.link(nina.ID, account.NewUser)
	w.clock.Pass(7*24*time.Hour - time.Second)
	require.NoError(t, w.ConfirmLink(ctx, token, passwordOf("Nina"), home))
	w.requireSignedIn(w.signIn(nina))
	require.Equal(t, []string{"new-user"}, w.ordered(nina.ID), "no notice of the first password")
	require.Equal(t, []string{"add", "set-password"}, w.trail(nina.ID))
	_, err = w.MakeLink(ctx, nina.ID, account.NewUser)
	require.ErrorIs(t, err, fault.ErrNotFound, "there is a password now")
}

func TestAForgottenPasswordIsSetByTheMailedLink(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.sam)
	require.NoError(t, w.RequestReset(ctx, " SAM@example.org", home))
	require.Equal(t, []string{"password-reset"}, w.ordered(w.sam.ID))
	w.requireSignedIn(s)

	token := w.link(w.sam.ID, account.PasswordReset)
	w.clock.Pass(time.Hour - time.Second)
	requireFaults(t, w.ConfirmLink(ctx, token, "short", home), "/password")
	requireFaults(t, w.ConfirmLink(ctx, token, "SAM@example.org", home), "/password")
	require.NoError(t, w.ConfirmLink(ctx, token, "a new password", home))
	w.requireSignedOut(s)
	_, err := w.SignIn(ctx, w.sam.Email, "a new password", home)
	require.NoError(t, err)
	require.Equal(t, []string{"new-password-set", "password-reset"}, w.ordered(w.sam.ID))
}

func TestALinkOpensOnceInItsTimeAndOnlyTheNewest(t *testing.T) {
	w := newWorld(t)
	used := w.link(w.sam.ID, account.PasswordReset)
	require.NoError(t, w.ConfirmLink(ctx, used, "a new password", home))
	requireFaults(t, w.ConfirmLink(ctx, used, "a newer password", home), "/token")

	old := w.link(w.sam.ID, account.PasswordReset)
	w.clock.Pass(time.Hour)
	requireFaults(t, w.ConfirmLink(ctx, old, "a newer password", home), "/token")

	replaced, newest := w.link(w.sam.ID, account.PasswordReset), w.link(w.sam.ID, account.PasswordReset)
	requireFaults(t, w.ConfirmLink(ctx, replaced, "a newer password", home), "/token")
	require.NoError(t, w.ConfirmLink(ctx, newest, "a newer password", home))

	for _, never := range []string{"", "no link", "\x00", "\xff"} {
		requireFaults(t, w.ConfirmLink(ctx, never, "a newer password", home), "/token")
	}
	_, err := w.MakeLink(ctx, newID(), account.PasswordReset)
	require.ErrorIs(t, err, fault.ErrNotFound)
}

func TestOfManyWhoUseALinkTogetherOneSucceeds(t *testing.T) {
	w := newWorld(t)
	token := w.link(w.sam.ID, account.PasswordReset)
	opened := 0
	for _, err := range together(64, func(i int) error {
		return w.ConfirmLink(ctx, token, "a new password", home)
	}) {
		if err == nil {
			opened++
			continue
		}
		requireFaults(t, err, "/token")
	}
	require.Equal(t, 1, opened)
	require.Equal(t, []string{"add", "set-password"}, w.trail(w.sam.ID))
}

func TestOnlyTheHashOfALinkIsKept(t *testing.T) {
	w := newWorld(t)
	token := w.link(w.sam.ID, account.PasswordReset)
	var hash string
	require.NoError(t, w.DB.Read().NewRaw("SELECT hash FROM links").Scan(ctx, &hash))
	require.Len(t, hash, 64)
	requireFaults(t, w.ConfirmLink(ctx, hash, "a new password", home), "/token")
	require.NoError(t, w.ConfirmLink(ctx, token, "a new password", home))
}

func TestARequestForAnUnknownEmailHasTheSameAnswer(t *testing.T) {
	w := newWorld(t)
	for _, email := range []string{"sam@example.org", "nobody@example.org"} {
		for range 5 {
			require.NoError(t, w.RequestReset(ctx, email, home))
		}
	}
	require.Equal(t, 3, w.count("SELECT count(*) FROM ordered"), "three mails at once")
	w.clock.Pass(20 * time.Minute)
	for range 2 {
		require.NoError(t, w.RequestReset(ctx, "sam@example.org", home))
	}
	require.Equal(t, 4, w.count("SELECT count(*) FROM ordered"), "then one in 20 minutes")
	require.Len(t, w.ordered(w.sam.ID), 4)
}

func TestAnAddressThatAsksForManyLinksHasToWait(t *testing.T) {
	w := newWorld(t)
	var tooMany *account.TooMany
	for range 20 {
		require.NoError(t, w.RequestReset(ctx, "nobody@example.org", cafe))
	}
	require.ErrorAs(t, w.RequestReset(ctx, "sam@example.org", cafe), &tooMany)
	require.Equal(t, time.Minute, tooMany.After)
	require.NoError(t, w.RequestReset(ctx, "sam@example.org", home))
	w.clock.Pass(time.Minute)
	require.NoError(t, w.RequestReset(ctx, "sam@example.org", cafe))
}
