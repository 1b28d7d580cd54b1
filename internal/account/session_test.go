package account_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fieldcare/internal/account"
	"fieldcare/internal/fault"
)

func TestSamSignsInAndIsKnownByTheAccessToken(t *testing.T) {
	w := newWorld(t)
	s, err := w.SignIn(ctx, "  SAM@Example.org ", passwordOf("Sam"), home)
	require.NoError(t, err)
	u, err := w.Authenticate(ctx, s.Access)
	require.NoError(t, err)
	want := w.sam
	want.Session = s.ID
	require.Equal(t, want, u)
	require.Equal(t, want, s.User)
	require.Equal(t, w.clock.Now().Add(15*time.Minute), s.AccessExpires)
	require.Equal(t, w.clock.Now().AddDate(0, 0, 60), s.RefreshExpires)
	require.Equal(t, []string{"sign-in"}, w.trail(s.ID))
}

func TestARefreshGivesANewPairAndTheSessionSlides(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.sam)
	for range 3 {
		w.clock.Pass(59 * 24 * time.Hour)
		next, err := w.Refresh(ctx, s.Refresh)
		require.NoError(t, err)
		require.NotEqual(t, s.Refresh, next.Refresh)
		require.Equal(t, s.ID, next.ID)
		require.Equal(t, s.User, next.User)
		w.requireSignedIn(next)
		s = next
	}
	w.clock.Pass(60 * 24 * time.Hour)
	_, err := w.Refresh(ctx, s.Refresh)
	require.ErrorIs(t, err, account.ErrSignedOut)
}

func TestALostAnswerDoesNotSignOut(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.sam)
	for range 5 {
		_, err := w.Refresh(ctx, s.Refresh) // the answer is lost
		require.NoError(t, err)
	}
	next, err := w.Refresh(ctx, s.Refresh)
	require.NoError(t, err)
	next, err = w.Refresh(ctx, next.Refresh)
	require.NoError(t, err)
	w.requireSignedIn(next)
}

func TestATokenWhoseSuccessorWasUsedEndsTheSession(t *testing.T) {
	w := newWorld(t)
	first := w.signIn(w.sam)
	second, err := w.Refresh(ctx, first.Refresh)
	require.NoError(t, err)
	third, err := w.Refresh(ctx, second.Refresh)
	require.NoError(t, err)
	other := w.signIn(w.sam)

	_, err = w.Refresh(ctx, first.Refresh)
	require.ErrorIs(t, err, account.ErrSignedOut)
	w.requireSignedOut(third)
	w.requireSignedIn(other)
	require.Equal(t, []string{"sign-in", "end-stolen"}, w.trail(first.ID))
}

func TestOfTwoSuccessorsTheOneUsedSecondEndsTheSession(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.sam)
	thief, err := w.Refresh(ctx, s.Refresh)
	require.NoError(t, err)
	sam, err := w.Refresh(ctx, s.Refresh)
	require.NoError(t, err)

	thief, err = w.Refresh(ctx, thief.Refresh)
	require.NoError(t, err)
	_, err = w.Refresh(ctx, sam.Refresh)
	require.ErrorIs(t, err, account.ErrSignedOut)
	w.requireSignedOut(thief)
}

func TestManyTabsThatRefreshAtOnceAllStaySignedIn(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.sam)
	for range 2 {
		sessions := make([]account.Session, 32)
		errs := together(32, func(i int) (err error) {
			sessions[i], err = w.Refresh(ctx, s.Refresh)
			return err
		})
		require.NoError(t, errors.Join(errs...))
		for _, one := range sessions {
			w.requireSignedIn(one)
		}
		s = sessions[17] // whichever the browser was told last
	}
	_, err := w.Refresh(ctx, s.Refresh)
	require.NoError(t, err)
}

func TestAShopperWhoSignsOutCannotRefresh(t *testing.T) {
	w := newWorld(t)
	phone, desk := w.signIn(w.sam), w.signIn(w.sam)
	u, err := w.Authenticate(ctx, phone.Access)
	require.NoError(t, err)
	require.NoError(t, w.SignOut(ctx, u, u.Session))
	w.requireSignedOut(phone)
	w.requireSignedIn(desk)
	require.NoError(t, w.SignOut(ctx, u, u.Session), "again")
	require.Equal(t, []string{"sign-in", "sign-out"}, w.trail(phone.ID))
}

func TestARefreshTokenAloneSignsOutToo(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.sam)
	w.clock.Pass(time.Hour)
	require.NoError(t, w.SignOutWith(ctx, s.Refresh))
	w.requireSignedOut(s)
	require.NoError(t, w.SignOutWith(ctx, s.Refresh))
	require.NoError(t, w.SignOutWith(ctx, "no token"))
	require.NoError(t, w.SignOutWith(ctx, ""))
}

func TestNobodySignsOutAnother(t *testing.T) {
	w := newWorld(t)
	s := w.signIn(w.sam)
	require.NoError(t, w.SignOut(ctx, w.max, s.ID))
	require.NoError(t, w.SignOutAll(ctx, w.max))
	w.requireSignedIn(s)
}

func TestSigningOutEverywhereEndsEverySession(t *testing.T) {
	w := newWorld(t)
	phone, desk := w.signIn(w.sam), w.signIn(w.sam)
	require.NoError(t, w.SignOutAll(ctx, w.sam))
	w.requireSignedOut(phone)
	w.requireSignedOut(desk)
}

func TestOpenSessionsAreListedToTheirUserAndToAdmins(t *testing.T) {
	w := newWorld(t)
	phone := w.signIn(w.sam)
	w.clock.Pass(time.Minute)
	desk := w.signIn(w.sam)
	gone := w.signIn(w.sam)
	require.NoError(t, w.SignOut(ctx, w.sam, gone.ID))
	for _, viewer := range []account.User{w.sam, w.ada} {
		open, err := w.Sessions(ctx, viewer, w.sam.ID)
		require.NoError(t, err)
		require.Len(t, open, 2)
		require.Equal(t, desk.ID, open[0].ID)
		require.Equal(t, phone.ID, open[1].ID)
		require.Equal(t, w.clock.Now(), open[0].StartedAt.Time)
		require.Equal(t, w.clock.Now().Add(account.RefreshTime), open[0].ExpiresAt.Time)
	}
	for _, viewer := range []account.User{w.carol, w.max} {
		_, err := w.Sessions(ctx, viewer, w.sam.ID)
		require.ErrorIs(t, err, fault.ErrNotFound)
	}
	w.clock.Pass(account.RefreshTime)
	open, err := w.Sessions(ctx, w.sam, w.sam.ID)
	require.NoError(t, err)
	require.Empty(t, open)
}

func BenchmarkAuthenticate(b *testing.B) {
	w := newWorld(b)
	s := w.signIn(w.sam)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := w.Authenticate(ctx, s.Access); err != nil {
				b.Fatal(err)
			}
		}
	})
}
