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
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"edgesignal/host/internal/daemon"
	"edgesignal/host/registry/postgres"
)

// server listens on a socket in its own folder, so that there is no port to
// lose to somebody else, and on a port besides where somebody needs one.
type server struct {
	dir, bin string
	port     int // 0 = none
	attr     *syscall.SysProcAttr
	run      *daemon.Process // nil = not running
}

const template = "edgesignal_template"

// create runs initdb, starts the server, and makes the template database.
func create(port int) (*server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "edgesignal-pg-")
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir, bin: bin, port: port}
	if s.attr, err = owner(dir); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", s.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	initdb.Dir, initdb.SysProcAttr = dir, s.attr
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("initdb: %w: %s", err, out), os.RemoveAll(dir))
	}
	if err := s.start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := s.prepare(); err != nil {
		said, _ := os.ReadFile(s.log())
		s.remove()
		return nil, fmt.Errorf("%w; the server said: %s", err, said)
	}
	return s, nil
}

func (s *server) data() string { return filepath.Join(s.dir, "data") }
func (s *server) log() string  { return filepath.Join(s.dir, "log") }

func (s *server) start() error {
	args := []string{
		"-D", s.data(), "-k", s.dir, "-c", "fsync=off", // a kill leaves the machine's cache of the disk alone
		"-c", "full_page_writes=off", "-c", "max_connections=200", "-c", "shared_buffers=64MB",
	}
	if s.port == 0 {
		args = append(args, "-c", "listen_addresses=", "-c", "synchronous_commit=off") // it is never killed
	} else {
		args = append(args, "-c", "listen_addresses=127.0.0.1", "-p", strconv.Itoa(s.port))
	}
	cmd := exec.Command(filepath.Join(s.bin, "postgres"), args...)
	cmd.Dir, cmd.SysProcAttr = s.dir, s.attr
	run, err := daemon.Start(cmd, s.log())
	if err == nil {
		s.run = run
	}
	return err
}

// end sends a signal to the server and all its children, and waits.
func (s *server) end(signal syscall.Signal) {
	if s.run == nil {
		return
	}
	s.run.End(signal)
	s.run = nil
}

func (s *server) remove() {
	s.end(syscall.SIGQUIT)
	_ = os.RemoveAll(s.dir)
}

func (s *server) url(database string) string {
	u := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/" + database, RawQuery: url.Values{"host": {s.dir}, "port": {strconv.Itoa(s.socket())}}.Encode()}
	return u.String()
}

// socket returns the number in the name of the server's socket.
func (s *server) socket() int {
	if s.port == 0 {
		return 5432
	}
	return s.port
}

func (s *server) prepare() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := s.await(ctx); err != nil {
		return err
	}
	if err := s.exec(ctx, "CREATE DATABASE "+template); err != nil {
		return err
	}
	_, _, err := postgres.Migrate(ctx, s.url(template))
	return err
}

// await returns when the server answers.
func (s *server) await(ctx context.Context) error {
	for {
		err := s.exec(ctx, "SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-s.run.Ended():
			// What was killed before it still held its memory.
			if err := s.start(); err != nil {
				return err
			}
		default:
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer: %w; see %s", err, s.log())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// exec runs one statement in the database "postgres".
func (s *server) exec(ctx context.Context, sql string) error {
	return s.execIn(ctx, "postgres", sql)
}

func (s *server) execIn(ctx context.Context, database, sql string) error {
	conn, err := pgx.Connect(ctx, s.url(database))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}

// programs returns the folder of the server's programs. Debian keeps them out of
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

// owner returns whom the server runs as, for it refuses to run as root.
func owner(dir string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
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
