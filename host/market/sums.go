package market

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"edgesignal/host/release"
)

const maxSumsFile = 16 << 20 // bytes

// recorded is what SHA256SUMS of a run folder says. nil = there is none.
type recorded struct {
	of  map[string]string // digest by file name, relative to the data directory
	sum string            // SHA-256 of the file itself
}

// readSums reads SHA256SUMS where there is one. A damaged one is an error: the
// publisher wrote it to be held to it.
func readSums(fsys fs.FS, info *FileInfo) (*recorded, error) {
	if info == nil {
		return nil, nil
	}
	var buf bytes.Buffer
	content, err := slurp(fsys, info.Name, maxSumsFile, &buf)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", info.Name, err)
	}
	r := &recorded{of: map[string]string{}, sum: release.Sum(content)}
	n := 0
	for line := range strings.Lines(string(content)) {
		n++
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			continue
		}
		// "<hex>  name", and "<hex> *name" of binary mode.
		digest, name, ok := strings.Cut(line, " ")
		if ok {
			name, ok = strings.CutPrefix(strings.Replace(name, "*", " ", 1), " ")
		}
		digest = strings.ToLower(digest)
		if !ok || !release.ValidSum(digest) || name == "" {
			return nil, fmt.Errorf("%s: line %d is not a SHA-256 and a name as sha256sum writes them", info.Name, n)
		}
		r.of[path.Join(path.Dir(info.Name), name)] = digest
	}
	if len(r.of) == 0 {
		return nil, errors.New(info.Name + ": it names no file")
	}
	return r, nil
}

// hold fails the files whose bytes are not the recorded ones, and adds those
// that are recorded and not there. Files stay sorted by name.
func (r *recorded) hold(files []*file) []*file {
	if r == nil {
		return files
	}
	there := map[string]bool{}
	for _, f := range files {
		there[f.Name] = true
		if want := r.of[f.Name]; want != "" && f.sum != "" && want != f.sum {
			f.fail(OtherDigest, errors.New("its SHA-256 is not the one in "+SumsFile))
		}
	}
	for name := range r.of {
		if !there[name] && RunFile(path.Base(name)) && strings.HasSuffix(name, barsExt) {
			f := &file{FileInfo: FileInfo{Name: name}}
			f.symbol, _ = CanonicalSymbol(f.stem())
			f.fail(Missing, errors.New(SumsFile+" names it and it is not there"))
			files = append(files, f)
		}
	}
	slices.SortStableFunc(files, func(a, b *file) int { return strings.Compare(a.Name, b.Name) })
	return files
}
