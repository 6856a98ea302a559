package alpha158

// peaks holds those of the last 60 rows whose value no later row exceeds, oldest
// first, so their values fall. The first of them that lies in a window is the
// window's highest, the oldest of equal ones. Minima are the peaks of the negated
// column.
type peaks struct {
	rows        [ring]int // counted from the first row taken, 1
	values      [ring]float64
	first, next int         // numbers of the oldest and of the one after the newest, never reset
	missing     [span]uint8 // the first row of the frame at or after i without a value
}

// ring is the size of a ring buffer: a power of two that holds the longest window.
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

// take adds the newest row; fed is how many rows were taken with it.
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

// window returns what highest returns for rows [from, i] of the frame; skipped is
// how many rows were taken before the frame's first.
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
