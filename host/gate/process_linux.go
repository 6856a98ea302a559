package gate

import (
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// self is this program's file, also after an upgrade has put another one in
// its place.
const self = "/proc/self/exe"

// childAttr: a child does not outlive the host.
func childAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

// yield makes a child the one that gives way: to the host when they want the
// same core, and to everybody when the machine runs out of memory. Neither
// is needed for the gate's word, so a system that refuses is let be. The
// child's threads come after this and take after its first one.
func yield(pid int) {
	a := &unix.SchedAttr{Size: unix.SizeofSchedAttr, Nice: niceness, Runtime: uint64(slice.Nanoseconds())}
	if unix.SchedSetAttr(pid, a, 0) != nil {
		_ = unix.Setpriority(unix.PRIO_PROCESS, pid, niceness)
	}
	_ = os.WriteFile("/proc/"+strconv.Itoa(pid)+"/oom_score_adj", []byte("1000"), 0)
}

const (
	// niceness leaves a child a tenth of a core that the host wants too, so that
	// it ends.
	niceness = 10
	// slice is how long a child asks to run at a stretch. Whoever asks for less,
	// as all others do, need not wait until it is over (Linux 6.12 and later;
	// before that, nobody asks).
	slice = 100 * time.Millisecond
)
