package artifacttest

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"edgesignal/host/artifact"
)

func testReaders(t *testing.T, s artifact.Store) {
	broken := errors.New("the reader broke")
	for _, c := range []struct {
		name string
		r    io.Reader
		size int64
		is   error // nil = any
	}{
		{"ends early", strings.NewReader("abc"), 4, nil},
		{"empty", strings.NewReader(""), 1, nil},
		{"goes on", strings.NewReader("abcd"), 3, nil},
		{"goes on after nothing", strings.NewReader("a"), 0, nil},
		{"ends early, large", strings.NewReader(strings.Repeat("a", 1<<20-1)), 1 << 20, nil},
		{"goes on, large", strings.NewReader(strings.Repeat("a", 1<<20+1)), 1 << 20, nil},
		{"breaks at once", iotest.ErrReader(broken), 3, broken},
		{"breaks in the middle", io.MultiReader(strings.NewReader("ab"), iotest.ErrReader(broken)), 3, broken},
		{"breaks at the end", io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken)), 3, broken},
		{"size is negative", strings.NewReader(""), -1, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := s.Put(t.Context(), "k", c.r, c.size)
			requireFinal(t, err)
			require.ErrorContains(t, err, "k")
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			}
			requireMissing(t, s, "k")
		})
	}
	t.Run("slow but right", func(t *testing.T) {
		require.NoError(t, s.Put(t.Context(), "k", iotest.OneByteReader(iotest.DataErrReader(strings.NewReader("abc"))), 3))
		require.Equal(t, "abc", get(t, s, "k"))
	})
}

func testContext(t *testing.T, s artifact.Store) {
	put(t, s, "there", strings.Repeat("x", 1<<20))
	t.Run("before", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, s.Put(ctx, "k", strings.NewReader("x"), 1), context.Canceled)
		_, _, err := s.Open(ctx, "there")
		require.ErrorIs(t, err, context.Canceled)
		_, err = s.Stat(ctx, "there")
		require.ErrorIs(t, err, context.Canceled)
		requireMissing(t, s, "k")
	})
	t.Run("in the middle of a Put", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r := io.MultiReader(strings.NewReader(strings.Repeat("a", 1<<20)), readerFunc(func([]byte) (int, error) {
			cancel()
			return 0, nil
		}), strings.NewReader(strings.Repeat("b", 1<<20)))
		require.ErrorIs(t, s.Put(ctx, "k", r, 2<<20), context.Canceled)
		requireMissing(t, s, "k")
	})
	t.Run("in the middle of reading", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r, _, err := s.Open(ctx, "there")
		require.NoError(t, err)
		defer r.Close()
		_, err = io.ReadFull(r, make([]byte, 10))
		require.NoError(t, err)
		cancel()
		_, err = io.ReadAll(r)
		require.ErrorIs(t, err, context.Canceled)
	})
}

// readerFunc is asked for ever: its end is the caller's to notice.
type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
