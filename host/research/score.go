package research

import (
	"bufio"
	"context"
	"errors"
	"io"

	"edgesignal/host/model"
)

// scoreBatch is how many rows are predicted at once.
const scoreBatch = 256

// Score predicts every row of a CSV (see NewRowReader) and writes one
// prediction a line, in row order, in the shortest decimal that reads back to
// the same bits. raw is before the objective's transform. name is the CSV's,
// for errors; predictions before a bad line are written.
func Score(ctx context.Context, m *model.Model, in io.Reader, name string, raw bool, out io.Writer) error {
	rows, err := NewRowReader(bufio.NewReaderSize(in, 1<<16), name, m.Width(), m.FeatureNames())
	if err != nil {
		return err
	}
	predict := m.Predict
	if raw {
		predict = m.Raw
	}
	w := bufio.NewWriter(out)
	var buffer []float64
	predictions := make([]float64, scoreBatch)
	var line []byte
	for ctx.Err() == nil {
		buffer, err = rows.Read(buffer[:0], scoreBatch)
		if errors.Is(err, io.EOF) {
			return w.Flush()
		}
		if err != nil {
			return errors.Join(w.Flush(), err)
		}
		batch := predictions[:len(buffer)/m.Width()]
		if err := predict(batch, buffer); err != nil {
			return err
		}
		for _, p := range batch {
			line = append(appendFloat(line[:0], p, 64), '\n')
			if _, err := w.Write(line); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// LoadModel reads and checks a model. It reads no more than a model may have.
func LoadModel(r io.Reader) (*model.Model, error) {
	text, err := io.ReadAll(io.LimitReader(r, model.MaxBytes+1))
	if err != nil {
		return nil, err
	}
	return model.Load(text)
}
