package main

import (
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"path/filepath"
)

// staticTargets are the machines that the release binary is built for.
var staticTargets = []struct {
	arch    string
	machine elf.Machine
}{
	{"amd64", elf.EM_X86_64},
	{"arm64", elf.EM_AARCH64},
}

// buildStatic builds the release binary for each machine and looks at the file:
// the promise is one static binary. It does without -trimpath, which would
// compile every dependency once more.
func (s shell) buildStatic(ctx context.Context, tmp string) error {
	for _, target := range staticTargets {
		binary := filepath.Join(tmp, "edgesignal-"+target.arch)
		build := staticBuild(binary).with("GOOS=linux", "GOARCH="+target.arch)
		if err := s.run(ctx, build); err != nil {
			return err
		}
		if err := checkStatic(binary, target.machine); err != nil {
			return err
		}
	}
	return nil
}

// checkStatic fails unless the file is an ELF binary for the machine that asks
// for no dynamic loader.
func checkStatic(file string, machine elf.Machine) (err error) {
	f, err := elf.Open(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if f.Machine != machine {
		return fmt.Errorf("%s: built for %v, want %v", file, f.Machine, machine)
	}
	for _, segment := range f.Progs {
		if segment.Type == elf.PT_INTERP {
			return fmt.Errorf("%s: not static: it asks for a dynamic loader", file)
		}
	}
	return nil
}
