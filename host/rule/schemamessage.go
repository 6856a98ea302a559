package rule

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"edgesignal/host/decimal"
	"edgesignal/host/text"
)

// schemaMessage returns what a leaf of a validation says. Numbers stand in it as
// a request may have them: the library writes a million as 1×10⁰⁶, and 10000
// with a comma.
func schemaMessage(v *jsonschema.ValidationError) string {
	message := ""
	limit := func(got, want string) {
		message = fmt.Sprintf("%s: got %s, want %s", v.ErrorKind.KeywordPath()[0], got, want)
	}
	numbers := func(got, want *big.Rat) { limit(number(got), number(want)) }
	counts := func(got, want int) { limit(fmt.Sprint(got), fmt.Sprint(want)) }
	switch k := v.ErrorKind.(type) {
	case *kind.Minimum:
		numbers(k.Got, k.Want)
	case *kind.Maximum:
		numbers(k.Got, k.Want)
	case *kind.ExclusiveMinimum:
		numbers(k.Got, k.Want)
	case *kind.ExclusiveMaximum:
		numbers(k.Got, k.Want)
	case *kind.MultipleOf:
		numbers(k.Got, k.Want)
	case *kind.MinLength:
		counts(k.Got, k.Want)
	case *kind.MaxLength:
		counts(k.Got, k.Want)
	case *kind.MinItems:
		counts(k.Got, k.Want)
	case *kind.MaxItems:
		counts(k.Got, k.Want)
	case *kind.MinProperties:
		counts(k.Got, k.Want)
	case *kind.MaxProperties:
		counts(k.Got, k.Want)
	case *kind.Const:
		message = oneOf([]any{k.Want})
	case *kind.Enum:
		message = oneOf(k.Want)
	default:
		message = v.BasicOutput().Error.String()
	}
	return text.Clip(message, maxMessage)
}

func number(r *big.Rat) string {
	v, _ := r.Float64()
	return string(decimal.Append(nil, v))
}

func oneOf(values []any) string {
	texts := make([]string, len(values))
	for i, v := range values {
		// Values of a schema that was read as JSON: each can be written again.
		b, _ := json.Marshal(v)
		texts[i] = string(b)
	}
	if len(texts) == 1 {
		return "must be " + texts[0]
	}
	return "must be one of " + strings.Join(texts, ", ")
}
