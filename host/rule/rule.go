// Package rule runs portfolio rules: wasm modules of ABI 1 (guest/ABI.md) that
// turn one day's predictions into target weights. A module comes from outside,
// so nothing of it is believed: what it imports and exports is checked before
// it runs, what it returns is checked before anyone sees it, every call has a
// memory limit and a budget of fuel, and begins in the same state.
package rule

import (
	"errors"
	"fmt"
	"runtime"
)

// The limits of ABI 1. They hold for every rule; none can be raised.
const (
	MaxModuleBytes = 8 << 20  // a module's file
	MaxMetaBytes   = 64 << 10 // its rule.meta section
	MaxParamsBytes = 16 << 10 // the parameters, as JSON
	MaxSymbols     = 20_000   // n of one call
	MaxColumns     = 32       // ncols of one call: prediction, rank and the rule's own
)

// ErrClosed is the answer of a Module after Close.
var ErrClosed = errors.New("rule is closed")

// Options bound what one module may use. The zero value of each field is its
// default.
type Options struct {
	// MemoryLimitPages is the linear memory one instance may have, in pages
	// of 64 KiB. Default 256 (16 MiB), at most 65536.
	MemoryLimitPages uint32
	// CacheDir is a PrivateDir for compiled code. Default none: a module is
	// compiled each time.
	CacheDir string
	// Instances is how many calls may run at once; more wait. Default GOMAXPROCS.
	Instances int
}

func (o Options) withDefaults() (Options, error) {
	if o.MemoryLimitPages == 0 {
		o.MemoryLimitPages = 256
	}
	if o.Instances == 0 {
		o.Instances = runtime.GOMAXPROCS(0)
	}
	switch {
	case o.MemoryLimitPages > 65536:
		return o, fmt.Errorf("rule options: memory limit of %d pages, at most 65536", o.MemoryLimitPages)
	case o.Instances < 0:
		return o, fmt.Errorf("rule options: %d instances", o.Instances)
	}
	return o, nil
}

// maxMessage is how many bytes of a library's or a guest's words go into an error.
const maxMessage = 300
