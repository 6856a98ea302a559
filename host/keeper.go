package host

import (
	"log/slog"
	"path/filepath"

	"edgesignal/host/lastgood"
)

// keeper keeps what this host serves in its state directory. A registry that
// lies there too needs no such thing: it is reached or the disk is gone.
func (s *Storage) keeper(log *slog.Logger) (*lastgood.Keeper, error) {
	if !s.fleetRegistry() {
		return nil, nil
	}
	k, damaged, err := lastgood.Open(filepath.Join(s.StateDir, "last-good"), func([]string) {})
	for _, err := range damaged {
		log.Error("not usable for a start without registry", "error", err)
	}
	return k, err
}
