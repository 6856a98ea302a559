package research

import (
	"context"
	"errors"
	"io"

	"edgesignal/host/model"
)

// scoreBatch is how many rows are predicted at once.
const scoreBatch = 256

// Score predicts all rows on all cores and writes one prediction a line, in row
// order, in the shortest decimal that reads back to the same bits. raw is before
// the objective's transform. Predictions before a bad row are written. However
// large the file, only some batches of it are in memory.
func Score(ctx context.Context, m *model.Model, rows Rows, raw bool, out io.Writer) error {
	predict := m.Predict
	if raw {
		predict = m.Raw
	}
	type scored struct {
		lines []byte
		err   error // after these lines
	}
	return inOrder(ctx,
		func() (rowBatch, bool, error) {
			b, err := rows.read(scoreBatch)
			if errors.Is(err, io.EOF) {
				return nil, false, nil
			}
			return b, err == nil, err
		},
		func(_ context.Context, b rowBatch) (s scored, _ error) {
			var inputs []float64
			inputs, s.err = b(make([]float64, 0, scoreBatch*m.Width()))
			predictions := make([]float64, len(inputs)/m.Width())
			if err := predict(predictions, inputs); err != nil {
				return s, err
			}
			for _, p := range predictions {
				s.lines = append(appendFloat(s.lines, p, 64), '\n')
			}
			return s, nil
		},
		func(s scored) error {
			if _, err := out.Write(s.lines); err != nil {
				return err
			}
			return s.err
		})
}

// LoadModel reads and checks a model. It reads no more than a model may have.
func LoadModel(r io.Reader) (*model.Model, error) {
	text, err := io.ReadAll(io.LimitReader(r, model.MaxBytes+1))
	if err != nil {
		return nil, err
	}
	return model.Load(text)
}
