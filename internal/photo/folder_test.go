package photo

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAFileIsWholeOrAsBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "photo.jpg")
	require.NoError(t, writeFile(path, []byte("before")))
	require.Error(t, writeFile(filepath.Join(path, "below a file"), []byte("nowhere")))
	require.NoError(t, writeFile(path, bytes.Repeat([]byte("x"), 1<<20)))
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Len(t, content, 1<<20)
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1)
}
