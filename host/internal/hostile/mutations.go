package hostile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"edgesignal/host/release"
)

// Parts are what a release is made of.
type Parts struct {
	Model, Rule, Golden []byte
	Params              json.RawMessage // of the rule, a JSON object
}

// Mutation is a good release with one thing changed.
type Mutation struct {
	Name string
	Parts
	Reason   release.Reason // the gate's word where the manifest names the changed bytes
	Unsigned release.Reason // and where it still names those of the good release
	Detail   string         // part of the gate's detail where the manifest names the changed bytes
}

// Mutations returns one change each to a good release, and that release itself:
// base is good with a golden file whose portfolios rely on the release's own
// parameters. good is the demo's kind: a model of alpha158 with real names, the
// stock rule top_bottom, golden predictions on both sides of the first tree's
// root, and golden portfolios, one of them with exactly good.Params.
func Mutations(good Parts) (base Parts, mutations []Mutation) {
	base = good
	base.Golden = reliant(good)
	add := func(name string, reason release.Reason, detail string, change func(p *Parts)) {
		m := Mutation{Name: name, Parts: base, Reason: reason, Unsigned: release.DigestMismatch, Detail: detail}
		change(&m.Parts)
		if bytes.Equal(m.Model, base.Model) && bytes.Equal(m.Rule, base.Rule) && bytes.Equal(m.Golden, base.Golden) {
			m.Unsigned = reason // parameters stand in the manifest itself
		}
		mutations = append(mutations, m)
	}
	d := takeApart(good.Model)
	names := strings.Split(value(d.header, "feature_names"), " ")
	names[2], names[3] = names[3], names[2]

	add("a threshold", release.GoldenMismatch, "predictions.rows", func(p *Parts) { p.Model = d.inList("threshold", 0, "1e300").text() })
	add("the leaves of a tree", release.GoldenMismatch, "predictions.rows", func(p *Parts) {
		leaves := len(strings.Fields(value(d.trees[0], "leaf_value")))
		p.Model = d.inTree("leaf_value", strings.TrimSuffix(strings.Repeat("0.001 ", leaves), " ")).text()
	})
	add("two feature names exchanged", release.GoldenMismatch, "predictions.rows", func(p *Parts) {
		p.Model = d.inHeader("feature_names", strings.Join(names, " ")).text()
	})
	add("a tree dropped", release.GoldenMismatch, "predictions.rows", func(p *Parts) {
		fewer := d
		fewer.trees = d.trees[:len(d.trees)-1]
		p.Model = fewer.text()
	})
	add("a parameter", release.GoldenMismatch, "weight of", func(p *Parts) { p.Params = stepped(good.Params) })
	add("a parameter out of its range", release.RuleABI, "parameters", func(p *Parts) { p.Params = json.RawMessage(`{"top_n":-1}`) })

	flip := func(what string, reason release.Reason, detail string, at func(rule []byte) int, bit byte) {
		add("a byte of the module: "+what, reason, detail, func(p *Parts) {
			p.Rule = bytes.Clone(good.Rule)
			p.Rule[at(p.Rule)] ^= bit
		})
	}
	find := func(text string, offset int) func([]byte) int {
		return func(rule []byte) int {
			i := bytes.Index(rule, []byte(text))
			if i < 0 {
				panic(fmt.Sprintf("the rule does not hold %q", text))
			}
			return i + offset
		}
	}
	flip("its header", release.RuleMalformed, "not a core wasm module", func([]byte) int { return 0 }, 1)
	flip("its version", release.RuleMalformed, "not a core wasm module", func([]byte) int { return 4 }, 2)
	flip("the length of its first section", release.RuleMalformed, "", func([]byte) int { return 9 }, 0x40)
	flip("its last instruction", release.RuleMalformed, "code section", lastOfCode, 0x10) // end 0x0b -> select 0x1b
	flip("a division", release.GoldenMismatch, "portfolios[0]", lastDivision, 1)          // f64.div 0xa3 -> f64.mul 0xa2
	flip("the name of an export", release.RuleABI, `no function is exported as "rule_construct"`, find("rule_construct", 5), 1)
	flip("its ABI's number", release.RuleABI, `no function is exported as "rule_abi_1"`, find("rule_abi_1", 9), 3)
	flip("its metadata", release.RuleABI, "rule.meta", find("rule.meta", 9), 0x80)
	flip("the name of its metadata", release.RuleABI, "0 custom sections named rule.meta", find("rule.meta", 0), 1)

	row := func(name, detail string, cell string) {
		add(name, release.GoldenMismatch, detail, func(p *Parts) { p.Golden = withRow(base.Golden, cell) })
	}
	row("a golden row of NaN", "golden file: not JSON, at byte", "NaN")
	row("a golden row of missing values", "predictions.rows[0] gives", "null")
	row("a golden row of text", "a string where a number belongs", `"NaN"`)
	row("a golden row beyond a float32", "is beyond a float32", "1e39")
	add("a golden file cut short", release.GoldenMismatch, "golden file", func(p *Parts) { p.Golden = base.Golden[:len(base.Golden)/2] })
	add("a golden weight", release.GoldenMismatch, "weight of", func(p *Parts) {
		p.Golden = bytes.Replace(base.Golden, []byte(`0.3333333333333333`), []byte(`0.3333333333`), 1)
	})
	return base, mutations
}

// reliant returns the golden file without the parameters of portfolios that are the
// release's own anyway.
func reliant(p Parts) []byte {
	var file map[string]json.RawMessage
	var portfolios []map[string]json.RawMessage
	decode(p.Golden, &file)
	decode(file["portfolios"], &portfolios)
	for _, one := range portfolios {
		if one["params"] != nil && canonical(one["params"]) == canonical(p.Params) {
			delete(one, "params")
		}
	}
	file["portfolios"] = encode(portfolios)
	return encode(file)
}

// withRow returns the golden file with each value of its first row replaced.
func withRow(golden []byte, cell string) []byte {
	at := bytes.Index(golden, []byte(`"rows":[[`)) + len(`"rows":[[`)
	end := at + bytes.IndexByte(golden[at:], ']')
	n := bytes.Count(golden[at:end], []byte(","))
	return slices.Concat(golden[:at], []byte(strings.Repeat(cell+",", n)+cell), golden[end:])
}

// stepped adds one to the first parameter that is a number.
func stepped(params json.RawMessage) json.RawMessage {
	var object map[string]any
	decode(params, &object)
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		if n, ok := object[key].(float64); ok {
			object[key] = n + 1
			return encode(object)
		}
	}
	panic("no parameter is a number")
}

// lastOfCode returns the offset of the end of the last function.
func lastOfCode(rule []byte) int { _, end := codeSection(rule); return end - 1 }

// lastDivision returns the offset of the last byte f64.div of the code: in the stock
// rules the one that makes a leg's weight.
func lastDivision(rule []byte) int {
	start, end := codeSection(rule)
	i := bytes.LastIndexByte(rule[start:end], 0xa3)
	if i < 0 {
		panic("the rule divides nothing")
	}
	return start + i
}

// codeSection returns where the contents of the code section begin and end.
func codeSection(rule []byte) (start, end int) {
	for at := len(header); at < len(rule); at = end {
		id := rule[at]
		size := 0
		at++
		for shift := 0; ; shift += 7 {
			b := rule[at]
			at++
			size |= int(b&0x7f) << shift
			if b < 0x80 {
				break
			}
		}
		if end = at + size; id == idCode {
			return at, end
		}
	}
	panic("the rule has no code")
}

func canonical(object json.RawMessage) string {
	text, err := release.CanonicalJSON(object)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func decode(text []byte, to any) {
	if err := json.Unmarshal(text, to); err != nil {
		panic(err)
	}
}

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}
