package gate_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/gate"
	"edgesignal/host/release"
)

// started notes the process of each child that it starts.
type started struct {
	*gate.Child
	t    *testing.T
	list string
}

// ahead returns a gate that has its children started ahead.
func ahead(t *testing.T) *started {
	dir := t.TempDir()
	s := &started{child(t), t, filepath.Join(dir, "started")}
	program := s.Program
	s.Ahead = true
	s.Program = filepath.Join(dir, "program")
	require.NoError(t, os.WriteFile(s.Program, fmt.Appendf(nil, "#!/bin/sh\necho $$ >>'%s'\nexec '%s'\n", s.list, program), 0o700))
	t.Cleanup(s.Close)
	return s
}

// processes returns those of all children so far, once there are n.
func (s *started) processes(n int) []int {
	s.t.Helper()
	var pids []int
	require.Eventually(s.t, func() bool {
		text, _ := os.ReadFile(s.list)
		pids = nil
		for _, f := range strings.Fields(string(text)) {
			pid, err := strconv.Atoi(f)
			require.NoError(s.t, err)
			pids = append(pids, pid)
		}
		return len(pids) >= n
	}, 20*time.Second, 5*time.Millisecond)
	require.Len(s.t, pids, n)
	return pids
}

func (s *started) requireGood() {
	s.t.Helper()
	v, err := s.Check(s.t.Context(), gate.Job{Candidate: good(s.t)})
	require.NoError(s.t, err)
	require.NotNil(s.t, v.Report.Golden)
}

func running(pid int) bool { return syscall.Kill(pid, 0) == nil }

func TestAChildIsStartedAheadOfItsJob(t *testing.T) {
	s := ahead(t)
	require.NoFileExists(t, s.list, "nobody asked for a job yet")
	require.NoError(t, s.Probe(t.Context()))
	for n := range 3 {
		pids := s.processes(n + 2) // one had a job, one waits
		require.True(t, running(pids[n+1]))
		require.False(t, running(pids[n]), "each job has a process of its own")
		s.requireGood()
	}
	waiting := s.processes(5)[4]
	s.Close()
	require.False(t, running(waiting))
	s.requireGood()
	s.processes(6) // the one for this job, and none ahead
	s.Close()
}

// A child that dies while it waits costs nobody a job.
func TestAChildThatDiesBeforeItsJob(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGINT, syscall.SIGSEGV} {
		t.Run(signal.String(), func(t *testing.T) {
			s := ahead(t)
			require.NoError(t, s.Probe(t.Context()))
			require.NoError(t, syscall.Kill(s.processes(2)[1], signal))
			s.requireGood()
			s.processes(4)
		})
	}
}

// A child leaves the cores to the host.
func TestAChildGivesWay(t *testing.T) {
	s := ahead(t)
	require.NoError(t, s.Probe(t.Context()))
	at := func(file string) string { return fmt.Sprintf("/proc/%d/%s", s.processes(2)[1], file) }
	require.Eventually(t, func() bool {
		stat, err := os.ReadFile(at("stat"))
		require.NoError(t, err)
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:])) // from the third, proc_pid_stat(5)
		nice, err := strconv.Atoi(fields[19-3])
		require.NoError(t, err)
		return nice >= 10
	}, 20*time.Second, time.Millisecond)
	environ, err := os.ReadFile(at("environ"))
	require.NoError(t, err)
	require.Contains(t, string(environ), fmt.Sprintf("GOMAXPROCS=%d\x00", max(1, runtime.GOMAXPROCS(0)/2)))
}

// What a job does to its child is held against the job, also when the child
// was there before it; and the next job has another child.
func TestAJobThatKillsAChildStartedAhead(t *testing.T) {
	s := ahead(t)
	s.Limits.CPU = time.Second
	require.NoError(t, s.Probe(t.Context()))
	s.processes(2)
	_, err := s.Check(t.Context(), gate.Job{Candidate: named(t, "20 chains of 40,000 loads")})
	requireRejection(t, err, release.RuleMalformed, `died at step "rule": it used its 1s of processor time`)
	s.processes(3) // it was not tried twice
	s.Limits.CPU = 0
	s.requireGood()
}

func TestManyJobsAndOneChildAhead(t *testing.T) {
	g := child(t)
	g.Ahead = true
	var jobs sync.WaitGroup
	for range 4 {
		jobs.Go(func() {
			for range 2 {
				if _, err := g.Check(t.Context(), gate.Job{Candidate: good(t)}); err != nil {
					t.Errorf("%v", err)
				}
			}
		})
	}
	time.Sleep(100 * time.Millisecond)
	g.Close() // jobs under way are let be
	jobs.Wait()
	g.Close()
}
