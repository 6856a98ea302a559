package mirror

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"syscall"

	"edgesignal/host/market"
	"edgesignal/host/release"
)

// manifest says what a market was made of.
type manifest struct {
	Format   int    // 1
	Source   string // endpoint and URL
	Revision string // of the market
	Run      market.Date
	Files    []keptFile
	Sectors  *keptFile // nil = there was none
	Calendar *keptFile `json:",omitempty"` // as Sectors
	Sums     *keptFile `json:",omitempty"` // as Sectors
}

// keptFile is a file of the run.
type keptFile struct {
	market.FileInfo
	SHA256 string `json:",omitempty"` // "" = it could not be had
}

// sealed is the manifest's file: a change that nobody meant shows. Who can
// write the folder can write a seal too, and is trusted as with the program.
type sealed struct {
	Manifest json.RawMessage
	SHA256   string // of the bytes of Manifest
}

const (
	format           = 1
	maxManifestBytes = 64 << 20
)

func newManifest(source string, mk *market.Market, have map[market.FileInfo]string) *manifest {
	l := mk.Listing()
	k := &manifest{Format: format, Source: source, Revision: mk.Revision, Run: l.Run}
	for _, f := range l.Files {
		k.Files = append(k.Files, keptFile{f, have[f]})
	}
	keep := func(f *market.FileInfo) *keptFile {
		if f == nil {
			return nil
		}
		return &keptFile{*f, have[*f]}
	}
	k.Sectors, k.Calendar, k.Sums = keep(l.Sectors), keep(l.Calendar), keep(l.Sums)
	return k
}

func (k *manifest) all() []keptFile {
	all := slices.Clip(k.Files)
	for _, f := range []*keptFile{k.Sums, k.Sectors, k.Calendar} {
		if f != nil {
			all = append(all, *f)
		}
	}
	return all
}

func (k *manifest) listing() *market.Listing {
	l := &market.Listing{Run: k.Run}
	for _, f := range k.Files {
		l.Files = append(l.Files, f.FileInfo)
	}
	info := func(f *keptFile) *market.FileInfo {
		if f == nil {
			return nil
		}
		return &f.FileInfo
	}
	l.Sectors, l.Calendar, l.Sums = info(k.Sectors), info(k.Calendar), info(k.Sums)
	return l
}

func (k *manifest) digests() map[market.FileInfo]string {
	sums := map[market.FileInfo]string{}
	for _, f := range k.all() {
		if f.SHA256 != "" {
			sums[f.FileInfo] = f.SHA256
		}
	}
	return sums
}

func (k *manifest) bytes() ([]byte, error) {
	b, err := json.Marshal(k)
	if err != nil {
		return nil, err
	}
	return json.Marshal(sealed{b, release.Sum(b)})
}

func readManifest(name string) (*manifest, error) {
	f, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer io.ReadCloser(f).Close()
	b, err := io.ReadAll(io.LimitReader(f, maxManifestBytes+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxManifestBytes {
		return nil, fmt.Errorf("it has more than %d bytes", maxManifestBytes)
	}
	var s sealed
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, fmt.Errorf("not readable: %w", err)
	}
	if sum := release.Sum(s.Manifest); sum != s.SHA256 {
		return nil, fmt.Errorf("its SHA-256 is %s, not %s", sum, s.SHA256)
	}
	k := &manifest{}
	if err := json.Unmarshal(s.Manifest, k); err != nil {
		return nil, fmt.Errorf("not readable: %w", err)
	}
	if k.Format != format {
		return nil, fmt.Errorf("format %d, this program reads %d", k.Format, format)
	}
	if len(k.Files) == 0 || k.Revision == "" {
		return nil, errors.New("incomplete")
	}
	for _, f := range k.all() {
		// It becomes the name of a file.
		if sum, err := hex.DecodeString(f.SHA256); err != nil || len(sum) != 0 && len(sum) != 32 {
			return nil, fmt.Errorf("%s: %.80q is not a SHA-256", f.Name, f.SHA256)
		}
	}
	return k, nil
}
