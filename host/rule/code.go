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
	"edgesignal/host/text"
)

// code is a compiled, metered module in a Runtime of its own, so that closing
// it frees everything.
type code struct {
	rt       wazero.Runtime
	cache    wazero.CompilationCache // nil = none
	compiled wazero.CompiledModule
	label    string // name and version of the rule, for faults

	fuel    string   // the export that holds the fuel
	globals []string // the exports that hold the guest's own mutable globals
	image   *image   // what each call begins with; nil until the first instance took it
}

// compileCode compiles a module that sandbox.Check has passed. What the cache
// directory holds of it is used where it can be; a damaged entry is deleted
// and made again.
func compileCode(ctx context.Context, m sandbox.Metered, opt Options) (*code, error) {
	if opt.CacheDir == "" {
		return newCode(ctx, m, opt, nil)
	}
	entry := cacheOf(opt.CacheDir, m.Module)
	c, err := cachedCode(ctx, m, opt, entry)
	var refused *release.Rejection
	if !errors.As(err, &refused) {
		return c, err
	}
	// wazero does not say whether it failed on the module or on the entry.
	if err := entry.remove(); err != nil {
		return nil, fmt.Errorf("compile cache: %w", err)
	}
	if c, err = cachedCode(ctx, m, opt, entry); err == nil || !errors.As(err, &refused) {
		return c, err
	}
	plain, second := newCode(ctx, m, opt, nil)
	if second != nil {
		return nil, second
	}
	_ = plain.close()
	return nil, fmt.Errorf("compile cache %s cannot be written: %w", entry.dir, err)
}

func cachedCode(ctx context.Context, m sandbox.Metered, opt Options, entry codeCache) (*code, error) {
	cache, err := entry.open()
	if err != nil {
		return nil, fmt.Errorf("compile cache: %w", err)
	}
	c, err := newCode(ctx, m, opt, cache)
	if err != nil {
		return nil, err
	}
	if err := entry.prune(); err != nil {
		_ = c.close()
		return nil, fmt.Errorf("compile cache: %w", err)
	}
	return c, nil
}

// newCode takes cache over: it is closed with the code, or here.
func newCode(ctx context.Context, m sandbox.Metered, opt Options, cache wazero.CompilationCache) (*code, error) {
	// SIMD and reference types are off: no toolchain for rules needs them, and
	// with them off table.grow and second tables are gone.
	const features = api.CoreFeaturesV2 &^ api.CoreFeatureSIMD &^ api.CoreFeatureReferenceTypes
	cfg := wazero.NewRuntimeConfig().
		WithCoreFeatures(features).
		WithMemoryLimitPages(opt.MemoryLimitPages).
		WithDebugInfoEnabled(false)
	if cache != nil {
		cfg = cfg.WithCompilationCache(cache)
	}
	c := &code{rt: wazero.NewRuntimeWithConfig(context.Background(), cfg), cache: cache, fuel: m.Fuel, globals: m.Globals}
	var err error
	if c.compiled, err = compile(ctx, c.rt, m.Module); err != nil {
		_ = c.close() // nothing of it was handed out
		return nil, err
	}
	return c, nil
}

func (c *code) close() error {
	ctx := context.Background()
	err := c.rt.Close(ctx)
	if c.cache != nil {
		err = errors.Join(err, c.cache.Close(ctx))
	}
	return err
}

func compile(ctx context.Context, rt wazero.Runtime, wasm []byte) (compiled wazero.CompiledModule, err error) {
	defer func() {
		if r := recover(); r != nil {
			compiled, err = nil, release.Reject(release.RuleMalformed, "the runtime gave up on it: %v", r)
		}
	}()
	// With one worker wazero does not look at its context while it compiles;
	// with more it does between functions.
	workers := experimental.WithCompilationWorkers(ctx, max(2, runtime.GOMAXPROCS(0)))
	compiled, err = rt.CompileModule(workers, wasm)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("compiling the rule: %w", ctx.Err())
	}
	if err != nil {
		return nil, release.Reject(release.RuleMalformed, "%s", text.Clip(text.JoinLines(err.Error()), maxMessage))
	}
	return compiled, nil
}
