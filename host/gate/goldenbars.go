package gate

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"edgesignal/host/market"
	"edgesignal/host/rule"
)

// GoldenBars are daily bars, and what the release must make of them as if they
// were all there is.
type GoldenBars struct {
	Calendar    []string                `json:"calendar"` // YYYY-MM-DD, ascending
	Symbols     map[string]goldenSymbol `json:"symbols"`
	Instruments map[string][][]string   `json:"instruments"` // first and last day of each range; nil = all days
	Expected    []goldenDay             `json:"expected"`

	Tolerance       float64  `json:"tolerance"`
	WeightTolerance *float64 `json:"weight_tolerance"` // nil = DefaultWeightTolerance

	days []market.Date // Calendar
	at   map[market.Date]int
}

type goldenSymbol struct {
	First  string             `json:"first"`
	Fields map[string][]value `json:"fields"`
}

type goldenDay struct {
	Date        string              `json:"date"`
	Predictions map[string]*float64 `json:"predictions"` // nil = none
	Weights     map[string]float64  `json:"weights"`     // nil = not checked
	Params      rule.Params         `json:"params"`
}

// value is one value of a bar: a float32, null = missing.
type value float32

func (v *value) UnmarshalJSON(b []byte) error {
	*v = value(number(b, 32))
	return nil
}

// The bounds of a golden file's bars: what the gate computes for each load of the release.
const (
	MaxGoldenDays        = 20_000 // of the calendar
	MaxGoldenSymbols     = 1_000
	MaxGoldenRows        = 250_000 // days of all symbols together
	MaxGoldenPredictions = 20_000  // days of expected times symbols
)

// market makes the market of the bars. universe is the name of the release's, "" = it has none.
func (g *GoldenBars) market(universe string) (*market.Market, error) {
	if err := g.readCalendar(); err != nil {
		return nil, err
	}
	if n := len(g.Symbols); n == 0 || n > MaxGoldenSymbols {
		return nil, fmt.Errorf("symbols has %d symbols, 1 to %d are allowed", n, MaxGoldenSymbols)
	}
	if n := len(g.Expected); n == 0 || n*len(g.Symbols) > MaxGoldenPredictions {
		return nil, fmt.Errorf("expected has %d days for %d symbols, at least one and at most %d predictions are allowed", n, len(g.Symbols), MaxGoldenPredictions)
	}
	var given []market.Given
	rows := 0
	for symbol, s := range g.Symbols {
		one, n, err := g.given(symbol, s)
		if err != nil {
			return nil, fmt.Errorf("symbols, %w", err)
		}
		if rows += n; rows > MaxGoldenRows {
			return nil, fmt.Errorf("symbols has more than %d rows together", MaxGoldenRows)
		}
		given = append(given, one)
	}
	m, err := market.FromGiven("golden file", g.days, given)
	if err != nil {
		return nil, fmt.Errorf("symbols: %w", err)
	}
	return m, g.setUniverse(m, universe)
}

func (g *GoldenBars) readCalendar() error {
	if n := len(g.Calendar); n == 0 || n > MaxGoldenDays {
		return fmt.Errorf("calendar has %d days, 1 to %d are allowed", n, MaxGoldenDays)
	}
	g.at = make(map[market.Date]int, len(g.Calendar))
	for i, text := range g.Calendar {
		d, err := day(text)
		if err != nil {
			return fmt.Errorf("calendar[%d] %w", i, err)
		}
		if i > 0 && d <= g.days[i-1] {
			return fmt.Errorf("calendar[%d] does not come after the day before it", i)
		}
		g.days, g.at[d] = append(g.days, d), i
	}
	return nil
}

// day reads a day, and quotes nothing where it is none.
func day(text string) (market.Date, error) {
	d, err := market.ParseDate(text)
	if err != nil || d < market.MinDate || d > market.MaxDate {
		return 0, fmt.Errorf("is no day in the form YYYY-MM-DD from %s to %s", market.MinDate, market.MaxDate)
	}
	return d, nil
}

// onCalendar returns the place of a day on the calendar.
func (g *GoldenBars) onCalendar(text string) (int, error) {
	d, err := day(text)
	if err != nil {
		return 0, err
	}
	i, ok := g.at[d]
	if !ok {
		return 0, errors.New("is no day of the calendar")
	}
	return i, nil
}

// given returns a symbol's bars, with the number of their rows.
func (g *GoldenBars) given(symbol string, s goldenSymbol) (out market.Given, rows int, err error) {
	if canonical, err := market.CanonicalSymbol(symbol); err != nil || canonical != symbol {
		return out, 0, errors.New("one of them: its name is no symbol in upper case")
	}
	out = market.Given{Symbol: symbol, Fields: map[string][]float32{}}
	if out.First, err = g.onCalendar(s.First); err != nil {
		return out, 0, fmt.Errorf("%s: first %w", symbol, err)
	}
	rows = -1
	for name, values := range s.Fields {
		if name == "" || name != strings.ToLower(name) || name[0] == '$' {
			return out, 0, fmt.Errorf("%s: the name of one of its fields is not in lower case and without $", symbol)
		}
		if rows >= 0 && len(values) != rows {
			return out, 0, fmt.Errorf("%s: its fields have different numbers of values", symbol)
		}
		if rows = len(values); out.First+rows > len(g.days) {
			return out, 0, fmt.Errorf("%s: %d values from day %d of a calendar of %d days on", symbol, rows, out.First, len(g.days))
		}
		column := make([]float32, rows)
		for i, v := range values {
			if math.IsInf(float64(v), 0) {
				return out, 0, fmt.Errorf("%s: value %d of one of its fields is beyond a float32", symbol, i)
			}
			column[i] = float32(v)
		}
		out.Fields[name] = column
	}
	if rows < 1 {
		return out, 0, fmt.Errorf("%s: no fields, or no values in them", symbol)
	}
	return out, rows, nil
}

// setUniverse lays what instruments says over the market, as the release's universe.
func (g *GoldenBars) setUniverse(m *market.Market, name string) error {
	if g.Instruments == nil && name == "" {
		return nil
	}
	if name == "" {
		name = market.AllInstruments
	}
	ranges := map[string][][2]market.Date{}
	if g.Instruments == nil {
		for _, s := range m.Series {
			ranges[s.Symbol] = [][2]market.Date{{m.First(), m.Last()}}
		}
	}
	for symbol, list := range g.Instruments {
		if _, ok := g.Symbols[symbol]; !ok {
			return errors.New("instruments names a symbol that symbols does not have")
		}
		for i, r := range list {
			if len(r) != 2 {
				return fmt.Errorf("instruments, %s: range %d has %d days, want the first and the last", symbol, i, len(r))
			}
			from, err := day(r[0])
			if err != nil {
				return fmt.Errorf("instruments, %s: the first day of range %d %w", symbol, i, err)
			}
			to, err := day(r[1])
			if err != nil {
				return fmt.Errorf("instruments, %s: the last day of range %d %w", symbol, i, err)
			}
			ranges[symbol] = append(ranges[symbol], [2]market.Date{from, to})
		}
	}
	m.SetUniverse(name, ranges)
	return nil
}

// check holds the days of expected against the symbols, and the tolerances.
func (g *GoldenBars) check() error {
	if !(g.Tolerance >= 0) || g.WeightTolerance != nil && !(*g.WeightTolerance >= 0) {
		return errors.New("a tolerance is below 0")
	}
	for i, d := range g.Expected {
		if len(d.Predictions) == 0 && d.Weights == nil {
			return fmt.Errorf("expected[%d] checks nothing", i)
		}
		for symbol := range d.Predictions {
			if _, ok := g.Symbols[symbol]; !ok {
				return fmt.Errorf("expected[%d].predictions names a symbol that symbols does not have", i)
			}
		}
		for symbol := range d.Weights {
			if _, ok := g.Symbols[symbol]; !ok {
				return fmt.Errorf("expected[%d].weights names a symbol that symbols does not have", i)
			}
		}
	}
	return nil
}
