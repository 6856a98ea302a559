// Package s3 is a store in a bucket of S3-compatible storage: an object's name
// there is a prefix and its key.
package s3

import (
	"context"
	"io"

	"edgesignal/host/artifact"
	"edgesignal/host/bucket"
)

// Store is a bucket, or what lies below a prefix of it.
type Store struct {
	client         *bucket.Client
	bucket, prefix string
}

var _ artifact.Store = (*Store)(nil)

// New returns the store that url names: s3://bucket or s3://bucket/prefix. It
// touches no network.
func New(client *bucket.Client, url string) (*Store, error) {
	name, prefix, err := bucket.ParseFolder(url)
	if err != nil {
		return nil, err
	}
	return &Store{client, name, prefix}, nil
}

// String returns the store as a URL.
func (s *Store) String() string { return "s3://" + s.bucket + "/" + s.prefix }

// Put implements artifact.Store.
func (s *Store) Put(ctx context.Context, key string, r io.Reader, size int64) error {
	if err := artifact.ValidKey(key); err != nil {
		return err
	}
	return s.client.PutOnce(ctx, s.bucket, s.prefix+key, r, size)
}

// Open implements artifact.Store.
func (s *Store) Open(ctx context.Context, key string) (io.ReadCloser, artifact.Info, error) {
	if err := artifact.ValidKey(key); err != nil {
		return nil, artifact.Info{}, err
	}
	r, o, err := s.client.Open(ctx, s.bucket, s.prefix+key, "")
	if err != nil {
		return nil, artifact.Info{}, err
	}
	return r, artifact.Info{Key: key, Size: o.Size}, nil
}

// Stat implements artifact.Store.
func (s *Store) Stat(ctx context.Context, key string) (artifact.Info, error) {
	if err := artifact.ValidKey(key); err != nil {
		return artifact.Info{}, err
	}
	o, err := s.client.Stat(ctx, s.bucket, s.prefix+key, "")
	if err != nil {
		return artifact.Info{}, err
	}
	return artifact.Info{Key: key, Size: o.Size}, nil
}

// Other opens objects of any bucket, as s3://bucket/key[?versionId=...] names
// them.
type Other struct{ Client *bucket.Client }

var _ artifact.Opener = Other{}

// Open implements artifact.Opener.
func (o Other) Open(ctx context.Context, url string) (io.ReadCloser, int64, error) {
	name, key, version, err := bucket.ParseURL(url)
	if err != nil {
		return nil, 0, err
	}
	r, found, err := o.Client.Open(ctx, name, key, version)
	if err != nil {
		return nil, 0, err
	}
	return r, found.Size, nil
}
