package handlers_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

// each calls fn for every object in a JSON value, with the place where it stands.
func each(value any, place string, fn func(place string, object map[string]any)) {
	switch value := value.(type) {
	case map[string]any:
		fn(place, value)
		for key, member := range value {
			each(member, place+"/"+key, fn)
		}
	case []any:
		for i, item := range value {
			each(item, place+"/"+jsonText(i), fn)
		}
	}
}

func TestTheDescriptionIsServedAndIsThatOfTheCode(t *testing.T) {
	w := newWorld(t)
	a := w.nobody.raw("GET", "/api/openapi.json", nil).is(200)
	require.Equal(t, "application/json; charset=utf-8", a.header.Get("Content-Type"))
	want, err := json.Marshal(w.server.OpenAPI())
	require.NoError(t, err)
	require.JSONEq(t, string(want), string(a.body))
	document := a.object()
	require.Equal(t, "3.1.0", document["openapi"])
	require.NotEmpty(t, at(map[string]any(document), "info", "title"))
	require.NotEmpty(t, at(map[string]any(document), "info", "version"))
	require.Equal(t, []any{map[string]any{"url": "/api/v1"}}, document["servers"])
}

func TestEveryReferenceInTheDescriptionLeadsSomewhere(t *testing.T) {
	c := contractOf(newWorld(t))
	found := 0
	each(c.document, "", func(place string, object map[string]any) {
		ref, ok := object["$ref"].(string)
		if !ok {
			return
		}
		found++
		require.True(t, strings.HasPrefix(ref, "#/components/"), place)
		require.NotEmpty(t, at(c.document, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...), "%s: %s", place, ref)
	})
	require.Greater(t, found, 100)
}

func TestEverySchemaInTheDescriptionIsJSONSchemaAndIsUsed(t *testing.T) {
	c := contractOf(newWorld(t))
	text := jsonText(c.document)
	for name, schema := range at(c.document, "components", "schemas").(map[string]any) {
		_, err := c.compiler.Compile("api.json#/components/schemas/" + name)
		require.NoError(t, err, name)
		require.Contains(t, text, `"#/components/schemas/`+name+`"`, "nothing uses %s", name)
		require.NotRegexp(t, `(Input|Output|Struct)`, name)
		require.NotNil(t, schema)
	}
}

func TestEveryOperationIsDescribed(t *testing.T) {
	w := newWorld(t)
	c := contractOf(w)
	names := map[string]bool{}
	for _, o := range operations(w) {
		what := o.method + " " + o.path
		d := o.described
		id, _ := d["operationId"].(string)
		require.Regexp(t, `^[a-z]+(-[a-z]+)*$`, id, what)
		require.False(t, names[id], "%s: the operationId %s is another's", what, id)
		names[id] = true
		summary, _ := d["summary"].(string)
		require.Regexp(t, `^[A-Z].*[^.]$`, summary, what)
		tag := d["tags"].([]any)[0]
		require.True(t, slices.ContainsFunc(at(c.document, "tags").([]any), func(t any) bool { return at(t, "name") == tag }), "%s: %s is not in api.md", what, tag)

		// Who may: a signed-in user, the holder of a refresh token, or anybody.
		public := slices.Contains([]string{"POST /session", "POST /password-reset", "POST /password-reset/confirm"}, what)
		refresh := slices.Contains([]string{"POST /session/refresh", "DELETE /session"}, what)
		switch {
		case public:
			require.Equal(t, `[{}]`, jsonText(d["security"]), what)
		case refresh:
			require.Equal(t, `[{"refresh":[]}]`, jsonText(d["security"]), what)
		default:
			require.Equal(t, `[{"bearer":[]}]`, jsonText(d["security"]), what)
		}

		// What it answers: successes, the refusals that follow from its kind, and few others.
		responses := d["responses"].(map[string]any)
		succeeds := []string{}
		needed, others := []string{"422", "500", "503"}, []string{}
		if !public && !refresh {
			needed = append(needed, "401")
			if !slices.Contains([]string{"/me", "/me/password"}, o.path) && id != "read-logo" {
				needed = append(needed, "403")
			}
		} else {
			others = append(others, "401", "429")
		}
		if d["requestBody"] != nil {
			needed = append(needed, "400", "413", "415")
		}
		if strings.Contains(o.path, "{id}") {
			needed = append(needed, "404")
			if o.method != "GET" {
				others = append(others, "409", "412")
			}
		}
		if strings.Contains(jsonText(d["parameters"]), "If-Match") {
			needed = append(needed, "412")
		}
		if responses["201"] != nil && id != "sign-in" {
			needed = append(needed, "200", "201", "409")
		}
		others = append(others, map[string][]string{"change-password": {"429"}, "read-logo": {"404"}, "submit-evaluation": {"404"}}[id]...)
		for status, response := range responses {
			response = c.resolved(response)
			require.NotEmpty(t, at(response, "description"), "%s %s: a response needs a description", what, status)
			if status[0] == '2' {
				succeeds = append(succeeds, status)
				continue
			}
			require.Contains(t, append(needed, others...), status, "%s cannot answer this", what)
			require.Equal(t, "#/components/schemas/Problem", at(response, "content", "application/problem+json", "schema", "$ref"), "%s %s", what, status)
			require.EqualValues(t, status, jsonText(at(response, "content", "application/problem+json", "example", "status")), "%s %s: the example", what, status)
		}
		require.NotEmpty(t, succeeds, what)
		for _, status := range needed {
			require.Contains(t, responses, status, what)
		}
	}
}

func TestEveryParameterAndBodyIsDescribed(t *testing.T) {
	w := newWorld(t)
	for _, o := range operations(w) {
		what := o.method + " " + o.path
		var inPath []string
		parameters, _ := o.described["parameters"].([]any)
		for _, p := range parameters {
			name, in := at(p, "name").(string), at(p, "in").(string)
			require.NotEmpty(t, at(p, "schema"), "%s %s", what, name)
			require.NotEmpty(t, at(p, "description"), "%s: what is %s?", what, name)
			if in == "path" {
				inPath = append(inPath, "{"+name+"}")
				require.Equal(t, true, at(p, "required"), "%s %s", what, name)
			}
		}
		require.ElementsMatch(t, regexp.MustCompile(`\{\w+\}`).FindAllString(o.path, -1), inPath, what)
		if requestBody := o.described["requestBody"]; requestBody != nil {
			require.Equal(t, true, at(requestBody, "required"), what)
			content := at(requestBody, "content").(map[string]any)
			require.Len(t, content, 1, what)
			for kind := range content {
				require.NotEmpty(t, at(content, kind, "schema"), what)
				require.Contains(t, []string{"application/json", "text/csv", "image/*", "application/octet-stream"}, kind, what)
			}
			require.NotEqual(t, "GET", o.method)
		}
	}
}

func TestExamplesInTheDescriptionFitTheirSchemas(t *testing.T) {
	w := newWorld(t)
	c := contractOf(w)
	escape := strings.NewReplacer("~", "~0").Replace
	found := 0
	for name := range at(c.document, "components", "schemas").(map[string]any) {
		properties, _ := at(c.document, "components", "schemas", name, "properties").(map[string]any)
		for property := range properties {
			examples, _ := at(properties, property, "examples").([]any)
			for _, example := range examples {
				schema, err := c.compiler.Compile("api.json#/components/schemas/" + name + "/properties/" + escape(property))
				require.NoError(t, err)
				value, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(jsonText(example))))
				require.NoError(t, err)
				require.NoError(t, schema.Validate(value), "%s.%s", name, property)
				found++
			}
		}
	}
	require.Greater(t, found, 5)
}

func TestEveryBodyHasAnExampleThatFitsItsSchema(t *testing.T) {
	w := newWorld(t)
	c := contractOf(w)
	for _, o := range operations(w) {
		bodies := map[string]any{"/requestBody": o.described["requestBody"]}
		for status, response := range o.described["responses"].(map[string]any) {
			bodies["/responses/"+status] = response
		}
		for part, described := range bodies {
			content, _ := at(c.resolved(described), "content").(map[string]any)
			for kind, form := range content {
				what := o.method + " " + o.path + part + " " + kind
				place := "/paths/" + inPointer(o.path) + "/" + strings.ToLower(o.method) + part
				if ref, is := at(described, "$ref").(string); is {
					place = strings.TrimPrefix(ref, "#")
				}
				examples := []any{}
				if one := at(form, "example"); one != nil {
					examples = append(examples, one)
				}
				several, _ := at(form, "examples").(map[string]any)
				for _, one := range several {
					require.NotEmpty(t, at(one, "summary"), what)
					examples = append(examples, at(one, "value"))
				}
				if strings.HasSuffix(kind, "json") || kind == "text/csv" {
					require.NotEmpty(t, examples, "%s: an example is missing; go test ./handlers -run Story -record writes it", what)
				}
				for _, one := range examples {
					require.NoError(t, c.schema(w, place+"/content/"+inPointer(kind)+"/schema").Validate(one), what)
				}
			}
		}
	}
}

func TestEveryFieldIsDescribed(t *testing.T) {
	c := contractOf(newWorld(t))
	fields := 0
	each(c.document, "", func(place string, object map[string]any) {
		properties, _ := object["properties"].(map[string]any)
		if strings.Contains(place, "/example") {
			return
		}
		for name, property := range properties {
			fields++
			require.NotEmpty(t, at(property, "description"), "%s: what is %s? Say it in its doc tag, or in api.md where it means the same everywhere", place, name)
		}
	})
	require.Greater(t, fields, 500)
}

func TestTheWordsOfTheDescriptionAreAboutWhatIsThere(t *testing.T) {
	c := contractOf(newWorld(t))
	words, err := os.ReadFile("api.md")
	require.NoError(t, err)
	tags, rest, _ := strings.Cut(string(words), "\n# Operations\n")
	used := jsonText(c.paths)
	for _, heading := range regexp.MustCompile(`(?m)^## (.+)$`).FindAllStringSubmatch(rest, -1) {
		require.Contains(t, used, `"operationId":"`+heading[1]+`"`, "words about an operation that is not there")
	}
	for _, heading := range regexp.MustCompile(`(?m)^## (.+)$`).FindAllStringSubmatch(tags, -1) {
		require.Contains(t, used, `"tags":["`+heading[1]+`"]`, "words about a group that is not there")
	}
	described := jsonText(c.document)
	for _, field := range regexp.MustCompile("(?m)^- `([^`]+)`: (.+)$").FindAllStringSubmatch(rest, -1) {
		require.Contains(t, described, `"description":`+jsonText(field[2]), "no field %s needs these words", field[1])
	}
}

func TestThePagesToReadItWithNeedNoInternet(t *testing.T) {
	w := newWorld(t)
	for _, address := range []string{"/api/docs", "/api/docs/"} {
		page := w.nobody.raw("GET", address, nil).is(200)
		require.Contains(t, page.header.Get("Content-Type"), "text/html")
		require.NotRegexp(t, `(?i)(src|href|url)\s*[=(:]\s*["']?(https?:)?//`, string(page.body))
		require.Contains(t, string(page.body), "/api/openapi.json")

		policy := page.header.Get("Content-Security-Policy")
		require.Contains(t, policy, "default-src 'self'")
		require.Contains(t, policy, "frame-ancestors 'none'")
		require.NotContains(t, policy, "http")
		require.NotContains(t, policy, "*")

		links := regexp.MustCompile(`(?:src|href)="(/[^"]+)"`).FindAllStringSubmatch(string(page.body), -1)
		require.GreaterOrEqual(t, len(links), 3)
		for _, link := range links {
			part := w.nobody.raw("GET", link[1], nil).is(200)
			require.NotEmpty(t, part.body, link[1])
			require.Equal(t, "nosniff", part.header.Get("X-Content-Type-Options"))
			require.NotContains(t, part.header.Get("Content-Type"), "text/html", link[1])
		}
	}
	w.nobody.raw("GET", "/api/docs/nothing.js", nil).is(404)
	w.nobody.raw("GET", "/api/docs/../openapi.json", nil).is(404)
	w.nobody.raw("GET", "/api/docs?proxy=http://169.254.169.254/", nil).is(200)
}
