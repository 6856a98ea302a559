package picture_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/artifacts"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/internal/picture"
	"edgesignal/host/signal"
)

const file = "../../../docs/book.svg"

var write = flag.Bool("write", false, "write docs/book.svg instead of comparing it: go run ./cmd/dev docs")

// The committed picture shows the book that the demo answers with.
func TestThePictureIsCurrent(t *testing.T) {
	board := demotest.NewServingBoard(t, nil)
	snap, done, err := board.Current(artifacts.Strategy)
	require.NoError(t, err)
	defer done()
	answer, err := (&signal.Engine{}).Book(t.Context(), snap, signal.Query{})
	require.NoError(t, err)
	b := picture.Book{Strategy: artifacts.Strategy, Version: snap.Record.Version, Date: answer.Inputs.DataAsOf.String()}
	for _, s := range answer.Signals() {
		b.Lines = append(b.Lines, picture.Line{Symbol: s.Symbol, Prediction: s.PredictedReturn, Weight: s.TargetWeight})
	}
	require.Len(t, b.Lines, 30)
	var drawn bytes.Buffer
	require.NoError(t, picture.Draw(&drawn, b))
	if *write {
		require.NoError(t, os.WriteFile(file, drawn.Bytes(), 0o644))
	}
	committed, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(committed), drawn.String(), "draw it again with: go run ./cmd/dev docs")
}

func TestDrawWritesOneDocument(t *testing.T) {
	for _, tc := range []struct {
		name  string
		lines []picture.Line
	}{
		{"no symbols", nil},
		{"no weights", []picture.Line{{Symbol: "A", Prediction: 0.01}, {Symbol: "B"}}},
		{"names that need escaping", []picture.Line{{Symbol: "<A&B>", Prediction: -0.5, Weight: -1}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var out bytes.Buffer
			require.NoError(t, picture.Draw(&out, picture.Book{Strategy: "a<b", Version: "1", Date: "2024-12-31", Lines: tc.lines}))
			d := xml.NewDecoder(&out)
			for {
				_, err := d.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				require.NoError(t, err)
			}
		})
	}
}
