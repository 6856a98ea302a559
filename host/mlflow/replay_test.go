package mlflow_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"edgesignal/host/mlflow"
	"edgesignal/host/release"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recorded is what a real tracking server answered; see testdata/README.md.
type recorded struct {
	Run, Logged, Pickled string
	Root                 string // artifact URI of the run
	OfModel              string `json:"of_model"`
	OfPickled            string `json:"of_pickled"`

	client *mlflow.Client
	mu     sync.Mutex
	asked  []string
}

// replay returns a server that answers as the one did whose answers are in folder,
// and fails the test when it is asked anything else.
func replay(t *testing.T, folder string) *recorded {
	t.Helper()
	dir := filepath.Join("testdata", folder)
	r := &recorded{}
	text, err := os.ReadFile(filepath.Join(dir, "ids.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, r))
	files, err := filepath.Glob(filepath.Join(dir, "*.http"))
	require.NoError(t, err)
	answers := map[string][]byte{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		require.NoError(t, err)
		line, answer, ok := bytes.Cut(b, []byte("\r\n"))
		require.True(t, ok, f)
		answers[canonical(t, string(line))] = answer
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		ask := req.Method + " " + req.URL.Path + "?" + req.URL.Query().Encode()
		r.mu.Lock()
		r.asked = append(r.asked, ask)
		r.mu.Unlock()
		answer, ok := answers[ask]
		if !ok {
			t.Errorf("not recorded: %s", ask)
			w.WriteHeader(http.StatusNotImplemented)
			return
		}
		send(t, w, answer)
	}))
	t.Cleanup(server.Close)
	r.client, err = mlflow.New(mlflow.Config{TrackingURI: server.URL})
	require.NoError(t, err)
	return r
}

func canonical(t *testing.T, line string) string {
	req, err := http.ReadRequest(bufio.NewReader(bytes.NewBufferString(line + " HTTP/1.1\r\n\r\n")))
	require.NoError(t, err)
	return req.Method + " " + req.URL.Path + "?" + req.URL.Query().Encode()
}

func send(t *testing.T, w http.ResponseWriter, answer []byte) {
	res, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(answer)), nil)
	if err != nil {
		t.Error(err)
		return
	}
	defer res.Body.Close()
	for k, v := range res.Header {
		w.Header()[k] = v
	}
	w.WriteHeader(res.StatusCode)
	if _, err := io.Copy(w, res.Body); err != nil {
		t.Error(err)
	}
}

// fetch reads as a Fetcher would: through the tracking server, else of files.
func (r *recorded) fetch(files map[string]string) mlflow.Fetch {
	return func(ctx context.Context, path string, max int64) ([]byte, error) {
		if text, ok := files[path]; ok {
			return []byte(text), nil
		}
		if files != nil {
			return nil, fmt.Errorf("%s: %w", path, release.ErrNotFound)
		}
		body, size, err := r.client.Open(ctx, path)
		if err != nil {
			return nil, err
		}
		defer body.Close()
		b, err := io.ReadAll(io.LimitReader(body, max))
		if err == nil && int64(len(b)) != size {
			err = fmt.Errorf("%s: %d bytes, %d promised", path, len(b), size)
		}
		return b, err
	}
}
