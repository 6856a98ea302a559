package main

// A package whose code or tests start goroutines runs under the race detector,
// whole, unless one of these lists names it. All others run without.
var (
	// splitPackages take long, most of it on one goroutine. Under the race
	// detector run those of their tests that start goroutines.
	splitPackages = map[string]split{
		"./cmd/edgesignal": {},
		// 200,000 keys from a server of its own: memory is what it is about.
		"./host/bucket": {plain: []string{"TestAListingOf200000Keys"}},
		"./host":        {},
		"./host/gate": {
			raced: []string{"TestAChildIsStartedAheadOfItsJob", "TestAChildSaysWhatWouldBeSaidHere", "TestAChildThatDies", "TestAChildThatDiesBeforeItsJob"},
			// All of the corpus: their only goroutine is a reader beside it.
			plain: []string{"TestTheHostSurvivesTheCorpus", "TestTheHostSurvivesHostileModels"},
		},
		"./host/model":    {},
		"./host/operate":  {},
		"./host/research": {raced: []string{"TestInOrder", "TestInOrderErrors", "TestACancelledContextStops", "TestScoreWritesWhatCameBefore"}},
		"./host/rule":     {},
		"./host/sandbox":  {},
	}
	// plainPackages hold other processes against their promises, and those are
	// built without the race detector.
	plainPackages = []string{
		"./host/internal/fleettest",
		"./host/internal/siege",
	}
	// fullPackages are left to --full.
	fullPackages = []string{
		"./cmd/dev/internal/serving",
	}
	// slowPackages are left out by --quick, beside every test that needs a server.
	slowPackages = []string{
		"./cmd/dev/internal/serving",
		"./host/internal/fleettest",
		"./host/internal/siege",
		"./host/internal/walkthrough",
	}
)

// split names the exceptions in a package of splitPackages.
type split struct {
	raced []string // tests for which the package's own code starts the goroutines
	plain []string // tests that start goroutines and run without the race detector all the same
}

// corpusPackage holds the tests that take a sample of the hostile corpus, and
// all of it with --full.
const corpusPackage = "./host/internal/siege"

// numericPackages are those whose answers must have the same bits on every
// machine. Their tests run again where the compiler may fuse x*y+z into one
// rounding: GOAMD64=v3 and arm64.
var numericPackages = []string{
	"./host/alpha158",
	"./host/expr",
	"./host/model",
	"./host/portfolio",
	"./host/rule",
	"./host/signal",
}

// benchPackages hold the benchmarks whose numbers stand in docs/BENCHMARKS.md.
var benchPackages = []string{
	"./host/alpha158",
	"./host/expr",
	"./host/feature",
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
