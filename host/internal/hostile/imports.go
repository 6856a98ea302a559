package hostile

import (
	"fmt"
	"strings"

	"edgesignal/host/release"
)

// importCases want functions that nobody provides, or others' types of them.
func importCases() []Case {
	cases := []Case{
		malformed("65 imports", "65, at most 64 (Imports)", guest{imports: strings.Repeat(importLog(""), 65)}.build("65 imports")),
		passing("64 imports of one function", plain, guest{imports: strings.Repeat(importLog(""), 64)}),
	}
	for _, i := range []struct{ module, name, signature, detail string }{
		{"env", "abort", "(param i32 i32 i32 i32)", `import "env"."abort" is not allowed`},
		{"env", "system", "(param i32) (result i32)", `import "env"."system" is not allowed`},
		{"host", "exec", "(param i32 i32)", `import "host"."exec" is not allowed`},
		{"env", "", "", `import "env"."" is not allowed`},
		{"host", `log\0a\1b[2J`, "(param i32 i32 i32)", "is not allowed"},
		{"host", strings.Repeat("n", 100_000), "", "is not allowed"},
		{"edgesignal", "fuel", "(result i64)", `import "edgesignal"."fuel" is not allowed`},
		{"wasi_unstable", "fd_write", "(param i32 i32 i32 i32) (result i32)", `import "wasi_unstable"."fd_write" is not allowed`},
		{"host", "log", "(param i32 i32)", "import host.log has type (i32, i32) -> ()"},
		{"host", "log", "(param i32 i64 i32)", "import host.log has type (i32, i64, i32) -> ()"},
		{wasi, "proc_exit", "(param i32) (result i32)", "import wasi_snapshot_preview1.proc_exit has type (i32) -> (i32)"},
	} {
		name := fmt.Sprintf("import %.30s.%.30s %.40s", i.module, i.name, i.signature)
		cases = append(cases, refused(name, Admission, release.RuleForbidden, i.detail, guest{
			imports: fmt.Sprintf(`(import "%s" "%s" (func %s))`, i.module, i.name, i.signature),
		}))
	}
	cases = append(cases, refused("import of no name", Admission, release.RuleMalformed, "empty module name", guest{imports: `(import "" "" (func))`}))
	// What WASI preview 1 has and rules do not get.
	for _, name := range []string{
		"clock_res_get", "fd_advise", "fd_allocate", "fd_datasync", "fd_fdstat_set_rights", "fd_filestat_set_size", "fd_filestat_set_times",
		"fd_pread", "fd_pwrite", "fd_readdir", "fd_renumber", "fd_sync", "fd_tell", "path_create_directory", "path_filestat_set_times",
		"path_link", "path_readlink", "path_remove_directory", "path_rename", "path_symlink", "path_unlink_file", "proc_raise",
		"sock_accept", "sock_recv", "sock_send", "sock_shutdown",
	} {
		cases = append(cases, refused("import WASI "+name, Admission, release.RuleForbidden, `"`+name+`" is not allowed`,
			guest{imports: `(import "` + wasi + `" "` + name + `" (func (param i32 i32) (result i32)))`}))
	}
	return cases
}

const wasi = "wasi_snapshot_preview1"

func importLog(as string) string {
	return `(import "host" "log" (func ` + as + ` (param i32 i32 i32)))`
}
