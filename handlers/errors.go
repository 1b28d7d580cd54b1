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
	"github.com/gofiber/fiber/v2"

	"fieldcare/internal/account"
	"fieldcare/internal/fault"
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

func (p *Problem) Error() string  { return p.Detail }
func (p *Problem) GetStatus() int { return p.Status }

// ContentType makes Huma send application/problem+json.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders adds Retry-After where waiting helps.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
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
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		p := newProblem(http.StatusServiceUnavailable, "busy", "the server could not answer in time: try again shortly")
		p.retryAfter = time.Second
		return p
	}
	slog.ErrorContext(ctx, "internal error", "error", err)
	return newProblem(http.StatusInternalServerError, "internal", "internal error: it was noted, and is not your fault")
}

// Huma's own errors (a body that is not JSON, a parameter that is no number) come through here: in our form, with JSON
// pointers, and without echoing what was sent. The function is a global of Huma's, so it is set once.
func init() {
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		kind := "invalid"
		switch status {
		case http.StatusUnsupportedMediaType:
			kind, message = "unsupported-media-type", "send the body in the form that /api/docs names for this operation"
		case http.StatusRequestEntityTooLarge:
			kind, message = "too-large", "the body is larger than this operation takes"
		case http.StatusInternalServerError:
			kind, message, errs = "internal", "internal error: it was noted, and is not your fault", nil
		case http.StatusRequestTimeout:
			kind, message = "too-slow", "the body did not arrive in time: send it again"
		}
		p := newProblem(status, kind, message)
		for _, err := range errs {
			var detail *huma.ErrorDetail
			if errors.As(err, &detail) {
				p.Errors = append(p.Errors, fault.Fault{Pointer: pointerOf(detail.Location), Detail: detail.Message})
			} else if err != nil {
				p.Errors = append(p.Errors, fault.Fault{Detail: err.Error()})
			}
		}
		return p
	}
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
		steps[i] = strings.NewReplacer("~", "~0", "/", "~1").Replace(step)
	}
	return "/" + strings.Join(steps, "/")
}

// fiberError answers what never reached Huma: no such route, a method that it does not have, a body over the limit.
func fiberError(c *fiber.Ctx, err error) error {
	var p *Problem
	var fe *fiber.Error
	switch {
	case errors.As(err, &fe) && fe.Code == http.StatusNotFound:
		p = newProblem(fe.Code, "not-found", "there is no such address")
	case errors.As(err, &fe) && fe.Code == http.StatusMethodNotAllowed:
		p = newProblem(fe.Code, "method-not-allowed", "this address does not take this method: see Allow")
	case errors.As(err, &fe) && fe.Code == http.StatusRequestEntityTooLarge:
		p = newProblem(fe.Code, "too-large", "the body is larger than any operation takes")
	case errors.As(err, &fe) && fe.Code < http.StatusInternalServerError:
		p = newProblem(fe.Code, "invalid", "the request cannot be read")
	default:
		p = problemOf(c.UserContext(), err)
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
