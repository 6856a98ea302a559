// A rule in Go, for the test of the WASI functions: it prods the outside of
// its sandbox, makes garbage, and answers with the predictions when nothing
// of the outside is there.
package main

import (
	"math"
	"math/rand"
	"os"
	"strconv"
	"time"
	"unsafe"
)

var (
	buffers [][]byte // keeps what the host was given
	params  string
)

func main() {}

//go:wasmexport rule_abi_1
func marker() {}

//go:wasmexport rule_alloc
func alloc(size int32) int32 {
	b := make([]uint64, (size+7)/8+1) // 8-aligned
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(&b[0])), len(b)*8)
	buffers = append(buffers, bytes)
	return int32(uintptr(unsafe.Pointer(&b[0])))
}

//go:wasmexport rule_configure
func configure(ptr, length int32) int32 {
	params = string(unsafe.Slice((*byte)(unsafe.Pointer(uintptr(ptr))), length))
	return 0
}

//go:wasmexport rule_construct
func construct(n, ncols, in, out int32) int32 {
	switch params {
	case `{"mode":"print"}`:
		os.Stdout.WriteString("to standard output\n")
		os.Stderr.WriteString("to standard error: " + strconv.Itoa(int(n)) + " symbols, " + strconv.Itoa(int(ncols)) + " columns\nand")
		return 42
	case `{"mode":"exit"}`:
		os.Exit(0)
	case `{"mode":"panic"}`:
		panic("the rule gives up")
	case `{"mode":"sleep"}`:
		time.Sleep(time.Hour)
	case `{"mode":"random"}`:
		weights := floats(out, n)
		for i := range weights {
			weights[i] = float64(rand.Int63()>>11) / (1 << 53)
		}
		return 0
	}
	if what := outside(); what != "" {
		println(what)
		return 1
	}
	for i := range 200 { // several garbage collections
		scratch := make([]float64, 4096)
		scratch[i] = math.Sqrt(float64(i))
	}
	copy(floats(out, n), floats(in, n))
	return 0
}

// outside names what the guest can see of the host; "" = nothing.
func outside() string {
	if len(os.Args) != 0 || len(os.Environ()) != 0 {
		return "arguments or environment"
	}
	if _, err := os.ReadFile("/etc/passwd"); err == nil {
		return "a file"
	}
	if _, err := os.Stat("."); err == nil {
		return "a directory"
	}
	if n, err := os.Stdin.Read(make([]byte, 1)); n > 0 || err == nil {
		return "standard input"
	}
	if now := time.Now().UnixNano(); now != 1_640_995_200_000_000_000 {
		return "the clock: " + strconv.FormatInt(now, 10)
	}
	return ""
}

func floats(ptr, n int32) []float64 {
	return unsafe.Slice((*float64)(unsafe.Pointer(uintptr(ptr))), n)
}
