package cache

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"edgesignal/host/artifact"
	"edgesignal/host/durable"
	"edgesignal/host/release"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const limit = 100

// shelf is a source of texts by path, which can be down.
type shelf struct {
	mu    sync.Mutex
	texts map[string]string
	down  bool
	asked int
}

var errDown = &release.Unavailable{Part: release.PartStore, Err: errors.New("down")}

func (s *shelf) Fetch(_ context.Context, path, want string, max int64) ([]byte, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	b, ok := s.texts[path]
	switch {
	case s.down:
		return nil, "", errDown
	case !ok:
		return nil, "", release.ErrNotFound
	case int64(len(b)) > max:
		return nil, "", artifact.ErrTooLarge
	case want != "" && want != release.Sum([]byte(b)):
		return nil, "", release.Reject(release.DigestMismatch, "%s", path)
	}
	return []byte(b), release.Sum([]byte(b)), nil
}

type bundle struct {
	*Cache
	from     *shelf
	dir      string
	problems []error
}

func open(t *testing.T, dir string, max int64) *bundle {
	t.Helper()
	b := &bundle{from: &shelf{texts: map[string]string{}}, dir: dir}
	c, err := Open(dir, max, b.from, func(err error) { b.problems = append(b.problems, err) })
	require.NoError(t, err)
	b.Cache = c
	return b
}

// get fetches a text that is its own path.
func (b *bundle) get(t *testing.T, text string) error {
	t.Helper()
	b.from.texts[text] = text
	sum := release.Sum([]byte(text))
	got, found, err := b.Fetch(t.Context(), text, sum, limit)
	if err == nil {
		require.Equal(t, text, string(got))
		require.Equal(t, sum, found)
	}
	return err
}

func (b *bundle) has(text string) bool {
	_, err := os.Stat(b.file(release.Sum([]byte(text))))
	return err == nil
}

func TestFetch(t *testing.T) {
	b := open(t, filepath.Join(t.TempDir(), "cache"), 1000)
	require.NoError(t, b.get(t, "a"))
	require.NoError(t, b.get(t, "a"))
	require.Equal(t, 1, b.from.asked)
	b.from.down = true
	require.NoError(t, b.get(t, "a"))
	require.Equal(t, error(errDown), b.get(t, "b"))
	require.Equal(t, 1, open(t, b.dir, 1000).count(t), "it survives a restart")

	sum := release.Sum([]byte("a"))
	got, _, err := b.Fetch(t.Context(), artifact.Key(sum), "", limit)
	require.NoError(t, err, "the path names it")
	require.Equal(t, "a", string(got))
	_, _, err = b.Fetch(t.Context(), "a", "", limit)
	require.ErrorIs(t, err, errDown, "nobody knows which bytes")
	b.from.down = false
	b.from.texts["c"] = "c"
	_, _, err = b.Fetch(t.Context(), "c", "", limit)
	require.NoError(t, err)
	require.True(t, b.has("c"), "kept under what it was found to be")
	_, _, err = b.Fetch(t.Context(), "a", strings.Repeat("0", 64), limit)
	var no *release.Rejection
	require.ErrorAs(t, err, &no)
	_, _, err = b.Fetch(t.Context(), "../../etc/passwd", "../../etc/passwd", limit)
	require.Error(t, err)
	require.Empty(t, b.problems)
	info, err := os.Stat(b.dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}

func (b *bundle) count(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir(b.dir)
	require.NoError(t, err)
	return len(entries)
}

func TestTampered(t *testing.T) {
	for _, c := range []struct {
		name   string
		tamper func(name string) error
	}{
		{"other bytes", func(name string) error { return os.WriteFile(name, []byte("evil"), 0o600) }},
		{"one bit", func(name string) error { return os.WriteFile(name, []byte("tdxt"), 0o600) }},
		{"cut off", func(name string) error { return os.Truncate(name, 3) }},
		{"empty", func(name string) error { return os.Truncate(name, 0) }},
		{"longer than may be", func(name string) error { return os.Truncate(name, 1<<40) }},
		{"a folder", func(name string) error { return errors.Join(os.Remove(name), os.Mkdir(name, 0o700)) }},
		{"a link", func(name string) error { return errors.Join(os.Remove(name), os.Symlink("/dev/zero", name)) }},
		{"a FIFO", func(name string) error { return errors.Join(os.Remove(name), syscall.Mkfifo(name, 0o600)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := open(t, t.TempDir(), 1000)
			require.NoError(t, b.get(t, "text"))
			name := b.file(release.Sum([]byte("text")))
			b.Pin([]string{release.Sum([]byte("text"))})
			require.NoError(t, c.tamper(name))
			b.from.down = true
			err := b.get(t, "text")
			require.ErrorIs(t, err, errDown)
			require.ErrorContains(t, err, "cached copy")
			require.Len(t, b.problems, 1)
			require.ErrorContains(t, b.problems[0], name)
			_, err = os.Lstat(name)
			require.ErrorIs(t, err, os.ErrNotExist)
			b.from.down = false
			require.NoError(t, b.get(t, "text"))
			require.True(t, b.has("text"))
		})
	}
}

func TestLeastRecentlyUsedGoFirst(t *testing.T) {
	b := open(t, t.TempDir(), 25)
	texts := []string{"aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc", "dddddddddd"}
	for i, text := range texts[:2] {
		require.NoError(t, b.get(t, text))
		old := time.Now().Add(time.Duration(i-10) * time.Hour)
		require.NoError(t, os.Chtimes(b.file(release.Sum([]byte(text))), old, old))
	}
	require.NoError(t, b.get(t, texts[0]), "a is used")
	require.NoError(t, b.get(t, texts[2]))
	require.Equal(t, []bool{true, false, true}, []bool{b.has(texts[0]), b.has(texts[1]), b.has(texts[2])})

	b = open(t, b.dir, 25) // the times of use are on the disk
	b.Pin([]string{release.Sum([]byte(texts[0]))})
	older := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(b.file(release.Sum([]byte(texts[0]))), older, older))
	require.NoError(t, b.get(t, texts[3]))
	require.Equal(t, []bool{true, false, true}, []bool{b.has(texts[0]), b.has(texts[2]), b.has(texts[3])}, "a is pinned")

	b.Pin([]string{release.Sum([]byte(texts[0])), release.Sum([]byte(texts[3])), release.Sum([]byte(texts[1]))})
	require.NoError(t, b.get(t, texts[1]))
	require.Equal(t, 3, b.count(t), "pinned above the limit")
	b.Pin(nil)
	require.NoError(t, b.get(t, texts[2]))
	require.Equal(t, 2, b.count(t))
	require.Empty(t, b.problems)
}

func TestLeftovers(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, durable.Unfinished+"1"), []byte("half"), 0o600))
	held, err := os.Create(filepath.Join(dir, durable.Unfinished+"2"))
	require.NoError(t, err)
	defer held.Close()
	require.NoError(t, syscall.Flock(int(held.Fd()), syscall.LOCK_EX))
	require.NoError(t, os.WriteFile(filepath.Join(dir, durable.Unfinished+"3"), nil, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "README"), nil, 0o600))
	long := time.Now().Add(-2 * abandoned)
	for _, name := range []string{"1", "2"} {
		require.NoError(t, os.Chtimes(filepath.Join(dir, durable.Unfinished+name), long, long))
	}
	b := open(t, dir, 1)
	require.Equal(t, 3, b.count(t), "what a writer is at stays, what one may just begin with, and what is not ours")
	_, err = os.Stat(filepath.Join(dir, durable.Unfinished+"1"))
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = os.Stat(held.Name())
	require.NoError(t, err)
}

// A limit on the size of files is the nearest to a full disk that a process
// can make for itself.
func TestDiskFull(t *testing.T) {
	const child = "EDGESIGNAL_TEST_CHILD" // a process of its own: what go test writes counts too
	if os.Getenv(child) == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestDiskFull$", "-test.v")
		cmd.Env = append(os.Environ(), child+"=1")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Contains(t, string(out), "--- PASS: TestDiskFull")
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var before syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before))
	b := open(t, t.TempDir(), math.MaxInt64)
	full := before
	full.Cur = 4
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &full))
	defer func() { require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before)) }()
	for i := range 3 {
		require.NoError(t, b.get(t, fmt.Sprint("too long ", i)))
	}
	require.Len(t, b.problems, 1, "told once")
	require.ErrorContains(t, b.problems[0], "file too large")
	require.Zero(t, b.count(t))
	require.NoError(t, b.get(t, "fits"))
	require.NoError(t, b.get(t, "too long"))
	require.Len(t, b.problems, 2, "told again after it worked")
}

func TestManyAtOnce(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 4 { // processes
		from := &shelf{texts: map[string]string{}}
		for i := range 8 {
			from.texts[fmt.Sprint("text ", i)] = fmt.Sprint("text ", i)
		}
		c, err := Open(dir, 30, from, func(err error) { t.Error(err) })
		require.NoError(t, err)
		for range 4 {
			wg.Go(func() {
				for i := range 100 {
					text := fmt.Sprint("text ", i%8)
					b, _, err := c.Fetch(t.Context(), text, release.Sum([]byte(text)), limit)
					if err != nil || string(b) != text {
						t.Errorf("%q %v", b, err)
					}
				}
			})
		}
	}
	wg.Wait()
	last := open(t, dir, 30)
	require.NoError(t, last.get(t, "text 9"))
	require.LessOrEqual(t, last.count(t), 5, "30 bytes")
}
