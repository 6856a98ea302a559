// Package walkthrough runs docs/WALKTHROUGH.md.
package walkthrough

import (
	"bytes"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/daemon"
	"edgesignal/host/internal/pgtest"
	"edgesignal/host/internal/s3test"
)

const root = "../../.."

func TestMain(m *testing.M) { pgtest.Main(m) }

// The blocks marked sh of WALKTHROUGH.md do what the blocks marked text below
// them show.
func TestWalkthrough(t *testing.T) {
	doc, err := os.ReadFile(root + "/docs/WALKTHROUGH.md")
	require.NoError(t, err)
	steps := steps(t, string(doc))
	require.Greater(t, len(steps), 10)
	postgres, objects := pgtest.Own(t), s3test.New(t)
	address, port, err := net.SplitHostPort(postgres.Addr())
	require.NoError(t, err)
	said := script(t, steps,
		"PGHOST="+address, "PGPORT="+port, "PGUSER=postgres",
		"S3_ENDPOINT="+objects.Endpoint(), "AWS_REGION="+s3test.Region,
		"A="+freePort(t), "B="+freePort(t))
	for i, s := range steps {
		require.Regexp(t, s.shows(), said[i], "line %d: %s", s.line, s.run)
	}
}

// Every file of docs/deploy is named by the guide, and what the guide links to
// is there.
func TestDeployNamesItsFiles(t *testing.T) {
	guide, err := os.ReadFile(root + "/docs/DEPLOY.md")
	require.NoError(t, err)
	require.NoError(t, filepath.WalkDir(root+"/docs/deploy", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			name, err := filepath.Rel(root+"/docs", path)
			require.NoError(t, err)
			require.Contains(t, string(guide), name)
		}
		return err
	}))
	for _, link := range regexp.MustCompile(`\]\(([^)#]+)\)`).FindAllStringSubmatch(string(guide), -1) {
		_, err := os.Stat(filepath.Join(root, "docs", link[1]))
		require.NoError(t, err)
	}
}

// step is a block of commands and what they print.
type step struct {
	line      int // of the document
	run, text string
}

var fence = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")

func steps(t *testing.T, doc string) (list []step) {
	t.Helper()
	for _, at := range fence.FindAllStringSubmatchIndex(doc, -1) {
		kind, body := doc[at[2]:at[3]], doc[at[4]:at[5]]
		switch kind {
		case "sh":
			list = append(list, step{line: 1 + strings.Count(doc[:at[0]], "\n"), run: body})
		case "text":
			require.NotEmpty(t, list)
			list[len(list)-1].text = body
		default:
			require.Equal(t, "console", kind, "what the test does not run is marked console")
		}
	}
	return list
}

var broken = regexp.MustCompile("\n +")

// shows returns a pattern of what a step must print. A line that begins with a
// space goes on from the one above: with one space less.
func (s step) shows() string {
	line := broken.ReplaceAllStringFunc(s.text, func(b string) string { return b[2:] })
	return "^" + strings.ReplaceAll(regexp.QuoteMeta(line), `\.\.\.`, "[^\n]*") + "$"
}

// script runs the steps in one shell and returns what each of them printed. It
// leaves no process behind, also where a step fails.
func script(t *testing.T, steps []step, env ...string) []string {
	t.Helper()
	const end = "---- end of step"
	var text strings.Builder
	for _, s := range steps {
		fmt.Fprintf(&text, "%s\necho '%s'\n", s.run, end)
	}
	sh := exec.CommandContext(t.Context(), "sh", "-eu", "-c", text.String())
	sh.Dir, sh.Env = root, append(os.Environ(), env...)
	sh.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	sh.Cancel = func() error { return syscall.Kill(-sh.Process.Pid, syscall.SIGKILL) }
	sh.WaitDelay = 10 * time.Second
	var out, errs bytes.Buffer
	sh.Stdout, sh.Stderr = &out, &errs
	require.NoError(t, sh.Start())
	t.Cleanup(func() { _ = syscall.Kill(-sh.Process.Pid, syscall.SIGKILL) })
	err := sh.Wait()
	said := strings.Split(out.String(), end+"\n")
	require.NoError(t, err, "after line %d\n%s\n%s", steps[min(len(said), len(steps))-1].line, said[len(said)-1], &errs)
	require.Len(t, said, len(steps)+1)
	return said
}

// freePort returns one that a host of the document can listen on.
func freePort(t *testing.T) string {
	t.Helper()
	port, err := daemon.Port()
	require.NoError(t, err)
	return strconv.Itoa(port)
}
