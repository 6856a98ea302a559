package feature

import "strings"

// Suggest returns "; is it <name>?" with the known name that is closest to one
// that is not known, and nothing when none is close.
func Suggest(name string, known []string) string {
	best, nearest := len([]rune(name))/2+1, ""
	for _, k := range known {
		if strings.EqualFold(name, k) {
			return "; is it " + shown(k) + "?"
		}
		if d := distance(name, k, best); d < best {
			best, nearest = d, k
		}
	}
	if nearest == "" {
		return ""
	}
	return "; is it " + shown(nearest) + "?"
}

// distance returns how many letters have to be changed, added or taken away; most
// where the lengths alone say that it is no less. Source: Levenshtein.
func distance(a, b string, most int) int {
	x, y := []rune(a), []rune(b)
	if d := len(x) - len(y); d >= most || -d >= most {
		return most
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		left := row[0]
		row[0] = i + 1
		for j, s := range y {
			d := left
			if r != s {
				d++
			}
			left = row[j+1]
			row[j+1] = min(d, row[j]+1, left+1)
		}
	}
	return row[len(y)]
}
