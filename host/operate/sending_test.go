package operate

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/artifact"
	"edgesignal/host/artifact/artifacttest"
	"edgesignal/host/artifact/dir"
	"edgesignal/host/artifact/retry"
	"edgesignal/host/release"
)

// halfway fails the first Put in its middle.
type halfway struct {
	artifact.Store
	failed bool
}

func (h *halfway) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	if h.failed {
		return h.Store.Put(ctx, key, r, size)
	}
	h.failed = true
	_, _ = io.CopyN(io.Discard, r, size/2)
	return &release.Unavailable{Part: release.PartStore, Err: errors.New("cut")}
}

func TestSending(t *testing.T) {
	folder := func(t *testing.T) artifact.Store {
		s, err := dir.Open(filepath.Join(t.TempDir(), "store"))
		require.NoError(t, err)
		return s
	}
	t.Run("is a store", func(t *testing.T) {
		artifacttest.Run(t, func(t *testing.T) artifact.Store { return folderSending(folder(t)) })
	})
	t.Run("says how much", func(t *testing.T) {
		var said []int64
		s := &sending{Store: retry.Store(&halfway{Store: folder(t)}, retry.Policy{}), told: func(n int64) { said = append(said, n) }}
		require.NoError(t, s.Put(t.Context(), "a", strings.NewReader("12345678"), 8))
		require.Contains(t, said, int64(4), "the half of the first try")
		require.Equal(t, int64(8), said[len(said)-1], "and not 12")
		require.NoError(t, s.Put(t.Context(), "b", struct{ io.Reader }{strings.NewReader("123")}, 3))
		require.Equal(t, int64(11), said[len(said)-1])
	})
}

// folderSending tells nobody: the suite writes from many goroutines.
func folderSending(s artifact.Store) artifact.Store {
	return &sending{Store: s, told: func(int64) {}}
}
