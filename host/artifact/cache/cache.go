// Package cache keeps fetched bytes on this host's disk under their SHA-256,
// so that they are there when the store is not. They are checked again on
// every read.
package cache

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"edgesignal/host/artifact"
	"edgesignal/host/release"
)

// Cache is a folder of files named by their SHA-256, before a source. Their
// times of change are those of their last use. Several processes may share
// it, but each pins for itself. It is safe for concurrent use.
type Cache struct {
	from    artifact.Source
	dir     string
	max     int64
	problem func(error)

	mu     sync.Mutex
	pinned map[string]bool
	said   string // the last problem of keeping, told once
}

var _ artifact.Source = (*Cache)(nil)

// Open makes the folder where it is missing (0700) and removes what a killed
// writer left there. max bounds the bytes of all files together; those pinned
// stay even above it. problem is told of what the cache itself cannot do: a
// fetch does not fail for it.
func Open(dir string, max int64, from artifact.Source, problem func(error)) (*Cache, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("artifact cache: %w", err)
	}
	c := &Cache{from: from, dir: dir, max: max, problem: problem}
	if err := c.sweep(); err != nil {
		return nil, fmt.Errorf("artifact cache: %w", err)
	}
	return c, nil
}

// Pin names the SHA-256 that must stay, in place of those named before.
func (c *Cache) Pin(sums []string) {
	pinned := make(map[string]bool, len(sums))
	for _, sum := range sums {
		pinned[sum] = true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pinned = pinned
}

// Fetch implements artifact.Source. With a SHA-256 wanted, the bytes here come
// first. A file that holds others is removed, and what it should hold is
// fetched.
func (c *Cache) Fetch(ctx context.Context, path, want string, max int64) ([]byte, string, error) {
	if want == "" {
		want = artifact.SumOf(path)
	}
	var damaged error
	if release.ValidSum(want) {
		b, err := c.read(want, max)
		switch {
		case err == nil:
			return b, want, nil
		case !errors.Is(err, fs.ErrNotExist):
			damaged = err
			c.problem(fmt.Errorf("artifact cache: %w", err))
		}
	}
	b, sum, err := c.from.Fetch(ctx, path, want, max)
	if err != nil {
		if damaged != nil {
			err = fmt.Errorf("%w (and its cached copy is not usable: %w)", err, damaged)
		}
		return nil, "", err
	}
	c.keep(sum, b)
	return b, sum, nil
}

func (c *Cache) file(sum string) string { return filepath.Join(c.dir, sum) }

// read returns the bytes of sum, or fs.ErrNotExist.
func (c *Cache) read(sum string, max int64) ([]byte, error) {
	name := c.file(sum)
	info, err := os.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, c.drop(name, "not a regular file")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, max+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	switch {
	case int64(len(b)) > max:
		// Whether it is damaged or the release too large, its source decides.
		return nil, c.drop(name, fmt.Sprintf("more than %d bytes", max))
	case release.Sum(b) != sum:
		return nil, c.drop(name, fmt.Sprintf("its %d bytes are not those of its name", len(b)))
	}
	now := time.Now()
	_ = os.Chtimes(name, now, now) // it is only less worth keeping without
	return b, nil
}

// drop removes a file, for a reason, and returns both.
func (c *Cache) drop(name, why string) error {
	err := fmt.Errorf("%s: %s; removed", name, why)
	if gone := os.RemoveAll(name); gone != nil {
		err = fmt.Errorf("%s: %s: %w", name, why, gone)
	}
	return err
}

// keep writes b and makes room for it. What fails is told once, until it
// works again or fails in another way.
func (c *Cache) keep(sum string, b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := c.write(sum, b)
	if err == nil {
		err = c.evict()
	}
	switch {
	case err == nil:
		c.said = ""
	case err.Error() != c.said:
		c.said = err.Error()
		c.problem(fmt.Errorf("artifact cache: %w", err))
	}
}
