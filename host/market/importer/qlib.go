package importer

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"edgesignal/host/durable"
	"edgesignal/host/market"
	"edgesignal/host/market/barfile"
	"edgesignal/host/market/qlibfile"
)

// FromQlib writes the bars of Qlib's data directory as the run folder <dir>/<run>, which
// must not exist yet, and its calendar and universes beside it, where they are not there
// with other content. Values keep their bits. Other fields than those of bars are not written.
func FromQlib(ctx context.Context, m *market.Market, provider, dir string, run market.Date) (Summary, error) {
	folder := filepath.Join(dir, run.String())
	if err := mustNotExist(folder); err != nil {
		return Summary{}, err
	}
	s := Summary{Dir: folder, Symbols: len(m.Series), First: m.Last(), Last: m.First()}
	var files []runFile
	for _, series := range m.Series {
		t := &barfile.Table{Symbol: series.Symbol}
		columns := []*[]float64{&t.Open, &t.High, &t.Low, &t.Close, &t.Volume, &t.VWAP}
		for row := range series.Len() {
			if !series.HasBar(row) {
				continue
			}
			t.Days = append(t.Days, int32(m.Calendar[series.First+row]))
			for k, c := range [][]float32{series.Open, series.High, series.Low, series.Close, series.Volume, series.VWAP} {
				if c != nil {
					*columns[k] = append(*columns[k], float64(c[row]))
				}
			}
		}
		s.Rows += int64(len(t.Days))
		s.First, s.Last = min(s.First, market.Date(t.Days[0])), max(s.Last, market.Date(t.Days[len(t.Days)-1]))
		files = append(files, runFile{symbol: series.Symbol, days: t.Days, table: t})
	}
	beside := map[string]string{market.CalendarFile: "calendars/day.txt"}
	for _, name := range m.UniverseNames() {
		f := market.InstrumentsFolder + "/" + name + ".txt"
		beside[f] = f
	}
	for to, from := range beside {
		if err := copyBeside(filepath.Join(provider, from), filepath.Join(dir, to)); err != nil {
			return Summary{}, err
		}
	}
	return s, writeRun(ctx, dir, run.String(), files)
}

// copyBeside copies a file unless it is there with the same content.
func copyBeside(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	switch there, err := os.ReadFile(to); {
	case err == nil && bytes.Equal(there, content):
		return nil
	case err == nil:
		return fmt.Errorf("%s is there with other content, and what is served depends on it: move it away first", to)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	return durable.Replace(to, 0o666, func(w io.Writer) error { _, err := w.Write(content); return err })
}

// ToQlib writes a market as Qlib's data directory: the bars, and the fields that are named
// besides. dir must not exist yet; it is there whole or not at all. Values keep their bits.
// Without universes of its own the market's symbols become instruments/all.txt, each from
// its first bar to its last.
func ToQlib(ctx context.Context, m *market.Market, dir string, fields []string) (err error) {
	if err := mustNotExist(dir); err != nil {
		return err
	}
	if err := m.LoadFields(ctx, fields); err != nil {
		return err
	}
	draft := filepath.Join(filepath.Dir(dir), ".export-"+rand.Text())
	if err := os.MkdirAll(draft, 0o777); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(draft))
		}
	}()
	put := func(name string, content []byte) error {
		name = filepath.Join(draft, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			return err
		}
		return writeFile(name, func(w io.Writer) error { _, err := w.Write(content); return err })
	}
	days := make([]int32, len(m.Calendar))
	for i, d := range m.Calendar {
		days[i] = int32(d)
	}
	if err := put("calendars/day.txt", qlibfile.AppendCalendar(nil, days)); err != nil {
		return err
	}
	var all []qlibfile.Range
	for i, s := range m.Series {
		if err := ctx.Err(); err != nil {
			return err
		}
		all = append(all, qlibfile.Range{Symbol: s.Symbol, From: days[s.First], To: days[s.First+s.Len()-1]})
		for _, field := range append([]string{"open", "high", "low", "close", "volume", "vwap"}, fields...) {
			c := m.Column(i, field)
			if len(c.Values) == 0 {
				continue
			}
			name := "features/" + qlibfile.Folder(s.Symbol) + "/" + strings.ToLower(field) + qlibfile.BinExt
			if err := put(name, qlibfile.AppendBin(nil, c.First, c.Values)); err != nil {
				return err
			}
		}
	}
	names := m.UniverseNames()
	for _, name := range names {
		if err := put(market.InstrumentsFolder+"/"+name+".txt", m.Instruments(name).Append(nil)); err != nil {
			return err
		}
	}
	if len(names) == 0 {
		if err := put(market.InstrumentsFolder+"/"+market.AllInstruments+".txt", qlibfile.AppendInstruments(nil, all)); err != nil {
			return err
		}
	}
	if err := os.Rename(draft, dir); err != nil {
		return err
	}
	return durable.SyncFolder(filepath.Dir(dir))
}
