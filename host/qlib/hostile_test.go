package qlib

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckRefusesTheFile(t *testing.T) {
	for _, tc := range []struct{ name, file, want string }{
		{"empty", "", "it is empty"},
		{"not YAML", "task: [secret\n", "it is not YAML"},
		{"not text", "\xff\xfe", "it is not UTF-8 text"},
		{"a list", "- a\n", "it is not a mapping"},
		{"another file", "a: 1\n", "it has no task"},
		{"two documents", "a: 1\n---\nb: 2\n", "more than one YAML document"},
		{"a template", "market: &market\n  {{ MARKET }}\n", "line 2 has a template"},
		{"a template's statement", "{% set a = 1 %}\n", "line 1 has a template"},
		{"too large", strings.Repeat("#", MaxBytes+1), "the limit of a workflow file is 1048576"},
		{"deep", "a: " + strings.Repeat("[", 200) + strings.Repeat("]", 200), "it nests deeper than 64 levels"},
		{"very deep", strings.Repeat("[", 400_000), "it is not YAML"},
		{"an unknown alias", "task: *secret\n", "it is not YAML"},
		{"loaders without end", "l: &l {class: NestedDataLoader, kwargs: {dataloader_l: [*l, *l, *l, *l, *l, *l, *l, *l]}}\n" +
			workflow(lgb, "{class: DataHandlerLP, module_path: qlib.data.dataset.handler, kwargs: {data_loader: *l}}"), "it has more than 5000 parts"},
		{"many fields", workflow(lgb, fields("{feature: ["+strings.Repeat("a,", 10_001)+"]}")), "it has more than"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Check([]byte(tc.file))
			require.ErrorContains(t, err, tc.want)
			require.NotContains(t, err.Error(), "secret")
		})
	}
}

// Aliases and merges that multiply cost no more than their bytes.
func TestCheckFollowsNoBomb(t *testing.T) {
	var aliases, merges strings.Builder
	fmt.Fprintln(&aliases, "a0: &a0 [x, x, x, x, x, x, x, x, x]")
	fmt.Fprintln(&merges, "m0: &m0 {x: 1}")
	for i := 1; i < 30; i++ {
		fmt.Fprintf(&aliases, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 9), ","))
		fmt.Fprintf(&merges, "m%d: &m%d {<<: [%s]}\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*m%d,", i-1), 100), ","))
	}
	for name, file := range map[string]string{
		"aliases": aliases.String() + workflow(lgb, fields("{feature: *a29}")),
		"merges":  merges.String() + workflow("*m29", "{class: A, kwargs: *m29}"),
		"itself":  "task: &t {<<: *t, model: *t, dataset: *t}\n",
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Check([]byte(file))
			require.NoError(t, err)
			require.NotEqual(t, Yes, r.Servable)
		})
	}
}

func FuzzCheck(f *testing.F) {
	for _, file := range setups(f) {
		f.Add(file)
	}
	f.Add([]byte("task: &t {<<: *t, model: *t, dataset: *t}\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := Check(file)
		if err != nil {
			require.Nil(t, r)
			return
		}
		require.LessOrEqual(t, len(r.Lines), maxLines)
		for _, l := range r.Lines {
			require.NotEmpty(t, l.Part)
			require.NotEmpty(t, l.Why)
			require.Equal(t, l.What, clip(l.What))
		}
	})
}
