package alpha158

// lines holds the sums that the straight lines through the closes need, beside the
// sums of the closes themselves.
type lines struct {
	weighted [span + 1]float64 // running sum of row * close
	rows     [span + 1]float64 // running sum of the rows with a close
	squares  [span + 1]float64 // running sum of their squares
	yy       [longest]float64  // sum of close*close since a row: rounded, so a chain
	infinite int               // the last row taken that has an infinite close
}

// lineBits are enough for the sum of a frame's values, each times a row of the
// frame or a position, and for the difference of two such sums.
const lineBits = rowBits + rowBits + 1

func (l *lines) load(x []float64) {
	var weighted, rows, squares float64
	for i, v := range x {
		if row := float64(i); v == v {
			weighted += float64(row * v)
			rows += row
			squares += float64(row * row)
		}
		l.weighted[i+1], l.rows[i+1], l.squares[i+1] = weighted, rows, squares
	}
}

// take adds the close of the newest row to the sums of squares; fed is how many
// rows were taken with it.
func (l *lines) take(v32 float32, fed, live int) {
	l.yy[(fed-1)%longest] = 0
	if v32 != v32 {
		return
	}
	v := float64(v32)
	if rolling(v32) != v {
		l.infinite = fed
	}
	square := float64(v * v)
	yy := l.yy[:live]
	for k := range yy {
		yy[k] += square
	}
}

// line returns what fit returns for rows [from, i], with today at position n; begun
// is the index of the chain that began with row from. Positions are rows less a
// constant, so the sums over positions follow from those over rows. Where these
// would be rounded, fit itself is called.
func (r *roller) line(from, i, n, begun int) line {
	l, closes := &r.lines, &r.price.prefix
	if closes.spare < lineBits || l.infinite > r.fed-(i+1-from) {
		return fit(r.f.bars.Close[from:i+1], n)
	}
	sum := func(s *[span + 1]float64) float64 { return s[i+1] - s[from] }
	before := float64(i - n) // the row at position 0
	count, y := sum(&closes.count), sum(&closes.sum)
	rows := sum(&l.rows)
	return line{
		window: float64(n),
		n:      count,
		x:      rows - float64(before*count),
		y:      y,
		xx:     sum(&l.squares) - float64(float64(2*before)*rows) + float64(float64(before*before)*count),
		xy:     sum(&l.weighted) - float64(before*y),
		yy:     l.yy[begun],
	}
}
