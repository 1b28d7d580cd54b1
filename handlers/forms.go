package handlers

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// The forms that inputs and outputs of operations share. Those that are embedded have exported names: Huma looks into no others.

// ByID is the input of an operation on one thing.
type ByID struct {
	ID uuid.UUID `path:"id" doc:"The id of the thing that the address names"`
}

// Paging is the input of every list.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many at most"`
	Cursor string `query:"cursor" maxLength:"500" doc:"next_cursor of the page before"`
}

// IfMatch is the input of every change of something that was read before.
type IfMatch struct {
	Tag string `header:"If-Match" required:"true" doc:"The ETag that was read" example:"\"3\""`
}

// edition is the number in the ETag.
func (m IfMatch) edition() (int64, error) {
	text := strings.Trim(strings.TrimPrefix(strings.TrimSpace(m.Tag), "W/"), `"`)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fault.At("If-Match", `must be the ETag that was read, such as "3"`)
	}
	return n, nil
}

func etag(edition int64) string { return `"` + strconv.FormatInt(edition, 10) + `"` }

// sent is a body that is kept as it came, for its hash and its faults, beside what it says.
type sent[T any] struct {
	Value T
	JSON  []byte

	wrong error
}

// UnmarshalJSON keeps the text and reads it. What is wrong with it is told with its hash, place by place.
func (s *sent[T]) UnmarshalJSON(text []byte) error {
	s.JSON = append([]byte(nil), text...)
	if decode(s.JSON, &s.Value) != nil {
		s.wrong = explain[T](s.JSON)
	}
	return nil
}

// Schema is that of what it says.
func (sent[T]) Schema(r huma.Registry) *huma.Schema { return r.Schema(reflect.TypeFor[T](), true, "") }

// hash is that of the content. The error says what is wrong with the body, if anything is: ask it before the value.
func (s sent[T]) hash() (string, error) {
	if s.wrong != nil {
		return "", s.wrong
	}
	return database.ContentHash(s.JSON)
}

// one answers with one thing.
type one[T any] struct {
	ETag string `header:"ETag"`
	Body T
}

// oneOf answers with what an operation gave, under the edition that it has.
func oneOf[T any](edition func(T) int64) func(T, error) (*one[T], error) {
	return func(body T, err error) (*one[T], error) {
		if err != nil {
			return nil, err
		}
		return &one[T]{etag(edition(body)), body}, nil
	}
}

// made answers 201, or 200 to a request that was sent again.
type made[T any] struct {
	Status int
	ETag   string `header:"ETag"`
	Body   T
}

func makes[T any](body T, edition int64, again bool) *made[T] {
	m := &made[T]{Status: 201, ETag: etag(edition), Body: body}
	if again {
		m.Status = 200
	}
	return m
}

// page answers with a part of a list.
type page[T any] struct {
	Body database.Page[T]
}

// noContent answers 204.
type noContent struct{}

// answersAnyOf says that who asks decides which of the types the answer is.
func answersAnyOf(s *Server, types ...any) operation {
	return func(op *huma.Operation) {
		schema := &huma.Schema{}
		for _, t := range types {
			schema.AnyOf = append(schema.AnyOf, s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(t), true, ""))
		}
		op.Responses = map[string]*huma.Response{"200": {Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}}
	}
}

// sends says what an operation sends that is not JSON.
func sends(contentType, description string, orElse ...string) operation {
	content := map[string]*huma.MediaType{}
	for _, kind := range append(orElse, contentType) {
		content[kind] = &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}
	}
	return func(op *huma.Operation) {
		op.Responses = map[string]*huma.Response{"200": {Description: description, Content: content}}
	}
}
