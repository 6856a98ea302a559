package operate

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDemoStateIsNobodyElsesFolder(t *testing.T) {
	t.Run("a folder with something in it is left alone", func(t *testing.T) {
		dir := t.TempDir()
		precious := filepath.Join(dir, "thesis.txt")
		require.NoError(t, os.WriteFile(precious, []byte("x"), 0o600))
		_, err := NewDemoState(dir)
		require.ErrorContains(t, err, "was not made by a demo")
		require.FileExists(t, precious)
	})
	t.Run("what a demo left is made afresh", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "state")
		first, err := NewDemoState(dir)
		require.NoError(t, err)
		old := filepath.Join(dir, "registry.db")
		require.NoError(t, os.WriteFile(old, []byte("x"), 0o600))
		_, err = NewDemoState(dir)
		require.ErrorContains(t, err, "in use by another demo")
		require.FileExists(t, old)
		require.NoError(t, first.Close())
		second, err := NewDemoState(dir)
		require.NoError(t, err)
		require.NoFileExists(t, old)
		require.NoError(t, second.Close())
	})
}
