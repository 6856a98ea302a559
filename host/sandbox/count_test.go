package sandbox_test

import (
	"edgesignal/host/sandbox"
	"fmt"
	"github.com/tetratelabs/wazero"
	"testing"
)

func TestCount(t *testing.T) {
	gs := guests(t)
	classes := map[string]func(op int, ext bool) bool{
		"all":      func(op int, ext bool) bool { return true },
		"load":     func(op int, ext bool) bool { return !ext && op >= 0x28 && op <= 0x35 },
		"loadfp":   func(op int, ext bool) bool { return !ext && op >= 0x2a && op <= 0x2b },
		"store":    func(op int, ext bool) bool { return !ext && op >= 0x36 && op <= 0x3e },
		"call":     func(op int, ext bool) bool { return !ext && op == 0x10 },
		"calli":    func(op int, ext bool) bool { return !ext && op == 0x11 },
		"loop":     func(op int, ext bool) bool { return !ext && op == 0x3 },
		"br":       func(op int, ext bool) bool { return !ext && op == 0xc },
		"br_if":    func(op int, ext bool) bool { return !ext && op == 0xd },
		"br_table": func(op int, ext bool) bool { return !ext && op == 0xe },
		"if":       func(op int, ext bool) bool { return !ext && op == 0x4 },
		"fmul": func(op int, ext bool) bool {
			return !ext && (op == 0xa2 || op == 0xa3 || op == 0x94 || op == 0x95 || op == 0x9f || op == 0x91)
		},
		"idiv": func(op int, ext bool) bool { return !ext && (op >= 0x6d && op <= 0x70 || op >= 0x7f && op <= 0x82) },
		"bulk": func(op int, ext bool) bool { return ext },
	}
	for name, g := range gs {
		n := 500
		p := "{}"
		if name == "C" {
			p = `{"top_n":50,"bottom_n":50}`
		}
		s := name
		for c, f := range classes {
			restore := sandbox.SetWeights(func(op int, ext bool) uint8 {
				if f(op, ext) {
					return 1
				}
				return 0
			})
			m := meter(t, g)
			restore()
			i := start(t, wazero.NewRuntimeConfig(), m.Module)
			i.construct(p, shuffled(n))
			i.fuel.Set(plenty)
			i.construct(p, shuffled(n))
			s += fmt.Sprintf(" %s=%d", c, plenty-i.fuel.Get())
		}
		fmt.Println(s)
	}
}
