package hostile

import (
	"fmt"
	"math"
)

// weightCases answer with what is no weight, or with more than a host allows.
func weightCases() []Case {
	// first and last put one value over good weights.
	first := func(value string) guest {
		return guest{construct: `(call $fill (local.get $n) (local.get $out) (f64.const 0.5)) (f64.store (local.get $out) ` + value + `) (i32.const 0)`}
	}
	last := func(value string) guest {
		return guest{construct: `(call $fill (local.get $n) (local.get $out) (f64.const 0.5))
		  (f64.store (i32.sub (i32.add (local.get $out) (i32.shl (local.get $n) (i32.const 3))) (i32.const 8)) ` + value + `) (i32.const 0)`}
	}
	all := func(total string) guest {
		return guest{construct: `(call $fill (local.get $n) (local.get $out) (f64.const ` + total + `)) (i32.const 0)`}
	}
	faulty := func(name, detail string, g guest) Case { return faulty(name, "weights", detail, g) }
	cases := []Case{
		faulty("weight NaN", "is NaN", first(`(f64.const nan)`)),
		faulty("weight NaN at the end", "is NaN", last(`(f64.const nan)`)),
		faulty("weight NaN that says something", "is NaN", first(`(f64.reinterpret_i64 (i64.const 0x7ff4dead00beef01))`)),
		faulty("weight 0/0", "is NaN", first(`(f64.div (f64.const 0) (f64.const 0))`)),
		faulty("weight +infinity", "is +Inf", first(`(f64.const inf)`)),
		faulty("weight -infinity at the end", "is -Inf", last(`(f64.const -inf)`)),
		faulty("weights all NaN", "is NaN", all("nan")),
		faulty("weights not written", "never written", guest{construct: `(i32.const 0)`}),
		faulty("last weight not written", "is NaN", guest{construct: `(call $fill (i32.sub (local.get $n) (i32.const 1)) (local.get $out) (f64.const 0.5)) (i32.const 0)`}),
		faulty("weights written over the input", "is NaN", guest{construct: `(call $fill (local.get $n) (local.get $in) (f64.const 0.5)) (i32.const 0)`}),
		faulty("weights of 32 bits", "is NaN", guest{construct: `(local $i i32)
		  (loop $l
		    (f32.store (i32.add (local.get $out) (i32.shl (local.get $i) (i32.const 2))) (f32.const 0.01))
		    (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
		  (i32.const 0)`}),

		passing("weights beyond the buffer too", plain, guest{construct: `(call $fill (i32.mul (local.get $n) (i32.const 2)) (local.get $out) (f64.const 1)) (i32.const 0)`}),
		passing("input written over", plain, guest{construct: `(memory.fill (local.get $in) (i32.const 255) (i32.mul (local.get $n) (i32.shl (local.get $ncols) (i32.const 3)))) ` + done}),
		passing("weights of -0", math.Copysign(0, -1), all("-0")),
		passing("subnormal weights", 1e-310, all("1e-310")),
		passing("gross of 2", 2, all("2")),
	}
	for _, w := range []struct {
		name, limit string
		g           guest
	}{
		{"weights of 1e9", "max_weight", all("1e12")},
		{"one weight of 1e9", "max_weight", first(`(f64.const 1e9)`)},
		{"one weight of -1.001", "max_weight", last(`(f64.const -1.001)`)},
		{"the largest weights", "max_weight", guest{construct: `(call $fill (local.get $n) (local.get $out) (f64.const 1)) (f64.store (local.get $out) (f64.const ` +
			fmt.Sprint(math.MaxFloat64) + `)) (f64.store offset=8 (local.get $out) (f64.const ` + fmt.Sprint(-math.MaxFloat64) + `)) (i32.const 0)`}},
		{"gross of 3", "max_gross", all("3")},
		{"gross of -2.001", "max_gross", all("-2.001")},
	} {
		cases = append(cases, passingWith(w.name, Outcome{Breaks: w.limit}, w.g))
	}
	return cases
}
