package evaluation

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"fieldcare/internal/fault"
)

// What a document may hold at most, beside the limits on its fields.
const (
	maxQuestions      = 1000
	maxConditionDepth = 8
	maxTextKeys       = 20_000 // translations in all
	maxText           = 2000   // characters of one translation
	maxReadFaults     = 100    // named at once
)

// ReadDocument reads a document's JSON. Unknown and repeated keys, wrong types and what is too long are refused with
// their places; whether the document makes sense is for Faults to say. null is the same as a key left out.
func ReadDocument(data []byte) (*Document, error) {
	if !utf8.Valid(data) {
		return nil, fault.At("", "must be UTF-8")
	}
	var syntax *json.SyntaxError
	if err := json.Unmarshal(data, new(json.RawMessage)); errors.As(err, &syntax) {
		return nil, fault.At("", "must be JSON; it is not at byte %d", syntax.Offset)
	} else if err != nil {
		return nil, fault.At("", "must be JSON")
	}
	r := documentReader{tokens: json.NewDecoder(bytes.NewReader(data))}
	r.tokens.UseNumber()
	d := new(Document)
	r.read(reflect.ValueOf(d).Elem(), "", "")
	questions := 0
	for _, section := range d.Sections {
		questions += len(section.Questions)
	}
	if questions > maxQuestions {
		r.refuse("/sections", "must have at most %d questions in all", maxQuestions)
	}
	if err := fault.Of(r.faults); err != nil {
		return nil, err
	}
	return d, nil
}

// documentReader reads JSON into the types of a document, token by token, and notes what does not fit with its place.
// The limits stand in the fields' tags, which the API's description is made from as well.
type documentReader struct {
	tokens   *json.Decoder
	faults   []fault.Fault
	depth    int // of conditions
	textKeys int
}

func (r *documentReader) refuse(at, format string, args ...any) {
	if len(r.faults) < maxReadFaults {
		r.faults = append(r.faults, fault.Fault{Pointer: at, Detail: fmt.Sprintf(format, args...)})
	}
}

// next is the next token. The JSON is known to be well-formed.
func (r *documentReader) next() json.Token {
	token, _ := r.tokens.Token()
	return token
}

// skip passes over the rest of a value that began with this token.
func (r *documentReader) skip(begun json.Token) {
	for depth := nesting(begun); depth > 0; {
		depth += nesting(r.next())
	}
}

func nesting(token json.Token) int {
	switch token {
	case json.Delim('{'), json.Delim('['):
		return 1
	case json.Delim('}'), json.Delim(']'):
		return -1
	}
	return 0
}

// expect tells whether the token is what should stand here; otherwise it refuses the value and passes over it.
func (r *documentReader) expect(token json.Token, right bool, at, what string) bool {
	if !right {
		r.refuse(at, "must be %s", what)
		r.skip(token)
	}
	return right
}

var decimalType, conditionType = reflect.TypeFor[Decimal](), reflect.TypeFor[Condition]()

func (r *documentReader) read(into reflect.Value, tag reflect.StructTag, at string) {
	token := r.next()
	if token == nil {
		return
	}
	if into.Kind() == reflect.Pointer {
		into.Set(reflect.New(into.Type().Elem()))
		into = into.Elem()
	}
	number, isNumber := token.(json.Number)
	if into.Type() == decimalType {
		d, err := ParseDecimal(number.String())
		if r.expect(token, isNumber && err == nil, at, "a number with at most six decimals, smaller than 1000000000000") {
			into.SetInt(int64(d))
		}
		return
	}
	switch into.Kind() {
	case reflect.Struct:
		if r.expect(token, token == json.Delim('{'), at, "an object") {
			r.readObject(into, at)
		}
	case reflect.Map:
		if r.expect(token, token == json.Delim('{'), at, "an object") {
			r.readMap(into, at)
		}
	case reflect.Slice:
		if r.expect(token, token == json.Delim('['), at, "a list") {
			r.readList(into, tag, at)
		}
	case reflect.String:
		text, is := token.(string)
		if r.expect(token, is, at, "a text in quotes") && r.fits(text, tag.Get("maxLength"), at) {
			into.SetString(text)
		}
	case reflect.Bool:
		truth, is := token.(bool)
		if r.expect(token, is, at, "true or false") {
			into.SetBool(truth)
		}
	default:
		whole, err := strconv.ParseInt(number.String(), 10, into.Type().Bits())
		if r.expect(token, isNumber && err == nil, at, "a whole number") {
			into.SetInt(whole)
		}
	}
}

// fits refuses texts that are too long, or that a database cannot keep.
func (r *documentReader) fits(text, limit, at string) bool {
	most := maxText
	if limit != "" {
		most, _ = strconv.Atoi(limit)
	}
	switch {
	case utf8.RuneCountInString(text) > most:
		r.refuse(at, "must have at most %d characters", most)
	case strings.ContainsRune(text, 0):
		r.refuse(at, "must not contain the character U+0000")
	default:
		return true
	}
	return false
}

func (r *documentReader) readObject(into reflect.Value, at string) {
	if into.Type() == conditionType {
		r.depth++
		defer func() { r.depth-- }()
		if r.depth > maxConditionDepth {
			r.refuse(at, "conditions must be at most %d deep", maxConditionDepth)
			r.skip(json.Delim('{'))
			return
		}
	}
	keys := keysOf(into.Type())
	seen := map[string]bool{}
	for key := r.next(); key != json.Delim('}'); key = r.next() {
		name := key.(string)
		place := at + "/" + escapePointer(name)
		i := slices.Index(keys, name)
		switch {
		case i < 0:
			r.refuse(place, "is not a key that is known here; known are %s", strings.Join(keys, ", "))
			r.skip(r.next())
		case seen[name]:
			r.refuse(place, "must be given once")
			r.skip(r.next())
		default:
			seen[name] = true
			r.read(into.Field(i), into.Type().Field(i).Tag, place)
		}
	}
}

// keysOf are the keys of a type in JSON, in the order of its fields.
func keysOf(t reflect.Type) []string {
	keys := make([]string, t.NumField())
	for i := range keys {
		keys[i], _, _ = strings.Cut(t.Field(i).Tag.Get("json"), ",")
	}
	return keys
}

func (r *documentReader) readMap(into reflect.Value, at string) {
	into.Set(reflect.MakeMap(into.Type()))
	for key := r.next(); key != json.Delim('}'); key = r.next() {
		name := key.(string)
		place := at + "/" + escapePointer(name)
		if r.textKeys++; r.textKeys > maxTextKeys {
			if r.textKeys == maxTextKeys+1 {
				r.refuse(at, "must have at most %d translations in all", maxTextKeys)
			}
			r.skip(r.next())
			continue
		}
		if into.MapIndex(reflect.ValueOf(name)).IsValid() {
			r.refuse(place, "must be given once")
		}
		value := reflect.New(into.Type().Elem()).Elem()
		r.read(value, "", place)
		if value.Kind() == reflect.Map && value.IsNil() {
			continue // null
		}
		into.SetMapIndex(reflect.ValueOf(name), value)
	}
}

func (r *documentReader) readList(into reflect.Value, tag reflect.StructTag, at string) {
	most, _ := strconv.Atoi(tag.Get("maxItems"))
	into.Set(reflect.MakeSlice(into.Type(), 0, 0))
	for i := 0; r.tokens.More(); i++ {
		if i >= most {
			if i == most {
				r.refuse(at, "must have at most %d entries", most)
			}
			r.skip(r.next())
			continue
		}
		into.Set(reflect.Append(into, reflect.Zero(into.Type().Elem())))
		r.read(into.Index(i), `maxLength:"64"`, at+"/"+strconv.Itoa(i))
	}
	r.next()
}

// escapePointer writes a key as a part of a JSON pointer (RFC 6901).
func escapePointer(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}
