package deploycheck

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// compose loads the file as docker compose does, with all its profiles, and
// looks whether what it takes from this checkout is there.
func compose(ctx context.Context, path string) error {
	dir := filepath.Dir(path)
	project, err := loader.LoadWithContext(ctx, types.ConfigDetails{
		WorkingDir: dir, ConfigFiles: []types.ConfigFile{{Filename: path}}, Environment: types.Mapping{},
	}, loader.WithProfiles([]string{"*"}))
	if err != nil {
		return err
	}
	for name, service := range project.Services {
		if b := service.Build; b != nil {
			if _, err := os.Stat(filepath.Join(b.Context, b.Dockerfile)); err != nil {
				return fmt.Errorf("service %s: %w", name, err)
			}
		}
		for _, v := range service.Volumes {
			if v.Type != types.VolumeTypeBind {
				continue
			}
			if _, err := os.Stat(v.Source); err != nil {
				return fmt.Errorf("service %s: %w", name, err)
			}
		}
	}
	return nil
}
