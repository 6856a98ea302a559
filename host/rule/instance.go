package rule

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

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

	// ctx is what every guest call runs under. wazero stops the guest at a
	// loop header when it ends; the watchdog ends it at the deadline. One
	// context for the life of the instance costs no allocation a call.
	ctx      context.Context
	cancel   context.CancelFunc
	watchdog *time.Timer
	armed    time.Time
	limit    time.Duration

	alloc, configure, construct api.Function
	stack                       [4]uint64 // arguments in, result out
	started                     bool      // _initialize has run

	params           []byte // as the caller wrote them when rule_configure last took them; nil = never
	paramsAt         span
	capacity         int // symbols that fit into in and out
	inputAt, weights span
}

// host is what the host functions know of the call they serve.
type host struct {
	log    callLog
	random *rand.ChaCha8 // nil = not asked for in this call
}

type hostKey struct{}

func hostOf(ctx context.Context) *host { return ctx.Value(hostKey{}).(*host) }

// newInstance instantiates the module and runs nothing of it.
func newInstance(rt wazero.Runtime, compiled wazero.CompiledModule, rule string) (i *instance, err error) {
	i = &instance{rule: rule}
	ctx := context.WithValue(context.Background(), hostKey{}, &i.host)
	i.ctx, i.cancel = context.WithCancel(ctx)
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
	// so that _initialize runs under the watchdog.
	i.mod, err = rt.InstantiateModule(i.ctx, compiled, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		i.mod = nil
		return i, i.fault(FaultTrap, "instantiating: %s", firstLine(err))
	}
	i.alloc = i.mod.ExportedFunction(exportAlloc)
	i.configure = i.mod.ExportedFunction(exportConfigure)
	i.construct = i.mod.ExportedFunction(exportConstruct)
	i.watchdog = time.AfterFunc(time.Hour, i.cancel)
	i.watchdog.Stop()
	return i, nil
}

func (i *instance) close() {
	if i.watchdog != nil {
		i.watchdog.Stop()
	}
	i.cancel()
	if i.mod != nil {
		_ = i.mod.Close(context.Background()) // nothing of the guest's is left to flush
	}
}

// arm begins a call: from here the guest has limit.
func (i *instance) arm(limit time.Duration) {
	i.host.log.reset()
	i.host.random = nil
	i.armed, i.limit = time.Now(), limit
	i.watchdog.Reset(limit)
}

// disarm ends a call; a deadline that has passed unseen is a fault after all.
func (i *instance) disarm() error {
	if !i.watchdog.Stop() || i.late() {
		return i.fault(FaultDeadline, "took longer than %v", i.limit)
	}
	return nil
}

// late does not rely on the watchdog alone: a guest in code without loops can
// hold up the garbage collector, and with it every timer of the process.
func (i *instance) late() bool { return i.ctx.Err() != nil || time.Since(i.armed) > i.limit }

// initialize runs _initialize once, where the module has one.
func (i *instance) initialize() error {
	if i.started {
		return nil
	}
	i.started = true
	f := i.mod.ExportedFunction(exportInitialize)
	if f == nil {
		return nil
	}
	_, err := i.call(exportInitialize, f)
	return err
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
	if i.late() || i.mod.IsClosed() { // a closed instance would still run to its next loop
		return 0, i.fault(FaultDeadline, "%s: not begun within %v", export, i.limit)
	}
	err = f.CallWithStack(i.ctx, i.stack[:])
	if i.late() {
		return 0, i.fault(FaultDeadline, "%s took longer than %v", export, i.limit)
	}
	if err != nil {
		return 0, i.callFault(export, err)
	}
	return uint32(i.stack[0]), nil
}

// callFault says what an error of wazero means.
func (i *instance) callFault(export string, err error) *Fault {
	var exit *sys.ExitError
	if errors.As(err, &exit) { // 0 is no better than any other code
		return i.fault(FaultExit, "%s called proc_exit(%d)", export, exit.ExitCode())
	}
	return i.fault(FaultTrap, "%s: %s", export, firstLine(err))
}

// firstLine leaves out the stack trace, whose names are the guest's.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return strings.TrimSuffix(line, " (recovered by wazero)")
}
