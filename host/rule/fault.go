package rule

import (
	"fmt"

	"edgesignal/host/text"
)

// FaultKind says what a rule did wrong in a call.
type FaultKind string

// The kinds. With each of them the instance is thrown away.
const (
	FaultStatus  FaultKind = "status"  // it answered with its own error, 1 to 99, or with a status that does not exist
	FaultTrap    FaultKind = "trap"    // wasm trap, stack overflow, or a host function called with a bad address
	FaultExit    FaultKind = "exit"    // it ended itself with proc_exit, whatever the code
	FaultFuel    FaultKind = "fuel"    // it used more than its Budget
	FaultPointer FaultKind = "pointer" // rule_alloc gave no memory, or an address that cannot be used
	FaultWeights FaultKind = "weights" // a weight is NaN (never written, or computed so) or infinite
)

// Fault is a call that the rule did not carry out. There are no weights then.
type Fault struct {
	Kind    FaultKind
	Rule    string // name and version
	Status  int32  // what the rule answered, with FaultStatus
	Refused bool   // with FaultStatus: it was rule_configure that answered, so the rule does not take the parameters
	Fuel    int64  // units used until then
	Detail  string // one line: what happened in which export, or the rule's own message
	Log     []Line // what the rule logged during the call
	Dropped int    // log lines beyond the caps
}

func (f *Fault) Error() string { return fmt.Sprintf("rule %s: %s: %s", f.Rule, f.Kind, f.Detail) }

func (i *instance) fault(kind FaultKind, format string, args ...any) *Fault {
	lines, dropped := i.host.log.take()
	return &Fault{Kind: kind, Rule: i.rule, Fuel: i.spent(), Detail: text.Clip(fmt.Sprintf(format, args...), MaxLineBytes), Log: lines, Dropped: dropped}
}

// statusFault returns the fault of an export that answered with a status other than 0.
func (i *instance) statusFault(export string, status int32) *Fault {
	f := i.fault(FaultStatus, "%s answered %d without a message", export, status)
	f.Status, f.Refused = status, export == exportConfigure
	switch n := len(f.Log); {
	case status < 0 || status > 99:
		f.Detail = fmt.Sprintf("%s answered %d, which is not a status (0 to 99)", export, status)
	case n > 0:
		f.Detail = f.Log[n-1].Text
	}
	return f
}
