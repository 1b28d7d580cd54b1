// Package handlers is the HTTP surface: it turns requests into calls of the domain and answers into JSON. It holds no
// SQL, no rule and no clock.
package handlers

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/recover"

	"fieldcare/evaluation"
	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/mail"
	"fieldcare/scheduling"
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
	Targets     *evaluation.Targets

	Venues       *scheduling.Venues
	Studies      *scheduling.Studies
	FocusGroups  *scheduling.FocusGroups
	Attributes   *scheduling.Attributes
	Participants *scheduling.Participants

	Mails *mail.Post

	Doors             *scheduling.Doors
	GroupReports      *scheduling.Reports
	Costs             *scheduling.Costs
	Receipts          *scheduling.Receipts
	Findings          *scheduling.Findings
	Actions           *scheduling.Actions
	FocusGroupLetters *scheduling.Letters
	Invitations       *scheduling.Invitations
	Feeds             *scheduling.Feeds

	WebFiles       fs.FS         // of the web app; those that the program was built with where it is nil
	Metrics        bool          // whether /metrics is there
	SecureCookies  bool          // true where the public address is https
	TrustedProxies []Network     // whose X-Forwarded-For is believed
	Deadline       time.Duration // of one request; 30 seconds where it is zero

	api   huma.API
	index *builtFile // what every page of the web app is answered with
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
		AppName:                      "Fieldcare",
		DisableStartupMessage:        true,
		Immutable:                    true,         // values outlive their request
		BodyLimit:                    maxBodyBytes, // limits names those that are larger
		ReadTimeout:                  readTime,
		IdleTimeout:                  2 * time.Minute,
		ReadBufferSize:               8 * 1024, // of every connection; a longer header is refused
		ErrorHandler:                 fiberError,
		DisablePreParseMultipartForm: true, // nothing takes one: no files for it before anybody asked who sends it
		ReduceMemoryUsage:            true, // and a stop need not wait for connections that never sent anything
	})
	app.Server().Handler = knownMethods(app.Server().Handler)
	app.Server().HeaderReceived = s.limits
	app.Server().ExpectHandler = s.asked(app)
	app.Server().CloseOnShutdown = true // tells a client that it needs a new connection
	app.Use(recover.New(recover.Config{EnableStackTrace: true, StackTraceHandler: logPanic}))
	s.metrics(app)
	app.Use(s.around)
	s.health(app)

	config := huma.DefaultConfig("Fieldcare", "1")
	config.Info.Description, config.Tags = prose.introduction, prose.tags
	config.Formats = map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat}
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks, config.Transformers = nil, nil
	config.Components.Schemas = newTypes()
	config.Servers = []*huma.Server{{URL: "/api/v1"}}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer":  {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "The access_token of POST /session, valid for 15 minutes"},
		"refresh": {Type: "apiKey", In: "cookie", Name: refreshCookie, Description: "The refresh token, which POST /session sets and no script reads"},
	}
	config.Components.Responses = refusals()
	s.api = humafiber.NewV2WithGroup(app, app.Group("/api/v1"), config)
	s.routes()
	complete(s.api.OpenAPI())
	s.docs(app)
	s.unsubscribe(app)
	s.rsvp(app)
	s.calendars(app)
	s.web(app)
	return app
}

// OpenAPI is the description of the API, made from the code.
func (s *Server) OpenAPI() *huma.OpenAPI { return s.api.OpenAPI() }

type userKey struct{}

// operation says of an operation what the types of its handler do not.
type operation func(*huma.Operation)

// route registers an operation: the one way to do it. Who may call it stands in the line that calls route; the role is
// checked before the body is read; the handler gets the user.
func route[I, O any](s *Server, method, path string, who account.Roles, handler func(context.Context, account.User, *I) (*O, error), summary string, more ...operation) {
	op := describe[I](method, path, nameOf(handler), summary, more)
	op.Security = []map[string][]string{{"bearer": {}}}
	op.Errors = append(op.Errors, http.StatusUnauthorized)
	if who != everybody {
		op.Errors = append(op.Errors, http.StatusForbidden)
	}
	op.Middlewares = huma.Middlewares{s.inTime, func(c huma.Context, next func(huma.Context)) {
		user, err := s.Accounts.Authenticate(c.Context(), bearer(c.Header("Authorization")))
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
		out, err := handler(ctx, ctx.Value(userKey{}).(account.User), in)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		return out, nil
	})
}

// bearer is the token in an Authorization header.
func bearer(header string) string {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// public registers an operation for those who are not signed in.
func public[I, O any](s *Server, method, path string, handler func(context.Context, *I) (*O, error), summary string, more ...operation) {
	op := describe[I](method, path, nameOf(handler), summary, more)
	if op.Security == nil {
		op.Security = []map[string][]string{{}} // nothing needed, said aloud
	}
	op.Middlewares = huma.Middlewares{s.inTime}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		if err != nil {
			return nil, problemOf(ctx, err)
		}
		return out, nil
	})
}

// describe says what an operation is, and with what it can refuse: that follows from its address and its input.
func describe[I any](method, path, name, summary string, more []operation) huma.Operation {
	op := huma.Operation{
		Method: method, Path: path, Summary: summary,
		OperationID:  name,
		Description:  prose.operations[name],
		Tags:         []string{tagOf(path)},
		MaxBodyBytes: maxBodyBytes,
		Errors:       []int{http.StatusUnprocessableEntity, http.StatusServiceUnavailable},
	}
	takes := func(field string) bool { _, is := reflect.TypeFor[I]().FieldByName(field); return is }
	if strings.Contains(path, "{id}") {
		op.Errors = append(op.Errors, http.StatusNotFound)
	}
	if takes("Body") || takes("RawBody") {
		op.Errors = append(op.Errors, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if takes("IfMatch") {
		op.Errors = append(op.Errors, http.StatusPreconditionFailed)
	}
	for _, set := range more {
		set(&op)
	}
	return op
}

// nameOf is the name of the method that answers an operation, as the operation's own: planVisit is plan-visit.
func nameOf(handler any) string {
	name := runtime.FuncForPC(reflect.ValueOf(handler).Pointer()).Name()
	name = strings.TrimSuffix(name[strings.LastIndex(name, ".")+1:], "-fm")
	return strings.ToLower(wordBegins.ReplaceAllString(name, "$1-$2"))
}

var wordBegins = regexp.MustCompile(`([a-z])([A-Z])`)

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
// Another request under the same id is a conflict.
func created(op *huma.Operation) {
	begins(op)
	conflicts(op)
}

// begins says that the operation answers 201.
func begins(op *huma.Operation) { op.DefaultStatus = http.StatusCreated }

// conflicts says that the state of things, or a name that is taken, can be against it.
func conflicts(op *huma.Operation) { op.Errors = append(op.Errors, http.StatusConflict) }

// reviews says that the operation names the revision that was read, where others name an ETag, and that it may come too late.
func reviews(op *huma.Operation) {
	op.Errors = append(op.Errors, http.StatusPreconditionFailed, http.StatusConflict)
}

// proves says that the operation is for who knows a password or has a token.
func proves(op *huma.Operation) { op.Errors = append(op.Errors, http.StatusUnauthorized) }

// accepts bounds the body of an operation that takes more than most.
func accepts(bytes int64) operation { return func(op *huma.Operation) { op.MaxBodyBytes = bytes } }

// mayBeMissing says that what the address names is not always there.
func mayBeMissing(op *huma.Operation) { op.Errors = append(op.Errors, http.StatusNotFound) }

// limited says that the operation can be tried too often.
func limited(op *huma.Operation) { op.Errors = append(op.Errors, http.StatusTooManyRequests) }

// spends says that the operation is for who has a refresh token.
func spends(op *huma.Operation) { op.Security = []map[string][]string{{"refresh": {}}} }

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
