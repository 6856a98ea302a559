package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// need is something that Go does not bring and a subcommand cannot do without.
type need struct {
	purpose  string
	commands []string // all of them must be in PATH
	probe    []string // if set, a command that must succeed besides
	packages []string // the Debian packages that bring them
}

// The table of needs. A new part of the tests adds its line here.
var (
	needRace = need{
		purpose:  "the race detector",
		commands: []string{"gcc"},
		// gcc alone comes without the C library's headers.
		probe:    []string{"gcc", "-fsyntax-only", "-include", "stdlib.h", "-x", "c", "/dev/null"},
		packages: []string{"gcc", "libc6-dev"},
	}
	needArm64 = need{
		purpose:  "running arm64 tests",
		commands: []string{qemuArm64},
		packages: []string{"qemu-user-static"},
	}
	needRules = need{
		purpose:  "rebuilding the stock rules",
		commands: []string{"clang-19", "wasm-ld-19"},
		packages: []string{"clang-19", "lld-19"},
	}
	needWabt = need{
		purpose:  "validating metered modules and building hostile ones",
		commands: []string{"wasm-validate", "wat2wasm"},
		packages: []string{"wabt"},
	}
	needPostgres = need{
		purpose: "the registry of a fleet",
		// Debian keeps the server's programs out of PATH.
		probe:    []string{"sh", "-c", "ls /usr/lib/postgresql/*/bin/initdb"},
		packages: []string{"postgresql"},
	}
	needClients = need{
		purpose:  "the walkthrough",
		commands: []string{"psql", "curl"},
		packages: []string{"postgresql-client", "curl"},
	}
	needPython = need{
		purpose:  "the exporter and the client, beside the real Qlib",
		commands: []string{"python3.11"},
		// Debian keeps what a virtual environment needs in a package of its own.
		probe:    []string{"python3.11", "-c", "import ensurepip, venv"},
		packages: []string{"python3.11", "python3.11-venv"},
	}
	needSystemd = need{
		purpose:  "parsing the systemd unit",
		commands: []string{"systemd-analyze"},
		packages: []string{"systemd"},
	}
	needShellcheck = need{
		purpose:  "looking through shell scripts",
		commands: []string{"shellcheck"},
		packages: []string{"shellcheck"},
	}
	needGit = need{
		purpose:  "asking whether the working tree is clean",
		commands: []string{"git"},
		packages: []string{"git"},
	}
)

// qemuArm64 runs an arm64 Linux binary on another CPU.
const qemuArm64 = "qemu-aarch64-static"

// machine is what the needs are looked up on and installed to.
type machine struct {
	has     func(command string) bool
	probe   func(ctx context.Context, args []string) error
	root    bool                                           // may install packages
	install func(ctx context.Context, args []string) error // runs one apt-get command
	out     io.Writer
}

func thisMachine(s shell) machine {
	return machine{
		has: func(command string) bool {
			_, err := exec.LookPath(command)
			return err == nil
		},
		probe: func(ctx context.Context, args []string) error {
			return exec.CommandContext(ctx, args[0], args[1:]...).Run()
		},
		root: os.Geteuid() == 0,
		install: func(ctx context.Context, args []string) error {
			return s.run(ctx, command{args: args}.with("DEBIAN_FRONTEND=noninteractive"))
		},
		out: s.stdout,
	}
}

// ensure brings in what is missing, or fails with a line that says what is
// missing, what for, and the command that installs it.
func (m machine) ensure(ctx context.Context, needs ...need) error {
	missing := m.missing(ctx, needs)
	if len(missing) == 0 {
		fmt.Fprintln(m.out, "everything is here")
		return nil
	}
	if !m.root || !m.has("apt-get") {
		return missingError(missing, "")
	}
	update, install := aptCommands(missing)
	for _, args := range [][]string{update, install} {
		if err := m.install(ctx, args); err != nil {
			return missingError(missing, fmt.Sprintf(" (tried: %v)", err))
		}
	}
	if missing = m.missing(ctx, missing); len(missing) > 0 {
		return missingError(missing, " (installed, and still not found)")
	}
	return nil
}

func (m machine) missing(ctx context.Context, needs []need) []need {
	var missing []need
	for _, n := range needs {
		if !m.meets(ctx, n) {
			missing = append(missing, n)
		}
	}
	return missing
}

func (m machine) meets(ctx context.Context, n need) bool {
	for _, command := range n.commands {
		if !m.has(command) {
			return false
		}
	}
	return n.probe == nil || m.probe(ctx, n.probe) == nil
}

// aptCommands returns the two commands that install what is missing on a Debian.
func aptCommands(missing []need) (update, install []string) {
	install = []string{"apt-get", "install", "-y", "--no-install-recommends"}
	for _, n := range missing {
		install = append(install, n.packages...)
	}
	return []string{"apt-get", "update"}, install
}

func missingError(missing []need, tried string) error {
	var parts []string
	for _, n := range missing {
		parts = append(parts, fmt.Sprintf("%s (for %s, Debian: %s)",
			strings.Join(n.commands, ", "), n.purpose, strings.Join(n.packages, " ")))
	}
	update, install := aptCommands(missing)
	return fmt.Errorf("missing or incomplete: %s; as root: %s && %s%s", strings.Join(parts, "; "),
		strings.Join(update, " "), strings.Join(install, " "), tried)
}
