package portfolio

import (
	"encoding/json"
	"fmt"
	"maps"

	"edgesignal/host/release"
)

// MergeParams lays JSON objects over each other, later ones winning key by
// key, and returns the canonical JSON of the result. An empty layer is {}.
func MergeParams(layers ...json.RawMessage) (json.RawMessage, error) {
	merged := map[string]json.RawMessage{}
	for _, layer := range layers {
		if len(layer) == 0 {
			continue
		}
		var m map[string]json.RawMessage
		if err := json.Unmarshal(layer, &m); err != nil {
			return nil, fmt.Errorf("parameters are not a JSON object: %w", err)
		}
		maps.Copy(merged, m)
	}
	b, err := json.Marshal(merged)
	if err != nil {
		return nil, err
	}
	return release.CanonicalJSON(b)
}
