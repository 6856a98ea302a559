package bucket

import (
	"crypto/md5" //nolint:gosec // it is what S3's ETags are
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// A server, or a cache before it, that heeds neither If-Match nor the version
// and continues with a newer object: no byte of that one is given away.
func TestTheRestIsOfAnotherObject(t *testing.T) {
	const old = "the bytes of the old object"
	for _, c := range []struct {
		name string
		rest func(h http.Header)
		ok   bool
	}{
		{"the same", func(http.Header) {}, true},
		{"another ETag", func(h http.Header) { h.Set("ETag", `"newer"`) }, false},
		{"no ETag", func(h http.Header) { h.Del("ETag") }, false},
		{"another version", func(h http.Header) { h.Set("x-amz-version-id", "2") }, false},
		{"no version", func(h http.Header) { h.Del("x-amz-version-id") }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("ETag", `"old"`)
				w.Header().Set("x-amz-version-id", "1")
				w.Header().Set("Last-Modified", "Fri, 27 Nov 2026 10:00:00 GMT")
				if r.Header.Get("Range") == "" {
					w.Header().Set("Content-Length", fmt.Sprint(len(old)))
					_, _ = io.WriteString(w, old[:10]) // and breaks off
					return
				}
				c.rest(w.Header())
				w.Header().Set("Content-Range", fmt.Sprintf("bytes 10-%d/%d", len(old)-1, len(old)))
				w.WriteHeader(http.StatusPartialContent)
				_, _ = io.WriteString(w, old[10:])
			})
			r, _, err := client(t, cfg).Open(t.Context(), "bucket", "k", "")
			require.NoError(t, err)
			defer r.Close()
			b, err := io.ReadAll(r)
			if c.ok {
				require.NoError(t, err)
				require.Equal(t, old, string(b))
				return
			}
			unavailable(t, err)
			require.ErrorContains(t, err, "the rest is of another object")
			require.Equal(t, old[:10], string(b))
		})
	}
}

func TestAnETagThatIsAnMD5IsHeldAgainstTheBytes(t *testing.T) {
	const content = "bars"
	sum := md5.Sum([]byte(content)) //nolint:gosec // as above
	right, wrong := hex.EncodeToString(sum[:]), "00000000000000000000000000000000"
	for _, c := range []struct {
		name, bucket, tag, header, value string
		ok                               bool
	}{
		{"right", "bucket", right, "", "", true},
		{"wrong", "bucket", wrong, "", "", false},
		{"wrong, encrypted with the storage's own key", "bucket", wrong, "x-amz-server-side-encryption", "AES256", false},
		{"no MD5: a key service's key", "bucket", wrong, "x-amz-server-side-encryption", "aws:kms", true},
		{"no MD5: two layers", "bucket", wrong, "x-amz-server-side-encryption", "aws:kms:dsse", true},
		{"no MD5: the customer's key", "bucket", wrong, "x-amz-server-side-encryption-customer-algorithm", "AES256", true},
		{"no MD5: several parts", "bucket", wrong + "-2", "", "", true},
		{"no MD5: a directory bucket", "bucket--use1-az4--x-s3", wrong, "", "", true},
		{"no MD5: a word", "bucket", "0x8DC123456789ABC", "", "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				head(w, len(content))
				w.Header().Set("ETag", `"`+c.tag+`"`)
				if c.header != "" {
					w.Header().Set(c.header, c.value)
				}
				_, _ = io.WriteString(w, content)
			})
			r, _, err := client(t, cfg).Open(t.Context(), c.bucket, "k", "")
			require.NoError(t, err)
			defer r.Close()
			_, err = io.ReadAll(r)
			if c.ok {
				require.NoError(t, err)
				return
			}
			unavailable(t, err)
			require.ErrorContains(t, err, "its bytes are not those of its ETag")
		})
	}
}
