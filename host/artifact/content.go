package artifact

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"edgesignal/host/release"
)

// PutContent files b under Key of its SHA-256 and returns that key. When the
// key is there already it is read back: the same bytes are success, others
// (a damaged object) are an error that says so and is release.ErrConflict.
func PutContent(ctx context.Context, s Store, b []byte) (key string, err error) {
	key = Key(release.Sum(b))
	err = s.Put(ctx, key, bytes.NewReader(b), int64(len(b)))
	if err == nil {
		return key, nil
	}
	if !errors.Is(err, release.ErrConflict) {
		return "", err
	}
	r, info, err := s.Open(ctx, key)
	if err != nil {
		return "", fmt.Errorf("%s, already in the store: %w", key, err)
	}
	defer r.Close()
	found, err := io.ReadAll(io.LimitReader(r, int64(len(b))+1))
	if err != nil {
		return "", fmt.Errorf("%s, already in the store: %w", key, err)
	}
	if !bytes.Equal(found, b) {
		return "", fmt.Errorf("%s is damaged in the store: the %d bytes there are not those of its name; remove it, then publish again: %w",
			key, info.Size, release.ErrConflict)
	}
	return key, nil
}
