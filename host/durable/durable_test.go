package durable

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func fills(text string, err error) func(io.Writer) error {
	return func(w io.Writer) error {
		if _, werr := io.WriteString(w, text); werr != nil {
			return werr
		}
		return err
	}
}

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "file")
	require.NoError(t, Replace(name, 0o640, fills("old", nil)))

	broken := errors.New("the source broke")
	require.ErrorIs(t, Replace(name, 0o600, fills("half of the n", broken)), broken)
	requireFile(t, name, "old", 0o640)

	require.NoError(t, Replace(name, 0o600, fills("new", nil)))
	requireFile(t, name, "new", 0o600)

	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "a draft was left behind")
}

func requireFile(t *testing.T, name, text string, mode os.FileMode) {
	t.Helper()
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, text, string(b))
	info, err := os.Stat(name)
	require.NoError(t, err)
	require.Equal(t, mode, info.Mode())
}

// A name that cannot be taken, as that of a folder, leaves no draft.
func TestReplaceCannot(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "folder")
	require.NoError(t, os.Mkdir(name, 0o755))
	require.Error(t, Replace(name, 0o644, fills("x", nil)))
	require.Error(t, Replace(filepath.Join(dir, "missing", "file"), 0o644, fills("x", nil)))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.DirExists(t, name)
}

func TestDiscard(t *testing.T) {
	dir := t.TempDir()
	d, err := Create(dir)
	require.NoError(t, err)
	require.NoError(t, d.Discard())
	require.NoError(t, d.Discard(), "again")

	d, err = Create(dir)
	require.NoError(t, err)
	require.NoError(t, d.Commit(filepath.Join(dir, "kept")))
	require.NoError(t, d.Discard(), "after Commit")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, "kept", entries[0].Name())
}
