package settings

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Faults is every setting that cannot be used, as one error.
type Faults []error

func (f Faults) Error() string {
	texts := make([]string, len(f))
	for i, err := range f {
		texts[i] = err.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap returns the faults one by one.
func (f Faults) Unwrap() []error { return f }

// Err returns f, nil where there is no fault.
func (f Faults) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

// Fault is one setting that cannot be used.
type Fault struct {
	Name    string // of the setting
	Value   string // as it was given, passwords masked; of a secret nothing
	Allowed string // what a value must be
}

func (f *Fault) Error() string {
	switch _, err := strconv.ParseFloat(f.Value, 64); {
	case f.Value == "":
		return fmt.Sprintf("%s: %s is expected", f.Name, f.Allowed)
	case err == nil:
		return fmt.Sprintf("%s %s: %s is expected", f.Name, f.Value, f.Allowed)
	}
	return fmt.Sprintf("%s %.200q: %s is expected", f.Name, f.Value, f.Allowed)
}

// Masked returns a URL without its password, and any other text as it is.
func Masked(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	u, err := url.Parse(text)
	if err != nil {
		return "(not a URL)"
	}
	if q := u.Query(); q.Has("password") {
		q.Set("password", "xxxxx")
		u.RawQuery = q.Encode()
	}
	return u.Redacted()
}
