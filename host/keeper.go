package host

import (
	"log/slog"
	"path/filepath"

	"edgesignal/host/artifact/cache"
	"edgesignal/host/lastgood"
)

// keeper keeps what this host serves in its state directory, and puts a cache
// before the shelf's artifacts that holds their bytes. A registry and a store
// that lie on this machine too need no such things: they are reached or the
// disk is gone.
func (s *Storage) keeper(shelf *Shelf, cacheBytes int64, log *slog.Logger) (*lastgood.Keeper, error) {
	if !s.fleetRegistry() && !s.bucketStore() {
		return nil, nil
	}
	c, err := cache.Open(filepath.Join(s.StateDir, "cached"), cacheBytes, shelf.fetcher, func(err error) {
		log.Error("the cache of artifacts does not do what it should", "error", err)
	})
	if err != nil {
		return nil, err
	}
	shelf.fetcher = c
	if !s.fleetRegistry() {
		return nil, nil
	}
	k, damaged, err := lastgood.Open(filepath.Join(s.StateDir, "last-good"), c.Pin)
	for _, err := range damaged {
		log.Error("not usable for a start without registry", "error", err)
	}
	return k, err
}
