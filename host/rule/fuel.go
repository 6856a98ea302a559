package rule

import "errors"

// Fuel of one call, in units of package sandbox: about one an instruction. The
// counts are part of ABI 1, so that a rule which one host accepts runs on all.
const (
	FuelBase       = 50_000_000  // of a call, and
	FuelPerSymbol  = 20_000      // for each symbol of it
	FuelInitialize = 200_000_000 // of _initialize
)

// Budget returns the fuel of one call over n symbols, for all that the guest does
// in it: rule_alloc, rule_configure and rule_construct.
func Budget(n int) int64 { return FuelBase + FuelPerSymbol*int64(n) }

// What the host does for a guest is paid for as well, by the host functions
// themselves: so much for each call, and a unit for each byte that they look
// at or write.
const hostCallFuel = 100

// errFuel unwinds a guest whose fuel a host function has used up.
var errFuel = errors.New("out of fuel")

// charge takes units from the call that is being served.
func (h *host) charge(units int) {
	left := int64(h.fuel.Get()) - int64(units)
	h.fuel.Set(uint64(left))
	if left < 0 {
		panic(errFuel)
	}
}
