package research

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"edgesignal/host/expr"
	"edgesignal/host/feature"
	"edgesignal/host/market"
)

// Raw returns the columns of a feature set before its processors, on the days on which a
// symbol belongs to its universe.
func Raw(p *feature.Plan, m *market.Market) (*Features, error) {
	members, err := p.Set.Universe.Members(m)
	if err != nil {
		return nil, err
	}
	return planned(p.Names(), nil, p, m, members, func(rows []float32, n int) (*feature.Matrix, error) {
		return &feature.Matrix{Values32: rows}, nil
	}), nil
}

// Inputs returns the columns of a feature set as they reach the model. Where its processors
// cross symbols, the days of q are computed for the whole universe at once.
func Inputs(ctx context.Context, p *feature.Plan, m *market.Market, q FeatureQuery) (*Features, error) {
	members, err := p.Set.Universe.Members(m)
	if err != nil {
		return nil, err
	}
	if p.Chain.Crosses() {
		return crossed(ctx, p, m, q, members)
	}
	return planned(p.Inputs(), p.Wide(), p, m, members, p.Process), nil
}

// members says which symbols belong to a universe on a day.
type members func(symbol string, day market.Date) bool

// planned computes a symbol's rows and processes them by themselves.
func planned(names []string, wide []bool, p *feature.Plan, m *market.Market, members members, process func([]float32, int) (*feature.Matrix, error)) *Features {
	return &Features{names: names, wide: wide, whole: true, compute: func() func(context.Context, run, func(*block) error) error {
		e, columns, rows := expr.NewEvaluator(p.Program), []float32(nil), []float32(nil)
		return func(ctx context.Context, r run, use func(*block) error) error {
			var err error
			if columns, err = rawColumns(ctx, p, e, columns, m, r); err != nil {
				return err
			}
			n, width := r.to-r.from, p.Program.Width()
			for from := 0; from < n; from += blockRows {
				b := &block{run: r}
				rows = rows[:0]
				for row := from; row < min(from+blockRows, n); row++ {
					if !members(r.series.Symbol, r.date(r.from+row)) {
						continue
					}
					b.at = append(b.at, r.from+row)
					for k := range width {
						rows = append(rows, columns[k*n+row])
					}
				}
				matrix, err := process(rows, len(b.at))
				if err != nil {
					return err
				}
				if err := use(b.of(matrix)); err != nil {
					return err
				}
			}
			return nil
		}
	}}
}

// of takes the values of a matrix, and leaves the rows out that it dropped.
func (b *block) of(m *feature.Matrix) *block {
	b.values, b.wide = m.Values32, m.Values64
	if m.Rows != nil {
		at := make([]int, len(m.Rows))
		for i, row := range m.Rows {
			at[i] = b.at[row]
		}
		b.at = at
	}
	return b
}

// rawColumns computes the columns of a run, one after the other.
func rawColumns(ctx context.Context, p *feature.Plan, e *expr.Evaluator, columns []float32, m *market.Market, r run) ([]float32, error) {
	rows, width, source := r.to-r.from, p.Program.Width(), feature.Bars{Market: m}
	columns = slices.Grow(columns[:0], rows*width)[:rows*width]
	first := r.series.First + r.from
	if p.Set.History == feature.Full {
		if err := ctx.Err(); err != nil {
			return columns, err
		}
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

// maxCrossed bounds the values that are in memory where processors cross symbols: 2 GiB
// of float32.
const maxCrossed = 1 << 29

// crossed computes the days of q for the whole universe, a day after the other.
func crossed(ctx context.Context, p *feature.Plan, m *market.Market, q FeatureQuery, members members) (*Features, error) {
	all := FeatureQuery{Symbols: p.Set.Universe.Symbols, From: q.From, To: q.To, known: true}
	runs, err := all.runs(m)
	if err != nil {
		return nil, err
	}
	width, cells := p.Program.Width(), 0
	for _, r := range runs {
		cells += (r.to - r.from) * (width + 2*len(p.Inputs()))
	}
	if cells > maxCrossed {
		return nil, fmt.Errorf("%d values at once, since the set's processors compare symbols; the limit is %d: ask for fewer days, or --raw", cells, maxCrossed)
	}
	raw := make([][]float32, len(runs)) // columns, by run
	if err := eachRun(ctx, runs, func() func(i int) error {
		e := expr.NewEvaluator(p.Program)
		return func(i int) (err error) {
			raw[i], err = rawColumns(ctx, p, e, nil, m, runs[i])
			return err
		}
	}); err != nil {
		return nil, err
	}
	blocks := map[*market.Series]*block{}
	for _, r := range runs {
		blocks[r.series] = &block{run: r}
	}
	var rows []float32
	for day := range m.Calendar {
		var of []int
		rows = rows[:0]
		for i, r := range runs {
			row, n := day-r.series.First-r.from, r.to-r.from
			if row < 0 || row >= n || !members(r.series.Symbol, m.Calendar[day]) {
				continue
			}
			of = append(of, i)
			for k := range width {
				rows = append(rows, raw[i][k*n+row])
			}
		}
		matrix, err := p.Process(rows, len(of))
		if err != nil {
			return nil, err
		}
		inputs := len(p.Inputs())
		for i, row := range matrix.Rows {
			b := blocks[runs[of[row]].series]
			b.at = append(b.at, day-b.series.First)
			if matrix.Values64 != nil {
				b.wide = append(b.wide, matrix.Values64[i*inputs:(i+1)*inputs]...)
			} else {
				b.values = append(b.values, matrix.Values32[i*inputs:(i+1)*inputs]...)
			}
		}
	}
	return &Features{names: p.Inputs(), wide: p.Wide(), whole: true, compute: func() func(context.Context, run, func(*block) error) error {
		return func(_ context.Context, r run, use func(*block) error) error {
			if b := blocks[r.series]; b != nil && len(b.at) > 0 {
				return use(b)
			}
			return nil
		}
	}}, nil
}

// eachRun works on all cores.
func eachRun(ctx context.Context, runs []run, worker func() func(i int) error) error {
	next, per := 0, max(1, len(runs)/(4*runtime.GOMAXPROCS(0)))
	return inOrder(ctx, func() (from int, ok bool, err error) {
		from = next
		next += per
		return from, from < len(runs), nil
	}, func(_ context.Context, from int) (struct{}, error) {
		work := worker()
		for i := from; i < min(from+per, len(runs)); i++ {
			if err := work(i); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	}, func(struct{}) error { return nil })
}
