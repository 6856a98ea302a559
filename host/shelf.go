package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"edgesignal/host/artifact"
	"edgesignal/host/artifact/dir"
	"edgesignal/host/artifact/retry"
	"edgesignal/host/artifact/s3"
	"edgesignal/host/artifact/verify"
	"edgesignal/host/bucket"
	"edgesignal/host/gate"
	"edgesignal/host/live"
	"edgesignal/host/mlflow"
	"edgesignal/host/registry"
	"edgesignal/host/registry/postgres"
	"edgesignal/host/registry/sqlite"
	"edgesignal/host/release"
	"edgesignal/host/rule"
)

// Shelf is where releases are kept: the registry and the store together.
type Shelf struct {
	Registry registry.Registry
	store    artifact.Store
	fetcher  artifact.Source
	bucket   *bucket.Client
	mlflow   *mlflow.Client  // nil = none
	defaults json.RawMessage // parameters of the stock rule
	gate     *gate.Child
}

// OpenShelf opens what Storage names, making an embedded registry and a
// directory store where there is none. defaults are the stock rule's
// parameters where a release sets none. patience is how long a registry of a
// fleet may not answer before the shelf is opened all the same, for a host
// that can serve without; 0 = it must answer.
func OpenShelf(ctx context.Context, s Storage, defaults json.RawMessage, patience time.Duration) (*Shelf, error) {
	work, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	g, err := s.gate()
	if err != nil {
		return nil, err
	}
	tracking, err := s.MLflow.client()
	if err != nil {
		return nil, err
	}
	client, err := s.bucketClient()
	if err != nil {
		return nil, err
	}
	store, err := s.openStore(client)
	if err != nil {
		return nil, err
	}
	reg, err := openRegistry(ctx, s, patience)
	if err != nil {
		return nil, err
	}
	return &Shelf{
		Registry: reg, store: retry.Store(store, retry.Policy{}), fetcher: verify.New(retry.Source(newFetcher(store, client, work, tracking), retry.Policy{})),
		bucket: client, mlflow: tracking, defaults: defaults, gate: g,
	}, nil
}

// bucketClient is for the store, where it is a bucket, and for releases whose
// paths name one. It touches no network.
func (s *Storage) bucketClient() (*bucket.Client, error) {
	return bucket.New(bucket.Config{Endpoint: s.S3Endpoint, Region: s.AWSRegion, Addressing: s.S3Addressing})
}

// newFetcher brings the bytes that rows name.
func newFetcher(store artifact.Store, client *bucket.Client, work string, tracking *mlflow.Client) *artifact.Fetcher {
	f := &artifact.Fetcher{Store: store, S3: s3.Other{Client: client}, WorkDir: work}
	if tracking != nil { // not an interface that holds nil
		f.MLflow = tracking
	}
	return f
}

// openStore opens the store that s names. A bucket need not be within reach.
func (s *Storage) openStore(client *bucket.Client) (artifact.Store, error) {
	if s.bucketStore() {
		store, err := s3.New(client, s.ArtifactStore)
		if err != nil {
			return nil, fmt.Errorf("ARTIFACT_STORE %w", err)
		}
		return store, nil
	}
	root, err := directory("ARTIFACT_STORE", s.ArtifactStore)
	if err != nil {
		return nil, err
	}
	store, err := dir.Open(root)
	if err != nil {
		return nil, fmt.Errorf("artifact store %s: %w", root, err)
	}
	return store, nil
}

// gate returns the process that checks releases, with a cache of compiled rules in
// the state directory.
func (s *Storage) gate() (*gate.Child, error) {
	cache, err := filepath.Abs(filepath.Join(s.StateDir, "compiled"))
	if err != nil {
		return nil, err
	}
	if err := rule.PrivateDir(cache); err != nil {
		return nil, err
	}
	return &gate.Child{Rule: rule.Options{CacheDir: cache}, Program: s.GateProgram}, nil
}

// openRegistry opens the registry that s names. An embedded one is made where
// there is none.
func openRegistry(ctx context.Context, s Storage, patience time.Duration) (registry.Registry, error) {
	if s.fleetRegistry() {
		reg, err := postgres.OpenConfig(ctx, postgres.Config{URL: s.DatabaseURL, Patience: patience})
		if err != nil {
			return nil, err // not a nil *postgres.Registry
		}
		return reg, nil
	}
	path, err := s.registryPath()
	if err != nil {
		return nil, err
	}
	reg, err := sqlite.Open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("registry %s: %w", path, err)
	}
	return reg, nil
}

// withRegistry opens a registry that is there, calls f and closes it. A
// command that only asks or activates must not make an empty one where a path
// was mistyped.
func withRegistry(ctx context.Context, st Storage, f func(registry.Registry) error) (err error) {
	if !st.fleetRegistry() {
		path, err := st.registryPath()
		if err != nil {
			return err
		}
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("no registry at %s (named by --state-dir or --database-url): %w", path, err)
		}
	}
	reg, err := openRegistry(ctx, st, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reg.Close()) }()
	return f(reg)
}

// Close gives the registry and the store up.
func (s *Shelf) Close() error {
	s.bucket.Close()
	return s.Registry.Close()
}

// Publication is a release to be published: its bytes and what is said of it.
type Publication struct {
	Ref         release.Ref
	Model       []byte
	Rule        []byte          // nil = a stock rule
	StockRule   string          // its name where Rule is nil; "" = top_bottom
	Golden      []byte          // nil = none
	Params      json.RawMessage // of the rule; nil = the defaults
	Status      release.Status  // Inactive or Testing
	Metrics     json.RawMessage
	Config      json.RawMessage
	MLflowRunID string
	CreatedBy   string
	Notes       string
}

// Publish takes a release through the gate, writes its bytes under the names
// of their digests, and then, last, inserts the registry's row: whatever
// stops it on the way, the registry never names a release that is not whole.
// The same release again is a no-op; the same name with other content is
// release.ErrConflict.
func (s *Shelf) Publish(ctx context.Context, p Publication) (release.Record, gate.Report, error) {
	var none gate.Report
	rec := release.Record{
		Strategy: p.Ref.Strategy, Version: p.Ref.Version, Status: p.Status, MLflowRunID: p.MLflowRunID,
		PerformanceMetrics: p.Metrics, Config: p.Config, CreatedBy: p.CreatedBy, Notes: p.Notes,
		RuleParams: p.Params, FeatureSet: release.FeatureSetAlpha158,
	}
	if p.StockRule != "" {
		rec.RulePath = live.BuiltIn + p.StockRule
	}
	c, err := live.Candidate(&rec, s.defaults, p.Model, p.Rule, p.Golden)
	if err != nil {
		return rec, none, err
	}
	verdict, err := s.gate.Check(ctx, gate.Job{Candidate: c})
	if err != nil {
		return rec, none, err
	}
	for _, a := range []struct {
		bytes     []byte
		path, sum *string
	}{
		{p.Model, &rec.ModelPath, &rec.ModelSHA256},
		{p.Rule, &rec.RulePath, &rec.RuleSHA256},
		{p.Golden, &rec.GoldenPath, &rec.GoldenSHA256},
	} {
		if a.bytes == nil {
			continue
		}
		if *a.path, err = artifact.PutContent(ctx, s.store, a.bytes); err != nil {
			return rec, none, err
		}
		*a.sum = release.Sum(a.bytes)
	}
	if p.StockRule != "" {
		rec.RuleSHA256 = c.Manifest.RuleSHA256
	}
	rec, err = s.Registry.Register(ctx, rec)
	if errors.Is(err, release.ErrConflict) {
		return rec, none, fmt.Errorf("release %s is published already, with other content: %w", p.Ref, err)
	}
	return rec, verdict.Report, err
}
