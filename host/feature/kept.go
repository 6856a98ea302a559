package feature

import (
	"context"
	"fmt"
	"math"
	"slices"

	"edgesignal/host/expr"
	"edgesignal/host/market"
)

// every is how many rows lie between two checkpoints: what a day of the past has to
// go through at most.
const every = 128

// MaxKeptBytes bounds what a plan carries over the days of one market.
const MaxKeptBytes = 2 << 30

// Kept is what a plan carries over the days of a market, so that the values of any
// day are those of a query of all days without computing all of them: a checkpoint
// of each symbol every 128 rows and at the newest day. It may be used on any number of
// goroutines.
type Kept struct {
	plan    *Plan
	market  *market.Market
	symbols []keptSymbol // by series of the market
}

type keptSymbol struct {
	checkpoints []*expr.Checkpoint // by ascending row
}

// Keep goes through the history of every series of m once, on so many goroutines.
// With before, what was kept of an earlier market, a symbol whose bars are the same to the
// bit goes through its new days alone. A plan of history Window keeps nothing.
// Errors are those of the data, which name column and symbol, and ctx's.
func (p *Plan) Keep(ctx context.Context, m *market.Market, before *Kept, cores int) (*Kept, error) {
	k := &Kept{plan: p, market: m, symbols: make([]keptSymbol, len(m.Series))}
	if p.Set.History == Window {
		return k, nil
	}
	days, member := len(m.Calendar), p.Set.Universe.ever(m)
	if most := int64(len(m.Series)) * int64(days/every+2) * int64(p.Program.Bytes()); most > MaxKeptBytes {
		return nil, fmt.Errorf("the feature set's state over %d symbols and %d days takes up to %d bytes; the limit is %d, and history window has none", len(m.Series), days, most, int64(MaxKeptBytes))
	}
	err := parallel(ctx, cores, len(m.Series), func() func(i int) error {
		e := expr.NewEvaluator(p.Program)
		return func(i int) error {
			s := m.Series[i]
			if !member(s.Symbol) {
				return nil
			}
			base, kept := before.base(p, m, s)
			first := s.First
			if base != nil {
				first = base.Row()
			}
			var rows []int
			for row := (first/every + 1) * every; row < days-1; row += every {
				rows = append(rows, row)
			}
			more, gaps, err := e.Pass(Bars{m}, s.Symbol, days, base, append(rows, days-1))
			if err == nil && !gaps {
				k.symbols[i].checkpoints = append(kept, more...)
			}
			return err
		}
	})
	if err != nil {
		return nil, err
	}
	return k, nil
}

// base returns the newest checkpoint of an earlier market that holds in m, and those to
// keep with it; nil for none.
func (k *Kept) base(p *Plan, m *market.Market, s *market.Series) (*expr.Checkpoint, []*expr.Checkpoint) {
	if k == nil || k.plan.Program != p.Program || p.Program.WholeHistory() || !extends(k.market.Calendar, m.Calendar) {
		return nil, nil
	}
	i, ok := k.market.Index(s.Symbol)
	if !ok {
		return nil, nil
	}
	end := len(k.market.Calendar)
	for _, symbol := range append([]string{s.Symbol}, p.Program.Symbols()...) {
		for _, field := range p.Program.Fields() {
			wasFirst, was := Bars{k.market}.Series(symbol, field)
			isFirst, is := Bars{m}.Series(symbol, field)
			if len(was) == 0 && len(is) == 0 {
				continue
			}
			if wasFirst != isFirst || !samePrefix(was, is) {
				return nil, nil
			}
			end = min(end, wasFirst+len(was))
		}
	}
	kept := k.symbols[i].checkpoints
	for len(kept) > 0 && kept[len(kept)-1].Row() >= end {
		kept = kept[:len(kept)-1]
	}
	if len(kept) == 0 {
		return nil, nil
	}
	base := kept[len(kept)-1]
	if base.Row()%every != 0 { // the newest day of then, which lies between two now
		return base, slices.Clone(kept[:len(kept)-1])
	}
	return base, slices.Clone(kept)
}

func extends(was, is []market.Date) bool {
	return len(was) <= len(is) && slices.Equal(was, is[:len(was)])
}

// samePrefix reports whether a column begins with the values of another, to the bit.
func samePrefix(was, is []float32) bool {
	if len(was) > len(is) || (was == nil) != (is == nil) {
		return false
	}
	for i, v := range was {
		if math.Float32bits(v) != math.Float32bits(is[i]) {
			return false
		}
	}
	return true
}

// Bytes returns about how much memory is kept.
func (k *Kept) Bytes() int64 {
	n := int64(0)
	for _, s := range k.symbols {
		n += int64(len(s.checkpoints)) * int64(k.plan.Program.Bytes())
	}
	return n
}

// Row computes the columns before the processors of a series on a calendar day into dst. The
// evaluator is the caller's own, of the plan's program.
func (k *Kept) Row(e *expr.Evaluator, dst []float32, series, day int) error {
	source, symbol := Bars{k.market}, k.market.Series[series].Symbol
	if k.plan.Set.History == Window {
		return e.Day(dst, source, symbol, day)
	}
	checkpoints := k.symbols[series].checkpoints
	at, _ := slices.BinarySearchFunc(checkpoints, day+1, func(c *expr.Checkpoint, row int) int { return c.Row() - row })
	if at == 0 {
		return e.History(dst, source, symbol, len(k.market.Calendar), day, day+1)
	}
	return e.From(checkpoints[at-1], dst, source, symbol, day, day+1)
}

// Day computes the columns before the processors of some series on a calendar day, a
// row a series, on so many goroutines.
func (k *Kept) Day(ctx context.Context, series []int, day, cores int) ([]float32, error) {
	width := k.plan.Program.Width()
	rows := make([]float32, len(series)*width)
	err := parallel(ctx, cores, len(series), func() func(i int) error {
		e := expr.NewEvaluator(k.plan.Program)
		return func(i int) error { return k.Row(e, rows[i*width:(i+1)*width], series[i], day) }
	})
	if err != nil {
		return nil, err
	}
	return rows, nil
}
