package mirror

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/s3test"
	"edgesignal/host/market"
	"edgesignal/host/market/markettest"
)

// history returns 500 symbols of 2,500 days.
func history(b *testing.B) (files map[string][]byte, bytes int64) {
	files = map[string][]byte{}
	for i := range 500 {
		symbol := fmt.Sprintf("S%03d", i)
		content := markettest.Bars(b, symbol, "2015-01-02", 2500, i)
		files["2024-12-31/"+symbol+".parquet"] = content
		bytes += int64(len(content))
	}
	return files, bytes
}

// BenchmarkSync is 500 objects, with the wire left out: what a mirror adds.
func BenchmarkSync(b *testing.B) {
	files, bytes := history(b)
	p := open(b)
	for name, content := range files {
		p.Put(b, name, content)
	}
	l, err := p.List(b.Context(), market.AnyDay)
	require.NoError(b, err)

	b.Run("nothing to do", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			now, err := p.List(b.Context(), market.AnyDay)
			require.NoError(b, err)
			require.Equal(b, l.String(), now.String())
		}
	})
	b.Run("500 objects", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(bytes)
		for b.Loop() {
			clear(p.have)
			_, err := p.Fetch(b.Context(), l)
			require.NoError(b, err)
		}
	})
	b.Run("500 objects that are there", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(bytes)
		for b.Loop() {
			_, err := p.Fetch(b.Context(), l)
			require.NoError(b, err)
		}
	})
}

// BenchmarkSyncFromAServer is the same over the wire, from a server on this
// machine.
func BenchmarkSyncFromAServer(b *testing.B) {
	files, bytes := history(b)
	s := s3test.New(b)
	folder := s.File(s.Bucket, "2024-12-31")
	require.NoError(b, os.Mkdir(folder, 0o755))
	for name, content := range files {
		require.NoError(b, os.WriteFile(filepath.Join(folder, filepath.Base(name)), content, 0o644))
	}
	r := mirrored(b, s, s.Bucket, "")
	l, err := r.List(b.Context(), market.AnyDay)
	require.NoError(b, err)
	b.Run("nothing to do", func(b *testing.B) {
		for b.Loop() {
			now, err := r.List(b.Context(), market.AnyDay)
			require.NoError(b, err)
			require.Equal(b, l.String(), now.String())
		}
	})
	b.Run("500 objects", func(b *testing.B) {
		b.SetBytes(bytes)
		for b.Loop() {
			clear(r.have)
			_, err := r.Fetch(b.Context(), l)
			require.NoError(b, err)
		}
	})
}

// BenchmarkLoad reads the same run from a directory, through the mirror, and
// from what was kept for a start without the bucket.
func BenchmarkLoad(b *testing.B) {
	files, bytes := history(b)
	p, dir := open(b), b.TempDir()
	require.NoError(b, os.Mkdir(filepath.Join(dir, "2024-12-31"), 0o755))
	for name, content := range files {
		p.Put(b, name, content)
		require.NoError(b, os.WriteFile(filepath.Join(dir, name), content, 0o644))
	}
	p.take(b)
	load := func(name string, get func() (*market.Market, error)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(bytes)
			for b.Loop() {
				m, err := get()
				require.NoError(b, err)
				require.Len(b, m.Series, 500)
			}
		})
	}
	load("directory", func() (*market.Market, error) { return market.Load(b.Context(), os.DirFS(dir)) })
	load("mirror", func() (*market.Market, error) { return market.LoadFrom(b.Context(), p) })
	load("kept", func() (*market.Market, error) { return p.Kept(b.Context()) })
}
