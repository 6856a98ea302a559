package registry

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"edgesignal/host/release"
)

// Observation is what one host last said of one strategy.
type Observation struct {
	Host     string          // "name:port"
	Strategy string          // need not be one that the registry knows
	Desired  string          // version that the registry asked for; "" = none
	Serving  string          // version; "" = nothing
	Release  string          // digest of what serves, "sha256:..."; "" = nothing
	Since    time.Time       // when it began to serve, UTC, milliseconds; zero = nothing serves
	Outcome  Outcome         // of the last load
	Detail   string          // why, as OneLine gives it; "" = all is well
	Report   json.RawMessage // JSON object, the gate's report of the last load of Desired that reached the gate; nil = none
	At       time.Time       // when it was written, UTC, by the database's clock
}

// Outcome is how a host's last load of a strategy went.
type Outcome string

// The outcomes of CHECK (outcome IN (...)) in both schemas.
const (
	OutcomeActivated   Outcome = "activated"   // Desired was loaded and serves
	OutcomeUnchanged   Outcome = "unchanged"   // Desired served already
	OutcomeRejected    Outcome = "rejected"    // the gate refused Desired, as every host would; what served serves on
	OutcomeUnavailable Outcome = "unavailable" // no verdict, the host tries again: registry or store out of reach, or out of time
	OutcomeNone        Outcome = "none"        // the registry names no active release; what served serves on
)

// MaxReportBytes is the largest report of an Observation.
const MaxReportBytes = 256 << 10

// Prepare returns what every back end does to an observation before it stores it:
// it checks o and returns it with Detail as OneLine gives it, Since in UTC and
// whole milliseconds, and without At, which the database sets. The error names
// the field.
//
// Host, Strategy and Outcome must be set; names and versions are UTF-8 without
// control characters; Serving, Release and Since go together; Report must hold
// one JSON object in UTF-8, of at most MaxReportBytes, or nothing.
func (o Observation) Prepare() (Observation, error) {
	if err := o.check(); err != nil {
		return Observation{}, fmt.Errorf("observation of strategy %q by host %q: %w", o.Strategy, o.Host, err)
	}
	o.Detail = OneLine(o.Detail)
	o.Since = o.Since.UTC().Truncate(time.Millisecond)
	o.At = time.Time{}
	if len(o.Report) == 0 {
		o.Report = nil
	}
	return o, nil
}

func (o *Observation) check() error {
	err := checkFields(
		field{"host", o.Host, true, true},
		field{"strategy", o.Strategy, true, true},
		field{"desired", o.Desired, false, true},
		field{"serving", o.Serving, false, true},
	)
	if err != nil {
		return err
	}
	switch o.Outcome {
	case OutcomeActivated, OutcomeUnchanged, OutcomeRejected, OutcomeUnavailable, OutcomeNone:
	default:
		return fmt.Errorf("outcome %q: want activated, unchanged, rejected, unavailable or none", o.Outcome)
	}
	serves := o.Serving != ""
	if (o.Release != "") != serves || o.Since.IsZero() == serves {
		return errors.New("serving, release and since go together")
	}
	if sum, ok := strings.CutPrefix(o.Release, "sha256:"); serves && !(ok && release.ValidSum(sum)) {
		return fmt.Errorf("release %q is not sha256: and 64 lower-case hex digits", o.Release)
	}
	switch {
	case len(o.Report) == 0:
		return nil
	case len(o.Report) > MaxReportBytes:
		return fmt.Errorf("report has %d bytes, the limit is %d", len(o.Report), MaxReportBytes)
	case !utf8.Valid(o.Report):
		return errors.New("report is not text: it must be UTF-8")
	case !Object(o.Report):
		return errors.New("report is not a JSON object")
	}
	return nil
}
