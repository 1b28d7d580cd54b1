package handlers

import (
	"bytes"
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"fieldcare/assets/web"
	"fieldcare/internal/database"
)

// webPolicy allows the web app its own files and nothing else. Photos that are still on the phone are blobs.
const webPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; " +
	"manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// builtFile is a file of the web app as it is sent.
type builtFile struct {
	content, packed []byte // packed is gzip, made when the app was built; nil where that would not be smaller
	kind, tag       string
	named           bool // by its content: it never changes
}

// notPages are the first parts of addresses that are never a page of the web app.
var notPages = []string{"api", "assets", "calendars", "healthz", "metrics", "rate", "readyz", "rsvp", "unsubscribe"}

// web serves the files of the web app, and makes ready what its pages are answered with.
func (s *Server) web(app *fiber.App) {
	files := s.WebFiles
	if files == nil {
		files = web.App()
	}
	served, err := builtFiles(files)
	if err != nil {
		panic(err) // embedded
	}
	if s.index = served["index.html"]; s.index == nil {
		s.index = served["placeholder.html"]
		return
	}
	for name, file := range served {
		if file != s.index {
			app.Get("/"+name, file.send)
		}
	}
}

// page answers what no route answers and a browser asks for as a page: which page it is, the web app finds out. There is
// no route for it, since it would match every address, and turn what is not found with other methods into not allowed.
func (s *Server) page(c *fiber.Ctx, missing error) error {
	var problem *fiber.Error
	if !errors.As(missing, &problem) || problem.Code != http.StatusNotFound || c.Method() != fiber.MethodGet {
		return missing
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(c.Path(), "/"), "/")
	if slices.Contains(notPages, first) || path.Ext(c.Path()) != "" || c.Get(fiber.HeaderAccept) == "" || c.Accepts(fiber.MIMETextHTML) == "" {
		return missing
	}
	return s.index.send(c)
}

// builtFiles reads the web app, once.
func builtFiles(files fs.FS) (map[string]*builtFile, error) {
	served := map[string]*builtFile{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(name, ".gz") {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		kind := mime.TypeByExtension(path.Ext(name))
		if path.Ext(name) == ".webmanifest" {
			kind = "application/manifest+json"
		}
		file := &builtFile{content: content, kind: kind, tag: `"` + database.HashOf(content)[:32] + `"`, named: strings.HasPrefix(name, "assets/")}
		if packed, err := fs.ReadFile(files, name+".gz"); err == nil && len(packed) < len(content) {
			file.packed = packed
		}
		served[name] = file
		return nil
	})
	return served, err
}

func (f *builtFile) send(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentSecurityPolicy, webPolicy)
	c.Set("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
	c.Set(fiber.HeaderContentType, f.kind)
	c.Set(fiber.HeaderETag, f.tag)
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	c.Set(fiber.HeaderCacheControl, "no-cache") // asked about each time, answered by 304
	if f.named {
		c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	}
	if bytes.Contains(c.Request().Header.Peek(fiber.HeaderIfNoneMatch), []byte(f.tag)) {
		return c.SendStatus(http.StatusNotModified)
	}
	if f.packed != nil && c.Get(fiber.HeaderAcceptEncoding) != "" && c.AcceptsEncodings("gzip") == "gzip" {
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(f.packed)
	}
	return c.Send(f.content)
}
