package operate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"edgesignal/artifacts"
	"edgesignal/host/gate"
	"edgesignal/host/release"
	"edgesignal/host/settings"
	"edgesignal/host/shelf"
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

// Settings returns a host's settings on this state and nothing else: a demo
// never touches the registry, the store or the data of the environment.
func (d *DemoState) Settings() settings.Settings {
	set := settings.Defaults()
	set.StateDir, set.ArtifactStore = d.dir, settings.Place(filepath.Join(d.dir, "store"))
	set.DataDir, set.DefaultStrategy = settings.Place(filepath.Join(d.dir, "data", "adjusted")), artifacts.Strategy
	return set
}

// PrepareDemo lays the embedded bars out as a data directory and publishes the
// embedded releases through the gate.
func PrepareDemo(ctx context.Context, set settings.Settings) error {
	bars, err := fs.Sub(artifacts.FS, artifacts.Bars)
	if err != nil {
		return err
	}
	if err := os.CopyFS(set.DataDir.Dir(), bars); err != nil {
		return fmt.Errorf("demo bars: %w", err)
	}
	s, err := shelf.Open(ctx, set.Shelf, set.Legs, 0)
	if err != nil {
		return err
	}
	return errors.Join(PublishDemo(ctx, s), s.Close())
}

// PublishDemo publishes the embedded releases and activates one.
func PublishDemo(ctx context.Context, s *shelf.Shelf) error {
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
		_, _, err = Register(ctx, s, Publication{
			Ref: ref, Files: gate.Files{Model: model, Golden: golden}, Status: release.Inactive, CreatedBy: "demo", Notes: r.Notes,
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
