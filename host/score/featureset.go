package score

import (
	"edgesignal/host/alpha158"
	"edgesignal/host/market"
)

// featureSet says where the columns of a day come from. Only this file names
// one: what computes, keeps and scores columns takes their number from here.
type featureSet struct {
	name  string
	width int // columns a symbol
	rows  int // calendar rows that a symbol needs, the day included
	// last writes the columns of the last of so many rows to dst.
	last func(dst []float32, bars market.Columns)
}

// alpha158Set is the set of every release, as release.FeatureSetAlpha158 names it.
var alpha158Set = &featureSet{"alpha158", alpha158.Width, alpha158.Rows, alpha158.Last}
