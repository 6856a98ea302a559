// Package pgtest is a real PostgreSQL for tests: one server a test process, a
// database a test.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"edgesignal/host/registry/postgres"
)

// server listens on a socket in its own folder, so there is no port to lose
// to somebody else.
type server struct {
	dir  string
	quit chan struct{} // closed to stop it
	done chan struct{} // closed when it has stopped
}

const template = "edgesignal_template"

// start runs initdb and the server, and makes the template database.
func start() (*server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "edgesignal-pg-")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir, quit: make(chan struct{}), done: make(chan struct{})}
	attr, err := owner(dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	initdb.Dir, initdb.SysProcAttr = dir, attr
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("initdb: %w: %s", err, out), os.RemoveAll(dir))
	}
	run := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off",
		"-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200", "-c", "shared_buffers=64MB")
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	run.Dir, run.SysProcAttr, run.Stdout, run.Stderr = dir, attr, log, log
	started := make(chan error)
	go s.keep(run, log, started)
	if err := <-started; err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := s.prepare(); err != nil {
		said, _ := os.ReadFile(log.Name())
		s.stop()
		return nil, fmt.Errorf("%w; the server said: %s", err, said)
	}
	return s, nil
}

// keep runs the server on a thread that lives as long: the signal that stops
// it, should the tests be killed, comes when the thread that started it ends.
func (s *server) keep(run *exec.Cmd, log *os.File, started chan<- error) {
	runtime.LockOSThread()
	defer close(s.done)
	defer log.Close()
	err := run.Start()
	started <- err
	if err != nil {
		return
	}
	<-s.quit
	_ = run.Process.Signal(syscall.SIGQUIT)
	_ = run.Wait() // it was told to abandon everything, and says so
}

func (s *server) stop() {
	close(s.quit)
	<-s.done
	_ = os.RemoveAll(s.dir)
}

func (s *server) url(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/" + database, RawQuery: url.Values{"host": {s.dir}}.Encode()}
	return u.String()
}

func (s *server) prepare() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		err := s.exec(ctx, "CREATE DATABASE "+template)
		if err == nil {
			break
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
	_, _, err := postgres.Migrate(ctx, s.url(template))
	return err
}

// exec runs one statement in the database "postgres".
func (s *server) exec(ctx context.Context, sql string) error {
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}

// programs is the folder of the server's programs. Debian keeps them out of
// PATH.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", errors.New("PostgreSQL is missing (Debian: apt-get install postgresql): there is no /usr/lib/postgresql/*/bin/initdb")
	}
	return filepath.Dir(found[len(found)-1]), nil
}

// owner is whom the server runs as, for it refuses to run as root.
func owner(dir string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT, Setpgid: true}
	if os.Geteuid() != 0 {
		return attr, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL is missing (Debian: apt-get install postgresql): %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, os.Chown(dir, int(uid), int(gid))
}
