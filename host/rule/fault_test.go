package rule

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestFaults(t *testing.T) {
	m := admitted(t, wat(t, "odd", plainMeta), Options{Instances: 1})
	tests := []struct {
		name   string
		code   float64 // see odd.wat
		kind   FaultKind
		status int32
		detail string
	}{
		{"traps", 2, FaultTrap, 0, "rule_construct: wasm error: unreachable"},
		{"leaves a weight unwritten", 3, FaultWeights, 0, "the weight at position 2 of 3 is NaN"},
		{"infinite weight", 4, FaultWeights, 0, "the weight at position 0 of 3 is +Inf"},
		{"its own error", 5, FaultStatus, 7, "second message"},
		{"status 100", 6, FaultStatus, 100, "rule_construct answered 100, which is not a status"},
		{"status -1", 7, FaultStatus, -1, "rule_construct answered -1, which is not a status"},
		{"proc_exit(0)", 9, FaultExit, 0, "rule_construct called proc_exit(0)"},
		{"logs from beyond the memory", 11, FaultTrap, 0, "host.log: 100 bytes at 65530 are not all in the memory"},
		{"recurses without end", 12, FaultFuel, 0, "rule_construct used more than"},
		{"error without a message", 13, FaultStatus, 3, "rule_construct answered 3 without a message"},
		{"message that is not UTF-8", 14, FaultStatus, 99, "a\ufffdb c [1md"},
		{"message of 60,000 bytes", 15, FaultStatus, 1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			weights, err := run(t, m, over(tt.code, 0.25, -0.25))
			require.Nil(t, weights)
			f := requireFault(t, err, tt.kind, tt.detail)
			require.Equal(t, tt.status, f.Status)
			require.Equal(t, "odd 1", f.Rule)
			require.LessOrEqual(t, len(f.Detail), MaxLineBytes+len("..."))
			require.NotContains(t, f.Error(), "\n")
			require.True(t, utf8.ValidString(f.Error()))

			// The one instance was replaced: the next call is as if nothing had been.
			weights, err = run(t, m, over(0, 0.25, -0.25))
			require.NoError(t, err)
			require.Equal(t, []float64{0, 0.25, -0.25}, weights)
		})
	}
}

func TestFaultKeepsTheLog(t *testing.T) {
	m := admitted(t, wat(t, "odd", plainMeta), Options{})
	_, err := run(t, m, over(5, 0))
	f := requireFault(t, err, FaultStatus, "second message")
	require.Equal(t, []Line{{LevelInfo, "first message"}, {LevelError, "second message"}}, f.Log)
	require.Zero(t, f.Dropped)
}

func TestRefusedParams(t *testing.T) {
	m := admitted(t, wat(t, "odd", plainMeta), Options{Instances: 1})
	in := over(0, 1)
	in.Params = parsed(t, `{"a":1}`)
	for range 2 { // the second time too: refused parameters are not in effect
		_, err := run(t, m, in)
		f := requireFault(t, err, FaultStatus, "rule_configure answered 9 without a message")
		require.Equal(t, int32(9), f.Status)
	}
}

func TestHarmless(t *testing.T) {
	tests := []struct {
		name string
		code float64 // see odd.wat
	}{
		{"grows its memory to the limit", 8},
		{"floods the log", 10},
	}
	m := admitted(t, wat(t, "odd", plainMeta), Options{Instances: 1})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for range 2 {
				weights, err := run(t, m, over(tt.code, 0.5))
				require.NoError(t, err)
				require.Equal(t, []float64{tt.code, 0.5}, weights)
			}
		})
	}
}

func TestFuelRunsOut(t *testing.T) {
	for _, tc := range []struct {
		name, module string
		in           Input
	}{
		{"a loop", "odd", over(1)},
		{"2^40 calls without a loop", "slow", over(1)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := admitted(t, wat(t, tc.module, plainMeta), Options{Instances: 1})
			f := m.expectFuel(t, tc.in)
			require.Greater(t, f.Fuel, Budget(1))
			require.Equal(t, f.Fuel, m.expectFuel(t, tc.in).Fuel, "the same count each time")
			if tc.module == "odd" {
				weights, err := run(t, m, over(0))
				require.NoError(t, err)
				require.Equal(t, []float64{0}, weights)
			}
		})
	}
}

// The tests run on amd64, as GOAMD64=v3 and on arm64: the counts are the same.
func TestFuelIsTheSameOnEveryMachine(t *testing.T) {
	m := topBottom(t)
	for _, tc := range []struct {
		n    int
		fuel int64
	}{{1, 2301}, {5, 6851}, {500, 145357}, {3000, 735348}} {
		predictions := make([]float64, tc.n)
		for i := range predictions {
			predictions[i] = float64(i*7919%tc.n) / float64(tc.n)
		}
		out, err := m.Construct(t.Context(), over(predictions...))
		require.NoError(t, err)
		require.Equal(t, tc.fuel, out.Fuel, "%d symbols", tc.n)
	}
}

func (m *Module) expectFuel(t *testing.T, in Input) *Fault {
	_, err := run(t, m, in)
	return requireFault(t, err, FaultFuel, "rule_construct used more than the 50020000 units of fuel of this call")
}

func TestBadPointers(t *testing.T) {
	tests := []struct{ name, module, detail string }{
		{"none", "alloc_null", "gave no memory"},
		{"not aligned", "alloc_odd", "gave 1020, which is not a multiple of 8"},
		{"end beyond the memory", "alloc_far", "gave 65528, beyond the memory of 65536 bytes"},
		{"near 2^32", "alloc_wild", "gave 4294967288, beyond the memory"},
		{"twice the same", "alloc_same", "gave 1024, inside 2 bytes at 1024 that are in use"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := admitted(t, wat(t, tt.module, plainMeta), Options{})
			_, err := run(t, m, over(1, 2))
			requireFault(t, err, FaultPointer, tt.detail)
		})
	}
}

func TestCallLogCaps(t *testing.T) {
	long := []byte(strings.Repeat("x", 5000))
	tests := []struct {
		name                  string
		write                 func(l *callLog)
		lines, bytes, dropped int
	}{
		{"nothing", func(*callLog) {}, 0, 0, 0},
		{"40 short lines", func(l *callLog) {
			for range 40 {
				l.add(1, []byte("ab"))
			}
		}, 32, 64, 8},
		{"10 long lines", func(l *callLog) {
			for range 10 {
				l.add(1, long)
			}
		}, 8, 8192, 2},
		{"one long line in pieces", func(l *callLog) {
			for range 10 {
				l.write(long)
			}
		}, 1, 1024, 0},
		{"lines and a rest", func(l *callLog) { l.write([]byte("a\nbc\n\nd")) }, 4, 4, 0},
		{"a line in two pieces", func(l *callLog) { l.write([]byte("a")); l.write([]byte("b\n")) }, 1, 2, 0},
		{"written flood", func(l *callLog) { l.write([]byte(strings.Repeat("\n", 100))) }, 32, 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var l callLog
			tt.write(&l)
			lines, dropped := l.take()
			bytes := 0
			for _, line := range lines {
				bytes += len(line.Text)
			}
			require.Equal(t, [3]int{tt.lines, tt.bytes, tt.dropped}, [3]int{len(lines), bytes, dropped})
			require.Equal(t, callLog{partial: l.partial}, l, "taken means empty")
			require.Empty(t, l.partial)
		})
	}
}

func TestTidy(t *testing.T) {
	tests := []struct {
		name, in string
		limit    int
		want     string
	}{
		{"plain", "weights done", 100, "weights done"},
		{"control characters", "a\nb\x00c\u0085d", 100, "a b c d"},
		{"invalid bytes", "a\xffb\xc3", 100, "a\ufffdb\ufffd"},
		{"cut", "abcdef", 3, "abc"},
		{"cut at a character", "a€€", 5, "a€"},
		{"grows, then cut", "\xff\xff\xff", 7, "\ufffd\ufffd"},
		{"no room", "abc", 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, tidy([]byte(tt.in), tt.limit)) })
	}
}

func FuzzTidy(f *testing.F) {
	f.Add([]byte("line"), 4)
	f.Add([]byte("\xf0\x9f\x92\xa9\xff\n"), 5)
	f.Fuzz(func(t *testing.T, in []byte, limit int) {
		limit = int(math.Abs(float64(limit % 2000)))
		s := tidy(in, limit)
		require.LessOrEqual(t, len(s), limit)
		require.True(t, utf8.ValidString(s))
		require.NotContains(t, s, "\n")
	})
}
