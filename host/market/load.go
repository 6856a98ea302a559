package market

import (
	"context"
	"fmt"
	"io/fs"
)

// Options say how a run is read. The zero value is the default of each field.
type Options struct {
	BadBars BadBars // what becomes of bars that cannot be; "" = WarnBadBars
}

// Load reads the newest run of a data directory:
//
//	<YYYY-MM-DD>/<SYMBOL>.parquet   one file a symbol, its full history
//	<YYYY-MM-DD>/SHA256SUMS         optional: what sha256sum writes
//	<YYYY-MM-DD>/_SUCCESS           where older runs have it: the run is whole
//	symbols.csv                     optional: symbol,sector
//	calendar.txt                    optional: the trading days, one a line
//	instruments/<name>.txt          optional: universes, in Qlib's form
//
// or Qlib's own data directory, which is found by its calendars/day.txt and
// features:
//
//	calendars/day.txt               the trading days
//	features/<symbol>/<field>.day.bin
//	instruments/<name>.txt
//
// The newest folder whose name is a day and that holds a .parquet file wins;
// other names are ignored. A file that cannot be used becomes a Failure and
// hides nothing else. Two files of one run whose names are the same symbol
// without regard to case both fail: nothing says which of them is right. A
// damaged symbols.csv is a Failure, and no sector is known.
//
// Load returns an error when there is no run (ErrNoRun), when the newest
// cannot be listed or nothing in it can be used, when calendar.txt or
// SHA256SUMS is damaged, and the context's error when ctx ends. What it
// returns depends on the bytes alone.
func Load(ctx context.Context, fsys fs.FS) (*Market, error) {
	return LoadFrom(ctx, Directory(fsys))
}

// LoadFrom returns Load for any source.
func LoadFrom(ctx context.Context, src Source) (*Market, error) {
	l, err := src.List(ctx, AnyDay)
	if err != nil {
		return nil, err
	}
	return Fetch(ctx, src, l, Options{})
}

// Fetch fetches a listing of the source and reads it.
func Fetch(ctx context.Context, src Source, l *Listing, opt Options) (*Market, error) {
	fsys, err := src.Fetch(ctx, l)
	if err != nil {
		return nil, err
	}
	return LoadListed(ctx, fsys, l, opt)
}

// LoadListed reads the files of a listing; its errors are those of Load.
func LoadListed(ctx context.Context, fsys fs.FS, l *Listing, opt Options) (*Market, error) {
	if opt.BadBars == "" {
		opt.BadBars = WarnBadBars
	}
	fault := func(err error) error { return fmt.Errorf("market data: run %s: %w", l.Run, err) }
	days, err := l.readCalendar(fsys)
	if err != nil {
		return nil, fault(err)
	}
	sums, err := readSums(fsys, l.Sums)
	if err != nil {
		return nil, fault(err)
	}
	var files []*file
	var folders []*symbolFolder // in Qlib's data directory
	if l.Provider {
		if folders, err = readProvider(ctx, fsys, l.Files, days.days); err == nil {
			files = make([]*file, len(folders))
			for i, f := range folders {
				files[i] = &f.file
			}
		}
	} else {
		files, err = readFiles(ctx, fsys, l.Files)
	}
	if err != nil {
		return nil, err
	}
	failTwins(files)
	files = sums.hold(files)
	suspicions := opt.BadBars.apply(files)
	days.fail(files)
	sectors := readSectors(fsys, l.Sectors)
	universes := readUniverses(fsys, l.Instruments)
	m := &Market{
		Revision:      revision(l, files, sectors, universes, days, sums, opt.BadBars),
		RunDate:       l.Run,
		Sectors:       sectors.names(),
		Failures:      append(failures(files, sectors), universes.failures...),
		Suspicions:    suspicions,
		CalendarGiven: days != nil,
		instruments:   universes.of,
		listing:       l,
		unread:        sectors.unread || universes.unread,
	}
	for _, f := range files {
		m.unread = m.unread || f.unread
	}
	if err := m.align(files, days, sectors.of); err != nil {
		return nil, fault(err)
	}
	if len(m.Series) == 0 {
		return nil, fault(fmt.Errorf("none of its %d files can be used; the first, %s: %s", len(files), files[0].Name, files[0].reason))
	}
	if l.Provider {
		m.provide(fsys, folders)
	} else {
		m.fields = &fields{read: columnReader(fsys, files)}
	}
	return m, nil
}

// readCalendar returns the trading days that a listing's own file names; nil = it has none.
func (l *Listing) readCalendar(fsys fs.FS) (*tradingDays, error) {
	if l.Provider {
		return readProviderCalendar(fsys, l.Calendar)
	}
	return readCalendar(fsys, l.Calendar)
}
