package mirror

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"edgesignal/host/market"
	"edgesignal/host/market/barfile"
	"edgesignal/host/release"
)

const (
	parallel = 8 // objects fetched at once
	passes   = 3 // over what could not be fetched
)

// Fetch implements market.Source: it brings to the disk what is not there yet.
//
// A run is taken whole or not now: where the bucket or this host's disk fails,
// or the run changes meanwhile, that is the error, what came stays for the
// next time, and nobody has seen any of it. Only an object that cannot be had
// from a bucket that gives others becomes the failure of its file.
func (m *Mirror) Fetch(ctx context.Context, l *market.Listing) (fs.FS, error) {
	failed, err := m.fetch(ctx, l)
	m.mu.Lock()
	defer m.mu.Unlock()
	var disk *diskError
	if errors.As(err, &disk) {
		err = errors.Join(err, m.sweep(nil)) // others need the room
	}
	if err != nil {
		return nil, m.fault(err)
	}
	f := newFiles(m.disk, l, maps.Clone(m.have))
	f.failed = failed
	return f, nil
}

func (m *Mirror) fetch(ctx context.Context, l *market.Listing) (failed map[market.FileInfo]error, err error) {
	todo, err := m.wanted(l)
	if err != nil {
		return nil, err
	}
	whole := len(todo)
	ctx, cancel := context.WithTimeoutCause(ctx, m.fetchTimeout, fmt.Errorf("not all of %d objects came within %s; the next attempt goes on", whole, m.fetchTimeout))
	defer cancel()
	for n := 1; ; n++ {
		p := &pass{mirror: m, listing: l, todo: todo}
		if err := p.run(ctx); err != nil {
			return nil, err
		}
		if todo = p.left(); len(todo) == 0 {
			return nil, nil
		}
		now, err := m.list(ctx, l.Run+1)
		switch {
		case err != nil:
			return nil, err
		case now.String() != l.String():
			return nil, fmt.Errorf("run %s changed while it was fetched: %w", l.Run, p.failed[todo[0]])
		}
		if n == passes {
			if slices.ContainsFunc(todo, func(f market.FileInfo) bool { return passing(p.failed[f]) }) && !m.gives(ctx, l) {
				return nil, fmt.Errorf("%d of %d objects could not be fetched; the first, %s: %w", len(todo), whole, todo[0].Name, p.failed[todo[0]])
			}
			return p.failed, nil
		}
		if err := sleep(ctx, m.retryPause); err != nil {
			return nil, err
		}
	}
}

// wanted returns the files that must be on the disk. What neither they nor the
// kept market need is dropped first: the disk holds two runs at most.
func (m *Mirror) wanted(l *market.Listing) (todo []market.FileInfo, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.sweep(l.All()); err != nil {
		return nil, err
	}
	for _, f := range l.All() {
		if f.Tag != folderTag && f.Size <= barfile.MaxBytes {
			todo = append(todo, f)
		}
	}
	return todo, nil
}

// holds reports whether the disk has a file, undamaged.
func (m *Mirror) holds(f market.FileInfo) bool {
	m.mu.Lock()
	sum := m.have[f]
	m.mu.Unlock()
	return sum != "" && m.disk.holds(sum, f.Size)
}

// get brings one object to the disk.
func (m *Mirror) get(ctx context.Context, f market.FileInfo) error {
	r, o, err := m.opt.Client.Open(ctx, m.opt.Bucket, m.key(f.Name), "")
	if err != nil {
		return err
	}
	defer r.Close()
	if o.Size != f.Size || tag(o) != f.Tag {
		return errors.New("it is another one than was listed")
	}
	sum, err := m.disk.put(r, f.Size)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.have[f] = sum
	return nil
}

// gives reports whether the bucket gives an object of the listing that it gave
// before.
func (m *Mirror) gives(ctx context.Context, l *market.Listing) bool {
	m.mu.Lock()
	all := l.All()
	i := slices.IndexFunc(all, func(f market.FileInfo) bool { return m.have[f] != "" })
	m.mu.Unlock()
	if i < 0 {
		return false
	}
	r, _, err := m.opt.Client.Open(ctx, m.opt.Bucket, m.key(all[i].Name), "")
	if err != nil {
		return false
	}
	defer r.Close()
	return true
}

// passing reports whether err may be the bucket's own state and not the
// object's.
func passing(err error) bool {
	var unavailable *release.Unavailable
	return errors.As(err, &unavailable) || errors.Is(err, context.DeadlineExceeded)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
