package importer

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"

	"edgesignal/host/durable"
	"edgesignal/host/market"
	"edgesignal/host/market/barfile"
)

const (
	barsExt = ".parquet"
	// successFile ends a run that Spark or Hadoop wrote.
	successFile = "_SUCCESS"
)

// runFile is one symbol's file of a run that is written.
type runFile struct {
	symbol string
	days   []int32
	table  *barfile.Table
	bytes  []byte // the file as it is carried over; nil = the table is written
}

// writeRun writes files as dir/<run>, whole or not at all.
func writeRun(ctx context.Context, dir, run string, files []runFile) (err error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	draft := filepath.Join(dir, ".import-"+run+"-"+rand.Text())
	if err := os.Mkdir(draft, 0o777); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(draft))
		}
	}()
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := f.write(filepath.Join(draft, f.symbol+barsExt)); err != nil {
			return err
		}
	}
	if ends, err := endsWithSuccess(dir); err != nil {
		return err
	} else if ends {
		if err := writeFile(filepath.Join(draft, successFile), func(io.Writer) error { return nil }); err != nil {
			return err
		}
	}
	if err := durable.SyncFolder(draft); err != nil {
		return err
	}
	folder := filepath.Join(dir, run)
	if err := mustNotExist(folder); err != nil {
		return err
	}
	if err := os.Rename(draft, folder); err != nil {
		return err
	}
	return durable.SyncFolder(dir)
}

func (f runFile) write(name string) error {
	if f.bytes != nil {
		return writeFile(name, func(w io.Writer) error { _, err := w.Write(f.bytes); return err })
	}
	return writeFile(name, func(w io.Writer) error { return barfile.Write(w, f.table) })
}

func writeFile(name string, fill func(io.Writer) error) (err error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	if err := fill(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Sync()
}

// endsWithSuccess reports whether any run in dir has a _SUCCESS file: hosts
// then wait for that of a newer one.
func endsWithSuccess(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false, err
	}
	for _, e := range entries {
		if _, err := market.ParseDate(e.Name()); err != nil {
			continue
		}
		if _, err := os.Lstat(filepath.Join(dir, e.Name(), successFile)); err == nil {
			return true, nil
		}
	}
	return false, nil
}
