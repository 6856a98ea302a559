package main

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRunSteps(t *testing.T) {
	broken := errors.New("exit status 1")
	tests := []struct {
		name  string
		steps []string // what each step does: "ok", "fail" or why it is not run
		ran   []string
		err   string
		out   []string
	}{
		{name: "all", steps: []string{"ok", "ok"}, ran: []string{"a", "b"}, out: []string{"=== a\n", "--- a: ok (0s)\n", "=== 2 steps ok"}},
		{name: "first failure stops", steps: []string{"ok", "fail", "ok"}, ran: []string{"a", "b"}, err: `step "b" failed after 0s: exit status 1`},
		{name: "not run is said twice", steps: []string{"this CPU has no fma", "ok"}, ran: []string{"b"},
			out: []string{"=== a: not run: this CPU has no fma\n", "=== 1 steps ok", "    not run: a: this CPU has no fma\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var ran []string
			var steps []step
			for i, does := range tt.steps {
				s := step{name: string(rune('a' + i))}
				switch does {
				case "ok", "fail":
					s.do = func(context.Context) error {
						ran = append(ran, s.name)
						if does == "fail" {
							return broken
						}
						return nil
					}
				default:
					s.notRun = does
				}
				steps = append(steps, s)
			}
			var out bytes.Buffer
			err := runSteps(t.Context(), &out, steps...)
			require.Equal(t, tt.ran, ran)
			if tt.err != "" {
				require.EqualError(t, err, tt.err)
				require.ErrorIs(t, err, broken)
				require.NotContains(t, out.String(), "steps ok")
				return
			}
			require.NoError(t, err)
			for _, line := range tt.out {
				require.Contains(t, out.String(), line)
			}
		})
	}
}

func TestV3StepOnOtherCPU(t *testing.T) {
	got, err := v3Step(shell{}, "arm64")
	require.NoError(t, err)
	require.Equal(t, "this CPU is arm64", got.notRun)
}
