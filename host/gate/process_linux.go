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

// childAttr returns attributes that end a child together with the host.
func childAttr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

// yield gives a child a lower priority than the host has, and makes it the
// first process to be killed when the machine runs out of memory. The gate works
// without either, so it ignores a system that refuses. Threads inherit both,
// which is why it is called before the child starts any.
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
