package gate_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/gate"
	"edgesignal/host/internal/demotest"
	"edgesignal/host/release"
)

// barsFile is a golden file of bars as a test changes it.
type barsFile struct {
	Calendar        []string               `json:"calendar"`
	Symbols         map[string]*barsSymbol `json:"symbols"`
	Instruments     map[string][][]string  `json:"instruments,omitempty"`
	Expected        []*barsDay             `json:"expected"`
	Tolerance       float64                `json:"tolerance"`
	WeightTolerance *float64               `json:"weight_tolerance,omitempty"`
}

type barsSymbol struct {
	First  string                        `json:"first"`
	Fields map[string][]*json.RawMessage `json:"fields"`
}

type barsDay struct {
	Date        string              `json:"date"`
	Predictions map[string]*float64 `json:"predictions,omitempty"`
	Weights     map[string]float64  `json:"weights,omitempty"`
	Params      json.RawMessage     `json:"params,omitempty"`
}

func (f *barsFile) json(t testing.TB) []byte {
	b, err := json.Marshal(map[string]any{"bars": f})
	require.NoError(t, err)
	return b
}

// demoBars returns the demo's bars, with research's predictions of some of its days, the last
// ones first.
func demoBars(t testing.TB, predictions map[string]map[string]float64, days int) *barsFile {
	m := demotest.Market(t)
	f := &barsFile{Symbols: map[string]*barsSymbol{}}
	for _, d := range m.Calendar {
		f.Calendar = append(f.Calendar, d.String())
	}
	for i, s := range m.Series {
		symbol := &barsSymbol{First: m.Calendar[s.First].String(), Fields: map[string][]*json.RawMessage{}}
		for _, field := range []string{"open", "high", "low", "close", "volume", "vwap"} {
			for _, v := range m.Column(i, field).Values {
				var cell *json.RawMessage
				if v == v {
					cell = new(json.RawMessage(strconv.FormatFloat(float64(v), 'g', -1, 32)))
				}
				symbol.Fields[field] = append(symbol.Fields[field], cell)
			}
		}
		f.Symbols[s.Symbol] = symbol
	}
	dates := slices.Sorted(maps.Keys(predictions))
	for _, date := range dates[len(dates)-days:] {
		day := &barsDay{Date: date, Predictions: map[string]*float64{}}
		for symbol, p := range predictions[date] {
			day.Predictions[symbol] = new(p)
		}
		f.Expected = append(f.Expected, day)
	}
	return f
}

// withGolden returns a candidate with a golden file.
func withGolden(c gate.Candidate, golden []byte) gate.Candidate {
	c.Golden, c.Manifest.GoldenSHA256 = golden, release.Sum(golden)
	return c
}

func symbols(t testing.TB) []string { return demotest.Market(t).Symbols() }

// What research has for bars is what the gate computes from them, to the bit: feature sets of
// both research runs, and the built-in one.
func TestGoldenBars(t *testing.T) {
	candidates := map[string]struct {
		c           gate.Candidate
		predictions map[string]map[string]float64
	}{"alpha158": {good(t), demotest.Predictions(t, "v1.0.0")}}
	for _, name := range []string{"robust", "custom"} {
		r := demotest.Researched(t, name)
		c := candidates[name]
		c.c, c.predictions = demotest.Candidate(t, r.Features, r.Model), r.Predictions
		candidates[name] = c
	}
	for name, tc := range candidates {
		t.Run(name, func(t *testing.T) {
			f := demoBars(t, tc.predictions, 3)
			n := 0
			for _, d := range f.Expected {
				d.Params = json.RawMessage(`{"top_n":2,"bottom_n":1}`)
				d.Weights = demotest.TopBottom(symbols(t), tc.predictions[d.Date], 2, 1)
				maps.DeleteFunc(d.Weights, func(_ string, w float64) bool { return w == 0 })
				require.Len(t, d.Weights, 3)
				n += len(d.Predictions)
			}
			v, err := (&gate.Child{}).Check(t.Context(), gate.Job{Candidate: withGolden(tc.c, f.json(t))})
			require.NoError(t, err)
			g := v.Report.Golden
			require.Equal(t, &gate.GoldenReport{Predictions: n, Portfolios: 3, Fuel: g.Fuel}, g, "and not one bit is off")
		})
	}
}

// What lies between bars and weights and is wrong is found, and named by symbol and day.
func TestGoldenBarsFindWhatIsWrong(t *testing.T) {
	r := demotest.Researched(t, "robust")
	mismatch := `[A-Z]+ on 20..-..-.. is predicted -?[0-9.e-]+, expected -?[0-9.e-]+ \(tolerance 0\)`
	for _, tc := range []struct {
		name    string
		change  func(f *barsFile, c *gate.Candidate)
		details string // a regular expression
	}{
		{"another state of a processor", func(_ *barsFile, c *gate.Candidate) {
			means := regexp.MustCompile(`("(?:STD|MA|ROC|BETA)[0-9]+": ?)([0-9.]+)`) // 2.5 for 0.5, and so on
			c.Features = means.ReplaceAll(c.Features, []byte("${1}2$2"))
			c.Manifest.FeatureSetSHA256 = release.Sum(c.Features)
		}, mismatch},
		{"no processors", func(_ *barsFile, c *gate.Candidate) {
			var set map[string]any
			require.NoError(t, json.Unmarshal(c.Features, &set))
			delete(set, "processors")
			c.Features, _ = json.Marshal(set)
			c.Manifest.FeatureSetSHA256 = release.Sum(c.Features)
		}, mismatch},
		{"bars before a split", func(f *barsFile, _ *gate.Candidate) {
			for _, s := range f.Symbols {
				for _, field := range []string{"open", "high", "low", "close", "vwap"} {
					for i, v := range s.Fields[field] {
						if v == nil || i > len(s.Fields[field])-30 {
							continue
						}
						price, err := strconv.ParseFloat(string(*v), 64)
						require.NoError(t, err)
						s.Fields[field][i] = new(json.RawMessage(strconv.FormatFloat(2*price, 'g', -1, 32)))
					}
				}
			}
		}, mismatch},
		{"a day later", func(f *barsFile, _ *gate.Candidate) {
			for i := len(f.Expected) - 1; i > 0; i-- {
				f.Expected[i].Predictions = f.Expected[i-1].Predictions
			}
		}, mismatch},
		{"a weight too much", func(f *barsFile, _ *gate.Candidate) {
			f.Expected[0].Weights = map[string]float64{"AAPL": 0.25}
		}, `the weight of [A-Z]+ on 20..-..-.. is -?[0-9.e-]+, expected -?[0-9.e-]+ \(tolerance 1e-12\)`},
		{"a prediction where there must be none", func(f *barsFile, _ *gate.Candidate) {
			f.Expected[1].Predictions["MSFT"] = nil
		}, `MSFT on 20..-..-.. is predicted .*, expected to have no prediction`},
		{"none where there is no bar", func(f *barsFile, _ *gate.Candidate) {
			for field, values := range f.Symbols["MSFT"].Fields {
				f.Symbols["MSFT"].Fields[field] = values[:len(values)-1]
			}
		}, `MSFT on 20..-..-.. has no prediction \(no_bar\), expected`},
		{"a universe that the release does not name, without a symbol", func(f *barsFile, _ *gate.Candidate) {
			f.Instruments = map[string][][]string{"AAPL": {{f.Calendar[0], f.Calendar[len(f.Calendar)-1]}}}
		}, `[A-Z]+ on 20..-..-.. has no prediction \(not_in_universe\), expected`},
		{"a field is missing", func(f *barsFile, _ *gate.Candidate) {
			for _, s := range f.Symbols {
				delete(s.Fields, "open")
			}
		}, mismatch},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := demotest.Candidate(t, slices.Clone(r.Features), r.Model)
			f := demoBars(t, r.Predictions, 2)
			tc.change(f, &c)
			_, err := check(t, withGolden(c, f.json(t)))
			var refused *release.Rejection
			require.ErrorAs(t, err, &refused)
			require.Equal(t, release.GoldenMismatch, refused.Reason)
			require.Regexp(t, "^golden file: bars: "+tc.details, refused.Detail)
		})
	}
}

// The universe of a release by its name is what the file says; without a word, all of it.
func TestGoldenBarsOfANamedUniverse(t *testing.T) {
	r := demotest.Researched(t, "custom")
	features := regexp.MustCompile(`"universe": ?"all"`).ReplaceAll(r.Features, []byte(`"universe": "liquid"`))
	require.NotEqual(t, r.Features, features)
	c := demotest.Candidate(t, features, r.Model)
	f := demoBars(t, r.Predictions, 2)
	_, err := check(t, withGolden(c, f.json(t)))
	require.NoError(t, err)

	f.Instruments = map[string][][]string{}
	for _, symbol := range symbols(t) {
		f.Instruments[symbol] = [][]string{{f.Calendar[0], f.Calendar[len(f.Calendar)-1]}}
	}
	f.Instruments["MSFT"][0][1] = f.Expected[0].Date
	f.Expected[1].Predictions["MSFT"] = nil
	_, err = check(t, withGolden(c, f.json(t)))
	require.NoError(t, err)
}

func TestMalformedGoldenBars(t *testing.T) {
	const symbol = `"symbols":{"AAA":{"first":"2024-01-02","fields":{"close":[1,2]}}}`
	const expected = `"expected":[{"date":"2024-01-03","predictions":{"AAA":0}}]`
	for _, tc := range []struct{ name, bars, detail string }{
		{"no calendar", symbol + `,` + expected, "calendar has 0 days, 1 to 20000 are allowed"},
		{"no day", `"calendar":["secret"],` + symbol + `,` + expected, "calendar[0] is no day in the form YYYY-MM-DD from 1900-01-01 to 2199-12-31"},
		{"not ascending", `"calendar":["2024-01-03","2024-01-02"],` + symbol + `,` + expected, "calendar[1] does not come after the day before it"},
		{"no symbols", `"calendar":["2024-01-02"],"expected":[{"date":"2024-01-02","weights":{}}]`, "symbols has 0 symbols, 1 to 1000 are allowed"},
		{"nothing expected", `"calendar":["2024-01-02","2024-01-03"],` + symbol, "expected has 0 days for 1 symbols, at least one and at most 20000 predictions are allowed"},
		{"a day that checks nothing", `"calendar":["2024-01-02","2024-01-03"],` + symbol + `,"expected":[{"date":"2024-01-03"}]`, "expected[0] checks nothing"},
		{"an unknown symbol", `"calendar":["2024-01-02","2024-01-03"],` + symbol + `,"expected":[{"date":"2024-01-03","predictions":{"SECRET":0}}]`, "expected[0].predictions names a symbol that symbols does not have"},
		{"a day off the calendar", `"calendar":["2024-01-02","2024-01-03"],` + symbol + `,"expected":[{"date":"2024-01-04","predictions":{"AAA":0}}]`, "expected[0].date is no day of the calendar"},
		{"more values than days", `"calendar":["2024-01-02"],` + symbol + `,` + expected, "symbols, AAA: 2 values from day 0 of a calendar of 1 days on"},
		{"columns of different lengths", `"calendar":["2024-01-02","2024-01-03"],"symbols":{"AAA":{"first":"2024-01-02","fields":{"close":[1,2],"open":[1]}}},` + expected, "symbols, AAA: its fields have different numbers of values"},
		{"a value beyond a float32", `"calendar":["2024-01-02","2024-01-03"],"symbols":{"AAA":{"first":"2024-01-02","fields":{"close":[1,1e39]}}},` + expected, "symbols, AAA: value 1 of one of its fields is beyond a float32"},
		{"a name in lower case", `"calendar":["2024-01-02","2024-01-03"],"symbols":{"aaa":{"first":"2024-01-02","fields":{"close":[1,2]}}},"expected":[{"date":"2024-01-03","predictions":{"aaa":0}}]`, "symbols, one of them: its name is no symbol in upper case"},
		{"no bar at all", `"calendar":["2024-01-02","2024-01-03"],"symbols":{"AAA":{"first":"2024-01-02","fields":{"close":[null,null]}}},` + expected, "symbols: it has no value of open, high, low, close, volume, vwap"},
		{"an unknown key", `"calender":[]`, "bars: unknown field, at byte 20"},
		{"a negative tolerance", `"calendar":[],"tolerance":-1`, "a tolerance is below 0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := check(t, withGolden(good(t), []byte(`{"bars":{`+tc.bars+`}}`)))
			var refused *release.Rejection
			require.ErrorAs(t, err, &refused)
			require.Equal(t, release.GoldenMismatch, refused.Reason)
			require.Contains(t, refused.Detail, tc.detail)
			require.NotContains(t, refused.Detail, "secret")
			require.NotContains(t, refused.Detail, "SECRET")
		})
	}
}

// Whatever stands in the bars, the gate says so or checks them.
func TestMutatedGoldenBars(t *testing.T) {
	c := demotest.Candidate(t, []byte(`{"feature_set":1,"fields":[{"name":"A","expression":"Mean($close,2)/$close"},{"name":"B","expression":"$factor"}]}`),
		[]byte(barsModel))
	const file = `{"bars":{"calendar":["2024-01-02","2024-01-03","2024-01-04"],"symbols":{"AAA":{"first":"2024-01-02","fields":{"close":[1,2,3],"factor":[1,null,1]}},` +
		`"BBB":{"first":"2024-01-03","fields":{"close":[null,2],"factor":[2,2]}}},"instruments":{"AAA":[["2024-01-02","2024-01-04"]],"BBB":[["2024-01-02","2024-01-04"]]},` +
		`"expected":[{"date":"2024-01-04","predictions":{"AAA":1,"BBB":1},"weights":{"AAA":0},"params":{"top_n":1}}],"tolerance":10,"weight_tolerance":2}}`
	_, err := check(t, withGolden(c, []byte(file)))
	require.NoError(t, err)
	tokens := []string{`null`, `1e39`, `-1`, `[]`, `{}`, `"2024-01-04"`, `"AAA"`, `"BBB"`, `"close"`, `,`, `:`, `[`, `}`, `0`, `"2199-12-31"`, `[1,2,3]`}
	r := rand.New(rand.NewPCG(158, 14))
	passed := 0
	for range 400 {
		b := []byte(file)
		for range 1 + r.IntN(2) {
			at := r.IntN(len(b))
			token := tokens[r.IntN(len(tokens))]
			b = slices.Concat(b[:at], []byte(token), b[min(len(b), at+r.IntN(len(token)+1)):])
		}
		_, err := check(t, withGolden(c, b))
		if err == nil {
			passed++
			continue
		}
		var refused *release.Rejection
		require.ErrorAs(t, err, &refused, "%s", b)
		require.Equal(t, release.GoldenMismatch, refused.Reason)
	}
	require.Less(t, passed, 200)
}

// barsModel has two inputs and one split.
const barsModel = "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=1\nobjective=regression\nfeature_names=A B\nfeature_infos=[0:1] [0:1]\ntree_sizes=150\n\n" +
	"Tree=0\nnum_leaves=2\nnum_cat=0\nsplit_feature=0\nthreshold=0.9\ndecision_type=2\nleft_child=-1\nright_child=-2\nleaf_value=0.5 1.5\nis_linear=0\nshrinkage=1\n\n\nend of trees\n"
