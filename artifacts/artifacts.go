// Package artifacts carries the demo, which is bars, models and golden files, and
// the built-in feature sets. What they are and how they were made is in README.md.
package artifacts

import "embed"

// FS holds the folders demo and features.
//
//go:embed demo features
var FS embed.FS

// The demo's parts in FS.
const (
	Strategy = "alpha_baseline"
	Bars     = "demo/bars" // a data directory: run folders and symbols.csv
)

// Release is one release of the demo.
type Release struct {
	Version string
	Model   string // path in FS
	Golden  string // path in FS
	Active  bool
	Notes   string
}

// Releases returns the demo's releases, in the order in which they came to be.
func Releases() []Release {
	return []Release{
		{"v1.0.0", "demo/models/alpha_baseline-v1.0.0.txt", "demo/golden-v1.0.0.json", true, "100 trees of 31 leaves on Alpha158"},
		{"v1.1.0", "demo/models/alpha_baseline-v1.1.0.txt", "demo/golden-v1.1.0.json", false, "300 trees of at most 15 leaves on Alpha158"},
	}
}
