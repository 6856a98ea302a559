package market

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"edgesignal/host/market/barfile"
	"edgesignal/host/market/qlibfile"
	"edgesignal/host/release"
)

// Qlib's own data directory as a market:
//
//	calendars/day.txt                    the trading days
//	instruments/<name>.txt               universes
//	features/<symbol>/<field>.day.bin    one field of one symbol
//
// A symbol's folder is to it what a symbol's file is to a run folder: it fails by itself, and
// its digest is made of those of its files, whether or not they are in memory.
const (
	providerCalendar = "calendars/day.txt"
	providerFeatures = "features"

	// MaxProviderFiles bounds what a listing of Qlib's data directory holds in memory.
	MaxProviderFiles = 1 << 20
)

// barNames are the fields of bars, in the order of barfile.Bars.
var barNames = [...]string{"open", "high", "low", "close", "volume", "vwap"}

// symbolFolder is a symbol's folder of Qlib's data directory.
type symbolFolder struct {
	file               // what the rest of the market sees: the bars that it holds
	infos []FileInfo   // its files
	sums  []string     // SHA-256 of each
	raw   [6]rawColumn // of barNames, as they lie
}

// rawColumn is a field as it lies: from its own first row of the calendar on.
type rawColumn struct {
	first  int
	values []float32
}

// readProvider reads the symbols of Qlib's data directory, in the order of their folders.
func readProvider(ctx context.Context, fsys fs.FS, infos []FileInfo, days []Date) ([]*symbolFolder, error) {
	var folders []*symbolFolder
	for i, info := range infos {
		dir := path.Dir(info.Name)
		if i == 0 || path.Dir(infos[i-1].Name) != dir {
			symbol, err := CanonicalSymbol(qlibfile.Symbol(path.Base(dir)))
			f := &symbolFolder{file: file{FileInfo: FileInfo{Name: dir, Size: -1}, symbol: symbol}}
			if err != nil {
				f.fail(NoSymbol, err)
			}
			folders = append(folders, f)
		}
		f := folders[len(folders)-1]
		f.infos = append(f.infos, info)
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(folders)) {
		workers.Go(func() {
			var buf bytes.Buffer
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(folders) {
					return
				}
				folders[i].read(fsys, days, &buf)
			}
		})
	}
	workers.Wait()
	return folders, ctx.Err()
}

// read reads the bars of a folder, and the digests of all its files.
func (f *symbolFolder) read(fsys fs.FS, days []Date, buf *bytes.Buffer) {
	f.sums = make([]string, len(f.infos))
	var text strings.Builder
	for i, info := range f.infos {
		content, err := slurp(fsys, info.Name, qlibfile.MaxBinBytes, buf)
		if err != nil {
			f.unread = f.unread || mayPass(err)
			if f.reason == "" {
				f.fail(Unreadable, fmt.Errorf("%s: %w", path.Base(info.Name), err))
			}
			continue
		}
		f.sums[i] = release.Sum(content)
		fmt.Fprintf(&text, "%s %s\n", path.Base(info.Name), f.sums[i])
		k := slices.Index(barNames[:], strings.TrimSuffix(path.Base(info.Name), qlibfile.BinExt))
		if k < 0 || f.reason != "" {
			continue
		}
		first, values, err := qlibfile.ReadBin(content, len(days))
		if err != nil {
			f.fail(Malformed, fmt.Errorf("%s: %w", path.Base(info.Name), err))
			continue
		}
		f.raw[k] = rawColumn{first, values}
	}
	if f.file.sum = release.Sum([]byte(text.String())); f.unread {
		f.file.sum = ""
	}
	if f.reason == "" {
		f.gather(days)
	}
}

// gather makes bars of the rows that have any value.
func (f *symbolFolder) gather(days []Date) {
	first, end := len(days), 0
	for _, c := range f.raw {
		if len(c.values) > 0 {
			first, end = min(first, c.first), max(end, c.first+len(c.values))
		}
	}
	b := &barfile.Bars{}
	columns := [...]*[]float32{&b.Open, &b.High, &b.Low, &b.Close, &b.Volume, &b.VWAP}
	for row := first; row < end; row++ {
		there := false
		for _, c := range f.raw {
			v := c.at(row)
			there = there || v == v
		}
		if !there {
			continue
		}
		b.Days = append(b.Days, int32(days[row]))
		for k, c := range f.raw {
			*columns[k] = append(*columns[k], c.at(row))
		}
	}
	if len(b.Days) == 0 {
		f.fail(Malformed, fmt.Errorf("it has no value of %s", strings.Join(barNames[:], ", ")))
		return
	}
	if len(f.raw[len(f.raw)-1].values) == 0 {
		b.VWAP = nil // the field is missing altogether
	}
	f.bars = b
}

func (c *rawColumn) at(row int) float32 {
	if i := row - c.first; i >= 0 && i < len(c.values) {
		return c.values[i]
	}
	return nan32
}

// provide makes the fields of a market of Qlib's data directory: the bars as they lie, and the
// others when they are needed.
func (m *Market) provide(fsys fs.FS, folders []*symbolFolder) {
	of := map[string]*symbolFolder{}
	for _, f := range folders {
		if f.bars != nil {
			of[f.symbol] = f
		}
	}
	m.exact = true
	m.fields = &fields{read: func(ctx context.Context, m *Market, name string) ([]Column, error) {
		return readBins(ctx, fsys, m, of, name)
	}}
	all := map[string][]Column{}
	for k, name := range barNames {
		columns := make([]Column, len(m.Series))
		for i, s := range m.Series {
			columns[i] = s.exact(s.all()[k], of[s.Symbol].raw[k], len(m.Calendar))
		}
		all[name] = columns
	}
	m.fields.loaded.Store(&all)
	for _, f := range folders {
		f.bars, f.raw = nil, [len(f.raw)]rawColumn{}
	}
}

// exact returns a field with the rows that its own file has. Where those are the series' own,
// nothing is copied.
func (s *Series) exact(laid []float32, raw rawColumn, days int) Column {
	n := min(len(raw.values), days-raw.first)
	if n <= 0 {
		return Column{}
	}
	if raw.first == s.First && n == s.Len() {
		return Column{s.First, laid}
	}
	values := make([]float32, n)
	for i := range values {
		values[i] = nan32
		// A day whose bar was dropped has none here either.
		if row := raw.first + i - s.First; row >= 0 && row < s.Len() && laid != nil {
			values[i] = laid[row]
		}
	}
	return Column{raw.first, values}
}

// readBins reads one field of every symbol, held against the digests that the revision was made of.
func readBins(ctx context.Context, fsys fs.FS, m *Market, of map[string]*symbolFolder, name string) ([]Column, error) {
	columns := make([]Column, len(m.Series))
	var buf bytes.Buffer
	for i, s := range m.Series {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f := of[s.Symbol]
		k := slices.IndexFunc(f.infos, func(info FileInfo) bool { return path.Base(info.Name) == name+qlibfile.BinExt })
		if k < 0 {
			continue
		}
		content, err := slurp(fsys, f.infos[k].Name, qlibfile.MaxBinBytes, &buf)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.infos[k].Name, err)
		}
		if release.Sum(content) != f.sums[k] {
			return nil, fmt.Errorf("%s: %w", f.infos[k].Name, ErrChanged)
		}
		first, values, err := qlibfile.ReadBin(content, len(m.Calendar))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.infos[k].Name, err)
		}
		columns[i] = Column{first, values}
	}
	return columns, nil
}

// readProviderCalendar reads the days of Qlib's data directory.
func readProviderCalendar(fsys fs.FS, info *FileInfo) (*tradingDays, error) {
	if info == nil {
		return nil, errors.New(providerCalendar + " is missing")
	}
	var buf bytes.Buffer
	content, err := slurp(fsys, info.Name, qlibfile.MaxCalendarBytes, &buf)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", info.Name, err)
	}
	numbers, err := qlibfile.ReadCalendar(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", info.Name, err)
	}
	days := make([]Date, len(numbers))
	for i, d := range numbers {
		days[i] = Date(d)
	}
	return &tradingDays{days: days, sum: release.Sum(content), whole: true}, nil
}
