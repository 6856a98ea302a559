package market

import (
	"fmt"
	"math"

	"edgesignal/host/market/barfile"
)

// maxCells bounds the values of one market: 2 GiB of float32.
const maxCells = 1 << 29

// align makes the calendar, the sorted union of all files' days, and lays
// every symbol's bars out on it. All columns share one allocation.
func (m *Market) align(files []*file, sectors map[string]string) error {
	var index dayIndex
	m.Calendar, index = calendar(files)
	cells := 0
	for _, f := range files {
		if f.bars != nil {
			cells += index.rows(f.bars) * columnsOf(f.bars)
		}
	}
	if cells > maxCells {
		return fmt.Errorf("%d values on a calendar of %d days; the limit is %d", cells, len(m.Calendar), maxCells)
	}
	slab := make([]float32, cells)
	for i := range slab {
		slab[i] = float32(math.NaN())
	}
	for _, f := range files {
		if f.bars == nil {
			continue
		}
		s := &Series{Symbol: f.symbol, Sector: sectors[f.symbol], First: index.at(f.bars.Days[0])}
		rows := index.rows(f.bars)
		lay := func(values []float32) (column []float32) {
			if values == nil {
				return nil
			}
			column, slab = slab[:rows:rows], slab[rows:]
			for i, v := range values {
				column[index.at(f.bars.Days[i])-s.First] = v
			}
			return column
		}
		s.Columns = Columns{
			Open: lay(f.bars.Open), High: lay(f.bars.High), Low: lay(f.bars.Low),
			Close: lay(f.bars.Close), Volume: lay(f.bars.Volume), VWAP: lay(f.bars.VWAP),
		}
		m.Series = append(m.Series, s)
	}
	m.Arrange()
	return nil
}

func columnsOf(b *barfile.Bars) int {
	if b.VWAP == nil {
		return 5
	}
	return 6
}

// dayIndex turns a day into its calendar index.
type dayIndex struct {
	first int32
	index []int32 // by day - first; -1 = not a trading day
}

func (x dayIndex) at(day int32) int { return int(x.index[day-x.first]) }

// rows returns the number of calendar days from the first bar to the last.
func (x dayIndex) rows(b *barfile.Bars) int {
	return x.at(b.Days[len(b.Days)-1]) - x.at(b.Days[0]) + 1
}

// calendar returns the sorted union of the days of all files that can be used.
func calendar(files []*file) ([]Date, dayIndex) {
	first, last := barfile.MaxDay, barfile.MinDay
	for _, f := range files {
		if f.bars != nil {
			first, last = min(first, f.bars.Days[0]), max(last, f.bars.Days[len(f.bars.Days)-1])
		}
	}
	if first > last {
		return nil, dayIndex{}
	}
	x := dayIndex{first: first, index: make([]int32, last-first+1)}
	for i := range x.index {
		x.index[i] = -1
	}
	days := 0
	for _, f := range files {
		if f.bars == nil {
			continue
		}
		for _, d := range f.bars.Days {
			if x.index[d-first] < 0 {
				x.index[d-first] = 0
				days++
			}
		}
	}
	out := make([]Date, 0, days)
	for i, there := range x.index {
		if there == 0 {
			x.index[i] = int32(len(out))
			out = append(out, Date(first+int32(i)))
		}
	}
	return out, x
}
