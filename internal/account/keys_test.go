package account_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fieldcare/internal/account"
)

func TestWithoutASecretOneIsMadeAndKept(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	keys, err := account.LoadKeys("", folder)
	require.NoError(t, err)
	again, err := account.LoadKeys("", folder)
	require.NoError(t, err)
	require.Equal(t, keys, again)
	info, err := os.Stat(filepath.Join(folder, "secret"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, files, 1)

	elsewhere, err := account.LoadKeys("", t.TempDir())
	require.NoError(t, err)
	require.NotEqual(t, keys, elsewhere)
}

func TestProgramsThatStartTogetherEndWithTheSameSecret(t *testing.T) {
	folder := t.TempDir()
	loaded := make([]account.Keys, 32)
	for _, err := range together(32, func(i int) (err error) {
		loaded[i], err = account.LoadKeys("", folder)
		return err
	}) {
		require.NoError(t, err)
	}
	for _, keys := range loaded {
		require.Equal(t, loaded[0], keys)
	}
}

func TestASecretGivesAKeyForEachPurpose(t *testing.T) {
	keys, err := account.LoadKeys(secret, "no folder is needed")
	require.NoError(t, err)
	require.Len(t, keys.For("invitations"), 32)
	require.Equal(t, keys.For("invitations"), keys.For("invitations"))
	require.False(t, bytes.Equal(keys.For("invitations"), keys.For("feeds")))
	other, err := account.LoadKeys(secret+".", "")
	require.NoError(t, err)
	require.False(t, bytes.Equal(keys.For("invitations"), other.For("invitations")))
}

func TestASecretThatIsNoneIsRefusedByName(t *testing.T) {
	_, err := account.LoadKeys(strings.Repeat("s", 31), t.TempDir())
	require.ErrorContains(t, err, "FIELDCARE_SECRET is too short")
	require.NotContains(t, err.Error(), "sss")
	keys, err := account.LoadKeys(strings.Repeat("s", 32), "")
	require.NoError(t, err)
	_, err = keys.WithPrevious("short")
	require.ErrorContains(t, err, "FIELDCARE_SECRET_PREVIOUS is too short")
	same, err := keys.WithPrevious("")
	require.NoError(t, err)
	require.Equal(t, keys, same)

	folder := t.TempDir()
	path := filepath.Join(folder, "secret")
	require.NoError(t, os.WriteFile(path, []byte("short\n"), 0o600))
	_, err = account.LoadKeys("", folder)
	require.ErrorContains(t, err, path+" is too short")
	require.NoError(t, os.WriteFile(path, []byte(secret), 0o600))
	require.NoError(t, os.Chmod(path, 0o644))
	_, err = account.LoadKeys("", folder)
	require.ErrorContains(t, err, "can be read by others")

	file := filepath.Join(folder, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err = account.LoadKeys("", file)
	require.ErrorContains(t, err, "FIELDCARE_SECRET")
}
