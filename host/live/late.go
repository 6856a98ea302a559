package live

import (
	"fmt"
	"sync"
	"time"
)

// lateAfter is how long a load may take before it is a problem.
const lateAfter = 2 * time.Second

// late says, of a load that takes long, that it is not over yet: a store that
// hangs or crawls gives no error for a while, and meanwhile this host does not
// serve what the registry wants. over ends that; what the load itself came to
// is said after it.
func (b *Board) late(s *slot, desired string) (over func()) {
	var mu sync.Mutex
	done := false
	b.loads.Add(1) // beside that of the load itself
	timer := time.AfterFunc(lateAfter, func() {
		defer b.loads.Done()
		mu.Lock()
		last := s.state.Load()
		late := !done && (last == nil || last.desired != desired || last.err == nil) // why it failed before says more
		if late {
			s.state.Store(&state{desired: desired, err: fmt.Errorf("%s is being loaded, for more than %s by now", desired, lateAfter), at: b.opt.Now().UTC()})
		}
		mu.Unlock()
		if late {
			b.observe(s)
		}
	})
	return func() {
		if timer.Stop() {
			b.loads.Done()
			return
		}
		mu.Lock()
		defer mu.Unlock()
		done = true
	}
}
