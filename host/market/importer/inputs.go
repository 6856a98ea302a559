package importer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// input is one file that is read.
type input struct {
	path       string
	partitions map[string]string // by column, of folders named column=value
}

// extensions are those of the files in a folder that are read.
var extensions = []string{".csv", ".tsv", ".txt", ".parquet", ".csv.gz", ".tsv.gz", ".txt.gz"}

// expand returns the files that are named, and those in folders that are, in
// the order of their names. In a folder, what begins with a dot or an
// underscore is no data, as Spark and Hive have it.
func expand(paths []string) ([]input, error) {
	var all []input
	for _, path := range paths {
		if path == "-" {
			all = append(all, input{path: path})
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			all = append(all, input{path: path, partitions: partitions(path)})
			continue
		}
		before := len(all)
		err = filepath.WalkDir(path, func(name string, e fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case name != path && (e.Name()[0] == '.' || e.Name()[0] == '_'):
				if e.IsDir() {
					return fs.SkipDir
				}
				return nil
			case e.IsDir() || !known(name):
				return nil
			}
			if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
				return errors.Join(err, fmt.Errorf("%s: not a regular file", name))
			}
			all = append(all, input{path: name, partitions: partitions(name)})
			return nil
		})
		if err != nil {
			return nil, err
		}
		if len(all) == before {
			return nil, fmt.Errorf("%s: no file in it has one of the extensions %s", path, strings.Join(extensions, ", "))
		}
	}
	return all, nil
}

func known(name string) bool { return extension(name) != "" }

// extension returns the longest of extensions that a name ends in, "" = none.
func extension(name string) (found string) {
	lower := strings.ToLower(name)
	for _, ext := range extensions {
		if strings.HasSuffix(lower, ext) && len(ext) > len(found) {
			found = ext
		}
	}
	return found
}

// String returns how the input is called.
func (in input) String() string {
	if in.path == "-" {
		return "standard input"
	}
	return in.path
}

// stem returns a file's name without folders and extension.
func (in input) stem() string {
	base := filepath.Base(in.path)
	return base[:len(base)-len(extension(base))]
}

// partitions returns what the folders of a path say: .../symbol=AAPL/year=2024/.
func partitions(path string) map[string]string {
	found := map[string]string{}
	for _, part := range strings.Split(filepath.ToSlash(filepath.Dir(path)), "/") {
		column, value, ok := strings.Cut(part, "=")
		if !ok {
			continue
		}
		if plain, err := url.PathUnescape(value); err == nil {
			value = plain
		}
		if value != "__HIVE_DEFAULT_PARTITION__" {
			found[column] = value
		}
	}
	return found
}

// maxParquet is the largest Parquet file that is read, in bytes: it is read as a whole.
const maxParquet = 4 << 30

// read reads one input, whatever it is.
func (im *importing) read(ctx context.Context, in input) error {
	r := im.Stdin
	if in.path != "-" {
		f, err := os.Open(in.path)
		if err != nil {
			return err
		}
		defer io.ReadCloser(f).Close()
		r = f
	}
	if err := im.readFrom(ctx, in, bufio.NewReaderSize(r, 1<<16)); err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	return nil
}

func (im *importing) readFrom(ctx context.Context, in input, r *bufio.Reader) error {
	format := "CSV"
	if begins(r, "\x1f\x8b") {
		unzip, err := gzip.NewReader(r)
		if err != nil {
			return err
		}
		r, format = bufio.NewReaderSize(unzip, 1<<16), "CSV, gzip"
	}
	switch {
	case begins(r, "PAR1"):
		var content bytes.Buffer
		if _, err := content.ReadFrom(io.LimitReader(r, maxParquet+1)); err != nil {
			return err
		}
		if content.Len() > maxParquet {
			return fmt.Errorf("more than %d bytes, which is the limit of a Parquet file", int64(maxParquet))
		}
		return im.readParquet(ctx, in, content.Bytes())
	case begins(r, "\xff\xfe") || begins(r, "\xfe\xff"):
		return errors.New("UTF-16; save it as CSV in UTF-8")
	case begins(r, "PK\x03\x04"):
		return errors.New("a zip archive or an Excel workbook; unpack it, or save the sheet as CSV in UTF-8")
	}
	return im.readCSV(ctx, in, r, format)
}

func begins(r *bufio.Reader, with string) bool {
	b, _ := r.Peek(len(with))
	return string(b) == with
}

// partition returns the value of the first of the names that a folder has.
func (in input) partition(names []string) (column, value string, ok bool) {
	for _, name := range names {
		for _, column := range slices.Sorted(maps.Keys(in.partitions)) {
			if fold(column) == name {
				return column, in.partitions[column], true
			}
		}
	}
	return "", "", false
}
