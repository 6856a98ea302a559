package research

import (
	"context"
	"slices"

	"edgesignal/host/expr"
	"edgesignal/host/feature"
	"edgesignal/host/market"
)

// Raw returns the columns of a feature set before its processors.
func Raw(p *feature.Plan, m *market.Market) *Features {
	names := p.Names()
	return &Features{names: names, whole: true, compute: func() func(context.Context, run, func(*block) error) error {
		e, columns, b := expr.NewEvaluator(p.Program), []float32(nil), &block{}
		return func(ctx context.Context, r run, use func(*block) error) error {
			var err error
			if columns, err = rawColumns(ctx, p, e, columns, m, r); err != nil {
				return err
			}
			rows := r.to - r.from
			for from := 0; from < rows; from += blockRows {
				b.run, b.at, b.values = r, b.at[:0], b.values[:0]
				for row := from; row < min(from+blockRows, rows); row++ {
					b.at = append(b.at, r.from+row)
					for k := range names {
						b.values = append(b.values, columns[k*rows+row])
					}
				}
				if err := use(b); err != nil {
					return err
				}
			}
			return nil
		}
	}}
}

// rawColumns computes the columns of a run, one after the other.
func rawColumns(ctx context.Context, p *feature.Plan, e *expr.Evaluator, columns []float32, m *market.Market, r run) ([]float32, error) {
	rows, width, source := r.to-r.from, p.Program.Width(), feature.Bars{Market: m}
	columns = slices.Grow(columns[:0], rows*width)[:rows*width]
	first := r.series.First + r.from
	if p.Set.History == feature.Full {
		return columns, e.History(columns, source, r.series.Symbol, len(m.Calendar), first, first+rows)
	}
	day := make([]float32, width)
	for row := range rows {
		if err := ctx.Err(); err != nil {
			return columns, err
		}
		if err := e.Day(day, source, r.series.Symbol, first+row); err != nil {
			return columns, err
		}
		for k, v := range day {
			columns[k*rows+row] = v
		}
	}
	return columns, nil
}
