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
	response := at(operation, "responses", status)
	require.NotNil(w, response, "%s answered %d, which its description does not have: %s", a.what, a.status, a.body)
	place := "/paths/" + inPointer(template) + "/" + strings.ToLower(method) + "/responses/" + status
	if ref, is := at(response, "$ref").(string); is {
		response, place = c.resolved(response), strings.TrimPrefix(ref, "#")
	}
	content, _ := at(response, "content").(map[string]any)
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
	require.NoError(w, c.schema(w, place+"/content/"+inPointer(kind)+"/schema").Validate(value), "%s: %s", a.what, a.body)
	if problem, is := at(value, "type").(string); is && kind == "application/problem+json" {
		require.Contains(w, at(c.document, "info", "description"), "`"+strings.TrimPrefix(problem, "urn:fieldcare:")+"`", "%s: the introduction does not know this problem", a.what)
	}
}

// inPointer is a step of a JSON pointer in an address.
func inPointer(step string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D", "+", "%2B", "*", "%2A").Replace(step)
}

// schema is the one that stands at a place of the document.
func (c *contract) schema(t T, place string) *jsonschema.Schema {
	contractMutex.Lock()
	defer contractMutex.Unlock()
	if s := c.schemas[place]; s != nil {
		return s
	}
	s, err := c.compiler.Compile("api.json#" + place)
	require.NoError(t, err, place)
	c.schemas[place] = s
	return s
}
