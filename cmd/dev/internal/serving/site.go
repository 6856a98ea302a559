package serving

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"edgesignal/cmd/dev/internal/load"
)

const (
	strategy    = "alpha_baseline"
	generate    = "/api/v1/signals/generate"
	defaultBook = "/signals"
)

// versions are two releases of the same model, so that they can be swapped.
var versions = [2]string{"v1", "v2"}

// site is a market with a registry of its own.
type site struct {
	binary, dir, data string
	names             []string
}

// newMarket generates and imports a market.
func newMarket(ctx context.Context, binary, dir string, names []string, days int) (data string, err error) {
	data = filepath.Join(dir, fmt.Sprintf("market-%d", len(names)))
	csv := data + ".csv"
	f, err := os.Create(csv)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.Remove(csv)) }()
	if err := writeBars(f, names, days); err != nil {
		_ = f.Close()
		return "", err
	}
	if err := f.Close(); err != nil {
		return "", err
	}
	return data, run(ctx, binary, "data", "import", csv, "--out", data, "--run-date", runDate)
}

// newSite publishes both versions in a registry and store under dir.
func newSite(ctx context.Context, binary, model, dir, data string, names []string) (*site, error) {
	s := &site{binary: binary, dir: dir, data: data, names: names}
	for i, version := range versions {
		params := fmt.Sprintf(`{"top_n":%d,"bottom_n":3}`, 3+i) // bytes of a release must differ
		args := []string{binary, "publish", "--strategy", strategy, "--version", version, "--model", model, "--params", params}
		if i == 0 {
			args = append(args, "--activate")
		}
		if err := run(ctx, append(args, s.storage()...)...); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *site) storage() []string {
	return []string{"--state-dir", filepath.Join(s.dir, "state"), "--artifact-store", filepath.Join(s.dir, "store")}
}

// serve starts a host; flags are added to its command line.
func (s *site) serve(ctx context.Context, flags []string) (*process, error) {
	return start(ctx, "/readyz", func(host, port string) []string {
		args := []string{s.binary, "serve", "--host", host, "--port", port, "--log-level", "ERROR", "--data-dir", s.data}
		return append(append(args, s.storage()...), flags...)
	})
}

func (s *site) activate(ctx context.Context, version string) error {
	return run(ctx, append([]string{s.binary, "activate", strategy, version}, s.storage()...)...)
}

// books returns requests for a book over n random symbols each.
func (s *site) books(n int) [][]byte {
	const requests = 256
	r := rand.New(rand.NewPCG(uint64(n), uint64(len(s.names))))
	all := make([][]byte, requests)
	for i := range all {
		asked := make([]string, n)
		for j, k := range r.Perm(len(s.names))[:n] {
			asked[j] = s.names[k]
		}
		body, _ := json.Marshal(map[string]any{"symbols": asked}) // strings: no error
		all[i] = load.Post(generate, body)
	}
	return all
}

// fetch sends one of our own requests and returns the body of the answer.
func fetch(ctx context.Context, addr string, request []byte) ([]byte, error) {
	head, body, _ := strings.Cut(string(request), "\r\n\r\n")
	method, rest, _ := strings.Cut(head, " ")
	path, _, _ := strings.Cut(rest, " ")
	req, err := http.NewRequestWithContext(ctx, method, "http://"+addr+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: status %d: %s", method, path, answer.StatusCode, got)
	}
	return got, err
}

// bare starts the baseline, which answers /0, /1, ... with the bodies.
func bare(ctx context.Context, binary, dir string, bodies ...[]byte) (*process, error) {
	var files []string
	for i, body := range bodies {
		file := filepath.Join(dir, fmt.Sprintf("body-%d", i))
		if err := os.WriteFile(file, body, 0o600); err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return start(ctx, "/0", func(host, port string) []string {
		return append([]string{binary, host + ":" + port}, files...)
	})
}
