package artifact_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"edgesignal/host/artifact"
	"edgesignal/host/artifact/dir"
	"edgesignal/host/release"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fetcher has a store with "both", "models/in-store" and "models" as a folder,
// and a working directory with "both", "models/in-work" and "a b?#%.txt".
func fetcher(t *testing.T) *artifact.Fetcher {
	t.Helper()
	s, err := dir.Open(filepath.Join(t.TempDir(), "store"))
	require.NoError(t, err)
	for _, key := range []string{"both", "models/in-store"} {
		require.NoError(t, s.Put(t.Context(), key, strings.NewReader("store "+key), int64(6+len(key))))
	}
	work := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(work, "models"), 0o755))
	for _, name := range []string{"both", "models/in-work", "a b?#%.txt"} {
		require.NoError(t, os.WriteFile(filepath.Join(work, name), []byte("work "+name), 0o600))
	}
	return &artifact.Fetcher{Store: s, Files: work}
}

func TestFetchFinds(t *testing.T) {
	f := fetcher(t)
	strange := filepath.Join(f.Files, "a b?#%.txt")
	for _, c := range []struct{ name, path, want string }{
		{"key", "models/in-store", "store models/in-store"},
		{"the store comes first", "both", "store both"},
		{"working directory", "models/in-work", "work models/in-work"},
		{"not a key", "./models/../both", "work both"},
		{"strange name", "a b?#%.txt", "work a b?#%.txt"},
		{"file URL", "file://" + f.Files + "/both", "work both"},
		{"file URL with a host", "file://localhost" + f.Files + "/both", "work both"},
		{"file URL, escaped", (&url.URL{Scheme: "file", Path: strange}).String(), "work a b?#%.txt"},
		{"absolute", strange, "work a b?#%.txt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, want := range []string{"", release.Sum([]byte(c.want))} {
				b, sum, err := f.Fetch(t.Context(), c.path, want, int64(len(c.want)))
				require.NoError(t, err)
				require.Equal(t, c.want, string(b))
				require.Equal(t, release.Sum(b), sum)
			}
		})
	}
	t.Run("without a store", func(t *testing.T) {
		alone := &artifact.Fetcher{Files: f.Files}
		b, _, err := alone.Fetch(t.Context(), "both", "", 100)
		require.NoError(t, err)
		require.Equal(t, "work both", string(b))
	})
}

func TestFetchRefuses(t *testing.T) {
	f := fetcher(t)
	require.NoError(t, syscall.Mkfifo(filepath.Join(f.Files, "fifo"), 0o600))
	require.NoError(t, os.Symlink("fifo", filepath.Join(f.Files, "to-fifo")))
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(f.Files, "to-passwd")))
	require.NoError(t, os.Symlink("/etc", filepath.Join(f.Files, "to-etc")))
	sum := release.Sum([]byte("store both"))
	other := strings.Repeat("0", 64)
	for _, c := range []struct {
		name, path, want string
		max              int64
		is               error
		says             []string
	}{
		{"too large in the store", "both", "", 9, artifact.ErrTooLarge, []string{"both", "10 bytes", "limit is 9"}},
		{"too large on disk", "models/in-work", "", 18, artifact.ErrTooLarge, []string{"19 bytes"}},
		{"no room at all", "both", "", 0, artifact.ErrTooLarge, nil},
		{"too large comes before other bytes", "both", other, 9, artifact.ErrTooLarge, nil},
		{"other bytes", "both", other, 100, nil, []string{"digest_mismatch", "both", other, sum}},
		{"digest in capitals", "both", strings.ToUpper(sum), 100, nil, []string{"digest_mismatch"}},
		{"nowhere", "models/none", "", 100, release.ErrNotFound, []string{`"models/none" in the store file://`, f.Files + "/models/none"}},
		{"not a key, nowhere", "no ne", "", 100, release.ErrNotFound, []string{f.Files + "/no ne"}},
		{"no such file", "file://" + f.Files + "/no/such/file", "", 100, release.ErrNotFound, []string{"/no/such/file"}},
		{"elsewhere", "/etc/passwd", "", 100, nil, []string{"/etc/passwd: lies neither below ARTIFACT_FILES"}},
		{"elsewhere, and not there", "/no/such/file", "", 100, nil, []string{"lies neither below ARTIFACT_FILES"}},
		{"elsewhere by URL", "file:///etc/passwd", "", 100, nil, []string{"lies neither below ARTIFACT_FILES"}},
		{"up and out", "../../../../../../../etc/passwd", "", 100, nil, []string{"lies neither below ARTIFACT_FILES"}},
		{"up and out by URL", "file://" + f.Files + "/../../../../../../etc/passwd", "", 100, nil, []string{"lies neither below ARTIFACT_FILES"}},
		{"a link out", "to-passwd", "", 100, nil, []string{"lies neither below ARTIFACT_FILES"}},
		{"a folder's link out", "to-etc/passwd", "", 100, nil, []string{"lies neither below ARTIFACT_FILES"}},
		{"a sibling", "file://" + f.Files + "-other/x", "", 100, nil, []string{"lies neither below ARTIFACT_FILES"}},
		{"below a file", "both/x", "", 100, release.ErrNotFound, nil},
		{"name too long", strings.Repeat("ab", 1000), "", 100, release.ErrNotFound, nil},
		{"NUL", "a\x00b", "", 100, release.ErrNotFound, nil},
		{"NUL in a URL", "file://" + f.Files + "/a%00b", "", 100, release.ErrNotFound, nil},
		{"empty", "", "", 100, nil, []string{"empty"}},
		{"folder", "models", "", 100, nil, []string{"models", "folder"}},
		{"folder by URL", "file://" + f.Files, "", 100, nil, []string{"folder"}},
		{"dot", ".", "", 100, nil, []string{"folder"}},
		{"FIFO", "fifo", "", 100, nil, []string{"fifo", "not a regular file"}},
		{"link to a FIFO", "to-fifo", "", 100, nil, []string{"not a regular file"}},
		{"device", "/dev/zero", "", 100, nil, []string{"/dev/zero", "lies neither below"}},
		{"S3", "s3://bucket/key?versionId=1", "", 100, nil, []string{"s3://bucket/key", "no S3 store"}},
		{"S3 in capitals", "S3://bucket/key", "", 100, nil, []string{"no S3 store"}},
		{"other scheme", "https://example.com/m", "", 100, nil, []string{"https://"}},
		{"file URL of another host", "file://server/share", "", 100, nil, []string{"file:///"}},
		{"relative file URL", "file://", "", 100, nil, []string{"file:///"}},
		{"file URL with a query", "file:///a?b", "", 100, nil, []string{"%3F"}},
		{"file URL with a bad escape", "file:///a%zz", "", 100, nil, []string{"%zz"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, _, err := f.Fetch(t.Context(), c.path, c.want, c.max)
			require.Error(t, err)
			require.Nil(t, b)
			var gone *release.Unavailable
			require.NotErrorAs(t, err, &gone)
			var no *release.Rejection
			require.Equal(t, strings.Contains(err.Error(), "digest_mismatch"), errors.As(err, &no))
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			} else {
				require.NotErrorIs(t, err, release.ErrNotFound)
			}
			for _, s := range c.says {
				require.ErrorContains(t, err, s)
			}
		})
	}
}

// liar is a store whose claims and bytes need not agree.
type liar struct {
	artifact.Store
	size int64
	r    io.Reader
	err  error
}

func (l liar) Open(context.Context, string) (io.ReadCloser, artifact.Info, error) {
	if l.err != nil {
		return nil, artifact.Info{}, l.err
	}
	return io.NopCloser(l.r), artifact.Info{Size: l.size}, nil
}

type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) { e.read += len(p); return len(p), nil }

func TestFetchFromAStoreThatFails(t *testing.T) {
	outage := &release.Unavailable{Part: release.PartStore, Err: errors.New("down")}
	for _, c := range []struct {
		name  string
		store liar
		says  string
	}{
		{"down", liar{err: outage}, "down"},
		{"breaks off", liar{size: 3, r: io.MultiReader(strings.NewReader("a"), errReader{outage})}, "down"},
		{"short", liar{size: 3, r: strings.NewReader("a")}, "1 of 3 bytes"},
		{"nothing", liar{size: 3, r: strings.NewReader("")}, "0 of 3 bytes"},
		{"long", liar{size: 3, r: strings.NewReader("abcd")}, "more than 3 bytes"},
		{"long, of none", liar{size: 0, r: strings.NewReader("abcd")}, "more than 0 bytes"},
		{"negative", liar{size: -1, r: strings.NewReader("abcd")}, "-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			// The working directory has the file: an outage of the store must not uncover it.
			f := fetcher(t)
			f.Store = c.store
			_, _, err := f.Fetch(t.Context(), "both", "", 100)
			var gone *release.Unavailable
			require.ErrorAs(t, err, &gone)
			require.Equal(t, release.PartStore, gone.Part)
			require.ErrorContains(t, err, c.says)
			require.ErrorContains(t, err, "both")
		})
	}
	t.Run("endless", func(t *testing.T) {
		r := &endless{}
		f := &artifact.Fetcher{Store: liar{size: 1000, r: r}, Files: t.TempDir()}
		_, _, err := f.Fetch(t.Context(), "k", "", 1000)
		require.Error(t, err)
		require.LessOrEqual(t, r.read, 1001, "bytes taken")
	})
	t.Run("a claim beyond the limit costs nothing", func(t *testing.T) {
		f := &artifact.Fetcher{Store: liar{size: 1 << 62, r: bytes.NewReader(nil)}, Files: t.TempDir()}
		_, _, err := f.Fetch(t.Context(), "k", "", 1<<20)
		require.ErrorIs(t, err, artifact.ErrTooLarge)
	})
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }

func TestFetchCallerGivesUp(t *testing.T) {
	f := fetcher(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, path := range []string{"both", "models/in-work", "file://" + f.Files + "/both"} {
		_, _, err := f.Fetch(ctx, path, "", 100)
		require.ErrorIs(t, err, context.Canceled)
	}
}

func TestFetchStoreGone(t *testing.T) {
	f := fetcher(t)
	root := strings.TrimPrefix(f.Store.(*dir.Store).String(), "file://")
	require.NoError(t, os.Rename(root, root+".away"))
	_, _, err := f.Fetch(t.Context(), "both", "", 100)
	var gone *release.Unavailable
	require.ErrorAs(t, err, &gone)
	require.Equal(t, release.PartStore, gone.Part)
}
