package research

import (
	"context"
	"slices"

	"edgesignal/host/alpha158"
)

// Features are the columns of a feature matrix, and how they are computed.
type Features struct {
	names []string
	wide  []bool // by column: float64; nil = none is
	whole bool   // the rows of a symbol are computed at once

	// compute makes what one goroutine computes rows with.
	compute func() func(ctx context.Context, r run, use func(b *block) error) error
}

// block are some rows of a symbol.
type block struct {
	run
	at     []int     // rows of the series
	values []float32 // row-major
	wide   []float64 // instead of values, where a column is float64
}

func (b *block) value32(i int) float32 {
	if b.wide != nil {
		return float32(b.wide[i])
	}
	return b.values[i]
}

func (f *Features) isWide(column int) bool { return f.wide != nil && f.wide[column] }

// blockRows is how many rows are computed before they are written.
const blockRows = 512

// Alpha158 returns the 158 columns that releases without a feature set of their own have.
func Alpha158() *Features {
	return &Features{names: alpha158.Names(), compute: func() func(context.Context, run, func(*block) error) error {
		b := &block{}
		return func(ctx context.Context, r run, use func(*block) error) error {
			for from := r.from; from < r.to; from += blockRows {
				if err := ctx.Err(); err != nil {
					return err
				}
				to := min(from+blockRows, r.to)
				b.run, b.at = r, b.at[:0]
				for row := from; row < to; row++ {
					b.at = append(b.at, row)
				}
				n := (to - from) * alpha158.Width
				b.values = slices.Grow(b.values[:0], n)[:n]
				alpha158.History(b.values, r.series.Columns, from, to)
				if err := use(b); err != nil {
					return err
				}
			}
			return nil
		}
	}}
}
