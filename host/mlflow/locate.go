package mlflow

import (
	"context"
	"fmt"
	"net/url"
	"strings"
)

// location is a folder of artifacts, and the path in it that is asked for.
type location struct {
	root string // artifact URI
	rel  string // "" = the folder itself
}

// Locate returns where the bytes that text names may be, best first. A model
// directory stands for the file of its LightGBM model.
//
// Errors: release.ErrNotFound, with what was asked for;
// *release.Unavailable for a tracking server out of reach (429 and 5xx
// included); the context's error; and a plain one for an id that is malformed,
// a model that is not LightGBM's text, artifacts in a place that cannot be
// read from here, and an answer that is not MLflow's.
func (c *Client) Locate(ctx context.Context, text string, fetch Fetch) ([]string, error) {
	i, err := parse(text)
	if err != nil {
		return nil, err
	}
	locations, err := c.locations(ctx, i)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	// Only the first location may be a model directory; the others are looked at for a file.
	file, err := c.modelFile(ctx, locations[0].root, locations[0].rel, fetch)
	switch {
	case err == nil:
		return []string{file}, nil
	case !isNotFound(err) || locations[0].rel == "":
		return nil, fmt.Errorf("%s: %w", text, err)
	}
	var paths []string
	for _, l := range locations {
		file, err := c.join(l.root, l.rel)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", text, err)
		}
		paths = append(paths, file)
	}
	return paths, nil
}

func (c *Client) locations(ctx context.Context, i id) ([]location, error) {
	switch {
	case i.run != "":
		return c.ofRun(ctx, i)
	case i.model != "":
		m, err := c.loggedModel(ctx, i.model)
		return []location{{m.ArtifactURI, i.path}}, err
	}
	v, err := c.version(ctx, i)
	if err != nil {
		return nil, err
	}
	var answer struct {
		ArtifactURI string `json:"artifact_uri"`
	}
	err = c.get(ctx, fmt.Sprintf("version %s of the model %q", v.Version, i.name), "mlflow/model-versions/get-download-uri",
		url.Values{"name": {i.name}, "version": {v.Version}}, &answer)
	return []location{{answer.ArtifactURI, i.path}}, err
}

// ofRun returns where the artifacts of a run are. What log_model logs belongs to
// the run by name, but lies elsewhere since MLflow 3; MLflow's own client
// prefers it too.
func (c *Client) ofRun(ctx context.Context, i id) ([]location, error) {
	r, err := c.run(ctx, i.run)
	if err != nil {
		return nil, err
	}
	name, rel, _ := strings.Cut(i.path, "/")
	var newest loggedModel
	for _, out := range r.models {
		m, err := c.loggedModel(ctx, out)
		if isNotFound(err) {
			continue // deleted since
		}
		if err != nil {
			return nil, err
		}
		if m.Name == name && m.Created >= newest.Created {
			newest = m
		}
	}
	own := location{r.artifactURI, i.path}
	switch {
	case newest.ArtifactURI == "":
		return []location{own}, nil
	case rel == "":
		return []location{{newest.ArtifactURI, ""}}, nil
	}
	return []location{{newest.ArtifactURI, rel}, own}, nil
}

// Pin returns an id that goes on to name the bytes which text names now, also
// when an alias in text is moved, and the run that they came from, "" where
// MLflow names none.
func (c *Client) Pin(ctx context.Context, text string) (pinned, run string, err error) {
	i, err := parse(text)
	switch {
	case err != nil || i.run != "":
		return text, i.run, err
	case i.model != "":
		m, err := c.loggedModel(ctx, i.model)
		return text, m.SourceRun, err
	}
	v, err := c.version(ctx, i)
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", text, err)
	}
	return "models:/" + strings.TrimSuffix(i.name+"/"+v.Version+"/"+i.path, "/"), v.Run, nil
}
