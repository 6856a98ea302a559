package market

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"edgesignal/host/market/barfile"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// barsOn returns a symbol's file with a bar on each of the days; every number
// names its symbol and day.
func barsOn(t testing.TB, symbol string, days ...string) []byte {
	t.Helper()
	table := &barfile.Table{Symbol: symbol}
	for _, text := range days {
		d, err := ParseDate(text)
		require.NoError(t, err)
		table.Days = append(table.Days, int32(d))
		table.Close = append(table.Close, float64(closeOf(symbol, d)))
	}
	shifted := func(by float64) []float64 {
		out := make([]float64, len(table.Close))
		for i, v := range table.Close {
			out[i] = v + by
		}
		return out
	}
	table.Open, table.High, table.Low, table.Volume = shifted(0.25), shifted(1), shifted(-1), shifted(1e6)
	return encode(t, table)
}

// closeOf returns a number that float32 holds exactly.
func closeOf(symbol string, d Date) float32 { return float32(int(symbol[0])*1000 + int(d)%1000) }

func encode(t testing.TB, table *barfile.Table) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, barfile.Write(&out, table))
	return out.Bytes()
}

// folder returns a data directory in memory.
func folder(files map[string][]byte) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, content := range files {
		put(fsys, name, content, time.Unix(1, 0))
	}
	return fsys
}

func put(fsys fstest.MapFS, name string, content []byte, at time.Time) {
	fsys[name] = &fstest.MapFile{Data: content, ModTime: at, Mode: 0o644}
}

func load(t testing.TB, fsys fs.FS) *Market {
	t.Helper()
	m, err := Load(t.Context(), fsys)
	require.NoError(t, err)
	return m
}

// same compares bit for bit, with NaN equal to NaN.
func same(t require.TestingT, want, got []float32, what string) {
	require.Equal(t, want == nil, got == nil, what)
	require.Len(t, got, len(want), what)
	for i := range want {
		if want[i] != want[i] && got[i] != got[i] {
			continue
		}
		require.Equal(t, math.Float32bits(want[i]), math.Float32bits(got[i]), "%s[%d]: want %v, got %v", what, i, want[i], got[i])
	}
}

func sameColumns(t require.TestingT, want, got Columns, what string) {
	same(t, want.Open, got.Open, what+" open")
	same(t, want.High, got.High, what+" high")
	same(t, want.Low, got.Low, what+" low")
	same(t, want.Close, got.Close, what+" close")
	same(t, want.Volume, got.Volume, what+" volume")
	same(t, want.VWAP, got.VWAP, what+" vwap")
}

// disk is a data directory in memory that a test changes while it is read.
type disk struct {
	mu     sync.Mutex
	files  fstest.MapFS
	faults map[string]bool   // names that cannot be opened
	onOpen func(name string) // called with the lock held
}

func (d *disk) Open(name string) (fs.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.faults[name] {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("input/output error")}
	}
	f, err := d.files.Open(name)
	if d.onOpen != nil {
		d.onOpen(name)
	}
	return f, err
}

// put writes a file, second seconds after the beginning of time.
func (d *disk) put(name string, content []byte, second int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	put(d.files, name, content, time.Unix(second, 0))
}

func (d *disk) remove(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.files, name)
}

func (d *disk) fault(name string, broken bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults[name] = broken
}

func (d *disk) hook(onOpen func(name string)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.onOpen = onOpen
}
