package model

// tree is one decision tree in LightGBM's own layout. Node 0 is the root; a
// tree of one leaf has no node.
type tree struct {
	nodes     []node
	leaves    []float64     // what each leaf adds to the score; finite
	setBounds []uint32      // set i of categories is setWords[setBounds[i]:setBounds[i+1]]
	setWords  []uint32      // bit c%32 of word c/32 = category c goes left
	linear    *linearLeaves // nil = each leaf is its value
}

// node is one split: left if the row's value of feature is <= threshold, or
// lies in the node's set of categories.
type node struct {
	threshold   float64 // may be +-Inf; of a categorical split the number of its set
	feature     uint32  // the column
	left, right int32   // >= 0: a node, < 0: leaf ^i
	decision    uint8   // LightGBM's decision_type
}

// The bits of decision_type.
const (
	categoricalBit = 1 << 0
	defaultLeftBit = 1 << 1
	missingShift   = 2 // two bits: 0 none, 1 zero, 2 NaN
	missingMask    = 3
	missingZero    = 1
	missingNaN     = 2
	decisionBits   = categoricalBit | defaultLeftBit | missingMask<<missingShift
)

func (n *node) categorical() bool { return n.decision&categoricalBit != 0 }
