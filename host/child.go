package host

import "edgesignal/host/gate"

// ServeIfChild ends the process after a child's work where a host, or a
// command that publishes, started this program to check a release. It is the
// first thing that main does.
func ServeIfChild() { gate.ServeIfChild() }

// GateReport is what the gate did with a release or a rule.
type GateReport = gate.Report
