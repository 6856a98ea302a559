// Package bucket is objects in S3-compatible storage. It alone knows minio-go.
//
// Every method is safe for concurrent use. Beside the errors named there each
// returns *release.Unavailable with PartStore for a fault of the storage or of
// the way to it, which is also release.ErrRefused where asking again does not
// help; and the context's error as it is when the caller gave up. No error
// holds a secret.
//
// A request is sent once: whoever wants more asks again. Only a download that
// has begun mends itself, see Client.Open.
package bucket

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"

	"edgesignal/host/release"
)

// Config says where the storage is and who asks.
type Config struct {
	Endpoint   string // http://host:port or https://host; "" = Amazon S3
	Region     string // "" = us-east-1
	Addressing string // AddressingAuto (also ""), AddressingPath or AddressingVirtual

	// With AccessKey set these three are used, and the usual sources are not
	// looked at; see sources.
	AccessKey, SecretKey, SessionToken string
	Anonymous                          bool // sign nothing

	Idle time.Duration // a connection without a byte for so long is broken; 0 = 30 s
	Wait time.Duration // about that long before a broken download is taken up again, then longer; 0 = 200 ms
}

// Where the name of a bucket stands: before the host's name
// (https://bucket.host/key) or in the path (https://host/bucket/key). Auto is
// virtual for Amazon and path elsewhere, and path for a name with a dot over
// https, which no certificate covers.
const (
	AddressingAuto    = "auto"
	AddressingPath    = "path"
	AddressingVirtual = "virtual"
)

const (
	defaultEndpoint = "https://s3.amazonaws.com"
	defaultRegion   = "us-east-1"
	defaultIdle     = 30 * time.Second
	defaultWait     = 200 * time.Millisecond
)

// Client asks one storage.
type Client struct {
	core      minio.Core
	transport *http.Transport
	wait      time.Duration
}

// Object is what the storage says of an object. Version is "" where the bucket
// keeps no versions.
type Object struct {
	Bucket, Key, Version, ETag string
	Size                       int64 // bytes
	Modified                   time.Time
}

func (o Object) String() string { return location(o.Bucket, o.Key) }

// New checks cfg. It touches no network.
func New(cfg Config) (*Client, error) {
	return dialing(cfg, (&net.Dialer{Timeout: connectTimeout, KeepAlive: 30 * time.Second}).DialContext)
}

func dialing(cfg Config, dial dialer) (*Client, error) {
	if cfg.Endpoint == "" {
		cfg.Endpoint = defaultEndpoint
	}
	u, err := url.Parse(cfg.Endpoint)
	switch {
	case err != nil:
		return nil, errors.New("S3 endpoint: not a URL")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/":
		return nil, fmt.Errorf("S3 endpoint %s: http://host:port or https://host is expected", u.Redacted())
	}
	lookup, ok := map[string]minio.BucketLookupType{
		"": minio.BucketLookupAuto, AddressingAuto: minio.BucketLookupAuto, AddressingPath: minio.BucketLookupPath, AddressingVirtual: minio.BucketLookupDNS,
	}[cfg.Addressing]
	if !ok {
		return nil, fmt.Errorf("S3 addressing %q: one of auto, path, virtual is expected", cfg.Addressing)
	}
	if cfg.Region == "" {
		cfg.Region = defaultRegion // else minio asks for the region of each bucket
	}
	if cfg.Idle == 0 {
		cfg.Idle = defaultIdle
	}
	if cfg.Wait == 0 {
		cfg.Wait = defaultWait
	}
	tr := transport(dial, cfg.Idle)
	client, err := minio.New(u.Host, &minio.Options{
		Creds: cfg.credentials(), Secure: u.Scheme == "https", Transport: honest{tr},
		Region: cfg.Region, BucketLookup: lookup, MaxRetries: 1,
	})
	if err != nil {
		return nil, fmt.Errorf("S3 endpoint %s: %w", cfg.Endpoint, err)
	}
	return &Client{minio.Core{Client: client}, tr, cfg.Wait}, nil
}

// Close gives up the connections that nobody uses just now.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Stat returns what is known of an object without reading it, or
// release.ErrNotFound. version "" is the newest.
func (c *Client) Stat(ctx context.Context, bucket, key, version string) (Object, error) {
	if err := check(bucket, key); err != nil {
		return Object{}, err
	}
	info, err := c.core.StatObject(ctx, bucket, key, minio.StatObjectOptions{VersionID: version})
	if err != nil {
		err = fault(ctx, location(bucket, key), err)
		if errors.Is(err, release.ErrNotFound) && c.missing(ctx, bucket) {
			err = refused("s3://"+bucket, "there is no such bucket")
		}
		return Object{}, err
	}
	o := object(bucket, info)
	o.Key = key
	return o, nil
}

func object(bucket string, info minio.ObjectInfo) Object {
	return Object{bucket, info.Key, info.VersionID, info.ETag, info.Size, info.LastModified}
}
