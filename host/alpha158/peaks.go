package alpha158

// peaks are the rows of the last 60 that no later one exceeds, oldest first, by
// falling value: the first of them that lies in a window is its first highest.
// Minima are the peaks of the negated column.
type peaks struct {
	rows        [ring]int // counted from the first row taken, 1
	values      [ring]float64
	first, next int         // places of the oldest and after the newest, counted up
	missing     [span]uint8 // the first row of the frame at or after i without a value
}

// ring is a power of two with room for the longest window.
const ring = 64

// load notes which rows of the frame have no value.
func (p *peaks) load(x []float64) {
	at := uint8(span)
	for i := len(x) - 1; i >= 0; i-- {
		if v := x[i]; v != v {
			at = uint8(i)
		}
		p.missing[i] = at
	}
}

// take adds the fed-th row.
func (p *peaks) take(v float64, fed int) {
	if p.first < p.next && p.rows[p.first%ring] <= fed-longest {
		p.first++
	}
	if v != v {
		return
	}
	for p.first < p.next && p.values[(p.next-1)%ring] < v {
		p.next--
	}
	p.rows[p.next%ring], p.values[p.next%ring] = fed, v
	p.next++
}

// window returns highest of rows [from, i], before which skipped rows were taken.
func (p *peaks) window(from, i, skipped int) (value, position float64) {
	value, position = nan64, nan64
	for k := p.first; k < p.next; k++ {
		if row := p.rows[k%ring]; row > skipped {
			value, position = p.values[k%ring], float64(row-skipped)
			break
		}
	}
	firstNaN := int(p.missing[from])
	if firstNaN > i {
		firstNaN = from - 1
	}
	return value, argument(position, firstNaN-from)
}
