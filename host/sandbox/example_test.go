package sandbox_test

import (
	"fmt"

	"edgesignal/host/sandbox"
)

// An empty module, and one of 15 bytes that claims four billion imports.
func ExampleCheck() {
	empty := "\x00asm\x01\x00\x00\x00"
	fmt.Println(sandbox.Check([]byte(empty), sandbox.Limits{}))
	fmt.Println(sandbox.Check([]byte(empty+"\x02\x05\xff\xff\xff\xff\x0f"), sandbox.Limits{}))
	// Output:
	// <nil>
	// rule_malformed: import section: byte 10: claims too many entries: 4294967295, at most 64 (Imports)
}
