package bucket

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/s3test"
	"edgesignal/host/release"
)

// Each of the usual sources, by what it takes to read an object with it.
func TestSources(t *testing.T) {
	s := s3test.New(t)
	s.Put(s.Bucket, "k", "x")
	key := `"AccessKeyId":"` + s3test.AccessKey + `","SecretAccessKey":"` + s3test.SecretKey + `","Token":"","Expiration":"2099-01-01T00:00:00Z","Code":"Success"`
	metadata := server(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/latest/api/token":
			_, _ = w.Write([]byte("token"))
		case strings.HasSuffix(r.URL.Path, "/security-credentials/"):
			_, _ = w.Write([]byte("the-role\n"))
		default:
			_, _ = w.Write([]byte("{" + key + "}"))
		}
	})
	sts := server(t, func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("RoleArn") != "arn:aws:iam::1:role/edge" || r.FormValue("WebIdentityToken") != "jwt" {
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(`<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Code>InvalidIdentityToken</Code><Message>the-secret</Message></Error></ErrorResponse>`))
			return
		}
		_, _ = w.Write([]byte(`<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>` + s3test.AccessKey +
			`</AccessKeyId><SecretAccessKey>` + s3test.SecretKey + `</SecretAccessKey><SessionToken></SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>` +
			`</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`))
	})
	file := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	pair := "aws_access_key_id = " + s3test.AccessKey + "\naws_secret_access_key = " + s3test.SecretKey + "\n"
	for _, c := range []struct {
		name string
		env  map[string]string
		says string // "" = it reads
	}{
		{"environment", map[string]string{"AWS_ACCESS_KEY_ID": s3test.AccessKey, "AWS_SECRET_ACCESS_KEY": s3test.SecretKey}, ""},
		{"shared file", map[string]string{"AWS_SHARED_CREDENTIALS_FILE": file("c", "[default]\n"+pair)}, ""},
		{"profile", map[string]string{"AWS_SHARED_CREDENTIALS_FILE": file("c", "[default]\naws_access_key_id = x\naws_secret_access_key = y\n[edge]\n"+pair), "AWS_PROFILE": "edge"}, ""},
		{"role of the machine", map[string]string{"AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata}, ""},
		{"role of the container", map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": metadata + "/creds"}, ""},
		{"web identity", map[string]string{"AWS_WEB_IDENTITY_TOKEN_FILE": file("jwt", "jwt"), "AWS_ROLE_ARN": "arn:aws:iam::1:role/edge", "AWS_ENDPOINT_URL_STS": sts}, ""},

		{"none", nil, "no credentials: the environment: none"},
		{"half", map[string]string{"AWS_ACCESS_KEY_ID": "x"}, "half of a pair"},
		{"no such profile", map[string]string{"AWS_SHARED_CREDENTIALS_FILE": file("c", "[default]\n"+pair), "AWS_PROFILE": "none"}, "the shared files"},
		{"a file that is none", map[string]string{"AWS_SHARED_CREDENTIALS_FILE": file("c", "[default]\nthe-secret\n")}, "the shared files"},
		{"no identity", map[string]string{"AWS_WEB_IDENTITY_TOKEN_FILE": "/none", "AWS_ENDPOINT_URL_STS": sts}, "the web identity: open /none"},
		{"identity refused", map[string]string{"AWS_WEB_IDENTITY_TOKEN_FILE": file("jwt", "the-secret"), "AWS_ROLE_ARN": "other", "AWS_ENDPOINT_URL_STS": sts}, "the web identity: InvalidIdentityToken"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			t.Setenv("HOME", t.TempDir())
			for name, value := range c.env {
				t.Setenv(name, value)
			}
			_, err := client(t, Config{Endpoint: s.Endpoint()}).Stat(t.Context(), s.Bucket, "k", "")
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			unavailable(t, err)
			require.ErrorIs(t, err, release.ErrRefused)
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), "the-secret")
		})
	}
}

// Outside a cloud nobody answers at the machine's address.
func TestNoMetadataDoesNotHang(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var asked atomic.Int64
	go func() {
		for {
			c, err := ln.Accept() // and says nothing
			if err != nil {
				return
			}
			asked.Add(1)
			defer c.Close()
		}
	}()
	defer ln.Close()
	t.Setenv("HOME", t.TempDir())
	t.Setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://"+ln.Addr().String())
	c := client(t, Config{Endpoint: "http://127.0.0.1:1"})
	for range 20 {
		_, err = c.Stat(t.Context(), "bucket", "k", "")
		require.ErrorContains(t, err, "no credentials")
	}
	require.LessOrEqual(t, asked.Load(), int64(2), "asked once, perhaps on two connections, and not twenty times")
}

func server(t *testing.T, f http.HandlerFunc) (url string) {
	t.Helper()
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	return s.URL
}
