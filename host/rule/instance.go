package rule

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/sys"
)

// instance is one instantiated guest: its memory, its functions, and what the
// host keeps beside them. One call at a time.
type instance struct {
	rule string // for faults
	mod  api.Module
	host host
	ctx  context.Context // carries host to the host functions

	globals []api.MutableGlobal // the guest's own
	image   *image              // what each call begins with; nil = _initialize has not run
	used    bool                // a call has begun since image was restored
	budget  int64               // of the call under way

	alloc, configure, construct api.Function
	stack                       [4]uint64 // arguments in, result out

	taken []span // what rule_alloc gave in this call
}

// host is what the host functions know of the call they serve.
type host struct {
	log    callLog
	random *rand.ChaCha8 // nil = not asked for in this call
	fuel   api.MutableGlobal
}

type hostKey struct{}

func hostOf(ctx context.Context) *host { return ctx.Value(hostKey{}).(*host) }

// newInstance instantiates the module and brings it to its image. Without an
// image nothing of the guest has run.
func (c *code) newInstance() (i *instance, err error) {
	i = &instance{rule: c.label}
	i.ctx = context.WithValue(context.Background(), hostKey{}, &i.host)
	defer func() {
		if r := recover(); r != nil {
			err = i.fault(FaultTrap, "instantiating: the runtime gave up: %v", r)
		}
		if err != nil {
			i.close()
			i = nil
		}
	}()
	// No name, so that any number may live in one Runtime; no start functions,
	// so that _initialize runs with fuel.
	i.mod, err = c.rt.InstantiateModule(i.ctx, c.compiled, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		i.mod = nil
		return i, i.fault(FaultTrap, "instantiating: %s", firstLine(err))
	}
	i.alloc = i.mod.ExportedFunction(exportAlloc)
	i.configure = i.mod.ExportedFunction(exportConfigure)
	i.construct = i.mod.ExportedFunction(exportConstruct)
	if i.host.fuel, err = mutable(i.mod, c.fuel); err != nil {
		return i, err
	}
	for _, name := range c.globals {
		g, err := mutable(i.mod, name)
		if err != nil {
			return i, err
		}
		i.globals = append(i.globals, g)
	}
	if c.image != nil && !c.image.restore(i.mod.Memory(), i.globals) {
		return i, i.fault(FaultTrap, "its memory of %d bytes cannot be had again", c.image.size)
	}
	i.image = c.image
	return i, nil
}

func mutable(mod api.Module, name string) (api.MutableGlobal, error) {
	g, ok := mod.ExportedGlobal(name).(api.MutableGlobal)
	if !ok {
		return nil, fmt.Errorf("the metered module has no mutable global %s", name)
	}
	return g, nil
}

func (i *instance) close() {
	if i.mod != nil {
		_ = i.mod.Close(context.Background()) // nothing of the guest's is left to flush
	}
}

// begin starts a call with budget units of fuel, from the image.
func (i *instance) begin(budget int64) error {
	if i.used && !i.image.restore(i.mod.Memory(), i.globals) {
		return i.fault(FaultTrap, "its memory of %d bytes cannot be had again", i.image.size)
	}
	i.used = i.image != nil
	i.host.log.reset()
	i.host.random = nil
	i.taken = i.taken[:0]
	i.budget = budget
	i.host.fuel.Set(uint64(budget))
	return nil
}

// spent returns the fuel of the call under way; more than its budget = exhausted.
func (i *instance) spent() int64 {
	if i.host.fuel == nil { // not instantiated yet
		return 0
	}
	return i.budget - int64(i.host.fuel.Get())
}

// sound reports whether another call may begin here: a memory that has grown
// beyond the image would show the next call that one had been here before.
func (i *instance) sound() bool { return i.image.fits(i.mod.Memory()) }

// initialize runs _initialize, where the module has one, and takes the image.
func (i *instance) initialize() error {
	if err := i.begin(FuelInitialize); err != nil {
		return err
	}
	if f := i.mod.ExportedFunction(exportInitialize); f != nil {
		if _, err := i.call(exportInitialize, f); err != nil {
			return err
		}
	}
	i.image = takeImage(i.mod.Memory(), i.globals)
	return nil
}

// call runs one export with the arguments and gives its first result.
func (i *instance) call(export string, f api.Function, args ...uint32) (result uint32, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = i.fault(FaultTrap, "%s: the runtime gave up: %v", export, r)
		}
	}()
	for k, a := range args {
		i.stack[k] = uint64(a)
	}
	err = f.CallWithStack(i.ctx, i.stack[:])
	if i.spent() > i.budget { // also where the guest came to its end before the next test
		return 0, i.fault(FaultFuel, "%s used more than the %d units of fuel of this call", export, i.budget)
	}
	if err != nil {
		return 0, i.callFault(export, err)
	}
	return uint32(i.stack[0]), nil
}

// callFault returns the fault that an error of wazero means.
func (i *instance) callFault(export string, err error) *Fault {
	var exit *sys.ExitError
	if errors.As(err, &exit) { // 0 is no better than any other code
		return i.fault(FaultExit, "%s called proc_exit(%d)", export, exit.ExitCode())
	}
	line := firstLine(err)
	if strings.Contains(line, "stack overflow") {
		defer reclaim(i)
	}
	return i.fault(FaultTrap, "%s: %s", export, line)
}

// firstLine leaves out the stack trace, whose names are the guest's.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return strings.TrimSuffix(line, " (recovered by wazero)")
}

var reclaiming sync.Mutex

// reclaim gives back to the system what a stack overflow leaves behind: wazero
// lets a stack grow to 50 MB by doubling it, and the function that overflowed
// keeps the last one. The instance is closed after every fault; here it lets
// go of its functions, and the caller who overflowed waits for the collector.
func reclaim(i *instance) {
	i.alloc, i.configure, i.construct = nil, nil, nil
	if reclaiming.TryLock() {
		defer reclaiming.Unlock()
		debug.FreeOSMemory()
	}
}
