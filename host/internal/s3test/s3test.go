// Package s3test is real S3-compatible storage for tests: versitygw over a
// folder, a process of its own that a test may kill.
package s3test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/daemon"
)

// modfile pins the server apart from the module itself: none of its 77 modules
// is in the binary. cmd/dev builds it before the tests.
const modfile = "host/internal/s3test/server/go.mod"

// Of the owner of all buckets, and of a user who may read those that
// ReadOnly named.
const (
	AccessKey       = "owner"
	SecretKey       = "the-owners-secret"
	ReaderAccessKey = "reader"
	ReaderSecretKey = "the-readers-secret"
	Region          = "us-east-1"
	Domain          = "s3.test" // bucket.s3.test is a bucket by its host name; no resolver knows it
)

// Server is one running server with one bucket to begin with.
type Server struct {
	Bucket string

	t       testing.TB
	program string
	dir     string
	port    int
	buckets int
	run     *daemon.Process // nil = not running
}

// New starts a server. It is removed when t ends.
func New(t testing.TB) *Server {
	t.Helper()
	versitygw, err := program()
	require.NoError(t, err)
	s := &Server{t: t, program: versitygw, dir: t.TempDir()}
	s.port, err = daemon.Port()
	require.NoError(t, err)
	for _, name := range []string{"root", "versions", "iam"} {
		require.NoError(t, os.Mkdir(filepath.Join(s.dir, name), 0o700))
	}
	var users []string
	// The last two are those of docs/WALKTHROUGH.md.
	for name, secret := range map[string]string{ReaderAccessKey: ReaderSecretKey, "publisher": "the-publishers-secret", "host": "the-hosts-secret"} {
		users = append(users, fmt.Sprintf(`%q:{"access":%q,"secret":%q,"role":"user"}`, name, name, secret))
	}
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "iam", "users.json"), []byte(`{"accessAccounts":{`+strings.Join(users, ",")+`}}`), 0o600))
	s.Start()
	t.Cleanup(s.Kill)
	s.Bucket = s.NewBucket()
	return s
}

// Addr returns where it listens: 127.0.0.1 and a port.
func (s *Server) Addr() string { return "127.0.0.1:" + strconv.Itoa(s.port) }

// Endpoint returns Addr as a URL.
func (s *Server) Endpoint() string { return "http://" + s.Addr() }

// Kill ends it as a power cut would. What is stopped already stays so.
func (s *Server) Kill() {
	if s.run == nil {
		return
	}
	s.run.End(syscall.SIGKILL)
	s.run = nil
}

// Start starts it after Kill, at the same address and with all that it had,
// and returns when it answers.
func (s *Server) Start() {
	s.t.Helper()
	cmd := exec.Command(s.program, "--access", AccessKey, "--secret", SecretKey, "--region", Region, "--port", s.Addr(),
		"--virtual-domain", Domain, "--quiet", "--health", "/health", "--iam-dir", filepath.Join(s.dir, "iam"),
		"posix", "--versioning-dir", filepath.Join(s.dir, "versions"), filepath.Join(s.dir, "root"))
	cmd.Dir, cmd.SysProcAttr = s.dir, &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	run, err := daemon.Start(cmd, s.log())
	require.NoError(s.t, err)
	s.run = run
	if err := s.await(); err != nil {
		said, _ := os.ReadFile(s.log())
		require.NoError(s.t, err, "versitygw said: %s", said)
	}
}

func (s *Server) log() string { return filepath.Join(s.dir, "log") }

func (s *Server) await() error {
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		err := s.ask()
		if err == nil || time.Since(begun) > time.Minute {
			return err
		}
	}
}

// ask returns nil when it answers.
func (s *Server) ask() error {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	answer, err := client.Get(s.Endpoint() + "/health")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return errors.New(answer.Status)
	}
	return nil
}

// NewBucket makes another bucket and returns its name.
func (s *Server) NewBucket() string {
	s.t.Helper()
	s.buckets++
	name := fmt.Sprintf("bucket-%d", s.buckets)
	s.admin(func(ctx context.Context, c *minio.Client) error {
		return c.MakeBucket(ctx, name, minio.MakeBucketOptions{Region: Region})
	})
	return name
}

// Versioned makes the bucket keep what is overwritten or removed.
func (s *Server) Versioned(bucket string) {
	s.t.Helper()
	s.admin(func(ctx context.Context, c *minio.Client) error { return c.EnableVersioning(ctx, bucket) })
}

// ReadOnly lets the user with ReaderAccessKey read the bucket.
func (s *Server) ReadOnly(bucket string) {
	s.t.Helper()
	policy := fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":[%q]},
		"Action":["s3:GetObject","s3:GetObjectVersion","s3:ListBucket"],"Resource":["arn:aws:s3:::%s","arn:aws:s3:::%s/*"]}]}`, ReaderAccessKey, bucket, bucket)
	s.admin(func(ctx context.Context, c *minio.Client) error { return c.SetBucketPolicy(ctx, bucket, policy) })
}

// Put writes an object, over what is there, and returns its version ("" where
// the bucket keeps none).
func (s *Server) Put(bucket, key, content string) (version string) {
	s.t.Helper()
	s.admin(func(ctx context.Context, c *minio.Client) error {
		info, err := c.PutObject(ctx, bucket, key, strings.NewReader(content), int64(len(content)), minio.PutObjectOptions{})
		version = info.VersionID
		return err
	})
	return version
}

// Remove takes an object away; a bucket of versions keeps them.
func (s *Server) Remove(bucket, key string) {
	s.t.Helper()
	s.admin(func(ctx context.Context, c *minio.Client) error {
		return c.RemoveObject(ctx, bucket, key, minio.RemoveObjectOptions{})
	})
}

// File returns where the server keeps an object of a bucket without versions: what
// is written there, it serves.
func (s *Server) File(bucket, key string) string { return filepath.Join(s.dir, "root", bucket, key) }

// admin runs f as the owner.
func (s *Server) admin(f func(context.Context, *minio.Client) error) {
	s.t.Helper()
	client, err := minio.New(s.Addr(), &minio.Options{
		Creds: credentials.NewStaticV4(AccessKey, SecretKey, ""), Region: Region, BucketLookup: minio.BucketLookupPath,
		Transport: &http.Transport{DisableKeepAlives: true},
	})
	require.NoError(s.t, err)
	require.NoError(s.t, f(s.t.Context(), client))
}

// program is the built server. Go's build cache has it after the first time,
// also for several test processes at once.
var program = sync.OnceValues(func() (string, error) {
	gomod, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", err
	}
	build := exec.Command("go", "tool", "-modfile="+modfile, "-n", "versitygw") // -n: build it, and say where it is
	build.Dir = filepath.Dir(strings.TrimSpace(string(gomod)))
	var said strings.Builder
	build.Stderr = &said
	path, err := build.Output()
	if err != nil {
		return "", fmt.Errorf("build versitygw: %w: %s", err, &said)
	}
	return strings.TrimSpace(string(path)), nil
})
