package model

import (
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/release"
)

// maxLoadBytes is what loading one damaged model may allocate in all.
const maxLoadBytes = 64 << 20

// loadDamaged loads a text that may be anything: the outcome is a refusal or a
// model that scores awkward rows, and never takes much memory.
func loadDamaged(t testing.TB, text []byte) *Model {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	m, err := Load(text)
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(maxLoadBytes))
	if err != nil {
		var r *release.Rejection
		require.ErrorAs(t, err, &r)
		require.Nil(t, m)
		return nil
	}
	scoreAwkwardRows(t, m)
	return m
}

func scoreAwkwardRows(t testing.TB, m *Model) {
	awkward := []float64{
		math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), 1, -1, math.MaxFloat64, -math.MaxFloat64,
		math.SmallestNonzeroFloat64, zeroThreshold, 1 << 31, 1<<31 - 1, -1 << 31, 1 << 32, 31, 32, 1e6,
	}
	rows := make([]float64, 2*m.Width())
	dst, leaves := make([]float64, 2), make([]float64, 2)
	for i, x := range awkward {
		for j := range rows {
			rows[j] = x
			if j%2 == 1 && j > m.Width() { // the second row mixes
				rows[j] = awkward[(i+j)%len(awkward)]
			}
		}
		if m.parts == nil {
			require.NoError(t, m.Raw(dst, rows))
		}
		if m.parts == nil && m.rowwise == nil {
			require.NoError(t, m.onLeaves("a test").Raw(leaves, rows))
			requireBits(t, leaves, dst)
		}
		require.NoError(t, m.Predict(dst, rows))
	}
}

func TestTruncations(t *testing.T) {
	for _, c := range []struct {
		name string
		text []byte
		step int
	}{
		{"whole small model", small(t).first(3).text(), 1},
		{"linear", linearModel(t).text(), 1},
		{"one column", takeApart(t, readModel(t, "one_feature")).first(1).text(), 1},
		{"categorical", takeApart(t, readModel(t, "cat_mixed")).first(2).text(), 17},
		{"whole large model", readModel(t, "reg_100x31"), 4099},
	} {
		t.Run(c.name, func(t *testing.T) {
			end := strings.Index(string(c.text), "end of trees") + len("end of trees")
			for n := 0; n < len(c.text); n += c.step {
				m := loadDamaged(t, c.text[:n:n])
				// What follows the trees decides no score.
				require.Equal(t, n >= end, m != nil, "%d of %d bytes", n, len(c.text))
			}
		})
	}
}

func TestMutations(t *testing.T) {
	texts := [][]byte{small(t).text(), readModel(t, "stump_const")}
	for _, name := range []string{
		"one_feature", "unused_last", "cat_low_onehot", "cat_mixed", "rf_binary", "zero_as_missing",
		"linear_numeric", "linear_categorical", "linear_one_leaf", "v2_regression", "v2_categorical",
	} {
		texts = append(texts, takeApart(t, readModel(t, name)).first(3).text())
	}
	r := rand.New(rand.NewPCG(158, 2))
	loaded := 0
	const rounds = 2000
	for range rounds {
		text := append([]byte(nil), texts[r.IntN(len(texts))]...)
		for range 1 + r.IntN(3) {
			text = mutate(r, text, texts)
		}
		if loadDamaged(t, text) != nil {
			loaded++
		}
	}
	require.Positive(t, loaded) // digits of a threshold or leaf can change unseen: only a digest tells
	require.Less(t, loaded, rounds/2)
}

// mutate changes one place of a text, as a damaged disk or an attacker would.
func mutate(r *rand.Rand, text []byte, others [][]byte) []byte {
	at := func() int { return r.IntN(len(text)) }
	if r.IntN(2) == 0 { // more often in the trees than in the long header
		if i := strings.Index(string(text), "\nTree=0"); i >= 0 {
			at = func() int { return i + r.IntN(len(text)-i) }
		}
	}
	i := at()
	switch r.IntN(8) {
	case 0:
		text[i] ^= 1 << r.IntN(8)
	case 1:
		const letters = "0123456789-+.eE =\n\r\tTinfa_\x00\xff"
		text[i] = letters[r.IntN(len(letters))]
	case 2: // a part is lost
		j := min(len(text), i+1+r.IntN(40))
		text = append(text[:i:i], text[j:]...)
	case 3: // a part is doubled
		j := min(len(text), i+1+r.IntN(400))
		text = append(text[:j:j], text[i:]...)
	case 4, 5: // a value is another one
		values := []string{"0", "-1", "1", "2", "31", "1000000000", "4294967296", "-2147483648", "18446744073709551616", "nan", "inf", "-inf", "1e999", "1e-400", "", "  "}
		from := strings.LastIndexAny(string(text[:i]), " =\n") + 1
		to := len(text)
		if k := strings.IndexAny(string(text[i:]), " \n"); k >= 0 {
			to = i + k
		}
		text = append(append(text[:from:from], values[r.IntN(len(values))]...), text[max(from, to):]...)
	case 6: // two bytes change places
		j := at()
		text[i], text[j] = text[j], text[i]
	case 7: // the end of another model
		other := others[r.IntN(len(others))]
		text = append(text[:i:i], other[r.IntN(len(other)):]...)
	}
	if len(text) == 0 {
		return []byte("\n")
	}
	return text
}
