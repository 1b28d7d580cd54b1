package account_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fieldcare/internal/account"
	"fieldcare/internal/fault"
)

func TestAFileOfUsersIsImported(t *testing.T) {
	w := newWorld(t)
	for i, file := range []string{
		"email,name,roles,language\nnina0@example.org,\"Nowak, Nina\",shopper,pl\nolga0@example.org,Olga,Moderator coordinator,\n",
		"\ufeffRoles;Email;Name\r\nshopper;nina1@example.org;\"Nowak, Nina\"\r\nmoderator coordinator;OLGA1@example.org;Olga\r\n",
	} {
		n, err := w.Import(ctx, w.ada, []byte(file))
		require.NoError(t, err)
		require.Equal(t, 2, n)
		page, err := w.List(ctx, w.ada, account.UserFilter{Search: fmt.Sprintf("%d@", i), Limit: 10})
		require.NoError(t, err)
		require.Equal(t, []string{"Nowak, Nina", "Olga"}, names(page.Items))
		require.Equal(t, account.Moderator|account.Coordinator, page.Items[1].Roles)
		require.Equal(t, []string{"new-user"}, w.ordered(page.Items[0].ID))
		require.Equal(t, []string{"add"}, w.trail(page.Items[0].ID))
	}
}

func TestAFileWithFaultsImportsNothingAndTellsAll(t *testing.T) {
	w := newWorld(t)
	_, err := w.Import(ctx, w.ada, []byte(strings.Join([]string{
		"email,name,roles,language",
		"nina@example.org,Nina,shopper,pl",
		"nobody,,shopper manager,klingonese",
		"olga,Olga,queen,en",
		"piet@example.org,Piet",
		"NINA@example.org,Nina again,shopper,en",
		"Sam@example.org,Another Sam,shopper,en",
	}, "\n")))
	requireFaults(t, err, "3 email", "3 name", "3 language", "3 roles", "4 email", "4 roles", "5", "6 email", "7 email")
	require.Equal(t, 4, w.count("SELECT count(*) FROM users"))
	require.Zero(t, w.count("SELECT count(*) FROM ordered"))
}

func TestACoordinatorImportsShoppersOnly(t *testing.T) {
	w := newWorld(t)
	_, err := w.Import(ctx, w.carol, []byte("email,name,roles\nnina@example.org,Nina,shopper\nolga@example.org,Olga,admin"))
	requireFaults(t, err, "3 roles")
	n, err := w.Import(ctx, w.carol, []byte("email,name,roles\nnina@example.org,Nina,shopper"))
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

func TestWhatIsNoFileOfUsersIsRefused(t *testing.T) {
	w := newWorld(t)
	for file, places := range map[string][]string{
		"":                               {"1"},
		"\xff":                           {"1"},
		"email,name\n":                   {"1"},
		"email,email,name,roles,age\n":   {"1", "1"},
		"email,name,roles\n\"open,x,y\n": {"2"},
		"email,name,roles\na\x00@b.org,A,shopper": {"2"},
	} {
		_, err := w.Import(ctx, w.ada, []byte(file))
		requireFaults(t, err, places...)
	}
	_, err := w.Import(ctx, w.ada, []byte("email,name,roles\n"+strings.Repeat("a@b.org,A,shopper\n", account.MaxImported+1)))
	requireFaults(t, err, "")
}

func TestAsManyUsersAsAFileMayBringAreImported(t *testing.T) {
	w := newWorld(t)
	var file strings.Builder
	file.WriteString("email,name,roles\n")
	for i := range account.MaxImported {
		fmt.Fprintf(&file, "shopper%d@example.org,Shopper %d,shopper\n", i, i)
	}
	n, err := w.Import(ctx, w.ada, []byte(file.String()))
	require.NoError(t, err)
	require.Equal(t, account.MaxImported, n)
	_, err = w.Import(ctx, w.ada, []byte(file.String()))
	var invalid *fault.Invalid
	require.ErrorAs(t, err, &invalid)
	require.Len(t, invalid.Faults, account.MaxImported)
}

func FuzzImport(f *testing.F) {
	f.Add([]byte("email,name,roles,language\nnina@example.org,Nina,shopper,pl\n"))
	f.Add([]byte("email;name;roles\n\"nina@example.org;Nina;shopper"))
	f.Add([]byte("\ufeffemail,name,roles\n\n,,\nnina@example.org,\x00,shopper"))
	w := newWorld(f)
	f.Fuzz(func(t *testing.T, file []byte) {
		_, err := w.Import(ctx, w.ada, file)
		var invalid *fault.Invalid
		if err != nil && !errors.As(err, &invalid) {
			t.Fatalf("%q: %v", file, err)
		}
	})
}
