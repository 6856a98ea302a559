package rule

import (
	"context"
	"errors"
	"fmt"

	"edgesignal/host/release"
	"edgesignal/host/sandbox"
)

// Compile admits a module and makes it ready to run. What every host would
// find is a *release.Rejection: RuleMalformed (not wasm, over a limit of
// package sandbox, refused by wazero), RuleForbidden (a feature or an import
// that is not admitted) or RuleABI (a missing or wrongly typed export, a bad
// rule.meta, an _initialize that fails or runs out of fuel). Other errors are those of the cache directory, and that of ctx,
// which bounds compiling.
//
// Compiling is where a module can hurt: a caller that does not know it yet
// calls Compile in a process that may die.
func Compile(ctx context.Context, wasm []byte, opt Options) (*Module, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, err
	}
	// Nothing reaches wazero that the structural check, which is a part of
	// Meter, has not passed.
	metered, err := sandbox.Meter(wasm, sandbox.Limits{FileBytes: MaxModuleBytes, MemoryPages: int(opt.MemoryLimitPages)})
	if err != nil {
		return nil, err
	}
	metas, err := metaSections(wasm)
	if err != nil {
		return nil, release.Reject(release.RuleMalformed, "%v", err)
	}
	c, err := compileCode(ctx, metered, opt)
	if err != nil {
		return nil, err
	}
	m, err := admit(ctx, c, metas, opt)
	if err != nil {
		_ = c.close() // nothing of it was handed out
		return nil, err
	}
	return m, nil
}

// admit checks what the module declares and proves with a first instance that
// it starts.
func admit(ctx context.Context, c *code, metas [][]byte, opt Options) (*Module, error) {
	needed, err := checkImports(c.compiled)
	if err != nil {
		return nil, err
	}
	if err := checkExports(c.compiled); err != nil {
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
	if err := provide(ctx, c.rt, needed); err != nil {
		return nil, err
	}
	c.label = meta.Name + " " + meta.Version
	first, err := c.start()
	if err != nil {
		return nil, err
	}
	m := &Module{meta: meta, schema: s, code: c, pool: newPool(opt.Instances, c.newInstance)}
	m.pool.idle = append(m.pool.idle, first)
	return m, nil
}

// start makes the first instance and with it the image of all others, so that
// a rule that cannot start is refused here and not at the first request.
func (c *code) start() (*instance, error) {
	i, err := c.newInstance()
	if err == nil {
		if err = i.initialize(); err != nil {
			i.close()
		}
	}
	var f *Fault
	switch {
	case errors.As(err, &f):
		return nil, release.Reject(release.RuleABI, "%v", f)
	case err != nil:
		return nil, fmt.Errorf("starting rule %s: %w", c.label, err)
	}
	c.image = i.image
	return i, nil
}
