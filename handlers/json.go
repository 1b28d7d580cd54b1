package handlers

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/goccy/go-json"
	"github.com/google/uuid"

	"fieldcare/evaluation"
	"fieldcare/internal/fault"
	"fieldcare/scheduling"
)

// jsonFormat reads and writes JSON for Huma. What no database text may hold, NUL and broken UTF-8, is refused here, at
// the edge; and a decoder's error is told in our words, for its own name Go types.
var jsonFormat = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		return json.NewEncoder(w).EncodeWithOption(v, json.DisableHTMLEscape())
	},
	Unmarshal: decode,
}

var (
	errNotUTF8 = errors.New("the body is not valid UTF-8")
	errNUL     = errors.New("a text holds the character U+0000, which cannot be kept")
	errNotJSON = errors.New("the body is not valid JSON")
	errForm    = errors.New("the body is not in the form that /api/docs shows for this operation")
)

// unreadable is true of the words of an error that is about no value in particular.
func unreadable(message string) bool {
	return message == errNotUTF8.Error() || message == errNUL.Error() || message == errNotJSON.Error()
}

func decode(body []byte, into any) error {
	if !utf8.Valid(body) {
		return errNotUTF8
	}
	if holdsNUL(body) {
		return errNUL
	}
	if err := json.Unmarshal(body, into); err != nil {
		if json.Valid(body) {
			return errForm
		}
		return errNotJSON
	}
	return nil
}

// explain finds what in a JSON text is not as its type has it.
func explain[T any](text []byte) error {
	var value any
	if err := decode(text, &value); err != nil {
		return fault.At("", "%s", err)
	}
	types := newTypes()
	schema := types.Schema(reflect.TypeFor[T](), true, "")
	found := &huma.ValidateResult{}
	huma.Validate(types, schema, huma.NewPathBuffer([]byte("body"), 4), huma.ModeWriteToServer, value, found)
	faults := []fault.Fault{}
	for _, err := range found.Errors {
		var detail *huma.ErrorDetail
		if errors.As(err, &detail) && len(faults) < maxFaults {
			faults = append(faults, faultOf(detail))
		}
	}
	if len(faults) == 0 {
		return fault.At("", "%s", errForm)
	}
	return fault.Of(faults)
}

// A list that is empty is [], never null. The switch is a global of Huma's, so it is set once.
func init() { huma.DefaultArrayNullable = false }

// newTypes collects the schemas of types. It says of those that are not ours to say it what their JSON is.
func newTypes() huma.Registry {
	types := huma.NewMapRegistry("#/components/schemas/", func(t reflect.Type, hint string) string {
		return inDescription.Replace(huma.DefaultSchemaNamer(t, hint))
	})
	types.RegisterTypeAlias(reflect.TypeFor[evaluation.Decimal](), reflect.TypeFor[float64]())
	types.RegisterTypeAlias(reflect.TypeFor[uuid.UUID](), reflect.TypeFor[uuidText]())
	types.RegisterTypeAlias(reflect.TypeFor[scheduling.Money](), reflect.TypeFor[evaluation.Money]())
	return types
}

// inDescription names the body of a handler's input or output as a client sees it.
var inDescription = strings.NewReplacer("InputBody", "Request", "OutputBody", "Answer", "ImportedBody", "Imported")

// uuidText describes a UUID.
type uuidText string

// Schema is that of a text which is checked to be a UUID.
func (uuidText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "uuid"}
}

// holdsNUL looks for U+0000 written out or escaped: \u0000 with an odd number of backslashes before the u.
func holdsNUL(body []byte) bool {
	if bytes.IndexByte(body, 0) >= 0 {
		return true
	}
	for at := 0; ; {
		i := bytes.Index(body[at:], []byte(`\u0000`))
		if i < 0 {
			return false
		}
		at += i
		slashes := 1
		for at-slashes >= 0 && body[at-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 1 {
			return true
		}
		at += len(`\u0000`)
	}
}
