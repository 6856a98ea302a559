package deploycheck

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const deploy = "../../../docs/deploy"

// Each parser notices what its tool would refuse.
func TestCheckAll(t *testing.T) {
	for _, tt := range []struct{ name, file, old, broken, says string }{
		{name: "as it is"},
		{"compose key", "compose.yaml", "depends_on:", "depend_on:", "depend_on"},
		{"compose service", "compose.yaml", "db: {condition: service_healthy}", "dbs: {condition: service_healthy}", "dbs"},
		{"compose bind mount", "compose.yaml", "./roles.sql", "./rules.sql", "rules.sql"},
		{"container instruction", "Containerfile", "ENTRYPOINT", "ENTRYPONT", "ENTRYPONT"},
		{"container flag", "Containerfile", "--chown", "--chowner", "chowner"},
		{"manifest field", "kubernetes/host.yaml", "readinessProbe", "readynessProbe", "readynessProbe"},
		{"manifest value", "kubernetes/host.yaml", "replicas: 3", "replicas: three", "int32"},
		{"manifest kind", "kubernetes/host.yaml", "kind: Service", "kind: Servise", "Servise"},
		{"manifest twice", "kubernetes/host.yaml", "  replicas: 3\n", "  replicas: 3\n  replicas: 2\n", "already set"},
		{"workflow expression", "github-release.yaml", "github.run_id", "github.run_di", "run_di"},
		{"workflow key", "github-release.yaml", "timeout-minutes", "timeout-minute", "timeout-minute"},
		{"bucket action", "bucket/bucket.json", "s3:GetObject", "s3:GetObjects", "GetObjects"},
		{"bucket's name", "bucket/bucket.json", "arn:aws:s3:::edgesignal/", "arn:aws:s3:::other/", "bucket name does not match"},
		{"user action", "bucket/host.json", "s3:ListBucket", "s3:ListBuckets", "ListBuckets"},
		{name: "a file that no check knows", file: "new.yaml", broken: "a: 1\n", says: "no check knows"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "docs", "deploy")
			copyTree(t, deploy, dir)
			// What the compose file takes from the checkout.
			if err := os.Symlink(absolute(t, "../../../artifacts"), filepath.Join(dir, "../../artifacts")); err != nil {
				t.Fatal(err)
			}
			if tt.file != "" {
				path := filepath.Join(dir, tt.file)
				text, err := os.ReadFile(path)
				if tt.old != "" && (err != nil || !strings.Contains(string(text), tt.old)) {
					t.Fatalf("%s does not say %q: %v", tt.file, tt.old, err)
				}
				changed := tt.broken
				if tt.old != "" {
					changed = strings.Replace(string(text), tt.old, tt.broken, 1)
				}
				if err := os.WriteFile(path, []byte(changed), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var said strings.Builder
			failed, err := checkAll(t.Context(), dir, &said)
			if err != nil {
				t.Fatal(err)
			}
			if tt.says == "" && failed > 0 || tt.says != "" && (failed != 1 || !strings.Contains(said.String(), tt.says)) {
				t.Fatalf("%d failed, want one that says %q:\n%s", failed, tt.says, &said)
			}
		})
	}
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}
