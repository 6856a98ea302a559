package dir

import (
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"edgesignal/host/artifact"
	"edgesignal/host/artifact/artifacttest"
	"edgesignal/host/release"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	artifacttest.Run(t, func(t *testing.T) artifact.Store {
		s := open(t)
		t.Cleanup(func() {
			for _, name := range tree(t, s.root) {
				require.NotContains(t, name, "~", "an unfinished object was left behind")
			}
		})
		return s
	})
}

func open(t *testing.T) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	return s
}

func put(t *testing.T, s *Store, key string) error {
	t.Helper()
	return s.Put(t.Context(), key, strings.NewReader("x"), 1)
}

func tree(t *testing.T, root string) (names []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(root, func(name string, _ fs.DirEntry, err error) error {
		names = append(names, strings.TrimPrefix(name, root))
		return err
	}))
	return names
}

func requireUnavailable(t *testing.T, err error) {
	t.Helper()
	var gone *release.Unavailable
	require.ErrorAs(t, err, &gone)
	require.Equal(t, release.PartStore, gone.Part)
	require.NotErrorIs(t, err, release.ErrNotFound)
}

func TestLayout(t *testing.T) {
	s := open(t)
	require.NoError(t, put(t, s, "a/b/c.txt"))
	require.Equal(t, []string{"", "/a", "/a/b", "/a/b/c.txt"}, tree(t, s.root))
	file, err := os.Stat(filepath.Join(s.root, "a/b/c.txt"))
	require.NoError(t, err)
	require.Zero(t, file.Mode().Perm()&^0o644, file.Mode())
	folder, err := os.Stat(filepath.Join(s.root, "a"))
	require.NoError(t, err)
	require.Zero(t, folder.Mode().Perm()&^0o755, folder.Mode())
	require.Equal(t, "file://"+s.root, s.String())
}

// What a process that was killed in a Put leaves is no object.
func TestUnfinished(t *testing.T) {
	s := open(t)
	require.NoError(t, put(t, s, "a/k"))
	require.NoError(t, os.WriteFile(filepath.Join(s.root, "a", "~HALF"), []byte("ha"), 0o644))
	for _, key := range []string{"a/~HALF", "~HALF"} {
		_, err := s.Stat(t.Context(), key)
		require.ErrorContains(t, err, "key")
	}
	again, err := Open(s.root)
	require.NoError(t, err)
	require.NoError(t, put(t, again, "a/HALF"))
	info, err := again.Stat(t.Context(), "a/k")
	require.NoError(t, err)
	require.Equal(t, int64(1), info.Size)
}

func TestObjectIsNoFolder(t *testing.T) {
	s := open(t)
	require.NoError(t, put(t, s, "a/b"))
	for _, key := range []string{"a", "a/b/c", "a/b/c/d"} {
		require.ErrorIs(t, put(t, s, key), release.ErrConflict, key)
		_, err := s.Stat(t.Context(), key)
		require.ErrorIs(t, err, release.ErrNotFound, key)
	}
	require.Equal(t, []string{"", "/a", "/a/b"}, tree(t, s.root))
}

func TestNotRegular(t *testing.T) {
	s := open(t)
	require.NoError(t, syscall.Mkfifo(filepath.Join(s.root, "fifo"), 0o600))
	require.NoError(t, os.Symlink("fifo", filepath.Join(s.root, "to-fifo")))
	require.NoError(t, os.Symlink("self", filepath.Join(s.root, "self")))
	for _, key := range []string{"fifo", "to-fifo", "self"} {
		t.Run(key, func(t *testing.T) {
			_, err := s.Stat(t.Context(), key)
			require.Error(t, err)
			require.NotErrorIs(t, err, release.ErrNotFound)
			r, _, err := s.Open(t.Context(), key)
			require.Error(t, err)
			require.Nil(t, r)
			require.ErrorIs(t, put(t, s, key), release.ErrConflict)
		})
	}
}

func TestSymlinks(t *testing.T) {
	s := open(t)
	out := t.TempDir()
	secret := filepath.Join(out, "secret")
	require.NoError(t, os.WriteFile(secret, []byte("secret"), 0o600))
	require.NoError(t, put(t, s, "in/k"))
	for name, target := range map[string]string{
		"file": secret, "folder": out, "up": "..", "deep": "in/../../" + filepath.Base(out), "inside": "in", "dangling": "nowhere", "in/absolute": s.root + "/in/k",
	} {
		require.NoError(t, os.Symlink(target, filepath.Join(s.root, name)))
	}
	for _, key := range []string{"file", "folder/secret", "folder/new", "up/x", "up/store/in/k", "deep/secret", "in/absolute"} {
		t.Run(key, func(t *testing.T) {
			_, err := s.Stat(t.Context(), key)
			require.Error(t, err)
			_, _, err = s.Open(t.Context(), key)
			require.Error(t, err)
			require.Error(t, put(t, s, key))
		})
	}
	require.Equal(t, []string{"", "/secret"}, tree(t, out))

	r, _, err := s.Open(t.Context(), "inside/k")
	require.NoError(t, err)
	b, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	require.Equal(t, "x", string(b))
	require.NoError(t, put(t, s, "inside/new"))
	_, err = s.Stat(t.Context(), "in/new")
	require.NoError(t, err)

	_, err = s.Stat(t.Context(), "dangling")
	require.ErrorIs(t, err, release.ErrNotFound)
	require.ErrorIs(t, put(t, s, "dangling"), release.ErrConflict)
}

func TestRootGoneAndBack(t *testing.T) {
	s := open(t)
	require.NoError(t, put(t, s, "k"))
	require.NoError(t, os.Rename(s.root, s.root+".away"))
	_, err := s.Stat(t.Context(), "k")
	requireUnavailable(t, err)
	_, _, err = s.Open(t.Context(), "k")
	requireUnavailable(t, err)
	requireUnavailable(t, put(t, s, "k2"))
	require.NoFileExists(t, s.root)
	require.NoError(t, os.Rename(s.root+".away", s.root))
	_, err = s.Stat(t.Context(), "k")
	require.NoError(t, err)
}

func TestOpenImpossible(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for _, root := range []string{file, filepath.Join(file, "below")} {
		_, err := Open(root)
		requireUnavailable(t, err)
		require.ErrorContains(t, err, root)
	}
	_, err := Open("")
	require.Error(t, err)
	var gone *release.Unavailable
	require.NotErrorAs(t, err, &gone)
}

func TestRelativeRootSurvivesChdir(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	s, err := Open("artifacts")
	require.NoError(t, err)
	t.Chdir(t.TempDir())
	require.NoError(t, put(t, s, "k"))
	require.FileExists(t, filepath.Join(dir, "artifacts", "k"))
}

func TestTwoStoresOneFolder(t *testing.T) {
	a := open(t)
	b, err := Open(a.root)
	require.NoError(t, err)
	require.NoError(t, put(t, a, "k"))
	require.ErrorIs(t, put(t, b, "k"), release.ErrConflict)
	_, err = b.Stat(t.Context(), "k")
	require.NoError(t, err)
}

// A disk that takes no more, here a limit on the size of a file.
func TestDiskRefuses(t *testing.T) {
	var was syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was))
	signal.Ignore(syscall.SIGXFSZ)
	t.Cleanup(func() {
		require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was))
		signal.Reset(syscall.SIGXFSZ)
	})
	s := open(t)
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1 << 20, Max: was.Max}))
	err := s.Put(t.Context(), "k", strings.NewReader(strings.Repeat("x", 2<<20)), 2<<20)
	requireUnavailable(t, err)
	require.ErrorIs(t, err, syscall.EFBIG)
	require.Equal(t, []string{""}, tree(t, s.root))
}
