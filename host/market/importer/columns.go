package importer

import (
	"fmt"
	"slices"
	"strings"

	"edgesignal/host/market"
)

// What a column may hold. The values stand in the order of rows.
const (
	symbolColumn = iota
	dateColumn
	firstValue
	holdingsEnd = firstValue + valueColumns
)

const valueColumns = 6 // open, high, low, close, volume, vwap

var holdings = [holdingsEnd]string{"symbol", "date", "open", "high", "low", "close", "volume", "vwap"}

// aliases are other names that a column is known by, folded. The first that
// is there counts.
var aliases = [holdingsEnd][]string{
	symbolColumn:   {"symbol", "ticker", "instrument", "code"},
	dateColumn:     {"date", "datetime", "timestamp", "time", "day", "trade_date"},
	firstValue + 0: {"open"}, firstValue + 1: {"high"}, firstValue + 2: {"low"}, firstValue + 3: {"close"},
	firstValue + 4: {"volume", "vol"}, firstValue + 5: {"vwap"},
}

// fold returns a column's name without what differs from program to program:
// "Adj Close", "adj_close" and "<ADJ.CLOSE>" are one.
func fold(name string) string {
	name = strings.ToLower(strings.Trim(strings.TrimSpace(name), "<>"))
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '.' || r == '-' {
			return '_'
		}
		return r
	}, name)
}

// layout is where an input's columns are, by their places among its names.
type layout struct {
	names  []string
	at     [holdingsEnd]int // -1 = it has no such column
	factor int              // the column of adjusted closes, -1 = none
	symbol string           // of every row, where no column says it
	date   *market.Date     // of every row, likewise
	found  []Column
}

// layOut finds out which of the named columns holds what.
func (im *importing) layOut(in input, names []string) (*layout, error) {
	l := &layout{names: names, factor: -1}
	for k := range holdings {
		wanted, given := aliases[k], false
		if name, ok := im.Columns[holdings[k]]; ok {
			wanted, given = []string{fold(name)}, true
		}
		at, err := l.find(wanted)
		if err != nil {
			return nil, err
		}
		l.at[k] = at
		if at >= 0 {
			l.took(holdings[k], fmt.Sprintf("%q", names[at]))
			continue
		}
		if given {
			return nil, fmt.Errorf("no column is named %q; %s", im.Columns[holdings[k]], l.has())
		}
		switch k {
		case symbolColumn:
			err = im.symbolElsewhere(in, l)
		case dateColumn:
			err = im.dateElsewhere(in, l)
		case holdingsEnd - 1: // vwap may be missing
		default:
			err = l.missing(k)
		}
		if err != nil {
			return nil, err
		}
	}
	if im.Adjusted == "" {
		return l, nil
	}
	var err error
	if l.factor, err = l.find([]string{fold(im.Adjusted)}); err != nil {
		return nil, err
	}
	if l.factor < 0 {
		return nil, fmt.Errorf("no column is named %q; %s", im.Adjusted, l.has())
	}
	l.took("adjusted close", fmt.Sprintf("%q", names[l.factor]))
	return l, nil
}

func (l *layout) took(holds, from string) { l.found = append(l.found, Column{holds, from}) }

// find returns the place of the first of the folded names that is there, -1 = none is.
func (l *layout) find(wanted []string) (int, error) {
	for _, w := range wanted {
		found := -1
		for i, name := range l.names {
			switch {
			case fold(name) != w:
			case found >= 0:
				return -1, fmt.Errorf("two columns for %q: %.40q and %.40q", w, l.names[found], name)
			default:
				found = i
			}
		}
		if found >= 0 {
			return found, nil
		}
	}
	return -1, nil
}

func (l *layout) missing(k int) error {
	return fmt.Errorf("no column for %q; %s: say which it is with --column %s=NAME", holdings[k], l.has(), holdings[k])
}

// has says which columns there are, the first of very many.
func (l *layout) has() string {
	quoted := make([]string, 0, len(l.names))
	for _, name := range l.names[:min(len(l.names), 20)] {
		quoted = append(quoted, fmt.Sprintf("%.40q", name))
	}
	if len(l.names) > 20 {
		quoted = append(quoted, fmt.Sprintf("and %d more", len(l.names)-20))
	}
	return "there are " + strings.Join(quoted, ", ")
}

// symbolElsewhere finds the symbol of all rows where no column holds it.
func (im *importing) symbolElsewhere(in input, l *layout) error {
	from := "--symbol"
	if l.symbol = im.Symbol; l.symbol == "" {
		var column string
		var ok bool
		if column, l.symbol, ok = in.partition(aliases[symbolColumn]); ok {
			from = "the folder " + column + "=..."
		} else if in.path != "-" {
			l.symbol, from = in.stem(), "the file's name"
		} else {
			return l.missing(symbolColumn)
		}
	}
	if _, err := market.CanonicalSymbol(l.symbol); err != nil {
		return fmt.Errorf("no column for \"symbol\"; %s; and from %s: %w", l.has(), from, err)
	}
	l.took("symbol", from)
	return nil
}

// dateElsewhere finds the date of all rows where no column holds it.
func (im *importing) dateElsewhere(in input, l *layout) error {
	column, value, ok := in.partition(aliases[dateColumn])
	if !ok {
		return l.missing(dateColumn)
	}
	day, err := im.days.parse(value)
	if err != nil {
		return fmt.Errorf("the folder %s=...: %w", column, err)
	}
	l.date = &day
	l.took("date", "the folder "+column+"=...")
	return nil
}

// unused returns the names of the columns that are not read.
func (l *layout) unused() (names []string) {
	for i, name := range l.names {
		if i != l.factor && !slices.Contains(l.at[:], i) {
			names = append(names, name)
		}
	}
	return names
}
