package artifacttest

import (
	"bytes"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/artifact"
	"edgesignal/host/release"
)

func testRoundTrip(t *testing.T, s artifact.Store) {
	for _, c := range []struct {
		name, key string
		content   []byte
	}{
		{"text", "models/alpha.txt", []byte("tree\nversion=v4\n")},
		{"empty", "empty", nil},
		{"one byte", "a/b/c/d/e", []byte{0}},
		{"a few MB", artifact.Key(strings.Repeat("a", 64)), pattern(5<<20+13, 1)},
		{"every kind of character", "A-Z_az.09/=@+/x", []byte("x")},
		{"beside a folder of the same beginning", "models/alpha", []byte("y")},
		{"dots in a name", "a..b/...", []byte("z")},
	} {
		t.Run(c.name, func(t *testing.T) {
			requireMissing(t, s, c.key)
			// Nothing but Read: a store must not count on more.
			require.NoError(t, s.Put(t.Context(), c.key, struct{ io.Reader }{bytes.NewReader(c.content)}, int64(len(c.content))))
			requireBytes(t, c.content, get(t, s, c.key))
		})
	}
}

func testMissing(t *testing.T, s artifact.Store) {
	put(t, s, "models/alpha.txt", "x")
	for _, key := range []string{"alpha.txt", "models", "models/alpha", "models/alpha.txt2", "MODELS/alpha.txt", "models/alpha.txt/x", artifact.Key(strings.Repeat("0", 64))} {
		t.Run(key, func(t *testing.T) { requireMissing(t, s, key) })
	}
}

func testKeys(t *testing.T, s artifact.Store) {
	put(t, s, "a/b", "x")
	for _, key := range []string{
		"", "/", "/a/b", "a/b/", "a//b", ".", "..", "a/./b", "a/../a/b", "../a/b", "a/b/..", "a\\b", "a b", "a/b\x00", "a/b\n", "ä", "\xff",
		"a:b", "a*", "a%2fb", "~a", "a/~b", strings.Repeat("a", artifact.MaxSegment+1), strings.Repeat("a/", artifact.MaxKey/2) + "a",
	} {
		t.Run(key, func(t *testing.T) {
			err := s.Put(t.Context(), key, strings.NewReader("x"), 1)
			requireFinal(t, err)
			require.NotErrorIs(t, err, release.ErrConflict)
			require.ErrorContains(t, err, "key")
			_, _, err = s.Open(t.Context(), key)
			requireFinal(t, err)
			require.NotErrorIs(t, err, release.ErrNotFound)
			_, err = s.Stat(t.Context(), key)
			requireFinal(t, err)
			require.NotErrorIs(t, err, release.ErrNotFound)
		})
	}
	segment := strings.Repeat("a", artifact.MaxSegment)
	longest := strings.Join([]string{segment, segment, segment, segment[1:], "b"}, "/")
	require.Len(t, longest, artifact.MaxKey)
	put(t, s, longest, "long")
	require.Equal(t, "long", get(t, s, longest))
}

func testManyReaders(t *testing.T, s artifact.Store) {
	content := pattern(1<<20, 2)
	require.NoError(t, s.Put(t.Context(), "k", bytes.NewReader(content), int64(len(content))))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			r, _, err := s.Open(t.Context(), "k")
			if err != nil {
				t.Error(err)
				return
			}
			defer r.Close()
			b, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(b, content) {
				t.Errorf("%d bytes, %v", len(b), err)
			}
		})
	}
	wg.Wait()
	r, _, err := s.Open(t.Context(), "k")
	require.NoError(t, err)
	require.NoError(t, r.Close(), "closed before it was read")
}
