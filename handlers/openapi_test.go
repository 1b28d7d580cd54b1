package handlers_test

import (
	"bytes"
	"encoding/json"
	"mime"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

// contract is the OpenAPI document as a client sees it: every response of every test is held against it.
type contract struct {
	document any
	paths    map[string]map[string]any // path, method -> operation
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema
}

var (
	contractMutex sync.Mutex
	theContract   *contract
)

func contractOf(w *world) *contract {
	contractMutex.Lock()
	defer contractMutex.Unlock()
	if theContract != nil {
		return theContract
	}
	text, err := json.Marshal(w.server.OpenAPI())
	require.NoError(w, err)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(w, err)
	c := &contract{document: document, paths: map[string]map[string]any{}, compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}}
	c.compiler.AssertFormat()
	require.NoError(w, c.compiler.AddResource("api.json", document))
	for path, operations := range document.(map[string]any)["paths"].(map[string]any) {
		c.paths[path] = operations.(map[string]any)
	}
	theContract = c
	return c
}

// operation finds the operation that a request is of.
func (c *contract) operation(method, path string) (template string, operation map[string]any) {
	asked := strings.Split(strings.TrimPrefix(path, "/api/v1"), "/")
	for candidate, operations := range c.paths {
		steps := strings.Split(candidate, "/")
		if len(steps) != len(asked) {
			continue
		}
		fits, exact := true, 0
		for i, step := range steps {
			if step == asked[i] {
				exact++
			} else if !strings.HasPrefix(step, "{") {
				fits = false
			}
		}
		if o, ok := operations[strings.ToLower(method)].(map[string]any); ok && fits && (operation == nil || exact == len(steps)) {
			template, operation = candidate, o
		}
	}
	return template, operation
}

func checkAgainstOpenAPI(w *world, method, path string, a *answer) {
	w.Helper()
	if !strings.HasPrefix(path, "/api/v1/") {
		return
	}
	c := contractOf(w)
	template, operation := c.operation(method, path)
	if operation == nil {
		require.Contains(w, []int{404, 405, 422}, a.status, "%s is not in the OpenAPI document", a.what)
		return
	}
	status := jsonText(a.status)
	responses := operation["responses"].(map[string]any)
	if status == "200" && responses["200"] == nil {
		status = "201" // the same request sent again
	}
	response, described := responses[status].(map[string]any)
	require.True(w, described, "%s answered %d, which its description does not have: %s", a.what, a.status, a.body)
	content, _ := response["content"].(map[string]any)
	if len(content) == 0 {
		require.Empty(w, a.body, "%s: a body that is not described", a.what)
		return
	}
	kind, _, err := mime.ParseMediaType(a.header.Get("Content-Type"))
	require.NoError(w, err, a.what)
	require.Contains(w, content, kind, "%s: content type", a.what)
	if !strings.HasSuffix(kind, "json") {
		return
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(a.body))
	require.NoError(w, err, "%s: %s", a.what, a.body)
	require.NoError(w, c.schema(w, template, strings.ToLower(method), status, kind).Validate(value), "%s: %s", a.what, a.body)
}

func (c *contract) schema(w *world, path, method, status, kind string) *jsonschema.Schema {
	contractMutex.Lock()
	defer contractMutex.Unlock()
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D", "+", "%2B").Replace
	at := "api.json#/paths/" + escape(path) + "/" + method + "/responses/" + status + "/content/" + escape(kind) + "/schema"
	if s := c.schemas[at]; s != nil {
		return s
	}
	s, err := c.compiler.Compile(at)
	require.NoError(w, err)
	c.schemas[at] = s
	return s
}
