package account_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fieldcare/internal/account"
)

func (w *world) guess(email, address string) error {
	_, err := w.SignIn(ctx, email, "a wrong password", address)
	return err
}

// guessUntilStopped guesses until the answer is TooMany and says how often the password was looked at.
func (w *world) guessUntilStopped(email, address string) (looked int, after time.Duration) {
	w.t.Helper()
	for {
		err := w.guess(email, address)
		var tooMany *account.TooMany
		if errors.As(err, &tooMany) {
			return looked, tooMany.After
		}
		require.ErrorIs(w.t, err, account.ErrWrongPassword)
		looked++
	}
}

func TestOneAddressGetsTenGuessesAtAnAccountAndThenOneInTwoMinutes(t *testing.T) {
	for _, email := range []string{"sam@example.org", "nobody@example.org"} {
		w := newWorld(t)
		looked, after := w.guessUntilStopped(email, cafe)
		require.Equal(t, 10, looked)
		require.Equal(t, 2*time.Minute, after)
		w.clock.Pass(2*time.Minute - time.Second)
		looked, after = w.guessUntilStopped(email, cafe)
		require.Zero(t, looked)
		require.Equal(t, time.Second, after)
		w.clock.Pass(time.Second)
		looked, _ = w.guessUntilStopped(email, cafe)
		require.Equal(t, 1, looked)
		w.clock.Pass(24 * time.Hour)
		looked, _ = w.guessUntilStopped(email, cafe)
		require.Equal(t, 10, looked)
	}
}

func TestTheRightPasswordIsNotLookedAtEitherOverTheLimit(t *testing.T) {
	w := newWorld(t)
	w.guessUntilStopped(w.sam.Email, cafe)
	_, err := w.SignIn(ctx, w.sam.Email, passwordOf("Sam"), cafe)
	var tooMany *account.TooMany
	require.ErrorAs(t, err, &tooMany)
}

func TestGuessesMadeAtOnceAreCountedAll(t *testing.T) {
	w := newWorld(t)
	looked := 0
	for _, err := range together(64, func(int) error { return w.guess(w.sam.Email, cafe) }) {
		var tooMany *account.TooMany
		if !errors.As(err, &tooMany) {
			require.ErrorIs(t, err, account.ErrWrongPassword)
			looked++
		}
	}
	require.Equal(t, 10, looked)
}

func TestOneAddressGetsSixtyGuessesAtAllAccounts(t *testing.T) {
	w := newWorld(t)
	looked := 0
	for i := 0; ; i++ {
		n, after := w.guessUntilStopped(fmt.Sprintf("user%d@example.org", i), cafe)
		looked += n
		if n == 0 {
			require.Equal(t, 10*time.Second, after)
			break
		}
	}
	require.Equal(t, 60, looked)
	require.ErrorIs(t, w.guess("user99@example.org", home), account.ErrWrongPassword)
}

func TestManyAddressesTogetherGetThirtyGuessesAtAnAccount(t *testing.T) {
	w := newWorld(t)
	looked := 0
	for i := range 50 {
		n, _ := w.guessUntilStopped(w.sam.Email, fmt.Sprintf("203.0.113.%d", i))
		looked += n
	}
	require.Equal(t, 30, looked)
}

func TestAStrangerCannotLockSomebodyOut(t *testing.T) {
	w := newWorld(t)
	w.signIn(w.sam)
	for i := range 50 {
		w.guessUntilStopped(w.sam.Email, fmt.Sprintf("203.0.113.%d", i))
	}
	w.signIn(w.sam)
	n, _ := w.guessUntilStopped(w.sam.Email, home)
	require.Equal(t, 10, n, "their own address keeps its own budget")
}

func TestWhoIsLockedOutAtANewAddressComesInByAMailedLink(t *testing.T) {
	w := newWorld(t)
	for i := range 50 {
		w.guessUntilStopped(w.sam.Email, fmt.Sprintf("203.0.113.%d", i))
	}
	_, err := w.SignIn(ctx, w.sam.Email, passwordOf("Sam"), home)
	var tooMany *account.TooMany
	require.ErrorAs(t, err, &tooMany)
	require.NoError(t, w.ConfirmLink(ctx, w.link(w.sam.ID, account.PasswordReset), passwordOf("Sam"), home))
	w.signIn(w.sam)
}

func TestOthersAtTheSameAddressCannotLockSomebodyOut(t *testing.T) {
	w := newWorld(t)
	w.signIn(w.sam)
	for i := range 20 {
		w.guessUntilStopped(fmt.Sprintf("user%d@example.org", i), home)
	}
	w.signIn(w.sam)
}

func TestSigningInCostsNothing(t *testing.T) {
	w := newWorld(t)
	for i := range 8 {
		nina := w.person(fmt.Sprintf("Nina%d", i), account.Shopper)
		for range 20 {
			_, err := w.SignIn(ctx, nina.Email, passwordOf(nina.Name), home)
			require.NoError(t, err)
		}
	}
	for range 9 {
		require.ErrorIs(t, w.guess(w.sam.Email, home), account.ErrWrongPassword)
	}
	w.signIn(w.sam)
	n, _ := w.guessUntilStopped(w.sam.Email, home)
	require.Equal(t, 10, n, "who signed in begins anew")
	for i := range 40 {
		_, err := w.SignIn(ctx, w.max.Email, passwordOf("Max"), fmt.Sprintf("203.0.113.%d", i))
		require.NoError(t, err, "the %dth new address", i)
	}
}

func TestTheAddressesOfOneLineAreOneAddress(t *testing.T) {
	w := newWorld(t)
	n, _ := w.guessUntilStopped(w.sam.Email, "2001:db8:1:2::1")
	require.Equal(t, 10, n)
	for _, same := range []string{"2001:db8:1:2::ffff", "2001:db8:1:2:3:4:5:6%eth0"} {
		n, _ = w.guessUntilStopped(w.sam.Email, same)
		require.Zero(t, n, same)
	}
	n, _ = w.guessUntilStopped(w.sam.Email, "::ffff:"+cafe)
	require.Equal(t, 10, n)
	for _, same := range []string{cafe} {
		n, _ = w.guessUntilStopped(w.sam.Email, same)
		require.Zero(t, n, same)
	}
	n, _ = w.guessUntilStopped(w.sam.Email, "2001:db8:1:3::1")
	require.Equal(t, 10, n, "the account's thirtieth")
}

func TestNoAddressAndNoEmailOfAttemptsIsKept(t *testing.T) {
	w := newWorld(t)
	w.signIn(w.sam)
	require.ErrorIs(t, w.guess("nobody@example.org", cafe), account.ErrWrongPassword)
	var keys []string
	require.NoError(t, w.DB.Read().NewRaw("SELECT key FROM budgets UNION SELECT pair FROM known_addresses").Scan(ctx, &keys))
	require.NotEmpty(t, keys)
	for _, key := range keys {
		require.Len(t, key, 43)
		require.NotContains(t, key, "nobody")
		require.NotContains(t, key, cafe)
	}
}
