package expr

import "fmt"

// Evaluator evaluates a program for one symbol after another. It is for one
// goroutine at a time.
type Evaluator struct {
	p       *Program
	scratch scratch
	columns []vector // by column of the graph
	rows    []rowset
	lent    []bool // by column: a source's own values
	state   []float64
	call    call
}

// NewEvaluator makes an evaluator of p.
func NewEvaluator(p *Program) *Evaluator {
	n := len(p.graph.types)
	e := &Evaluator{p: p, columns: make([]vector, n), rows: make([]rowset, n), lent: make([]bool, n)}
	for _, n := range p.graph.nodes {
		if n.leaf {
			e.lent[n.out[0]] = true
		}
	}
	return e
}

// query is one evaluation of a group.
type query struct {
	source   Source
	symbol   string
	from, to int // calendar rows that are loaded
	want     int // values are wanted for rows [want, end)
	end      int

	dst                     []float32 // nil = nothing is written
	columnStride, rowStride int

	base *Checkpoint   // to go on from; nil = from the first loaded row
	save []*Checkpoint // to fill, by ascending row
}

// Day writes what Qlib answers to a query of that one calendar row: a value an
// expression into dst. Each expression sees the rows that Qlib loads for it.
func (e *Evaluator) Day(dst []float32, source Source, symbol string, row int) error {
	for _, g := range e.p.windows {
		err := e.run(g, &query{source: source, symbol: symbol,
			from: max(0, row-g.left), to: row + g.right + 1, want: row, end: row + 1,
			dst: dst, columnStride: 1, rowStride: len(dst)})
		if err != nil {
			return err
		}
	}
	return nil
}

// History writes what Qlib answers to a query of all days of a market, calendar rows
// [from, to) of it: column after column into dst, to-from values each. days is the
// number of rows of the calendar.
func (e *Evaluator) History(dst []float32, source Source, symbol string, days, from, to int) error {
	return e.run(e.p.full, &query{source: source, symbol: symbol, to: e.p.loadTo(days, to), want: from, end: to,
		dst: dst, columnStride: to - from, rowStride: 1})
}

// loadTo returns up to which row a query of all days is loaded for values before row
// to: all, where later rows matter, if only for an error.
func (p *Program) loadTo(days, to int) int {
	if p.looksAhead() || p.WholeHistory() || len(p.symbols) > 0 {
		return days
	}
	return to
}

func (e *Evaluator) run(g *group, q *query) error {
	irregular := e.load(g, q)
	if irregular && (q.base != nil || len(q.save) > 0) {
		return errGaps
	}
	e.state = room(&e.state, g.words)
	clear(e.state)
	if q.base != nil {
		copy(e.state, q.base.words)
	}
	for at, i := range g.nodes {
		n := &e.p.graph.nodes[i]
		if !n.leaf {
			lo, rows := 0, e.rows[n.out[0]]
			switch {
			case irregular:
			case q.base != nil:
				lo = rows.begin(q.base.at - g.kept[at])
			default:
				lo = rows.begin(q.want - g.fresh[at])
			}
			for _, c := range n.out {
				e.columns[c] = e.scratch.get(e.p.graph.types[c], rows.n)
			}
			if err := e.node(g, at, q, lo); err != nil {
				clear(e.columns)
				return fmt.Errorf("column %s, symbol %s: %w", e.p.outputOf(i), q.symbol, err)
			}
		}
		for _, c := range n.out {
			for _, k := range g.emit[c] {
				e.emit(q, c, q.dst[k*q.columnStride:])
			}
		}
		for _, c := range g.release[at] {
			if !e.lent[c] {
				e.scratch.put(e.columns[c])
			}
			e.columns[c] = vector{}
		}
	}
	return nil
}

// load takes the leaves from the source and finds the days of every column. It
// reports whether one of them has a gap.
func (e *Evaluator) load(g *group, q *query) (irregular bool) {
	var common rowset
	same, first := true, true
	for _, i := range g.nodes {
		n := &e.p.graph.nodes[i]
		if !n.leaf {
			continue
		}
		symbol := q.symbol
		if n.symbol != "" {
			symbol = n.symbol
		}
		begin, values := q.source.Series(symbol, n.field)
		from, to := max(q.from-begin, 0), min(q.to-begin, len(values))
		if from >= to {
			from, to, begin = 0, 0, 0
		}
		r := rowset{first: begin + from, n: to - from}
		e.columns[n.out[0]], e.rows[n.out[0]] = vector{f32: values[from:to:to]}, r
		if e.columns[n.out[0]].f32 == nil {
			e.columns[n.out[0]].f32 = []float32{}
		}
		same = same && (first || r.equal(common))
		common, first = r, false
	}
	for _, i := range g.nodes {
		n := &e.p.graph.nodes[i]
		if n.leaf {
			continue
		}
		r := common
		if !same {
			r = e.rows[n.in[0]]
			if n.meet != meetSame {
				for _, c := range n.in[1:] {
					r = r.union(e.rows[c])
				}
			}
			irregular = irregular || r.list != nil
		}
		for _, c := range n.out {
			e.rows[c] = r
		}
	}
	return irregular
}

// node computes a node's columns from day lo on, and keeps its state where a
// checkpoint wants it.
func (e *Evaluator) node(g *group, at int, q *query, lo int) error {
	n := &e.p.graph.nodes[g.nodes[at]]
	rows := e.rows[n.out[0]]
	if n.first && rows.n == 0 {
		return errNoDays
	}
	c := &e.call
	*c = call{in: c.in[:0], out: c.out[:0], scratch: &e.scratch, state: e.state[g.state[at]:][:n.words]}
	for _, k := range n.in {
		v := &e.columns[k]
		if !e.rows[k].equal(rows) {
			var err error
			if v, err = e.meet(n, k, rows, lo); err != nil {
				return err
			}
			defer func() { e.scratch.put(*v) }()
		}
		c.in = append(c.in, v)
	}
	if n.meet == meetLogic && len(n.in) == 2 && !e.rows[n.in[0]].equal(rows) {
		for i := lo; i < rows.n; i++ {
			if _, ok := e.rows[n.in[0]].find(rows.at(i)); !ok {
				c.in[1].bit[i] = false
			}
		}
	}
	for k := range n.out {
		c.out = append(c.out, &e.columns[n.out[k]])
	}
	c.lo = lo
	for k, s := range q.save {
		if n.words == 0 {
			break
		}
		c.hi = max(c.lo, rows.begin(s.at-g.kept[at]))
		if c.hi > c.lo {
			n.run(c)
		}
		copy(q.save[k].words[g.state[at]:], c.state)
		c.lo = c.hi
	}
	if c.hi = rows.n; c.hi > c.lo && c.err == nil {
		n.run(c)
	}
	if n.whole {
		for _, s := range q.save {
			copy(s.words[g.state[at]:], c.state)
		}
	}
	return c.err
}

// meet returns an operand on the days of the node that reads it.
func (e *Evaluator) meet(n *node, operand int, to rowset, lo int) (*vector, error) {
	t := e.p.graph.types[operand]
	switch {
	case n.meet == meetSame:
		return nil, ErrRows
	case n.meet == meetUnion && (t == Bool || t == Int64):
		return nil, errKinds
	}
	v := e.scratch.get(t, to.n)
	lay(&v, &e.columns[operand], e.rows[operand], to, lo, to.n)
	return &v, nil
}

// emit casts the wanted rows of a column to float32. Days that it does not have
// are NaN.
func (e *Evaluator) emit(q *query, c int, dst []float32) {
	v, rows := &e.columns[c], e.rows[c]
	for row := q.want; row < q.end; row++ {
		to := &dst[(row-q.want)*q.rowStride]
		*to = nan32
		i, ok := rows.find(row)
		if !ok {
			continue
		}
		switch {
		case v.f32 != nil:
			*to = v.f32[i]
		case v.f64 != nil:
			*to = float32(v.f64[i])
		case v.i64 != nil:
			*to = float32(v.i64[i])
		case v.bit[i]:
			*to = 1
		default:
			*to = 0
		}
		if *to != *to {
			*to = nan32
		}
	}
}
