package hostile

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
)

// FeatureSet is a feature set's file that a release should not have.
type FeatureSet struct {
	Name string
	Text []byte
}

// tokens are what is replaced in a feature set's file: its texts, numbers and words.
var tokens = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null`)

// FeatureSets returns a good feature set's file with one place changed each: texts,
// numbers and words replaced by ones that do not belong there, bytes that flip, parts that are gone or
// there twice, and expressions that a host would never finish. Some still are good feature
// sets.
func FeatureSets(good []byte) []FeatureSet {
	var all []FeatureSet
	add := func(name, text string) { all = append(all, FeatureSet{name, []byte(text)}) }
	text := string(good)
	places := tokens.FindAllStringIndex(text, -1)
	random := rand.New(rand.NewPCG(13, 158))
	deep := strings.Repeat("[", 100_000)
	instead := []string{
		`""`, `null`, `-1`, `1e999`, `"nan"`, `"\u0000"`, `"$close<$open<$high"`, `"Ref($close,-1)"`, `"Mean($close,999999999)"`, `[]`, `{}`, `[{}]`, deep,
		`"` + strings.Repeat("(", 5000) + `"`, `"` + strings.Repeat("Abs(", 2000) + "$close" + strings.Repeat(")", 2000) + `"`,
		`"Mean($close,1000000)+Mad($close,1000000)"`, `"9**9**9**9*$close"`, `"` + strings.Repeat("$close+", 3000) + `$close"`, `"EMA($close,0)+Med($close,0)"`,
	}
	// The first places are the members; the states of hundreds of columns are all alike.
	for i, with := range instead {
		for k := range 8 {
			at := places[(k*7+i)%min(len(places), 40)]
			if k >= 5 {
				at = places[random.IntN(len(places))]
			}
			add(fmt.Sprintf("%.20s at byte %d", with, at[0]), text[:at[0]]+with+text[at[1]:])
		}
	}
	for range 60 {
		flipped, at := []byte(text), random.IntN(len(text))
		flipped[at] ^= 1 << random.IntN(8)
		add(fmt.Sprintf("byte %d flipped", at), string(flipped))
	}
	for range 30 {
		from := random.IntN(len(text))
		to := min(len(text), from+1+random.IntN(200))
		add(fmt.Sprintf("without bytes %d to %d", from, to), text[:from]+text[to:])
		add(fmt.Sprintf("bytes %d to %d twice", from, to), text[:to]+text[from:])
	}
	for _, cut := range []int{0, 1, len(text) / 3, len(text) - 2} {
		add(fmt.Sprintf("cut after byte %d", cut), text[:cut])
	}
	add("with text after it", text+"{}")
	add("of another encoding", "\xff\xfe"+text)
	add("that is too large", text+strings.Repeat(" ", 1<<20))
	add("with 100,000 fields", `{"feature_set":1,"fields":[`+strings.Repeat(`{"name":"A","expression":"$close"},`, 20_000)+`{}]}`)
	return all
}
