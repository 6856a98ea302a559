// Package lastgood keeps on a host's disk what it serves, so that it can
// start without its registry and store: one small file a strategy, written
// after a release began to serve, and the time of the last contact. The bytes
// themselves lie, by digest, in the cache of the artifacts.
package lastgood

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"time"

	"edgesignal/host/durable"
	"edgesignal/host/release"
)

// Kept is a release that served: its row, with every digest that its paths
// need, and the digest of its manifest, which covers all that decides an
// answer. A file that was changed on disk does not lead to that digest.
type Kept struct {
	Format  int // 1
	Record  release.Record
	Release string // digest of the manifest: "sha256:..."
}

const format = 1

// maxBytes bounds what is read of a file.
const maxBytes = 4 << 20

// Keeper is a folder of such files. It is safe for concurrent use.
type Keeper struct {
	dir string
	pin func(sums []string)

	mu   sync.Mutex
	kept map[string]Kept // by strategy
	seen time.Time       // of the last contact, as written
}

// Open makes the folder where it is missing (0700) and reads what is there.
// Files that cannot be used are named in damaged, and stay until something
// takes their place. pin is told which digests the kept releases need,
// whenever that changes.
func Open(dir string, pin func(sums []string)) (k *Keeper, damaged []error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("last known good: %w", err)
	}
	k = &Keeper{dir: dir, pin: pin, kept: map[string]Kept{}}
	names, err := filepath.Glob(filepath.Join(dir, "*"+suffix))
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		kept, err := read(name)
		if err != nil {
			damaged = append(damaged, fmt.Errorf("last known good %s: %w", name, err))
			continue
		}
		k.kept[kept.Record.Strategy] = kept
	}
	if text, err := os.ReadFile(k.contact()); err == nil {
		if k.seen, err = time.Parse(time.RFC3339, strings.TrimSpace(string(text))); err != nil {
			damaged = append(damaged, fmt.Errorf("last known good %s: not a time", k.contact()))
		}
	}
	k.pinned()
	return k, damaged, nil
}

const suffix = ".json"

// path returns the file of a strategy: its name, with all but letters, digits and
// a few signs escaped.
func (k *Keeper) path(strategy string) string {
	return filepath.Join(k.dir, "s-"+url.QueryEscape(strategy)+suffix)
}

func (k *Keeper) contact() string { return filepath.Join(k.dir, "contact") }

func read(name string) (Kept, error) {
	info, err := os.Lstat(name)
	switch {
	case err != nil:
		return Kept{}, err
	case !info.Mode().IsRegular():
		return Kept{}, errors.New("not a regular file")
	case info.Size() > maxBytes:
		return Kept{}, fmt.Errorf("%d bytes, the limit is %d", info.Size(), maxBytes)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return Kept{}, err
	}
	var kept Kept
	if err := json.Unmarshal(b, &kept); err != nil {
		return Kept{}, fmt.Errorf("not readable: %w", err)
	}
	for _, object := range []*json.RawMessage{&kept.Record.PerformanceMetrics, &kept.Record.Config, &kept.Record.RuleParams} {
		if string(*object) == "null" {
			*object = nil // as the registry gives it
		}
	}
	switch {
	case kept.Format != format:
		return Kept{}, fmt.Errorf("format %d, this program reads %d", kept.Format, format)
	case kept.Record.Strategy == "" || kept.Release == "" || kept.Record.ModelSHA256 == "":
		return Kept{}, errors.New("incomplete")
	case filepath.Base(name) != filepath.Base((&Keeper{}).path(kept.Record.Strategy)):
		return Kept{}, fmt.Errorf("it is of strategy %q", kept.Record.Strategy)
	}
	return kept, nil
}

// All returns what is kept, in no order.
func (k *Keeper) All() []Kept {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := make([]Kept, 0, len(k.kept))
	for _, kept := range k.kept {
		all = append(all, kept)
	}
	return all
}

// Keep writes what a strategy serves in place of what was kept of it. The same
// again writes nothing.
func (k *Keeper) Keep(rec release.Record, digest string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	kept := Kept{format, rec, digest}
	if before, ok := k.kept[rec.Strategy]; ok && reflect.DeepEqual(before, kept) {
		return nil
	}
	b, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	before, had := k.kept[rec.Strategy]
	k.kept[rec.Strategy] = kept
	k.pinned() // before the file names them
	if err := write(k.path(rec.Strategy), b); err != nil {
		if delete(k.kept, rec.Strategy); had {
			k.kept[rec.Strategy] = before
		}
		k.pinned()
		return fmt.Errorf("last known good of strategy %s: %w", rec.Strategy, err)
	}
	return nil
}

func (k *Keeper) pinned() {
	var sums []string
	for _, kept := range k.kept {
		for _, sum := range []string{kept.Record.ModelSHA256, kept.Record.RuleSHA256, kept.Record.GoldenSHA256, kept.Record.FeatureSetSHA256} {
			if sum != "" {
				sums = append(sums, sum)
			}
		}
	}
	k.pin(sums)
}

// every is how often at most the time of the last contact is written.
const every = 10 * time.Second

// Saw notes that the registry answered at t.
func (k *Keeper) Saw(t time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if d := t.Sub(k.seen); d >= 0 && d < every {
		return nil
	}
	k.seen = t
	return write(k.contact(), []byte(t.UTC().Format(time.RFC3339)+"\n"))
}

// Seen returns when the registry last answered, to 10 s; zero = never, or it is
// not known.
func (k *Keeper) Seen() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.seen
}

// write replaces a file in one step: after a crash it holds the old or the new.
func write(name string, b []byte) error {
	return durable.Replace(name, 0o600, func(w io.Writer) error { _, err := w.Write(b); return err })
}
