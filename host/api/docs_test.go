package api

import (
	"compress/gzip"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/release"
)

// TestTheVendoredFilesAreUnchanged holds the files against their README.
func TestTheVendoredFilesAreUnchanged(t *testing.T) {
	readme, err := os.ReadFile("docs/README.md")
	require.NoError(t, err)
	rows := regexp.MustCompile("(?m)^\\| `(.+)` \\| `([0-9a-f]{64})` \\|$").FindAllStringSubmatch(string(readme), -1)
	require.Len(t, rows, 5)
	for _, row := range rows {
		b, err := os.ReadFile("docs/" + row[1])
		require.NoError(t, err)
		require.Equal(t, row[2], release.Sum(b), row[1])
	}
}

func TestDocsNeedNothingFromElsewhere(t *testing.T) {
	s := serve(t, idleBoard(t), defaultLimits, nil)
	page := s.get("/docs")
	require.Equal(t, http.StatusOK, page.StatusCode)
	require.NotContains(t, string(page.body), "//")
	require.NotContains(t, string(page.body), "<style")
	require.NotRegexp(t, `<script>|\son\w+=`, string(page.body))
	links := regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(string(page.body), -1)
	require.NotEmpty(t, links)
	for _, l := range links {
		if l[1] != "data:," {
			require.Equal(t, http.StatusOK, s.get("/"+l[1]).StatusCode, l[1])
		}
	}
	require.NotContains(t, page.Header.Get("Content-Security-Policy"), "http")
}

func TestDocsAreSentOnceAndPacked(t *testing.T) {
	s := serve(t, idleBoard(t), defaultLimits, nil)
	for path, a := range docAssets() {
		t.Run(path, func(t *testing.T) {
			plain := s.get(path)
			require.Equal(t, string(a.plain), string(plain.body))
			require.Equal(t, a.media, plain.Header.Get("Content-Type"))
			require.Empty(t, plain.Header.Get("Content-Encoding"))

			packed := s.do(http.MethodGet, path, "", "Accept-Encoding", "br, gzip;q=0.8")
			require.Equal(t, "gzip", packed.Header.Get("Content-Encoding"))
			require.Equal(t, "Accept-Encoding", packed.Header.Get("Vary"))
			unpacked, err := gzip.NewReader(strings.NewReader(string(packed.body)))
			require.NoError(t, err)
			got, err := io.ReadAll(unpacked)
			require.NoError(t, err)
			require.Equal(t, string(a.plain), string(got))

			require.NotEqual(t, plain.Header.Get("ETag"), packed.Header.Get("ETag"))
			again := s.do(http.MethodGet, path, "", "Accept-Encoding", "gzip", "If-None-Match", packed.Header.Get("ETag"))
			require.Equal(t, http.StatusNotModified, again.StatusCode)
			require.Empty(t, again.body)
			require.Equal(t, packed.Header.Get("ETag"), again.Header.Get("ETag"))

			head := s.do(http.MethodHead, path, "")
			require.Equal(t, http.StatusOK, head.StatusCode)
			require.Empty(t, head.body)
			require.EqualValues(t, len(a.plain), head.ContentLength)
		})
	}
}

func TestAcceptsGzip(t *testing.T) {
	for accept, want := range map[string]bool{
		"": false, "gzip": true, "GZIP": true, "deflate, gzip": true, "gzip;q=1.0, *;q=0": true, "gzip; q=0.001": true,
		"gzip;q=0": false, "gzip;q=0.000": false, "br": false, "xgzip": false, "identity": false,
	} {
		require.Equal(t, want, acceptsGzip(accept), accept)
	}
}
