package handlers

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/goccy/go-json"
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
)

func decode(body []byte, into any) error {
	if !utf8.Valid(body) {
		return errNotUTF8
	}
	if holdsNUL(body) {
		return errNUL
	}
	if err := json.Unmarshal(body, into); err != nil {
		var typed *json.UnmarshalTypeError
		if errors.As(err, &typed) && typed.Field != "" {
			return errors.New("the value at " + typed.Field + " is of the wrong type")
		}
		return errNotJSON
	}
	return nil
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
