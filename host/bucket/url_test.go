package bucket

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseURL(t *testing.T) {
	for _, c := range []struct{ name, url, bucket, key, version, says string }{
		{"key", "s3://bucket/models/alpha.txt", "bucket", "models/alpha.txt", "", ""},
		{"version", "s3://my.bucket-1/k?versionId=3HL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY", "my.bucket-1", "k", "3HL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY", ""},
		{"capitals", "S3://bucket/K", "bucket", "K", "", ""},
		{"no escapes", "s3://bucket/a%20b +#ä", "bucket", "a%20b +#ä", "", ""},
		{"no scheme", "bucket/k", "", "", "", "s3://bucket/key"},
		{"other scheme", "https://bucket/k", "", "", "", "s3://bucket/key"},
		{"no key", "s3://bucket", "", "", "", "key"},
		{"empty key", "s3://bucket/", "", "", "", "key"},
		{"folder", "s3://bucket/a/", "", "", "", "folder"},
		{"no bucket", "s3:///k", "", "", "", "bucket"},
		{"capitals in the bucket", "s3://Bucket/k", "", "", "", "bucket"},
		{"short bucket", "s3://ab/k", "", "", "", "bucket"},
		{"long bucket", "s3://" + strings.Repeat("b", 64) + "/k", "", "", "", "bucket"},
		{"longest bucket", "s3://" + strings.Repeat("b", 63) + "/k", strings.Repeat("b", 63), "k", "", ""},
		{"shortest bucket", "s3://abc/k", "abc", "k", "", ""},
		{"longest version", "s3://bucket/k?versionId=" + strings.Repeat("v", 999), "bucket", "k", strings.Repeat("v", 999), ""},
		{"long version", "s3://bucket/k?versionId=" + strings.Repeat("v", 1000), "", "", "", "versionId="},
		{"address", "s3://127.0.0.1/k", "", "", "", "bucket"},
		{"user", "s3://key:secret@bucket/k", "", "", "", "bucket"},
		{"up", "s3://bucket/../k", "", "", "", `".."`},
		{"empty segment", "s3://bucket//k", "", "", "", `""`},
		{"empty version", "s3://bucket/k?versionId=", "", "", "", "versionId="},
		{"other query", "s3://bucket/k?x=1", "", "", "", "versionId="},
		{"more query", "s3://bucket/k?versionId=a&x=1", "", "", "", "versionId="},
		{"NUL", "s3://bucket/a\x00", "", "", "", "control"},
		{"long", "s3://bucket/" + strings.Repeat("a", maxKey+1), "", "", "", "1025 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bucket, key, version, err := ParseURL(c.url)
			require.Equal(t, []string{c.bucket, c.key, c.version}, []string{bucket, key, version})
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.says)
			require.Less(t, len(err.Error()), 300)
		})
	}
}

func TestParseFolder(t *testing.T) {
	for _, c := range []struct{ name, url, bucket, prefix, says string }{
		{"bucket", "s3://bucket", "bucket", "", ""},
		{"bucket and slash", "s3://bucket/", "bucket", "", ""},
		{"prefix", "s3://bucket/a/b", "bucket", "a/b/", ""},
		{"prefix and slash", "s3://bucket/a/b/", "bucket", "a/b/", ""},
		{"two slashes", "s3://bucket/a//", "", "", "folder"},
		{"query", "s3://bucket/a?versionId=x", "", "", "?"},
		{"up", "s3://bucket/..", "", "", "segment"},
		{"no bucket", "s3://", "", "", "bucket"},
		{"directory", "artifacts", "", "", "s3://"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bucket, prefix, err := ParseFolder(c.url)
			require.Equal(t, []string{c.bucket, c.prefix}, []string{bucket, prefix})
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.says)
		})
	}
}

// FuzzParseURL: what is read is written again as it was.
func FuzzParseURL(f *testing.F) {
	for _, s := range []string{"s3://bucket/k", "s3://bucket/k?versionId=a", "s3://a.b/..", "S3://bucket/ä?", "s3://bucket/a//b", "s3://"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		bucket, key, version, err := ParseURL(s)
		if err != nil {
			require.Empty(t, bucket+key+version)
			return
		}
		again := location(bucket, key)
		if version != "" {
			again += "?versionId=" + version
		}
		require.Equal(t, s[5:], again[5:])
		require.NotContains(t, "/"+key+"/", "/../")
	})
}
