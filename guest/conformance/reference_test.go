package conformance

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"edgesignal/host/rule"
)

// reference returns risk_tilt once more, from its formula alone and on encoding/json.
func reference(in rule.Input) ([]float64, error) {
	gross, longOnly, byRank, problem := referenceParams(in.Params.JSON())
	if problem != "" {
		return nil, own(1, problem)
	}
	n := len(in.Predictions)
	for i, p := range in.Predictions {
		if math.IsNaN(p) || math.IsInf(p, 0) {
			return nil, own(2, fmt.Sprintf("the prediction at position %d is not a finite number", i))
		}
	}
	var usable []int
	for i, v := range in.Columns[0] {
		if v > 0 && !math.IsInf(v, 1) {
			usable = append(usable, i)
		}
	}
	if len(usable) == 0 {
		return nil, own(3, "no symbol has a volatility")
	}
	scores := make([]float64, n)
	for i := range scores {
		if scores[i] = in.Predictions[i]; byRank {
			scores[i] = -in.Ranks[i]
		}
	}
	var above float64
	for _, i := range usable {
		above += scores[i] - scores[usable[0]]
	}
	mean := scores[usable[0]] + above/float64(len(usable))
	weights := make([]float64, n)
	var total float64
	for _, i := range usable {
		if weights[i] = (scores[i] - mean) / in.Columns[0][i]; longOnly && weights[i] < 0 {
			weights[i] = 0
		}
		total += math.Abs(weights[i])
	}
	if math.IsNaN(total) || math.IsInf(total, 0) {
		return nil, own(4, "the weights cannot be scaled: their sum is not finite")
	}
	for _, i := range usable {
		if total > 0 {
			weights[i] = weights[i] / total * gross
		}
	}
	return weights, nil
}

func referenceParams(text json.RawMessage) (gross float64, longOnly, byRank bool, problem string) {
	given := map[string]any{}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &given); err != nil {
			return 0, false, false, err.Error()
		}
	}
	for key, fallback := range map[string]any{"gross": 1.0, "long_only": false, "by": "prediction"} {
		if _, there := given[key]; !there {
			given[key] = fallback
		}
	}
	gross, isNumber := given["gross"].(float64)
	longOnly, isBool := given["long_only"].(bool)
	by, isText := given["by"].(string)
	switch {
	case !isNumber:
		problem = "gross is not a number"
	case gross <= 0 || gross > 2:
		problem = "gross must be above 0 and at most 2"
	case !isBool:
		problem = "long_only is not true or false"
	case !isText:
		problem = "by is not a text"
	case by != "prediction" && by != "rank":
		problem = fmt.Sprintf(`by is "%s", want prediction or rank`, shown(by))
	}
	return gross, longOnly, by == "rank", problem
}

// shown returns a text as the host shows it in a log line.
func shown(s string) string {
	runes := []rune(s)
	for i, r := range runes {
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			runes[i] = ' '
		}
	}
	return string(runes)
}

func own(status int32, message string) error {
	return &rule.Fault{Kind: rule.FaultStatus, Status: status, Detail: message}
}

func TestReferenceConforms(t *testing.T) {
	conforms(t, riskTiltVectors(t), reference)
}

func riskTiltVectors(t *testing.T) Vectors {
	t.Helper()
	v, err := RiskTilt()
	require.NoError(t, err)
	require.NotEmpty(t, v.Cases)
	return v
}

func conforms(t *testing.T, v Vectors, construct Construct) {
	t.Helper()
	for _, c := range v.Cases {
		require.NotEmpty(t, c.Calls, c.Name)
		t.Run(c.Name, func(t *testing.T) { require.NoError(t, c.Run(v.Columns, construct)) })
	}
}
