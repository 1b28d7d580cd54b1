package account_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fieldcare/internal/account"
)

func TestAWrongPasswordAndAnUnknownEmailGetTheSameAnswer(t *testing.T) {
	w := newWorld(t)
	_, _, err := w.Add(ctx, w.ada, newID(), "", change("Nina", account.Shopper)) // without a password
	require.NoError(t, err)
	for _, email := range []string{"sam@example.org", "nobody@example.org", "nina@example.org", "no e-mail", "\xff", "nul\x00@example.org"} {
		for _, password := range []string{"a wrong password", "", "\xff\xff", "nul\x00", strings.Repeat("x", 1<<20)} {
			_, err := w.SignIn(ctx, email, password, home)
			require.Equal(t, account.ErrWrongPassword, err)
		}
	}
	require.Zero(t, w.count("SELECT count(*) FROM sessions"))
}

// The two are measured in turns, the quickest of several counts, so that what else the machine does is left out.
func TestAWrongPasswordAndAnUnknownEmailTakeTheSameTime(t *testing.T) {
	w := newWorldWith(t, account.Argon)
	quickest := func(email string, best time.Duration) time.Duration {
		began := time.Now()
		_, err := w.SignIn(ctx, email, "a wrong password", home)
		require.ErrorIs(t, err, account.ErrWrongPassword)
		w.clock.Pass(time.Hour)
		return min(best, time.Since(began))
	}
	known, unknown := time.Hour, time.Hour
	for range 8 {
		known, unknown = quickest("sam@example.org", known), quickest("nobody@example.org", unknown)
	}
	require.Greater(t, unknown, known/2)
	require.Greater(t, known, unknown/2)
}

func TestPasswordsAreKeptAsArgon2idWithTheParametersOfOWASP(t *testing.T) {
	w := newWorldWith(t, account.Argon)
	var hash string
	require.NoError(t, w.DB.Read().NewRaw("SELECT password_hash FROM users WHERE id = ?", w.sam.ID).Scan(ctx, &hash))
	require.True(t, strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$"), hash)
	w.signIn(w.sam)
}

func TestAPasswordHashedWithOlderParametersIsHashedAgain(t *testing.T) {
	w := newWorld(t)
	stronger := quick
	stronger.Params.Iterations = 2
	raised := account.New(w.DB, w.Keys, w.Clock, order, stronger)
	hash := func() (hash string) {
		require.NoError(t, w.DB.Read().NewRaw("SELECT password_hash FROM users WHERE id = ?", w.sam.ID).Scan(ctx, &hash))
		return hash
	}
	for range 2 {
		_, err := raised.SignIn(ctx, w.sam.Email, passwordOf("Sam"), home)
		require.NoError(t, err)
		require.Contains(t, hash(), "t=2")
	}
	before := hash()
	w.person("Nina", account.Shopper)
	_, err := raised.SignIn(ctx, w.sam.Email, passwordOf("Sam"), home)
	require.NoError(t, err)
	require.Equal(t, before, hash())
}

func TestAPasswordThatIsTooEasyIsRefused(t *testing.T) {
	w := newWorld(t)
	for _, password := range []string{"", "too short", strings.Repeat("x", 201), "NINA@example.org", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"} {
		_, err := w.AddWithPassword(ctx, change("Nina", account.Shopper), password)
		requireFaults(t, err, "/password")
	}
	for i, password := range []string{"ten chars!", strings.Repeat("ż", 200)} {
		name := string(rune('a' + i))
		u, err := w.AddWithPassword(ctx, change(name, account.Shopper), password)
		require.NoError(t, err)
		_, err = w.SignIn(ctx, u.Email, password, home)
		require.NoError(t, err)
	}
}

func TestKeyboardsThatWriteALetterInDifferentWaysGiveTheSamePassword(t *testing.T) {
	w := newWorld(t)
	u, err := w.AddWithPassword(ctx, change("Nina", account.Shopper), "cafe\u0301 au lait")
	require.NoError(t, err)
	_, err = w.SignIn(ctx, u.Email, "caf\u00e9 au lait", home)
	require.NoError(t, err)
}

func TestAFloodOfSignInsIsToldThatWeAreBusy(t *testing.T) {
	slow := quick
	slow.Params.Memory, slow.Params.Iterations = 8*1024, 3
	slow.AtOnce, slow.Waiting = 1, 3
	w := newWorldWith(t, slow)
	errs := together(64, func(i int) error {
		_, err := w.SignIn(ctx, w.sam.Email, passwordOf("Sam"), home)
		return err
	})
	in, busy := 0, 0
	for _, err := range errs {
		var b *account.Busy
		var many *account.TooMany
		switch {
		case err == nil:
			in++
		case errors.As(err, &b):
			require.Positive(t, b.After)
			busy++
		default:
			require.ErrorAs(t, err, &many)
		}
	}
	require.GreaterOrEqual(t, in, 4)
	require.Positive(t, busy)
	w.signIn(w.sam)
}

func TestWhoseTimeIsUpWhileWaitingIsToldThatWeAreBusy(t *testing.T) {
	w := newWorld(t)
	over, cancel := context.WithCancel(ctx)
	cancel()
	_, err := w.AddWithPassword(over, change("Nina", account.Shopper), "a good password")
	var busy *account.Busy
	require.ErrorAs(t, err, &busy)
	w.person("Nina", account.Shopper)
}

func TestAChangedPasswordEndsEverySessionAndBeginsOne(t *testing.T) {
	w := newWorld(t)
	phone, desk := w.signIn(w.sam), w.signIn(w.sam)
	link, err := w.MakeLink(ctx, w.sam.ID, account.PasswordReset)
	require.NoError(t, err)
	s, err := w.ChangePassword(ctx, phone.User, passwordOf("Sam"), "another password", home)
	require.NoError(t, err)
	w.requireSignedOut(phone)
	w.requireSignedOut(desk)
	w.requireSignedIn(s)
	_, err = w.Refresh(ctx, s.Refresh)
	require.NoError(t, err)
	_, err = w.SignIn(ctx, w.sam.Email, passwordOf("Sam"), home)
	require.ErrorIs(t, err, account.ErrWrongPassword)
	_, err = w.SignIn(ctx, w.sam.Email, "another password", home)
	require.NoError(t, err)
	requireFaults(t, w.ConfirmLink(ctx, link, "a third password", home), "/token")
	require.Equal(t, []string{"new-password-set"}, w.ordered(w.sam.ID))
	require.Equal(t, []string{"add", "set-password"}, w.trail(w.sam.ID))
}

func TestThePasswordIsChangedOnlyByWhoKnowsIt(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.sam)
	_, err := w.ChangePassword(ctx, s.User, passwordOf("Sam"), "short", home)
	requireFaults(t, err, "/new_password")
	for range 10 {
		_, err = w.ChangePassword(ctx, s.User, "a wrong password", "another password", home)
		requireFaults(t, err, "/current_password")
	}
	_, err = w.ChangePassword(ctx, s.User, passwordOf("Sam"), "another password", home)
	var tooMany *account.TooMany
	require.ErrorAs(t, err, &tooMany)
	w.requireSignedIn(s)
}

func TestOfManyWhoChangeAPasswordTogetherOneSucceeds(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.sam)
	changed := 0
	for _, err := range together(8, func(int) error {
		_, err := w.ChangePassword(ctx, s.User, passwordOf("Sam"), "another password", home)
		return err
	}) {
		if err == nil {
			changed++
		}
	}
	require.Equal(t, 1, changed)
	require.Equal(t, 1, w.count("SELECT count(*) FROM sessions WHERE ended_at IS NULL"))
}
