// Package sandbox stands between the bytes of an uploaded wasm module and the
// runtime. wazero 1.12.0 allocates what a module claims: 15 bytes that claim
// 2^32-1 imports end the Go process, and a few kilobytes of nested loops keep
// its compiler busy for minutes. So nothing is compiled that Check has not
// passed. The package knows neither wazero nor rules.
package sandbox

import (
	"errors"
	"fmt"

	"edgesignal/host/release"
)

// Check walks the module once and refuses what must not reach wazero. Its
// time is linear in the bytes; what it allocates is bounded by l and by the
// bytes, never by a count that the module claims. A field of l that is zero
// means its default.
//
// Its errors are *release.Rejection, each naming the section, the entry, the
// byte offset and, where there is one, the limit: RuleMalformed for bytes that
// are not a well-formed module or are over a limit, RuleForbidden for what is
// well-formed and not admitted.
//
// Admitted is the core specification 1.0 with sign extension, saturating
// conversions, multiple results and the bulk operations on memory. The types
// of the operands are not checked: wazero's own validator does that, in time
// linear in the size of a function.
func Check(module []byte, l Limits) error {
	c := newChecker(module, l)
	return c.check()
}

func newChecker(module []byte, l Limits) *checker {
	return &checker{Reader: NewReader(module), limits: l.withDefaults()}
}

func (c *checker) check() error {
	if c.Left() > c.limits.FileBytes {
		return release.Reject(release.RuleMalformed, "the module has %d bytes, at most %d (FileBytes)", c.Left(), c.limits.FileBytes)
	}
	if err := c.module(); err != nil {
		return c.rejection(err)
	}
	return nil
}

// checker is one walk. The Reader is that of the section at hand.
type checker struct {
	Reader
	limits Limits
	where  place

	types       []signature
	functions   []uint32 // the type of each, imports first
	imported    int      // functions
	defined     int      // functions that have no body yet
	tables      int
	memories    int
	globals     int
	mutable     []int // the indices of the mutable ones
	dataCount   int   // of the data count section, -1 = none
	data        int   // segments
	totalLocals int

	branchSquares int
	customBytes   int
	hasNames      bool

	// Of the body at hand, kept between bodies.
	frames     []frame
	insertions []insertion

	rewriter *rewriter // nil = the module is only checked
}

// place is what an error names beside the offset.
type place struct {
	section string
	entry   string // "import", "function"..., "" = the section itself
	index   int
}

func (p place) String() string {
	switch {
	case p.section == "":
		return "header"
	case p.entry == "":
		return p.section + " section"
	}
	return fmt.Sprintf("%s section, %s %d", p.section, p.entry, p.index)
}

// refusal is a reason other than malformed syntax.
type refusal struct {
	at     int
	reason release.Reason
	text   string
}

func (r *refusal) Error() string { return fmt.Sprintf("byte %d: %s", r.at, r.text) }

func (c *checker) rejection(err error) *release.Rejection {
	reason := release.RuleMalformed
	var r *refusal
	if errors.As(err, &r) {
		reason = r.reason
	}
	return release.Reject(reason, "%s: %v", c.where, err)
}

// malformed refuses at byte at.
func malformed(at int, format string, args ...any) error { return syntax(at, format, args...) }

// over refuses a count that is above its limit.
func over(at int, what string, n, limit int, name string) error {
	return syntax(at, "%s: %d, at most %d (%s)", what, n, limit, name)
}

// forbidden refuses what is well-formed and not admitted.
func forbidden(at int, format string, args ...any) error {
	return &refusal{at: at, reason: release.RuleForbidden, text: fmt.Sprintf(format, args...)}
}

// each reads the count of a vector, holds it to its limit and reads each entry.
func (c *checker) each(entry string, limit int, name string, read func(i int) error) error {
	start := c.at
	n, err := c.Uint32()
	if err != nil {
		return err
	}
	if int64(n) > int64(limit) {
		return over(start, "claims too many entries", int(n), limit, name)
	}
	if int(n) > c.Left() {
		return malformed(start, "claims %d entries, %d bytes are left", n, c.Left())
	}
	for i := range int(n) {
		c.where.entry, c.where.index = entry, i
		if err := read(i); err != nil {
			return err
		}
	}
	c.where.entry = ""
	return nil
}
