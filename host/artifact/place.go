package artifact

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"edgesignal/host/artifact/internal/file"
	"edgesignal/host/release"
)

// place is somewhere the bytes of a path may be.
type place struct {
	name string // for messages
	open func(ctx context.Context) (r io.ReadCloser, size int64, err error)
}

// places returns where to look for path, in this order. It alone knows schemes.
func (f *Fetcher) places(path string) ([]place, error) {
	scheme, _, isURL := strings.Cut(path, "://")
	switch {
	case path == "":
		return nil, errors.New("path is empty")
	case isURL && strings.EqualFold(scheme, "file"):
		name, err := fileName(path)
		if err != nil {
			return nil, err
		}
		return []place{f.local(name)}, nil
	case f.MLflow != nil && strings.HasPrefix(path, mlflowArtifacts):
		return []place{proxied(f.MLflow, path)}, nil
	case isURL && strings.EqualFold(scheme, "s3") && f.S3 != nil:
		return []place{{path, func(ctx context.Context) (io.ReadCloser, int64, error) { return f.S3.Open(ctx, path) }}}, nil
	case isURL && strings.EqualFold(scheme, "s3"):
		return nil, fmt.Errorf("%s: this host has no S3 store", path)
	case isURL:
		return nil, fmt.Errorf("%s: this host has no store for %q: want file:///path, or a path relative to the store or to ARTIFACT_FILES", path, scheme+"://")
	case filepath.IsAbs(path):
		return []place{f.local(path)}, nil
	}
	var places []place
	if f.Store != nil && ValidKey(path) == nil {
		places = append(places, stored(f.Store, path))
	}
	if f.Files != "" {
		places = append(places, f.local(filepath.Join(f.Files, path)))
	}
	if len(places) == 0 {
		return nil, fmt.Errorf("%q is no key of the store, and this host reads no local files (ARTIFACT_FILES)", path)
	}
	return places, nil
}

// fileName returns the absolute path that a file URL names.
func fileName(path string) (string, error) {
	u, err := url.Parse(path)
	if err != nil {
		return "", err
	}
	if u.Host != "" && u.Host != "localhost" || !filepath.IsAbs(u.Path) {
		return "", fmt.Errorf("%s: want file:/// and an absolute path", path)
	}
	if u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.User != nil {
		return "", fmt.Errorf("%s: want nothing but a path after file:// (%%3F for a question mark, %%23 for a hash)", path)
	}
	return u.Path, nil
}

func stored(s Store, key string) place {
	name := fmt.Sprintf("%q in the store", key)
	if s, ok := s.(fmt.Stringer); ok {
		name = fmt.Sprintf("%q in the store %s", key, s)
	}
	return place{name, func(ctx context.Context) (io.ReadCloser, int64, error) {
		r, info, err := s.Open(ctx, key)
		return r, info.Size, err
	}}
}

// errElsewhere: a row names a file that is none of this host's business.
var errElsewhere = errors.New("lies neither below ARTIFACT_FILES nor in the store's directory: this host reads no other local files")

func (f *Fetcher) local(name string) place {
	return place{name, func(ctx context.Context) (io.ReadCloser, int64, error) {
		if err := ctx.Err(); err != nil {
			return nil, 0, err
		}
		if strings.ContainsRune(name, 0) {
			return nil, 0, release.ErrNotFound
		}
		for _, folder := range []string{f.Files, f.StoreDir} {
			if rel, below := relative(folder, name); below {
				return openBelow(ctx, folder, rel)
			}
		}
		return nil, 0, errElsewhere
	}}
}

// relative returns an absolute name as seen from a folder, which may be named
// by a way with links in it.
func relative(folder, name string) (rel string, below bool) {
	if folder == "" {
		return "", false
	}
	for _, from := range []func(string) (string, error){filepath.Abs, filepath.EvalSymlinks} {
		base, err := from(folder)
		if err != nil {
			continue
		}
		if rel, err := filepath.Rel(base, name); err == nil && filepath.IsLocal(rel) {
			return rel, true
		}
	}
	return "", false
}

// openBelow opens a file that no link leads out of its folder.
func openBelow(ctx context.Context, folder, name string) (io.ReadCloser, int64, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, 0, missing(err)
	}
	defer root.Close()
	info, err := root.Stat(name)
	if err == nil {
		err = file.Regular(info) // before it is opened: that alone can have effects on a device
	}
	if err != nil {
		return nil, 0, missing(err)
	}
	f, err := root.OpenFile(name, file.ReadOnly, 0)
	if err != nil {
		return nil, 0, missing(err)
	}
	return file.Reader(ctx, f)
}

func missing(err error) error {
	if file.Absent(err) {
		return release.ErrNotFound
	}
	// What os.Root says of a way out of it has neither a number nor a name.
	if strings.Contains(err.Error(), "path escapes from parent") {
		return errElsewhere
	}
	return file.Fault(err)
}
