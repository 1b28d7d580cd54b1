package handlers

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"
	"github.com/gofiber/fiber/v2"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
	"fieldcare/internal/photo"
)

// Problem is every error that the API answers with (RFC 9457).
type Problem struct {
	Type     string        `json:"type" doc:"A stable word for programs" example:"urn:fieldcare:illegal-move"`
	Title    string        `json:"title" example:"Conflict"`
	Status   int           `json:"status" example:"409"`
	Detail   string        `json:"detail" doc:"What is wrong, for people" example:"a visit that is approved cannot be moved by “cancel”; the coordinator can: reopen"`
	Errors   []fault.Fault `json:"errors,omitempty" doc:"Every fault of what was sent, each with its place and what would be right"`
	Possible []string      `json:"possible,omitempty" doc:"What can be done instead"`

	retryAfter time.Duration
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus is what Huma answers with.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType makes Huma send application/problem+json.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders adds Retry-After where waiting helps, and how to sign in where that is needed.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int(p.retryAfter.Seconds()+0.999)))
	}
	return h
}

func newProblem(status int, kind, detail string) *Problem {
	return &Problem{Type: "urn:fieldcare:" + kind, Title: http.StatusText(status), Status: status, Detail: detail}
}

// problemOf says what a caller is told of a domain error. What it does not know is ours: it is logged, and the caller
// learns only that it happened.
func problemOf(ctx context.Context, err error) *Problem {
	var (
		problem  *Problem
		invalid  *fault.Invalid
		conflict *fault.Conflict
		busy     *account.Busy
		limited  *account.TooMany
	)
	switch {
	case errors.As(err, &problem):
		return problem
	case errors.As(err, &invalid):
		p := newProblem(http.StatusUnprocessableEntity, "invalid", "what was sent cannot be accepted: see errors")
		p.Errors = invalid.Faults
		return p
	case errors.As(err, &conflict):
		p := newProblem(http.StatusConflict, conflict.Type, conflict.Detail)
		p.Possible, p.Errors = conflict.Possible, conflict.Faults
		return p
	case errors.Is(err, fault.ErrNotFound):
		return newProblem(http.StatusNotFound, "not-found", "there is no such thing, or none that you may see")
	case errors.Is(err, fault.ErrChanged):
		return newProblem(http.StatusPreconditionFailed, "changed", "it was changed since you read it: read it again, then change it with its new ETag")
	case errors.Is(err, account.ErrWrongPassword):
		return newProblem(http.StatusUnauthorized, "sign-in-refused", "the e-mail or the password is not right, or the account is disabled")
	case errors.Is(err, account.ErrSignedOut):
		return newProblem(http.StatusUnauthorized, "sign-in-needed", "sign in: the token is missing, not valid, or no longer")
	case errors.As(err, &limited):
		p := newProblem(http.StatusTooManyRequests, "too-many-attempts", "too many attempts to sign in: wait, then try again")
		p.retryAfter = limited.After
		return p
	case errors.As(err, &busy):
		p := newProblem(http.StatusServiceUnavailable, "busy", "the server is busy: try again shortly")
		p.retryAfter = busy.After
		return p
	case errors.Is(err, photo.ErrFull):
		p := newProblem(http.StatusServiceUnavailable, "busy", "many pictures arrive just now: try again shortly")
		p.retryAfter = 10 * time.Second
		return p
	case errors.Is(err, database.ErrBusy):
		slog.WarnContext(ctx, "the database is busy", "error", err)
		p := newProblem(http.StatusServiceUnavailable, "busy", "the server is busy: try again shortly")
		p.retryAfter = time.Second
		return p
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), ctx.Err() != nil:
		p := newProblem(http.StatusServiceUnavailable, "busy", "the server could not answer in time: try again shortly")
		p.retryAfter = time.Second
		return p
	}
	slog.ErrorContext(ctx, "internal error", "error", err)
	return newProblem(http.StatusInternalServerError, "internal", internalError)
}

// Huma's own errors (a body that is not JSON, a parameter that is no number) come through here: in our form, with JSON
// pointers, in our words, and without echoing what was sent. The function and the words are globals of Huma's, so they
// are set once.
func init() {
	huma.NewError = fromHuma
	validation.MsgExpectedString = "must be a text"
	validation.MsgExpectedNumber = "must be a number"
	validation.MsgExpectedInteger = wholeNumber
	validation.MsgExpectedBoolean = yesOrNo
	validation.MsgExpectedArray = "must be a list"
	validation.MsgExpectedObject = "must be an object"
	validation.MsgExpectedMinLength = "must have %d or more characters"
	validation.MsgExpectedMaxLength = "must have at most %d characters"
	validation.MsgExpectedMinItems = "must have %d or more entries"
	validation.MsgExpectedMaxItems = "must have at most %d entries"
	validation.MsgExpectedMinimumNumber = "must be at least %v"
	validation.MsgExpectedMaximumNumber = "must be at most %v"
	validation.MsgExpectedOneOf = "must be one of %s"
	validation.MsgExpectedBePattern = "must be %s"
	validation.MsgExpectedRFC3339Date = "must be a day such as 2026-11-21"
	validation.MsgExpectedRFC3339DateTime = instantWanted
	validation.MsgUnexpectedProperty = "is not known here: leave it out"
}

const (
	wholeNumber   = "must be a whole number"
	yesOrNo       = "must be true or false"
	instantWanted = "must be an instant such as 2026-11-21T09:30:00Z (RFC 3339)"
)

// maxFaults is how many faults of a body are told: a body can hold a hundred thousand.
const maxFaults = 100

func fromHuma(status int, _ string, errs ...error) huma.StatusError {
	p := newProblem(status, "invalid", "what was sent cannot be accepted: see errors")
	for _, err := range errs {
		var detail *huma.ErrorDetail
		switch {
		case !errors.As(err, &detail):
		case strings.HasPrefix(detail.Message, huma.ErrUnknownContentType.Error()):
			status = http.StatusUnsupportedMediaType
		case len(p.Errors) < maxFaults:
			if unreadable(detail.Message) {
				status = http.StatusBadRequest
			}
			p.Errors = append(p.Errors, faultOf(detail))
		}
	}
	switch status {
	case http.StatusUnsupportedMediaType:
		return newProblem(status, "unsupported-media-type", "send the body in the form that /api/docs names for this operation")
	case http.StatusRequestEntityTooLarge:
		return tooLarge()
	case http.StatusRequestTimeout:
		return newProblem(status, "too-slow", "the body did not arrive in time: send it again")
	case http.StatusInternalServerError:
		return newProblem(status, "internal", internalError)
	case http.StatusBadRequest:
		p.Detail = "the body cannot be read: see errors"
		if len(errs) == 0 {
			p.Detail = "the body is missing: send one in the form that /api/docs names for this operation"
		}
	}
	p.Status, p.Title = status, http.StatusText(status)
	return p
}

// tooLarge is read by shoppers too, beside a photo.
func tooLarge() *Problem {
	return newProblem(http.StatusRequestEntityTooLarge, "too-large", "it is too large to be taken here: send a smaller one")
}

const internalError = "internal error: it was noted, and is not your fault"

// faultOf says in our words what Huma found wrong: also where its own cannot be replaced, or echo what was sent, as that
// of a UUID does.
func faultOf(detail *huma.ErrorDetail) fault.Fault {
	f := fault.Fault{Pointer: pointerOf(detail.Location), Detail: detail.Message}
	before, after, _ := strings.Cut(validation.MsgExpectedRequiredProperty, "%s")
	name, required := strings.CutPrefix(detail.Message, before)
	name, present := strings.CutSuffix(name, after)
	switch {
	case required && present:
		f.Pointer, f.Detail = f.Pointer+"/"+escapePointer(name), "is missing"
	case strings.HasPrefix(detail.Message, "required ") && strings.HasSuffix(detail.Message, " parameter is missing"):
		f.Detail = "is missing"
	case strings.HasPrefix(detail.Message, "invalid value: "), strings.HasPrefix(detail.Message, "expected string to be RFC 4122 uuid"):
		f.Detail = "must be a UUID such as 3f0c8c1e-6a57-4c52-9e7e-0d6a1c9b2f44"
	case strings.HasPrefix(detail.Message, "invalid date/time"):
		f.Detail = instantWanted
	case detail.Message == "invalid integer":
		f.Detail = wholeNumber
	case detail.Message == "invalid boolean":
		f.Detail = yesOrNo
	}
	return f
}

// pointerOf turns Huma's place (body.items[3].tags, query.limit) into a JSON pointer of the body (/items/3/tags) or
// the name of a parameter (limit).
func pointerOf(location string) string {
	where, rest, _ := strings.Cut(location, ".")
	if where != "body" {
		return rest
	}
	if rest == "" {
		return ""
	}
	steps := strings.FieldsFunc(rest, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
	for i, step := range steps {
		steps[i] = escapePointer(step)
	}
	return "/" + strings.Join(steps, "/")
}

func escapePointer(step string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(step)
}

// fiberError answers what never reached Huma: no such route, a method that it does not have, a body over the limit.
func fiberError(c *fiber.Ctx, err error) error {
	var p *Problem
	var fe *fiber.Error
	setHeaders(c) // what is refused while it is read comes past nothing else
	switch {
	case errors.As(err, &fe) && fe.Code == http.StatusNotFound:
		p = newProblem(fe.Code, "not-found", "there is no such address")
	case errors.As(err, &fe) && fe.Code == http.StatusMethodNotAllowed:
		p = newProblem(fe.Code, "method-not-allowed", "this address does not take this method: see Allow")
		if allow := c.GetRespHeader(fiber.HeaderAllow); !strings.Contains(allow, fiber.MethodHead) {
			c.Set(fiber.HeaderAllow, strings.Replace(allow, fiber.MethodGet, "GET, HEAD", 1))
		}
	case errors.As(err, &fe) && fe.Code == http.StatusRequestEntityTooLarge:
		p = tooLarge()
	case errors.As(err, &fe) && fe.Code < http.StatusInternalServerError:
		p = newProblem(fe.Code, "invalid", "the request cannot be read")
	default:
		p = problemOf(context.WithoutCancel(c.UserContext()), err)
	}
	for name, values := range p.GetHeaders() {
		c.Set(name, values[0])
	}
	c.Status(p.Status)
	if err := c.JSON(p); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/problem+json")
	return nil
}
