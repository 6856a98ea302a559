package shelf

import (
	"log/slog"
	"path/filepath"

	"edgesignal/host/artifact/cache"
	"edgesignal/host/lastgood"
	"edgesignal/host/settings"
)

// Keep puts a cache before the fetcher that holds what this host serves, and
// returns what names it for a start without registry or store, nil = nothing
// does. A registry and a store that lie on this machine too need neither: they
// are reached or the disk is gone.
func (s *Shelf) Keep(set settings.Shelf, log *slog.Logger) (*lastgood.Keeper, error) {
	if !set.DatabaseURL.Fleet() && !set.ArtifactStore.Bucket() {
		return nil, nil
	}
	c, err := cache.Open(filepath.Join(set.StateDir, "cached"), set.CacheBytes, s.Fetcher, func(err error) {
		log.Error("the cache of artifacts does not do what it should", "error", err)
	})
	if err != nil {
		return nil, err
	}
	s.Fetcher = c
	if !set.DatabaseURL.Fleet() {
		return nil, nil
	}
	k, damaged, err := lastgood.Open(filepath.Join(set.StateDir, "last-good"), c.Pin)
	for _, err := range damaged {
		log.Error("not usable for a start without registry", "error", err)
	}
	return k, err
}
