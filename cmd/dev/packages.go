package main

// numericPackages are those whose answers must have the same bits on every
// machine. Their tests run again where the compiler may fuse x*y+z into one
// rounding: GOAMD64=v3 and arm64.
var numericPackages = []string{
	"./host/alpha158",
	"./host/model",
	"./host/numpy",
	"./host/portfolio",
	"./host/rule",
	"./host/signal",
}

// benchPackages hold the benchmarks whose numbers stand in docs/BENCHMARKS.md.
var benchPackages = []string{
	"./host/alpha158",
	"./host/market",
	"./host/market/mirror",
	"./host/model",
	"./host/research",
	"./host/sandbox",
	"./host/rule",
	"./host/score",
	"./host/signal",
	"./host/gate",
	"./host/live",
	"./host/api",
	"./host/internal/fleettest",
	"./guest/rules",
	"./guest/conformance",
}
