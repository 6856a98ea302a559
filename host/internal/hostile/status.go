package hostile

import (
	"fmt"

	"edgesignal/host/release"
)

// statusCases answer with their own errors, which is a rule's right, and with
// what is no status.
func statusCases() []Case {
	text := `(data (i32.const 16) "no weights today") `
	own := func(status int32, detail, before string) Case {
		return passingWith(fmt.Sprintf("own status %d%.8s", status, detail), Outcome{Fault: "status", Status: status, Detail: detail}, guest{
			imports: importLog("$log"), fields: text, construct: before + fmt.Sprintf(`(i32.const %d)`, status),
		})
	}
	say := `(call $log (i32.const 3) (i32.const 16) (i32.const 16)) `
	cases := []Case{
		own(1, "no weights today", say),
		own(2, "rule_construct answered 2 without a message", ""),
		own(7, "no weights today", say+`(call $fill (local.get $n) (local.get $out) (f64.const 0.5)) `),
		own(99, "no weights today", say),
	}
	for _, status := range []int32{100, 255, -1, -2147483648, 2147483647} {
		detail := fmt.Sprintf("answered %d, which is not a status", status)
		for _, export := range []string{"rule_configure", "rule_construct"} {
			g := guest{construct: fmt.Sprintf(`(i32.const %d)`, status)}
			if export == "rule_configure" {
				g = guest{configure: g.construct}
			}
			c := faulty(fmt.Sprintf("%s answers %d", export, status), "status", export+" "+detail, g)
			c.Call.Status, c.Beyond.Status = status, status
			cases = append(cases, c)
		}
	}
	// A rule that does not take its release's own parameters can never answer.
	for _, status := range []int32{1, 99} {
		c := faulty(fmt.Sprintf("rule_configure answers %d", status), "status", "no weights today",
			guest{imports: importLog("$log"), fields: text, configure: say + fmt.Sprintf(`(i32.const %d)`, status)})
		c.Reason = release.RuleABI
		c.Call.Status, c.Beyond.Status = status, status
		cases = append(cases, c)
	}
	return cases
}
