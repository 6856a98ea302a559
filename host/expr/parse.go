package expr

// signs that combine two operands, with the operator that they stand for. An
// empty one is Python's for numbers only.
var signs = map[string]struct {
	binds int
	name  string
}{
	"<": {1, "Lt"}, "<=": {1, "Le"}, ">": {1, "Gt"}, ">=": {1, "Ge"}, "==": {1, "Eq"}, "!=": {1, "Ne"},
	"|": {2, "Or"}, "^": {3, ""}, "&": {4, "And"}, "<<": {5, ""}, ">>": {5, ""},
	"+": {6, "Add"}, "-": {6, "Sub"},
	"*": {7, "Mul"}, "/": {7, "Div"}, "//": {7, ""}, "%": {7, ""}, "@": {7, ""},
}

const comparison = 1

// mirrored are what Python makes of a comparison whose left operand is a number.
var mirrored = map[string]string{"Lt": "Gt", "Le": "Ge", "Gt": "Lt", "Ge": "Le", "Eq": "Eq", "Ne": "Ne"}

type parser struct {
	tokens  []token
	at      int
	depth   int
	chains  bool // a chain of comparisons is its last one, as it is for Qlib; else an error
	chained bool // there was one
}

// parse returns the tree of a text, and refuses a chain of comparisons.
func parse(text string) (*tree, error) {
	t, _, err := read(text, false)
	return t, err
}

// read returns the tree of a text. With chains, a chain of comparisons is only its last one,
// which is what Qlib computes: Python takes the others for true without a look. chained
// reports whether there was one.
func read(text string, chains bool) (t *tree, chained bool, err error) {
	tokens, err := scan(text)
	if err != nil {
		return nil, false, err
	}
	p := parser{tokens: tokens, chains: chains}
	t, err = p.binary(comparison)
	if err != nil {
		return nil, false, err
	}
	if next := p.next(); next.kind != tokenEnd {
		return nil, false, p.unexpected(next)
	}
	return t, p.chained, nil
}

func (p *parser) next() token { return p.tokens[p.at] }

// take goes on if the next token is the sign.
func (p *parser) take(sign string) bool {
	if t := p.next(); t.kind == tokenOperator && t.text == sign {
		p.at++
		return true
	}
	return false
}

func (p *parser) unexpected(t token) error {
	switch t.kind {
	case tokenEnd:
		return errorAt(t.position, "", "the expression ends too early")
	case tokenField, tokenName:
		return errorAt(t.position, "", "%s does not belong here", quoted(t.text))
	case tokenOperator:
		return errorAt(t.position, "", "%s does not belong here", t.text)
	}
	return errorAt(t.position, "", "an operator is missing")
}

// deeper counts what stands within each other: the parser's own stack is as deep.
func (p *parser) deeper(t token) error {
	p.depth++
	if p.depth > MaxDepth {
		return errorAt(t.position, "", "more than %d operators and parentheses within each other", MaxDepth)
	}
	return nil
}

// binary reads operands that are joined by signs which bind at least so much.
func (p *parser) binary(binds int) (*tree, error) {
	left, err := p.unary()
	if err != nil {
		return nil, err
	}
	compared := false
	var last *tree // the right side of the comparison before
	for {
		op := p.next()
		sign, ok := signs[op.text]
		if op.kind != tokenOperator || !ok || sign.binds < binds {
			return left, nil
		}
		if sign.binds == comparison {
			if compared && !p.chains {
				return nil, errorAt(op.position, "write (a<b) & (b<c)", "a chain of comparisons, of which Python would only use the last")
			}
			if compared {
				p.chained, left = true, last
			}
			compared = true
		}
		p.at++
		right, err := p.binary(sign.binds + 1)
		if err != nil {
			return nil, err
		}
		last = right
		if left, err = join(op, sign.name, left, right); err != nil {
			return nil, err
		}
	}
}

// unary reads signs before an operand, which only numbers may have.
func (p *parser) unary() (*tree, error) {
	op := p.next()
	if op.kind != tokenOperator || op.text != "-" && op.text != "+" && op.text != "~" {
		return p.power()
	}
	if err := p.deeper(op); err != nil {
		return nil, err
	}
	p.at++
	t, err := p.unary()
	if err != nil {
		return nil, err
	}
	p.depth--
	zero := &tree{kind: treeNumber, number: intNumber(0), position: op.position}
	switch {
	case op.text == "~":
		return nil, errorAt(op.position, "write Not(a)", "~ is not supported")
	case t.kind != treeNumber && op.text == "-":
		return nil, errorAt(op.position, "write 0-a, or -1*a", "a minus before what is not a number")
	case t.kind != treeNumber:
		return nil, errorAt(op.position, "leave it out", "a plus before what is not a number")
	case op.text == "+":
		return t, nil
	case !t.number.isInt():
		zero.number = floatNumber(-t.number.float)
		return zero, nil
	}
	return join(token{kind: tokenOperator, text: "-", position: op.position}, "Sub", zero, t)
}

// power reads an operand with its exponent, which binds tighter than a sign
// before it and to the right.
func (p *parser) power() (*tree, error) {
	base, err := p.operand()
	if err != nil {
		return nil, err
	}
	op := p.next()
	if !p.take("**") {
		return base, nil
	}
	if err := p.deeper(op); err != nil {
		return nil, err
	}
	exponent, err := p.unary()
	if err != nil {
		return nil, err
	}
	p.depth--
	return join(op, "Power", base, exponent)
}

func (p *parser) operand() (*tree, error) {
	t := p.next()
	switch {
	case t.kind == tokenField:
		p.at++
		return &tree{kind: treeField, name: t.text, position: t.position}, nil
	case t.kind == tokenNumber:
		p.at++
		return &tree{kind: treeNumber, number: t.number, position: t.position}, nil
	case t.kind == tokenText:
		p.at++
		return &tree{kind: treeText, name: t.text, position: t.position}, nil
	case t.kind == tokenName:
		p.at++
		return p.call(t)
	case p.take("("):
		if err := p.deeper(t); err != nil {
			return nil, err
		}
		inner, err := p.binary(comparison)
		if err != nil {
			return nil, err
		}
		if !p.take(")") {
			return nil, p.closing(t)
		}
		p.depth--
		return inner, nil
	}
	return nil, p.unexpected(t)
}

// closing returns the error of what stands where a parenthesis should end.
func (p *parser) closing(open token) error {
	t := p.next()
	switch {
	case t.kind == tokenEnd:
		return errorAt(open.position, "", "a parenthesis that does not end")
	case t.kind == tokenOperator && t.text == ",":
		return errorAt(t.position, "", "a list, which only an operator's operands may be")
	}
	return p.unexpected(t)
}

func (p *parser) call(name token) (*tree, error) {
	open := p.next()
	if !p.take("(") {
		return nil, errorAt(name.position, "fields begin with $, symbols stand in quotes", "%s is a name of Python, and no number", quoted(name.text))
	}
	if err := p.deeper(name); err != nil {
		return nil, err
	}
	c := &tree{kind: treeCall, name: name.text, position: name.position}
	if p.take(")") {
		p.depth--
		return c, nil
	}
	for {
		arg, err := p.binary(comparison)
		if err != nil {
			return nil, err
		}
		c.args = append(c.args, arg)
		if p.take(",") {
			continue
		}
		if !p.take(")") {
			return nil, p.closing(open)
		}
		p.depth--
		return c, nil
	}
}

// join applies a sign to two operands: numbers are folded, as Python does.
func join(op token, name string, left, right *tree) (*tree, error) {
	for _, t := range []*tree{left, right} {
		if t.kind == treeText {
			return nil, errorAt(t.position, "", "a text where a field or a number is expected")
		}
	}
	if left.kind == treeNumber && right.kind == treeNumber {
		_, compares := mirrored[name]
		if compares || op.text == "^" || op.text == "<<" || op.text == ">>" || op.text == "@" {
			return nil, errorAt(op.position, "", "%s between two numbers is not supported", op.text)
		}
		n, problem := fold(op.text, left.number, right.number)
		if problem != "" {
			return nil, errorAt(op.position, "", "%s", problem)
		}
		return &tree{kind: treeNumber, number: n, position: left.position}, nil
	}
	if name == "" {
		return nil, errorAt(op.position, "", "%s is not supported on fields", op.text)
	}
	if mirror, ok := mirrored[name]; ok && left.kind == treeNumber {
		name, left, right = mirror, right, left
	}
	return &tree{kind: treeCall, name: name, args: []*tree{left, right}, position: op.position}, nil
}
