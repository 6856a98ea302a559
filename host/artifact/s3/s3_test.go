package s3

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"edgesignal/host/artifact"
	"edgesignal/host/artifact/artifacttest"
	"edgesignal/host/bucket"
	"edgesignal/host/internal/s3test"
	"edgesignal/host/release"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func client(t *testing.T, s *s3test.Server, secret string) *bucket.Client {
	t.Helper()
	c, err := bucket.New(bucket.Config{Endpoint: s.Endpoint(), AccessKey: s3test.AccessKey, SecretKey: secret, Wait: time.Millisecond})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func store(t *testing.T, s *s3test.Server, url string) *Store {
	t.Helper()
	store, err := New(client(t, s, s3test.SecretKey), url)
	require.NoError(t, err)
	return store
}

func TestConformance(t *testing.T) {
	s := s3test.New(t)
	artifacttest.Run(t, func(t *testing.T) artifact.Store { return store(t, s, "s3://"+s.NewBucket()) })
}

func TestConformanceWithVersions(t *testing.T) {
	s := s3test.New(t)
	artifacttest.Run(t, func(t *testing.T) artifact.Store {
		bucket := s.NewBucket()
		s.Versioned(bucket)
		return store(t, s, "s3://"+bucket)
	})
}

func TestPrefix(t *testing.T) {
	s := s3test.New(t)
	whole, part := store(t, s, "s3://"+s.Bucket), store(t, s, "s3://"+s.Bucket+"/prod/models/")
	require.Equal(t, "s3://bucket-1/", whole.String())
	require.Equal(t, "s3://bucket-1/prod/models/", part.String())
	require.NoError(t, part.Put(t.Context(), "a/k", strings.NewReader("x"), 1))
	_, err := whole.Stat(t.Context(), "a/k")
	require.ErrorIs(t, err, release.ErrNotFound)
	info, err := whole.Stat(t.Context(), "prod/models/a/k")
	require.NoError(t, err)
	require.Equal(t, artifact.Info{Key: "prod/models/a/k", Size: 1}, info)
	info, err = part.Stat(t.Context(), "a/k")
	require.NoError(t, err)
	require.Equal(t, artifact.Info{Key: "a/k", Size: 1}, info)
	for _, url := range []string{"artifacts", "s3://", "s3://UPPER/x", "s3://bucket/../x"} {
		_, err := New(nil, url)
		require.Error(t, err, url)
	}
}

func TestNotReleases(t *testing.T) {
	s := s3test.New(t)
	denied, err := New(client(t, s, "wrong"), "s3://"+s.Bucket)
	require.NoError(t, err)
	killed := s3test.New(t)
	gone := store(t, killed, "s3://"+killed.Bucket)
	killed.Kill()
	for _, c := range []struct {
		name    string
		store   *Store
		refused bool
	}{
		{"wrong secret", denied, true},
		{"no such bucket", store(t, s, "s3://no-such-bucket/x"), true},
		{"killed", gone, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			put := c.store.Put(t.Context(), "k", strings.NewReader("x"), 1)
			_, _, open := c.store.Open(t.Context(), "k")
			_, stat := c.store.Stat(t.Context(), "k")
			for _, err := range []error{put, open, stat} {
				var gone *release.Unavailable
				require.ErrorAs(t, err, &gone)
				require.Equal(t, c.refused, errors.Is(err, release.ErrRefused))
				require.NotErrorIs(t, err, release.ErrNotFound)
			}
		})
	}
}

// The paths of a registry's row that name a bucket.
func TestFetchFromAnyBucket(t *testing.T) {
	s := s3test.New(t)
	other := s.NewBucket()
	s.Versioned(other)
	old, now := s.Put(other, "models/a b.txt", "old"), s.Put(other, "models/a b.txt", "new!")
	f := &artifact.Fetcher{Store: store(t, s, "s3://"+s.Bucket), S3: Other{client(t, s, s3test.SecretKey)}, Files: t.TempDir()}
	url := "s3://" + other + "/models/a b.txt"
	for path, want := range map[string]string{url: "new!", url + "?versionId=" + old: "old", url + "?versionId=" + now: "new!"} {
		b, sum, err := f.Fetch(t.Context(), path, release.Sum([]byte(want)), 4)
		require.NoError(t, err)
		require.Equal(t, want, string(b))
		require.Equal(t, release.Sum(b), sum)
	}
	_, _, err := f.Fetch(t.Context(), url, "", 3)
	require.ErrorIs(t, err, artifact.ErrTooLarge)
	_, _, err = f.Fetch(t.Context(), url, release.Sum([]byte("old")), 4)
	var no *release.Rejection
	require.ErrorAs(t, err, &no)
	require.Equal(t, release.DigestMismatch, no.Reason)
	_, _, err = f.Fetch(t.Context(), "s3://"+other+"/none", "", 4)
	require.ErrorIs(t, err, release.ErrNotFound)
	for _, path := range []string{"s3://" + other, url + "?x=1", "s3://" + other + "/../k"} {
		_, _, err = f.Fetch(t.Context(), path, "", 4)
		require.Error(t, err)
		require.NotErrorIs(t, err, release.ErrNotFound)
	}
	s.Kill()
	_, _, err = f.Fetch(t.Context(), url, "", 4)
	var gone *release.Unavailable
	require.ErrorAs(t, err, &gone)
}

func TestKilledInTheMiddle(t *testing.T) {
	s := s3test.New(t)
	st := store(t, s, "s3://"+s.Bucket)
	s.Put(s.Bucket, "large", strings.Repeat("x", 32<<20))
	r, _, err := st.Open(t.Context(), "large")
	require.NoError(t, err)
	defer r.Close()
	_, err = io.ReadFull(r, make([]byte, 10))
	require.NoError(t, err)
	s.Kill()
	_, err = io.ReadAll(r)
	var gone *release.Unavailable
	require.ErrorAs(t, err, &gone)

	s.Start()
	half := io.MultiReader(strings.NewReader(strings.Repeat("y", 8<<20)), kill{s}, strings.NewReader(strings.Repeat("y", 8<<20)))
	err = st.Put(t.Context(), "half", half, 16<<20)
	require.ErrorAs(t, err, &gone)
	s.Start()
	_, err = st.Stat(t.Context(), "half")
	require.ErrorIs(t, err, release.ErrNotFound)
}

// kill ends the server when it is read.
type kill struct{ s *s3test.Server }

func (k kill) Read([]byte) (int, error) { k.s.Kill(); return 0, io.EOF }
