package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/artifact"
	"edgesignal/host/release"
)

// answers is a source that brings one after the other.
type answers struct {
	texts []string // "" = an error, "large" = too large
	asked int
}

var (
	errDown  = errors.New("down")
	errLarge = fmt.Errorf("%w: as it says", artifact.ErrTooLarge)
)

func (a *answers) Fetch(_ context.Context, _, want string, _ int64) ([]byte, string, error) {
	text := a.texts[a.asked]
	a.asked++
	switch text {
	case "":
		return nil, "", errDown
	case "large":
		return nil, "", errLarge
	}
	b := []byte(text)
	if sum := release.Sum(b); want != "" && want != sum {
		return nil, "", release.Reject(release.DigestMismatch, "checked below")
	}
	return b, release.Sum(b), nil
}

func TestFetch(t *testing.T) {
	sum := release.Sum([]byte("right"))
	for _, c := range []struct {
		name, path, want string
		texts            []string
		asked            int
		rejected, gone   bool
		err              error
	}{
		{"right", "k", sum, []string{"right"}, 1, false, false, nil},
		{"nothing wanted", "k", "", []string{"any", "any"}, 2, false, false, nil},
		{"nothing wanted, flipped once", "k", "", []string{"flipped", "any", "any"}, 3, false, false, nil},
		{"nothing wanted, flipped always", "k", "", []string{"a", "b", "c"}, 3, false, true, nil},
		{"nothing wanted, and down after", "k", "", []string{"any", ""}, 2, false, false, errDown},
		{"too large", "k", sum, []string{"large", "large"}, 2, false, false, errLarge},
		{"too large by a flipped digit", "k", sum, []string{"large", "right"}, 2, false, false, nil},
		{"by its key", artifact.Key(sum), "", []string{"right"}, 1, false, false, nil},
		{"by a URL", "s3://bucket/a/" + artifact.Key(sum), "", []string{"flipped", "right"}, 2, false, false, nil},
		{"flipped once", "k", sum, []string{"flipped", "right"}, 2, false, false, nil},
		{"flipped twice", "k", sum, []string{"flipped", "flipper", "right"}, 3, false, false, nil},
		{"flipped always", "k", sum, []string{"a", "b", "c", "right"}, 3, false, true, nil},
		{"other bytes", "k", sum, []string{"wrong", "wrong", "right"}, 2, true, false, nil},
		{"other bytes under a key", artifact.Key(sum), "", []string{"wrong", "wrong"}, 2, true, false, nil},
		{"other bytes in the end", "k", sum, []string{"flipped", "wrong", "wrong"}, 3, true, false, nil},
		{"down", "k", sum, []string{""}, 1, false, false, errDown},
		{"down after", "k", sum, []string{"flipped", ""}, 2, false, false, errDown},
	} {
		t.Run(c.name, func(t *testing.T) {
			from := &answers{texts: c.texts}
			b, got, err := New(from).Fetch(t.Context(), c.path, c.want, 10)
			require.Equal(t, c.asked, from.asked)
			var no *release.Rejection
			var gone *release.Unavailable
			require.Equal(t, c.rejected, errors.As(err, &no))
			require.Equal(t, c.gone, errors.As(err, &gone))
			if c.rejected || c.gone {
				require.ErrorContains(t, err, cmp.Or(c.want, artifact.SumOf(c.path)))
				require.ErrorContains(t, err, c.path)
				require.Nil(t, b)
				return
			}
			require.ErrorIs(t, err, c.err)
			if c.err == nil {
				require.Equal(t, c.texts[c.asked-1], string(b))
				require.Equal(t, release.Sum(b), got)
			}
		})
	}
}
