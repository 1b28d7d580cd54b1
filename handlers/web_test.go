package handlers_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gofiber/fiber/v2"
	"github.com/stretchr/testify/require"

	"fieldcare/assets/web"
	"fieldcare/handlers"
)

// browser asks an application for what a browser asks for.
type browser struct {
	T
	app *fiber.App
}

const (
	indexPage = `<!doctype html><script type="module" src="/assets/index-4f2a.js"></script>`
	script    = "console.log('a longer text that is the same again and again, again and again, again and again')"
	drawing   = `<svg xmlns="http://www.w3.org/2000/svg"/>`
)

// browsing is an application that serves a small web app, whether the real one was built or not.
func browsing(t T) browser {
	t.Helper()
	file := func(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }
	return browser{t, (&handlers.Server{WebFiles: fstest.MapFS{
		"index.html": file(indexPage), "index.html.gz": file(gzipped(t, indexPage)),
		"assets/index-4f2a.js": file(script), "assets/index-4f2a.js.gz": file(gzipped(t, script)),
		"icon.svg": file(drawing), "icon.svg.gz": file(gzipped(t, drawing)),
		"sw.js": file("self.addEventListener('fetch', () => {})"), "manifest.webmanifest": file("{}"),
	}}).App()}
}

func gzipped(t T, content string) string {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := io.WriteString(z, content)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return packed.String()
}

const asPage = "text/html,application/xhtml+xml,*/*;q=0.8"

// asks sends a request. Headers are pairs.
func (b browser) asks(method, path string, headers ...string) *answer {
	b.Helper()
	request := httptest.NewRequest(method, path, nil)
	request.Header.Set("Accept", "*/*")
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := b.app.Test(request, -1)
	require.NoError(b, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	require.NoError(b, err)
	return &answer{T: b.T, status: response.StatusCode, header: response.Header, body: content, what: method + " " + path}
}

func (b browser) opens(path string) *answer {
	b.Helper()
	return b.asks("GET", path, "Accept", asPage)
}

func TestThePagesThatMailsLeadToAreTheWebApp(t *testing.T) {
	b := browsing(t)
	const id = "/3f0c8c1e-6a57-4c52-9e7e-0d6a1c9b2f44"
	for _, path := range []string{"/", "/?installed", "/me", "/visits" + id, "/evaluations" + id, "/branches" + id, "/focus-groups" + id, "/set-password", "/a/page/of/tomorrow"} {
		a := b.opens(path).is(200)
		require.Equal(t, indexPage, string(a.body), path)
		require.Equal(t, "text/html; charset=utf-8", a.header.Get("Content-Type"), path)
		require.Equal(t, "no-cache", a.header.Get("Cache-Control"), path)
	}
}

func TestWhatIsNoPageOfTheWebAppIsNotAnsweredByOne(t *testing.T) {
	b := browsing(t)
	for _, path := range []string{"/api", "/api/v1/nothing", "/api/nothing", "/rsvp", "/rsvp/a/b", "/rate/x", "/unsubscribe", "/calendars/x", "/metrics",
		"/assets", "/assets/index-0000.js", "/assets/index-4f2a.js.gz", "/index.html.gz", "/nothing.png", "/visits/x.json", "/placeholder.html"} {
		b.opens(path).isProblem(404, "not-found")
	}
	b.asks("GET", "/visits", "Accept", "application/json").isProblem(404, "not-found")
	b.asks("GET", "/visits", "Accept", "").isProblem(404, "not-found")
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH"} {
		b.asks(method, "/visits", "Accept", asPage).isProblem(404, "not-found")
		b.asks(method, "/", "Accept", asPage).isProblem(404, "not-found")
	}
	b.asks("POST", "/sw.js").isProblem(405, "method-not-allowed")
}

func TestTheFilesOfTheWebAppComeWithAPolicyThatAllowsThemAlone(t *testing.T) {
	b := browsing(t)
	for path, kind := range map[string]string{"/": "text/html", "/assets/index-4f2a.js": "text/javascript", "/sw.js": "text/javascript",
		"/icon.svg": "image/svg+xml", "/manifest.webmanifest": "application/manifest+json"} {
		a := b.opens(path).is(200)
		require.Contains(t, a.header.Get("Content-Type"), kind, path)
		policy := a.header.Get("Content-Security-Policy")
		require.True(t, strings.HasPrefix(policy, "default-src 'none'; script-src 'self'; "), path)
		for _, never := range []string{"unsafe", "data:", "*", "http"} {
			require.NotContains(t, policy, never, path)
		}
		require.Contains(t, policy, "frame-ancestors 'none'", path)
		require.Equal(t, "camera=(self), geolocation=(self), microphone=()", a.header.Get("Permissions-Policy"), path)
		require.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"), path)
		require.Equal(t, "no-referrer", a.header.Get("Referrer-Policy"), path)
	}
	require.Equal(t, "default-src 'none'; frame-ancestors 'none'", b.opens("/nothing.js").header.Get("Content-Security-Policy"))
}

func TestAFileIsPackedForThoseAloneWhoAskForIt(t *testing.T) {
	b := browsing(t)
	for _, coding := range []string{"gzip", "deflate, gzip;q=0.5", "br, gzip"} {
		a := b.asks("GET", "/assets/index-4f2a.js", "Accept-Encoding", coding).is(200)
		require.Equal(t, "gzip", a.header.Get("Content-Encoding"), coding)
		require.Equal(t, "Accept-Encoding", a.header.Get("Vary"), coding)
		unpacked, err := gzip.NewReader(bytes.NewReader(a.body))
		require.NoError(t, err)
		content, err := io.ReadAll(unpacked)
		require.NoError(t, err)
		require.Equal(t, script, string(content))
	}
	for _, coding := range []string{"", "identity", "br", "gzip;q=0"} {
		a := b.asks("GET", "/assets/index-4f2a.js", "Accept-Encoding", coding).is(200)
		require.Empty(t, a.header.Get("Content-Encoding"), coding)
		require.Equal(t, script, string(a.body), coding)
		require.Equal(t, "Accept-Encoding", a.header.Get("Vary"), coding)
	}
	require.Empty(t, b.asks("GET", "/icon.svg", "Accept-Encoding", "gzip").header.Get("Content-Encoding"), "packed it would be larger")
}

func TestWhatTheBrowserHasIsNotSentAgain(t *testing.T) {
	b := browsing(t)
	for path, kept := range map[string]string{
		"/": "no-cache", "/sw.js": "no-cache", "/manifest.webmanifest": "no-cache", "/icon.svg": "no-cache",
		"/assets/index-4f2a.js": "public, max-age=31536000, immutable",
	} {
		first := b.opens(path).is(200)
		require.Equal(t, kept, first.header.Get("Cache-Control"), path)
		tag := first.header.Get("ETag")
		require.Regexp(t, `^"[0-9a-f]{32}"$`, tag, path)
		for _, has := range []string{tag, "W/" + tag, `"other", ` + tag} {
			again := b.asks("GET", path, "Accept", asPage, "If-None-Match", has).is(304)
			require.Empty(t, again.body, path)
			require.Equal(t, tag, again.header.Get("ETag"), path)
			require.Equal(t, kept, again.header.Get("Cache-Control"), path)
		}
		b.asks("GET", path, "Accept", asPage, "If-None-Match", `"other"`).is(200)
	}
}

func TestHeadOfAPageOrAFileSaysWhatGetWould(t *testing.T) {
	b := browsing(t)
	for _, path := range []string{"/", "/visits", "/assets/index-4f2a.js", "/icon.svg"} {
		got, head := b.opens(path).is(200), b.asks("HEAD", path, "Accept", asPage).is(200)
		require.Empty(t, head.body, path)
		for _, name := range []string{"Content-Type", "Content-Length", "ETag", "Cache-Control", "Content-Security-Policy"} {
			require.Equal(t, got.header.Get(name), head.header.Get(name), path+" "+name)
		}
	}
	b.asks("HEAD", "/nothing.js", "Accept", asPage).is(404)
}

func TestWithoutTheWebAppAPageSaysHowToBuildIt(t *testing.T) {
	b := browser{t, (&handlers.Server{WebFiles: fstest.MapFS{"placeholder.html": {Data: []byte("make web")}}}).App()}
	require.Equal(t, "make web", string(b.opens("/visits").is(200).body))
	b.opens("/placeholder.html").isProblem(404, "not-found")
	b.opens("/sw.js").isProblem(404, "not-found")
}

// inApp are the addresses of own files that a text of the web app names.
var inApp = regexp.MustCompile(`["'](/[\w./-]+\.\w+)["']`)

func TestTheWebAppThatTheProgramWasBuiltWithIsComplete(t *testing.T) {
	files := web.App()
	b := browser{t, new(handlers.Server).App()}
	if _, err := fs.Stat(files, "index.html"); err != nil {
		require.Contains(t, string(b.opens("/").is(200).body), "make web")
		return
	}
	for page, least := range map[string]int{"index.html": 4, "sw.js": 2} {
		content, err := fs.ReadFile(files, page)
		require.NoError(t, err)
		named := inApp.FindAllSubmatch(content, -1)
		require.GreaterOrEqual(t, len(named), least, page)
		for _, name := range named {
			b.asks("GET", string(name[1])).is(200)
		}
	}
	var manifest struct {
		Start string `json:"start_url"`
		Icons []struct{ Src string }
	}
	require.NoError(t, json.Unmarshal(b.asks("GET", "/manifest.webmanifest").is(200).body, &manifest))
	require.NotEmpty(t, manifest.Icons)
	for _, icon := range manifest.Icons {
		require.Equal(t, http.StatusOK, b.asks("GET", "/"+strings.TrimPrefix(icon.Src, "/")).status, icon.Src)
	}
	b.opens(manifest.Start).is(200)
	require.Contains(t, b.opens("/").header.Get("Content-Type"), "text/html")
}
