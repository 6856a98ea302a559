package market

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"edgesignal/host/market/qlibfile"
)

// isProvider reports whether a directory looks like Qlib's data directory.
func (d directory) isProvider(root []fs.DirEntry) bool {
	features := slices.ContainsFunc(root, func(e fs.DirEntry) bool { return e.Name() == providerFeatures && d.isFolder(e) })
	if !features {
		return false
	}
	_, err := fs.Stat(d.fsys, providerCalendar)
	return err == nil
}

// provider lists Qlib's data directory. The run's day is the calendar's last one.
func (d directory) provider(instruments []FileInfo, before Date) (*Listing, error) {
	root, err := fs.ReadDir(d.fsys, ".")
	if err != nil {
		return nil, err
	}
	l := &Listing{Provider: true, Instruments: instruments}
	for _, e := range root {
		if e.Name() == SectorsFile {
			l.Sectors = d.info(e, SectorsFile)
		}
	}
	calendars, err := fs.ReadDir(d.fsys, path.Dir(providerCalendar))
	if err != nil {
		return nil, err
	}
	for _, e := range calendars {
		if e.Name() == path.Base(providerCalendar) {
			l.Calendar = d.info(e, providerCalendar)
		}
	}
	days, err := l.readCalendar(d.fsys)
	if err != nil {
		return nil, err
	}
	if l.Run = days.days[len(days.days)-1]; l.Run >= before {
		return nil, ErrNoRun
	}
	symbols, err := fs.ReadDir(d.fsys, providerFeatures)
	if err != nil {
		return nil, err
	}
	for _, s := range symbols {
		folder := providerFeatures + "/" + s.Name()
		if s.Name()[0] == '.' || !d.isFolder(s) {
			continue
		}
		// A folder without a file for a day is not listed: Qlib knows no such symbol.
		found, err := d.listed(folder, func(name string) bool { return strings.HasSuffix(name, qlibfile.BinExt) })
		if err != nil {
			return nil, err
		}
		l.Files = append(l.Files, found...)
		if len(l.Files) > MaxProviderFiles {
			return nil, fmt.Errorf("over %d files below %s", MaxProviderFiles, providerFeatures)
		}
	}
	if len(l.Files) == 0 {
		return nil, fmt.Errorf("%w; it looks like Qlib's data directory, and there is no file %s/<symbol>/<field>%s", ErrNoRun, providerFeatures, qlibfile.BinExt)
	}
	return l, nil
}

func (d directory) instruments() ([]FileInfo, error) {
	found, err := d.listed(InstrumentsFolder, InstrumentsFile)
	if err == nil && len(found) > MaxInstruments {
		err = fmt.Errorf("%s: %d universes; the limit is %d", InstrumentsFolder, len(found), MaxInstruments)
	}
	return found, err
}

// listed returns the files of a folder whose names count, sorted by name.
func (d directory) listed(folder string, counts func(name string) bool) ([]FileInfo, error) {
	entries, err := fs.ReadDir(d.fsys, folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var files []FileInfo
	for _, e := range entries {
		if counts(e.Name()) {
			files = append(files, *d.info(e, folder+"/"+e.Name()))
		}
	}
	return files, nil
}
