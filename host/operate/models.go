package operate

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"

	"edgesignal/host/gate"
	"edgesignal/host/mlflow"
	"edgesignal/host/model"
	"edgesignal/host/strictjson"
)

// partList is a file that names the models of a release by their files.
type partList struct {
	Parts []struct {
		Model  string   `json:"model"` // relative to the list's folder
		Weight *float64 `json:"weight"`
	} `json:"parts"`
}

// readModels returns the one file that a release's models are: a single one as it
// lies, several as model.Container writes them. A single file may also name the
// others. Not to be called for a single id of MLflow.
func readModels(files []string, weights []float64) ([]byte, error) {
	if len(files) == 1 && weights == nil {
		text, err := readFile(files[0], gate.MaxModelBytes)
		if err != nil || !isPartList(text) {
			return text, err
		}
		list := files[0]
		if files, weights, err = readPartList(list, text); err != nil {
			return nil, fmt.Errorf("%s: %w", list, err)
		}
	}
	if len(files) > model.MaxParts {
		return nil, fmt.Errorf("%d models, 1 to %d are allowed", len(files), model.MaxParts)
	}
	texts := make([][]byte, len(files))
	for i, file := range files {
		if mlflow.IsID(file) {
			return nil, fmt.Errorf("%s: only a single model may be named by an id of MLflow; of several each is a file", file)
		}
		var err error
		if texts[i], err = readFile(file, gate.MaxModelBytes); err != nil {
			return nil, err
		}
	}
	return model.Container(weights, texts)
}

func isPartList(text []byte) bool {
	start := bytes.TrimSpace(text[:min(len(text), 4096)])
	return bytes.HasPrefix(start, []byte("{")) && bytes.Contains(text, []byte(`"parts"`)) && !model.IsContainer(text)
}

// readPartList returns the files and weights that a list names; no weights is the mean.
func readPartList(path string, text []byte) (files []string, weights []float64, err error) {
	var list partList
	if err := strictjson.Decode(text, &list); err != nil {
		var wrong *strictjson.Error
		if errors.As(err, &wrong) {
			return nil, nil, errors.New(wrong.Nameless())
		}
		return nil, nil, err
	}
	if len(list.Parts) == 0 {
		return nil, nil, errors.New("parts names no model")
	}
	for i, p := range list.Parts {
		if p.Model == "" {
			return nil, nil, fmt.Errorf("parts[%d] names no model", i)
		}
		if (p.Weight == nil) != (list.Parts[0].Weight == nil) {
			return nil, nil, fmt.Errorf("parts[%d]: either all parts have a weight, or none has one and the release predicts their mean", i)
		}
		if p.Weight != nil {
			weights = append(weights, *p.Weight)
		}
		if !filepath.IsAbs(p.Model) && !mlflow.IsID(p.Model) {
			p.Model = filepath.Join(filepath.Dir(path), p.Model)
		}
		files = append(files, p.Model)
	}
	return files, weights, nil
}
