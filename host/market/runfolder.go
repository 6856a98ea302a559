package market

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"

	"edgesignal/host/durable"
	"edgesignal/host/market/barfile"
)

// writeRun writes the tables as dir/<run>, whole or not at all.
func writeRun(ctx context.Context, dir, run string, tables []*barfile.Table) (err error) {
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
	for _, t := range tables {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := writeBars(filepath.Join(draft, t.Symbol+barsExt), t); err != nil {
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

func writeBars(name string, t *barfile.Table) (err error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	if err := barfile.Write(w, t); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Sync()
}
