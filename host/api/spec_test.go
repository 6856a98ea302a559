package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"edgesignal/host/internal/demotest"
)

// spec is openapi.yaml, and which of its answers were seen.
type spec struct {
	t        testing.TB
	doc      map[string]any
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema
	seen     map[string]bool // "GET /signals 404 unknown_strategy"
}

const specURL = "file:///openapi.json"

func loadSpec(t testing.TB) *spec {
	t.Helper()
	text, err := docFiles.ReadFile("openapi.yaml")
	require.NoError(t, err)
	var parsed any
	require.NoError(t, yaml.Unmarshal(text, &parsed))
	asJSON, err := json.Marshal(parsed)
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	require.NoError(t, c.AddResource(specURL, doc))
	return &spec{t: t, doc: doc.(map[string]any), compiler: c, schemas: map[string]*jsonschema.Schema{}, seen: map[string]bool{}}
}

// at returns what stands at a JSON pointer, with references followed, and the
// pointer to where it really stands; nil = nothing.
func (s *spec) at(pointer string) (map[string]any, string) {
	var node any = s.doc
	for _, key := range strings.Split(pointer, "/")[1:] {
		m, ok := node.(map[string]any)
		if !ok {
			return nil, pointer
		}
		node = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(key)]
	}
	m, _ := node.(map[string]any)
	if ref, ok := m["$ref"].(string); ok && len(m) == 1 {
		return s.at(strings.TrimPrefix(ref, "#"))
	}
	return m, pointer
}

func escaped(key string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(key) }

// response returns where the answer of an operation with a status is described:
// with the operation, else with what any path may answer.
func (s *spec) response(method, path string, status int) (node map[string]any, pointer, name string) {
	_, item := s.at("/paths/" + escaped(path))
	node, pointer = s.at(fmt.Sprintf("%s/%s/responses/%d", item, strings.ToLower(method), status))
	if node == nil {
		node, pointer = s.at(fmt.Sprintf("/x-any-path/%d", status))
		return node, pointer, fmt.Sprintf("any %d", status)
	}
	return node, pointer, fmt.Sprintf("%s %s %d", method, path, status)
}

// hold fails unless the answer is one that the description knows.
func (s *spec) hold(method, path string, r reply) (code string) {
	s.t.Helper()
	path, _, _ = strings.Cut(path, "?")
	require.NotEmpty(s.t, r.Header.Get(headerRequestID))
	require.Equal(s.t, "nosniff", r.Header.Get("X-Content-Type-Options"))
	require.Empty(s.t, r.Header.Get("Server"))
	node, pointer, name := s.response(method, path, r.StatusCode)
	require.NotNil(s.t, node, "%s %s answered %d, which openapi.yaml does not know: %s", method, path, r.StatusCode, r.body)
	headers, _ := node["headers"].(map[string]any)
	for h, described := range headers {
		if described.(map[string]any)["required"] == false {
			continue
		}
		require.NotEmpty(s.t, r.Header.Get(h), "%s: header %s", name, h)
	}
	content, _ := node["content"].(map[string]any)
	if len(content) == 0 {
		require.Empty(s.t, r.body, name)
		s.seen[name] = true
		return ""
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	require.NoError(s.t, err)
	require.Contains(s.t, content, media, name)
	if !strings.HasSuffix(media, "json") {
		require.NotEmpty(s.t, r.body)
		s.seen[name] = true
		return ""
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(r.body))
	require.NoError(s.t, err, "%s: %s", name, r.body)
	schema := s.schema(pointer + "/content/" + escaped(media) + "/schema")
	require.NoError(s.t, schema.Validate(value), "%s: %s", name, r.body)
	if media != "application/problem+json" {
		s.seen[name] = true
		return ""
	}
	code = value.(map[string]any)["code"].(string)
	status, err := value.(map[string]any)["status"].(json.Number).Int64()
	require.NoError(s.t, err)
	require.Equal(s.t, r.StatusCode, int(status))
	s.seen[name+" "+code] = true
	return code
}

func (s *spec) schema(pointer string) *jsonschema.Schema {
	s.t.Helper()
	if known, ok := s.schemas[pointer]; ok {
		return known
	}
	compiled, err := s.compiler.Compile(specURL + "#" + pointer)
	require.NoError(s.t, err)
	s.schemas[pointer] = compiled
	return compiled
}

// documented lists every answer of the description, problems by their code.
func (s *spec) documented() []string {
	var all []string
	add := func(name, pointer string) {
		node, pointer := s.at(pointer)
		require.NotNil(s.t, node, pointer)
		problem, at := s.at(pointer + "/content/application~1problem+json/schema")
		if problem == nil {
			all = append(all, name)
			return
		}
		for _, c := range s.codes(problem, at) {
			all = append(all, name+" "+c)
		}
	}
	for path := range s.doc["paths"].(map[string]any) {
		item, pointer := s.at("/paths/" + escaped(path))
		for method, op := range item {
			for status := range op.(map[string]any)["responses"].(map[string]any) {
				add(fmt.Sprintf("%s %s %s", strings.ToUpper(method), path, status), pointer+"/"+method+"/responses/"+status)
			}
		}
	}
	for status := range s.doc["x-any-path"].(map[string]any) {
		add("any "+status, "/x-any-path/"+status)
	}
	sort.Strings(all)
	return all
}

// codes returns those that a problem's schema allows.
func (s *spec) codes(problem map[string]any, at string) []string {
	for _, part := range problem["allOf"].([]any) {
		properties, _ := part.(map[string]any)["properties"].(map[string]any)
		c, ok := properties["code"].(map[string]any)
		if !ok {
			continue
		}
		if only, ok := c["const"].(string); ok {
			return []string{only}
		}
		var all []string
		for _, e := range c["enum"].([]any) {
			all = append(all, e.(string))
		}
		return all
	}
	s.t.Fatalf("%s names no code", at)
	return nil
}

func TestTheRouteTableAndTheDescriptionAreOne(t *testing.T) {
	s := loadSpec(t)
	var table, described []string
	for _, r := range routes() {
		table = append(table, r.method+" "+r.path)
	}
	for path := range s.doc["paths"].(map[string]any) {
		item, _ := s.at("/paths/" + escaped(path))
		for method := range item {
			described = append(described, strings.ToUpper(method)+" "+path)
		}
	}
	require.ElementsMatch(t, table, described)
}

func TestEveryCodeHasItsDocumentedStatus(t *testing.T) {
	s := loadSpec(t)
	described := map[string]bool{}
	for _, name := range s.documented() {
		fields := strings.Fields(name)
		if c, ok := kinds[code(fields[len(fields)-1])]; ok {
			require.Equal(t, strconv.Itoa(c.status), fields[len(fields)-2], name)
			described[fields[len(fields)-1]] = true
		}
	}
	for c, k := range kinds {
		require.True(t, described[string(c)], "openapi.yaml never names the code %s", c)
		require.NotEmpty(t, http.StatusText(k.status))
		require.NotEmpty(t, k.title)
	}
}

// TestTheExamplesAreTrue holds every example of an answer against its schema,
// problems against the table of kinds, and the book against the real one.
func TestTheExamplesAreTrue(t *testing.T) {
	s := loadSpec(t)
	examples := 0
	var walk func(node any, pointer string)
	walk = func(node any, pointer string) {
		m, ok := node.(map[string]any)
		if !ok {
			return
		}
		if example, ok := m["example"]; ok && m["schema"] != nil && strings.Contains(pointer, "/content/") {
			examples++
			require.NoError(t, s.schema(pointer+"/schema").Validate(example), pointer)
			if p := example.(map[string]any); p["code"] != nil {
				k := kinds[code(p["code"].(string))]
				require.Equal(t, k.title, p["title"], pointer)
				require.Equal(t, json.Number(strconv.Itoa(k.status)), p["status"], pointer)
				require.Equal(t, "urn:edgesignal:problem:"+p["code"].(string), p["type"], pointer)
			}
		}
		for key, child := range m {
			walk(child, pointer+"/"+escaped(key))
		}
	}
	walk(s.doc, "")
	require.Greater(t, examples, 20)

	b := demotest.NewServingBoard(t, nil)
	var book signalsAnswer
	described, _ := s.at("/components/responses/Book/content/application~1json/example")
	text, err := json.Marshal(described)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &book))
	got := decode[signalsAnswer](t, serve(t, b.Board, defaultLimits, nil).get("/signals?symbols=TSLA,AAPL,XYZ"), http.StatusOK)
	got.Metadata.GeneratedAt, got.Metadata.Release, got.Metadata.MarketRevision = book.Metadata.GeneratedAt, book.Metadata.Release, book.Metadata.MarketRevision
	require.Equal(t, book, got)
}
