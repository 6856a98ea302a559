package gate

import "sync"

// spare holds a child that was started before there is a job for it: starting
// one takes longer than checking most releases. It has seen nothing of any
// job, so each still has a process of its own.
type spare struct {
	mu       sync.Mutex
	process  *process // nil = none
	starting bool
	closed   bool
	starts   sync.WaitGroup
}

// take is the child, nil when there is none. It may have died meanwhile.
func (s *spare) take() *process {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.process
	s.process = nil
	return p
}

// renew starts a child in the background, unless there is one. Where that
// fails there is none, and the next job finds out why.
func (s *spare) renew(start func() (*process, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.starting || s.process != nil {
		return
	}
	s.starting = true
	s.starts.Go(func() {
		p, err := start()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.starting = false
		switch {
		case err != nil:
		case s.closed:
			p.discard()
		default:
			s.process = p
		}
	})
}

// close ends the child and lets no other be started.
func (s *spare) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.starts.Wait()
	if p := s.take(); p != nil {
		p.discard()
	}
}
