// Package verify holds fetched bytes against their SHA-256, whatever the store
// says of them.
package verify

import (
	"context"
	"fmt"

	"edgesignal/host/artifact"
	"edgesignal/host/release"
)

// times is how often at most the bytes of one path are fetched.
const times = 3

type source struct{ from artifact.Source }

// New checks what from brings: against the SHA-256 that the caller wants, else
// against the one that the path itself names.
//
// Wrong bytes are fetched again. The same wrong ones twice are what the store
// really has, *release.Rejection with DigestMismatch; others each time are the
// way's fault, *release.Unavailable.
func New(from artifact.Source) artifact.Source { return source{from} }

func (s source) Fetch(ctx context.Context, path, want string, max int64) ([]byte, string, error) {
	if want == "" {
		want = artifact.SumOf(path)
	}
	var before string
	for range times {
		b, sum, err := s.from.Fetch(ctx, path, "", max)
		switch {
		case err != nil:
			return nil, "", err
		case want == "" || sum == want:
			return b, sum, nil
		case sum == before:
			return nil, "", release.Reject(release.DigestMismatch, "%s: want SHA-256 %s, found %s (%d bytes, fetched twice)", path, want, sum, len(b))
		}
		before = sum
	}
	return nil, "", &release.Unavailable{Part: release.PartStore, Err: fmt.Errorf("%s: want SHA-256 %s, found other bytes each of %d times: they change on the way", path, want, times)}
}
