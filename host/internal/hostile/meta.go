package hostile

import (
	"encoding/json"
	"fmt"
	"strings"

	"edgesignal/host/release"
)

// metaCases say of themselves what they should not.
func metaCases() []Case {
	abi := func(name, detail, meta string) Case {
		return refused(name, Admission, release.RuleABI, detail, guest{meta: meta})
	}
	with := func(rest string) string { return `{"name":"hostile","version":"1",` + rest + `}` }
	schema := func(text string) string { return with(`"params":` + text) }
	pattern := func(text string) string { return schema(`{"properties":{"x":{"pattern":"` + text + `"}}}`) }
	times := strings.Repeat
	parameters := func(name, detail, meta, params string) Case {
		c := refused(name, Parameters, release.RuleABI, detail, guest{meta: meta})
		c.Params = json.RawMessage(params)
		return c
	}
	var columns []string
	for i := range 31 {
		columns = append(columns, fmt.Sprintf(`"c%d"`, i))
	}
	ordered := schema(`{"type":"object","properties":{"x":{"type":"string","pattern":"^(a+)+$"}}}`)
	patient := passing("pattern that others backtrack over", plain, guest{meta: ordered})
	patient.Params = json.RawMessage(`{"x":"` + times("a", 10_000) + `"}`)

	twice := guest{}.build("rule.meta twice")
	twice = withMeta(twice, plainMeta)

	return []Case{
		abi("no rule.meta", "0 custom sections named rule.meta, want 1", "-"),
		{Name: "rule.meta twice", Wasm: twice, Stage: Admission, Reason: release.RuleABI, Detail: "2 custom sections named rule.meta, want 1"},
		abi("rule.meta over 64 KiB", "at most 65536", with(`"description":"`+times("d", 64<<10)+`"`)),
		malformed("rule.meta over 2 MiB", "at most 2097152 (CustomBytes)", withMeta(guest{}.build("huge rule.meta"), times(" ", 2<<20))),
		abi("rule.meta of white space", "is not the JSON that it should be", times(" ", 1000)),
		abi("rule.meta that is no JSON", "is not the JSON that it should be", "name: hostile"),
		abi("rule.meta null", "null where an object belongs", "null"),
		abi("rule.meta of a list", "is not the JSON that it should be", "[]"),
		abi("rule.meta of 60,000 brackets", "is not the JSON that it should be", schema(times("[", 60_000))),
		abi("rule.meta nested 30,000 deep", "is not the JSON that it should be", schema(times("[", 30_000)+times("]", 30_000))),
		abi("rule.meta and more", "text after the JSON value", plainMeta+plainMeta),
		abi("rule.meta with an unknown key", `unknown field "colums"`, with(`"colums":["close"]`)),
		abi("rule.meta with a key twice", `there twice is the field "name"`, `{"name":"hostile","version":"1","name":"harmless"}`),
		abi("rule.meta with a key in another case", `unknown field "Name"`, `{"Name":"hostile","version":"1"}`),
		abi("rule.meta with null for a version", "version: null where a string belongs", `{"name":"hostile","version":null}`),
		abi("schema with a key twice", `there twice is the field "type"`, schema(`{"type":"object","type":"array"}`)),
		abi("name of another line", "name ", `{"name":"a\n{\"level\":\"ERROR\"}","version":"1"}`),
		abi("name of a path", `name "../../etc/passwd"`, `{"name":"../../etc/passwd","version":"1"}`),
		abi("rule named in no UTF-8", "name ", "{\"name\":\"a\xff\",\"version\":\"1\"}"),
		abi("no version", "version of 0 bytes", `{"name":"hostile"}`),
		abi("description of 5000 bytes", "description of 5000 bytes", with(`"description":"`+times("d", 5000)+`"`)),
		abi("31 columns", "31 columns, at most 30", with(`"columns":[`+strings.Join(columns, ",")+`]`)),
		abi("column twice", "column 1: close is there already", with(`"columns":["close","close"]`)),
		abi("column that is always there", "column 0: prediction is there already", with(`"columns":["prediction"]`)),

		abi("schema that is none", "params: ", schema(`{"type":"integr"}`)),
		abi("schema of a file", "$ref is not allowed", schema(`{"$ref":"file:///etc/passwd"}`)),
		abi("schema of the network", "$ref is not allowed", schema(`{"properties":{"a":{"$ref":"http://169.254.169.254/latest/meta-data"}}}`)),
		abi("schema of itself", "$ref is not allowed", schema(`{"allOf":[{"$ref":"#"},{"$ref":"#"}]}`)),
		abi("schema nested 1000 deep", "nested deeper than 32", schema(times(`{"not":`, 1000)+"true"+times("}", 1000))),
		abi("schema of 10,000 values", "more than 4000 values", schema(`{"enum":[`+times("1,", 10_000)+`1]}`)),
		abi("schema with a number of a million digits", "params: ", schema(`{"multipleOf":1e-999999}`)),
		abi("schema with a number beyond a double", "params: ", schema(`{"maximum":1e999999}`)),
		abi("pattern of 1000 times 1000", "pattern", pattern(`(.{1000}){1000}`)),
		abi("pattern nested 20,000 deep", "pattern of 40001 bytes", pattern(times("(", 20_000)+"a"+times(")", 20_000))),
		abi("pattern of 900 characters each", "more than 500 instructions", pattern(`.{900}`)),
		patient,

		parameters("column that nobody provides", `"sentiment"`, with(`"columns":["sentiment"],"params":{"type":"object"}`), ""),
		parameters("parameter of no rule", "x: is not a parameter of this rule", `{"name":"hostile","version":"1"}`, `{"x":1}`),
		parameters("parameter out of its range", "x: ", schema(`{"type":"object","properties":{"x":{"maximum":1}}}`), `{"x":2}`),
		parameters("parameter that is missing", "x: is missing", schema(`{"type":"object","required":["x"]}`), `{}`),
		parameters("schema that nothing fits", "parameters", schema(`false`), `{}`),
		parameters("parameters of 20,000 bytes", "at most 16384", plainMeta, `{"x":"`+times("a", 20_000)+`"}`),
		parameters("parameters times schema", "pairs to check, at most 250000",
			schema(`{"properties":{"a":{"items":{"allOf":[`+times(`{"type":"string"},`, 1500)+`{}]}}}}`), `{"a":[`+times("0,", 1000)+`0]}`),
	}
}
