package rule

import (
	"encoding/json"
	"fmt"
	"regexp"

	"edgesignal/host/release"
	"edgesignal/host/strictjson"
)

// Meta is what a rule says about itself in its rule.meta section.
type Meta struct {
	Name        string          `json:"name"`        // [a-z][a-z0-9_]*, up to 64 bytes
	Version     string          `json:"version"`     // up to 64 bytes
	Description string          `json:"description"` // up to 4096 bytes
	Columns     []string        `json:"columns"`     // the input columns after prediction and rank, in order
	Params      json.RawMessage `json:"params"`      // JSON Schema of the parameters
}

// noParams is the schema of a rule that declares none.
var noParams = json.RawMessage(`{"type":"object","additionalProperties":false}`)

var identifier = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// parseMeta reads the contents of the rule.meta sections; there must be one.
func parseMeta(sections [][]byte) (Meta, error) {
	var m Meta
	if len(sections) != 1 {
		return m, release.Reject(release.RuleABI, "%d custom sections named %s, want 1", len(sections), metaSection)
	}
	if n := len(sections[0]); n > MaxMetaBytes {
		return m, release.Reject(release.RuleABI, "%s has %d bytes, at most %d", metaSection, n, MaxMetaBytes)
	}
	// Strict, because a column list under a misspelt key would silently
	// change what the rule is given.
	if err := strictjson.Decode(sections[0], &m); err != nil {
		return m, release.Reject(release.RuleABI, "%s is not the JSON that it should be: %v", metaSection, err)
	}
	if err := m.check(); err != nil {
		return m, release.Reject(release.RuleABI, "%s: %v", metaSection, err)
	}
	if m.Params == nil {
		m.Params = noParams
	}
	return m, nil
}

func (m *Meta) check() error {
	switch {
	case !identifier.MatchString(m.Name):
		return fmt.Errorf("name %.80q, want %v", m.Name, identifier)
	case m.Version == "" || len(m.Version) > 64:
		return fmt.Errorf("version of %d bytes, want 1 to 64", len(m.Version))
	case len(m.Description) > 4096:
		return fmt.Errorf("description of %d bytes, at most 4096", len(m.Description))
	case len(m.Columns) > MaxColumns-2:
		return fmt.Errorf("%d columns, at most %d beside prediction and rank", len(m.Columns), MaxColumns-2)
	}
	seen := map[string]bool{"prediction": true, "rank": true}
	for i, c := range m.Columns {
		if !identifier.MatchString(c) {
			return fmt.Errorf("column %d is named %.80q, want %v", i, c, identifier)
		}
		if seen[c] {
			return fmt.Errorf("column %d: %s is there already", i, c)
		}
		seen[c] = true
	}
	return nil
}
