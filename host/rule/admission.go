package rule

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"edgesignal/host/release"
)

// Compile admits a module and makes it ready to run. What every host would
// find is a *release.Rejection: RuleMalformed (too large, not wasm, refused by
// wazero), RuleForbidden (an import that is not allowed, a memory whose
// minimum is over the limit, a start function) or RuleABI (a missing or
// wrongly typed export, a bad rule.meta, an _initialize that fails).
// An _initialize that runs into opt.Deadline is a *Fault. ctx bounds compiling and
// _initialize; its end is its error.
func Compile(ctx context.Context, wasm []byte, opt Options) (*Module, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, err
	}
	o, err := inspect(wasm, opt)
	if err != nil {
		return nil, err
	}
	rt := wazero.NewRuntimeWithConfig(context.Background(), runtimeConfig(opt))
	m, err := admit(ctx, rt, wasm, o, opt)
	if err != nil {
		_ = rt.Close(context.Background()) // nothing of it was handed out
		return nil, err
	}
	return m, nil
}

// runtimeConfig: a Runtime per module, so that closing it frees everything.
// SIMD and reference types are off: no toolchain for rules needs them, and
// with them off table.grow and second tables are gone.
func runtimeConfig(opt Options) wazero.RuntimeConfig {
	const features = api.CoreFeaturesV2 &^ api.CoreFeatureSIMD &^ api.CoreFeatureReferenceTypes
	return wazero.NewRuntimeConfig().
		WithCoreFeatures(features).
		WithMemoryLimitPages(opt.MemoryLimitPages).
		WithDebugInfoEnabled(false).
		WithCloseOnContextDone(true)
}

// inspect refuses what can be refused from the bytes alone, before wazero
// sees them.
func inspect(wasm []byte, opt Options) (outline, error) {
	if n := len(wasm); n > MaxModuleBytes {
		return outline{}, release.Reject(release.RuleMalformed, "the module has %d bytes, at most %d", n, MaxModuleBytes)
	}
	o, err := readOutline(wasm)
	switch {
	case err != nil:
		return o, release.Reject(release.RuleMalformed, "%v", err)
	case o.hasStart:
		return o, release.Reject(release.RuleForbidden, "the module has a start function; export _initialize instead")
	case o.otherImport != "":
		return o, release.Reject(release.RuleForbidden, "import %.160q is not a function", o.otherImport)
	case o.memoryMin > uint64(opt.MemoryLimitPages):
		return o, release.Reject(release.RuleForbidden, "the memory begins with %d pages of 64 KiB, at most %d", o.memoryMin, opt.MemoryLimitPages)
	}
	return o, nil
}

// admit compiles the module, checks what it declares and proves with a first
// instance that it starts.
func admit(ctx context.Context, rt wazero.Runtime, wasm []byte, o outline, opt Options) (*Module, error) {
	compiled, err := compile(ctx, rt, wasm)
	if err != nil {
		return nil, err
	}
	needed, err := checkImports(compiled)
	if err != nil {
		return nil, err
	}
	if err := checkExports(compiled); err != nil {
		return nil, err
	}
	meta, err := parseMeta(o.meta)
	if err != nil {
		return nil, err
	}
	s, err := compileSchema(meta.Params)
	if err != nil {
		return nil, release.Reject(release.RuleABI, "%s: %v", metaSection, err)
	}
	if err := provide(ctx, rt, needed); err != nil {
		return nil, err
	}
	m := &Module{meta: meta, schema: s, deadline: opt.Deadline, rt: rt}
	m.pool = newPool(opt.Instances, func() (*instance, error) { return newInstance(rt, compiled, m.label()) })
	if err := m.start(ctx); err != nil {
		return nil, err
	}
	return m, nil
}

func compile(ctx context.Context, rt wazero.Runtime, wasm []byte) (compiled wazero.CompiledModule, err error) {
	defer func() {
		if r := recover(); r != nil {
			compiled, err = nil, release.Reject(release.RuleMalformed, "the runtime gave up on it: %v", r)
		}
	}()
	// With one worker wazero does not look at ctx while it compiles; with
	// more it does between functions.
	workers := experimental.WithCompilationWorkers(ctx, max(2, runtime.GOMAXPROCS(0)))
	compiled, err = rt.CompileModule(workers, wasm)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("compiling the rule: %w", ctx.Err())
	}
	if err != nil {
		return nil, release.Reject(release.RuleMalformed, "%s", cut(err.Error(), maxMessage))
	}
	return compiled, nil
}

// start makes the first instance, so that a rule that cannot start is refused
// here and not at the first request.
func (m *Module) start(ctx context.Context) error {
	err := m.startFirst(ctx)
	var f *Fault
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("starting rule %s: %w", m.label(), ctx.Err())
	case errors.As(err, &f) && f.Kind != FaultDeadline:
		return release.Reject(release.RuleABI, "%v", f)
	}
	return err
}

func (m *Module) startFirst(ctx context.Context) error {
	i, err := m.pool.get(ctx)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, i.cancel)
	i.arm(m.deadline)
	if err = i.initialize(); err == nil {
		err = i.disarm()
	}
	untouched := stop()
	m.pool.put(i, err == nil && untouched)
	return err
}
