package handlers_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/uptrace/bun"
)

// raw sends a request as it is, with the person's token, and takes any answer. Headers are pairs.
func (p *person) raw(method, address string, content []byte, headers ...string) *answer {
	p.w.Helper()
	if p.id != uuid.Nil && p.token == "" {
		p.signIn()
	}
	request, err := http.NewRequest(method, "http://fieldcare.test"+address, bytes.NewReader(content))
	require.NoError(p.w, err)
	request.Header.Set("Content-Type", "application/json")
	if p.token != "" {
		request.Header.Set("Authorization", "Bearer "+p.token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := p.client.Do(request)
	require.NoError(p.w, err)
	return p.w.read(response, method+" "+address+" as "+p.name)
}

// writes sends the bytes of a request.
func (w *world) writes(text string) *answer {
	w.Helper()
	connection, err := w.dial(w.Context(), "", "")
	require.NoError(w, err)
	defer connection.Close()
	_, err = io.WriteString(connection, text)
	require.NoError(w, err)
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	require.NoError(w, err)
	return w.read(response, strconv.Quote(text))
}

func (w *world) read(response *http.Response, what string) *answer {
	w.Helper()
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(w, err)
	return &answer{T: w.T, status: response.StatusCode, header: response.Header, body: text, what: what}
}

// isProblem requires a problem (RFC 9457) of this type.
func (a *answer) isProblem(status int, kind string) *answer {
	a.Helper()
	a.is(status)
	require.Equal(a, "application/problem+json", a.header.Get("Content-Type"), a.what)
	p := a.object()
	require.Equal(a, "urn:fieldcare:"+kind, p["type"], a.what)
	require.Equal(a, http.StatusText(status), p["title"], a.what)
	require.EqualValues(a, status, p["status"], a.what)
	require.NotEmpty(a, p["detail"], a.what)
	return a
}

// logged collects what is logged until the test ends.
func logged(t *testing.T) *logText {
	text, before := &logText{}, slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(text, &slog.HandlerOptions{Level: slog.LevelDebug})))
	t.Cleanup(func() { slog.SetDefault(before) })
	return text
}

type logText struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (l *logText) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(p)
}

func (l *logText) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}

func TestEveryRefusalIsAProblemWithTheHeadersOfEveryAnswer(t *testing.T) {
	w := newWorld(t)
	noHeaders := w.writes("nonsense\r\n\r\n")
	tooLarge := w.writes("POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
	longHeader := w.writes("GET /api/v1/me HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 20000) + "\r\n\r\n")
	for _, a := range []*answer{
		w.nobody.raw("GET", "/nowhere", nil).isProblem(404, "not-found"),
		w.nobody.raw("GET", "/api/v1/nowhere", nil).isProblem(404, "not-found"),
		w.nobody.raw("GET", "/api/v1/me/../../../etc/passwd", nil).isProblem(404, "not-found"),
		w.nobody.raw("DELETE", "/api/v1/me", nil).isProblem(405, "method-not-allowed"),
		w.nobody.raw("OPTIONS", "/api/v1/me", nil).isProblem(405, "method-not-allowed"),
		w.nobody.raw("BREW", "/api/v1/me", nil).isProblem(405, "method-not-allowed"),
		w.nobody.raw("BREW", "/nowhere", nil).isProblem(404, "not-found"),
		w.nobody.raw("POST", "/healthz", nil).isProblem(405, "method-not-allowed"),
		w.nobody.raw("GET", "/api/v1/me", nil).isProblem(401, "sign-in-needed"),
		w.sam.raw("GET", "/api/v1/users", nil).isProblem(403, "forbidden"),
		w.carol.raw("GET", "/api/v1/users/"+uuid.NewString(), nil).isProblem(404, "not-found"),
		w.nobody.raw("POST", "/api/v1/session", []byte("{")).isProblem(400, "invalid"),
		w.nobody.raw("POST", "/api/v1/session", nil).isProblem(400, "invalid"),
		w.nobody.raw("POST", "/api/v1/session", []byte("{}")).isProblem(422, "invalid"),
		w.nobody.raw("POST", "/api/v1/session", bytes.Repeat([]byte(" "), 2<<20)).isProblem(413, "too-large"),
		tooLarge.isProblem(413, "too-large"),
		longHeader.isProblem(431, "invalid"),
		noHeaders.isProblem(400, "invalid"),
		w.nobody.raw("GET", "/healthz", nil).is(200),
		w.nobody.raw("GET", "/api/openapi.json", nil).is(200),
		w.carol.raw("GET", "/api/v1/users", nil).is(200),
	} {
		require.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"), a.what)
		require.Equal(t, "no-referrer", a.header.Get("Referrer-Policy"), a.what)
		require.Equal(t, "DENY", a.header.Get("X-Frame-Options"), a.what)
		require.Equal(t, "no-store", a.header.Get("Cache-Control"), a.what)
		require.Equal(t, "default-src 'none'; frame-ancestors 'none'", a.header.Get("Content-Security-Policy"), a.what)
		require.Empty(t, a.header.Get("Server"), a.what)
		require.Empty(t, a.header.Get("Access-Control-Allow-Origin"), a.what)
	}
	require.Equal(t, "GET, HEAD, PATCH", w.nobody.raw("DELETE", "/api/v1/me", nil).header.Get("Allow"))
	require.Equal(t, "POST, DELETE", w.nobody.raw("GET", "/api/v1/session", nil).header.Get("Allow"))
	require.Equal(t, "GET, HEAD", w.nobody.raw("POST", "/healthz", nil).header.Get("Allow"))
}

func TestHeadIsAnsweredLikeGetWithoutTheBody(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/api/v1/me", "/api/v1/users?limit=2", "/healthz", "/api/openapi.json"} {
		got, head := w.carol.raw("GET", path, nil).is(200), w.carol.raw("HEAD", path, nil).is(200)
		require.Empty(t, head.body)
		for _, name := range []string{"Content-Type", "ETag", "Content-Length"} {
			require.Equal(t, got.header.Get(name), head.header.Get(name), path+" "+name)
		}
	}
	w.nobody.raw("HEAD", "/api/v1/me", nil).is(401)
	w.carol.raw("HEAD", "/api/v1/session", nil).is(405)
}

func TestAnUnknownErrorIsLoggedAndShowsNothingOfItself(t *testing.T) {
	w := newWorld(t)
	w.ada.signIn()
	require.NoError(t, w.server.DB.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("DROP TABLE settings").Exec(ctx)
		return err
	}))
	log := logged(t)
	a := w.ada.raw("GET", "/api/v1/settings", nil).isProblem(500, "internal")
	require.NotContains(t, strings.ToLower(string(a.body)), "settings")
	require.Contains(t, log.String(), "settings")
	w.ada.raw("PATCH", "/api/v1/settings", []byte(`{"organisation": "Northwind"}`), "If-Match", `"0"`).isProblem(500, "internal")
	w.ada.raw("GET", "/api/v1/me", nil).is(200)
}

func TestWithoutADatabaseNothingIsToldButThatItIsSo(t *testing.T) {
	w := newWorld(t)
	w.ada.signIn()
	w.nobody.raw("GET", "/readyz", nil).is(200)
	require.NoError(t, w.server.DB.Close())
	log := logged(t)
	for _, a := range []*answer{
		w.ada.raw("GET", "/api/v1/me", nil),
		w.nobody.raw("POST", "/api/v1/session", []byte(`{"email": "ada@example.org", "password": "correct horse battery"}`)),
		w.nobody.raw("POST", "/api/v1/session/refresh", nil, "Cookie", "fieldcare_refresh=x"),
	} {
		a.isProblem(500, "internal")
		require.NotContains(t, string(a.body), "closed")
		require.NotContains(t, string(a.body), "sql")
	}
	w.nobody.raw("GET", "/readyz", nil).isProblem(503, "not-ready")
	w.nobody.raw("GET", "/healthz", nil).is(200)
	require.Contains(t, log.String(), "closed")
	require.NotContains(t, log.String(), "correct horse")
}

func TestAPanicIsAnsweredLoggedAndEndsNothingElse(t *testing.T) {
	w := newWorld(t)
	w.max.signIn()
	reports := w.server.Reports
	w.server.Reports = nil
	log := logged(t)
	a := w.max.raw("GET", "/api/v1/branches/"+w.oldTown.ID.String()+"/report", nil).isProblem(500, "internal")
	require.NotContains(t, string(a.body), "nil pointer")
	require.Contains(t, log.String(), "nil pointer")
	require.NotContains(t, log.String(), w.oldTown.ID.String(), "the log has the route, not the path")
	w.server.Reports = reports
	w.max.get("/branches/" + w.oldTown.ID.String() + "/report").is(200)
}

func TestARequestHasADeadlineAfterWhichNothingIsWritten(t *testing.T) {
	w := newWorld(t)
	w.carol.signIn()
	nina, err := json.Marshal(newShopper(nil))
	require.NoError(t, err)

	w.server.Deadline = time.Nanosecond
	a := w.carol.raw("POST", "/api/v1/users", nina).isProblem(503, "busy")
	require.Equal(t, "1", a.header.Get("Retry-After"))
	w.nobody.raw("POST", "/api/v1/session", []byte(`{"email": "sam@example.org", "password": "correct horse battery"}`)).is(503)

	w.server.Deadline = 0
	w.carol.raw("POST", "/api/v1/users", nina).is(201)
}

func TestTheRoleIsCheckedBeforeTheBodyIsLookedAt(t *testing.T) {
	w := newWorld(t)
	oneMegabyte, twentyMegabytes := bytes.Repeat([]byte(`{"id":`), 1<<20/6), bytes.Repeat([]byte(`{"id":`), 20<<20/6)
	for _, operation := range []string{"POST /api/v1/users", "POST /api/v1/checklists", "POST /api/v1/branches/import", "PATCH /api/v1/users/not-a-uuid", "GET /api/v1/audit?limit=x"} {
		method, path, _ := strings.Cut(operation, " ")
		for _, content := range [][]byte{nil, []byte("{"), []byte("\xff"), []byte(`{"roles": 5}`), oneMegabyte} {
			w.nobody.raw(method, path, content).isProblem(401, "sign-in-needed")
			w.sam.raw(method, path, content).isProblem(403, "forbidden")
			w.max.raw(method, path, content, "Content-Type", "text/xml").isProblem(403, "forbidden")
		}
	}
	w.nobody.raw("PUT", "/api/v1/photos/x", twentyMegabytes).isProblem(401, "sign-in-needed")
	w.carol.raw("PUT", "/api/v1/photos/x", twentyMegabytes).isProblem(403, "forbidden")
}

func TestEachOperationHasItsOwnLimit(t *testing.T) {
	w := newWorld(t)
	megabytes := func(n int) []byte { return bytes.Repeat([]byte("x"), n<<20) }
	w.carol.raw("POST", "/api/v1/branches", megabytes(1)).isProblem(413, "too-large")
	w.carol.raw("POST", "/api/v1/branches", megabytes(1)[1:]).isProblem(400, "invalid")
	w.carol.raw("POST", "/api/v1/branches/import", megabytes(8)).isProblem(413, "too-large")
	w.carol.raw("POST", "/api/v1/branches/import", megabytes(8)[1:]).isProblem(422, "invalid")
	w.sam.raw("POST", "/api/v1/evaluations", megabytes(1)).isProblem(413, "too-large")
	w.sam.raw("PUT", "/api/v1/photos/"+strings.Repeat("0", 64), megabytes(20)).isProblem(422, "invalid")
	w.sam.raw("PUT", "/api/v1/photos/"+strings.Repeat("0", 64), append(megabytes(20), 'x')).isProblem(413, "too-large")
}

func TestAPackedBodyIsRefusedAndNotUnpacked(t *testing.T) {
	w := newWorld(t)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := io.Copy(z, io.LimitReader(zeros{}, 64<<20))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	for _, coding := range []string{"gzip", "br", "deflate", "GZIP", "gzip, gzip", "unknown"} {
		w.nobody.raw("POST", "/api/v1/session", packed.Bytes(), "Content-Encoding", coding).isProblem(415, "unsupported-media-type")
		w.sam.raw("POST", "/api/v1/evaluations", packed.Bytes(), "Content-Encoding", coding).isProblem(415, "unsupported-media-type")
	}
	w.writes("POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Encoding: identity\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx").isProblem(415, "unsupported-media-type")
	w.sam.raw("POST", "/api/v1/session", []byte(`{"email": "sam@example.org", "password": "correct horse battery"}`), "Content-Encoding", "identity").is(201)
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestAnotherContentTypeIsRefusedAndNotRepeated(t *testing.T) {
	w := newWorld(t)
	for _, kind := range []string{"text/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "marker", "application/cbor"} {
		for _, a := range []*answer{
			w.nobody.raw("POST", "/api/v1/session", []byte("<x/>"), "Content-Type", kind),
			w.carol.raw("POST", "/api/v1/branches", []byte("<x/>"), "Content-Type", kind),
			w.carol.raw("POST", "/api/v1/checklists", []byte("<x/>"), "Content-Type", kind),
			w.sam.raw("POST", "/api/v1/evaluations", []byte("<x/>"), "Content-Type", kind),
		} {
			a.isProblem(415, "unsupported-media-type")
			require.NotContains(t, string(a.body), "marker")
		}
	}
	for _, kind := range []string{"application/json", "application/json; charset=utf-8", "Application/JSON"} {
		w.nobody.raw("POST", "/api/v1/session", []byte(`{"email": "sam@example.org", "password": "correct horse battery"}`), "Content-Type", kind).is(201)
	}
}

func TestValuesOutliveTheirRequest(t *testing.T) {
	w := newWorld(t)
	w.carol.signIn()
	const many = 200
	ids := make([]uuid.UUID, many)
	name := func(i int) string { return "Branch " + strings.Repeat(strconv.Itoa(i)+" ", 10+i%5) + "end" }
	var all sync.WaitGroup
	for i := range many {
		ids[i] = uuid.New()
		all.Go(func() {
			content, _ := json.Marshal(body{"id": ids[i], "code": "C-" + strconv.Itoa(i), "name": name(i), "address": "Rynek " + strconv.Itoa(i), "zone": "Europe/Warsaw"})
			w.carol.raw("POST", "/api/v1/branches", content)
		})
	}
	all.Wait()
	require.True(t, w.server.App().Config().Immutable)
	for i := range many {
		b := w.carol.get("/branches/" + ids[i].String()).is(200).object()
		require.Equal(t, []any{"C-" + strconv.Itoa(i), name(i), "Rynek " + strconv.Itoa(i)}, []any{b["code"], b["name"], b["address"]})
	}
}
