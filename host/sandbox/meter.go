package sandbox

import (
	"math"
	"strconv"
)

// reserved begins the export names that metering adds.
const reserved = "edgesignal."

// Metered is a module with fuel metering built in.
type Metered struct {
	Module []byte
	// Fuel is the export name of the mutable i64 global that counts down. The
	// host sets it before a call. Below 0 after a call, whether that trapped or
	// not, it says that the fuel did not suffice.
	Fuel string
	// Globals are the export names of every mutable global of the guest's own,
	// in the order of their indices, so that a host can save and restore them.
	Globals []string
}

// Meter checks a module as Check does, with the same errors, and rewrites it
// so that it counts what it runs and traps, with unreachable, when its fuel is
// used up. The fuel used is a function of the instructions that ran, the same
// on every machine; what it counts for each is in weights.go.
//
// The fuel is a global behind the guest's own globals. The guest cannot touch
// it: its code has been checked to use the indices of its own globals only.
// Types, functions and exports that metering needs stand behind the guest's
// own as well, so that every index keeps its meaning; sections that are not
// concerned, custom ones among them, pass through byte for byte.
//
// The counter cannot wrap. It falls by at most the cost of one body and one
// bulk operation below 0, see flow and helper, and those are far below 2^63
// where the body has at most BodyBytes.
func Meter(module []byte, l Limits) (Metered, error) {
	c := newChecker(module, l)
	c.rewriter = newRewriter(c)
	if err := c.check(); err != nil {
		return Metered{}, err
	}
	c.rewriter.complete(math.MaxInt)
	m := Metered{Module: c.rewriter.out, Fuel: fuelName}
	for _, i := range c.mutable {
		m.Globals = append(m.Globals, globalName(i))
	}
	return m, nil
}

const fuelName = reserved + "fuel"

func globalName(i int) string { return reserved + "global." + strconv.Itoa(i) }
