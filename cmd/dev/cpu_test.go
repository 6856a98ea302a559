package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLacking(t *testing.T) {
	const head = "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: a CPU: fast\n"
	tests := []struct {
		name    string
		cpuinfo string
		want    []string
		err     string
	}{
		{name: "has all", cpuinfo: head + "flags\t\t: fpu avx avx2 abm bmi1 bmi2 f16c fma movbe sse4_2\n", want: []string{}},
		{name: "older CPU", cpuinfo: head + "flags\t\t: fpu avx f16c sse4_2\n", want: []string{"avx2", "bmi1", "bmi2", "fma", "abm", "movbe"}},
		{name: "whole words only", cpuinfo: head + "flags\t\t: avx512f avx2 bmi1 bmi2 f16c fma4 abm movbe\n", want: []string{"avx", "fma"}},
		{name: "vmx flags are others", cpuinfo: head + "vmx flags\t: avx\nflags\t\t: avx2 bmi1 bmi2 f16c fma abm movbe", want: []string{"avx"}},
		{name: "first processor", cpuinfo: head + "flags\t\t: avx avx2 bmi1 bmi2 f16c fma abm\n\n" + head + "flags\t: movbe\n", want: []string{"movbe"}},
		{name: "arm64", cpuinfo: "processor\t: 0\nFeatures\t: fp asimd\n", err: "no line of flags"},
		{name: "empty", cpuinfo: "", err: "no line of flags"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := lacking(tt.cpuinfo, v3Flags)
			if tt.err != "" {
				require.ErrorContains(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}
