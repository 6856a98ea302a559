package processor

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

const zscore = `[{"class":"ZScoreNorm","kwargs":{"fields_group":"feature"},"state":{"mean_train":{"A":0.5,"B":"nan"},"std_train":{"A":1e-3,"B":"-inf"}}}]`

func TestParse(t *testing.T) {
	specs, err := Parse(` ` + zscore)
	require.NoError(t, err)
	require.Equal(t, "ZScoreNorm", specs[0].Class)
	require.Equal(t, []string{"feature"}, specs[0].Groups)
	require.Equal(t, Fitted{0.5, 0.5}, specs[0].State["mean_train"]["A"])
	require.Equal(t, Fitted{1e-3, 1e-3}, specs[0].State["std_train"]["A"])
	require.True(t, math.IsNaN(specs[0].State["mean_train"]["B"].F64))
	require.True(t, math.IsInf(float64(specs[0].State["std_train"]["B"].F32), -1))

	for list, want := range map[string]Spec{
		`[{"class":"Fillna"}]`: {Class: "Fillna"},
		`[{"class":"Fillna","kwargs":{"fields_group":null,"fill_value":-1.5}}]`:                                                                                     {Class: "Fillna", Fill: -1.5},
		`[{"class":"Fillna","kwargs":{"fields_group":["feature","label"]}}]`:                                                                                        {Class: "Fillna", Groups: []string{"feature", "label"}},
		`[{"class":"CSZScoreNorm","kwargs":{"method":"robust"},"state":{}}]`:                                                                                        {Class: "CSZScoreNorm", Robust: true},
		`[{"class":"FilterCol","kwargs":{"col_list":["A","B"]}}]`:                                                                                                   {Class: "FilterCol", Groups: []string{"feature"}, Names: []string{"A", "B"}},
		`[{"class":"RobustZScoreNorm","kwargs":{"clip_outlier":false,"fit_start_time":"2008-01-01","fit_end_time":null},"state":{"mean_train":{},"std_train":{}}}]`: {Class: "RobustZScoreNorm"},
	} {
		specs, err := Parse(list)
		require.NoError(t, err, list)
		got := specs[0]
		require.Equal(t, want.Class, got.Class)
		require.Equal(t, want.Groups, got.Groups, list)
		require.Equal(t, want.Names, got.Names)
		require.Equal(t, []any{want.Fill, want.Robust, want.Class != "RobustZScoreNorm"}, []any{got.Fill, got.Robust, got.Clip})
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ name, list, err string }{
		{"no list", `{}`, "processors: a list is expected"},
		{"no object", `[1]`, "processors[0]: an object is expected"},
		{"unknown member", `[{"class":"Fillna","arguments":{}}]`, `processors[0]: unknown member "arguments"`},
		{"member twice", `[{"class":"Fillna","class":"Fillna"}]`, `processors[0]: "class" is there twice`},
		{"no class", `[{"kwargs":{}}]`, "processors[0].class: a string is expected"},
		{"unknown class", `[{"class":"Fillna"},{"class":"MyNorm"}]`, `processors[1].class: unknown processor "MyNorm"`},
		{"a class that is no name", `[{"class":"root:x:0\u001b["}]`, "processors[0].class: unknown processor (a name of other than letters"},
		{"for training", `[{"class":"DropnaLabel"}]`, "DropnaLabel cannot be served: it is for training alone"},
		{"unknown argument", `[{"class":"Fillna","kwargs":{"fill":0}}]`, `processors[0] (Fillna).kwargs: unknown argument "fill"`},
		{"argument of another class", `[{"class":"TanhProcess","kwargs":{"fields_group":null}}]`, "(TanhProcess).kwargs: unknown argument"},
		{"argument twice", `[{"class":"Fillna","kwargs":{"fill_value":0,"fill_value":1}}]`, `"fill_value" is there twice`},
		{"group is a number", `[{"class":"Fillna","kwargs":{"fields_group":1}}]`, "(Fillna).kwargs.fields_group: a string is expected"},
		{"group is a list", `[{"class":"CSRankNorm","kwargs":{"fields_group":["feature"]}}]`, "(CSRankNorm).kwargs.fields_group: a string is expected"},
		{"group twice", `[{"class":"Fillna","kwargs":{"fields_group":["feature","feature"]}}]`, `"feature" is there twice`},
		{"value is a string", `[{"class":"Fillna","kwargs":{"fill_value":"0"}}]`, "(Fillna).kwargs.fill_value: a number is expected"},
		{"clip is a number", `[{"class":"RobustZScoreNorm","kwargs":{"clip_outlier":1}}]`, "true or false is expected"},
		{"another method", `[{"class":"CSZScoreNorm","kwargs":{"method":"rank"}}]`, `"zscore" or "robust" is expected`},
		{"list is a string", `[{"class":"DropCol","kwargs":{"col_list":"A"}}]`, "(DropCol).kwargs.col_list: a list of names is expected"},
		{"no state", `[{"class":"ZScoreNorm"}]`, "processors[0] (ZScoreNorm).state: mean_train is missing"},
		{"half a state", `[{"class":"MinMaxNorm","state":{"min_val":{}}}]`, "processors[0] (MinMaxNorm).state: max_val is missing"},
		{"state of another class", `[{"class":"Fillna","state":{"mean_train":{}}}]`, `(Fillna).state: unknown member "mean_train"`},
		{"state is null", `[{"class":"ZScoreNorm","state":{"mean_train":null,"std_train":{}}}]`, "(ZScoreNorm).state.mean_train: an object is expected"},
		{"number is null", `[{"class":"ZScoreNorm","state":{"mean_train":{"A":null},"std_train":{}}}]`, `.state.mean_train: column "A": a number is expected`},
		{"number is too large", `[{"class":"ZScoreNorm","state":{"mean_train":{"A":1e39},"std_train":{}}}]`, `column "A": the number is too large`},
		{"column twice", `[{"class":"ZScoreNorm","state":{"mean_train":{"A":1,"A":2},"std_train":{}}}]`, `(ZScoreNorm).state.mean_train: "A" is there twice`},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.True(t, json.Valid([]byte(c.list)))
			_, err := Parse(c.list)
			require.ErrorContains(t, err, c.err)
			require.NotContains(t, err.Error(), "root")
		})
	}
	tooMany := "["
	for range most {
		tooMany += `{"class":"Fillna"},`
	}
	_, err := Parse(tooMany + `{"class":"Fillna"}]`)
	require.ErrorContains(t, err, "processors: more than 64")
}

func TestCompileNamesWhatIsMissing(t *testing.T) {
	features := []Label{{"feature", "A"}, {"feature", "C"}}
	for _, c := range []struct{ name, list, err string }{
		{"a column without state", zscore, `processors[0] (ZScoreNorm).state.mean_train: column "C" is missing`},
		{"no column is left", `[{"class":"Fillna"},{"class":"DropCol","kwargs":{"col_list":["A","C"]}}]`, "processors[1] (DropCol): no column is left"},
		{"after others are dropped", `[{"class":"FilterCol","kwargs":{"col_list":["A"]}},` + zscore[1:], ""},
		{"a group that is not there", `[{"class":"ZScoreNorm","kwargs":{"fields_group":"label"},"state":{"mean_train":{},"std_train":{}}}]`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			specs, err := Parse(c.list)
			require.NoError(t, err)
			_, err = Compile(specs, features, false)
			if c.err != "" {
				require.ErrorContains(t, err, c.err)
				return
			}
			require.NoError(t, err)
		})
	}
}

// Whatever is done to a list, it is refused or makes a chain that works.
func TestMutatedLists(t *testing.T) {
	var texts []string
	for _, g := range goldens(t) {
		texts = append(texts, g.spec(t))
	}
	texts = append(texts, zscore)
	labels := []Label{{"feature", "KMID"}, {"feature", "VOLR"}, {"label", "LABEL0"}}
	r := rand.New(rand.NewPCG(158, 13))
	valid, made := 0, 0
	for range 20_000 {
		text := []byte(texts[r.IntN(len(texts))])
		for range 1 + r.IntN(3) {
			i := r.IntN(len(text))
			switch r.IntN(3) {
			case 0:
				text[i] = `{}[],:"0123456789.eE-ntf `[r.IntN(25)]
			case 1:
				text = append(text[:i:i], text[min(len(text), i+1+r.IntN(20)):]...)
			case 2:
				other := texts[r.IntN(len(texts))]
				text = append(text[:i:i], other[r.IntN(len(other)):]...)
			}
			if len(text) == 0 {
				text = []byte("[]")
			}
		}
		if !json.Valid(text) {
			continue
		}
		valid++
		specs, err := Parse(string(text))
		if err != nil {
			continue
		}
		chain, err := Compile(specs, labels, r.IntN(2) == 0)
		if err != nil {
			continue
		}
		made++
		f := NewFrame(labels, [][]float32{{1, 2, float32(math.NaN())}, {0, float32(math.Inf(1)), 3}, {1, 2, 3}})
		require.NoError(t, chain.Apply(f))
		require.Len(t, f.Columns, len(chain.Columns()))
	}
	require.Greater(t, valid, 500)
	require.Greater(t, made, 50)
}
