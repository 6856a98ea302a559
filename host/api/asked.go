package api

import (
	"hash/maphash"
	"sync/atomic"
)

// asked remembers some of the last keys that books were asked for by, so that
// only what is asked for again is kept: most lists of symbols come once, and
// keeping them would push out what is asked for every second.
type asked struct {
	seed maphash.Seed
	last [4096]atomic.Uint64
}

func newAsked() *asked { return &asked{seed: maphash.MakeSeed()} }

// before reports whether key came lately. It may be wrong: two keys may share a
// place. That costs a computation or some room, never a wrong answer.
func (a *asked) before(key []byte) bool {
	h := maphash.Bytes(a.seed, key)
	return a.last[h%uint64(len(a.last))].Swap(h) == h
}
