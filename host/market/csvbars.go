package market

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"edgesignal/host/market/barfile"
)

const (
	csvValues     = 6 // open, high, low, close, volume, vwap
	maxImportRows = barfile.MaxRows
)

// csvBars are the rows of a CSV file by symbol.
type csvBars struct {
	name       string // of the CSV file
	hasVWAP    bool
	empty      int64 // rows without any value
	byName     map[string]*csvSymbol
	bySpelling map[string]*csvSymbol // as the file writes it
}

func newCSVBars(name string, hasVWAP bool) *csvBars {
	return &csvBars{name: name, hasVWAP: hasVWAP, byName: map[string]*csvSymbol{}, bySpelling: map[string]*csvSymbol{}}
}

// csvSymbol are the rows of one symbol in the order of the file.
type csvSymbol struct {
	name   string
	days   []int32
	lines  []int
	values [csvValues][]float64
}

// symbol returns the symbol of that name, made when it is new.
func (b *csvBars) symbol(spelling string) (*csvSymbol, error) {
	if s := b.bySpelling[spelling]; s != nil {
		return s, nil
	}
	name, err := CanonicalSymbol(spelling)
	if err != nil {
		return nil, err
	}
	s := b.byName[name]
	if s == nil {
		s = &csvSymbol{name: name}
		b.byName[name] = s
	}
	b.bySpelling[strings.Clone(spelling)] = s
	return s, nil
}

// add appends a row; false = the symbol is full.
func (s *csvSymbol) add(d Date, line int, values [csvValues]float64) bool {
	if len(s.days) == maxImportRows {
		return false
	}
	s.days = append(s.days, int32(d))
	s.lines = append(s.lines, line)
	for k, v := range values {
		s.values[k] = append(s.values[k], v)
	}
	return true
}

// tables returns the symbols that have bars, sorted by name, their bars by day.
// Rows without any value are counted and left out.
func (b *csvBars) tables() ([]*barfile.Table, error) {
	var out []*barfile.Table
	for _, name := range slices.Sorted(maps.Keys(b.byName)) {
		s := b.byName[name]
		order, err := s.byDay(b.name)
		if err != nil {
			return nil, err
		}
		kept := slices.DeleteFunc(order, s.isEmpty)
		b.empty += int64(len(s.days) - len(kept))
		if len(kept) > 0 {
			out = append(out, s.table(kept, b.hasVWAP))
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: no bars: %d rows, none of them with a value", b.name, b.empty)
	}
	return out, nil
}

// byDay returns the order of the rows by day; a day that is there twice is an error.
func (s *csvSymbol) byDay(file string) ([]int, error) {
	order := make([]int, len(s.days))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(s.days[a] - s.days[b]) })
	for i := 1; i < len(order); i++ {
		if a, b := order[i-1], order[i]; s.days[a] == s.days[b] {
			return nil, fmt.Errorf("%s line %d, column \"date\": %s of %s is on line %d already", file, s.lines[b], Date(s.days[b]), s.name, s.lines[a])
		}
	}
	return order, nil
}

func (s *csvSymbol) isEmpty(row int) bool {
	for _, column := range s.values {
		if !math.IsNaN(column[row]) {
			return false
		}
	}
	return true
}

func (s *csvSymbol) table(rows []int, vwap bool) *barfile.Table {
	t := &barfile.Table{Symbol: s.name, Days: make([]int32, len(rows))}
	for i, row := range rows {
		t.Days[i] = s.days[row]
	}
	pick := func(k int) []float64 {
		column := make([]float64, len(rows))
		for i, row := range rows {
			column[i] = s.values[k][row]
		}
		return column
	}
	t.Open, t.High, t.Low, t.Close, t.Volume = pick(0), pick(1), pick(2), pick(3), pick(4)
	if vwap {
		t.VWAP = pick(5)
	}
	return t
}
