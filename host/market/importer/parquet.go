package importer

import (
	"context"
	"fmt"
	"strings"

	"edgesignal/host/market"
	"edgesignal/host/market/barfile"
)

// readParquet reads a table of one or of many symbols.
func (im *importing) readParquet(ctx context.Context, in input, content []byte) error {
	names, err := barfile.ColumnNames(content)
	if err != nil {
		return err
	}
	l, err := im.layOut(in, names)
	if err != nil {
		return err
	}
	im.took(Taken{Name: in.String(), Format: "Parquet", Columns: l.found, Unused: l.unused()})
	name := func(at int) string {
		if at < 0 {
			return ""
		}
		return strings.ToLower(names[at])
	}
	long := barfile.Long{Symbol: name(l.at[symbolColumn]), Date: name(l.at[dateColumn]), Dates: barfile.Dates{
		Zone: im.Zone, Digits: true,
		Text: func(s string) (int32, error) { d, err := im.days.parse(s); return int32(d), err },
	}}
	for _, at := range append(l.at[firstValue:], l.factor) {
		long.Values = append(long.Values, name(at))
	}
	where := im.rows.begin(in.String(), "row", l.at[holdingsEnd-1] >= 0)
	var r barfile.Reader
	return r.ReadLong(ctx, content, long, func(rows barfile.Rows) error {
		for i := range rows.Values[0] {
			if err := im.parquetRow(l, rows, i, where); err != nil {
				return fmt.Errorf("row %d: %w", rows.First+i, err)
			}
			if err := im.step(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

func (im *importing) parquetRow(l *layout, rows barfile.Rows, i int, where int32) error {
	symbol, day := l.symbol, l.date
	if rows.Symbols != nil {
		symbol = rows.Symbols[i]
	}
	if rows.Days != nil {
		d := market.Date(rows.Days[i])
		day = &d
	}
	var values [valueColumns]float64
	for k := range values {
		values[k] = rows.Values[k][i]
		if !held(values[k]) {
			return fmt.Errorf("column %q is out of the range of float32", holdings[firstValue+k])
		}
	}
	if l.factor >= 0 {
		if err := adjust(&values, rows.Values[valueColumns][i]); err != nil {
			return err
		}
	}
	return im.rows.add(symbol, *day, place{where, int64(rows.First + i)}, values)
}
