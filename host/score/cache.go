package score

import (
	"container/list"
	"context"
	"errors"
	"sync"
)

// Cache keeps what was computed, the least recently asked for going first.
// It is safe for concurrent use.
type Cache struct {
	limit int64 // bytes

	mu      sync.Mutex
	entries map[key]*entry
	recent  list.List // of *entry that are done, newest first
	used    int64
}

// key names a value; model "" = features.
type key struct {
	market, model string
	day           int
}

// value is one of the two.
type value struct {
	features    *features
	predictions []float64
}

// bytes is what a value takes, its key and its place in the cache included.
func (v value) bytes() int64 {
	n := int64(512 + 8*len(v.predictions))
	if v.features != nil {
		n += int64(4*len(v.features.series) + 4*len(v.features.rows))
	}
	return n
}

type entry struct {
	key  key
	done chan struct{} // closed when value and err are there
	value
	err  error
	size int64
	at   *list.Element // nil until it is done
}

// New makes a cache of at most limit bytes. What is larger than that alone is
// computed and not kept.
func New(limit int64) *Cache { return &Cache{limit: limit, entries: map[key]*entry{}} }

// Used is how many bytes are kept.
func (c *Cache) Used() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.used
}

// once is the value of a key, computed by one of those who ask at the same time.
func (c *Cache) once(ctx context.Context, k key, compute func() (value, error)) (value, error) {
	if c == nil {
		return compute()
	}
	for {
		c.mu.Lock()
		e := c.entries[k]
		if e == nil {
			e = &entry{key: k, done: make(chan struct{})}
			c.entries[k] = e
			c.mu.Unlock()
			return c.lead(e, compute)
		}
		if e.at != nil {
			c.recent.MoveToFront(e.at)
			c.mu.Unlock()
			return e.value, nil
		}
		c.mu.Unlock()
		select {
		case <-ctx.Done():
			return value{}, ctx.Err()
		case <-e.done:
		}
		if !errors.Is(e.err, context.Canceled) && !errors.Is(e.err, context.DeadlineExceeded) {
			return e.value, e.err
		}
		if err := ctx.Err(); err != nil {
			return value{}, err
		}
	}
}

// lead computes an entry for all who wait for it.
func (c *Cache) lead(e *entry, compute func() (value, error)) (v value, err error) {
	err = errPanicked
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		e.value, e.err = v, err
		e.size = v.bytes()
		if err != nil || e.size > c.limit {
			delete(c.entries, e.key)
		} else {
			e.at = c.recent.PushFront(e)
			c.used += e.size
			c.shrink()
		}
		close(e.done)
	}()
	v, err = compute()
	return v, err
}

// errPanicked is what those who wait are told when the computation panicked.
var errPanicked = errors.New("score: the computation panicked")

func (c *Cache) shrink() {
	for c.used > c.limit {
		last := c.recent.Remove(c.recent.Back()).(*entry)
		delete(c.entries, last.key)
		c.used -= last.size
	}
}
