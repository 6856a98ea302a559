package market

import (
	"fmt"

	"edgesignal/host/market/barfile"
)

// maxCells bounds the values of one market: 2 GiB of float32.
const maxCells = 1 << 29

// align makes the calendar and lays every symbol's bars out on it. All columns
// share one allocation.
func (m *Market) align(files []*file, days *tradingDays, sectors map[string]string) error {
	var index dayIndex
	m.Calendar, index = calendar(files, days)
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
		slab[i] = nan32
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
