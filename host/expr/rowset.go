package expr

import "slices"

// rowset are the days of a column: calendar rows [first, first+n), or a list of
// them where two symbols that meet leave a gap between them.
type rowset struct {
	first, n int
	list     []int32
}

func (r rowset) equal(o rowset) bool {
	return r.n == o.n && (r.n == 0 || r.first == o.first && slices.Equal(r.list, o.list))
}

// at returns the calendar row of the i-th day.
func (r rowset) at(i int) int {
	if r.list != nil {
		return int(r.list[i])
	}
	return r.first + i
}

// find returns which day a calendar row is.
func (r rowset) find(row int) (i int, ok bool) {
	if r.list != nil {
		return slices.BinarySearch(r.list, int32(row))
	}
	i = row - r.first
	return i, i >= 0 && i < r.n
}

// union returns the days of either.
func (r rowset) union(o rowset) rowset {
	switch {
	case r.n == 0 || r.equal(o):
		return o
	case o.n == 0:
		return r
	}
	first := min(r.at(0), o.at(0))
	last := max(r.at(r.n-1), o.at(o.n-1))
	list := make([]int32, 0, r.n+o.n)
	for row := first; row <= last; row++ {
		_, inR := r.find(row)
		_, inO := o.find(row)
		if inR || inO {
			list = append(list, int32(row))
		}
	}
	if len(list) == last-first+1 {
		return rowset{first: first, n: len(list)}
	}
	return rowset{first: first, n: len(list), list: list}
}

// begin returns the day of a calendar row, or the nearest place where it would stand.
func (r rowset) begin(row int) int { return min(max(row-r.first, 0), r.n) }

// lay writes days [lo, hi) of to from a column with the days of r: what it lacks
// is NaN, or false.
func lay(dst, v *vector, r, to rowset, lo, hi int) {
	for i := lo; i < hi; i++ {
		at, ok := r.find(to.at(i))
		switch {
		case dst.f32 != nil:
			dst.f32[i] = nan32
			if ok {
				dst.f32[i] = v.f32[at]
			}
		case dst.f64 != nil:
			dst.f64[i] = nan
			if ok {
				dst.f64[i] = v.f64[at]
			}
		case dst.bit != nil:
			dst.bit[i] = ok && v.bit[at]
		}
	}
}
