package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEnsure(t *testing.T) {
	const (
		update  = "apt-get update"
		install = "apt-get install -y --no-install-recommends "
	)
	tests := []struct {
		name     string
		has      string // commands in PATH at the start
		noProbe  bool   // probes fail until something is installed
		user     bool   // not root
		breaks   string // the apt-get command that fails
		brings   string // commands in PATH after the installation
		installs []string
		err      []string
	}{
		{name: "all there", has: "gcc clang-19 wasm-ld-19"},
		{name: "all there, not root", has: "gcc clang-19 wasm-ld-19", user: true},
		{name: "installs what is missing", has: "gcc apt-get", brings: "clang-19 wasm-ld-19",
			installs: []string{update, install + "clang-19 lld-19"}},
		{name: "half of a need", has: "gcc clang-19 apt-get", brings: "wasm-ld-19",
			installs: []string{update, install + "clang-19 lld-19"}},
		{name: "gcc without headers", has: "gcc clang-19 wasm-ld-19 apt-get", noProbe: true,
			installs: []string{update, install + "gcc libc6-dev"}},
		{name: "several in one go", has: "apt-get", brings: "gcc clang-19 wasm-ld-19",
			installs: []string{update, install + "gcc libc6-dev clang-19 lld-19"}},
		{name: "not root", has: "clang-19 wasm-ld-19 apt-get", user: true,
			err: []string{"gcc (for the race detector, Debian: gcc libc6-dev)", "as root: " + update + " && " + install + "gcc libc6-dev"}},
		{name: "no apt-get", has: "gcc",
			err: []string{"clang-19, wasm-ld-19 (for rebuilding the stock rules, Debian: clang-19 lld-19)", install + "clang-19 lld-19"}},
		{name: "no package list", has: "gcc apt-get", breaks: update, installs: []string{update},
			err: []string{"clang-19, wasm-ld-19", "tried: apt-get update: exit status 100"}},
		{name: "no such package", has: "gcc apt-get", breaks: install + "clang-19 lld-19", installs: []string{update, install + "clang-19 lld-19"},
			err: []string{"clang-19, wasm-ld-19", "tried: " + install + "clang-19 lld-19: exit status 100"}},
		{name: "installed and not there", has: "gcc apt-get", brings: "clang-19", installs: []string{update, install + "clang-19 lld-19"},
			err: []string{"clang-19, wasm-ld-19", "still not found"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			has := strings.Fields(tt.has)
			var installs []string
			m := machine{
				has: func(command string) bool {
					for _, h := range has {
						if h == command {
							return true
						}
					}
					return false
				},
				probe: func(context.Context, []string) error {
					if tt.noProbe && len(installs) == 0 {
						return errors.New("stdlib.h: No such file or directory")
					}
					return nil
				},
				root: !tt.user,
				install: func(_ context.Context, args []string) error {
					line := strings.Join(args, " ")
					installs = append(installs, line)
					if line == tt.breaks {
						return errors.New(line + ": exit status 100")
					}
					if args[1] == "install" {
						has = append(has, strings.Fields(tt.brings)...)
					}
					return nil
				},
				out: &bytes.Buffer{},
			}
			err := m.ensure(t.Context(), needRace, needRules)
			require.Equal(t, tt.installs, installs)
			if tt.err == nil {
				require.NoError(t, err)
				return
			}
			for _, part := range tt.err {
				require.ErrorContains(t, err, part)
			}
			require.NotContains(t, err.Error(), "\n")
		})
	}
}
