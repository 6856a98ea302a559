package rule

import (
	"context"
	"fmt"
	"slices"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"edgesignal/host/release"
)

// hostFunction is one function that a rule may import. Types are written one
// letter each: i = i32, I = i64.
type hostFunction struct {
	module, name    string
	params, results string
	call            func(ctx context.Context, mod api.Module, stack []uint64)
}

// hostFunctions returns the allow-list: what is not on it cannot be imported.
func hostFunctions() []hostFunction {
	return append(wasiFunctions(), hostFunction{"host", "log", "iii", "", hostLog})
}

func valueTypes(letters string) []api.ValueType {
	types := make([]api.ValueType, len(letters))
	for i := range letters {
		types[i] = api.ValueTypeI32
		if letters[i] == 'I' {
			types[i] = api.ValueTypeI64
		}
	}
	return types
}

// signature writes a function type like "(i32, i64) -> (i32)".
func signature(params, results []api.ValueType) string {
	list := func(types []api.ValueType) string {
		s := "("
		for i, t := range types {
			if i > 0 {
				s += ", "
			}
			s += api.ValueTypeName(t)
		}
		return s + ")"
	}
	return list(params) + " -> " + list(results)
}

// checkImports holds each imported function against the allow-list and returns
// those that are needed.
func checkImports(compiled wazero.CompiledModule) ([]hostFunction, error) {
	var needed []hostFunction
	allowed := hostFunctions()
	for _, f := range compiled.ImportedFunctions() {
		module, name, _ := f.Import()
		i := slices.IndexFunc(allowed, func(h hostFunction) bool { return h.module == module && h.name == name })
		if i < 0 {
			return nil, release.Reject(release.RuleForbidden, "import %.80q.%.80q is not allowed: a rule may import host.log and, for toolchains that insist, some of %s", module, name, wasiModule)
		}
		want := signature(valueTypes(allowed[i].params), valueTypes(allowed[i].results))
		if got := signature(f.ParamTypes(), f.ResultTypes()); got != want {
			return nil, release.Reject(release.RuleForbidden, "import %s.%s has type %.200s, want %s", module, name, got, want)
		}
		if !slices.ContainsFunc(needed, func(h hostFunction) bool { return h.module == module && h.name == name }) {
			needed = append(needed, allowed[i])
		}
	}
	return needed, nil
}

// provide makes the needed functions importable from rt.
func provide(ctx context.Context, rt wazero.Runtime, needed []hostFunction) error {
	builders := map[string]wazero.HostModuleBuilder{}
	for _, f := range needed {
		if builders[f.module] == nil {
			builders[f.module] = rt.NewHostModuleBuilder(f.module)
		}
		builders[f.module].NewFunctionBuilder().
			WithGoModuleFunction(api.GoModuleFunc(f.call), valueTypes(f.params), valueTypes(f.results)).
			Export(f.name)
	}
	for module, b := range builders {
		if _, err := b.Instantiate(ctx); err != nil {
			return fmt.Errorf("host module %s: %w", module, err)
		}
	}
	return nil
}
