package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReady(t *testing.T) {
	t.Chdir(t.TempDir())
	var asked atomic.Int32
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/proxy/readyz":
			http.Error(w, "bad gateway", http.StatusBadGateway)
		case r.URL.Path != "/readyz":
			http.NotFound(w, r)
		case asked.Add(1)%3 != 0:
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte(`{"code":"not_ready","detail":"no market is loaded"}`))
		}
	}))
	t.Cleanup(host.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	for _, tc := range []struct {
		name, args string
		code       int
		says       string
	}{
		{"not yet", "--url " + host.URL, exitError, host.URL + " is not ready: not_ready: no market is loaded"},
		{"waits", "--wait 30s --url " + host.URL + "/", exitOK, "ready"},
		{"waits too short", "--wait 1ms --url " + host.URL, exitError, "no market is loaded"},
		{"no such host", "--url " + gone.URL, exitError, "connection refused"},
		{"this machine", "--port " + gone.URL[strings.LastIndex(gone.URL, ":")+1:], exitError, gone.URL + " is not ready"},
		{"a proxy's own word", "--url " + host.URL + "/proxy", exitError, "502 Bad Gateway"},
		{"no time", "--wait=-1s", exitUsage, "--wait -1s"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := edgesignal(t, append([]string{"ready"}, strings.Fields(tc.args)...)...)
			require.Equal(t, tc.code, r.code, r.err)
			require.Contains(t, r.out+r.err, tc.says)
		})
	}
}
