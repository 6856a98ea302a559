package rules_test

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/guest/rules"
	"edgesignal/host/rule"
)

// limit is what a schema says about one parameter.
type limit struct {
	Type        string
	Minimum     *float64
	Maximum     *float64
	MultipleOf  float64 `json:"multipleOf"`
	Default     json.RawMessage
	Description string
}

func limits(t *testing.T, m *rule.Module) map[string]limit {
	t.Helper()
	var schema struct {
		Type                 string
		Properties           map[string]limit
		AdditionalProperties *bool `json:"additionalProperties"`
	}
	require.NoError(t, json.Unmarshal(m.Meta().Params, &schema))
	require.Equal(t, "object", schema.Type)
	require.NotNil(t, schema.AdditionalProperties)
	require.False(t, *schema.AdditionalProperties)
	return schema.Properties
}

// sectionIDs returns the numbers of a module's sections, in their order.
func sectionIDs(t *testing.T, wasm []byte) []byte {
	t.Helper()
	var ids []byte
	for rest := wasm[8:]; len(rest) > 0; {
		size, n := binary.Uvarint(rest[1:])
		require.Positive(t, n)
		ids = append(ids, rest[0])
		rest = rest[1+n+int(size):]
	}
	return ids
}

func TestMetadata(t *testing.T) {
	columns := map[string][]string{
		rules.InverseVolatility: {"volatility_20d"}, rules.SectorNeutral: {"sector"},
		rules.NoTradeBand: {"previous_weight"}, rules.TurnoverLimited: {"previous_weight"},
	}
	for _, name := range rules.Names() {
		t.Run(name, func(t *testing.T) {
			m := module(t, name)
			meta := m.Meta()
			require.Equal(t, name, meta.Name)
			require.Equal(t, "1.0.0", meta.Version)
			require.NotEmpty(t, meta.Description)
			require.ElementsMatch(t, columns[name], meta.Columns)
			require.ElementsMatch(t, parameterNames[name], slices.Collect(keys(limits(t, m))))
			wasm, _ := rules.Stock(name)
			require.Less(t, len(wasm), 6<<10)
			require.NotContains(t, sectionIDs(t, wasm), byte(2), "an import section")
		})
	}
}

// A parameter that is left out has the value that the schema names.
func TestDefaults(t *testing.T) {
	in := input{predictions: shape(50, shapes[3].at), columns: largeColumns(50)}
	for _, name := range rules.Names() {
		t.Run(name, func(t *testing.T) {
			m := module(t, name)
			in.params = ""
			want, err := construct(m, in)
			require.NoError(t, err)
			all := map[string]json.RawMessage{}
			for parameter, l := range limits(t, m) {
				require.NotEmpty(t, l.Default, parameter)
				all[parameter] = l.Default
			}
			text, err := json.Marshal(all)
			require.NoError(t, err)
			in.params = string(text)
			got, err := construct(m, in)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

// The schema and the rule agree on the ends of each range, and beyond them
// both refuse: the rule, too, should it ever get there.
func TestRanges(t *testing.T) {
	in := input{predictions: []float64{3, 2, 1}, columns: columnsOf([]float64{1, 1, 1}, []float64{1, 1, 1}, []float64{0, 0, 0})}
	for _, name := range rules.Names() {
		m := module(t, name)
		for parameter, l := range limits(t, m) {
			if l.Type == "boolean" {
				continue
			}
			t.Run(name+"/"+parameter, func(t *testing.T) {
				step := l.MultipleOf
				if l.Type == "integer" {
					step = 1
				}
				require.NotZero(t, step)
				for _, v := range []float64{*l.Minimum, *l.Maximum, *l.Minimum + step, *l.Maximum - step} {
					in.params = one(t, parameter, v)
					_, err := construct(m, in)
					require.NoError(t, err, in.params)
				}
				for _, v := range []float64{*l.Minimum - step, *l.Maximum + step} {
					in.params = one(t, parameter, v)
					requireRefused(t, m, in)
				}
			})
		}
	}
}

// one returns an object of one number with at most six decimals.
func one(t *testing.T, parameter string, v float64) string {
	t.Helper()
	text, err := json.Marshal(map[string]float64{parameter: math.Round(v*1e6) / 1e6})
	require.NoError(t, err)
	return string(text)
}

func requireRefused(t *testing.T, m *rule.Module, in input) {
	t.Helper()
	_, err := construct(m, in)
	var refused *rule.ParamsError
	require.ErrorAs(t, err, &refused, in.params)
	requireStatus(t, constructUnchecked(m, in), 1)
}

func TestParams(t *testing.T) {
	tests := []struct {
		name, rule, params string
		want               []float64 // nil = refused, by the schema and by the rule
	}{
		{"as written by hand", rules.RankWeighted, "{ \"gross\" :\t1.50e0 ,\n\"long_only\": false }", []float64{0.75, -0.75}},
		{"the default gross of a book that is long only is 1", rules.RankWeighted, `{"long_only":true}`, []float64{1, 0}},
		{"gross and long only", rules.RankWeighted, `{"gross":0.6,"long_only":true}`, []float64{0.6, 0}},
		{"six decimals", rules.RankWeighted, `{"gross":1.000002}`, []float64{0.500001, -0.500001}},
		{"minus zero", rules.SectorNeutral, `{"gross":-0.0}`, []float64{0, 0}},
		{"a cap of a millionth", rules.Capped, `{"max_weight":0.000001}`, []float64{0.000001, -0.000001}},
		{"a cap with an exponent", rules.Capped, `{"max_weight":2e-1}`, []float64{0.2, -0.2}},
		{"a fraction of zero", rules.NoTradeBand, `{"top_n":2.0,"bottom_n":0}`, []float64{0.5, 0.5}},
		{"no leg", rules.TurnoverLimited, `{"top_n":0,"bottom_n":0}`, []float64{0, 0}},

		{"a flag that is a number", rules.RankWeighted, `{"long_only":1}`, nil},
		{"a flag that is a text", rules.RankWeighted, `{"long_only":"true"}`, nil},
		{"a flag that is null", rules.Capped, `{"long_only":null}`, nil},
		{"a number that is a text", rules.Capped, `{"max_weight":"0.1"}`, nil},
		{"a number that is a flag", rules.ZScoreWeighted, `{"clip":true}`, nil},
		{"a number that is null", rules.SectorNeutral, `{"gross":null}`, nil},
		{"half a symbol", rules.InverseVolatility, `{"top_n":1.5}`, nil},
		{"a list", rules.TurnoverLimited, `{"max_turnover":[0.3]}`, nil},
		{"17 digits", rules.TurnoverLimited, `{"max_turnover":0.30000000000000004}`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := module(t, tt.rule)
			in := input{predictions: []float64{2, 1}, columns: columnsOf([]float64{1, 1}, []float64{1, 1}, []float64{0, 0}), params: tt.params}
			if tt.want == nil {
				requireRefused(t, m, in)
				return
			}
			got, err := construct(m, in)
			require.NoError(t, err)
			requireWeights(t, tt.want, got)
		})
	}
}

// What only the schema can see: names that no rule has, and more decimals than
// a parameter may have.
func TestSchemaAloneRefuses(t *testing.T) {
	tests := []struct{ name, rule, params, field string }{
		{"a misspelt name", rules.RankWeighted, `{"longonly":true}`, "longonly"},
		{"long_only where no leg can be left out", rules.SectorNeutral, `{"long_only":true}`, "long_only"},
		{"another rule's parameter", rules.Capped, `{"top_n":3}`, "top_n"},
		{"seven decimals", rules.NoTradeBand, `{"band":0.0200001}`, "band"},
		{"a fourteenth as a double", rules.Capped, `{"max_weight":0.07142857142857142}`, "max_weight"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := module(t, tt.rule)
			params, err := rule.ParseParams([]byte(tt.params))
			require.NoError(t, err)
			_, err = m.Accept(params)
			var refused *rule.ParamsError
			require.ErrorAs(t, err, &refused)
			require.Equal(t, tt.field, refused.Fields[0].Field)
		})
	}
}

// A test of what all other tests stand on: both sides know the same rules.
func TestEveryRuleHasAReference(t *testing.T) {
	require.ElementsMatch(t, rules.Names(), slices.Collect(keys(references)))
	require.ElementsMatch(t, rules.Names(), slices.Collect(keys(parameterNames)))
}
