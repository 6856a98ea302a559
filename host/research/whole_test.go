package research_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/market"
	"edgesignal/host/research"
)

// forms are what WriteFeatures can write.
var forms = map[string]func(io.Writer) (research.FeatureWriter, error){
	"csv": func(w io.Writer) (research.FeatureWriter, error) {
		return research.NewCSVWriter(w, research.Alpha158())
	},
	"parquet": func(w io.Writer) (research.FeatureWriter, error) {
		return research.NewParquetWriter(w, research.Alpha158()), nil
	},
}

// TestFilesAreTheSameAsEver: the bytes of whole files are those that one row
// after the other, each from its own windows, through strconv made before rows
// were rolled and written on all cores; and they are the same on any number of cores.
func TestFilesAreTheSameAsEver(t *testing.T) {
	awkward, demo := imported(t), demo(t)
	for _, tc := range []struct {
		name   string
		market *market.Market
		csv    string // SHA-256
		cores  []int
	}{
		{"awkward bars", awkward, "9d01502603e8dcf98df3656284e2bc1b1dd072aef41c5b0983fae9d88dae09e6", []int{1, 2, 8}},
		{"the demo", demo, "7467fcfeb1f9fee41f2987f1a00e78d5b5c291b2419e7caaace49ce20436fcb3", []int{8}},
	} {
		var parquet []byte
		for _, cores := range tc.cores {
			t.Run(fmt.Sprintf("%s, %d cores", tc.name, cores), func(t *testing.T) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
				sum := sha256.Sum256(writeCSV(t, tc.market, research.FeatureQuery{}))
				require.Equal(t, tc.csv, hex.EncodeToString(sum[:]))
				var out bytes.Buffer
				w := research.NewParquetWriter(&out, research.Alpha158())
				require.NoError(t, research.WriteFeatures(t.Context(), w, tc.market, research.FeatureQuery{}, nil))
				require.NoError(t, w.Close())
				if parquet == nil {
					parquet = out.Bytes()
				}
				require.True(t, bytes.Equal(parquet, out.Bytes()))
			})
		}
	}
}

// limited is a disk with room for some bytes.
type limited struct{ left int }

var errFull = errors.New("no space left on device")

func (l *limited) Write(p []byte) (int, error) {
	if len(p) > l.left {
		n := l.left
		l.left = 0
		return n, errFull
	}
	l.left -= len(p)
	return len(p), nil
}

func TestAFullDiskIsAnError(t *testing.T) {
	m := imported(t)
	for name, form := range forms {
		var whole bytes.Buffer
		write := func(to io.Writer) error {
			w, err := form(to)
			if err == nil {
				err = research.WriteFeatures(t.Context(), w, m, research.FeatureQuery{}, nil)
			}
			if err == nil {
				err = w.Close()
			}
			return err
		}
		require.NoError(t, write(&whole))
		for _, room := range []int{0, 10, 3000, 300_000, whole.Len() / 2, whole.Len() - 1} {
			require.ErrorIs(t, write(&limited{room}), errFull, "%s, room for %d of %d bytes", name, room, whole.Len())
		}
		require.NoError(t, write(&limited{whole.Len()}), name)
	}
}

// cancelling ends its context when it is written to.
type cancelling struct {
	io.Writer
	cancel func()
	writes int
}

func (c *cancelling) Write(p []byte) (int, error) {
	if c.writes++; c.writes == 3 {
		c.cancel()
	}
	return len(p), nil
}

func TestACancelledContextStops(t *testing.T) {
	m := demo(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	to := &cancelling{cancel: cancel}
	w, err := research.NewCSVWriter(to, research.Alpha158())
	require.NoError(t, err)
	done := 0
	require.ErrorIs(t, research.WriteFeatures(ctx, w, m, research.FeatureQuery{}, func(symbols int) { done = symbols }), context.Canceled)
	require.Less(t, done, 30)
	require.Less(t, to.writes, 3+2*runtime.GOMAXPROCS(0)+1, "only what was under way is still written")
	require.ErrorIs(t, research.WriteFeatures(ctx, research.NewParquetWriter(io.Discard, research.Alpha158()), m, research.FeatureQuery{}, nil), context.Canceled)
}

func TestProgressCountsSymbols(t *testing.T) {
	m := imported(t)
	for name, form := range forms {
		w, err := form(io.Discard)
		require.NoError(t, err)
		last := 0
		require.NoError(t, research.WriteFeatures(t.Context(), w, m, research.FeatureQuery{}, func(symbols int) {
			require.GreaterOrEqual(t, symbols, last, name)
			last = symbols
		}))
		require.Equal(t, len(m.Series), last, name)
	}
}

// TestScoreWritesWhatCameBefore: a bad line ends the file, what stands before
// it is predicted, on any number of cores, in the order of the rows.
func TestScoreWritesWhatCameBefore(t *testing.T) {
	m := loadModel(t, "one_feature")
	const rows = 3000
	var good strings.Builder
	good.WriteString("Column_0\n")
	for i := range rows {
		fmt.Fprintf(&good, "%d\n", i*7919%1000)
	}
	var want bytes.Buffer
	for _, line := range strings.Fields(good.String())[1:] {
		require.NoError(t, score(t.Context(), m, "Column_0\n"+line+"\n", &want))
	}
	for _, cores := range []int{1, 8} {
		t.Run(fmt.Sprintf("%d cores", cores), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
			for _, tc := range []struct{ name, more, err string }{
				{"none", "", ""},
				{"not a number", "1\nx\n3\n", fmt.Sprintf("rows.csv: line %d, column 1 is not a number", rows+3)},
				{"another width", "1\n2,3\n3\n", fmt.Sprintf("rows.csv: line %d has 2 cells, the header has 1", rows+3)},
			} {
				t.Run(tc.name, func(t *testing.T) {
					var out bytes.Buffer
					err := score(t.Context(), m, good.String()+tc.more, &out)
					if tc.err == "" {
						require.NoError(t, err)
						require.Equal(t, want.String(), out.String())
						return
					}
					require.EqualError(t, err, tc.err)
					require.Equal(t, rows+1, strings.Count(out.String(), "\n"))
					require.True(t, strings.HasPrefix(out.String(), want.String()))
				})
			}
		})
	}
	require.ErrorIs(t, score(t.Context(), m, good.String(), &limited{5000}), errFull)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, score(ctx, m, good.String(), io.Discard), context.Canceled)
}
