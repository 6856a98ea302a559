package bucket

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxKey   = 1024 // bytes
	maxShown = 100  // bytes of a text that is refused
)

// Lengths are compared and not counted by the expressions: {1,999} is compiled
// to 999 copies, which every start of the program would pay for.
const (
	maxBucketName = 63
	maxVersionID  = 999
)

var (
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]+[a-z0-9]$`)
	versionID  = regexp.MustCompile(`^[A-Za-z0-9._~+/=-]+$`)
)

// ParseURL reads s3://bucket/key and s3://bucket/key?versionId=V. The key is
// taken as it stands, without escapes, as research's tools write it.
func ParseURL(s string) (bucket, key, version string, err error) {
	bucket, rest, err := cut(s)
	if err != nil {
		return "", "", "", err
	}
	key, query, asked := strings.Cut(rest, "?")
	if asked {
		v, ok := strings.CutPrefix(query, "versionId=")
		if !ok || len(v) > maxVersionID || !versionID.MatchString(v) {
			return "", "", "", refuse(s, "after ? versionId= and a version are expected, and nothing else")
		}
		version = v
	}
	if err := check(bucket, key); err != nil {
		return "", "", "", refuse(s, err.Error())
	}
	return bucket, key, version, nil
}

// ParseFolder reads s3://bucket and s3://bucket/prefix, with a slash at the
// end or none. prefix is "" or ends in a slash.
func ParseFolder(s string) (bucket, prefix string, err error) {
	bucket, rest, err := cut(s)
	if err != nil {
		return "", "", err
	}
	prefix = strings.TrimSuffix(rest, "/")
	if prefix == "" {
		return bucket, "", checkBucket(bucket)
	}
	if strings.Contains(prefix, "?") {
		return "", "", refuse(s, "no ? is expected")
	}
	if err := check(bucket, prefix); err != nil {
		return "", "", refuse(s, err.Error())
	}
	return bucket, prefix + "/", nil
}

func cut(s string) (bucket, rest string, err error) {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || !strings.EqualFold(scheme, "s3") {
		return "", "", refuse(s, "s3://bucket/key is expected")
	}
	bucket, rest, _ = strings.Cut(rest, "/")
	if err := checkBucket(bucket); err != nil {
		return "", "", refuse(s, err.Error())
	}
	return bucket, rest, nil
}

func refuse(s, why string) error {
	if len(s) > maxShown {
		return fmt.Errorf("%.*q...: %s", maxShown, s, why)
	}
	return fmt.Errorf("%q: %s", s, why)
}

func location(bucket, key string) string { return "s3://" + bucket + "/" + key }

// check returns nil for an object that can be asked for.
func check(bucket, key string) error {
	if err := checkBucket(bucket); err != nil {
		return err
	}
	switch {
	case key == "" || strings.HasSuffix(key, "/"):
		return errors.New("the key is a folder's or empty")
	case len(key) > maxKey:
		return fmt.Errorf("the key has %d bytes, more than %d", len(key), maxKey)
	case !utf8.ValidString(key) || strings.ContainsFunc(key, unicode.IsControl):
		return errors.New("the key has a control character, or is not UTF-8")
	}
	for s := range strings.SplitSeq(key, "/") {
		if s == "" || s == "." || s == ".." { // servers and proxies resolve them
			return fmt.Errorf("the key has the segment %q", s)
		}
	}
	return nil
}

// checkBucket has Amazon's rules for the name of a bucket.
func checkBucket(name string) error {
	if _, err := netip.ParseAddr(name); err == nil || len(name) > maxBucketName || !bucketName.MatchString(name) || strings.Contains(name, "..") {
		return fmt.Errorf("the bucket's name %.63q is not 3 to 63 of a-z 0-9 . -", name)
	}
	return nil
}
