package host

import (
	"context"

	"edgesignal/host/gate"
	"edgesignal/host/mlflow"
)

// MLflow says where the tracking server is that knows the releases whose paths
// are ids of MLflow. The settings are those of MLflow's own client.
type MLflow struct {
	TrackingURI string `name:"mlflow-tracking-uri" env:"MLFLOW_TRACKING_URI" placeholder:"URL" help:"The MLflow tracking server, http://host:port, for paths such as runs:/<run_id>/<path> and models:/<name>/<version or alias>."`
	Token       string `name:"mlflow-tracking-token" env:"MLFLOW_TRACKING_TOKEN" placeholder:"TOKEN" help:"Its bearer token; better in the environment."`
	Username    string `name:"mlflow-tracking-username" env:"MLFLOW_TRACKING_USERNAME" placeholder:"NAME" help:"Its user."`
	Password    string `name:"mlflow-tracking-password" env:"MLFLOW_TRACKING_PASSWORD" placeholder:"PASSWORD" help:"The user's password; better in the environment."`
}

// client returns nil where no tracking server is set.
func (m *MLflow) client() (*mlflow.Client, error) {
	if m.TrackingURI == "" {
		return nil, nil
	}
	return mlflow.New(mlflow.Config(*m))
}

// logged returns what the log says of the settings: whether there is a secret, not
// which.
func (m *MLflow) logged() []any {
	list := []any{"MLFLOW_TRACKING_URI", redacted(m.TrackingURI), "MLFLOW_TRACKING_USERNAME", m.Username}
	for _, s := range []struct{ name, secret string }{
		{"MLFLOW_TRACKING_TOKEN", m.Token}, {"MLFLOW_TRACKING_PASSWORD", m.Password},
	} {
		if s.secret != "" {
			s.secret = "xxxxx"
		}
		list = append(list, s.name, s.secret)
	}
	return list
}

// bring fetches what r names by an id of MLflow. The run of the model becomes
// that of the release where r names none.
func (s *Shelf) bring(ctx context.Context, p *Publication, r PublishRequest, ruleFile string) error {
	for _, f := range []struct {
		id  string
		max int64
		dst *[]byte
		run *string
	}{
		{r.ModelFile, gate.MaxModelBytes, &p.Model, &p.MLflowRunID},
		{ruleFile, gate.MaxRuleBytes, &p.Rule, nil},
		{r.GoldenFile, gate.MaxGoldenBytes, &p.Golden, nil},
	} {
		if !mlflow.IsID(f.id) {
			continue
		}
		if f.run != nil && *f.run == "" && s.mlflow != nil {
			// An alias may move between the two questions: the bytes must be those of the run.
			var err error
			if f.id, *f.run, err = s.mlflow.Pin(ctx, f.id); err != nil {
				return err
			}
		}
		var err error
		if *f.dst, _, err = s.fetcher.Fetch(ctx, f.id, "", f.max); err != nil {
			return err
		}
	}
	return nil
}
