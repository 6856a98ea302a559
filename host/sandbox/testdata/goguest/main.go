// A Go rule that pulls in what authors use: fmt, encoding/json, sort, maps.
package main

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"unsafe"
)

var (
	params struct {
		Weights map[string]float64 `json:"weights"`
	}
	kept [][]byte
)

//go:wasmexport rule_abi_1
func marker() {}

//go:wasmexport rule_alloc
func alloc(size int32) int32 {
	b := make([]byte, size+8)
	kept = append(kept, b)
	return int32(uintptr(unsafe.Pointer(&b[0]))+7) &^ 7
}

//go:wasmexport rule_configure
func configure(at, size int32) int32 {
	text := unsafe.Slice((*byte)(unsafe.Pointer(uintptr(at))), size)
	if err := json.Unmarshal(text, &params); err != nil {
		fmt.Println(strings.ToUpper(err.Error()))
		return 1
	}
	return 0
}

//go:wasmexport rule_construct
func construct(n, _, in, out int32) int32 {
	predictions := unsafe.Slice((*float64)(unsafe.Pointer(uintptr(in))), n)
	weights := unsafe.Slice((*float64)(unsafe.Pointer(uintptr(out))), n)
	copy(weights, predictions)
	sort.Float64s(weights)
	return 0
}

func main() {}
