package release_test

import (
	"encoding/json"
	"errors"
	"fmt"

	"edgesignal/host/release"
)

// A digest names everything that decides what a release answers.
func ExampleManifest_Digest() {
	m := release.Manifest{
		Strategy: "alpha_baseline", Version: "v1", FeatureSet: release.FeatureSetAlpha158,
		ModelSHA256: release.Sum([]byte("the model's bytes")), RuleSHA256: release.Sum([]byte("the rule's bytes")),
		RuleParams: json.RawMessage(`{"top_n": 3, "bottom_n": 3}`), Limits: release.DefaultLimits,
	}
	before, err := m.Digest()
	if err != nil {
		fmt.Println(err)
		return
	}
	m.RuleParams = json.RawMessage(`{"bottom_n":3,"top_n":3}`) // the same parameters, written otherwise
	same, err := m.Digest()
	if err != nil {
		fmt.Println(err)
		return
	}
	m.RuleParams = json.RawMessage(`{"bottom_n":3,"top_n":5}`)
	other, err := m.Digest()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(before[:14], before == same, before == other)
	// Output:
	// sha256:082294c true false
}

// A refusal has a word that programs can read and a text for people.
func ExampleReject() {
	err := fmt.Errorf("publish: %w", release.Reject(release.FeaturesMismatch, "the model has %d inputs, feature set alpha158 has 158", 20))
	var r *release.Rejection
	if errors.As(err, &r) {
		fmt.Println(r.Reason)
	}
	fmt.Println(err)
	// Output:
	// features_mismatch
	// publish: features_mismatch: the model has 20 inputs, feature set alpha158 has 158
}
