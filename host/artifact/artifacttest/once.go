package artifacttest

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/artifact"
	"edgesignal/host/release"
)

func testWriteOnce(t *testing.T, s artifact.Store) {
	put(t, s, "k", "first")
	for _, content := range []string{"other", "first", ""} {
		err := s.Put(t.Context(), "k", strings.NewReader(content), int64(len(content)))
		require.ErrorIs(t, err, release.ErrConflict)
		require.ErrorContains(t, err, "k")
		requireFinal(t, err)
		require.Equal(t, "first", get(t, s, "k"))
	}
}

func testRace(t *testing.T, s artifact.Store) {
	const writers = 8
	contents := make([][]byte, writers)
	errs := make([]error, writers)
	for i := range contents {
		contents[i] = pattern(200_000+i, byte(i))
	}
	var start, wg sync.WaitGroup
	start.Add(1)
	for i := range writers {
		wg.Go(func() {
			start.Wait()
			errs[i] = s.Put(t.Context(), "race/k", bytes.NewReader(contents[i]), int64(len(contents[i])))
		})
	}
	// A reader meanwhile sees none or a whole one.
	wg.Go(func() {
		start.Wait()
		for range 50 {
			info, err := s.Stat(t.Context(), "race/k")
			if err != nil && !errors.Is(err, release.ErrNotFound) || err == nil && (info.Size < 200_000 || info.Size >= 200_000+writers) {
				t.Errorf("%+v %v", info, err)
			}
		}
	})
	start.Done()
	wg.Wait()
	winner := -1
	for i, err := range errs {
		if err == nil {
			require.Equal(t, -1, winner, "two writers won")
			winner = i
			continue
		}
		require.ErrorIs(t, err, release.ErrConflict)
	}
	require.NotEqual(t, -1, winner, "nobody won")
	requireBytes(t, contents[winner], get(t, s, "race/k"))
}

func testContent(t *testing.T, s artifact.Store) {
	b := pattern(100_000, 3)
	want := artifact.Key(release.Sum(b))
	for range 2 {
		key, err := artifact.PutContent(t.Context(), s, b)
		require.NoError(t, err)
		require.Equal(t, want, key)
		requireBytes(t, b, get(t, s, key))
	}
	empty, err := artifact.PutContent(t.Context(), s, nil)
	require.NoError(t, err)
	require.Empty(t, get(t, s, empty))

	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := artifact.PutContent(t.Context(), s, []byte("all at once")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()

	for name, found := range map[string][]byte{"other": []byte("evil"), "short": b[:9], "long": append(b[:len(b):len(b)], 0)} {
		b := append([]byte(name), b...)
		key := artifact.Key(release.Sum(b))
		put(t, s, key, string(found))
		_, err := artifact.PutContent(t.Context(), s, b)
		require.ErrorContains(t, err, "damaged")
		require.ErrorContains(t, err, key)
		require.ErrorIs(t, err, release.ErrConflict)
	}
}
