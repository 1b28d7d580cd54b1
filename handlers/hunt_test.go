package handlers_test

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/uuid"
)

// hunter looks for traces of secrets in whatever comes out, in every form in which one could come out.
type hunter struct {
	plain  needles            // in bytes as they are
	folded needles            // in text, whatever its case
	known  map[uuid.UUID]bool // ids that contain a time and may be met all the same
	clean  map[string]bool    // contents in which nothing was found
}

// needle is one form of a secret. Alone, it counts only where no hexadecimal digit stands beside it.
type needle struct {
	secret, form, text string
	alone              bool
}

// needles are found by their first four bytes.
type needles map[[4]byte][]needle

// trace is where a secret was found.
type trace struct{ secret, form, place string }

func newHunter() *hunter {
	return &hunter{plain: needles{}, folded: needles{}, known: map[uuid.UUID]bool{}, clean: map[string]bool{}}
}

func (n needles) add(secret, form, text string, alone bool) {
	if len(text) < 4 {
		panic("too short to be told from chance: " + secret + " as " + form)
	}
	n[[4]byte([]byte(text))] = append(n[[4]byte([]byte(text))], needle{secret, form, text, alone})
}

func (n needles) find(content string) func(func(needle) bool) {
	return func(yield func(needle) bool) {
		for i := 0; i+4 <= len(content); i++ {
			for _, one := range n[[4]byte{content[i], content[i+1], content[i+2], content[i+3]}] {
				end := i + len(one.text)
				if !strings.HasPrefix(content[i:], one.text) || one.alone && (i > 0 && digit(content[i-1]) || end < len(content) && digit(content[end])) {
					continue
				}
				if !yield(one) {
					return
				}
			}
		}
	}
}

func digit(b byte) bool { return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F' }

// says makes a text a secret: as it is, escaped, packed, and as a PDF may have it.
func (h *hunter) says(secret, text string) {
	lower := strings.ToLower(text)
	h.folded.add(secret, "text", lower, len(text) < 6)
	if len(text) < 6 {
		return // its other forms could be chance
	}
	if ascii := strings.Trim(strconv.QuoteToASCII(text), `"`); ascii != text {
		h.folded.add(secret, "escaped text", strings.ToLower(ascii), false)
	}
	if escaped := url.QueryEscape(text); escaped != text {
		h.folded.add(secret, "text of an address", strings.ToLower(escaped), false)
	}
	var wide []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		wide = binary.BigEndian.AppendUint16(wide, unit)
	}
	h.plain.add(secret, "UTF-16", string(wide), false)
	h.folded.add(secret, "UTF-16 in hex", hex.EncodeToString(wide), false)
	h.packed(secret, text)
}

// packed is a content in base64, wherever in a longer one it stands, and in hex.
func (h *hunter) packed(secret, content string) {
	h.folded.add(secret, "hex", hex.EncodeToString([]byte(content)), false)
	for before := range 3 {
		for form, encoding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64 for addresses": base64.RawURLEncoding} {
			text := encoding.EncodeToString(append(make([]byte, before), content...))
			text = text[[]int{0, 2, 3}[before] : (before+len(content))*8/6]
			if len(text) >= 8 {
				h.plain.add(secret, form, text, false)
			}
		}
	}
}

// names makes a person's name a secret, and each longer part of it.
func (h *hunter) names(secret, name string) {
	h.says(secret, name)
	for _, part := range strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune(" .@-", r) }) {
		if utf8.RuneCountInString(part) >= 6 && part != name {
			h.says(secret, part)
		}
	}
}

// is makes an id a secret.
func (h *hunter) is(secret string, id uuid.UUID) {
	h.folded.add(secret, "text", id.String(), false)
	h.plain.add(secret, "bytes", string(id[:]), false)
	h.packed(secret, id.String())
	h.packed(secret, string(id[:]))
}

// hash makes a SHA-256 a secret, also where it is cut short.
func (h *hunter) hash(secret, sum string) {
	raw, err := hex.DecodeString(sum)
	if err != nil {
		panic(err)
	}
	h.folded.add(secret, "hex", sum[:12], false)
	h.packed(secret, sum)
	h.packed(secret, string(raw))
}

// happened makes an instant a secret, to the minute: in words in UTC and in the zone, counted, and in an id.
func (h *hunter) happened(secret string, at time.Time, zone *time.Location) {
	for _, place := range []*time.Location{time.UTC, zone} {
		local := at.In(place)
		for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", "200601021504", "20060102T1504", "2006:01:02 15:04"} {
			h.folded.add(secret, layout, strings.ToLower(local.Format(layout)), false)
			h.packed(secret, local.Format(layout))
		}
		for _, layout := range []string{"15:04", "3:04 PM", "3:04PM", "15h04"} {
			h.folded.add(secret, layout, strings.ToLower(local.Format(layout)), true)
		}
	}
	milli := at.UnixMilli()
	seconds := strconv.FormatInt(at.Unix(), 10)
	h.folded.add(secret, "seconds, or what is counted finer", seconds, false)
	h.packed(secret, seconds)
	h.folded.add(secret, "seconds in hex", strconv.FormatInt(at.Unix(), 16), true)
	h.folded.add(secret, "milliseconds in hex", strconv.FormatInt(milli, 16), false)
	h.folded.add(secret, "microseconds in hex", strconv.FormatInt(at.UnixMicro(), 16), false)
	h.folded.add(secret, "the time in an id", fmt.Sprintf("%08x-%04x", milli>>16, milli&0xffff), false)
	for form, count := range map[string]int64{"microseconds": at.UnixMicro(), "nanoseconds": at.UnixNano()} {
		h.plain.add(secret, form+" in bytes", string(binary.BigEndian.AppendUint64(nil, uint64(count))[1:]), false)
		h.plain.add(secret, form+" in bytes", string(binary.LittleEndian.AppendUint64(nil, uint64(count))[:7]), false)
	}
}

// fields that nothing behind the wall has, whatever stands in them.
var hiddenFields = []string{"shopper", "shopper_id", "shopper_name", "visit_id", "grade", "fee", "expense_limit", "scenario", "persona", "instructions",
	"begun", "finished", "received_at", "accepted_at", "approved_at", "marks", "observations", "observed", "author_id", "reason", "content_hash",
	"sha256", "taken", "taken_at", "claim", "open_questions", "publication", "revisions"}

var (
	anID   = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b`)
	packed = regexp.MustCompile(`[A-Za-z0-9_-]{8,}|[A-Za-z0-9+/]{8,}`)
)

// hunt gives the traces in a content. Of a text it looks also at what is packed in it, and at its ids: each must be
// random, for another kind tells when it was made.
func (h *hunter) hunt(place, content string) (traces []trace) {
	if h.clean[content] {
		return nil
	}
	defer func() { h.clean[content] = len(traces) == 0 }()
	found := func(n needle) bool {
		traces = append(traces, trace{n.secret, n.form, place})
		return true
	}
	h.plain.find(content)(found)
	h.folded.find(strings.ToLower(content))(found)
	if !utf8.ValidString(content) {
		return unique(traces)
	}
	for _, text := range anID.FindAllString(strings.ToLower(content), -1) {
		if len(text) == 32 && strings.Contains(place, "PDF") {
			continue // any string of a PDF can be written like this
		}
		id, err := uuid.Parse(text)
		if err == nil && !h.known[id] && id.Variant() == uuid.RFC4122 && id.Version() != 4 {
			traces = append(traces, trace{"an id that is not random", text, place})
		}
	}
	for _, run := range packed.FindAllString(content, -1) {
		for _, encoding := range []*base64.Encoding{base64.RawURLEncoding, base64.RawStdEncoding} {
			if inside, err := encoding.DecodeString(run); err == nil {
				h.plain.find(string(inside))(found)
				h.folded.find(strings.ToLower(string(inside)))(found)
			}
		}
	}
	var value any
	if json.Unmarshal([]byte(content), &value) == nil {
		each(value, "", func(at string, object map[string]any) {
			for key := range object {
				if slices.Contains(hiddenFields, key) {
					traces = append(traces, trace{key, "a field", place + at})
				}
			}
		})
	}
	return unique(traces)
}

func unique(traces []trace) []trace {
	seen := map[trace]bool{}
	return slices.DeleteFunc(traces, func(t trace) bool {
		again := seen[t]
		seen[t] = true
		return again
	})
}
