package mlflow_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/mlflow"
	"edgesignal/host/release"
)

const secret = "s3cr3t"

func TestNewRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		config mlflow.Config
		says   string
	}{
		{"folder", mlflow.Config{TrackingURI: "file:///mlruns"}, "MLFLOW_TRACKING_URI file:///mlruns: the address"},
		{"database", mlflow.Config{TrackingURI: "postgres://u:" + secret + "@h/d"}, "MLFLOW_TRACKING_URI postgres://u:xxxxx@h/d: the address"},
		{"no host", mlflow.Config{TrackingURI: "http:///x"}, "the address"},
		{"query", mlflow.Config{TrackingURI: "http://h/?a=b"}, "the address"},
		{"not a URL", mlflow.Config{TrackingURI: "http://u:" + secret + "@h:port"}, "MLFLOW_TRACKING_URI: not a URL"},
		{"line break", mlflow.Config{TrackingURI: "http://h", Token: secret + "\r\nX: y"}, "MLFLOW_TRACKING_TOKEN has a line break"},
		{"user alone", mlflow.Config{TrackingURI: "http://h", Username: "u"}, "both or none"},
		{"password alone", mlflow.Config{TrackingURI: "http://h", Password: secret}, "both or none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := mlflow.New(c.config)
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), secret)
		})
	}
}

// client asks a server of one's own.
func client(t *testing.T, c mlflow.Config, h http.HandlerFunc) *mlflow.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c.TrackingURI = strings.Replace(c.TrackingURI, "SERVER", strings.TrimPrefix(s.URL, "http://"), 1)
	if c.TrackingURI == "" {
		c.TrackingURI = s.URL
	}
	m, err := mlflow.New(c)
	require.NoError(t, err)
	return m
}

func TestCredentials(t *testing.T) {
	for _, c := range []struct {
		name   string
		config mlflow.Config
		want   string
	}{
		{"none", mlflow.Config{}, ""},
		{"token", mlflow.Config{Token: secret}, "Bearer " + secret},
		{"user", mlflow.Config{Username: "u", Password: "p"}, "Basic dTpw"},
		{"a user goes before a token", mlflow.Config{Username: "u", Password: "p", Token: secret}, "Basic dTpw"},
		{"user in the URI", mlflow.Config{TrackingURI: "http://u:p@SERVER/"}, "Basic dTpw"},
		{"settings go before the URI", mlflow.Config{TrackingURI: "http://x:y@SERVER", Username: "u", Password: "p"}, "Basic dTpw"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := client(t, c.config, func(w http.ResponseWriter, r *http.Request) {
				if got := r.Header.Get("Authorization"); got != c.want {
					t.Errorf("Authorization %q", got)
				}
				w.WriteHeader(http.StatusForbidden)
			})
			_, err := m.Locate(t.Context(), "models:/m/1", nil)
			require.ErrorContains(t, err, "403 Forbidden")
			require.NotContains(t, err.Error(), secret)
			require.NotContains(t, m.String(), "p@")
		})
	}
}

func TestBaseHasAPath(t *testing.T) {
	m := client(t, mlflow.Config{TrackingURI: "http://SERVER/ml/flow/"}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.EscapedPath() != "/ml/flow/api/2.0/mlflow-artifacts/artifacts/1/a%20b.txt" {
			t.Errorf("asked for %s", r.URL.EscapedPath())
		}
		_, _ = io.WriteString(w, "bytes")
	})
	r, size, err := m.Open(t.Context(), "mlflow-artifacts:/1/a b.txt")
	require.NoError(t, err)
	defer r.Close()
	require.EqualValues(t, 5, size)
}

// TestRefusals: each answer that is no 200, by what becomes of it.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name        string
		status      int
		body, says  string
		unavailable bool
	}{
		{"too many", 429, `{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"slow down"}`, `"slow down"`, true},
		{"broken", 500, `<html>`, "500 Internal Server Error", true},
		{"starting", 503, `{"detail":"Artifact serving is disabled."}`, `"Artifact serving is disabled."`, true},
		{"no token", 401, `You are not authenticated.`, "MLFLOW_TRACKING_TOKEN", false},
		{"wrong token", 403, `{"message":"Permission denied"}`, "MLFLOW_TRACKING_TOKEN", false},
		{"not MLflow", 404, `<html>`, "404 Not Found", false},
		{"bad parameter", 400, `{"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid model version number."}`, "Invalid model version number.", false},
		{"moved", 302, ``, "redirects to http://elsewhere.example:", false},
		{"a login page", 200, `<html>`, "not MLflow's JSON", false},
		{"endless", 200, strings.Repeat(" ", 8<<20+1), "more than 8388608 bytes", false},
		{"being made", 200, `{"model_version":{"version":"1","status":"PENDING_REGISTRATION"}}`, `"PENDING_REGISTRATION", not ready`, true},
		{"failed to be made", 200, `{}`, `"", not ready`, true},
		{"odd version", 200, `{"model_version":{"version":"../1","status":"READY"}}`, "a number is expected", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := client(t, mlflow.Config{Token: secret}, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", "http://elsewhere.example/login?next="+secret)
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			})
			_, err := m.Locate(t.Context(), "models:/m/1", nil)
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), secret)
			require.NotErrorIs(t, err, release.ErrNotFound)
			var u *release.Unavailable
			require.Equal(t, c.unavailable, errors.As(err, &u), "%v", err)
			if u != nil {
				require.Equal(t, release.PartStore, u.Part)
			}
		})
	}
}

func TestServerIsDown(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	m, err := mlflow.New(mlflow.Config{TrackingURI: s.URL, Token: secret})
	require.NoError(t, err)
	_, err = m.Locate(t.Context(), "runs:/a/b", nil)
	var u *release.Unavailable
	require.ErrorAs(t, err, &u)
	require.ErrorContains(t, err, s.URL)
	_, _, err = m.Open(t.Context(), "mlflow-artifacts:/1/x")
	require.ErrorAs(t, err, &u)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = m.Locate(ctx, "runs:/a/b", nil)
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorAs(t, err, &u)
}

// TestOpen: what comes of bytes on the way.
func TestOpen(t *testing.T) {
	whole := bytes.Repeat([]byte("tree"), 50_000)
	for _, c := range []struct {
		name string
		send func(w http.ResponseWriter)
		ok   bool
	}{
		{"whole", func(w http.ResponseWriter) { _, _ = w.Write(whole) }, true},
		{"in chunks", func(w http.ResponseWriter) {
			_, _ = w.Write(whole[:1000])
			w.(http.Flusher).Flush()
			_, _ = w.Write(whole[1000:])
		}, true},
		{"cut", func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", fmt.Sprint(len(whole)))
			_, _ = w.Write(whole[:1000])
			panic(http.ErrAbortHandler)
		}, false},
		{"cut between chunks", func(w http.ResponseWriter) {
			_, _ = w.Write(whole[:1000])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := client(t, mlflow.Config{}, func(w http.ResponseWriter, _ *http.Request) { c.send(w) })
			b, err := func() ([]byte, error) {
				r, size, err := m.Open(t.Context(), "mlflow-artifacts:/1/x")
				if err != nil {
					return nil, err
				}
				defer r.Close()
				if size != int64(len(whole)) {
					t.Errorf("size %d", size)
				}
				return io.ReadAll(r)
			}()
			if c.ok {
				require.NoError(t, err)
				require.Equal(t, whole, b)
				return
			}
			var u *release.Unavailable
			require.ErrorAs(t, err, &u)
		})
	}
	m := client(t, mlflow.Config{}, func(http.ResponseWriter, *http.Request) { t.Error("asked") })
	for _, path := range []string{"mlflow-artifacts:/1/../x", "mlflow-artifacts://other/1/x", "mlflow-artifacts:/1/%2e%2e/x", "file:///x"} {
		_, _, err := m.Open(t.Context(), path)
		require.Error(t, err, path)
	}
}

func TestALoggedModelThatIsBeingMade(t *testing.T) {
	m := client(t, mlflow.Config{}, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"model":{"info":{"artifact_uri":"file:///x","status":"LOGGED_MODEL_PENDING"}}}`)
	})
	_, err := m.Locate(t.Context(), "models:/m-1", nil)
	var u *release.Unavailable
	require.ErrorAs(t, err, &u)
	require.ErrorContains(t, err, `the logged model "m-1" is "LOGGED_MODEL_PENDING", not ready`)
}
