package host

import (
	"fmt"
	"log/slog"
	"path/filepath"

	"edgesignal/host/artifact/cache"
	"edgesignal/host/lastgood"
)

// The bounds of CACHE_BYTES: the least has room for some releases of the
// largest size on their way in.
const (
	minCache     = 256 << 20
	defaultCache = 2 << 30 // also where nothing is said
)

// keeper keeps what this host serves in its state directory, and puts a cache
// before the shelf's artifacts that holds their bytes. A registry and a store
// that lie on this machine too need no such things: they are reached or the
// disk is gone.
func (s *Storage) keeper(shelf *Shelf, log *slog.Logger) (*lastgood.Keeper, error) {
	if !s.fleetRegistry() && !s.bucketStore() {
		return nil, nil
	}
	most := s.CacheBytes
	if most == 0 {
		most = defaultCache
	}
	if most < minCache {
		return nil, fmt.Errorf("CACHE_BYTES %d: at least %d is expected", most, minCache)
	}
	c, err := cache.Open(filepath.Join(s.StateDir, "cached"), most, shelf.fetcher, func(err error) {
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
