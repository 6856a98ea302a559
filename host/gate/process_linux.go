package gate

import (
	"os"
	"strconv"
	"syscall"
)

// self is this program's file, also after an upgrade has put another one in
// its place.
const self = "/proc/self/exe"

// childAttr: a child does not outlive the host.
func childAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

// yield makes a child the one that gives way: to the host when they want the
// same core, and to everybody when the machine runs out of memory. Neither
// is needed for the gate's word, so a system that refuses is let be.
func yield(pid int) {
	_ = os.WriteFile("/proc/"+strconv.Itoa(pid)+"/oom_score_adj", []byte("1000"), 0)
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, pid, 5)
}
