package daemon_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"edgesignal/host/internal/daemon"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, script string) (p *daemon.Process, log string) {
	t.Helper()
	log = filepath.Join(t.TempDir(), "log")
	cmd := exec.Command("sh", "-c", script)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	p, err := daemon.Start(cmd, log)
	require.NoError(t, err)
	return p, log
}

func TestOneThatEndsByItself(t *testing.T) {
	p, log := start(t, "echo said; exit 3")
	<-p.Ended()
	for range 2 {
		require.Equal(t, 3, p.End(syscall.SIGKILL))
	}
	said, err := os.ReadFile(log)
	require.NoError(t, err)
	require.Equal(t, "said\n", string(said))
}

func TestOneThatIsEnded(t *testing.T) {
	p, _ := start(t, "sleep 1000 & wait")
	require.NoError(t, syscall.Kill(p.Pid, 0))
	require.Equal(t, -1, p.End(syscall.SIGKILL))
	require.ErrorIs(t, syscall.Kill(p.Pid, 0), syscall.ESRCH)
}

func TestOneThatCannotStart(t *testing.T) {
	cmd := exec.Command("/nonexistent/server")
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	_, err := daemon.Start(cmd, filepath.Join(t.TempDir(), "log"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestPort(t *testing.T) {
	port, err := daemon.Port()
	require.NoError(t, err)
	require.Less(t, port, 32768)
	ln, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	require.NoError(t, err)
	require.NoError(t, ln.Close())
}
