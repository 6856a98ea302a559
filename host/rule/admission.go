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
	"edgesignal/host/sandbox"
)

// Compile admits a module and makes it ready to run. What every host would
// find is a *release.Rejection: RuleMalformed (not wasm, over a limit of
// package sandbox, refused by wazero, compiling for longer than MaxCompile),
// RuleForbidden (a feature or an import that is not admitted) or RuleABI (a missing or
// wrongly typed export, a bad rule.meta, an _initialize that fails).
// An _initialize that runs into opt.Deadline is a *Fault. ctx bounds compiling and
// _initialize; its end is its error.
func Compile(ctx context.Context, wasm []byte, opt Options) (*Module, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, err
	}
	metas, err := inspect(wasm, opt)
	if err != nil {
		return nil, err
	}
	rt := wazero.NewRuntimeWithConfig(context.Background(), runtimeConfig(opt))
	m, err := admit(ctx, rt, wasm, metas, opt)
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

// inspect refuses what can be refused from the bytes alone: nothing reaches
// wazero that the structural check has not passed. It returns the contents of
// the rule.meta sections.
func inspect(wasm []byte, opt Options) ([][]byte, error) {
	limits := sandbox.Limits{FileBytes: MaxModuleBytes, MemoryPages: int(opt.MemoryLimitPages)}
	if err := sandbox.Check(wasm, limits); err != nil {
		return nil, err
	}
	metas, err := metaSections(wasm)
	if err != nil {
		return nil, release.Reject(release.RuleMalformed, "%v", err)
	}
	return metas, nil
}

// admit compiles the module, checks what it declares and proves with a first
// instance that it starts.
func admit(ctx context.Context, rt wazero.Runtime, wasm []byte, metas [][]byte, opt Options) (*Module, error) {
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
	meta, err := parseMeta(metas)
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
	// The structural check bounds each function; their sum is bounded here.
	// With one worker wazero does not look at its context while it compiles;
	// with more it does between functions.
	bounded, cancel := context.WithTimeout(ctx, MaxCompile)
	defer cancel()
	workers := experimental.WithCompilationWorkers(bounded, max(2, runtime.GOMAXPROCS(0)))
	compiled, err = rt.CompileModule(workers, wasm)
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("compiling the rule: %w", ctx.Err())
	case bounded.Err() != nil:
		return nil, release.Reject(release.RuleMalformed, "compiling it takes longer than %v", MaxCompile)
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
