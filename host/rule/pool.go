package rule

import (
	"context"
	"fmt"
	"sync"
)

// pool hands each instance to one caller at a time. It is not a sync.Pool: an
// instance that nobody closes stays in wazero's lists for ever.
type pool struct {
	running chan struct{} // one entry for each instance that is out
	closed  chan struct{}
	create  func() (*instance, error)

	mu   sync.Mutex
	idle []*instance // the last one in is the first one out: the warmest
}

func newPool(size int, create func() (*instance, error)) *pool {
	return &pool{running: make(chan struct{}, size), closed: make(chan struct{}), create: create}
}

// get waits for a free instance, and makes one where none is idle.
func (p *pool) get(ctx context.Context) (*instance, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case p.running <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for one of %d rule instances: %w", cap(p.running), ctx.Err())
	case <-p.closed:
		return nil, ErrClosed
	}
	select {
	case <-p.closed: // select chooses freely where both were ready
		<-p.running
		return nil, ErrClosed
	default:
	}
	if i := p.pop(); i != nil {
		return i, nil
	}
	i, err := p.create()
	if err != nil {
		<-p.running
		return nil, err
	}
	return i, nil
}

func (p *pool) pop() *instance {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.idle)
	if n == 0 {
		return nil
	}
	i := p.idle[n-1]
	p.idle[n-1] = nil
	p.idle = p.idle[:n-1]
	return i
}

// put gives an instance back; one that is not sound is closed.
func (p *pool) put(i *instance, sound bool) {
	if sound {
		p.mu.Lock()
		p.idle = append(p.idle, i)
		p.mu.Unlock()
	} else {
		i.close()
	}
	<-p.running
}

// close lets nobody in any more, waits until every instance is back and
// closes them. To be called once.
func (p *pool) close() {
	close(p.closed)
	for range cap(p.running) {
		p.running <- struct{}{}
	}
	for i := p.pop(); i != nil; i = p.pop() {
		i.close()
	}
}
