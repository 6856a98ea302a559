package rule

import (
	"github.com/tetratelabs/wazero"

	"edgesignal/host/release"
)

// The exports of ABI 1.
const (
	exportMemory     = "memory"
	exportMarker     = "rule_abi_1"
	exportAlloc      = "rule_alloc"
	exportConfigure  = "rule_configure"
	exportConstruct  = "rule_construct"
	exportInitialize = "_initialize" // optional
)

var exportTypes = []struct {
	name            string
	params, results string // as in hostFunction
	optional        bool
}{
	{exportMarker, "", "", false},
	{exportAlloc, "i", "i", false},
	{exportConfigure, "ii", "i", false},
	{exportConstruct, "iiii", "i", false},
	{exportInitialize, "", "", true},
}

// checkExports holds what a module exports against ABI 1, by name and type.
func checkExports(compiled wazero.CompiledModule) error {
	if compiled.ExportedMemories()[exportMemory] == nil {
		return release.Reject(release.RuleABI, "no memory is exported as %q", exportMemory)
	}
	functions := compiled.ExportedFunctions()
	for _, want := range exportTypes {
		f, ok := functions[want.name]
		if !ok {
			if want.optional {
				continue
			}
			return release.Reject(release.RuleABI, "no function is exported as %q", want.name)
		}
		wantType := signature(valueTypes(want.params), valueTypes(want.results))
		if got := signature(f.ParamTypes(), f.ResultTypes()); got != wantType {
			return release.Reject(release.RuleABI, "export %s has type %.200s, want %s", want.name, got, wantType)
		}
		if module, name, imported := f.Import(); imported {
			return release.Reject(release.RuleABI, "export %s is the import %s.%s, not a function of the rule's own", want.name, module, name)
		}
	}
	return nil
}
