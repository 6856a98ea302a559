package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"edgesignal/host/strictjson"
)

// How a container combines the predictions of its parts.
const (
	CombineSum  = "sum"  // w0*p0 + w1*p1 + ..., as WeightedSum
	CombineMean = "mean" // (p0 + p1 + ...)/n, as Mean
)

const containerVersion = 1

// container is a file of several models.
type container struct {
	Ensemble int             `json:"ensemble"` // containerVersion
	Combine  string          `json:"combine"`
	Parts    []containerPart `json:"parts"`
}

type containerPart struct {
	Weight *float64 `json:"weight,omitempty"` // in a sum, and only there
	Model  string   `json:"model"`            // LightGBM's text
}

// Container returns the file that holds several models as one, which Load takes:
// texts are LightGBM's, in the order in which their predictions are added. weights
// has one number a model, or is nil for the mean. Equal arguments give equal
// bytes. The models themselves are not checked, which is for Load.
func Container(weights []float64, texts [][]byte) ([]byte, error) {
	c := container{Ensemble: containerVersion, Combine: CombineMean, Parts: make([]containerPart, len(texts))}
	if weights != nil {
		c.Combine = CombineSum
		if len(weights) != len(texts) {
			return nil, fmt.Errorf("%d weights for %d models", len(weights), len(texts))
		}
	}
	if len(texts) == 0 || len(texts) > MaxParts {
		return nil, fmt.Errorf("%d models, 1 to %d are allowed", len(texts), MaxParts)
	}
	for i, text := range texts {
		if !utf8.Valid(text) {
			return nil, fmt.Errorf("model %d: not UTF-8, which a file of several models is written in", i)
		}
		c.Parts[i].Model = string(text)
		if weights != nil {
			if math.IsNaN(weights[i]) || math.IsInf(weights[i], 0) {
				return nil, fmt.Errorf("weight %d is not finite", i)
			}
			c.Parts[i].Weight = &weights[i]
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(c); err != nil {
		return nil, err
	}
	if b.Len() > MaxBytes {
		return nil, fmt.Errorf("the models have %d bytes together, the limit is %d", b.Len(), MaxBytes)
	}
	return b.Bytes(), nil
}

// IsContainer reports whether a text is meant as a file of several models. A quoted
// word in a JSON text cannot stand inside of a string there.
func IsContainer(text []byte) bool {
	start := bytes.TrimLeft(text[:min(len(text), 4096)], " \t\r\n")
	return len(start) > 0 && start[0] == '{' && bytes.Contains(text, []byte(`"ensemble"`)) && !bytes.Contains(text, []byte(`"tree_info"`))
}

// parseContainer reads a file of several models, and nothing of the models. Its
// errors name places and quote nothing.
func parseContainer(text []byte) (*container, error) {
	if len(text) > MaxBytes {
		return nil, unsupported("the models have %d bytes together, the limit is %d", len(text), MaxBytes)
	}
	if !utf8.Valid(text) {
		return nil, malformed("it begins like a file of several models and is not UTF-8")
	}
	var c container
	err := strictjson.Decode(text, &c)
	var wrong *strictjson.Error
	switch {
	case errors.As(err, &wrong):
		return nil, malformed("file of several models: %s", wrong.Nameless())
	case err != nil:
		return nil, malformed("file of several models: %v", err)
	case c.Ensemble != containerVersion:
		return nil, unsupported("file of several models: ensemble is not %d, the form that this host reads", containerVersion)
	case c.Combine != CombineSum && c.Combine != CombineMean:
		return nil, malformed("file of several models: combine is neither %q nor %q", CombineSum, CombineMean)
	case len(c.Parts) == 0 || len(c.Parts) > MaxParts:
		return nil, unsupported("file of several models: parts has %d models, 1 to %d are allowed", len(c.Parts), MaxParts)
	}
	for i, p := range c.Parts {
		switch weighted := c.Combine == CombineSum; {
		case weighted && p.Weight == nil:
			return nil, malformed("file of several models: parts[%d] has no weight, which a sum needs", i)
		case !weighted && p.Weight != nil:
			return nil, malformed("file of several models: parts[%d] has a weight, which a mean does not take", i)
		}
	}
	return &c, nil
}
