package account_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/fault"
)

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func names(users []account.User) (names []string) {
	for _, u := range users {
		names = append(names, u.Name)
	}
	return names
}

func TestAnAddedUserIsMailedALinkAndHasNoPassword(t *testing.T) {
	w := newWorld(t)
	id := newID()
	c := account.UserChange{Email: ptr(" Łucja@Example.ORG "), Name: ptr(" Łucja Żak "), Language: ptr("EN_gb"), Roles: ptr(account.Shopper | account.Moderator)}
	u, again, err := w.Add(ctx, w.ada, id, "hash", c)
	require.NoError(t, err)
	require.False(t, again)
	require.Equal(t, account.User{ID: id, Email: "łucja@example.org", Name: "Łucja Żak", Language: "en-GB", Roles: account.Shopper | account.Moderator, Edition: 1}, u)
	require.Equal(t, u, w.read(u))
	require.Equal(t, []string{"new-user"}, w.ordered(id))
	require.Equal(t, []string{"add"}, w.trail(id))
	for _, password := range []string{"", "a guessed password"} {
		_, err = w.SignIn(ctx, u.Email, password, home)
		require.ErrorIs(t, err, account.ErrWrongPassword)
	}
}

func TestAddingIsRepeatable(t *testing.T) {
	w := newWorld(t)
	id := newID()
	for i := range 3 {
		u, again, err := w.Add(ctx, w.carol, id, "hash", change("Nina", account.Shopper))
		require.NoError(t, err)
		require.Equal(t, i > 0, again)
		require.Equal(t, "Nina", u.Name)
	}
	require.Equal(t, []string{"new-user"}, w.ordered(id))
	_, _, err := w.Add(ctx, w.carol, id, "other", change("Olga", account.Shopper))
	requireConflict(t, err, "id-taken")
}

func TestOfManyWhoAddTheSameEmailOneSucceeds(t *testing.T) {
	w := newWorld(t)
	errs := together(16, func(int) error {
		_, _, err := w.Add(ctx, w.ada, newID(), "hash", change("Nina", account.Shopper))
		return err
	})
	added := 0
	for _, err := range errs {
		if err == nil {
			added++
			continue
		}
		requireConflict(t, err, "email-taken")
	}
	require.Equal(t, 1, added)
	require.Equal(t, 1, w.count("SELECT count(*) FROM ordered"))
}

func TestWhatIsWrongWithAUserIsToldAtOnce(t *testing.T) {
	w := newWorld(t)
	_, _, err := w.Add(ctx, w.ada, newID(), "", account.UserChange{Email: ptr("nobody"), Name: ptr(" "), Language: ptr("klingonese"), Roles: ptr(account.Roles(0))})
	requireFaults(t, err, "/email", "/name", "/language", "/roles")
	_, _, err = w.Add(ctx, w.ada, newID(), "", account.UserChange{})
	requireFaults(t, err, "/email", "/name", "/roles")
	_, _, err = w.Add(ctx, w.ada, newID(), "", change("Nina", account.Shopper|account.Manager))
	requireFaults(t, err, "/roles")
	require.ErrorContains(t, err, "nobody is shopper and manager at once")
	for _, roles := range []account.Roles{-1, 32, 33} {
		_, _, err = w.Add(ctx, w.ada, newID(), "", change("Nina", roles))
		requireFaults(t, err, "/roles")
	}
	for _, name := range []string{"two\nlines", "nul\x00", "\xff", strings.Repeat("n", 121)} {
		c := change("Nina", account.Shopper)
		c.Name = &name
		_, _, err = w.Add(ctx, w.ada, newID(), "", c)
		requireFaults(t, err, "/name")
	}
	for _, language := range []string{"", "und", "e", "en\x00", "\xff"} {
		c := change("Nina", account.Shopper)
		c.Language = &language
		_, _, err = w.Add(ctx, w.ada, newID(), "", c)
		requireFaults(t, err, "/language")
	}
	require.Equal(t, 4, w.count("SELECT count(*) FROM users"))
}

func TestOnlyABareAddressIsAnEmail(t *testing.T) {
	w := newWorld(t)
	for _, email := range []string{"", "sam", "@example.org", "sam@", "Sam <sam@example.org>", "<sam@example.org>", "a@b.org, c@d.org",
		"sam@example.org (Sam)", "sam\x00@example.org", "sam\r\nbcc: x@example.org", "\xffsam@example.org", `"s m"@example.org`,
		strings.Repeat("s", 243) + "@example.org"} {
		c := change("Nina", account.Shopper)
		c.Email = &email
		_, _, err := w.Add(ctx, w.ada, newID(), "", c)
		requireFaults(t, err, "/email")
		require.Error(t, w.RequestReset(ctx, email, home), email)
		_, err = w.SignIn(ctx, email, "some password", home)
		require.ErrorIs(t, err, account.ErrWrongPassword, email)
		w.clock.Pass(account.RefreshTime)
	}
	for _, email := range []string{"o'neil+x@example.org", strings.Repeat("s", 60) + "@" + strings.Repeat("e", 60) + ".org", "ñ@example.org"} {
		c := change("Nina", account.Shopper)
		c.Email = &email
		_, _, err := w.Add(ctx, w.ada, newID(), "", c)
		require.NoError(t, err, email)
	}
}

func TestTheDatabaseItselfRefusesAShopperWhoIsManager(t *testing.T) {
	w := newWorld(t)
	err := w.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("UPDATE users SET roles = 3 WHERE id = ?", w.sam.ID).Exec(ctx)
		return err
	})
	require.Error(t, err)
	require.Equal(t, account.Shopper, w.read(w.sam).Roles)
}

func TestACoordinatorAddsShoppersOnly(t *testing.T) {
	w := newWorld(t)
	_, _, err := w.Add(ctx, w.carol, newID(), "", change("Nina", account.Shopper))
	require.NoError(t, err)
	for _, roles := range []account.Roles{account.Manager, account.Moderator, account.Coordinator, account.Admin, account.Shopper | account.Admin} {
		_, _, err := w.Add(ctx, w.carol, newID(), "", change("Olga", roles))
		requireFaults(t, err, "/roles")
	}
	for _, by := range []account.User{w.sam, w.max} {
		_, _, err := w.Add(ctx, by, newID(), "", change("Olga", account.Shopper))
		requireFaults(t, err, "/roles")
	}
}

func TestCoordinatorsAndAdminsReadAllAndOthersThemselves(t *testing.T) {
	w := newWorld(t)
	for _, viewer := range []account.User{w.ada, w.carol} {
		page, err := w.List(ctx, viewer, account.UserFilter{Limit: 10})
		require.NoError(t, err)
		require.Equal(t, []string{"Ada", "Carol", "Max", "Sam"}, names(page.Items))
		require.Empty(t, page.Next)
		u, err := w.Get(ctx, viewer, w.sam.ID)
		require.NoError(t, err)
		require.Equal(t, w.sam, u)
	}
	for _, viewer := range []account.User{w.sam, w.max} {
		page, err := w.List(ctx, viewer, account.UserFilter{Limit: 10})
		require.NoError(t, err)
		require.Equal(t, []account.User{viewer}, page.Items)
		_, err = w.Get(ctx, viewer, w.ada.ID)
		require.ErrorIs(t, err, fault.ErrNotFound)
		u, err := w.Get(ctx, viewer, viewer.ID)
		require.NoError(t, err)
		require.Equal(t, viewer, u)
	}
	_, err := w.Get(ctx, w.ada, newID())
	require.ErrorIs(t, err, fault.ErrNotFound)
}

func TestAListIsReadPageByPage(t *testing.T) {
	w := newWorld(t)
	w.person("Anna", account.Shopper)
	for _, email := range []string{"anna2@example.org", "anna3@example.org"} {
		c := change("Anna", account.Shopper)
		c.Email = &email
		_, _, err := w.Add(ctx, w.ada, newID(), "", c)
		require.NoError(t, err)
	}
	var all []string
	for cursor := ""; ; {
		page, err := w.List(ctx, w.carol, account.UserFilter{Limit: 2, Cursor: cursor})
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Items), 2)
		for _, u := range page.Items {
			all = append(all, u.Email)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	require.Equal(t, []string{"ada@example.org", "anna2@example.org", "anna3@example.org", "anna@example.org", "carol@example.org", "max@example.org", "sam@example.org"}, all)
	_, err := w.List(ctx, w.carol, account.UserFilter{Limit: 2, Cursor: "x"})
	requireFaults(t, err, "cursor")
}

func TestUsersAreFoundByNameEmailRoleAndState(t *testing.T) {
	w := newWorld(t)
	zofia := w.person("Zofia", account.Manager|account.Coordinator)
	zofia, err := w.Change(ctx, w.ada, zofia.ID, 1, account.UserChange{Name: ptr("Zofia Łoś"), Disabled: ptr(true)})
	require.NoError(t, err)
	for _, found := range []struct {
		filter account.UserFilter
		names  []string
	}{
		{account.UserFilter{Search: "los"}, []string{"Zofia Łoś"}},
		{account.UserFilter{Search: "ŁOŚ"}, []string{"Zofia Łoś"}},
		{account.UserFilter{Search: "ZOFIA@ex"}, []string{"Zofia Łoś"}},
		{account.UserFilter{Search: "%"}, nil},
		{account.UserFilter{Search: "' OR 1=1 --"}, nil},
		{account.UserFilter{Roles: account.Manager}, []string{"Max", "Zofia Łoś"}},
		{account.UserFilter{Roles: account.Manager | account.Shopper}, []string{"Max", "Sam", "Zofia Łoś"}},
		{account.UserFilter{Disabled: ptr(true)}, []string{"Zofia Łoś"}},
		{account.UserFilter{Disabled: ptr(false), Roles: account.Manager}, []string{"Max"}},
	} {
		found.filter.Limit = 10
		page, err := w.List(ctx, w.carol, found.filter)
		require.NoError(t, err)
		require.Equal(t, found.names, names(page.Items), "%+v", found.filter)
	}
	require.False(t, zofia.DisabledAt.IsZero())
}

func TestRolesHaveNames(t *testing.T) {
	roles, err := account.ParseRoles([]string{"admin", "shopper", "admin"})
	require.NoError(t, err)
	require.Equal(t, account.Shopper|account.Admin, roles)
	require.Equal(t, []string{"shopper", "admin"}, roles.Names())
	require.Equal(t, []string{}, account.Roles(0).Names())
	_, err = account.ParseRoles([]string{"admin", "king"})
	requireFaults(t, err, "/roles")
}
