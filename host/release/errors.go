package release

import (
	"errors"
	"fmt"
)

// ErrNotFound: the registry has no such release, or the store no such key.
var ErrNotFound = errors.New("not found")

// ErrConflict: the name is taken by other bytes or other parameters.
var ErrConflict = errors.New("already exists with other content")

// Reason is the stable word for why the gate refused a release.
type Reason string

// The reasons, in the order of the gate's checks.
const (
	DigestMismatch   Reason = "digest_mismatch"
	ModelMalformed   Reason = "model_malformed"
	ModelUnsupported Reason = "model_unsupported"
	FeaturesMismatch Reason = "features_mismatch"
	RuleMalformed    Reason = "rule_malformed"
	RuleForbidden    Reason = "rule_forbidden"
	RuleABI          Reason = "rule_abi"
	GoldenMismatch   Reason = "golden_mismatch"
)

// Rejection is a refusal that every host would come to with the same bytes:
// trying again cannot help.
type Rejection struct {
	Reason Reason
	Detail string // what, where and the limit
}

func (r *Rejection) Error() string { return string(r.Reason) + ": " + r.Detail }

// Reject makes a Rejection with a formatted detail.
func Reject(reason Reason, format string, args ...any) *Rejection {
	return &Rejection{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}

// Part is a thing outside the host that can be out of reach.
type Part string

// The parts.
const (
	PartRegistry Part = "registry"
	PartStore    Part = "store"
)

// Unavailable is a fault of the registry or the store, not of a release:
// worth trying again.
type Unavailable struct {
	Part Part
	Err  error
}

func (u *Unavailable) Error() string { return fmt.Sprintf("%s unavailable: %v", u.Part, u.Err) }

func (u *Unavailable) Unwrap() error { return u.Err }
