package model_test

import (
	"errors"
	"fmt"
	"math"

	"edgesignal/artifacts"
	"edgesignal/host/model"
	"edgesignal/host/release"
)

// The demo's model on a row in which every feature is missing.
func ExampleLoad() {
	text, err := artifacts.FS.ReadFile(artifacts.Releases()[0].Model)
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := model.Load(text)
	if err != nil {
		fmt.Println(err)
		return
	}
	row := make([]float64, m.Width())
	for i := range row {
		row[i] = math.NaN()
	}
	prediction := make([]float64, 1)
	if err := m.Predict(prediction, row); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Trees(), "trees of", m.Width(), "features, the first", m.FeatureNames()[0])
	fmt.Println(prediction[0])
	// Output:
	// 100 trees of 158 features, the first KMID
	// 0.012768686648382313
}

// What LightGBM did not write is refused by name.
func ExampleLoad_refused() {
	_, err := model.Load([]byte("tree\nversion=v4\n"))
	var r *release.Rejection
	if errors.As(err, &r) {
		fmt.Println(r.Reason)
	}
	// Output:
	// model_malformed
}
