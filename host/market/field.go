package market

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"edgesignal/host/market/barfile"
	"edgesignal/host/release"
)

// Column is one field of one symbol: Values[i] belongs to calendar row First+i, NaN
// is a missing value. No values: the symbol has no such field. They are shared:
// nobody changes them.
type Column struct {
	First  int
	Values []float32
}

// maxFields bounds the fields of one market that are loaded beside its bars.
const maxFields = 256

// fields are the columns of a market beside its bars: none is in memory before
// somebody needs it. They are read from where the bars were, and only as long as
// the bytes there are the ones that the revision names: so a market with a field more
// is still the same market.
type fields struct {
	read func(ctx context.Context, m *Market, field string) ([]Column, error)

	mu     sync.Mutex                          // of who loads
	loaded atomic.Pointer[map[string][]Column] // by field, a column a series
}

// LoadFields brings fields, by their names in lower case, into memory. A field that no
// symbol has is loaded as nothing. Errors: ErrChanged when the bytes are no longer those
// that the market was read from, what is wrong with them, and ctx's.
func (m *Market) LoadFields(ctx context.Context, names []string) error {
	for _, name := range names {
		if isBar(name) || m.fields == nil || m.fields.of(name) != nil {
			continue
		}
		if err := m.fields.load(ctx, m, name); err != nil {
			return fmt.Errorf("field %s: %w", name, err)
		}
	}
	return nil
}

// ErrChanged: the files of a market are no longer the ones that it was read from.
var ErrChanged = errors.New("it was changed since the market was read; the market of what it is now will have it")

// Column returns a field of a series, by its number in Series and the field's name
// in lower case. A field beside the bars is there once LoadFields has brought it.
func (m *Market) Column(series int, field string) Column {
	if !isBar(field) || m.exact {
		if m.fields == nil {
			return Column{}
		}
		if all := m.fields.of(field); all != nil {
			return all[series]
		}
		return Column{}
	}
	s := m.Series[series]
	switch field {
	case "open":
		return s.column(s.Open)
	case "high":
		return s.column(s.High)
	case "low":
		return s.column(s.Low)
	case "close":
		return s.column(s.Close)
	case "volume":
		return s.column(s.Volume)
	default:
		return s.column(s.VWAP)
	}
}

func (s *Series) column(values []float32) Column { return Column{s.First, values} }

// HasField reports whether any symbol has a value of a field that is loaded.
func (m *Market) HasField(field string) bool {
	for i := range m.Series {
		if len(m.Column(i, field).Values) > 0 {
			return true
		}
	}
	return false
}

// isBar reports whether a field is one of the bars, which every market has in memory.
func isBar(name string) bool { return slices.Contains(barNames[:], name) }

// of returns the columns of a field that is loaded, else nil.
func (f *fields) of(name string) []Column {
	all := f.loaded.Load()
	if all == nil {
		return nil
	}
	return (*all)[name]
}

func (f *fields) load(ctx context.Context, m *Market, name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.of(name) != nil {
		return nil
	}
	all := map[string][]Column{}
	if old := f.loaded.Load(); old != nil {
		if len(*old) >= maxFields {
			return fmt.Errorf("%d fields are loaded beside the bars already, which is the limit", len(*old))
		}
		maps.Copy(all, *old)
	}
	columns, err := f.read(ctx, m, strings.ToLower(name))
	if err != nil {
		return err
	}
	all[name] = columns
	f.loaded.Store(&all)
	return nil
}

// columnReader returns how a market of Parquet files gets one more column of them.
func columnReader(fsys fs.FS, files []*file) func(ctx context.Context, m *Market, field string) ([]Column, error) {
	type source struct{ name, sum string }
	of := map[string]source{}
	for _, f := range files {
		if f.bars != nil {
			of[f.symbol] = source{f.Name, f.sum}
		}
	}
	return func(ctx context.Context, m *Market, field string) ([]Column, error) {
		columns := make([]Column, len(m.Series))
		var buf bytes.Buffer
		var r barfile.Reader
		for i, s := range m.Series {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			from := of[s.Symbol]
			content, err := slurp(fsys, from.name, barfile.MaxBytes, &buf)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", from.name, err)
			}
			if release.Sum(content) != from.sum {
				return nil, fmt.Errorf("%s: %w", from.name, ErrChanged)
			}
			days, values, there, err := r.ReadField(content, field)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", from.name, err)
			}
			if there {
				columns[i] = m.lay(s, days, values)
			}
		}
		return columns, nil
	}
}

// lay puts values on the rows of a series. A day without a bar has none.
func (m *Market) lay(s *Series, days []int32, values []float32) Column {
	c := Column{s.First, make([]float32, s.Len())}
	for i := range c.Values {
		c.Values[i] = nan32
	}
	at := 0
	for row := range c.Values {
		day := int32(m.Calendar[s.First+row])
		for at < len(days) && days[at] < day {
			at++
		}
		if at < len(days) && days[at] == day && s.HasBar(row) {
			c.Values[row] = values[at]
		}
	}
	return c
}
