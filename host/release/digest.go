package release

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Sum returns the SHA-256 of b as 64 lower-case hex digits.
func Sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// ValidSum reports whether s is 64 lower-case hex digits.
func ValidSum(s string) bool {
	if len(s) != sha256.Size*2 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// Manifest is everything that decides what a release answers. Two releases
// with equal manifests answer alike; a digest names exactly one manifest.
type Manifest struct {
	Strategy     string          `json:"strategy"`
	Version      string          `json:"version"`
	FeatureSet   string          `json:"feature_set"` // a built-in one, or FeatureSetFile
	ModelSHA256  string          `json:"model_sha256"`
	RuleSHA256   string          `json:"rule_sha256"`
	RuleParams   json.RawMessage `json:"rule_params"`             // the parameters in effect
	GoldenSHA256 string          `json:"golden_sha256,omitempty"` // "" = no golden file
	Limits       Limits          `json:"limits"`

	FeatureSetSHA256 string `json:"feature_set_sha256,omitempty"` // "" = a built-in one
}

// Limits are what the host enforces on the weights of one answer, whatever
// the rule says. Weights are fractions of capital.
type Limits struct {
	MaxWeight float64 `json:"max_weight"`            // largest |weight|
	MaxGross  float64 `json:"max_gross"`             // largest sum of |weight|
	MaxAbsNet float64 `json:"max_abs_net,omitempty"` // largest |sum of weights|; 0 = no limit
}

// DefaultLimits hold where config.limits says nothing.
var DefaultLimits = Limits{MaxWeight: 1, MaxGross: 2}

// Digest returns "sha256:" and the SHA-256 of the manifest's canonical JSON: keys
// sorted at every level, no white space, numbers as they were written.
func (m Manifest) Digest() (string, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("manifest of %s %s: %w", m.Strategy, m.Version, err)
	}
	c, err := CanonicalJSON(b)
	if err != nil {
		return "", fmt.Errorf("manifest of %s %s: %w", m.Strategy, m.Version, err)
	}
	return "sha256:" + Sum(c), nil
}

// CanonicalJSON rewrites one JSON value with keys sorted, no white space and
// numbers kept as written, so that equal values have equal bytes.
func CanonicalJSON(b []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text after the JSON value")
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}
