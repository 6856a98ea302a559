package registry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"edgesignal/host/release"
)

// Prepare returns what every back end does to a record before it stores it: it
// checks r and returns it with its defaults filled in (status inactive,
// feature set alpha158), its JSON in canonical form, and without what the
// database sets (ID and times). The error names the field.
//
// Strategy and Version must be names (CheckNames) and ModelPath set; Status must be one of the four; the JSON fields must
// hold one object or nothing; digests must be 64 lower-case hex digits or "";
// GoldenSHA256 needs a GoldenPath, FeatureSetSHA256 a feature set that is a
// file; text must be UTF-8 without NUL, which not every database can hold.
func Prepare(r release.Record) (release.Record, error) {
	r.ID, r.ActivatedAt, r.DeactivatedAt = 0, nil, nil
	r.CreatedAt = release.Record{}.CreatedAt
	if r.Status == "" {
		r.Status = release.Inactive
	}
	if r.FeatureSet == "" {
		r.FeatureSet = release.FeatureSetAlpha158
	}
	if err := checkText(&r); err != nil {
		return release.Record{}, fmt.Errorf("release %q %q: %w", r.Strategy, r.Version, err)
	}
	switch r.Status {
	case release.Active, release.Inactive, release.Testing, release.Failed:
	default:
		return release.Record{}, fmt.Errorf("release %s: status %q: want active, inactive, testing or failed", r.Ref(), r.Status)
	}
	if err := (Digests{r.ModelSHA256, r.RuleSHA256, r.GoldenSHA256, r.FeatureSetSHA256}).check(&r); err != nil {
		return release.Record{}, fmt.Errorf("release %s: %w", r.Ref(), err)
	}
	for _, f := range []struct {
		name string
		json *json.RawMessage
	}{
		{"performance_metrics", &r.PerformanceMetrics},
		{"config", &r.Config},
		{"rule_params", &r.RuleParams},
	} {
		if len(*f.json) == 0 {
			*f.json = nil
			continue
		}
		if !Object(*f.json) {
			return release.Record{}, fmt.Errorf("release %s: %s is not a JSON object", r.Ref(), f.name)
		}
		c, err := release.CanonicalJSON(*f.json)
		if err != nil {
			return release.Record{}, fmt.Errorf("release %s: %s: %w", r.Ref(), f.name, err)
		}
		*f.json = c
	}
	return r, nil
}

// MaxNameLength is how many characters the name of a strategy or a version may have.
const MaxNameLength = 128

// CheckNames returns nil where a new release may have these names: each is set,
// of at most MaxNameLength characters, and every one of them can be printed. So
// none is a control character, turns the direction of a line around, or cannot
// be seen. The database holds it too, for new rows.
func CheckNames(ref release.Ref) error {
	for _, n := range []struct{ what, name string }{{"strategy", ref.Strategy}, {"version", ref.Version}} {
		switch length := utf8.RuneCountInString(n.name); {
		case n.name == "":
			return fmt.Errorf("%s is not set", n.what)
		case !utf8.ValidString(n.name):
			return fmt.Errorf("%s is not text: it must be UTF-8", n.what)
		case length > MaxNameLength:
			return fmt.Errorf("%s has %d characters, at most %d", n.what, length, MaxNameLength)
		}
		for i, r := range n.name {
			if !unicode.IsPrint(r) {
				return fmt.Errorf("%s has a character that cannot be printed, %U at byte %d", n.what, r, i)
			}
		}
	}
	return nil
}

func checkText(r *release.Record) error {
	if err := CheckNames(r.Ref()); err != nil {
		return err
	}
	return checkFields(
		field{"model_path", r.ModelPath, true, false},
		field{"rule_path", r.RulePath, false, false},
		field{"golden_path", r.GoldenPath, false, false},
		field{"feature_set", r.FeatureSet, false, true},
		field{"mlflow_run_id", r.MLflowRunID, false, false},
		field{"mlflow_experiment_id", r.MLflowExperimentID, false, false},
		field{"created_by", r.CreatedBy, false, false},
		field{"notes", r.Notes, false, false},
	)
}

// field is a text of a record, with its name for errors.
type field struct {
	name, text string
	required   bool
	word       bool // no control characters
}

func checkFields(fields ...field) error {
	for _, f := range fields {
		switch {
		case f.required && f.text == "":
			return fmt.Errorf("%s is not set", f.name)
		case !utf8.ValidString(f.text) || strings.ContainsRune(f.text, 0):
			return fmt.Errorf("%s is not text: it must be UTF-8 without NUL", f.name)
		case f.word && strings.ContainsFunc(f.text, unicode.IsControl):
			return fmt.Errorf("%s has control characters", f.name)
		}
	}
	return nil
}

// SameContent returns nil when given, already prepared, is the release that is
// stored, else release.ErrConflict with the field that differs. Two files are
// the same when both digests are known and equal, else when the paths are
// equal and given names no digest that the stored row cannot confirm. Status,
// metrics, notes and who published do not matter.
func SameContent(stored, given release.Record) error {
	for _, f := range []struct {
		name string
		same bool
	}{
		{"model", sameFile(stored.ModelPath, stored.ModelSHA256, given.ModelPath, given.ModelSHA256)},
		{"rule", sameFile(stored.RulePath, stored.RuleSHA256, given.RulePath, given.RuleSHA256)},
		{"golden file", sameFile(stored.GoldenPath, stored.GoldenSHA256, given.GoldenPath, given.GoldenSHA256)},
		{"rule_params", sameJSON(stored.RuleParams, given.RuleParams)},
		{"feature_set", sameFile(stored.FeatureSet, stored.FeatureSetSHA256, given.FeatureSet, given.FeatureSetSHA256)},
		{"config", sameJSON(stored.Config, given.Config)},
	} {
		if !f.same {
			return fmt.Errorf("release %s, %s: %w", stored.Ref(), f.name, release.ErrConflict)
		}
	}
	return nil
}

func sameFile(storedPath, storedSum, path, sum string) bool {
	if storedSum != "" && sum != "" {
		return storedSum == sum
	}
	return storedPath == path && sum == ""
}

// sameJSON compares canonical forms: plain SQL, or the database, may have
// written the stored one in another.
func sameJSON(stored, given json.RawMessage) bool {
	if len(stored) == 0 || len(given) == 0 {
		return len(stored) == len(given)
	}
	a, errA := release.CanonicalJSON(stored)
	b, errB := release.CanonicalJSON(given)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}

// Object reports whether b is one JSON object, for the columns that hold one.
func Object(b json.RawMessage) bool {
	var m map[string]json.RawMessage
	return json.Unmarshal(b, &m) == nil && m != nil
}
