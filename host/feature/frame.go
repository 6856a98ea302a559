package feature

import "context"

// State is what became of a series on a day.
type State uint8

// The states.
const (
	Scored  State = iota // it has a row of inputs
	Outside              // it does not belong to the universe on that day
	NoBar                // it has no bar on that day
	Dropped              // a processor dropped its row
)

// Frame holds the inputs of a day: a row for each series that is Scored.
type Frame struct {
	Member func(symbol string) bool // of the universe on the day
	States []State                  // one a series of the market
	Series []int32                  // of each row: its index in Market.Series, ascending
	Narrow []float32                // row-major, a column an input
	Wide   []float64                // the same where an input is a float64, and then Narrow is nil
}

// Frame computes what reaches a model on a calendar day, on so many goroutines.
//
// Processors that look across symbols see every symbol of the universe that has a row on
// the day, also one without a bar, as Qlib's do: its NaN has a place in the order of
// a pairwise sum. Its own row is left out afterwards.
func (k *Kept) Frame(ctx context.Context, day, cores int) (*Frame, error) {
	p, m := k.plan, k.market
	members, err := p.Set.Universe.Members(m)
	if err != nil {
		return nil, err
	}
	date := m.Calendar[day]
	member := func(symbol string) bool { return members(symbol, date) }
	f := &Frame{Member: member, States: make([]State, len(m.Series))}
	hasRow := func(int) bool { return false }
	if p.Chain.Crosses() {
		hasRow = p.rowsOn(m, day)
	}
	var series []int
	for i, s := range m.Series {
		row, ok := s.Row(day)
		switch bar := ok && s.HasBar(row); {
		case !member(s.Symbol):
			f.States[i] = Outside
			continue
		case !bar:
			f.States[i] = NoBar
			if !hasRow(i) {
				continue
			}
		}
		series = append(series, i)
	}
	raw, err := k.Day(ctx, series, day, cores)
	if err != nil {
		return nil, err
	}
	made, err := p.Process(raw, len(series))
	if err != nil {
		return nil, err
	}
	f.take(made, series, len(p.inputs))
	return f, nil
}

// take takes the rows that have a bar, of those that were not dropped.
func (f *Frame) take(made *Matrix, series []int, width int) {
	left := make([]bool, len(series))
	for at, row := range made.Rows {
		left[row] = true
		if i := series[row]; f.States[i] == Scored {
			f.Series = append(f.Series, int32(i))
			if made.Values64 != nil {
				f.Wide = append(f.Wide, made.Values64[at*width:(at+1)*width]...)
			} else {
				f.Narrow = append(f.Narrow, made.Values32[at*width:(at+1)*width]...)
			}
		}
	}
	for row, is := range left {
		if i := series[row]; !is && f.States[i] == Scored {
			f.States[i] = Dropped
		}
	}
}
