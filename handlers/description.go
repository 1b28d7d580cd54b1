package handlers

import (
	_ "embed" // api.md and examples.json
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"fieldcare/internal/fault"
)

// What the description of the API has beside what Huma reads from the code: words for people, examples, and refusals.

//go:embed api.md
var apiWords string

//go:embed examples.json
var apiExamples []byte

// words are those of api.md.
type words struct {
	introduction string
	tags         []*huma.Tag
	operations   map[string]string // by the operation's name
	fields       map[string]string // by the field's name, or where that is not enough by schema.field
}

var prose = readWords(apiWords)

func readWords(text string) words {
	parts := strings.Split(text, "\n# ")
	w := words{introduction: strings.TrimSpace(parts[0]), operations: map[string]string{}, fields: map[string]string{}}
	for _, part := range parts[1:] {
		for _, entry := range strings.Split(part, "\n## ")[1:] {
			name, said, _ := strings.Cut(entry, "\n")
			if said = strings.TrimSpace(said); strings.HasPrefix(part, "Tags") {
				w.tags = append(w.tags, &huma.Tag{Name: name, Description: said})
			} else {
				w.operations[name] = said
			}
		}
		for line := range strings.Lines(part) {
			if name, said, is := strings.Cut(strings.TrimPrefix(line, "- `"), "`: "); is {
				w.fields[name] = strings.TrimSpace(said)
			}
		}
	}
	return w
}

// tagOf is the group that an operation stands in.
func tagOf(path string) string {
	noun := strings.Split(path, "/")[1]
	switch noun {
	case "password-reset", "me":
		return "Session"
	case "photos":
		return "Evaluations"
	case "focus-groups", "costs", "findings", "actions", "invitations":
		return "Focus groups"
	case "rooms":
		return "Venues"
	case "audit", "mails":
		return "Records"
	}
	return strings.ToUpper(noun[:1]) + noun[1:]
}

// refusals are the answers that operations share, each with an example.
func refusals() map[string]*huma.Response {
	invalid := newProblem(http.StatusUnprocessableEntity, "invalid", "what was sent cannot be accepted: see errors")
	invalid.Errors = []fault.Fault{{Pointer: "/name", Detail: "is missing"}}
	unreadable := newProblem(http.StatusBadRequest, "invalid", "the body cannot be read: see errors")
	unreadable.Errors = []fault.Fault{{Detail: errNotJSON.Error()}}
	taken := newProblem(http.StatusConflict, "illegal-move", "a visit that is approved cannot be moved by “cancel”; the coordinator can: reopen")
	taken.Possible = []string{"reopen"}
	found := map[string]*huma.Response{}
	for _, p := range []*Problem{
		unreadable,
		newProblem(http.StatusUnauthorized, "sign-in-needed", "sign in: the token is missing, not valid, or no longer"),
		newProblem(http.StatusForbidden, "forbidden", "your role does not allow this"),
		newProblem(http.StatusNotFound, "not-found", "there is no such thing, or none that you may see"),
		taken,
		newProblem(http.StatusPreconditionFailed, "changed", "it was changed since you read it: read it again, then change it with its new ETag"),
		tooLarge(),
		newProblem(http.StatusUnsupportedMediaType, "unsupported-media-type", "send the body in the form that /api/docs names for this operation"),
		invalid,
		newProblem(http.StatusTooManyRequests, "too-many-attempts", "too many attempts to sign in: wait, then try again"),
		newProblem(http.StatusInternalServerError, "internal", internalError),
		newProblem(http.StatusServiceUnavailable, "busy", "the server is busy: try again shortly"),
	} {
		r := &huma.Response{Description: p.Title, Content: map[string]*huma.MediaType{
			"application/problem+json": {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}, Example: p}}}
		switch p.Status {
		case http.StatusTooManyRequests, http.StatusServiceUnavailable:
			r.Headers = map[string]*huma.Header{"Retry-After": {Description: "How many seconds to wait", Schema: &huma.Schema{Type: huma.TypeInteger}}}
		case http.StatusUnauthorized:
			r.Headers = map[string]*huma.Header{"WWW-Authenticate": {Description: "How to sign in", Schema: &huma.Schema{Type: huma.TypeString}}}
		}
		found[refusal(p.Status)] = r
	}
	return found
}

// refusal is the name of the answer with a status.
func refusal(status int) string { return strings.ReplaceAll(http.StatusText(status), " ", "") }

// example is what was once sent to an operation, and what it answered, by who asked where that matters.
type example struct {
	Request json.RawMessage            `json:"request,omitempty"`
	Answers map[string]json.RawMessage `json:"answers,omitempty"`
}

// complete adds to the description what Huma cannot know.
func complete(api *huma.OpenAPI) {
	var examples map[string]example
	if err := json.Unmarshal(apiExamples, &examples); err != nil {
		panic(err) // it is ours, at start-up
	}
	for _, item := range api.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op != nil {
				completeOperation(op, examples[op.OperationID])
			}
		}
	}
	for name, schema := range api.Components.Schemas.Map() {
		for field, s := range schema.Properties {
			if said, is := prose.fields[name+"."+field]; is {
				s.Description = said
			} else if s.Description == "" {
				s.Description = prose.fields[field]
			}
		}
	}
}

func completeOperation(op *huma.Operation, ex example) {
	for code, r := range op.Responses {
		status, _ := strconv.Atoi(code)
		if status >= http.StatusBadRequest {
			op.Responses[code] = &huma.Response{Ref: "#/components/responses/" + refusal(status)}
			continue
		}
		delete(r.Headers, "Content-Type")
		for name, h := range r.Headers {
			h.Description = prose.fields[name]
		}
		for _, content := range r.Content {
			content.Example, content.Examples = shown(ex.Answers)
		}
	}
	if op.RequestBody != nil {
		for _, content := range op.RequestBody.Content {
			content.Example, content.Examples = shown(map[string]json.RawMessage{"": ex.Request})
		}
	}
	if made := op.Responses["201"]; made != nil && slices.Contains(op.Errors, http.StatusConflict) {
		again := *made
		again.Description = "It was there already: the same request was sent before"
		op.Responses["200"] = &again
	}
}

// shown are examples in the form that OpenAPI has for one, or that for several.
func shown(examples map[string]json.RawMessage) (any, map[string]*huma.Example) {
	if one, is := examples[""]; is && one != nil {
		return one, nil
	}
	several := map[string]*huma.Example{}
	for who, value := range examples {
		if value != nil {
			several[who] = &huma.Example{Summary: fmt.Sprintf("As a %s", who), Value: value}
		}
	}
	return nil, several
}
