package release

import (
	"errors"
	"fmt"
	"strings"
)

// ErrNotFound: the registry has no such release, or the store no such key.
var ErrNotFound = errors.New("not found")

// ErrConflict: the name is taken by other bytes or other parameters.
var ErrConflict = errors.New("already exists with other content")

// ErrRefused: a part answered, and will answer the same again until somebody
// mends it: access denied, a wrong key, no such bucket. It comes within an
// Unavailable, for it is no fault of a release.
var ErrRefused = errors.New("refused")

// Reason is the stable word for why the gate refused a release.
type Reason string

// The reasons, in the order of the gate's checks.
const (
	DigestMismatch    Reason = "digest_mismatch"
	ModelMalformed    Reason = "model_malformed"
	ModelUnsupported  Reason = "model_unsupported"
	FeaturesMalformed Reason = "features_malformed"
	FeaturesMismatch  Reason = "features_mismatch"
	RuleMalformed     Reason = "rule_malformed"
	RuleForbidden     Reason = "rule_forbidden"
	RuleABI           Reason = "rule_abi"
	GoldenMismatch    Reason = "golden_mismatch"
	RuleImpure        Reason = "rule_impure"
	RehearsalFailed   Reason = "rehearsal_failed" // no whole book within the limits: on the gate\'s probes, or on one host\'s market
)

var reasons = []Reason{
	DigestMismatch, ModelMalformed, ModelUnsupported, FeaturesMalformed, FeaturesMismatch,
	RuleMalformed, RuleForbidden, RuleABI, GoldenMismatch, RuleImpure, RehearsalFailed,
}

// Rejection is a refusal that every host would come to with the same bytes:
// trying again cannot help. The one exception is RehearsalFailed on a host's own
// market, which holds for that host and that market alone.
type Rejection struct {
	Reason Reason
	Detail string // what, where and the limit
}

func (r *Rejection) Error() string { return string(r.Reason) + ": " + r.Detail }

// ParseRejection reads what Rejection.Error wrote, as an event of the registry
// keeps it; ok is false for any other text.
func ParseRejection(text string) (r *Rejection, ok bool) {
	word, detail, _ := strings.Cut(text, ": ")
	for _, reason := range reasons {
		if word == string(reason) {
			return &Rejection{reason, detail}, true
		}
	}
	return nil, false
}

// Reject makes a Rejection with a formatted detail.
func Reject(reason Reason, format string, args ...any) *Rejection {
	return &Rejection{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

// Part is a thing that a host needs and can be out of reach.
type Part string

// The parts.
const (
	PartRegistry Part = "registry"
	PartStore    Part = "store"
	PartGate     Part = "gate" // the process that checks a release
)

// Unavailable is a fault of one of the parts, not of a release:
// worth trying again.
type Unavailable struct {
	Part Part
	Err  error
}

func (u *Unavailable) Error() string { return fmt.Sprintf("%s unavailable: %v", u.Part, u.Err) }

func (u *Unavailable) Unwrap() error { return u.Err }

// Retryable reports whether the same call may go better another time: a part
// was unavailable, and nobody has to mend anything first.
func Retryable(err error) bool {
	var gone *Unavailable
	return errors.As(err, &gone) && !errors.Is(err, ErrRefused)
}
