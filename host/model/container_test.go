package model

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// contain returns the file of several models of testdata.
func contain(t testing.TB, weights []float64, names ...string) []byte {
	texts := make([][]byte, len(names))
	for i, name := range names {
		texts[i] = readModel(t, name)
	}
	file, err := Container(weights, texts)
	require.NoError(t, err)
	return file
}

// The sums are NumPy's, of LightGBM's own predictions: ensemble.csv.
func TestContainersEqualNumPy(t *testing.T) {
	want := readColumns(t, "ensemble.csv")
	rows, _ := readMatrix(t, "rows_X.csv")
	for name, weights := range map[string][]float64{"weighted": {0.3, -1.7, 0.1, 2}, "mean": nil} {
		t.Run(name, func(t *testing.T) {
			file := contain(t, weights, "reg_100x31", "huber", "linear_tree", "binary")
			require.Equal(t, file, contain(t, weights, "reg_100x31", "huber", "linear_tree", "binary"))
			m := load(t, file)
			require.Nil(t, m.FeatureNames())
			got := make([]float64, len(rows)/m.Width())
			require.NoError(t, m.Predict(got, rows))
			requireBits(t, want[name], got)
			require.ErrorContains(t, m.Raw(got, rows), "no raw score")
		})
	}
}

// Five seeds on columns of their own in orders of their own: seeds.csv has what
// LightGBM predicts with each, and what NumPy makes of that.
func TestFiveSeeds(t *testing.T) {
	names := []string{"seed_0", "seed_1", "seed_2", "seed_3", "seed_4"}
	want := readColumns(t, "seeds.csv")
	golden, width := readMatrix(t, "rows_X.csv")
	n := len(golden) / width
	for name, weights := range map[string][]float64{"weighted": {0.1, 0.2, 0.3, -0.7, 1.1}, "mean": nil} {
		t.Run(name, func(t *testing.T) {
			m := load(t, contain(t, weights, names...))
			columns := m.FeatureNames()
			require.Len(t, columns, width)
			require.Equal(t, load(t, readModel(t, "seed_0")).FeatureNames(), columns, "in the order in which they come first")
			var rows []float64
			var narrow []float32
			for r := range n {
				for _, column := range columns {
					at, err := strconv.Atoi(strings.TrimPrefix(column, "f"))
					require.NoError(t, err)
					rows = append(rows, golden[r*width+at])
					narrow = append(narrow, float32(golden[r*width+at]))
				}
			}
			got := make([]float64, n)
			require.NoError(t, m.Predict(got, rows))
			requireBits(t, want[name], got)

			// The rest of what a model does, and what another process makes of the same file.
			require.Equal(t, 5*15, m.Trees())
			by := m.Evaluator()
			require.Equal(t, EvaluatorEnsemble, by.Name)
			require.Len(t, by.Parts, 5)
			require.Same(t, m, m.Hold(rows))
			as, err := LoadAs(contain(t, weights, names...), by)
			require.NoError(t, err)
			require.Equal(t, by, as.Evaluator())
			require.Equal(t, columns, as.FeatureNames())
			other, asOther := make([]float64, n), make([]float64, n)
			require.NoError(t, as.Predict(other, rows))
			requireBits(t, got, other)
			require.NoError(t, m.PredictFloat32(other, narrow))
			require.NoError(t, as.PredictFloat32(asOther, narrow))
			requireBits(t, other, asOther)
		})
	}
}

// Each part is held against its other evaluator on its own columns.
func TestPartsAreHeld(t *testing.T) {
	m := load(t, contain(t, nil, "seed_3", "seed_4"))
	m.parts.parts[1].Model.batch.nodes[0].threshold = math.Inf(-1)
	rows := make([]float64, 3*m.Width())
	for i := range rows {
		rows[i] = float64(i%7) - 3
	}
	on := m.Hold(rows)
	by := on.Evaluator()
	require.Equal(t, Evaluator{Name: EvaluatorBatch}, by.Parts[0])
	require.Equal(t, EvaluatorLeaves, by.Parts[1].Name)
	require.Contains(t, by.Parts[1].Reason, "the batch evaluator is not used")
	want, got := make([]float64, 3), make([]float64, 3)
	require.NoError(t, load(t, contain(t, nil, "seed_3", "seed_4")).Predict(want, rows))
	require.NoError(t, on.Predict(got, rows))
	requireBits(t, want, got)
	as, err := LoadAs(contain(t, nil, "seed_3", "seed_4"), by)
	require.NoError(t, err)
	require.Equal(t, by, as.Evaluator())
}

func TestRefusedContainers(t *testing.T) {
	quoted := func(name string) string {
		b, err := json.Marshal(string(readModel(t, name)))
		require.NoError(t, err)
		return string(b)
	}
	one, named := quoted("one_feature"), quoted("featnames_plain")
	for _, c := range []struct{ name, file, err string }{
		{"not whole", `{"ensemble":1,"combine":"sum"`, "model_malformed: file of several models: not JSON: it ends too early, at byte 29"},
		{"another form", `{"ensemble":2,"combine":"mean","parts":[]}`, "model_unsupported: file of several models: ensemble is not 1, the form that this host reads"},
		{"another way", `{"ensemble":1,"combine":"median","parts":[]}`, `model_malformed: file of several models: combine is neither "sum" nor "mean"`},
		{"no parts", `{"ensemble":1,"combine":"mean"}`, "model_unsupported: file of several models: parts has 0 models, 1 to 32 are allowed"},
		{"too many parts", `{"ensemble":1,"combine":"mean","parts":[` + strings.Repeat(`{"model":""},`, 32) + `{"model":""}]}`, "model_unsupported: file of several models: parts has 33 models, 1 to 32 are allowed"},
		{"an unknown key", `{"ensemble":1,"combine":"mean","secret":1,"parts":[]}`, "model_malformed: file of several models: unknown field, at byte 40"},
		{"an unknown key of a part", `{"ensemble":1,"combine":"mean","parts":[{"secret":1}]}`, "model_malformed: file of several models: parts[0]: unknown field, at byte 50"},
		{"a key twice", `{"ensemble":1,"combine":"mean","combine":"sum","parts":[]}`, "model_malformed: file of several models: there twice is the field, at byte 41"},
		{"a key in capitals", `{"ensemble":1,"Combine":"mean","parts":[]}`, "model_malformed: file of several models: unknown field, at byte 24"},
		{"a list", `[{"ensemble":1}]`, "model_malformed: it is JSON; " + saveText},
		{"no weight", `{"ensemble":1,"combine":"sum","parts":[{"weight":1,"model":""},{"model":""}]}`, "model_malformed: file of several models: parts[1] has no weight, which a sum needs"},
		{"a weight of a mean", `{"ensemble":1,"combine":"mean","parts":[{"weight":1,"model":""}]}`, "model_malformed: file of several models: parts[0] has a weight, which a mean does not take"},
		{"a weight beyond all numbers", `{"ensemble":1,"combine":"sum","parts":[{"weight":1e999,"model":""}]}`, "model_malformed: file of several models: a value that a number cannot hold, at byte 54"},
		{"a weight of text", `{"ensemble":1,"combine":"sum","parts":[{"weight":"secret","model":""}]}`, "model_malformed: file of several models: parts[0].weight: a string where a number belongs, at byte 49"},
		{"a part is empty", `{"ensemble":1,"combine":"mean","parts":[{"model":` + one + `},{"model":""}]}`, "model_malformed: parts[1]: line 1: the file is empty; " + saveText},
		{"a part is several models", `{"ensemble":1,"combine":"mean","parts":[{"model":"{\"ensemble\":1}"}]}`, "model_malformed: parts[0]: it is JSON; " + saveText},
		{"a part has several classes", `{"ensemble":1,"combine":"mean","parts":[{"model":` + quoted("multiclass5") + `}]}`, "model_unsupported: parts[0]: header: num_class is 5: a multiclass model has no single prediction"},
		{"with and without names", `{"ensemble":1,"combine":"mean","parts":[{"model":` + one + `},{"model":` + named + `}]}`, "model_unsupported: parts[1]: of this model and parts[0] one has names of its inputs and one has Column_0, Column_1, ...: its inputs cannot be told; train both with names, or both without"},
		{"other numbers of columns", `{"ensemble":1,"combine":"mean","parts":[{"model":` + quoted("huber") + `},{"model":` + one + `}]}`, "model_unsupported: parts[1]: it has 1 inputs without names, parts[0] has 158"},
		{"not UTF-8", "{\"ensemble\":1,\"combine\":\"mean\",\"parts\":[{\"model\":\"\xff\"}]}", "model_malformed: it begins like a file of several models and is not UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load([]byte(c.file))
			require.EqualError(t, err, c.err)
			_, err = LoadAs([]byte(c.file), Evaluator{Name: EvaluatorEnsemble})
			require.EqualError(t, err, c.err)
		})
	}
}

func TestContainerOfWhatCannotBe(t *testing.T) {
	text := []byte("tree")
	for _, c := range []struct {
		name    string
		weights []float64
		texts   [][]byte
		err     string
	}{
		{"no models", nil, nil, "0 models, 1 to 32 are allowed"},
		{"too many models", nil, make([][]byte, 33), "33 models, 1 to 32 are allowed"},
		{"a weight too few", []float64{1}, [][]byte{text, text}, "1 weights for 2 models"},
		{"a weight that is none", []float64{1, math.NaN()}, [][]byte{text, text}, "weight 1 is not finite"},
		{"not UTF-8", nil, [][]byte{text, {0xff}}, "model 1: not UTF-8, which a file of several models is written in"},
		{"too large", nil, [][]byte{make([]byte, MaxBytes/6+1)}, "the models have 67108921 bytes together, the limit is 67108864"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Container(c.weights, c.texts)
			require.EqualError(t, err, c.err)
		})
	}
}

func TestContainerMutations(t *testing.T) {
	short := func(name string) []byte { return takeApart(t, readModel(t, name)).first(1).text() }
	var files [][]byte
	for _, c := range []struct {
		weights []float64
		texts   [][]byte
	}{
		{[]float64{0.5, -2}, [][]byte{small(t).text(), linearModel(t).text()}},
		{nil, [][]byte{short("one_feature"), short("stump_const")}},
		{[]float64{1e-300}, [][]byte{small(t).text()}},
	} {
		file, err := Container(c.weights, c.texts)
		require.NoError(t, err)
		files = append(files, file)
	}
	r := rand.New(rand.NewPCG(158, 13))
	loaded := 0
	const rounds = 2000
	for range rounds {
		file := append([]byte(nil), files[r.IntN(len(files))]...)
		for range 1 + r.IntN(3) {
			file = mutateContainer(r, file, files)
		}
		if loadDamaged(t, file) != nil {
			loaded++
		}
	}
	require.Positive(t, loaded) // a weight or a leaf can change unseen: only a digest tells
	require.Less(t, loaded, rounds/2)
}

// mutateContainer changes one place, half of the time in the JSON around the models.
func mutateContainer(r *rand.Rand, file []byte, others [][]byte) []byte {
	if r.IntN(2) == 0 {
		return mutate(r, file, others)
	}
	tokens := []string{`{`, `}`, `[`, `]`, `,`, `:`, `"`, `"ensemble"`, `"combine"`, `"parts"`, `"weight"`, `"model"`, `null`, `-0`, `1e308`, `1e999`, `"sum"`, `"mean"`, `\`, `\u0000`, `\ud800`}
	at := strings.Index(string(file), `"model"`) + r.IntN(12)
	if r.IntN(2) == 0 {
		at = r.IntN(min(60, len(file)))
	}
	at = min(max(at, 0), len(file))
	token := tokens[r.IntN(len(tokens))]
	end := min(len(file), at+r.IntN(len(token)+1))
	return append(append(file[:at:at], token...), file[end:]...)
}

// All models together may not make a row slow, however few splits each has.
func TestContainersTooDeep(t *testing.T) {
	const leaves = maxLeaves / 2
	text := document{header: small(t).header, trees: []string{chainTree(leaves)}, tail: "end of trees\n"}.text()
	texts := make([][]byte, maxSteps/leaves+1)
	for i := range texts {
		texts[i] = text
	}
	file, err := Container(nil, texts)
	require.NoError(t, err)
	_, err = loadContainer(file, func(_ int, f *forest) (*Model, error) { return &Model{header: f.header}, nil })
	require.ErrorContains(t, err, "model_unsupported: parts[16]: a row may pass 1114112 splits")
}
