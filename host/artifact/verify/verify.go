// Package verify holds fetched bytes against their SHA-256, whatever the store
// says of them.
package verify

import (
	"context"
	"errors"
	"fmt"

	"edgesignal/host/artifact"
	"edgesignal/host/release"
)

// times is how often at most the bytes of one path are fetched.
const times = 3

type source struct{ from artifact.Source }

// New checks what from brings: against the SHA-256 that the caller wants, else
// against the one that the path itself names, else against what comes when it
// is fetched once more.
//
// Wrong bytes are fetched again. The same wrong ones twice are what the store
// really has, *release.Rejection with DigestMismatch; others each time are the
// way's fault, *release.Unavailable. Too large is what is so twice.
func New(from artifact.Source) artifact.Source { return source{from} }

func (s source) Fetch(ctx context.Context, path, want string, max int64) ([]byte, string, error) {
	if want == "" {
		want = artifact.SumOf(path)
	}
	var before string // SHA-256, or what was said instead
	for range times {
		b, sum, err := s.from.Fetch(ctx, path, "", max)
		again := sum == before
		switch {
		case errors.Is(err, artifact.ErrTooLarge):
			if before == err.Error() {
				return nil, "", err
			}
			sum = err.Error()
		case err != nil:
			return nil, "", err
		case sum == want, want == "" && again:
			return b, sum, nil
		case again:
			return nil, "", release.Reject(release.DigestMismatch, "%s: want SHA-256 %s, found %s (%d bytes, fetched twice)", path, want, sum, len(b))
		}
		before = sum
	}
	if want == "" {
		want = "of nobody knows which"
	}
	return nil, "", &release.Unavailable{Part: release.PartStore, Err: fmt.Errorf("%s: want SHA-256 %s, found other bytes each of %d times: they change on the way", path, want, times)}
}
