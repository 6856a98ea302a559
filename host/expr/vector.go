package expr

// vector is a column of one symbol: one slice of the type's own is set. float16
// is held as float32, an object as float64.
type vector struct {
	f32 []float32
	f64 []float64
	i64 []int64
	bit []bool
}

// scratch are what kernels and vectors of one evaluator share.
type scratch struct {
	f32 [][]float32
	f64 [][]float64
	i64 [][]int64
	bit [][]bool

	rows   []int32   // for queues of rows
	sorted []float64 // for the values of a window
	values []float64
}

func (s *scratch) get(t Type, n int) (v vector) {
	switch t {
	case Float16, Float32:
		v.f32 = take(&s.f32, n)
	case Float64, Object, Flags:
		v.f64 = take(&s.f64, n)
	case Int64:
		v.i64 = take(&s.i64, n)
	case Bool:
		v.bit = take(&s.bit, n)
	}
	return v
}

func (s *scratch) put(v vector) {
	switch {
	case v.f32 != nil:
		s.f32 = append(s.f32, v.f32)
	case v.f64 != nil:
		s.f64 = append(s.f64, v.f64)
	case v.i64 != nil:
		s.i64 = append(s.i64, v.i64)
	case v.bit != nil:
		s.bit = append(s.bit, v.bit)
	}
}

// take returns n values that may hold anything, from the free ones where one is large enough.
func take[T any](free *[][]T, n int) []T {
	if last := len(*free) - 1; last >= 0 {
		v := (*free)[last]
		*free = (*free)[:last]
		if cap(v) >= n {
			return v[:n]
		}
	}
	return make([]T, n, max(n, 64))
}

// queue returns room for n rows.
func (s *scratch) queue(n int) []int32 {
	if cap(s.rows) < n {
		s.rows = make([]int32, n)
	}
	return s.rows[:n]
}

func room(s *[]float64, n int) []float64 {
	if cap(*s) < n {
		*s = make([]float64, n)
	}
	return (*s)[:n]
}
