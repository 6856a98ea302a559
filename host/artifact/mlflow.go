package artifact

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MLflow finds what an id of MLflow names.
type MLflow interface {
	// Locate gives the paths where the bytes of id may be, best first: each a
	// URL file:// or s3://, or mlflow-artifacts:/path, which Open reads. fetch
	// reads such a path, at most max bytes of it. Errors are those of Fetch
	// but for DigestMismatch and ErrTooLarge.
	Locate(ctx context.Context, id string, fetch func(ctx context.Context, path string, max int64) ([]byte, error)) ([]string, error)

	// Open returns a reader of what mlflow-artifacts:/path names and its size in
	// bytes; the caller closes it.
	Open(ctx context.Context, path string) (r io.ReadCloser, size int64, err error)
}

// mlflowArtifacts begins the path of an artifact that the tracking server
// itself gives out.
const mlflowArtifacts = "mlflow-artifacts:/"

// resolve returns where to look for path, an id of MLflow included.
func (f *Fetcher) resolve(ctx context.Context, path string) ([]place, error) {
	if !strings.HasPrefix(path, "runs:") && !strings.HasPrefix(path, "models:") {
		return f.places(path)
	}
	if f.MLflow == nil {
		return nil, fmt.Errorf("%s: this host knows no MLflow: MLFLOW_TRACKING_URI is not set", path)
	}
	paths, err := f.MLflow.Locate(ctx, path, f.aside)
	if err != nil {
		return nil, err
	}
	var places []place
	for _, p := range paths {
		more, err := f.places(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		places = append(places, more...)
	}
	return places, nil
}

// aside fetches what says where the bytes are. That it is too large says
// nothing of them.
func (f *Fetcher) aside(ctx context.Context, path string, max int64) ([]byte, error) {
	b, _, err := f.Fetch(ctx, path, "", max)
	if errors.Is(err, ErrTooLarge) {
		err = errors.New(err.Error())
	}
	return b, err
}

func proxied(m MLflow, path string) place {
	return place{path, func(ctx context.Context) (io.ReadCloser, int64, error) { return m.Open(ctx, path) }}
}
