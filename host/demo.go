package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"

	"edgesignal/artifacts"
	"edgesignal/host/release"
)

// DemoState is a state directory that belongs to the demo alone: it is made
// afresh at each start, so it must never be somebody's own folder.
type DemoState struct {
	dir  string
	lock *os.File
}

// demoMark is the file that says whose a directory is; the running demo holds
// a lock on it.
const demoMark = ".edgesignal-demo"

// NewDemoState empties dir and takes it. A directory that holds anything
// which no demo left there, or that another demo uses, is an error and stays
// as it is.
func NewDemoState(dir string) (*DemoState, error) {
	mark := filepath.Join(dir, demoMark)
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("state directory: %w", err)
	}
	if len(entries) > 0 {
		if _, err := os.Lstat(mark); err != nil {
			return nil, fmt.Errorf("state directory %s is not empty and was not made by a demo: name another with --state-dir", dir)
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("state directory: %w", err)
	}
	lock, err := os.OpenFile(mark, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("state directory: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("state directory %s is in use by another demo: name another with --state-dir", dir)
	}
	for _, e := range entries {
		if e.Name() == demoMark {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			_ = lock.Close()
			return nil, fmt.Errorf("state directory: %w", err)
		}
	}
	return &DemoState{dir: dir, lock: lock}, nil
}

// Close lets another demo take the directory.
func (d *DemoState) Close() error { return d.lock.Close() }

// Config returns a host's configuration on this state and nothing else: a demo
// never touches the registry, the store or the data of the environment.
func (d *DemoState) Config(address string, port uint16, logLevel string) Config {
	return Config{
		Storage:         Storage{StateDir: d.dir, ArtifactStore: filepath.Join(d.dir, "store")},
		Host:            address,
		Port:            port,
		LogLevel:        logLevel,
		DataDir:         filepath.Join(d.dir, "data", "adjusted"),
		DefaultStrategy: artifacts.Strategy,
		TopN:            3, BottomN: 3,
		ReloadIntervalSeconds: 300,
		MaxStaleness:          "0",
		ScoreCacheBytes:       DefaultScoreCacheBytes,
		AnswerCacheBytes:      DefaultAnswerCacheBytes,
	}
}

// OpenDemo lays the embedded bars out as a data directory, publishes the
// embedded releases through the gate, and opens a host on them.
func OpenDemo(ctx context.Context, cfg Config, version string, log *slog.Logger) (*Host, error) {
	bars, err := fs.Sub(artifacts.FS, artifacts.Bars)
	if err != nil {
		return nil, err
	}
	if err := os.CopyFS(cfg.DataDir, bars); err != nil {
		return nil, fmt.Errorf("demo bars: %w", err)
	}
	h, err := Open(ctx, cfg, Identity{Version: version, Demo: true}, log)
	if err != nil {
		return nil, err
	}
	if err := h.shelf.publishDemo(ctx); err != nil {
		return nil, errors.Join(err, h.shelf.Close())
	}
	return h, nil
}

func (s *Shelf) publishDemo(ctx context.Context) error {
	for _, r := range artifacts.Releases() {
		model, err := artifacts.FS.ReadFile(r.Model)
		if err != nil {
			return err
		}
		golden, err := artifacts.FS.ReadFile(r.Golden)
		if err != nil {
			return err
		}
		ref := release.Ref{Strategy: artifacts.Strategy, Version: r.Version}
		_, _, err = s.Publish(ctx, Publication{
			Ref: ref, Model: model, Golden: golden, Status: release.Inactive, CreatedBy: "demo", Notes: r.Notes,
		})
		if err != nil {
			return fmt.Errorf("demo release %s: %w", ref, err)
		}
		if r.Active {
			if _, _, err := s.Registry.Activate(ctx, ref, "demo", "the demo starts with it"); err != nil {
				return fmt.Errorf("demo release %s: %w", ref, err)
			}
		}
	}
	return nil
}
