package token

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// hexOf returns what `printf %s TOKEN | sha256sum` says.
func hexOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func lineOf(name, scopes, token string) string {
	return name + " " + scopes + " sha256:" + hexOf(token) + "\n"
}

func TestParse(t *testing.T) {
	l, err := Parse([]byte("# who may call\n\n" + lineOf("desk-1", "signals", "a") + "\t ci\treload,signals  sha256:" + strings.ToUpper(hexOf("b")) + " \r\n  # more\nops admin sha256:" + hexOf("c")))
	require.NoError(t, err)
	require.Equal(t, 3, l.Len())
	for token, want := range map[string]Entry{
		"a": {Name: "desk-1", Scopes: Signals}, "b": {Name: "ci", Scopes: Signals | Reload}, "c": {Name: "ops", Scopes: Admin},
	} {
		got, ok := l.Find([]byte(token))
		require.True(t, ok)
		require.Equal(t, want.Name, got.Name)
		require.Equal(t, want.Scopes, got.Scopes)
	}
	for _, other := range []string{"", "d", "A", "a ", hexOf("a"), "sha256:" + hexOf("a"), strings.Repeat("x", MaxSize+1)} {
		e, ok := l.Find([]byte(other))
		require.False(t, ok, other)
		require.Zero(t, e)
	}
	empty, err := Parse(nil)
	require.NoError(t, err)
	_, ok := empty.Find([]byte("a"))
	require.False(t, ok)
}

func TestALongTokenIsHeldToItsLimit(t *testing.T) {
	longest := strings.Repeat("x", MaxSize)
	l, err := Parse([]byte(lineOf("a", "signals", longest) + lineOf("b", "signals", longest+"x")))
	require.NoError(t, err)
	_, ok := l.Find([]byte(longest))
	require.True(t, ok)
	_, ok = l.Find([]byte(longest + "x"))
	require.False(t, ok)
}

// TestParseRefuses: each error names the line and nothing that stands in it.
func TestParseRefuses(t *testing.T) {
	const secret = "es_hunter2"
	digest := " sha256:" + hexOf(secret)
	var many strings.Builder
	for i := range maxTokens + 1 {
		many.WriteString(lineOf(fmt.Sprint(i), "signals", fmt.Sprint(i)))
	}
	for _, tc := range []struct{ name, text, says string }{
		{"one field", "# x\n" + secret, "line 2: 1 fields"},
		{"no scope", "ci" + digest, "line 1: 2 fields"},
		{"a comment behind", "ci reload" + digest + " # ci", "line 1: 5 fields"},
		{"a space in the scopes", "ci reload, admin" + digest, "line 1: 4 fields"},
		{"unknown scope", lineOf("a", "signals", "a") + "\nci " + secret + digest, "line 3: an unknown scope; signals, reload and admin are known"},
		{"no scope before the comma", "ci ,reload" + digest, "line 1: an unknown scope"},
		{"scope in capitals", "ci Reload" + digest, "line 1: an unknown scope"},
		{"scope twice", "ci reload,reload" + digest, "line 1: a scope stands twice"},
		{"another hash", "ci reload md5:" + secret, "line 1: the digest does not begin with sha256:"},
		{"the token itself", "ci reload " + secret, "line 1: the digest does not begin with sha256:"},
		{"the token behind the prefix", "ci reload sha256:" + secret, "line 1: the digest has 10 hex digits; a SHA-256 has 64"},
		{"a digit too many", "ci reload" + digest + "0", "line 1: the digest has 65 hex digits"},
		{"not hex", "ci reload sha256:" + strings.Repeat("g", 64), "line 1: the digest is not hex"},
		{"the digest of nothing", "ci reload sha256:" + hexOf(""), "line 1: the digest is that of an empty token"},
		{"a name with a slash", "c/i reload" + digest, "line 1: the name is not"},
		{"a byte order mark", "\ufeffci reload" + digest, "line 1: the name is not"},
		{"a name too long", strings.Repeat("n", maxName+1) + " reload" + digest, "line 1: the name is not 1 to 64"},
		{"a name twice", lineOf("ci", "signals", "a") + "# x\nci reload" + digest, "line 3: the name is that of line 1"},
		{"a digest twice", "a reload" + digest + "\nb admin" + digest, "line 2: the digest is that of line 1"},
		{"a no-break space", "ci\u00a0reload" + digest, "line 1: 2 fields"},
		{"too many", many.String(), "line 1001: more than 1000 tokens"},
		{"too large", strings.Repeat("#", maxBytes+1), "more than 262144 bytes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Parse([]byte(tc.text))
			require.ErrorContains(t, err, tc.says)
			require.NotContains(t, err.Error(), "hunter")
		})
	}
	_, err := Parse([]byte(strings.Repeat("#", maxBytes)))
	require.NoError(t, err)
	_, err = Parse([]byte(many.String()[:strings.LastIndexByte(strings.TrimSpace(many.String()), '\n')]))
	require.NoError(t, err)
}

func TestScopes(t *testing.T) {
	for _, tc := range []struct {
		has, need Scopes
		want      bool
	}{
		{Signals, Signals, true}, {Signals, Reload, false}, {Signals, Signals | Reload, true}, {Signals, Admin, false},
		{Reload, Reload, true}, {Reload, Signals, false}, {Reload, Any, true}, {Signals | Reload, Admin, false},
		{Admin, Signals, true}, {Admin, Reload, true}, {Admin, Admin, true}, {0, Any, false},
	} {
		require.Equal(t, tc.want, tc.has.Allow(tc.need), "%s for %s", tc.has, tc.need)
	}
	require.Equal(t, "signals,reload,admin", Any.String())
}

func TestNewTokens(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	seen := map[string]bool{}
	for i := range 20 {
		secret, e, err := New(fmt.Sprintf("n%d", i), Signals|Admin)
		require.NoError(t, err)
		require.Regexp(t, `^es_[A-Za-z0-9_-]{43}$`, secret)
		require.False(t, seen[secret])
		seen[secret] = true
		require.Equal(t, strings.TrimSuffix(lineOf(e.Name, "signals,admin", secret), "\n"), e.String())
		require.NoError(t, Append(path, e))
	}
	f, err := Open(path)
	require.NoError(t, err)
	require.Equal(t, 20, f.List().Len())
	for secret := range seen {
		_, ok := f.List().Find([]byte(secret))
		require.True(t, ok)
	}
	_, _, err = New("a b", Signals)
	require.Error(t, err)
}

func TestAppendLeavesWhatWouldBeBad(t *testing.T) {
	_, e, err := New("ci", Reload)
	require.NoError(t, err)
	for _, tc := range []struct{ name, there, says string }{
		{"a name that is there", lineOf("ci", "signals", "a"), "line 2: the name is that of line 1"},
		{"a malformed file", "oops\n", "line 1: 1 fields; name scope[,scope] sha256:<hex> is expected"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "tokens")
			require.NoError(t, os.WriteFile(path, []byte(tc.there), 0o600))
			require.EqualError(t, Append(path, e), "token file "+path+": "+tc.says)
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, tc.there, string(text))
		})
	}
	require.ErrorContains(t, Append(t.TempDir(), e), "not a regular file")
	require.ErrorContains(t, Append(filepath.Join(t.TempDir(), "no", "where"), e), "no such file")
}

func TestAppendKeepsModeLinkAndTheLineBefore(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "tokens"), filepath.Join(dir, "link")
	before := strings.TrimSpace(lineOf("a", "signals", "a")) // no newline at the end
	require.NoError(t, os.WriteFile(path, []byte(before), 0o640))
	require.NoError(t, os.Symlink(path, link))
	_, e, err := New("b", Reload)
	require.NoError(t, err)
	require.NoError(t, Append(link, e))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before+"\n"+e.String()+"\n", string(text))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	require.NotZero(t, info.Mode()&os.ModeSymlink)
	info, err = os.Stat(path)
	require.NoError(t, err)
	require.EqualValues(t, 0o640, info.Mode().Perm())
}

// TestAppendsAtTheSameTime: none is lost.
func TestAppendsAtTheSameTime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens")
	var all sync.WaitGroup
	errs := make([]error, 30)
	for i := range errs {
		all.Go(func() {
			_, e, err := New(fmt.Sprintf("n%d", i), Reload)
			if err == nil {
				err = Append(path, e)
			}
			errs[i] = err
		})
	}
	all.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	f, err := Open(path)
	require.NoError(t, err)
	require.Equal(t, len(errs), f.List().Len())
}

// FuzzParse: what is accepted is written and read again as the same, and no
// error quotes the file.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"", "#\n", lineOf("a", "signals", "a"), lineOf("a", "admin,signals", "a") + "\r\n\tb reload sha256:" + strings.ToUpper(hexOf("b")),
		"a b c", "a signals sha256:", "\x00", "a signals sha256:" + hexOf("") + "\n", "SECRETSECRETSECRET", "a SECRETSECRETSECRET sha256:x", "a signals SECRETSECRETSECRET",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		l, err := Parse(text)
		if err != nil {
			require.NotContains(t, err.Error(), "SECRET")
			require.Less(t, len(err.Error()), 120)
			require.NotContains(t, err.Error(), "\n")
			return
		}
		var again strings.Builder
		for _, e := range l.entries {
			require.NotZero(t, e.Scopes)
			require.NotEmpty(t, e.Name)
			again.WriteString(e.String() + "\n")
		}
		l2, err := Parse([]byte(again.String()))
		require.NoError(t, err)
		require.Equal(t, l.entries, l2.entries)
	})
}

func BenchmarkFindAmong100(b *testing.B) {
	var text, last string
	for i := range 100 {
		secret, e, err := New(fmt.Sprint(i), Signals)
		require.NoError(b, err)
		text, last = text+e.String()+"\n", secret
	}
	l, err := Parse([]byte(text))
	require.NoError(b, err)
	for name, secret := range map[string]string{"last": last, "unknown": Prefix + strings.Repeat("x", 43)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.Find([]byte(secret))
			}
		})
	}
}
