package bucket

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"edgesignal/host/internal/s3test"
	"edgesignal/host/release"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func config(s *s3test.Server) Config {
	return Config{Endpoint: s.Endpoint(), AccessKey: s3test.AccessKey, SecretKey: s3test.SecretKey, Wait: time.Millisecond}
}

func client(t *testing.T, cfg Config) *Client {
	t.Helper()
	return dialed(t, cfg, (&net.Dialer{}).DialContext)
}

func dialed(t *testing.T, cfg Config, dial dialer) *Client {
	t.Helper()
	c, err := dialing(cfg, dial)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func read(t *testing.T, c *Client, bucket, key, version string) (string, Object) {
	t.Helper()
	r, o, err := c.Open(t.Context(), bucket, key, version)
	require.NoError(t, err)
	defer r.Close()
	b, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, o.Size, int64(len(b)))
	stat, err := c.Stat(t.Context(), bucket, key, version)
	require.NoError(t, err)
	require.Equal(t, o, stat)
	return string(b), o
}

func unavailable(t *testing.T, err error) {
	t.Helper()
	var gone *release.Unavailable
	require.ErrorAs(t, err, &gone)
	require.Equal(t, release.PartStore, gone.Part)
	require.NotErrorIs(t, err, release.ErrNotFound)
	require.NotErrorIs(t, err, release.ErrConflict)
}

// requireBytes does not print megabytes when they differ.
func requireBytes(t *testing.T, want, got string) {
	t.Helper()
	require.Len(t, got, len(want))
	require.Equal(t, release.Sum([]byte(want)), release.Sum([]byte(got)))
}

// pattern returns n bytes that differ from place to place.
func pattern(n int) []byte {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

func TestPutOnce(t *testing.T) {
	s := s3test.New(t)
	c := client(t, config(s))
	large := string(pattern(20 << 20)) // minio-go would send it in parts
	for _, content := range []string{"", "x", large} {
		key := "k" + release.Sum([]byte(content))[:8] + "/ä b+=%.txt"
		require.NoError(t, c.PutOnce(t.Context(), s.Bucket, key, strings.NewReader(content), int64(len(content))))
		got, o := read(t, c, s.Bucket, key, "")
		requireBytes(t, content, got)
		require.Equal(t, key, o.Key)
		require.Empty(t, o.Version)
		require.NotEmpty(t, o.ETag)
		require.WithinDuration(t, time.Now(), o.Modified, time.Minute)
		err := c.PutOnce(t.Context(), s.Bucket, key, strings.NewReader("other"), 5)
		require.ErrorIs(t, err, release.ErrConflict)
	}
}

func TestRaceOfWriters(t *testing.T) {
	s := s3test.New(t)
	c := client(t, config(s))
	const writers = 8
	var errs [writers]error
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			b := bytes.Repeat([]byte{byte('a' + i)}, 300_000)
			errs[i] = c.PutOnce(t.Context(), s.Bucket, "k", bytes.NewReader(b), int64(len(b)))
		})
	}
	wg.Wait()
	got, _ := read(t, c, s.Bucket, "k", "")
	won := 0
	for i, err := range errs {
		if err == nil {
			won++
			require.Equal(t, strings.Repeat(string(rune('a'+i)), 300_000), got)
			continue
		}
		require.ErrorIs(t, err, release.ErrConflict)
	}
	require.Equal(t, 1, won)
}

func TestVersions(t *testing.T) {
	s := s3test.New(t)
	s.Versioned(s.Bucket)
	c := client(t, config(s))
	first, second := s.Put(s.Bucket, "k", "one"), s.Put(s.Bucket, "k", "two!")
	for version, want := range map[string]string{first: "one", second: "two!", "": "two!"} {
		got, o := read(t, c, s.Bucket, "k", version)
		require.Equal(t, want, got)
		require.NotEmpty(t, o.Version)
	}
	s.Remove(s.Bucket, "k")
	for _, version := range []string{"", "01J00000000000000000000000"} {
		_, err := c.Stat(t.Context(), s.Bucket, "k", version)
		require.ErrorIs(t, err, release.ErrNotFound)
		_, _, err = c.Open(t.Context(), s.Bucket, "k", version)
		require.ErrorIs(t, err, release.ErrNotFound)
	}
	got, _ := read(t, c, s.Bucket, "k", first)
	require.Equal(t, "one", got)
}

func TestRefused(t *testing.T) {
	s := s3test.New(t)
	s.Put(s.Bucket, "k", "x")
	reader := Config{Endpoint: s.Endpoint(), AccessKey: s3test.ReaderAccessKey, SecretKey: s3test.ReaderSecretKey}
	read, other := s.NewBucket(), s.Bucket
	s.Put(read, "k", "x")
	s.ReadOnly(read)
	const wrong = "not-the-secret"
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("HOME", t.TempDir())
	for _, c := range []struct {
		name     string
		cfg      Config
		bucket   string
		mayRead  bool
		mayWrite bool
		says     string
	}{
		{"wrong secret", Config{Endpoint: s.Endpoint(), AccessKey: s3test.AccessKey, SecretKey: wrong}, other, false, false, "403"},
		{"unknown key", Config{Endpoint: s.Endpoint(), AccessKey: "nobody", SecretKey: wrong}, other, false, false, "403"},
		{"no such bucket", config(s), "no-such-bucket", false, false, "no-such-bucket"},
		{"nobody", Config{Endpoint: s.Endpoint(), Anonymous: true}, other, false, false, "403"},
		{"no credentials", Config{Endpoint: s.Endpoint()}, other, false, false, "no credentials: the environment"},
		{"another's bucket", reader, other, false, false, "403"},
		{"read only", reader, read, true, false, "403"},
		{"the owner", config(s), other, true, true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := client(t, c.cfg)
			_, stat := client.Stat(t.Context(), c.bucket, "k", "")
			r, _, open := client.Open(t.Context(), c.bucket, "k", "")
			if open == nil {
				require.NoError(t, r.Close())
			}
			list := client.List(t.Context(), c.bucket, "", none)
			var put error
			for range 10 { // the server may hang up before its answer is read
				put = client.PutOnce(t.Context(), c.bucket, "new", strings.NewReader("x"), 1)
				if !release.Retryable(put) {
					break
				}
			}
			for what, err := range map[string]error{"stat": stat, "open": open, "list": list, "put": put} {
				if c.mayWrite || c.mayRead && what != "put" {
					require.NoError(t, err, what)
					continue
				}
				unavailable(t, err)
				require.ErrorIs(t, err, release.ErrRefused, what)
				require.ErrorContains(t, err, c.says, what)
				require.ErrorContains(t, err, c.bucket, what)
				require.NotContains(t, err.Error(), wrong)
				require.NotContains(t, err.Error(), s3test.ReaderSecretKey)
			}
		})
	}
}

func TestServerKilled(t *testing.T) {
	s := s3test.New(t)
	c := client(t, config(s))
	require.NoError(t, c.PutOnce(t.Context(), s.Bucket, "k", strings.NewReader("kept"), 4))
	s.Kill()
	_, stat := c.Stat(t.Context(), s.Bucket, "k", "")
	_, _, open := c.Open(t.Context(), s.Bucket, "k", "")
	list := c.List(t.Context(), s.Bucket, "", none)
	put := c.PutOnce(t.Context(), s.Bucket, "new", strings.NewReader("x"), 1)
	for _, err := range []error{stat, open, list, put} {
		unavailable(t, err)
		require.NotErrorIs(t, err, release.ErrRefused)
	}
	s.Start()
	got, _ := read(t, c, s.Bucket, "k", "")
	require.Equal(t, "kept", got)
}

func TestCallerGivesUp(t *testing.T) {
	s := s3test.New(t)
	c := client(t, config(s))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, stat := c.Stat(ctx, s.Bucket, "k", "")
	_, _, open := c.Open(ctx, s.Bucket, "k", "")
	list := c.List(ctx, s.Bucket, "", none)
	put := c.PutOnce(ctx, s.Bucket, "new", strings.NewReader("x"), 1)
	for _, err := range []error{stat, open, list, put} {
		require.Equal(t, context.Canceled, err)
	}
}

func TestNotAsked(t *testing.T) {
	c := client(t, Config{Endpoint: "http://127.0.0.1:1", AccessKey: "a", SecretKey: "b"})
	for _, at := range [][2]string{{"UPPER", "k"}, {"", "k"}, {"bucket", ""}, {"bucket", "a/../b"}, {"bucket", "/a"}, {"bucket", "a\n"}, {"1.2.3.4", "k"}} {
		_, stat := c.Stat(t.Context(), at[0], at[1], "")
		_, _, open := c.Open(t.Context(), at[0], at[1], "")
		put := c.PutOnce(t.Context(), at[0], at[1], strings.NewReader("x"), 1)
		for _, err := range []error{stat, open, put} {
			require.Error(t, err)
			var gone *release.Unavailable
			require.NotErrorAs(t, err, &gone)
		}
	}
	err := c.List(t.Context(), "bucket", "no-slash", none)
	require.ErrorContains(t, err, "slash")
}

func TestConfig(t *testing.T) {
	for _, c := range []struct {
		name string
		cfg  Config
		says string // "" = fine
	}{
		{"nothing", Config{}, ""},
		{"https", Config{Endpoint: "https://s3.example.org/", Addressing: AddressingVirtual}, ""},
		{"no scheme", Config{Endpoint: "localhost:9000"}, "http://host:port"},
		{"a path", Config{Endpoint: "http://h/path"}, "http://host:port"},
		{"a secret", Config{Endpoint: "http://me:secret@h"}, "xxxxx"},
		{"not a URL", Config{Endpoint: "http://me:secret@h\x7f"}, "not a URL"},
		{"addressing", Config{Addressing: "dns"}, `"dns"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := New(c.cfg)
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), "secret")
		})
	}
}

func TestAddressing(t *testing.T) {
	s := s3test.New(t)
	s.Put(s.Bucket, "a/k", "x")
	cfg := config(s)
	cfg.Endpoint = "http://" + s3test.Domain
	var asked []string
	var mu sync.Mutex
	dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
		mu.Lock()
		asked = append(asked, addr)
		mu.Unlock()
		return (&net.Dialer{}).DialContext(ctx, network, s.Addr())
	}
	for addressing, host := range map[string]string{"": s3test.Domain, AddressingAuto: s3test.Domain, AddressingPath: s3test.Domain, AddressingVirtual: s.Bucket + "." + s3test.Domain} {
		asked = nil
		cfg.Addressing = addressing
		got, _ := read(t, dialed(t, cfg, dial), s.Bucket, "a/k", "")
		require.Equal(t, "x", got)
		require.Equal(t, []string{host + ":80"}, slices.Compact(asked), addressing)
	}
}

// A server that hangs up with its answer: the next question tells.
func TestConflictWhoseAnswerIsLost(t *testing.T) {
	for _, there := range []bool{true, false} {
		cfg := serve(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method == http.MethodPut:
				panic(http.ErrAbortHandler)
			case there:
				head(w, 3)
			default:
				w.WriteHeader(http.StatusNotFound)
			}
		})
		err := client(t, cfg).PutOnce(t.Context(), "bucket", "k", strings.NewReader("new"), 3)
		if there {
			require.ErrorIs(t, err, release.ErrConflict)
			continue
		}
		unavailable(t, err)
	}
}
