// Package memo keeps what pure functions returned, within a bound of bytes.
//
// A value is a function of its key and of nothing else, so it is forgotten
// when it is not asked for, and never because time passes.
package memo

import (
	"container/list"
	"context"
	"errors"
	"sync"
)

// Cache keeps values by key, the least recently asked for going first. It is
// safe for concurrent use. A nil Cache computes and keeps nothing.
type Cache[K comparable, V any] struct {
	limit int64
	size  func(K, V) int64

	mu      sync.Mutex
	entries map[K]*entry[K, V]
	recent  list.List // of *entry that are done, newest first
	stats   Stats
}

// Stats are what a cache has done and holds.
type Stats struct {
	Hits, Misses int64 // a Do that waited for another's computation is a hit
	Bytes        int64
	Entries      int
}

type entry[K comparable, V any] struct {
	key   K
	done  chan struct{} // closed when value and err are there
	value V
	err   error
	size  int64
	at    *list.Element // nil until it is done
}

// entryBytes is what an entry takes beside its key and value.
const entryBytes = 256

// New makes a cache of at most limit bytes, as size counts a key with its
// value; nil where limit is 0 or less. What is larger than limit alone is
// computed and not kept.
func New[K comparable, V any](limit int64, size func(K, V) int64) *Cache[K, V] {
	if limit <= 0 {
		return nil
	}
	return &Cache[K, V]{limit: limit, size: size, entries: map[K]*entry[K, V]{}}
}

// Stats returns the cache's figures at this moment.
func (c *Cache[K, V]) Stats() Stats {
	if c == nil {
		return Stats{}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stats
	s.Entries = c.recent.Len()
	return s
}

// Get returns the value of a key that is kept, without a wait or a computation, and
// without making a string of k.
func Get[V any](c *Cache[string, V], k []byte) (v V, ok bool) {
	if c == nil {
		return v, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[string(k)]
	if e == nil || e.at == nil {
		return v, false
	}
	c.hit(e)
	return e.value, true
}

// Do returns the value of a key: kept, or computed by one of those who ask for it
// at the same time. Errors are not kept. It ends with ctx's error when ctx
// ends while another computes; where that other one gave up, it begins anew.
func (c *Cache[K, V]) Do(ctx context.Context, k K, compute func() (V, error)) (v V, err error) {
	if c == nil {
		return compute()
	}
	for {
		c.mu.Lock()
		e := c.entries[k]
		if e == nil {
			e = &entry[K, V]{key: k, done: make(chan struct{})}
			c.entries[k] = e
			c.stats.Misses++
			c.mu.Unlock()
			return c.lead(e, compute)
		}
		if e.at != nil {
			c.hit(e)
			c.mu.Unlock()
			return e.value, nil
		}
		c.mu.Unlock()
		select {
		case <-ctx.Done():
			return v, ctx.Err()
		case <-e.done:
		}
		if e.err == nil {
			c.mu.Lock()
			c.stats.Hits++
			c.mu.Unlock()
		}
		if !errors.Is(e.err, context.Canceled) && !errors.Is(e.err, context.DeadlineExceeded) {
			return e.value, e.err
		}
		if err := ctx.Err(); err != nil {
			return v, err
		}
	}
}

func (c *Cache[K, V]) hit(e *entry[K, V]) {
	c.stats.Hits++
	c.recent.MoveToFront(e.at)
}

// errPanicked is what those who wait are told when the computation panicked.
var errPanicked = errors.New("the computation panicked")

// lead computes an entry for all who wait for it.
func (c *Cache[K, V]) lead(e *entry[K, V], compute func() (V, error)) (v V, err error) {
	err = errPanicked
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		e.value, e.err = v, err
		if err == nil {
			e.size = entryBytes + c.size(e.key, v)
		}
		if err != nil || e.size > c.limit {
			delete(c.entries, e.key)
		} else {
			e.at = c.recent.PushFront(e)
			c.stats.Bytes += e.size
			c.shrink()
		}
		close(e.done)
	}()
	v, err = compute()
	return v, err
}

func (c *Cache[K, V]) shrink() {
	for c.stats.Bytes > c.limit {
		last := c.recent.Remove(c.recent.Back()).(*entry[K, V])
		delete(c.entries, last.key)
		c.stats.Bytes -= last.size
	}
}
