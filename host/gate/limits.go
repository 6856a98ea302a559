package gate

import (
	"fmt"
	"syscall"
	"time"
)

// ProcessLimits bound one child. A zero field means its default.
type ProcessLimits struct {
	// AddressSpace is RLIMIT_AS in bytes, of which Go's runtime reserves
	// about 1 GiB without using it. Default 4 GiB; negative = no limit, which
	// is the default under the race detector, because that reserves terabytes.
	AddressSpace int64
	// CPU is RLIMIT_CPU, rounded up to seconds. Default 30 s: the largest
	// honest rules, Go with fmt and json, compile in 1 to 2 s.
	CPU time.Duration
	// Deadline is wall time, from the start. Default 60 s.
	Deadline time.Duration
}

func (l ProcessLimits) withDefaults() ProcessLimits {
	if l.AddressSpace == 0 {
		l.AddressSpace = defaultAddressSpace
	}
	if l.CPU == 0 {
		l.CPU = 30 * time.Second
	}
	if l.Deadline == 0 {
		l.Deadline = 60 * time.Second
	}
	return l
}

func (l ProcessLimits) cpuSeconds() int64 { return int64((l.CPU + time.Second - 1) / time.Second) }

// apply sets the limits on this process. Soft and hard ones are equal: the
// kernel's word at the soft CPU limit is one that Go's runtime ignores.
func (l ProcessLimits) apply() error {
	for _, x := range []struct {
		name     string
		resource int
		value    int64
	}{
		{"RLIMIT_AS", syscall.RLIMIT_AS, l.AddressSpace},
		{"RLIMIT_CPU", syscall.RLIMIT_CPU, l.cpuSeconds()},
		{"RLIMIT_CORE", syscall.RLIMIT_CORE, 0},
	} {
		if x.value < 0 {
			continue
		}
		if err := syscall.Setrlimit(x.resource, &syscall.Rlimit{Cur: uint64(x.value), Max: uint64(x.value)}); err != nil {
			return fmt.Errorf("setting %s to %d: %w", x.name, x.value, err)
		}
	}
	return nil
}
