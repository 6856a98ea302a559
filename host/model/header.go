package model

import (
	"strconv"
	"strings"
)

// maxFeatureIdx bounds the width of a row.
const maxFeatureIdx = 100_000

// header is what the lines before the first tree say of the scores.
type header struct {
	width     int
	names     []string                  // nil = Column_0, Column_1, ...
	objective string                    // "" = custom
	transform func(raw float64) float64 // nil = identity
	average   bool                      // boosting rf: the trees are averaged
}

var headerKeys = map[string]bool{
	"version": true, "num_class": true, "num_tree_per_iteration": true, "label_index": true, "max_feature_idx": true,
	"objective": true, "average_output": true, "feature_names": true, "monotone_constraints": true,
	"feature_infos": true, "tree_sizes": true,
}

// parseHeader reads the header and returns the value of tree_sizes beside it.
func parseHeader(c *cursor) (h header, sizes []byte, err error) {
	first, err := c.next()
	if err != nil {
		return h, nil, err
	}
	if string(first) != "tree" {
		return h, nil, malformed("line 1 is not \"tree\", with which the text of a LightGBM model begins; " + saveText)
	}
	s := section{tree: headerSection, values: map[string][]byte{}}
	if err := s.read(c, headerKeys); err != nil {
		return h, nil, err
	}
	if err := checkKind(&s); err != nil {
		return h, nil, err
	}
	if err := h.readColumns(&s); err != nil {
		return h, nil, err
	}
	if v, ok := s.values["objective"]; ok {
		h.objective = string(v)
		if h.transform, err = parseObjective(h.objective); err != nil {
			return h, nil, err
		}
	}
	if v, ok := s.values["average_output"]; ok {
		if len(v) != 0 {
			return h, nil, malformed("header: average_output has a value, want none")
		}
		h.average = true
	}
	sizes, ok := s.values["tree_sizes"]
	if !ok {
		return h, nil, malformed("header: no tree_sizes: an old LightGBM wrote the model, or the text was changed since; " + saveAgain)
	}
	if len(sizes) == 0 {
		return h, nil, unsupported("the model has no trees: it would answer 0 for every row")
	}
	return h, sizes, nil
}

// checkKind refuses formats and shapes of output that are not scored here. v4
// differs from v3 only by an optional section after the trees (LightGBM #4782),
// and v3 from v2, which LightGBM 2.1 and 2.2 write, by lists that decide no score.
func checkKind(s *section) error {
	version, ok := s.values["version"]
	if !ok {
		return malformed("header: no version: an old LightGBM wrote the model, or the text was changed since; " + saveAgain)
	}
	switch string(version) {
	case "v2", "v3", "v4":
	default:
		return unsupported("header: the version is not v2, v3 or v4, which this host reads; " + saveAgain)
	}
	for _, key := range []string{"num_class", "num_tree_per_iteration"} {
		n, err := s.integer(key, 1, 1<<30)
		if err != nil {
			return err
		}
		if n != 1 {
			return unsupported("header: %s is %d: a multiclass model has no single prediction", key, n)
		}
	}
	_, err := s.integer("label_index", 0, 1<<30)
	return err
}

// readColumns reads what the header says of the input columns.
func (h *header) readColumns(s *section) error {
	last, err := s.integer("max_feature_idx", 0, 1<<30)
	if err != nil {
		return err
	}
	if last > maxFeatureIdx {
		return unsupported("header: max_feature_idx is %d, the limit is %d", last, maxFeatureIdx)
	}
	h.width = last + 1
	if err := s.counts(h.width, "feature_names", "feature_infos"); err != nil {
		return err
	}
	if err := s.optional(h.width, "monotone_constraints"); err != nil {
		return err
	}
	h.names = strings.Split(string(s.values["feature_names"]), " ")
	defaults := true
	for i, name := range h.names {
		if name == "" {
			return malformed("header: feature_names[%d] is empty", i)
		}
		defaults = defaults && name == "Column_"+strconv.Itoa(i)
	}
	if defaults {
		h.names = nil
	}
	return nil
}
