package alpha158

// sortedWindow holds the values of a window in ascending order, equal ones
// oldest first. That order shows where -0 stands beside 0.
type sortedWindow struct {
	buffer [longest]float64
	n      int
}

func (s *sortedWindow) values() []float64 { return s.buffer[:s.n] }

// insert adds the newest value, after those that equal it. NaN is none.
func (s *sortedWindow) insert(v float64) {
	if v != v {
		return
	}
	_, at := place(s.values(), v)
	s.n++
	copy(s.buffer[at+1:s.n], s.buffer[at:])
	s.buffer[at] = v
}

// remove takes the oldest value away, the first of those that equal it.
func (s *sortedWindow) remove(v float64) {
	if v != v {
		return
	}
	at, _ := place(s.values(), v)
	copy(s.buffer[at:], s.buffer[at+1:s.n])
	s.n--
}

// place returns how many of the sorted values are less than v, and how many are no
// greater; 0 and 0 for NaN.
func place(sorted []float64, v float64) (less, upTo int) {
	low, high := 0, len(sorted)
	for low < high {
		if middle := (low + high) / 2; sorted[middle] < v {
			low = middle + 1
		} else {
			high = middle
		}
	}
	less, upTo = low, low
	for upTo < len(sorted) && sorted[upTo] == v {
		upTo++
	}
	if v != v {
		return 0, 0
	}
	return less, upTo
}
