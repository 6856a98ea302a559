package api

import (
	"crypto/sha256"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/gate"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/live"
	"edgesignal/host/token"
)

// keys are tokens of a test's file by the scopes that they have.
var keys = map[string]string{
	"signals": "es_zq8w1xk4vy", "reload": "es_jx6qk0w9zv", "admin": "es_vz3kq7x5jw", "signals,reload": "es_wq2zj8kx1v",
}

// tokenFile writes keys, each with its scopes as its name.
func tokenFile(t testing.TB) (f *token.File, path string) {
	t.Helper()
	var text strings.Builder
	for scopes, key := range keys {
		fmt.Fprintf(&text, "holder-of-%s %s sha256:%x\n", strings.ReplaceAll(scopes, ",", "-"), scopes, sha256.Sum256([]byte(key)))
	}
	path = filepath.Join(t.TempDir(), "tokens")
	require.NoError(t, os.WriteFile(path, []byte(text.String()), 0o600))
	f, err := token.Open(path)
	require.NoError(t, err)
	return f, path
}

// guarded returns a site with a token file.
func guarded(t testing.TB, b *live.Board, change func(*Options)) *site {
	t.Helper()
	f, _ := tokenFile(t)
	return serve(t, b, defaultLimits, func(o *Options) {
		o.Tokens, o.Gate = f, gate.InPlace{}
		if change != nil {
			change(o)
		}
	})
}

// far returns a site to which every client looks as if it were on another machine.
func far(t testing.TB, b *live.Board, change func(*Options)) *site {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return serveOn(t, elsewhere{ln}, b, defaultLimits, change)
}

// operation is one of openapi.yaml, and whom it is for.
type operation struct {
	method, path string
	public       bool     // needs no token, ever
	local        bool     // without a token file, for this machine only
	scopes       []string // one of these is enough; none = any token
}

// operations reads the description and nothing else.
func (s *spec) operations() []operation {
	s.t.Helper()
	var all []operation
	for path := range s.doc["paths"].(map[string]any) {
		item, _ := s.at("/paths/" + escaped(path))
		for method, op := range item {
			o := operation{method: strings.ToUpper(method), path: path, local: true}
			alternatives, ok := op.(map[string]any)["security"].([]any)
			require.True(s.t, ok, "%s %s does not say whom it is for", method, path)
			o.public = len(alternatives) == 0
			for _, a := range alternatives {
				scopes, needs := a.(map[string]any)["bearer"].([]any)
				if !needs {
					require.Empty(s.t, a)
					o.local = false
				}
				for _, scope := range scopes {
					o.scopes = append(o.scopes, scope.(string))
				}
			}
			o.local = o.local && !o.public
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return all
}

// fulfilled returns what an operation answers when it lets its caller in.
func (o operation) fulfilled() (body string, status int, c code) {
	switch o.path {
	case generatePath:
		return `{"symbols":["AAPL"]}`, 200, ""
	case pathTry:
		return `{}`, 415, unsupportedMediaType
	default:
		return "", 200, ""
	}
}

// expected returns what an operation answers to a caller with these scopes, on a
// host with a token file.
func (o operation) expected(known bool, scopes []string) (status int, c code) {
	fits := len(o.scopes) == 0
	for _, s := range scopes {
		fits = fits || slices.Contains(o.scopes, s)
	}
	switch {
	case o.public, known && fits:
		_, status, c = o.fulfilled()
		return status, c
	case known:
		return 403, forbidden
	default:
		return 401, unauthenticated
	}
}

func TestTheRouteTableAndTheDescriptionLetTheSameIn(t *testing.T) {
	described := map[string]operation{}
	for _, o := range loadSpec(t).operations() {
		described[o.method+" "+o.path] = o
	}
	for _, r := range routes() {
		o := described[r.method+" "+r.path]
		require.Equal(t, r.access.scopes == 0, o.public, r.path)
		require.Equal(t, r.access.local, o.local, r.path)
		for _, scopes := range []string{"signals", "reload", "admin"} {
			bits, err := token.ParseScopes(scopes)
			require.NoError(t, err)
			want := o.public || len(o.scopes) == 0 || slices.Contains(o.scopes, scopes)
			require.Equal(t, want, r.access.scopes == 0 || bits.Allow(r.access.scopes), "%s with %s", r.path, scopes)
		}
	}
}

// TestEveryRouteAsksForItsToken walks the description: every operation, every
// kind of caller, GET by HEAD too.
func TestEveryRouteAsksForItsToken(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	callers := []struct {
		name   string
		header []string
		query  string
		known  bool
		scopes []string
	}{
		{name: "nobody"},
		{name: "a wrong token", header: []string{"Authorization", "Bearer es_invented"}},
		{name: "the token of another case", header: []string{"Authorization", "Bearer " + strings.ToUpper(keys["admin"])}},
		{name: "the digest", header: []string{"Authorization", fmt.Sprintf("Bearer %x", sha256.Sum256([]byte(keys["admin"])))}},
		{name: "a token without its scheme", header: []string{"Authorization", keys["admin"]}},
		{name: "a token as a password", header: []string{"Authorization", "Basic " + keys["admin"]}},
		{name: "a token too long", header: []string{"Authorization", "Bearer " + strings.Repeat("x", token.MaxSize+1)}},
		{name: "a token as large as a header may be", header: []string{"Authorization", "Bearer " + strings.Repeat("x", 60_000)}},
		{name: "two tokens in one", header: []string{"Authorization", "Bearer " + keys["admin"] + ", Bearer " + keys["admin"]}},
		{name: "no token behind the scheme", header: []string{"Authorization", "Bearer "}},
		{name: "an address that is said to be here", header: []string{"X-Forwarded-For", "127.0.0.1", "Forwarded", "for=127.0.0.1", "X-Real-IP", "127.0.0.1"}},
		{name: "a cookie", header: []string{"Cookie", "token=" + keys["admin"], "X-Api-Key", keys["admin"]}},
		{name: "a token in the URL", query: "?access_token=" + keys["admin"]},
		{name: "signals", header: []string{"Authorization", "Bearer " + keys["signals"]}, known: true, scopes: []string{"signals"}},
		{name: "reload", header: []string{"Authorization", "bearer " + keys["reload"]}, known: true, scopes: []string{"reload"}},
		{name: "signals and reload", header: []string{"Authorization", "BEARER  " + keys["signals,reload"]}, known: true, scopes: []string{"signals", "reload"}},
		{name: "admin", header: []string{"Authorization", "Bearer " + keys["admin"]}, known: true, scopes: []string{"admin"}},
	}
	d := loadSpec(t)
	operations := d.operations()
	require.Len(t, operations, len(routes()))
	for _, from := range []struct {
		name string
		site *site
	}{
		{"here", guarded(t, b.Board, func(o *Options) { o.Registry = b.Shaky })},
		{"elsewhere", far(t, b.Board, func(o *Options) { o.Tokens, _ = tokenFile(t); o.Gate, o.Registry = gate.InPlace{}, b.Shaky })},
	} {
		for _, caller := range callers {
			t.Run(from.name+"/"+caller.name, func(t *testing.T) {
				d.t = t
				for _, o := range operations {
					if o.public && caller.query != "" {
						continue // what an open page makes of a parameter is not about tokens
					}
					status, c := o.expected(caller.known, caller.scopes)
					body, _, _ := o.fulfilled()
					r := from.site.do(o.method, o.path+caller.query, body, caller.header...)
					require.Equal(t, status, r.StatusCode, "%s %s: %s", o.method, o.path, r.body)
					require.Equal(t, string(c), d.hold(o.method, o.path, r), "%s %s: %s", o.method, o.path, r.body)
					requireChallenge(t, r, c, caller.header)
					if o.method == http.MethodGet {
						head := from.site.do(http.MethodHead, o.path+caller.query, "", caller.header...)
						require.Equal(t, status, head.StatusCode, "HEAD %s", o.path)
						require.Empty(t, head.body)
						require.Equal(t, r.Header.Get("WWW-Authenticate"), head.Header.Get("WWW-Authenticate"))
					}
				}
			})
		}
	}
}

// requireChallenge holds WWW-Authenticate against RFC 6750, section 3.
func requireChallenge(t *testing.T, r reply, c code, header []string) {
	t.Helper()
	presented := len(header) > 1 && header[0] == "Authorization" && len(header[1]) > len("Bearer ") && strings.EqualFold(header[1][:7], "bearer ")
	want := ""
	switch {
	case c == unauthenticated && presented:
		want = `^Bearer realm="edgesignal", error="invalid_token"$`
	case c == unauthenticated:
		want = `^Bearer realm="edgesignal"$`
	case c == forbidden:
		want = `^Bearer realm="edgesignal", error="insufficient_scope", scope="(signals|reload|admin)"$`
	default:
		require.Empty(t, r.Header.Values("WWW-Authenticate"))
		return
	}
	require.Len(t, r.Header.Values("WWW-Authenticate"), 1)
	require.Regexp(t, want, r.Header.Get("WWW-Authenticate"))
}

// TestWithoutAFile: who reads is not asked; control calls are for this machine,
// whatever a header says, and a token is as good as none.
func TestWithoutAFile(t *testing.T) {
	b := demotest.NewServingBoard(t, nil)
	with := func(o *Options) { o.Gate, o.Registry = gate.InPlace{}, b.Shaky }
	d := loadSpec(t)
	for _, header := range [][]string{
		nil, {"X-Forwarded-For", "127.0.0.1"}, {"X-Forwarded-For", "::1, 203.0.113.9"}, {"Forwarded", "for=127.0.0.1;host=localhost"}, {"X-Real-IP", "127.0.0.1"}, {"Host", "localhost"},
		{"X-Forwarded-For", "203.0.113.9"}, {"Authorization", "Bearer " + keys["admin"]},
	} {
		for _, from := range []struct {
			site *site
			here bool
		}{{serve(t, b.Board, defaultLimits, with), true}, {far(t, b.Board, with), false}} {
			for _, o := range d.operations() {
				body, status, c := o.fulfilled()
				if o.local && !from.here {
					status, c = 403, forbidden
				}
				r := from.site.do(o.method, o.path, body, header...)
				require.Equal(t, status, r.StatusCode, "%s %s %v: %s", o.method, o.path, header, r.body)
				require.Equal(t, string(c), d.hold(o.method, o.path, r))
				require.Empty(t, r.Header.Get("WWW-Authenticate"), "there is no token that would help")
			}
		}
	}
}

// TestWhatIsNotThereNeedsNoToken: the description is public, so that a path is
// or is not there tells nobody anything.
func TestWhatIsNotThereNeedsNoToken(t *testing.T) {
	s := guarded(t, idleBoard(t), nil)
	for _, tc := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/nothing", 404}, {"GET", "/signals/", 404}, {"GET", "/Signals", 404}, {"GET", "//signals", 404}, {"GET", "/%73ignals", 404}, {"GET", "/api/v1/../v1/signals", 404},
		{"POST", "/signals", 405}, {"GET", "/model/reload", 405}, {"DELETE", "/api/v1/releases", 405}, {"OPTIONS", "/signals", 405}, {"BREW", "/signals", 405}, {"BREW", "/pot", 404},
	} {
		for _, header := range [][]string{nil, {"Authorization", "Bearer es_invented"}, {"Authorization", "Bearer " + keys["admin"]}} {
			require.Equal(t, tc.status, s.do(tc.method, tc.path, "", header...).StatusCode, "%s %s", tc.method, tc.path)
		}
	}
}
