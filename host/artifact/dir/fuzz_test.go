package dir

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/artifact"
)

// No key, valid or not, reads or writes anything outside the root: not by
// dots, not by an absolute path, not through the links that lie in the store.
func FuzzKeyStaysInside(f *testing.F) {
	for _, key := range []string{
		"models/alpha.txt", "sha256/ab", "a", "../outside", "..", ".", "", "/etc/passwd", "a/../../outside", "out/outside", "out/new", "up/outside",
		"file", "a//b", "a\\..\\b", "a\x00b", "~x", "./a", "a/.", "in/../out", strings.Repeat("a", 300), strings.Repeat("../", 40) + "tmp/x", "@/+=-_.", "ä",
	} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		box := t.TempDir()
		root := filepath.Join(box, "root")
		s, err := Open(root)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(box, "outside"), []byte("secret"), 0o600))
		require.NoError(t, os.Symlink(box, filepath.Join(root, "out")))
		require.NoError(t, os.Symlink("..", filepath.Join(root, "up")))
		require.NoError(t, os.Symlink("../outside", filepath.Join(root, "file")))

		putErr := s.Put(t.Context(), key, strings.NewReader("content"), 7)
		r, info, openErr := s.Open(t.Context(), key)
		_, statErr := s.Stat(t.Context(), key)
		if artifact.ValidKey(key) != nil {
			require.Error(t, putErr)
			require.Error(t, openErr)
			require.Error(t, statErr)
			require.Len(t, tree(t, root), 4, "nothing was written")
		} else {
			require.True(t, filepath.IsLocal(key))
			require.Equal(t, key, filepath.Clean(key))
		}
		if openErr == nil {
			b, err := io.ReadAll(r)
			require.NoError(t, err)
			require.NoError(t, r.Close())
			require.Equal(t, "content", string(b))
			require.Equal(t, int64(7), info.Size)
			require.NoError(t, putErr)
			direct, err := os.ReadFile(root + "/" + key)
			require.NoError(t, err)
			require.Equal(t, b, direct)
		} else {
			require.Error(t, putErr)
		}
		left, err := os.ReadDir(box)
		require.NoError(t, err)
		require.Len(t, left, 2, "outside and root")
		secret, err := os.ReadFile(filepath.Join(box, "outside"))
		require.NoError(t, err)
		require.Equal(t, "secret", string(secret))
	})
}
