package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// v3Flags are the names by which /proc/cpuinfo calls what GOAMD64=v3 needs
// beyond v2 (https://go.dev/wiki/MinimumRequirements#amd64): "abm" stands for
// LZCNT. A v3 binary refuses to start on a CPU that lacks one of them.
var v3Flags = []string{"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"}

// missingV3 lists the flags of GOAMD64=v3 that this machine's CPU lacks.
func missingV3() ([]string, error) {
	cpuinfo, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return nil, fmt.Errorf("ask the CPU for GOAMD64=v3: %w", err)
	}
	return lacking(string(cpuinfo), v3Flags)
}

// lacking lists the wanted flags that the first processor of a /proc/cpuinfo
// does not have.
func lacking(cpuinfo string, wanted []string) ([]string, error) {
	for line := range strings.Lines(cpuinfo) {
		key, value, _ := strings.Cut(line, ":")
		if strings.TrimSpace(key) != "flags" {
			continue
		}
		flags := strings.Fields(value)
		missing := slices.Clone(wanted)
		return slices.DeleteFunc(missing, func(flag string) bool { return slices.Contains(flags, flag) }), nil
	}
	return nil, fmt.Errorf("ask the CPU for %s: /proc/cpuinfo has no line of flags", strings.Join(wanted, ", "))
}
