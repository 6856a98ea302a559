package market

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"edgesignal/host/market/barfile"
)

// BadBars says what becomes of bars that cannot be.
type BadBars string

// Whatever is chosen, such bars are counted and named in Market.Suspicions.
const (
	WarnBadBars   BadBars = "warn"   // they are used as they are
	DropBadBars   BadBars = "drop"   // they are left out, as if the day had no bar
	RefuseBadBars BadBars = "refuse" // their file fails
)

// UnmarshalText takes warn, drop and refuse.
func (b *BadBars) UnmarshalText(text []byte) error {
	*b = BadBars(text)
	if *b != WarnBadBars && *b != DropBadBars && *b != RefuseBadBars {
		return errors.New("warn, drop or refuse is expected")
	}
	return nil
}

// BarFault is a way in which a bar cannot be.
type BarFault string

// The faults of bars, in the order in which they are looked for: a bar counts
// for the first.
const (
	BadPrice     BarFault = "price"          // a price is 0 or less, or infinite
	HighBelowLow BarFault = "high_below_low" // the high is below the low
	BadVolume    BarFault = "volume"         // the volume is negative or infinite
	BadVWAP      BarFault = "vwap"           // the vwap is under half the low, or over twice the high
	CloseJump    BarFault = "close_jump"     // the close is over ten times that of the bar before, or under a tenth
)

// BarFaults are all of them.
var BarFaults = []BarFault{BadPrice, HighBelowLow, BadVolume, BadVWAP, CloseJump}

const (
	maxVWAPFactor = 2
	maxJump       = 10
)

// Suspicion names the bars of one symbol that cannot be.
type Suspicion struct {
	Symbol   string           `json:"symbol"`
	File     string           `json:"file"`
	Bars     int              `json:"bars"`
	Faults   map[BarFault]int `json:"faults"` // bars by fault
	FirstDay Date             `json:"first_day"`
}

// apply looks at the bars of all files that can be used.
func (b BadBars) apply(files []*file) []Suspicion {
	var found []Suspicion
	for _, f := range files {
		if f.bars == nil {
			continue
		}
		c := Columns{Open: f.bars.Open, High: f.bars.High, Low: f.bars.Low, Close: f.bars.Close, Volume: f.bars.Volume, VWAP: f.bars.VWAP}
		bad, s := suspect(f.bars.Days, c.all())
		if len(bad) == 0 {
			continue
		}
		s.Symbol, s.File = f.symbol, f.Name
		found = append(found, s)
		switch b {
		case WarnBadBars:
		case DropBadBars:
			if len(bad) == len(f.bars.Days) {
				f.fail(Impossible, fmt.Errorf("none of its %d bars can be; the first, %s", len(bad), s))
				continue
			}
			f.bars = without(f.bars, bad)
		case RefuseBadBars:
			f.fail(Impossible, fmt.Errorf("%d bars that cannot be; the first, %s", len(bad), s))
		}
	}
	slices.SortStableFunc(found, func(a, b Suspicion) int { return strings.Compare(a.Symbol, b.Symbol) })
	return found
}

// CheckTable looks at a table as at a file. It returns the table without the bars that cannot
// be where they are dropped, nil for none left, and an error where they are refused.
func (b BadBars) CheckTable(t *barfile.Table) (*barfile.Table, *Suspicion, error) {
	bad, s := suspect(t.Days, [6][]float64{t.Open, t.High, t.Low, t.Close, t.Volume, t.VWAP})
	if len(bad) == 0 {
		return t, nil, nil
	}
	s.Symbol, s.File = t.Symbol, t.Symbol+barsExt
	switch b {
	case RefuseBadBars:
		return nil, nil, fmt.Errorf("%s: %d bars that cannot be; the first, %s", t.Symbol, len(bad), s)
	case DropBadBars:
		if len(bad) == len(t.Days) {
			return nil, &s, nil
		}
		t = &barfile.Table{
			Symbol: t.Symbol, Days: leaveOut(t.Days, bad), Open: leaveOut(t.Open, bad), High: leaveOut(t.High, bad), Low: leaveOut(t.Low, bad),
			Close: leaveOut(t.Close, bad), Volume: leaveOut(t.Volume, bad), VWAP: leaveOut(t.VWAP, bad),
		}
	}
	return t, &s, nil
}

// String returns the first day and what is wrong with the bars, most frequent fault first.
func (s Suspicion) String() string {
	faults := make([]BarFault, 0, len(s.Faults))
	for fault := range s.Faults {
		faults = append(faults, fault)
	}
	slices.SortFunc(faults, func(a, b BarFault) int {
		if s.Faults[a] != s.Faults[b] {
			return s.Faults[b] - s.Faults[a]
		}
		return strings.Compare(string(a), string(b))
	})
	words := make([]string, len(faults))
	for i, fault := range faults {
		words[i] = fmt.Sprintf("%s %d", fault, s.Faults[fault])
	}
	return fmt.Sprintf("%s (%s)", s.FirstDay, strings.Join(words, ", "))
}

// suspect returns the rows of the bars that cannot be, ascending, and what they
// say of their symbol. Bars are oldest first, columns in the order of
// Columns, nil = not there.
//
// A close is held against the last bar that can be. Where it jumps and the bar
// after it stays at the new level, the level is taken as changed, so that a
// split that nobody adjusted for is one such bar and not all that follow.
func suspect[F float32 | float64](days []int32, columns [6][]F) (rows []int, s Suspicion) {
	closes := columns[3]
	before := math.NaN()
	s.Faults = map[BarFault]int{}
	for row := range days {
		fault := faultOf(columns, row)
		now := math.NaN()
		if closes != nil && fault == "" {
			now = float64(closes[row])
		}
		if jumps(before, now) {
			fault = CloseJump
			if next := nextClose(closes, row); jumps(now, next) || math.IsNaN(next) {
				now = math.NaN()
			}
		}
		if !math.IsNaN(now) {
			before = now
		}
		if fault == "" {
			continue
		}
		if len(rows) == 0 {
			s.FirstDay = Date(days[row])
		}
		rows = append(rows, row)
		s.Faults[fault]++
	}
	s.Bars = len(rows)
	return rows, s
}

// nextClose returns the close of the next bar that has one, NaN = none has.
func nextClose[F float32 | float64](closes []F, row int) float64 {
	for _, v := range closes[row+1:] {
		if v == v {
			return float64(v)
		}
	}
	return math.NaN()
}

// jumps reports whether two closes lie further apart than any day's trading
// brings; false where one is missing.
func jumps(a, b float64) bool { return a > 0 && b > 0 && (b > maxJump*a || a > maxJump*b) }

// faultOf returns the first fault that a bar has by itself, "" = none. A
// missing value has none.
func faultOf[F float32 | float64](columns [6][]F, row int) BarFault {
	at := func(k int) float64 {
		if columns[k] == nil {
			return math.NaN()
		}
		return float64(columns[k][row])
	}
	high, low, volume, vwap := at(1), at(2), at(4), at(5)
	for _, price := range []float64{at(0), high, low, at(3), vwap} {
		if price <= 0 || math.IsInf(price, 1) {
			return BadPrice
		}
	}
	switch {
	case high < low:
		return HighBelowLow
	case volume < 0 || math.IsInf(volume, 1):
		return BadVolume
	case vwap < low/maxVWAPFactor || vwap > high*maxVWAPFactor:
		return BadVWAP
	}
	return ""
}

// without returns bars without some rows, which are ascending.
func without(b *barfile.Bars, rows []int) *barfile.Bars {
	return &barfile.Bars{
		Days: leaveOut(b.Days, rows), Open: leaveOut(b.Open, rows), High: leaveOut(b.High, rows), Low: leaveOut(b.Low, rows),
		Close: leaveOut(b.Close, rows), Volume: leaveOut(b.Volume, rows), VWAP: leaveOut(b.VWAP, rows),
	}
}

func leaveOut[T any](values []T, rows []int) []T {
	if values == nil {
		return nil
	}
	kept, from := make([]T, 0, len(values)-len(rows)), 0
	for _, row := range rows {
		kept = append(kept, values[from:row]...)
		from = row + 1
	}
	return append(kept, values[from:]...)
}
