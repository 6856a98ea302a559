//go:build !linux

package gate

import (
	"os"
	"syscall"
)

// self is this program's file, as it was called.
var self, _ = os.Executable()

func childAttr() *syscall.SysProcAttr { return nil }

func yield(int) {}
