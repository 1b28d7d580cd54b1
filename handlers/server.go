// Package handlers is the HTTP surface: it turns requests into calls of the domain and answers into JSON. It holds no
// SQL, no rule and no clock.
package handlers

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"reflect"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/recover"
	"github.com/valyala/fasthttp"

	"fieldcare/evaluation"
	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/mail"
)

// Server holds what the operations call.
type Server struct {
	DB          *database.DB
	Accounts    *account.Accounts
	Settings    *evaluation.SettingsStore
	Branches    *evaluation.Branches
	Checklists  *evaluation.Checklists
	Visits      *evaluation.Visits
	Photos      *evaluation.Photos
	Evaluations *evaluation.Evaluations
	Reports     *evaluation.Reports
	Mails       *mail.Post

	SecureCookies  bool     // true where the public address is https
	TrustedProxies []string // whose X-Forwarded-For is believed

	api huma.API
}

const (
	requestDeadline = 30 * time.Second
	maxPhotoBytes   = 20 << 20
	maxBodyBytes    = 1 << 20
	maxImportBytes  = 8 << 20
)

// App builds the application: every route, and what stands around them.
func (s *Server) App() *fiber.App {
	app := fiber.New(fiber.Config{
		AppName:                 "Fieldcare",
		DisableStartupMessage:   true,
		Immutable:               true,                    // values outlive their request
		BodyLimit:               maxPhotoBytes + 64*1024, // the only limit that holds for every body
		ReadTimeout:             2 * time.Minute,         // a photo over one bar of signal
		IdleTimeout:             2 * time.Minute,
		ReadBufferSize:          16 * 1024,
		ErrorHandler:            fiberError,
		EnableTrustedProxyCheck: len(s.TrustedProxies) > 0,
		TrustedProxies:          s.TrustedProxies,
		ProxyHeader:             proxyHeader(s.TrustedProxies),
	})
	app.Use(recover.New(recover.Config{EnableStackTrace: true, StackTraceHandler: logPanic}))
	app.Use(s.around)
	s.health(app)

	config := huma.DefaultConfig("Fieldcare", "1")
	config.Info.Description = "Mystery shopping and focus groups: checklists, visits, scored evaluations, reports."
	config.Formats = map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat}
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks, config.Transformers = nil, nil
	config.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[evaluation.Decimal](), reflect.TypeFor[float64]())
	config.Servers = []*huma.Server{{URL: "/api/v1"}}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "The access_token of POST /session, valid for 15 minutes"},
	}
	s.api = humafiber.NewV2WithGroup(app, app.Group("/api/v1"), config)
	s.routes()
	s.docs(app)
	return app
}

// OpenAPI is the description of the API, made from the code.
func (s *Server) OpenAPI() *huma.OpenAPI { return s.api.OpenAPI() }

func proxyHeader(trusted []string) string {
	if len(trusted) == 0 {
		return ""
	}
	return fiber.HeaderXForwardedFor
}

func logPanic(c *fiber.Ctx, e any) {
	slog.Error("panic", "route", c.Route().Path, "panic", e, "stack", string(debug.Stack()))
}

// around refuses addresses with characters that no text may hold, sets the headers that every answer carries, and logs
// the route, never the path: paths may hold secrets.
func (s *Server) around(c *fiber.Ctx) error {
	begun := time.Now()
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	c.Set(fiber.HeaderXFrameOptions, "DENY")
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
	c.Set(fiber.HeaderCacheControl, "no-store")
	var err error
	if !textual(c.Request().URI()) {
		err = newProblem(http.StatusUnprocessableEntity, "invalid", "the address holds U+0000 or is not valid UTF-8")
	} else {
		err = c.Next()
	}
	if err != nil {
		if err := fiberError(c, err); err != nil {
			return err
		}
	}
	slog.Debug("request", "method", c.Method(), "route", c.Route().Path, "status", c.Response().StatusCode(), "took", time.Since(begun))
	return nil
}

// textual is true of an address whose path and parameters are texts that a database can keep.
func textual(uri *fasthttp.URI) bool {
	text := func(b []byte) bool { return utf8.Valid(b) && bytes.IndexByte(b, 0) < 0 }
	if !text(uri.Path()) {
		return false
	}
	for name, value := range uri.QueryArgs().All() {
		if !text(name) || !text(value) {
			return false
		}
	}
	return true
}

type userKey struct{}

// operation says of an operation what the types of its handler do not.
type operation func(*huma.Operation)

// route registers an operation: the one way to do it. Who may call it stands in the line that calls route; the role is
// checked before the body is read; the handler gets the user.
func route[I, O any](s *Server, method, path string, who account.Roles, handler func(context.Context, account.User, *I) (*O, error), summary string, more ...operation) {
	op := describe(method, path, summary, more)
	op.Security = []map[string][]string{{"bearer": {}}}
	op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden)
	op.Middlewares = huma.Middlewares{func(c huma.Context, next func(huma.Context)) {
		user, err := s.Accounts.Authenticate(c.Context(), strings.TrimPrefix(c.Header("Authorization"), "Bearer "))
		if err == nil && !user.Roles.Any(who) {
			err = newProblem(http.StatusForbidden, "forbidden", "your role does not allow this")
		}
		if err != nil {
			s.refuse(c, err)
			return
		}
		next(huma.WithValue(c, userKey{}, user))
	}}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		ctx, cancel := context.WithTimeout(ctx, requestDeadline)
		defer cancel()
		out, err := handler(ctx, ctx.Value(userKey{}).(account.User), in)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		return out, nil
	})
}

// public registers an operation for those who are not signed in.
func public[I, O any](s *Server, method, path string, handler func(context.Context, *I) (*O, error), summary string, more ...operation) {
	op := describe(method, path, summary, more)
	op.Errors = append(op.Errors, http.StatusUnauthorized)
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		ctx, cancel := context.WithTimeout(ctx, requestDeadline)
		defer cancel()
		out, err := handler(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		return out, nil
	})
}

func describe(method, path, summary string, more []operation) huma.Operation {
	op := huma.Operation{
		Method: method, Path: path, Summary: summary,
		OperationID:  strings.ToLower(method) + strings.NewReplacer("/", "-", "{", "", "}", "").Replace(path),
		Tags:         []string{strings.Split(path, "/")[1]},
		MaxBodyBytes: maxBodyBytes,
		Errors:       []int{http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusServiceUnavailable},
	}
	for _, set := range more {
		set(&op)
	}
	return op
}

func (s *Server) refuse(c huma.Context, err error) {
	p := problemOf(c.Context(), err)
	for name, values := range p.GetHeaders() {
		c.SetHeader(name, values[0])
	}
	c.SetHeader("Content-Type", p.ContentType(""))
	c.SetStatus(p.Status)
	_ = jsonFormat.Marshal(c.BodyWriter(), p) // into a buffer
}

// created says that the operation answers 201, and 200 to the same request sent again.
func created(op *huma.Operation) { op.DefaultStatus = http.StatusCreated }

// accepts bounds the body of an operation that takes more than most.
func accepts(bytes int64) operation { return func(op *huma.Operation) { op.MaxBodyBytes = bytes } }

// ownChecks leaves the body's validation to the domain.
func ownChecks(op *huma.Operation) { op.SkipValidateBody = true }

func (s *Server) health(app *fiber.App) {
	app.Get("/healthz", func(c *fiber.Ctx) error { return c.SendString("ok") })
	app.Get("/readyz", func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(c.UserContext(), 2*time.Second)
		defer cancel()
		if err := s.DB.Read().PingContext(ctx); err != nil {
			slog.Error("not ready", "error", err)
			return newProblem(http.StatusServiceUnavailable, "not-ready", "the database does not answer")
		}
		return c.SendString("ready")
	})
}
