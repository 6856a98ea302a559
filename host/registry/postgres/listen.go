package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// bell wakes all calls of Wait, and owns the goroutine that rings it.
type bell struct {
	mu      sync.Mutex
	next    chan struct{} // closed by the next ring
	stopped bool
	cancel  context.CancelFunc // nil = not started
	done    chan struct{}
}

// start runs ringer once, in a goroutine of its own, until stop.
func (b *bell) start(ringer func(context.Context)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped || b.cancel != nil {
		return
	}
	var ctx context.Context
	ctx, b.cancel = context.WithCancel(context.Background())
	b.done = make(chan struct{})
	go func() {
		defer close(b.done)
		ringer(ctx)
	}()
}

func (b *bell) stop() {
	b.mu.Lock()
	b.stopped = true
	cancel := b.cancel
	b.mu.Unlock()
	if cancel != nil {
		cancel()
		<-b.done
	}
}

// rung returns a channel that is closed when the bell rings next.
func (b *bell) rung() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == nil {
		b.next = make(chan struct{})
	}
	return b.next
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next != nil {
		close(b.next)
		b.next = nil
	}
}

// listen rings the bell at each notification, and once when it begins to listen:
// a change before that was not heard. It reconnects until ctx ends; meanwhile
// Wait polls.
func (r *Registry) listen(ctx context.Context) {
	const first, most = 50 * time.Millisecond, 2 * time.Second
	pause := first
	for ctx.Err() == nil {
		if r.hear(ctx) {
			pause = first
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, most)
	}
}

// hear connects, listens and rings the bell until the connection breaks. listened
// reports whether it had begun to listen.
func (r *Registry) hear(ctx context.Context) (listened bool) {
	connecting, cancel := context.WithTimeout(ctx, r.cfg.Timeout)
	defer cancel()
	conn, err := pgx.ConnectConfig(connecting, r.pool.Config().ConnConfig)
	if err != nil {
		return false
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = conn.Close(closing) // nothing was written through it
	}()
	if _, err := conn.Exec(connecting, "LISTEN edgesignal_registry"); err != nil {
		return false
	}
	for {
		r.bell.ring()
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return true
		}
	}
}
