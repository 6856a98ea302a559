package mirror

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/bucket"
	"edgesignal/host/internal/s3test"
	"edgesignal/host/market"
)

// lying is a proxy before a real server that gives its listings away changed.
type lying struct {
	lie atomic.Pointer[func(page string) string]
}

func (l *lying) before(t *testing.T, s *s3test.Server) (endpoint string) {
	target, err := url.Parse(s.Endpoint())
	require.NoError(t, err)
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = r.In.Host }, // the host is part of the signature
		ModifyResponse: func(r *http.Response) error {
			lie := l.lie.Load()
			if lie == nil || r.Request.URL.Query().Get("list-type") != "2" {
				return nil
			}
			page, err := io.ReadAll(r.Body)
			r.Body.Close()
			changed := (*lie)(string(page))
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader([]byte(changed))), int64(len(changed))
			r.Header.Set("Content-Length", strconv.Itoa(len(changed)))
			return err
		},
	})
	t.Cleanup(proxy.Close)
	return proxy.URL
}

// A bucket whose listings are damaged on the way: what served serves on, the
// reason is said, and the newer run serves once the listings are true again.
func TestListingsThatLie(t *testing.T) {
	s := s3test.New(t)
	for _, c := range []struct {
		name string
		lie  func(page string) string
		says string
	}{
		{"an error with status 200", func(string) string { return `<?xml version="1.0"?><Error><Code>InternalError</Code></Error>` }, "it is <Error>"},
		{"a page to log in", func(string) string { return "<html><body>Log in</body></html>" }, "it is <html>"},
		{"nothing", func(string) string { return "" }, "it is not XML"},
		{"half a page", func(page string) string { return page[:len(page)/2] }, "it breaks off"},
		{"a listing of nothing", func(string) string { return "<ListBucketResult></ListBucketResult>" }, "whether more follows"},
		{"the listing of another folder", func(page string) string { return strings.ReplaceAll(page, "<Prefix>bars/", "<Prefix>other/") }, "another prefix"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := &lying{}
			name := s.NewBucket()
			r := mirrored(t, s, name, "bars/")
			client, err := bucket.New(bucket.Config{Endpoint: l.before(t, s), AccessKey: s3test.AccessKey, SecretKey: s3test.SecretKey, Wait: time.Millisecond})
			require.NoError(t, err)
			t.Cleanup(client.Close)
			require.NoError(t, r.Close())
			r.opt.Client = client
			r.start(t)
			f := follow(t, r)
			first := f.appear("2024-12-30", runOf(t, "2024-12-30", 30, 1))
			f.serving(first, "the first run")

			l.lie.Store(&c.lie)
			newer := f.appear("2024-12-31", runOf(t, "2024-12-31", 30, 2))
			f.await("the lie is said", func(m *market.Market, fault error) bool {
				return m.Revision == first && fault != nil && strings.Contains(fault.Error(), c.says)
			})
			l.lie.Store(nil)
			f.serving(newer, "the truth")
			f.end()
		})
	}
}
