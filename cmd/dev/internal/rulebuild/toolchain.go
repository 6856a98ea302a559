package rulebuild

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The tools, by the names that Debian gives them. Another major version of
// LLVM makes other bytes.
const (
	compiler = "clang-19"
	linker   = "wasm-ld-19"
)

// compileFlags: wasm 1.0 and bulk memory, which every engine has; no debug
// information; no contraction of x*y+z, so that doubles stay plain doubles.
var compileFlags = []string{
	"--target=wasm32", "-mcpu=mvp", "-mbulk-memory", "-std=c17", "-Os", "-ffp-contract=off",
	"-nostdlib", "-Wall", "-Wextra", "-Werror",
}

// linkFlags: the stack first, so that overflowing it traps instead of
// overwriting data; no names, no producers.
var linkFlags = []string{"--no-entry", "--strip-all", "--stack-first", "-z", "stack-size=16384", "--fatal-warnings"}

// Toolchain says whether the compiler and the linker are there.
func Toolchain() error {
	var missing []string
	for _, tool := range []string{compiler, linker} {
		if _, err := exec.LookPath(tool); err != nil {
			missing = append(missing, tool)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("building the stock rules needs %s (Debian: apt-get install clang-19 lld-19)", strings.Join(missing, " and "))
	}
	return nil
}

// compileC makes the module of dir/name/name.c. It runs in the rule's folder
// with relative paths, so that the bytes do not depend on where the checkout is.
func compileC(dir, name string) ([]byte, error) {
	folder := filepath.Join(dir, name)
	include, err := filepath.Rel(folder, filepath.Join(dir, "..", "c"))
	if err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp("", "rulebuild-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	object, module := filepath.Join(temp, "rule.o"), filepath.Join(temp, "rule.wasm")
	if err := run(folder, compiler, append(compileFlags, "-I"+include, "-c", name+".c", "-o", object)...); err != nil {
		return nil, err
	}
	if err := run(folder, linker, append(linkFlags, object, "-o", module)...); err != nil {
		return nil, err
	}
	return os.ReadFile(module)
}

func run(dir, tool string, args ...string) error {
	cmd := exec.Command(tool, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", tool, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// toolchainVersion returns the first line of what the compiler says of itself.
func toolchainVersion() string {
	out, err := exec.Command(compiler, "--version").Output()
	if err != nil {
		return compiler
	}
	line, _, _ := strings.Cut(string(out), "\n")
	return line
}
