package importer

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"edgesignal/host/market"
	"edgesignal/host/market/barfile"
)

// rows are all rows that were read, by symbol.
type rows struct {
	inputs     []source
	hasVWAP    bool
	byName     map[string]*history
	bySpelling map[string]*history // as inputs write it
}

// source is an input, and what its rows are counted in.
type source struct{ name, unit string }

// place is where a row came from.
type place struct {
	input int32
	row   int64
}

// history are the rows of one symbol in the order of the inputs.
type history struct {
	symbol string
	days   []int32
	places []place
	values [valueColumns][]float64
}

func newRows() *rows {
	return &rows{byName: map[string]*history{}, bySpelling: map[string]*history{}}
}

// begin returns the number of a new input.
func (r *rows) begin(name, unit string, vwap bool) int32 {
	r.inputs = append(r.inputs, source{name, unit})
	r.hasVWAP = r.hasVWAP || vwap
	return int32(len(r.inputs) - 1)
}

// add keeps a row.
func (r *rows) add(spelling string, day market.Date, at place, values [valueColumns]float64) error {
	h := r.bySpelling[spelling]
	if h == nil {
		name, err := market.CanonicalSymbol(strings.TrimSpace(spelling))
		if err != nil {
			return err
		}
		if h = r.byName[name]; h == nil {
			h = &history{symbol: name}
			r.byName[name] = h
		}
		r.bySpelling[strings.Clone(spelling)] = h
	}
	if len(h.days) == barfile.MaxRows {
		return fmt.Errorf("%s has more than %d rows", h.symbol, barfile.MaxRows)
	}
	h.days, h.places = append(h.days, int32(day)), append(h.places, at)
	for k, v := range values {
		h.values[k] = append(h.values[k], v)
	}
	return nil
}

// files returns the symbols that have bars, sorted by name, their bars by day.
// Rows without any value are counted and left out.
func (im *importing) files(s *Summary) ([]runFile, error) {
	var out []runFile
	for _, name := range slices.Sorted(maps.Keys(im.rows.byName)) {
		h := im.rows.byName[name]
		kept := make([]int, 0, len(h.days))
		for row := range h.days {
			if !h.isEmpty(row) {
				kept = append(kept, row)
			}
		}
		s.Empty += int64(len(h.days) - len(kept))
		if err := im.rows.byDay(h, kept); err != nil {
			return nil, err
		}
		if len(kept) > 0 {
			t, suspicion, err := im.BadBars.CheckTable(h.table(kept, im.rows.hasVWAP))
			if err != nil {
				return nil, err
			}
			if suspicion != nil {
				s.Suspicions = append(s.Suspicions, *suspicion)
			}
			if t != nil {
				out = append(out, runFile{symbol: t.Symbol, days: t.Days, table: t})
			}
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: no bars: %d rows, none of them with a value", im.rows.inputs[0].name, s.Empty)
	}
	return out, nil
}

// byDay sorts rows by day; a day that is there twice is an error.
func (r *rows) byDay(h *history, rows []int) error {
	slices.SortStableFunc(rows, func(a, b int) int { return int(h.days[a] - h.days[b]) })
	for i := 1; i < len(rows); i++ {
		if a, b := rows[i-1], rows[i]; h.days[a] == h.days[b] {
			first, second := h.places[a], h.places[b]
			return fmt.Errorf("%s: %s %d: %s of %s is there already: %s, %s %d", r.inputs[second.input].name, r.inputs[second.input].unit, second.row,
				market.Date(h.days[b]), h.symbol, r.inputs[first.input].name, r.inputs[first.input].unit, first.row)
		}
	}
	return nil
}

func (h *history) isEmpty(row int) bool {
	for _, column := range h.values {
		if column[row] == column[row] {
			return false
		}
	}
	return true
}

func (h *history) table(rows []int, hasVWAP bool) *barfile.Table {
	pick := func(k int) []float64 {
		column := make([]float64, len(rows))
		for i, row := range rows {
			column[i] = h.values[k][row]
		}
		return column
	}
	t := &barfile.Table{
		Symbol: h.symbol, Days: make([]int32, len(rows)),
		Open: pick(open), High: pick(high), Low: pick(low), Close: pick(closing), Volume: pick(volume),
	}
	for i, row := range rows {
		t.Days[i] = h.days[row]
	}
	if hasVWAP {
		t.VWAP = pick(vwap)
	}
	return t
}
