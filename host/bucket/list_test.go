package bucket

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/internal/s3test"
)

func none(Entry) error { return nil }

// listed returns the names that a listing has, folders with a slash, sorted.
func listed(t *testing.T, c *Client, bucket, prefix string) (names []string, err error) {
	t.Helper()
	err = c.List(t.Context(), bucket, prefix, func(e Entry) error {
		if e.Folder {
			e.Name += "/"
		}
		names = append(names, e.Name)
		return nil
	})
	slices.Sort(names)
	return names, err
}

func TestList(t *testing.T) {
	s := s3test.New(t)
	c := client(t, config(s))
	for _, key := range []string{"top", "bars/b", "bars/a", "bars/2024-12-31/x", "bars/2024-12-31/y", "bars/2024-01-02/deep/er/x", "barsx/y", "odd & ends/é+%/x"} {
		s.Put(s.Bucket, key, key)
	}
	for _, c1 := range []struct {
		name, prefix string
		want         []string
	}{
		{"whole bucket", "", []string{"bars/", "barsx/", "odd & ends/", "top"}},
		{"prefix", "bars/", []string{"2024-01-02/", "2024-12-31/", "a", "b"}},
		{"folder", "bars/2024-12-31/", []string{"x", "y"}},
		{"a prefix that is escaped", "odd & ends/é+%/", []string{"x"}},
		{"nothing", "none/", nil},
	} {
		t.Run(c1.name, func(t *testing.T) {
			names, err := listed(t, c, s.Bucket, c1.prefix)
			require.NoError(t, err)
			require.Equal(t, c1.want, names)
			require.NoError(t, c.List(t.Context(), s.Bucket, c1.prefix, func(e Entry) error {
				if !e.Folder {
					stat, err := c.Stat(t.Context(), s.Bucket, e.Object.Key, "")
					require.NoError(t, err)
					require.Equal(t, stat, e.Object)
				}
				return nil
			}))
		})
	}
	enough := errors.New("enough")
	require.Equal(t, enough, c.List(t.Context(), s.Bucket, "", func(Entry) error { return enough }))
}

// More than one page of answers.
func TestListMany(t *testing.T) {
	s := s3test.New(t)
	c := client(t, config(s))
	s.Put(s.Bucket, "a/first", "x")
	var files, folders []string
	for i := range 1200 {
		name := fmt.Sprintf("%05d", i)
		files = append(files, name)
		require.NoError(t, os.WriteFile(s.File(s.Bucket, "a/"+name), []byte("x"), 0o600))
		folder := fmt.Sprintf("f%05d", i)
		folders = append(folders, folder+"/")
		require.NoError(t, os.MkdirAll(s.File(s.Bucket, folder), 0o700))
		require.NoError(t, os.WriteFile(s.File(s.Bucket, folder+"/x"), []byte("x"), 0o600))
	}
	got, err := listed(t, c, s.Bucket, "a/")
	require.NoError(t, err)
	require.Equal(t, append(files, "first"), got)
	got, err = listed(t, c, s.Bucket, "")
	require.NoError(t, err)
	require.Equal(t, append([]string{"a/"}, folders...), got)
}

const lastPage = `<ListBucketResult><Prefix>p/</Prefix><IsTruncated>false</IsTruncated>%s</ListBucketResult>`

// What comes with status 200 and is no listing of what was asked is an error,
// not a listing without keys.
func TestAnswersThatAreNoListing(t *testing.T) {
	key := `<Contents><Key>p/a</Key><ETag>"e"</ETag><Size>1</Size><LastModified>2024-01-02T03:04:05.000Z</LastModified></Contents>`
	whole := fmt.Sprintf(lastPage, key)
	for _, c := range []struct{ name, body, says string }{
		{"an error", `<?xml version="1.0"?><Error><Code>SlowDown</Code></Error>`, "it is <Error>"},
		{"HTML", "<!DOCTYPE html><html><body>Please log in<br></body></html>", "it is <html>"},
		{"text", "please log in", "it is not XML"},
		{"nothing", "", "it is not XML"},
		{"JSON", `{"Contents":[]}`, "it is not XML"},
		{"a page that breaks off", whole[:len(whole)-30], "it breaks off"},
		{"another kind of listing", "<ListAllMyBucketsResult></ListAllMyBucketsResult>", "it is <ListAllMyBucketsResult>"},
		{"whether more follows is not said", "<ListBucketResult><Prefix>p/</Prefix></ListBucketResult>", "more follows"},
		{"another prefix", strings.Replace(whole, "<Prefix>p/", "<Prefix>q/", 1), "another prefix"},
		{"a key elsewhere", strings.Replace(whole, "<Key>p/a", "<Key>q/a", 1), "does not lie right below it"},
		{"a key deeper down", strings.Replace(whole, "<Key>p/a", "<Key>p/b/c", 1), "does not lie right below it"},
		{"a page without end", strings.Repeat("<!-- endless -->", maxPage/16+1), fmt.Sprintf("more than %d bytes", maxPage)},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, c.body) })
			_, err := listed(t, client(t, cfg), "bucket", "p/")
			unavailable(t, err)
			require.ErrorContains(t, err, c.says)
		})
	}
	cfg := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, whole) })
	names, err := listed(t, client(t, cfg), "bucket", "p/")
	require.NoError(t, err, "the control: the same without the lie")
	require.Equal(t, []string{"a"}, names)
}

// A cache that gives the same page whatever is asked for is not followed for ever.
func TestAListingThatFollowsItself(t *testing.T) {
	asked := 0
	cfg := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		asked++
		_, _ = io.WriteString(w, `<ListBucketResult><Prefix>p/</Prefix><IsTruncated>true</IsTruncated><NextContinuationToken>again</NextContinuationToken></ListBucketResult>`)
	})
	_, err := listed(t, client(t, cfg), "bucket", "p/")
	unavailable(t, err)
	require.ErrorContains(t, err, "follows itself")
	require.Equal(t, 2, asked)
}

// pages serves n keys below p/, 1,000 a page.
func pages(n int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		from := 0
		_, _ = fmt.Sscanf(r.URL.Query().Get("continuation-token"), "at-%d", &from)
		to := min(from+1000, n)
		var b strings.Builder
		fmt.Fprintf(&b, `<ListBucketResult><Prefix>p/</Prefix><IsTruncated>%t</IsTruncated>`, to < n)
		if to < n {
			fmt.Fprintf(&b, "<NextContinuationToken>at-%d</NextContinuationToken>", to)
		}
		for i := from; i < to; i++ {
			fmt.Fprintf(&b, `<Contents><Key>p/%09d-%s</Key><ETag>"%032x"</ETag><Size>1</Size><LastModified>2024-01-02T03:04:05.000Z</LastModified></Contents>`, i, strings.Repeat("k", 200), i)
		}
		b.WriteString("</ListBucketResult>")
		_, _ = io.WriteString(w, b.String())
	}
}

// The memory that a listing needs is that of a page: the control has a tenth
// of the keys.
func TestAListingOf200000Keys(t *testing.T) {
	peak := func(n int) uint64 {
		c := client(t, serve(t, pages(n)))
		var most uint64
		seen := 0
		require.NoError(t, c.List(t.Context(), "bucket", "p/", func(Entry) error {
			if seen++; seen%(n/10) == 0 {
				var m runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
			return nil
		}))
		require.Equal(t, n, seen)
		return most
	}
	few := peak(20_000)
	require.Less(t, peak(200_000), few+few/2+4<<20)
}
