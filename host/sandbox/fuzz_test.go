package sandbox_test

import (
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"edgesignal/host/release"
	"edgesignal/host/sandbox"
)

// harmless holds what passes Check to the promise: wazero compiles it or
// refuses it, soon and without much memory.
func harmless(t require.TestingT, module []byte) {
	if err := sandbox.Check(module, sandbox.Limits{}); err != nil {
		var r *release.Rejection
		require.ErrorAs(t, err, &r)
		require.NotEmpty(t, r.Detail)
		return
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = compile(module) // its types may be wrong, that is for wazero to find
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second): // far above what the limits leave, far below what they prevent
		require.FailNow(t, "wazero is still compiling")
	}
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(256<<20))
}

// seeds are small good modules of every kind.
func seeds(t testing.TB) (all [][]byte) {
	for _, pattern := range []string{"testdata/*.wasm", "../rule/testdata/wat/*.wasm"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			all = append(all, readFile(t, file))
		}
	}
	return append(all, topBottom(t))
}

func FuzzCheck(f *testing.F) {
	for _, module := range seeds(f) {
		f.Add(module)
	}
	f.Fuzz(func(t *testing.T, module []byte) { harmless(t, module) })
}

// Good modules with a few bytes changed, left out, doubled or exchanged.
func TestMutations(t *testing.T) {
	all := seeds(t)
	rapid.Check(t, func(t *rapid.T) {
		module := append([]byte(nil), rapid.SampledFrom(all).Draw(t, "module")...)
		for range rapid.IntRange(1, 4).Draw(t, "mutations") {
			at := rapid.IntRange(0, len(module)-1).Draw(t, "at")
			switch rapid.IntRange(0, 4).Draw(t, "how") {
			case 0:
				module[at] = rapid.Byte().Draw(t, "byte")
			case 1:
				module[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
			case 2:
				module[at] = rapid.SampledFrom([]byte{0x00, 0x0b, 0x40, 0x41, 0x7f, 0x80, 0xfc, 0xff}).Draw(t, "byte")
			case 3:
				module = append(module[:at:at], module[min(len(module), at+1):]...)
			case 4:
				end := min(len(module), at+rapid.IntRange(1, 16).Draw(t, "n"))
				module = append(module[:end:end], module[at:]...)
			}
			if len(module) == 0 {
				break
			}
		}
		harmless(t, module)
	})
}
