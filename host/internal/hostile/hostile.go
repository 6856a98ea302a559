// Package hostile is what an attacker would upload: rule modules and models
// that are broken, that lie, or that keep every promise of the ABI but one.
// Each comes with the gate's expected word, so that all who stand in the way
// of an upload (sandbox, rule, gate and its child process, commands, API) are
// held against the same corpus, or against a sample of it: see Variable.
//
// The rule modules, by the file that makes them:
//
//	file          what they do                                     the gate's word
//	decode.go     counts and lengths that lie, no module at all    rule_malformed
//	limits.go     structures over a limit, bombs for the compiler  rule_malformed
//	features.go   what is well-formed and not admitted             rule_forbidden
//	within.go     structures at a limit, slow compiling            passes; rule_malformed
//	exports.go    exports missing, of wrong types, reserved        rule_abi; rule_forbidden
//	meta.go       rule.meta, schema, columns, parameters           rule_abi
//	imports.go    imports that nobody provides                     rule_forbidden
//	initialize.go _initialize that loops, traps, recurses, exits   rule_abi
//	runtime.go    code that does not end                           rule_abi
//	traps.go      traps of every kind, in every export             rule_abi
//	pointers.go   what rule_alloc should not answer                rule_abi
//	weights.go    NaN, infinite, unwritten and oversized weights   rule_abi; passes
//	status.go     the rule's own errors, and no status at all      passes; rule_abi
//	state.go      what one call would tell the next                passes; rule_forbidden
//	memory.go     memory that grows                                passes
//	logs.go       floods, bytes that are no text                   passes; rule_abi
//	wasi.go       every WASI name, called with the worst           passes; rule_abi
//	sleepers.go   well-behaved with few symbols                    passes
//
// models.go makes hostile model texts, mutations.go changes one thing of a good
// release.
//
// The package imports no package of the host but release, so that the tests
// inside of any of them can use it.
package hostile

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/release"
)

// Stage is the step of the gate that has the last word on a module.
type Stage string

// The stages, in the order of the gate.
const (
	Structure  Stage = "structure"  // the structural check: nothing else ever sees the bytes
	Metering   Stage = "metering"   // well-formed, and refused for the sake of fuel or of the state's restoring
	Compiling  Stage = "compiling"  // within every limit, and stopped by the time that compiling may take
	Admission  Stage = "admission"  // wazero's validation, imports, exports, rule.meta
	Start      Stage = "start"      // _initialize
	Parameters Stage = "parameters" // the columns and the release's parameters
	Probe      Stage = "probe"      // the run over a plain input of ProbeSymbols symbols
	Passed     Stage = "passed"
)

// ProbeSymbols is the number of symbols of the gate's plain input. Sleepers
// misbehave over more.
const ProbeSymbols = 50

// Case is one hostile module and what the gate says of it.
type Case struct {
	Name   string
	Wasm   []byte          // shared: read only
	Params json.RawMessage // of the release; nil = {}
	Stage  Stage
	Reason release.Reason // the gate's word; "" = the gate lets it pass, because nothing it does is visible or harmful
	Detail string         // part of the gate's detail
	Call   Outcome        // of each call over 3 to ProbeSymbols symbols; at stage Start that of _initialize
	Beyond Outcome        // of each call over more symbols
}

// Outcome is what comes of one call. Every call begins as the first one did,
// so it is the same for each.
type Outcome struct {
	Fault  string  // the rule.FaultKind; "" = weights
	Detail string  // part of the fault's detail
	Status int32   // with the fault "status"
	Each   float64 // each of n weights is Each/n; NaN = not known beforehand, but equal in every call
	Breaks string  // the limit of the host that the weights break, by default; "" = none
}

// All returns all hostile modules, built once. Names are unique. Without wabt's
// wat2wasm the test fails.
func All(t testing.TB) []Case {
	t.Helper()
	cases, err := corpus()
	require.NoError(t, err)
	return cases
}

var corpus = sync.OnceValues(func() (all []Case, err error) {
	defer func() {
		if r := recover(); r != nil {
			all, err = nil, fmt.Errorf("hostile modules: %v", r)
		}
	}()
	for _, some := range []func() []Case{
		decodeCases, limitCases, featureCases, withinCases,
		exportCases, metaCases, importCases, initializeCases,
		runtimeCases, trapCases, pointerCases, weightCases, statusCases,
		stateCases, memoryCases, logCases, wasiCases, sleeperCases,
	} {
		all = append(all, some()...)
	}
	return all, nil
})

// assemble turns WAT text into a module with wabt's wat2wasm, with every
// feature that it knows.
func assemble(name, text string, flags ...string) []byte {
	cmd := exec.Command("wat2wasm", append(flags, "--enable-all", "-", "--output=-")...)
	cmd.Stdin = strings.NewReader(text)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	wasm, err := cmd.Output()
	if err != nil {
		panic(fmt.Sprintf("%s: wat2wasm (of wabt): %v: %s\n%s", name, err, stderr.String(), text))
	}
	return wasm
}

func malformed(name, detail string, wasm []byte) Case {
	return Case{Name: name, Wasm: wasm, Stage: Structure, Reason: release.RuleMalformed, Detail: detail}
}

func forbidden(name, detail string, wasm []byte) Case {
	return Case{Name: name, Wasm: wasm, Stage: Structure, Reason: release.RuleForbidden, Detail: detail}
}

// refused returns a case that one of the stages from Metering to Parameters refuses.
func refused(name string, stage Stage, reason release.Reason, detail string, g guest) Case {
	return Case{Name: name, Wasm: g.build(name), Stage: stage, Reason: reason, Detail: detail}
}

// faulty is refused because of what comes of the probe.
func faulty(name, fault, detail string, g guest) Case {
	o := Outcome{Fault: fault, Detail: detail}
	return Case{
		Name: name, Wasm: g.build(name), Stage: Probe, Reason: release.RuleABI, Detail: detail, Call: o, Beyond: o,
	}
}

// passing comes through the gate, and its weights are each/n.
func passing(name string, each float64, g guest) Case {
	return passingWith(name, Outcome{Each: each}, g)
}

func passingWith(name string, o Outcome, g guest) Case {
	return Case{Name: name, Wasm: g.build(name), Stage: Passed, Call: o, Beyond: o}
}
