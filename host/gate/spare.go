package gate

import "sync"

// spare holds a child that was started before there is a job for it: starting
// one takes longer than checking most releases. It has seen nothing of any
// job, so each still has a process of its own.
type spare struct {
	mu     sync.Mutex
	next   chan *process // gets the child, nil where none could be started; nil = nobody starts one
	closed bool
}

// renew starts a child in the background, unless there is one. Where that
// fails, the next job finds out why.
func (s *spare) renew(start func() (*process, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.next != nil {
		return
	}
	next := make(chan *process, 1)
	s.next = next
	go func() {
		p, _ := start() // nil with an error
		next <- p
	}()
}

// take returns the child, nil when there is none. It may have died meanwhile.
func (s *spare) take() *process {
	s.mu.Lock()
	next := s.next
	s.next = nil
	s.mu.Unlock()
	if next == nil {
		return nil
	}
	return <-next
}

// close ends the child and lets no other be started.
func (s *spare) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	if p := s.take(); p != nil {
		p.discard()
	}
}
