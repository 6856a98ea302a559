package registry

import (
	"errors"
	"fmt"

	"edgesignal/host/release"
)

// Digests are the SHA-256 sums (64 hex digits, "" = leave alone) of the bytes
// that a row's paths were found to name.
type Digests struct {
	Model, Rule, Golden, Features string
}

// Missing returns what of d the stored row does not have yet, for RecordDigests.
// A value other than the one stored is release.ErrConflict; one that is no
// digest, or one of a file that the release does not have, is an error.
func (d Digests) Missing(stored release.Record) (Digests, error) {
	if err := d.check(&stored); err != nil {
		return Digests{}, fmt.Errorf("release %s: %w", stored.Ref(), err)
	}
	for _, f := range []struct {
		name   string
		stored string
		given  *string
	}{
		{"model_sha256", stored.ModelSHA256, &d.Model},
		{"rule_sha256", stored.RuleSHA256, &d.Rule},
		{"golden_sha256", stored.GoldenSHA256, &d.Golden},
		{"feature_set_sha256", stored.FeatureSetSHA256, &d.Features},
	} {
		if f.stored == "" || *f.given == "" {
			continue
		}
		if f.stored != *f.given {
			return Digests{}, fmt.Errorf("release %s: %s is %s, found %s: %w", stored.Ref(), f.name, f.stored, *f.given, release.ErrConflict)
		}
		*f.given = ""
	}
	return d, nil
}

func (d Digests) check(r *release.Record) error {
	for _, f := range []struct{ name, sum string }{
		{"model_sha256", d.Model}, {"rule_sha256", d.Rule}, {"golden_sha256", d.Golden}, {"feature_set_sha256", d.Features},
	} {
		if f.sum != "" && !release.ValidSum(f.sum) {
			return fmt.Errorf("%s %q is not 64 lower-case hex digits", f.name, f.sum)
		}
	}
	if d.Golden != "" && r.GoldenPath == "" {
		return errors.New("golden_sha256 without a golden_path")
	}
	if d.Features != "" && release.BuiltInFeatureSet(r.FeatureSet) {
		return fmt.Errorf("feature_set_sha256 of %s, which is built in and no file", r.FeatureSet)
	}
	return nil
}
