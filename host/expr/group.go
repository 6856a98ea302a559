package expr

// group are some outputs of a program that are evaluated together, and what
// that takes. Slices but outputs have one entry a node of the group.
type group struct {
	outputs     []int // of the program
	nodes       []int // of the graph, operands first
	left, right int   // rows that Qlib loads for one day

	// fresh is how many rows before the first wanted one a node has to begin when
	// nothing was kept: all, where it or one that reads it carries a state. kept is the
	// same from a checkpoint on, where states are there.
	fresh, kept []int
	state       []int // where its words begin
	words       int
	release     [][]int       // columns that nobody reads after the node
	emit        map[int][]int // by column: the outputs that it is
	live        int           // columns at the same time, at most
	producer    map[int]int   // by column: the place of its node
}

func (p *Program) group(outputs []int) *group {
	g := &group{outputs: outputs, emit: map[int][]int{}, producer: map[int]int{}}
	of := make([]int, len(p.graph.types))
	for i, n := range p.graph.nodes {
		for _, c := range n.out {
			of[c] = i
		}
	}
	needed := make([]bool, len(p.graph.nodes))
	for _, i := range outputs {
		c := p.outputs[i].column
		g.emit[c] = append(g.emit[c], i)
		needed[of[c]] = true
	}
	for i := len(needed) - 1; i >= 0; i-- {
		if needed[i] {
			for _, c := range p.graph.nodes[i].in {
				needed[of[c]] = true
			}
		}
	}
	for i, ok := range needed {
		if ok {
			for _, c := range p.graph.nodes[i].out {
				g.producer[c] = len(g.nodes)
			}
			g.nodes = append(g.nodes, i)
		}
	}
	g.reach(p)
	g.lifetimes(p)
	return g
}

// reach finds where each node has to begin, from those who read it backwards.
func (g *group) reach(p *Program) {
	k := len(g.nodes)
	g.fresh, g.kept, g.state = make([]int, k), make([]int, k), make([]int, k)
	for at := k - 1; at >= 0; at-- {
		n := &p.graph.nodes[g.nodes[at]]
		if n.words > 0 {
			g.fresh[at] = all
		}
		for _, c := range n.in {
			from := g.producer[c]
			g.fresh[from] = min(all, max(g.fresh[from], g.fresh[at]+n.back))
			g.kept[from] = min(all, max(g.kept[from], g.kept[at]+n.back))
		}
	}
	for at, i := range g.nodes {
		g.state[at] = g.words
		g.words += p.graph.nodes[i].words
	}
}

// lifetimes finds after which node each column is free again.
func (g *group) lifetimes(p *Program) {
	last := map[int]int{}
	for at, i := range g.nodes {
		for _, c := range p.graph.nodes[i].out {
			last[c] = at
		}
		for _, c := range p.graph.nodes[i].in {
			last[c] = at
		}
	}
	g.release = make([][]int, len(g.nodes))
	live := 0
	for at, i := range g.nodes {
		live += len(p.graph.nodes[i].out)
		g.live = max(g.live, live)
		for _, c := range append(append([]int(nil), p.graph.nodes[i].in...), p.graph.nodes[i].out...) {
			if last[c] == at {
				g.release[at] = append(g.release[at], c)
				last[c] = -1
				live--
			}
		}
	}
}
