package mirror

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/market"
	"edgesignal/host/market/markettest"
	"edgesignal/host/release"
)

func TestConformance(t *testing.T) {
	markettest.Run(t, func(t *testing.T) markettest.Place { return open(t) })
}

func TestOnlyWhatChangedIsFetched(t *testing.T) {
	p := open(t)
	files := p.run(t, "2024-12-30", 20)
	markettest.Same(t, markettest.Expected(t, files), p.take(t))
	keys, _ := p.bucket.took()
	require.Len(t, keys, 20)

	p.take(t)
	keys, looks := p.bucket.took()
	require.Empty(t, keys, "nothing changed")
	require.Equal(t, 2, looks, "what a look costs")

	change := func(name string, content []byte) {
		files[name] = content
		p.Put(t, name, content)
	}
	change("2024-12-30/S003.parquet", markettest.Bars(t, "S003", "2024-01-02", 9, 77))
	change("2024-12-30/NEW.parquet", markettest.Bars(t, "NEW", "2024-01-02", 9, 78))
	change("symbols.csv", []byte("symbol,sector\nNEW,Energy\n"))
	delete(files, "2024-12-30/S004.parquet")
	p.Remove(t, "2024-12-30/S004.parquet")
	markettest.Same(t, markettest.Expected(t, files), p.take(t))
	keys, _ = p.bucket.took()
	require.Equal(t, []string{"adjusted/daily/2024-12-30/NEW.parquet", "adjusted/daily/2024-12-30/S003.parquet", "adjusted/daily/symbols.csv"}, keys)
	require.Equal(t, contents(files), p.onDisk(t), "and what is gone is dropped")

	p.start(t)
	markettest.Same(t, markettest.Expected(t, files), p.take(t))
	keys, _ = p.bucket.took()
	require.Empty(t, keys, "nor after a start")
}

func TestTheDiskHoldsTwoRunsAtMost(t *testing.T) {
	p := open(t)
	older := p.run(t, "2024-12-29", 10)
	p.take(t)
	for i, day := range []string{"2024-12-30", "2024-12-31", "2025-01-02"} {
		newer := map[string][]byte{}
		for name := range p.run(t, day, 10) {
			newer[name] = markettest.Bars(t, strings.TrimSuffix(filepath.Base(name), ".parquet"), "2024-01-02", 20+i, i)
			p.Put(t, name, newer[name])
		}
		l, err := p.List(t.Context(), market.AnyDay)
		require.NoError(t, err)
		fsys, err := p.Fetch(t.Context(), l)
		require.NoError(t, err)
		require.Equal(t, contents(older, newer), p.onDisk(t), "both, until the newer one serves")
		m, err := market.LoadListed(t.Context(), fsys, l, market.Options{})
		require.NoError(t, err)
		require.NoError(t, p.Keep(m))
		require.Equal(t, contents(newer), p.onDisk(t))
		older = newer
	}
}

func TestAStartWithoutTheBucket(t *testing.T) {
	p := open(t)
	kept, err := p.Kept(t.Context())
	require.NoError(t, err)
	require.Nil(t, kept, "nothing was kept yet")

	files := p.run(t, "2024-12-31", 10)
	files["2024-12-31/BAD.parquet"] = []byte("damaged in the bucket already")
	files["2024-12-31/BIG.parquet"] = make([]byte, 64<<20+1)
	files["symbols.csv"] = []byte("symbol,sector\nS001,Energy\n")
	for name, content := range files {
		p.Put(t, name, content)
	}
	p.take(t)
	p.bucket.failing(down)
	p.start(t)
	_, err = market.LoadFrom(t.Context(), p)
	require.ErrorIs(t, err, errDown)
	require.ErrorContains(t, err, "s3://bars/adjusted/daily")
	kept, err = p.Kept(t.Context())
	require.NoError(t, err)
	markettest.Same(t, markettest.Expected(t, files), kept)

	// Back, with nothing new: what was kept is seen to be the newest.
	p.bucket.failing(nil)
	l, err := p.List(t.Context(), market.AnyDay)
	require.NoError(t, err)
	require.Equal(t, kept.Listing().String(), l.String())
}

func TestATamperedDiskIsRefused(t *testing.T) {
	sealed := func(change func(k *manifest)) func(t *testing.T, p *place) {
		return func(t *testing.T, p *place) {
			k, err := readManifest(p.manifestFile())
			require.NoError(t, err)
			change(k)
			b, err := k.bytes()
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(p.manifestFile(), b, 0o600))
		}
	}
	text := func(change func(text string) string) func(t *testing.T, p *place) {
		return func(t *testing.T, p *place) {
			b, err := os.ReadFile(p.manifestFile())
			require.NoError(t, err)
			changed := change(string(b))
			require.NotEqual(t, string(b), changed)
			require.NoError(t, os.WriteFile(p.manifestFile(), []byte(changed), 0o600))
		}
	}
	content := func(change func(t *testing.T, name string)) func(t *testing.T, p *place) {
		return func(t *testing.T, p *place) {
			change(t, filepath.Join(p.dir, "sha256", release.Sum(p.bucket.objects["adjusted/daily/2024-12-31/S003.parquet"])))
		}
	}
	rewrite := func(change func(b []byte) []byte) func(t *testing.T, p *place) {
		return content(func(t *testing.T, name string) {
			b, err := os.ReadFile(name)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(name, change(b), 0o600))
		})
	}
	other := markettest.Bars(t, "S003", "2024-01-02", 5, 99)
	for _, c := range []struct {
		name   string
		tamper func(t *testing.T, p *place)
		says   string
	}{
		{"one bit of a file", rewrite(func(b []byte) []byte { b[len(b)/2] ^= 1; return b }), "2024-12-31/S003.parquet: its SHA-256 is"},
		{"another whole file", rewrite(func([]byte) []byte { return other }), "2024-12-31/S003.parquet: its"},
		{"a file cut short", rewrite(func(b []byte) []byte { return b[:100] }), "2024-12-31/S003.parquet: it has 100 bytes"},
		{"a file gone", content(func(t *testing.T, name string) { require.NoError(t, os.Remove(name)) }), "2024-12-31/S003.parquet: open"},
		{"a link", content(func(t *testing.T, name string) {
			require.NoError(t, os.Rename(name, name+"-"))
			require.NoError(t, os.Symlink(name+"-", name))
		}), "2024-12-31/S003.parquet: open"},
		{"a digit of the manifest", text(func(s string) string { return strings.Replace(s, "S003", "S004", 1) }), "kept.json: its SHA-256 is"},
		{"half of the manifest", text(func(s string) string { return s[:len(s)/2] }), "kept.json: not readable"},
		{"an empty manifest", text(func(string) string { return "" }), "kept.json: not readable"},
		{"a manifest of nothing", text(func(string) string { return `{"Manifest":{},"SHA256":"` + release.Sum([]byte("{}")) + `"}` }), "kept.json: format 0"},
		{"a file left out, sealed again", sealed(func(k *manifest) { k.Files = k.Files[1:] }), "make revision"},
		{"another run, sealed again", sealed(func(k *manifest) { k.Run++ }), "make revision"},
		{"two files exchanged, sealed again", sealed(func(k *manifest) {
			a, b := &k.Files[2], &k.Files[5]
			a.SHA256, b.SHA256, a.Size, b.Size = b.SHA256, a.SHA256, b.Size, a.Size
		}), "make revision"},
		{"a digest that is a path, sealed again", sealed(func(k *manifest) { k.Files[0].SHA256 = "../../../../etc/passwd" }), "is not a SHA-256"},
		{"another format", sealed(func(k *manifest) { k.Format = 2 }), "format 2"},
		{"another bucket", sealed(func(k *manifest) { k.Source = "http://127.0.0.1:1 s3://other" }), "it is of http://127.0.0.1:1 s3://other"},
		{"another service", sealed(func(k *manifest) { k.Source = "http://127.0.0.1:2 s3://bars/adjusted/daily" }), "it is of"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := open(t)
			files := p.run(t, "2024-12-31", 8)
			p.take(t)
			require.NoError(t, p.Close())
			c.tamper(t, p)
			p.Mirror = nil
			p.start(t)
			kept, err := p.Kept(t.Context())
			require.Nil(t, kept)
			require.ErrorContains(t, err, c.says)

			// The bucket heals it.
			markettest.Same(t, markettest.Expected(t, files), p.take(t))
			p.start(t)
			kept, err = p.Kept(t.Context())
			require.NoError(t, err)
			markettest.Same(t, markettest.Expected(t, files), kept)
			require.Equal(t, contents(files), p.onDisk(t))
		})
	}
}

// A content that is damaged while the host runs is fetched again before it is
// read again.
func TestADamagedContentIsFetchedAgain(t *testing.T) {
	p := open(t)
	files := p.run(t, "2024-12-31", 8)
	p.take(t)
	p.bucket.took()
	name := filepath.Join(p.dir, "sha256", release.Sum(files["2024-12-31/S003.parquet"]))
	require.NoError(t, os.WriteFile(name, files["2024-12-31/S004.parquet"], 0o600))
	files["2024-12-31/S001.parquet"] = markettest.Bars(t, "S001", "2024-01-02", 9, 9)
	p.Put(t, "2024-12-31/S001.parquet", files["2024-12-31/S001.parquet"])
	markettest.Same(t, markettest.Expected(t, files), p.take(t))
	keys, _ := p.bucket.took()
	require.Equal(t, []string{"adjusted/daily/2024-12-31/S001.parquet", "adjusted/daily/2024-12-31/S003.parquet"}, keys)
}

func TestAFolderBelongsToOneHost(t *testing.T) {
	p := open(t)
	_, err := Open(p.options())
	require.ErrorContains(t, err, "in use by another host")
	require.NoError(t, p.Close())
	again, err := Open(p.options())
	require.NoError(t, err)
	require.NoError(t, again.Close())
}

func TestAnObjectWithoutAnETag(t *testing.T) {
	p := open(t)
	p.run(t, "2024-12-31", 2)
	clear(p.bucket.tags)
	p.take(t)
	l, err := p.List(t.Context(), market.AnyDay)
	require.NoError(t, err)
	require.Equal(t, "0001-01-01T00:00:00Z", l.Files[0].Tag)
}

func TestTheManifestReadsWhatItWrites(t *testing.T) {
	p := open(t)
	p.run(t, "2024-12-31", 2)
	p.Put(t, "2024-12-31/ü<&>\"\u2028.parquet", nil)
	m := p.take(t)
	b, err := os.ReadFile(p.manifestFile())
	require.NoError(t, err)
	require.True(t, json.Valid(b))
	k, err := readManifest(p.manifestFile())
	require.NoError(t, err)
	require.Equal(t, m.Listing(), k.listing())
}
