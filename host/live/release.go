package live

import (
	"sync/atomic"
	"time"

	"edgesignal/host/gate"
	"edgesignal/host/market"
	"edgesignal/host/model"
	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// Release is a release that passed the gate, loaded and ready. Everything in
// it is of one manifest and never changes.
type Release struct {
	Manifest release.Manifest
	Digest   string      // of Manifest: "sha256:..."
	Params   rule.Params // Manifest's, accepted by Rule
	Model    *model.Model
	Rule     *rule.Module
	Report   gate.Report
	LoadedAt time.Time // UTC

	// users counts who may still call Rule: 1 for the board while it serves,
	// and 1 for each request under way. At 0 the rule is closed; a count that
	// reached 0 never rises again.
	users atomic.Int64
	free  func() // done; here, so that no request makes a function of it
}

// Snapshot is all that one request works with: one release on one market. A
// request takes it once and uses nothing else.
type Snapshot struct {
	Record  release.Record // the registry's row, as last seen
	Release *Release
	Market  *market.Market // nil until a market is loaded
}

func (r *Release) acquire() bool {
	for {
		n := r.users.Load()
		if n == 0 {
			return false
		}
		if r.users.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (r *Release) done() {
	if r.users.Add(-1) == 0 {
		_ = r.Rule.Close()
	}
}
