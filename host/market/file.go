package market

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"sync"
	"sync/atomic"

	"edgesignal/host/market/barfile"
	"edgesignal/host/release"
)

// file is one .parquet file of a run, after it was read.
type file struct {
	FileInfo
	symbol string        // canonical, "" = its name is not a symbol
	sum    string        // SHA-256 of its bytes, "" = not read
	bars   *barfile.Bars // nil = it failed
	kind   FailureKind   // why it failed
	reason string        // the same in words
	unread bool          // its bytes could not be read: worth trying again
}

func (f *file) fail(kind FailureKind, err error) { f.bars, f.kind, f.reason = nil, kind, err.Error() }

// displayName returns the symbol that a failure names.
func (f *file) displayName() string {
	if f.symbol != "" {
		return f.symbol
	}
	return f.stem()
}

// readFiles reads files in parallel, as many at once as Go runs threads, and
// returns them in the same order.
func readFiles(ctx context.Context, fsys fs.FS, infos []FileInfo) ([]*file, error) {
	files := make([]*file, len(infos))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(infos)) {
		workers.Go(func() {
			var r fileReader
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(infos) {
					return
				}
				files[i] = r.read(fsys, infos[i])
			}
		})
	}
	workers.Wait()
	return files, ctx.Err()
}

// fileReader keeps one worker's memory between files.
type fileReader struct {
	content bytes.Buffer
	bars    barfile.Reader
}

func (r *fileReader) read(fsys fs.FS, info FileInfo) *file {
	f := &file{FileInfo: info}
	symbol, symbolErr := CanonicalSymbol(info.stem())
	f.symbol = symbol
	content, err := slurp(fsys, info.Name, barfile.MaxBytes, &r.content)
	if err != nil {
		f.unread = mayPass(err)
		kind := Unreadable
		if errors.Is(err, errTooLarge) {
			kind = TooLarge
		}
		f.fail(kind, err)
		return f
	}
	f.sum = release.Sum(content)
	if symbolErr != nil {
		f.fail(NoSymbol, symbolErr)
		return f
	}
	if f.bars, err = r.bars.Read(symbol, content); err != nil {
		f.fail(Malformed, err)
	}
	return f
}

var (
	errFolder     = errors.New("it is a folder, not a file")
	errNotRegular = errors.New("it is not a regular file")
	errTooLarge   = errors.New("it is over the limit")
)

// mayPass reports whether reading the same file again may go better, although
// the directory looks the same.
func mayPass(err error) bool {
	return !errors.Is(err, errFolder) && !errors.Is(err, errNotRegular) && !errors.Is(err, errTooLarge)
}

// slurp reads a file of at most limit bytes into buf; the content is valid
// until buf is used again.
func slurp(fsys fs.FS, name string, limit int64, buf *bytes.Buffer) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer io.ReadCloser(f).Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	switch {
	case info.IsDir():
		return nil, errFolder
	case !info.Mode().IsRegular():
		return nil, errNotRegular // a FIFO or a device may give bytes without end, or none
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%w of %d bytes", errTooLarge, limit)
	}
	buf.Reset()
	buf.Grow(int(info.Size()) + bytes.MinRead)
	if _, err := buf.ReadFrom(io.LimitReader(f, limit+1)); err != nil {
		return nil, err
	}
	if int64(buf.Len()) > limit {
		return nil, fmt.Errorf("%w of %d bytes", errTooLarge, limit)
	}
	return buf.Bytes(), nil
}
