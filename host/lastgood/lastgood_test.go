package lastgood_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"edgesignal/host/lastgood"
	"edgesignal/host/release"
)

func sum(first string) string { return first + strings.Repeat("0", 64-len(first)) }

func record(strategy, version string) release.Record {
	at := time.Date(2026, 11, 21, 10, 0, 0, 5e6, time.UTC)
	return release.Record{
		ID: 7, Strategy: strategy, Version: version, ModelPath: "sha256/" + sum("a"), ModelSHA256: sum("a"),
		GoldenPath: "sha256/" + sum("c"), GoldenSHA256: sum("c"), RuleParams: json.RawMessage(`{"top_n":2}`),
		Status: release.Active, CreatedAt: at, ActivatedAt: &at, FeatureSet: "alpha158", Notes: "Grüße",
	}
}

const digest = "sha256:d"

// folder opens dir and returns what it pins.
func folder(t *testing.T, dir string) (k *lastgood.Keeper, damaged []error, pinned *[]string) {
	t.Helper()
	pinned = new([]string)
	k, damaged, err := lastgood.Open(dir, func(sums []string) {
		*pinned = slices.Compact(slices.Sorted(slices.Values(sums)))
	})
	require.NoError(t, err)
	return k, damaged, pinned
}

func TestWhatIsKeptIsThereAfterAStart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "last-good")
	k, damaged, pinned := folder(t, dir)
	require.Empty(t, damaged)
	require.Empty(t, k.All())
	require.Empty(t, *pinned)
	names := []string{"s", "../../etc/passwd", "a/b", "", "ü and ?", strings.Repeat("x", 60), "S"}
	for _, name := range names[:3] {
		require.NoError(t, k.Keep(record(name, "v1"), digest))
	}
	require.NoError(t, k.Keep(record("s", "v2"), digest))
	next := record("ü and ?", "v1")
	next.ModelSHA256, next.GoldenSHA256 = sum("b"), ""
	require.NoError(t, k.Keep(next, digest))
	require.Equal(t, []string{sum("a"), sum("b"), sum("c")}, *pinned)

	k, damaged, pinned = folder(t, dir)
	require.Empty(t, damaged)
	require.Equal(t, []string{sum("a"), sum("b"), sum("c")}, *pinned, "pinned from the start")
	got := map[string]lastgood.Kept{}
	for _, kept := range k.All() {
		got[kept.Record.Strategy] = kept
	}
	require.Len(t, got, 4)
	require.Equal(t, lastgood.Kept{Format: 1, Record: record("s", "v2"), Release: digest}, got["s"])
	require.Equal(t, next, got["ü and ?"].Record)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 4, "a file a strategy, no matter its name")
}

func TestTheSameAgainWritesNothing(t *testing.T) {
	dir := t.TempDir()
	k, _, _ := folder(t, dir)
	require.NoError(t, k.Keep(record("s", "v1"), digest))
	require.NoError(t, os.Remove(filepath.Join(dir, "s-s.json")))
	require.NoError(t, k.Keep(record("s", "v1"), digest))
	require.NoFileExists(t, filepath.Join(dir, "s-s.json"))
	require.NoError(t, k.Keep(record("s", "v1"), digest+"e"))
	require.FileExists(t, filepath.Join(dir, "s-s.json"))
}

func TestDamagedFilesAreNamedAndLeftOut(t *testing.T) {
	whole, err := json.Marshal(lastgood.Kept{Format: 1, Record: record("s", "v1"), Release: digest})
	require.NoError(t, err)
	for _, c := range []struct {
		name string
		text string
		says string
	}{
		{"empty", "", "not readable"},
		{"cut off", string(whole[:len(whole)/2]), "not readable"},
		{"of another format", strings.Replace(string(whole), `"Format":1`, `"Format":2`, 1), "format 2"},
		{"without the model's digest", strings.Replace(string(whole), `"ModelSHA256":"`+sum("a")+`"`, `"ModelSHA256":""`, 1), "incomplete"},
		{"of another strategy", strings.Replace(string(whole), `"Strategy":"s"`, `"Strategy":"t"`, 1), `strategy "t"`},
		{"huge", strings.Repeat(" ", 5<<20) + string(whole), "limit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "s-s.json")
			require.NoError(t, os.WriteFile(file, []byte(c.text), 0o600))
			k, damaged, pinned := folder(t, dir)
			require.Len(t, damaged, 1)
			require.ErrorContains(t, damaged[0], file)
			require.ErrorContains(t, damaged[0], c.says)
			require.Empty(t, k.All())
			require.Empty(t, *pinned)
			require.NoError(t, k.Keep(record("s", "v2"), digest), "and something takes its place")
			k, damaged, _ = folder(t, dir)
			require.Empty(t, damaged)
			require.Len(t, k.All(), 1)
		})
	}
	t.Run("a link elsewhere", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, os.Symlink("/dev/zero", filepath.Join(dir, "s-s.json")))
		_, damaged, _ := folder(t, dir)
		require.Len(t, damaged, 1)
	})
}

func TestWhatCannotBeWrittenKeepsWhatWasThere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "last-good")
	k, _, pinned := folder(t, dir)
	require.NoError(t, k.Keep(record("s", "v1"), digest))
	gone := dir + "-gone"
	require.NoError(t, os.Rename(dir, gone))
	next := record("s", "v2")
	next.ModelSHA256 = sum("b")
	require.ErrorContains(t, k.Keep(next, digest), "strategy s")
	require.Equal(t, []string{sum("a"), sum("c")}, *pinned)
	require.Equal(t, "v1", k.All()[0].Record.Version)
	require.NoError(t, os.Rename(gone, dir))
	require.NoError(t, k.Keep(next, digest))
	require.Equal(t, "v2", k.All()[0].Record.Version)
}

func TestContact(t *testing.T) {
	dir := t.TempDir()
	k, _, _ := folder(t, dir)
	require.Zero(t, k.Seen())
	first := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		name string
		at   time.Time
		kept time.Time
	}{
		{"the first", first, first},
		{"a moment later is not worth a write", first.Add(9 * time.Second), first},
		{"later", first.Add(10 * time.Second), first.Add(10 * time.Second)},
		{"the clock was set back", first.Add(-time.Hour), first.Add(-time.Hour)},
	} {
		require.NoError(t, k.Saw(step.at), step.name)
		again, damaged, _ := folder(t, dir)
		require.Empty(t, damaged)
		require.True(t, step.kept.Equal(again.Seen()), step.name)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "contact"), []byte("soon"), 0o600))
	again, damaged, _ := folder(t, dir)
	require.Len(t, damaged, 1)
	require.Zero(t, again.Seen())
}

func TestKeepAtOnce(t *testing.T) {
	dir := t.TempDir()
	k, _, _ := folder(t, dir)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := range 20 {
				if err := k.Keep(record("s", string(rune('a'+i))+string(rune('a'+n))), digest); err != nil {
					t.Error(err)
				}
				_ = k.All()
			}
		})
	}
	wg.Wait()
	again, damaged, _ := folder(t, dir)
	require.Empty(t, damaged)
	require.Equal(t, k.All()[0].Record.Version, again.All()[0].Record.Version, "the file is what was kept last")
}
