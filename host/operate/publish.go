package operate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"edgesignal/host/gate"
	"edgesignal/host/market"
	"edgesignal/host/mlflow"
	"edgesignal/host/registry"
	"edgesignal/host/release"
	"edgesignal/host/settings"
	"edgesignal/host/shelf"
)

// PublishRequest is a release to be published, by files or ids of MLflow. The
// JSON texts may be nil.
type PublishRequest struct {
	Strategy, Version       string
	Models                  []string  // one file or id of MLflow, or several files
	Weights                 []float64 // one a model, of the sum of their predictions; nil = one model, or the mean
	GoldenFile              string    // "" = none
	Features                string    // a file, alpha158 or alpha360; "" = alpha158
	Rule                    string    // a file, builtin:NAME, or "" = the stock rule top_bottom
	Params, Metrics, Config []byte
	Status, Notes           string
	MLflowRunID             string // "" = that of the model, where it has an id of MLflow
	CreatedBy               string
	Data                    string // a data directory, on whose newest day the release is rehearsed; "" = none
	Activate                bool
	Legs                    settings.Legs    // of the stock rule where Params sets none
	Progress                func(sent int64) // told of the bytes of all files that were sent so far; nil = nobody asks
}

// modelByID reports whether the model is named by an id of MLflow.
func (r *PublishRequest) modelByID() bool {
	return len(r.Models) == 1 && r.Weights == nil && mlflow.IsID(r.Models[0])
}

// Published is what the registry now says.
type Published struct {
	Strategy, Version, Status, ModelSHA256 string
	Report                                 gate.Report
}

// Publish reads the files and publishes them; see Register.
func Publish(ctx context.Context, set settings.Shelf, r PublishRequest) (Published, error) {
	p := Publication{
		Ref: release.Ref{Strategy: r.Strategy, Version: r.Version}, Status: release.Status(r.Status),
		MLflowRunID: r.MLflowRunID, CreatedBy: r.CreatedBy, Notes: r.Notes,
	}
	if err := registry.CheckNames(p.Ref); err != nil {
		return Published{}, fmt.Errorf("release %q %q: %w", p.Ref.Strategy, p.Ref.Version, err)
	}
	ruleFile, featuresFile := r.Rule, r.Features
	if release.BuiltInFeatureSet(r.Features) {
		featuresFile, p.FeatureSet = "", r.Features
	}
	var err error
	if name, ok := strings.CutPrefix(r.Rule, gate.BuiltIn); ok {
		ruleFile, p.StockRule = "", name
		if _, err := gate.StockRule(name); err != nil {
			return Published{}, err
		}
	}
	if !r.modelByID() {
		if p.Model, err = readModels(r.Models, r.Weights); err != nil {
			return Published{}, err
		}
	}
	for _, f := range []struct {
		path string
		max  int64
		dst  *[]byte
	}{
		{featuresFile, gate.MaxFeaturesBytes, &p.Features},
		{ruleFile, gate.MaxRuleBytes, &p.Rule}, {r.GoldenFile, gate.MaxGoldenBytes, &p.Golden},
	} {
		if f.path == "" || mlflow.IsID(f.path) {
			continue
		}
		if *f.dst, err = readFile(f.path, f.max); err != nil {
			return Published{}, err
		}
	}
	for _, j := range []struct {
		what string
		text []byte
		dst  *json.RawMessage
	}{{"parameters", r.Params, &p.Params}, {"metrics", r.Metrics, &p.Metrics}, {"config", r.Config, &p.Config}} {
		if len(j.text) == 0 {
			continue
		}
		if !registry.Object(j.text) {
			return Published{}, fmt.Errorf("%s: not a JSON object", j.what)
		}
		*j.dst = j.text
	}
	if r.Data != "" {
		if p.Market, err = market.LoadFrom(ctx, market.Directory(market.Dir(r.Data))); err != nil {
			return Published{}, fmt.Errorf("%s: %w", r.Data, err)
		}
	}
	s, err := shelf.Open(ctx, set, r.Legs, 0)
	if err != nil {
		return Published{}, err
	}
	if err = bring(ctx, s, &p, r, ruleFile, featuresFile); err != nil {
		return Published{}, errors.Join(err, s.Close())
	}
	if r.Progress != nil {
		s.Store = &sending{Store: s.Store, told: r.Progress}
	}
	rec, report, err := registerAndActivate(ctx, s, p, r.Activate)
	if err = errors.Join(err, s.Close()); err != nil {
		return Published{}, err
	}
	return Published{rec.Strategy, rec.Version, string(rec.Status), rec.ModelSHA256, report}, nil
}

func registerAndActivate(ctx context.Context, s *shelf.Shelf, p Publication, activate bool) (release.Record, gate.Report, error) {
	rec, report, err := Register(ctx, s, p)
	if err != nil || !activate {
		return rec, report, err
	}
	rec, _, err = s.Registry.Activate(ctx, p.Ref, p.CreatedBy, "published with --activate")
	return rec, report, err
}

var errTooLarge = errors.New("larger than the limit")

func readFile(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if int64(len(b)) > most {
		return nil, fmt.Errorf("%s: %w of %d bytes", path, errTooLarge, most)
	}
	return b, nil
}
