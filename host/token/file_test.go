package token

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

const often = time.Millisecond

// watcher is a file that is watched, and what its owner was told.
type watcher struct {
	*File
	t      *testing.T
	events chan string
}

func watch(t *testing.T, path string) *watcher {
	t.Helper()
	f, err := Open(path)
	require.NoError(t, err)
	w := &watcher{f, t, make(chan string, 100)}
	ctx, cancel := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() {
		f.watch(ctx, often, func(l *List) { w.events <- fmt.Sprintf("%d tokens", l.Len()) }, func(err error) { w.events <- err.Error() })
	})
	t.Cleanup(func() { cancel(); done.Wait() })
	return w
}

// told waits for the next event.
func (w *watcher) told(says string) {
	w.t.Helper()
	select {
	case e := <-w.events:
		require.Contains(w.t, e, says)
	case <-time.After(20 * time.Second):
		require.Fail(w.t, "nothing was said", says)
	}
}

// silent fails when more is said while the file is looked at some times more.
// The clock is synctest's: it only goes on once each look is over.
func (w *watcher) silent() {
	w.t.Helper()
	time.Sleep(20 * often)
	require.Empty(w.t, w.events)
}

func (w *watcher) knows(tokens string) {
	w.t.Helper()
	for _, token := range []string{"a", "b", "c"} {
		_, ok := w.List().Find([]byte(token))
		require.Equal(w.t, strings.Contains(tokens, token), ok, token)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}

// replace is what a careful editor does.
func replace(t *testing.T, path, text string) {
	t.Helper()
	write(t, path+".new", text)
	require.NoError(t, os.Rename(path+".new", path))
}

var a, b, c = lineOf("a", "signals", "a"), lineOf("b", "reload", "b"), lineOf("c", "admin", "c")

func TestTheFileIsRereadOnChange(t *testing.T) { synctest.Test(t, theFileIsRereadOnChange) }

func theFileIsRereadOnChange(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	write(t, path, a)
	w := watch(t, path)
	w.knows("a")
	w.silent()

	replace(t, path, a+b)
	w.told("2 tokens")
	w.knows("ab")
	replace(t, path, b)
	w.told("1 tokens")
	w.knows("b")
	require.NoError(t, w.Problem())

	replace(t, path, "# nobody\n")
	w.told("0 tokens")
	w.knows("")
	w.silent()
}

// TestTheSameSizeAndTimes: what stat says does not decide.
func TestTheSameSizeAndTimes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	past := time.Unix(1_700_000_000, 0)
	put := func(text string) {
		write(t, path, text)
		require.NoError(t, os.Chtimes(path, past, past))
	}
	other := lineOf("c", "signals", "c")
	require.Len(t, other, len(a))
	put(a)
	f, err := Open(path)
	require.NoError(t, err)
	fresh, err := f.reread()
	require.NoError(t, err)
	require.False(t, fresh)
	put(other)
	fresh, err = f.reread()
	require.NoError(t, err)
	require.True(t, fresh)
	_, ok := f.List().Find([]byte("c"))
	require.True(t, ok)
}

func TestABadFileKeepsTheTokensThatCount(t *testing.T) {
	synctest.Test(t, aBadFileKeepsTheTokensThatCount)
}

func aBadFileKeepsTheTokensThatCount(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	write(t, path, a+b)
	w := watch(t, path)

	replace(t, path, a+"b reload sha256:12\n")
	w.told("token file " + path + ": line 2: the digest has 2 hex digits")
	w.knows("ab")
	require.ErrorContains(t, w.Problem(), "line 2")
	w.silent()

	replace(t, path, a+c+"x\n")
	w.told("line 3")
	w.knows("ab")

	require.NoError(t, os.Remove(path))
	w.told("no such file")
	w.knows("ab")
	w.silent()

	require.NoError(t, os.Mkdir(path, 0o700))
	w.told("not a regular file")
	require.NoError(t, os.Remove(path))
	w.told("no such file")
	require.NoError(t, syscall.Mkfifo(path, 0o600))
	w.told("not a regular file")
	require.NoError(t, os.Remove(path))
	w.told("no such file")

	write(t, path+".new", strings.Repeat("#", maxBytes+1))
	require.NoError(t, os.Rename(path+".new", path))
	w.told("more than 262144 bytes")
	w.knows("ab")

	replace(t, path, a+b)
	w.told("2 tokens")
	require.NoError(t, w.Problem(), "good again, though nothing is new")
	replace(t, path, c)
	w.told("1 tokens")
	w.knows("c")
	w.silent()
}

// TestASecretMount swaps a symlink to a folder, as Kubernetes does.
func TestASecretMount(t *testing.T) { synctest.Test(t, aSecretMount) }

func aSecretMount(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"..1": a, "..2": b} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, name), 0o700))
		write(t, filepath.Join(dir, name, "tokens"), text)
	}
	path := filepath.Join(dir, "tokens")
	require.NoError(t, os.Symlink("..1", filepath.Join(dir, "..data")))
	require.NoError(t, os.Symlink(filepath.Join("..data", "tokens"), path))
	w := watch(t, path)
	w.knows("a")
	require.NoError(t, os.Symlink("..2", filepath.Join(dir, "..data.new")))
	require.NoError(t, os.Rename(filepath.Join(dir, "..data.new"), filepath.Join(dir, "..data")))
	w.told("1 tokens")
	w.knows("b")
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad")
	write(t, bad, a+"\nb everything sha256:"+hexOf("b")+"\n")
	for _, tc := range []struct{ name, path, says string }{
		{"malformed", bad, "token file " + bad + ": line 3: an unknown scope; signals, reload and admin are known"},
		{"missing", filepath.Join(dir, "none"), "token file " + filepath.Join(dir, "none") + ": no such file or directory"},
		{"a directory", dir, "token file " + dir + ": not a regular file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Open(tc.path)
			require.EqualError(t, err, tc.says)
		})
	}
	_, err := Open(filepath.Join(dir, "none"))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// TestReadersWhileTheFileChanges: a token that is in every version is known
// all the time.
func TestReadersWhileTheFileChanges(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	write(t, path, a+b)
	w := watch(t, path)
	ctx, cancel := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	missed := make(chan string, 4)
	for range cap(missed) {
		readers.Go(func() {
			for ctx.Err() == nil {
				if e, ok := w.List().Find([]byte("a")); !ok || e.Name != "a" {
					missed <- e.Name
					return
				}
			}
		})
	}
	for i := range 30 {
		replace(t, path, []string{a + b, c + a, "bad\n", b + a + c}[i%4])
		time.Sleep(2 * often)
	}
	cancel()
	readers.Wait()
	require.Empty(t, missed)
}
