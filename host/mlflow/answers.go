package mlflow

import (
	"context"
	"fmt"
	"net/url"

	"edgesignal/host/release"
)

// maxRunModels is how many models of one run are looked at.
const maxRunModels = 100

type run struct {
	artifactURI string
	models      []string // logged models, MLflow 3
}

func (c *Client) run(ctx context.Context, runID string) (run, error) {
	var answer struct {
		Run struct {
			Info struct {
				ArtifactURI string `json:"artifact_uri"`
			} `json:"info"`
			Outputs struct {
				Models []struct {
					ID string `json:"model_id"`
				} `json:"model_outputs"`
			} `json:"outputs"`
		} `json:"run"`
	}
	err := c.get(ctx, fmt.Sprintf("run %q", runID), "mlflow/runs/get", url.Values{"run_id": {runID}}, &answer)
	r := run{artifactURI: answer.Run.Info.ArtifactURI}
	for _, m := range answer.Run.Outputs.Models {
		r.models = append(r.models, m.ID)
	}
	if err == nil && len(r.models) > maxRunModels {
		err = fmt.Errorf("%s: the run %q has %d models, more than %d: name one of them, models:/m-<id>", c, runID, len(r.models), maxRunModels)
	}
	return r, err
}

type loggedModel struct {
	Name        string `json:"name"`
	ArtifactURI string `json:"artifact_uri"`
	SourceRun   string `json:"source_run_id"`
	Status      string `json:"status"`
	Created     int64  `json:"creation_timestamp_ms"`
}

func (c *Client) loggedModel(ctx context.Context, model string) (loggedModel, error) {
	var answer struct {
		Model struct {
			Info loggedModel `json:"info"`
		} `json:"model"`
	}
	what := fmt.Sprintf("logged model %q", model)
	if !modelID.is(model) {
		return loggedModel{}, fmt.Errorf("%s: answers with the %.100s: m-<id> is expected", c, what)
	}
	err := c.get(ctx, what, "mlflow/logged-models/"+model, nil, &answer)
	m := answer.Model.Info
	if err == nil && m.Status != "LOGGED_MODEL_READY" {
		err = c.unready(what, m.Status)
	}
	return m, err
}

type modelVersion struct {
	Version string `json:"version"`
	Run     string `json:"run_id"`
	Status  string `json:"status"`
}

// version returns the version of a registered model that i names.
func (c *Client) version(ctx context.Context, i id) (modelVersion, error) {
	var answer struct {
		Version modelVersion `json:"model_version"`
	}
	what := fmt.Sprintf("version %s of the model %q", i.version, i.name)
	path, query := "mlflow/model-versions/get", url.Values{"name": {i.name}, "version": {i.version}}
	if i.alias != "" {
		what = fmt.Sprintf("alias %q of the model %q", i.alias, i.name)
		path, query = "mlflow/registered-models/alias", url.Values{"name": {i.name}, "alias": {i.alias}}
	}
	err := c.get(ctx, what, path, query, &answer)
	v := answer.Version
	switch {
	case err != nil:
	case v.Status != "READY":
		err = c.unready(what, v.Status)
	case !digits.is(v.Version):
		err = fmt.Errorf("%s: the %s is the version %.100q: a number is expected", c, what, v.Version)
	}
	return v, err
}

// unready returns the error of a thing that MLflow has not finished making.
func (c *Client) unready(what, status string) error {
	return &release.Unavailable{Part: release.PartStore, Err: fmt.Errorf("%s: the %s is %q, not ready", c, what, status)}
}
