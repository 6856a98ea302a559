// Package shelf opens what the settings name: the registry, the store, the way
// to every other place where bytes may lie, and the process that checks
// releases. It alone knows the back ends.
package shelf

import (
	"context"
	"encoding/json"
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
	"edgesignal/host/mlflow"
	"edgesignal/host/registry"
	"edgesignal/host/registry/postgres"
	"edgesignal/host/registry/sqlite"
	"edgesignal/host/rule"
	"edgesignal/host/settings"
)

// Shelf is where releases are kept: the registry and the store together.
type Shelf struct {
	Registry registry.Registry
	Store    artifact.Store
	Fetcher  artifact.Source // of what rows name
	Bucket   *bucket.Client
	MLflow   *mlflow.Client  // nil = none
	Defaults json.RawMessage // parameters of the stock rule where a release sets none
	Gate     *gate.Child
}

// Open opens what set names, making an embedded registry and a directory store
// where there is none. legs are the stock rule's parameters where a release
// sets none. patience is how long a registry of a fleet may not answer before
// the shelf is opened all the same, for a host that can serve without; 0 = it
// must answer. Besides the errors of the parts there is settings.Faults.
func Open(ctx context.Context, set settings.Shelf, legs settings.Legs, patience time.Duration) (*Shelf, error) {
	files, storeDir, err := localFolders(set)
	if err != nil {
		return nil, err
	}
	s := &Shelf{Defaults: legs.Params()}
	var faults settings.Faults
	if s.Bucket, err = bucket.New(bucket.Config{Endpoint: string(set.S3Endpoint), Region: set.AWSRegion, Addressing: string(set.S3Addressing)}); err != nil {
		faults = append(faults, err)
	}
	if set.TrackingURI != "" {
		m := set.MLflow
		if s.MLflow, err = mlflow.New(mlflow.Config{TrackingURI: string(m.TrackingURI), Token: m.Token, Username: m.Username, Password: m.Password}); err != nil {
			faults = append(faults, err)
		}
	}
	if set.DatabaseURL.Fleet() {
		if err := postgres.CheckURL(string(set.DatabaseURL)); err != nil {
			faults = append(faults, fmt.Errorf("DATABASE_URL: %w", err))
		}
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	if s.Gate, err = openGate(set); err != nil {
		return nil, err
	}
	store, err := openStore(set.ArtifactStore, s.Bucket)
	if err != nil {
		return nil, err
	}
	if s.Registry, err = openRegistry(ctx, set, patience); err != nil {
		return nil, err
	}
	fetcher := &artifact.Fetcher{Store: store, S3: s3.Other{Client: s.Bucket}, Files: files, StoreDir: storeDir}
	if s.MLflow != nil { // not an interface that holds nil
		fetcher.MLflow = s.MLflow
	}
	s.Store, s.Fetcher = retry.Store(store, retry.Policy{}), verify.New(retry.Source(fetcher, retry.Policy{}))
	return s, nil
}

// localFolders returns below what a row may name files of this machine. Whoever
// may write rows into a fleet's registry has no business with its hosts' disks.
func localFolders(set settings.Shelf) (files, storeDir string, err error) {
	files = set.ArtifactFiles
	if files == "" && !set.DatabaseURL.Fleet() {
		files = "."
	}
	if files != "" {
		if files, err = filepath.Abs(files); err != nil {
			return "", "", err
		}
	}
	if !set.ArtifactStore.Bucket() {
		storeDir, err = filepath.Abs(set.ArtifactStore.Dir())
	}
	return files, storeDir, err
}

// OpenRegistry opens a registry that is there. A command that only asks or
// activates must not make an empty one where a path was mistyped.
func OpenRegistry(ctx context.Context, set settings.Shelf) (registry.Registry, error) {
	if !set.DatabaseURL.Fleet() {
		if _, err := os.Stat(set.RegistryFile()); err != nil {
			return nil, fmt.Errorf("no registry at %s (named by --state-dir or --database-url): %w", set.RegistryFile(), err)
		}
	}
	return openRegistry(ctx, set, 0)
}

// openStore opens a store. A bucket need not be within reach.
func openStore(place settings.Place, client *bucket.Client) (artifact.Store, error) {
	if place.Bucket() {
		return s3.New(client, string(place))
	}
	store, err := dir.Open(place.Dir())
	if err != nil {
		return nil, fmt.Errorf("artifact store %s: %w", place.Dir(), err)
	}
	return store, nil
}

// openGate returns the process that checks releases, with a cache of compiled
// rules in the state directory.
func openGate(set settings.Shelf) (*gate.Child, error) {
	cache, err := filepath.Abs(filepath.Join(set.StateDir, "compiled"))
	if err != nil {
		return nil, err
	}
	if err := rule.PrivateDir(cache); err != nil {
		return nil, err
	}
	return &gate.Child{Rule: rule.Options{CacheDir: cache}, Program: set.GateProgram}, nil
}

// openRegistry opens a registry. An embedded one is made where there is none.
func openRegistry(ctx context.Context, set settings.Shelf, patience time.Duration) (registry.Registry, error) {
	if set.DatabaseURL.Fleet() {
		reg, err := postgres.OpenConfig(ctx, postgres.Config{URL: string(set.DatabaseURL), Patience: patience})
		if err != nil {
			return nil, err // not a nil *postgres.Registry
		}
		return reg, nil
	}
	reg, err := sqlite.Open(ctx, set.RegistryFile())
	if err != nil {
		return nil, fmt.Errorf("registry %s: %w", set.RegistryFile(), err)
	}
	return reg, nil
}

// Close gives the registry and the store up.
func (s *Shelf) Close() error {
	s.Bucket.Close()
	return s.Registry.Close()
}
