package mlflow

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"edgesignal/host/release"
)

// Fetch reads at most max bytes of a path that is not an id. Its errors are
// those of an artifact.Fetcher.
type Fetch = func(ctx context.Context, path string, max int64) ([]byte, error)

// maxMLmodel is the size of the file MLmodel in bytes. One with a signature of
// 158 columns has some 20 kB.
const maxMLmodel = 1 << 20

// modelFile returns the LightGBM text in the model directory rel of root, or
// release.ErrNotFound where there is no MLmodel: no model directory.
func (c *Client) modelFile(ctx context.Context, root, rel string, fetch Fetch) (string, error) {
	at, err := c.join(root, join(rel, "MLmodel"))
	if err != nil {
		return "", err
	}
	b, err := fetch(ctx, at, maxMLmodel)
	if err != nil {
		return "", err
	}
	data, err := lightgbmData(b)
	if err != nil {
		return "", fmt.Errorf("%s: %w", at, err)
	}
	return c.join(root, join(rel, data))
}

// lightgbmData returns the file that an MLmodel names as the data of its flavour
// lightgbm.
func lightgbmData(mlmodel []byte) (string, error) {
	var m struct {
		Flavors map[string]struct {
			Data  string `yaml:"data"`
			Class string `yaml:"model_class"`
		} `yaml:"flavors"`
	}
	if err := yaml.Unmarshal(mlmodel, &m); err != nil {
		return "", fmt.Errorf("not an MLmodel: %w", err)
	}
	f, ok := m.Flavors["lightgbm"]
	switch {
	case !ok:
		return "", fmt.Errorf("a model of the flavours %q: lightgbm is expected", slices.Sorted(maps.Keys(m.Flavors)))
	case f.Class != "" && f.Class != "lightgbm.basic.Booster": // MLflow 1 does not say it
		return "", fmt.Errorf("a pickled %q: a booster is expected, which MLflow saves as LightGBM's text: log_model(model.booster_, ...)", f.Class)
	case f.Data == "":
		return "", errors.New("flavors.lightgbm.data is missing")
	}
	if err := checkPath(f.Data); err != nil {
		return "", fmt.Errorf("flavors.lightgbm.data %.200q: %w", f.Data, err)
	}
	return f.Data, nil
}

func join(path, name string) string { return strings.TrimPrefix(path+"/"+name, "/") }

func isNotFound(err error) bool { return errors.Is(err, release.ErrNotFound) }
