package sandbox_test

import (
	"testing"

	"edgesignal/host/internal/programtest"
	"edgesignal/host/sandbox"
)

func BenchmarkCheck(b *testing.B) {
	for _, bm := range []struct {
		name   string
		module []byte
	}{
		{"top_bottom", topBottom(b)},
		{"go", programtest.Guest(b, "../rule/testdata/goguest")},
		{"go with json", programtest.Guest(b, "./testdata/goguest")},
		{"imports 2^32-1", module(section(2, []byte{0xff, 0xff, 0xff, 0xff, 0x0f}))},
		{"a million parameters", module(section(1, []byte{1, 0x60}, uint32s(1_000_000), repeat(1_000_000, 0x7f), []byte{0}))},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.SetBytes(int64(len(bm.module)))
			b.ReportAllocs()
			for b.Loop() {
				_ = sandbox.Check(bm.module, sandbox.Limits{})
			}
		})
	}
}

func BenchmarkMeter(b *testing.B) {
	for name, module := range guests(b) {
		b.Run(name, func(b *testing.B) {
			metered := meter(b, module)
			b.ReportMetric(float64(len(metered.Module))/float64(len(module)), "size/plain")
			b.SetBytes(int64(len(module)))
			b.ReportAllocs()
			for b.Loop() {
				_, _ = sandbox.Meter(module, sandbox.Limits{})
			}
		})
	}
}

// The slowest single functions found within the limits, as wazero compiles them.
func BenchmarkCompileAtLimits(b *testing.B) {
	var locals [60]byte // indices 0 to 59
	for i := range locals {
		locals[i] = byte(i)
	}
	var reads []byte // each local stored, so that its value has to be known
	for _, i := range locals {
		reads = append(reads, 0x41, 0, 0x20, i, 0x36, 2, 0)
	}
	for _, bm := range []struct {
		name   string
		module []byte
	}{
		{"br_ifs", body(join([]byte{0x02, 0x40}, repeat(4095, 0x20, 0, 0x0d, 0), []byte{0x0b})...)},
		{"nested ifs", body(join(repeat(4096, 0x20, 0, 0x04, 0x40), repeat(4096, 0x0b))...)},
		{"ifs times locals", bodyWith([]byte{1, 59, 0x7f}, join(repeat(4096, 0x20, 0, 0x04, 0x40, 0x0b), reads))},
		{"indirect calls", body(repeat(18_000, 0x20, 0, 0x20, 0, 0x11, 0, 0)...)},
		{"truncations", body(join([]byte{0x20, 0, 0xad}, repeat(8192, 0xba, 0xb1), []byte{0x1a})...)},
		{"loads", body(join([]byte{0x20, 0}, repeat(43_000, 0x28, 2, 0), []byte{0x1a})...)},
	} {
		b.Run(bm.name, func(b *testing.B) {
			if err := sandbox.Check(bm.module, sandbox.Limits{}); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := compile(bm.module); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
