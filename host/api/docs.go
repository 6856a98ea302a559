package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"
)

//go:embed openapi.yaml docs/index.html docs/start.js docs/swagger-ui-bundle.js docs/swagger-ui.css
var docFiles embed.FS

// asset is one file of the documentation.
type asset struct {
	media   string
	plain   []byte
	gzipped []byte
	etag    string
}

// docAssets are the files by path, packed when the first server needs them.
var docAssets = sync.OnceValue(func() map[string]*asset {
	assets := map[string]*asset{}
	for path, name := range map[string]string{
		"/openapi.yaml":              "openapi.yaml",
		"/docs":                      "docs/index.html",
		"/docs/start.js":             "docs/start.js",
		"/docs/swagger-ui-bundle.js": "docs/swagger-ui-bundle.js",
		"/docs/swagger-ui.css":       "docs/swagger-ui.css",
	} {
		plain, err := docFiles.ReadFile(name)
		if err != nil {
			panic(fmt.Sprintf("a file that was built in is missing: %v", err))
		}
		sum := sha256.Sum256(plain)
		assets[path] = &asset{media: mediaType(name), plain: plain, gzipped: gzipped(plain), etag: `"` + hex.EncodeToString(sum[:8])}
	}
	return assets
})

// mediaType returns the media type of a file by its name. Package mime would read
// the machine's own tables, and answer otherwise elsewhere.
func mediaType(name string) string {
	switch name[strings.LastIndexByte(name, '.'):] {
	case ".yaml":
		return "application/yaml"
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	default:
		return "text/css; charset=utf-8"
	}
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(b) // a bytes.Buffer takes everything
	_ = w.Close()
	return out.Bytes()
}

// docPolicy lets the page load what lies beside it and ask this host, and
// nothing else. The style sheet has its icons in data URLs.
const docPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// asset answers GET /docs, what the page loads, and GET /openapi.yaml.
func (*Server) asset(c *fiber.Ctx) error {
	a := docAssets()[string(c.Context().URI().PathOriginal())]
	body, etag := a.plain, a.etag+`"`
	if acceptsGzip(header(c, fiber.HeaderAcceptEncoding)) {
		body, etag = a.gzipped, a.etag+`-gz"`
		c.Set(fiber.HeaderContentEncoding, "gzip")
	}
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	c.Set(fiber.HeaderContentSecurityPolicy, docPolicy)
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	ctx := c.Context()
	if notModified(ctx, []byte(etag)) {
		ctx.Response.Header.Del(fiber.HeaderContentEncoding)
		return nil
	}
	ctx.SetContentType(a.media)
	ctx.Response.SetBodyRaw(body)
	return nil
}

// acceptsGzip reads Accept-Encoding as far as it matters here.
func acceptsGzip(accept string) bool {
	for offer := range strings.SplitSeq(accept, ",") {
		name, weight, _ := strings.Cut(offer, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			return strings.Trim(weight, " q=0.") != "" || strings.TrimSpace(weight) == ""
		}
	}
	return false
}
