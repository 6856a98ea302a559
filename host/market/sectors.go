package market

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"unicode/utf8"

	"edgesignal/host/release"
	"edgesignal/host/text"
)

const (
	maxSectorsFile = 4 << 20 // bytes
	maxSectorName  = 128     // bytes
)

// sectors is what symbols.csv says.
type sectors struct {
	of     map[string]string // by canonical symbol
	sum    string            // SHA-256 of the file, "" = not read
	reason string            // why it cannot be used
	unread bool
}

func readSectors(fsys fs.FS, info *FileInfo) (s sectors) {
	if info == nil {
		return s
	}
	var buf bytes.Buffer
	content, err := slurp(fsys, info.Name, maxSectorsFile, &buf)
	if err != nil {
		s.reason, s.unread = err.Error(), mayPass(err)
		return s
	}
	s.sum = release.Sum(content)
	if s.of, err = parseSectors(content); err != nil {
		s.of, s.reason = nil, err.Error()
	}
	return s
}

// names returns all sectors, sorted, each once, whether or not their symbols have
// bars: a damaged bar file does not change the place of a name.
func (s sectors) names() []string {
	names := slices.Compact(slices.Sorted(maps.Values(s.of)))
	if len(names) > 0 && names[0] == "" {
		names = names[1:]
	}
	return names
}

// parseSectors reads CSV with the columns symbol and sector; others are
// ignored. An empty sector is unknown.
func parseSectors(content []byte) (map[string]string, error) {
	r := csv.NewReader(text.SkipBOM(bytes.NewReader(content)))
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("it is empty")
	}
	if err != nil {
		return nil, err
	}
	symbol, sector := slices.Index(header, "symbol"), slices.Index(header, "sector")
	if symbol < 0 || sector < 0 {
		return nil, fmt.Errorf("its header is %.100q; symbol and sector are needed", header)
	}
	of := map[string]string{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return of, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(symbol)
		name, err := CanonicalSymbol(row[symbol])
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if _, twice := of[name]; twice {
			return nil, fmt.Errorf("line %d: symbol %q is there twice", line, name)
		}
		if v := row[sector]; len(v) > maxSectorName || !utf8.ValidString(v) {
			return nil, fmt.Errorf("line %d: the sector of %s is not UTF-8 text of at most %d bytes", line, name, maxSectorName)
		}
		of[name] = row[sector]
	}
}
