package rule

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/tetratelabs/wazero"

	"edgesignal/host/release"
)

// MaxCacheBytes is how much compiled code a cache directory keeps; the modules
// that were not used for longest go first. A rule in C has 10 KB of it, one in
// Go 7 to 13 MB.
const MaxCacheBytes = 256 << 20

// PrivateDir makes dir, readable to nobody else, or says why an existing one
// will not do. Whoever can write to a cache of compiled code can run code in
// this process: wazero holds an entry against a CRC-32 and nothing more.
func PrivateDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return fmt.Errorf("cache directory %s has mode %04o: others must not reach it, want 0700", dir, mode)
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && int(st.Uid) != os.Geteuid() {
		return fmt.Errorf("cache directory %s belongs to user %d, this process runs as %d", dir, st.Uid, os.Geteuid())
	}
	return nil
}

// codeCache is the compiled code of one module on disk. Each module has a
// folder of its own, so that a damaged entry is deleted with its folder.
type codeCache struct {
	dir    string // of all modules; "" = no cache
	folder string // of this one
}

func cacheOf(dir string, metered []byte) codeCache {
	return codeCache{dir: dir, folder: filepath.Join(dir, release.Sum(metered))}
}

// open returns wazero's cache over the module's folder.
func (c codeCache) open() (wazero.CompilationCache, error) {
	if err := PrivateDir(c.dir); err != nil {
		return nil, err
	}
	cache, err := wazero.NewCompilationCacheWithDir(c.folder)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	return cache, os.Chtimes(c.folder, now, now) // for prune
}

func (c codeCache) remove() error { return os.RemoveAll(c.folder) }

// prune deletes the folders that were used least recently until MaxCacheBytes
// holds; this module's own stays.
func (c codeCache) prune() error {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return err
	}
	type folder struct {
		path string
		used time.Time
		size int64
	}
	var all []folder
	total := int64(0)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			continue // another process deleted it
		}
		f := folder{filepath.Join(c.dir, e.Name()), info.ModTime(), sizeOf(filepath.Join(c.dir, e.Name()))}
		total += f.size
		if f.path != c.folder {
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(a, b folder) int { return cmp.Or(a.used.Compare(b.used), cmp.Compare(a.path, b.path)) })
	var failed error
	for _, f := range all {
		if total <= MaxCacheBytes {
			break
		}
		failed = errors.Join(failed, os.RemoveAll(f.path))
		total -= f.size
	}
	return failed
}

// sizeOf adds up the files below path; what vanishes meanwhile counts nothing.
func sizeOf(path string) (n int64) {
	_ = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if info, err := d.Info(); err == nil {
				n += info.Size()
			}
		}
		return nil
	})
	return n
}
