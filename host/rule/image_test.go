package rule

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Nothing that one call leaves behind is visible to the next: see state.wat.
func TestNothingOutlivesACall(t *testing.T) {
	m := admitted(t, wat(t, "state", plainMeta), Options{Instances: 1})
	want := []float64{4 * (11 + 11), 7 + 11, 11, 2, 0, 1}
	fuel := map[float64]int64{}
	for _, tc := range []struct {
		name  string
		first float64 // 1 = the call grows the memory
	}{
		{"the first call", 0},
		{"after a call", 0},
		{"one that grows the memory", 1},
		{"after a memory that grew", 0},
		{"growing again", 1},
		{"and again", 1},
		{"after it", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := over(tc.first, 0, 0, 0, 0, 0)
			out, err := m.Construct(t.Context(), in)
			require.NoError(t, err)
			require.Equal(t, want, out.Weights)
			alone, err := m.ConstructAlone(in)
			require.NoError(t, err)
			require.Equal(t, alone, out)
			if fuel[tc.first] == 0 {
				fuel[tc.first] = out.Fuel
			}
			require.Equal(t, fuel[tc.first], out.Fuel)
		})
	}
	require.Len(t, m.pool.idle, 1)
	m.pool.mu.Lock()
	defer m.pool.mu.Unlock()
	require.EqualValues(t, 2<<16, m.pool.idle[0].image.size)
}

func TestAFaultLeavesNothingEither(t *testing.T) {
	m := admitted(t, wat(t, "state", plainMeta), Options{Instances: 1})
	_, err := run(t, m, over(0, 0, 0, 0, 0, 0, 0)) // it writes six weights
	requireFault(t, err, FaultWeights, "position 6 of 7")
	weights, err := run(t, m, over(0, 0, 0, 0, 0, 0))
	require.NoError(t, err)
	require.Equal(t, []float64{88, 18, 11, 2, 0, 1}, weights)
}

// What a call costs beside the rule: restoring the image, against a new
// instance for each call.
func BenchmarkRestore(b *testing.B) {
	for _, bc := range []struct {
		name string
		wasm func(testing.TB) []byte
	}{
		{"C", func(t testing.TB) []byte { return stock(t, "top_bottom") }},
		{"Go", goGuest},
	} {
		m := admitted(b, bc.wasm(b), Options{Instances: 1})
		i, err := m.pool.get(b.Context())
		require.NoError(b, err)
		b.Run(bc.name+"/restore", func(b *testing.B) {
			b.SetBytes(int64(i.image.size))
			for b.Loop() {
				if !i.image.restore(i.mod.Memory(), i.globals) {
					b.Fatal("not restored")
				}
			}
		})
		m.pool.put(i, true)
		b.Run(bc.name+"/new instance", func(b *testing.B) {
			for b.Loop() {
				i, err := m.code.newInstance()
				if err != nil {
					b.Fatal(err)
				}
				i.close()
			}
		})
	}
}

// What a guest draws is the same in every call, and not the same number again
// and again.
func TestRandomNumbersAreTheSameInEveryCall(t *testing.T) {
	m := admitted(t, wat(t, "random", plainMeta), Options{Instances: 1})
	first, err := run(t, m, over(0, 0))
	require.NoError(t, err)
	require.NotEqual(t, first[0], first[1])
	again, err := run(t, m, over(0, 0))
	require.NoError(t, err)
	require.Equal(t, first, again)
}
