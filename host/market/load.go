package market

import (
	"context"
	"fmt"
	"io/fs"
)

// Load reads the newest run of a data directory:
//
//	<YYYY-MM-DD>/<SYMBOL>.parquet   one file a symbol, its full history
//	symbols.csv                     optional: symbol,sector
//
// The newest folder whose name is a day and that holds a .parquet file wins;
// other names are ignored. A file that cannot be used becomes a Failure and
// hides nothing else. Two files of one run whose names are the same symbol
// without regard to case both fail: nothing says which of them is right. A
// damaged symbols.csv is a Failure, and no sector is known.
//
// Load returns an error when there is no run (ErrNoRun), when the newest
// cannot be listed or nothing in it can be used, and the context's error when
// ctx ends. What it returns depends on the bytes alone.
func Load(ctx context.Context, fsys fs.FS) (*Market, error) {
	return LoadFrom(ctx, Directory(fsys))
}

// LoadFrom returns Load for any source.
func LoadFrom(ctx context.Context, src Source) (*Market, error) {
	l, err := src.List(ctx)
	if err != nil {
		return nil, err
	}
	return fetchListed(ctx, src, l)
}

func fetchListed(ctx context.Context, src Source, l *Listing) (*Market, error) {
	fsys, err := src.Fetch(ctx, l)
	if err != nil {
		return nil, err
	}
	return LoadListed(ctx, fsys, l)
}

// LoadListed reads the files of a listing; its errors are those of Load.
func LoadListed(ctx context.Context, fsys fs.FS, l *Listing) (*Market, error) {
	files, err := readFiles(ctx, fsys, l.Files)
	if err != nil {
		return nil, err
	}
	failTwins(files)
	sectors := readSectors(fsys, l.Sectors)
	m := &Market{
		Revision: revision(l.Run, files, sectors),
		RunDate:  l.Run,
		Sectors:  sectors.names(),
		Failures: failures(files, sectors),
		listing:  l,
		unread:   sectors.unread,
	}
	for _, f := range files {
		m.unread = m.unread || f.unread
	}
	if err := m.align(files, sectors.of); err != nil {
		return nil, fmt.Errorf("market data: run %s: %w", l.Run, err)
	}
	if len(m.Series) == 0 {
		return nil, fmt.Errorf("market data: run %s: none of its %d files can be used; the first, %s: %s",
			l.Run, len(files), files[0].Name, files[0].reason)
	}
	return m, nil
}

// failTwins fails the files of a symbol that has more than one.
func failTwins(files []*file) {
	first := map[string]*file{}
	for _, f := range files {
		if f.symbol == "" {
			continue
		}
		twin := first[f.symbol]
		if twin == nil {
			first[f.symbol] = f
			continue
		}
		twin.fail(fmt.Errorf("%s is the same symbol", f.Name))
		f.fail(fmt.Errorf("%s is the same symbol", twin.Name))
	}
}

// failures are sorted by file, as files are.
func failures(files []*file, s sectors) []Failure {
	out := []Failure{}
	for _, f := range files {
		if f.bars == nil {
			out = append(out, Failure{Symbol: f.displayName(), File: f.Name, Reason: f.reason})
		}
	}
	if s.reason != "" {
		out = append(out, Failure{File: SectorsFile, Reason: s.reason})
	}
	return out
}
