package operate

import (
	"context"

	"edgesignal/host/gate"
	"edgesignal/host/mlflow"
	"edgesignal/host/shelf"
)

// bring fetches what r names by an id of MLflow. The run of the model becomes
// that of the release where r names none.
func bring(ctx context.Context, s *shelf.Shelf, p *Publication, r PublishRequest, ruleFile, featuresFile string) error {
	var modelID string
	if r.modelByID() {
		modelID = r.Models[0]
	}
	for _, f := range []struct {
		id  string
		max int64
		dst *[]byte
		run *string
	}{
		{modelID, gate.MaxModelBytes, &p.Model, &p.MLflowRunID},
		{featuresFile, gate.MaxFeaturesBytes, &p.Features, nil},
		{ruleFile, gate.MaxRuleBytes, &p.Rule, nil},
		{r.GoldenFile, gate.MaxGoldenBytes, &p.Golden, nil},
	} {
		if !mlflow.IsID(f.id) {
			continue
		}
		if f.run != nil && *f.run == "" && s.MLflow != nil {
			// An alias may move between the two questions: the bytes must be those of the run.
			var err error
			if f.id, *f.run, err = s.MLflow.Pin(ctx, f.id); err != nil {
				return err
			}
		}
		var err error
		if *f.dst, _, err = s.Fetcher.Fetch(ctx, f.id, "", f.max); err != nil {
			return err
		}
	}
	return nil
}
