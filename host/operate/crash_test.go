package operate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/guest/rules"
	"edgesignal/host/artifact"
	"edgesignal/host/gate"
	"edgesignal/host/internal/pgtest"
	"edgesignal/host/internal/s3test"
	"edgesignal/host/registry"
	"edgesignal/host/release"
	"edgesignal/host/settings"
	"edgesignal/host/shelf"
)

// What this test binary does when it is started again: publish or load, and at
// which point of that it kills itself. crashDir is where the host's own files
// lie, crashStore the settings.Shelf in JSON.
const (
	crashWork  = "EDGESIGNAL_TEST_CRASH_WORK"
	crashAt    = "EDGESIGNAL_TEST_CRASH_AT"
	crashDir   = "EDGESIGNAL_TEST_CRASH_DIR"
	crashStore = "EDGESIGNAL_TEST_CRASH_STORE"
)

// points counts the points at which the process may die, and dies at one.
type points struct {
	at     int64
	passed atomic.Int64
}

func (p *points) point() {
	if p.passed.Add(1) == p.at {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // it comes at once, but not within the call
	}
}

// mortalStore dies before, in the midst of, and after a Put.
type mortalStore struct {
	artifact.Store
	*points
}

func (m mortalStore) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	m.point()
	err := m.Store.Put(ctx, key, &mortalReader{r, size / 2, m.points}, size)
	m.point()
	return err
}

type mortalReader struct {
	io.Reader
	left int64
	*points
}

func (m *mortalReader) Read(p []byte) (int, error) {
	if m.left > 0 && int64(len(p)) > m.left {
		p = p[:m.left]
	}
	n, err := m.Reader.Read(p)
	if m.left > 0 {
		if m.left -= int64(n); m.left == 0 {
			m.point()
		}
	}
	return n, err
}

// mortalRegistry dies before and after what changes it.
type mortalRegistry struct {
	registry.Registry
	*points
}

func (m mortalRegistry) Register(ctx context.Context, r release.Record) (release.Record, error) {
	m.point()
	r, err := m.Registry.Register(ctx, r)
	m.point()
	return r, err
}

func (m mortalRegistry) Activate(ctx context.Context, ref release.Ref, by, why string) (release.Record, *release.Record, error) {
	m.point()
	now, before, err := m.Registry.Activate(ctx, ref, by, why)
	m.point()
	return now, before, err
}

// Active, Observe and RecordDigests are what a load calls.
func (m mortalRegistry) Active(ctx context.Context, strategy string) (release.Record, error) {
	m.point()
	rec, err := m.Registry.Active(ctx, strategy)
	m.point()
	return rec, err
}

func (m mortalRegistry) RecordDigests(ctx context.Context, ref release.Ref, d registry.Digests) error {
	m.point()
	err := m.Registry.RecordDigests(ctx, ref, d)
	m.point()
	return err
}

func (m mortalRegistry) Observe(ctx context.Context, o registry.Observation) error {
	m.point()
	err := m.Registry.Observe(ctx, o)
	m.point()
	return err
}

// crashIfTold is what the process does when it was started by a test below.
func crashIfTold() {
	work := map[string]func(*points) error{"publish": publishAndCrash, "load": loadAndCrash}[os.Getenv(crashWork)]
	if work == nil {
		return
	}
	at, err := strconv.ParseInt(os.Getenv(crashAt), 10, 64)
	if err == nil {
		err = work(&points{at: at})
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	os.Exit(0)
}

func publishAndCrash(p *points) error {
	ctx := context.Background()
	s, err := openCrashed(ctx)
	if err != nil {
		return err
	}
	s.Store, s.Registry = mortalStore{s.Store, p}, mortalRegistry{s.Registry, p}
	pub, err := crashPublication()
	if err != nil {
		return err
	}
	_, _, err = registerAndActivate(ctx, s, pub, true)
	return errors.Join(err, s.Close())
}

// openCrashed opens what the test that started this process named.
func openCrashed(ctx context.Context) (*shelf.Shelf, error) {
	var st settings.Shelf
	if err := json.Unmarshal([]byte(os.Getenv(crashStore)), &st); err != nil {
		return nil, err
	}
	return shelf.Open(ctx, st, legs, 0)
}

// crashBackEnds returns where releases are kept: each call of fresh is a place of
// its own, with nothing in it.
func crashBackEnds(t *testing.T) map[string]func(testing.TB) settings.Shelf {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", s3test.AccessKey)
	t.Setenv("AWS_SECRET_ACCESS_KEY", s3test.SecretKey)
	pg, s3 := pgtest.Own(t), s3test.New(t)
	databases := 0
	return map[string]func(testing.TB) settings.Shelf{
		"embedded": embedded,
		"Postgres and S3": func(t testing.TB) settings.Shelf {
			databases++
			set := embedded(t)
			set.DatabaseURL = settings.RegistryURL(pg.Database(fmt.Sprintf("crash_%d", databases)))
			set.ArtifactStore, set.S3Endpoint = settings.Place("s3://"+s3.NewBucket()+"/prod"), settings.Endpoint(s3.Endpoint())
			return set
		},
	}
}

// crashPublication has all three files.
func crashPublication() (Publication, error) {
	r := artifacts.Releases()[0]
	model, err := artifacts.FS.ReadFile(r.Model)
	if err != nil {
		return Publication{}, err
	}
	golden, err := artifacts.FS.ReadFile(r.Golden)
	wasm, _ := rules.Stock(rules.TopBottom)
	return Publication{
		Ref: release.Ref{Strategy: artifacts.Strategy, Version: r.Version}, Files: gate.Files{Model: model, Golden: golden, Rule: wasm},
		Status: release.Inactive, CreatedBy: "ci",
	}, err
}

// crash runs this binary to the point at, 0 = to the end.
func crash(t *testing.T, work string, st settings.Shelf, at int) error {
	t.Helper()
	text, err := json.Marshal(st)
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), crashWork+"="+work, crashAt+"="+strconv.Itoa(at), crashDir+"="+st.StateDir, crashStore+"="+string(text))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// A publication that is killed at any point leaves no row, or a whole one; and
// the same command again ends it.
func TestPublishKilledAtEachPoint(t *testing.T) {
	const files = 3
	for name, fresh := range crashBackEnds(t) {
		t.Run(name, func(t *testing.T) {
			at := 1
			for ; ; at++ {
				st := fresh(t)
				err := crash(t, "publish", st, at)
				if err == nil {
					break // there is no such point any more
				}
				require.ErrorContains(t, err, "killed", "at %d", at)
				whole(t, st, at)
				require.NoError(t, crash(t, "publish", st, 0), "again after %d", at)
				rec := whole(t, st, at)
				require.Len(t, rec, 1)
				require.Equal(t, release.Active, rec[0].Status)
			}
			require.Equal(t, 3*files+2+2, at-1, "before, within and after each file, and before and after the row and its activation")
		})
	}
}

// whole returns every row, each of whose paths leads to its bytes.
func whole(t *testing.T, st settings.Shelf, at int) []release.Record {
	t.Helper()
	s, err := shelf.Open(t.Context(), st, legs, 0)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	rows, err := s.Registry.List(t.Context(), "")
	require.NoError(t, err)
	for _, rec := range rows {
		for path, sum := range map[string]string{rec.ModelPath: rec.ModelSHA256, rec.RulePath: rec.RuleSHA256, rec.GoldenPath: rec.GoldenSHA256} {
			require.NotEmpty(t, sum)
			_, _, err := s.Fetcher.Fetch(t.Context(), path, sum, gate.MaxModelBytes)
			require.NoError(t, err, "killed at %d", at)
		}
	}
	return rows
}
