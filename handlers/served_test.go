package handlers_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
)

// served is an answer that somebody behind the wall got.
type served struct {
	what   string
	header http.Header
	body   []byte
}

func servedBy(a *answer) served { return served{a.what, a.header, a.body} }

// places gives everything in the answer that can be read, each under its name: headers, the body, and what is packed in
// a document or a picture.
func (s served) places(t T) func(func(place, content string) bool) {
	return func(yield func(place, content string) bool) {
		for name, values := range s.header {
			if name == "Date" {
				continue // the time now, of the machine
			}
			if !yield("header "+name+" of "+s.what, strings.Join(values, "\n")) {
				return
			}
		}
		if !yield("body of "+s.what, string(s.body)) {
			return
		}
		if bytes.HasPrefix(s.body, []byte("%PDF")) {
			if !yield("PDF unpacked of "+s.what, converted(t, s.body, "qpdf", "--qdf", "--object-streams=disable", "--static-id", "IN", "OUT")) ||
				!yield("PDF's text of "+s.what, converted(t, s.body, "pdftotext", "-layout", "IN", "OUT")) {
				return
			}
		}
	}
}

// traces are those of all places, and what else must not be in an answer to anybody behind the wall: metadata in a
// picture, and a tag that counts changes of an evaluation.
func (h *hunter) traces(t T, s served) (traces []trace) {
	for place, content := range s.places(t) {
		traces = append(traces, h.hunt(place, content)...)
	}
	for rest := s.body; ; {
		i := bytes.Index(rest, []byte("\xff\xd8\xff"))
		if i < 0 {
			break
		}
		rest = rest[i:]
		for _, segment := range metadata(rest) {
			traces = append(traces, trace{"metadata of a picture", segment, "body of " + s.what})
		}
		rest = rest[3:]
	}
	if (strings.Contains(s.what, "/evaluations") || strings.Contains(s.what, "/report")) && s.header.Get("ETag") != "" {
		traces = append(traces, trace{"when it was changed", s.header.Get("ETag"), "header Etag of " + s.what})
	}
	return traces
}

// metadata names the segments of a JPEG that could tell of more than its picture: those of applications, but for the
// bare JFIF header, and comments.
func metadata(picture []byte) (segments []string) {
	for rest := picture[2:]; len(rest) >= 4 && rest[0] == 0xff && rest[1] != 0xda; {
		length := int(binary.BigEndian.Uint16(rest[2:]))
		if rest[1] == 0xfe || rest[1] >= 0xe1 && rest[1] <= 0xef {
			segments = append(segments, string(bytes.ToValidUTF8(rest[4:min(len(rest), 14)], []byte("."))))
		}
		if len(rest) < 2+length {
			break
		}
		rest = rest[2+length:]
	}
	return segments
}

// unpacked remembers what tools made of a document: a walk meets the same again and again.
var unpacked = map[string]string{}

// converted runs a tool on a document. IN and OUT stand for files.
func converted(t T, document []byte, tool string, args ...string) string {
	t.Helper()
	sum := sha256.Sum256(document)
	key := tool + string(sum[:])
	if text, done := unpacked[key]; done {
		return text
	}
	_, err := exec.LookPath(tool)
	require.NoError(t, err, "%s is missing: install the Debian packages poppler-utils and qpdf", tool)
	in, out := filepath.Join(t.TempDir(), "in.pdf"), filepath.Join(t.TempDir(), "out")
	require.NoError(t, os.WriteFile(in, document, 0o600))
	for i, arg := range args {
		switch arg {
		case "IN":
			args[i] = in
		case "OUT":
			args[i] = out
		}
	}
	said, err := exec.Command(tool, args...).CombinedOutput()
	require.NoError(t, err, "%s: %s", tool, said)
	text, err := os.ReadFile(out)
	require.NoError(t, err)
	unpacked[key] = string(text)
	return unpacked[key]
}

// walk asks for every operation of the API about every target, as one that is signed in and behind the wall, and for what
// an operation can be asked beside.
func (p *person) walk(targets ...target) (all []served) {
	p.w.Helper()
	add := func(a *answer) *answer {
		all = append(all, servedBy(a))
		return a
	}
	for _, row := range access {
		for _, about := range targets {
			add(p.asks(row.operation, about))
		}
	}
	forged := "WyIyMDI3LTA1LTE4IiwwLCJiYWRlOGEyNi0wMDAwLTRhYmMtODAwMC0wMDAwMDAwMDAwMDAiXQ" // a day, a place in it, an id
	queries := []string{"?limit=1", "?state=submitted", "?state=rejected", "?state=approved", "?cursor=nonsense", "?cursor=" + forged, "?limit=0", "?size=thumbnail", "?size=huge",
		"?from=2027-05-01&to=2027-05-31", "?from=2027-06-01&to=2027-06-02", "?from=yesterday", "?to=2026-01-01&from=2027-01-01"}
	for _, row := range access {
		method, path, _ := strings.Cut(row.operation, " ")
		if method != "GET" || row.manager == no {
			continue
		}
		for _, about := range targets {
			asked := append(slices.Clone(queries), "?branch="+about.branch.String(), "?shopper="+about.user.String(), "?checklist="+about.checklist.String())
			for _, n := range []string{"1", "2", "3", "4", "99"} {
				address := p.address(path, about, n)
				if n == "1" {
					for _, query := range asked {
						add(p.send("GET", address+query, nil))
					}
					add(p.send("GET", address, nil, "If-None-Match", `"1"`, "Range", "bytes=0-99", "If-Modified-Since", "Tue, 18 May 2027 08:00:00 GMT", "Accept", "text/html", "X-Forwarded-For", "10.0.0.1"))
				} else if strings.Contains(path, "{n}") {
					add(p.send("GET", address, nil))
				}
			}
		}
		for cursor, more := "", !strings.ContainsAny(path, "{."); more; { // a list, one by one
			cursor, more = add(p.send("GET", path+"?limit=1&cursor="+cursor, nil)).object()["next_cursor"].(string)
		}
	}
	// The description is left out: it is made of the code, so it says the same in every installation.
	for _, address := range []string{"/nothing", "/api/v1/nothing", "/api/v1/evaluations/x", "/healthz", "/readyz"} {
		add(p.raw("GET", address, nil))
	}
	return all
}

// address is that of an operation about a target.
func (p *person) address(path string, about target, n string) string {
	return strings.NewReplacer("{id}", about.of(path).String(), "{n}", n).Replace(path)
}
