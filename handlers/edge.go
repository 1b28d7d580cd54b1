package handlers

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// around is what every request passes: it sets the headers that every answer carries, refuses what no operation takes,
// and logs the route, never the path: paths may hold secrets.
func (s *Server) around(c *fiber.Ctx) error {
	setHeaders(c)
	if c.Method() == fiber.MethodHead {
		c.Method(fiber.MethodGet) // answered alike; the body is left out further below
	}
	c.SetUserContext(context.WithValue(c.UserContext(), addressKey{}, s.client(c)))
	var err error
	switch {
	case !textual(c.Request().URI()):
		err = newProblem(http.StatusUnprocessableEntity, "invalid", "the address holds U+0000 or is not valid UTF-8")
	case packed(&c.Request().Header):
		err = newProblem(http.StatusUnsupportedMediaType, "unsupported-media-type", "send the body as it is: Content-Encoding is not understood")
	default:
		err = s.page(c, c.Next())
	}
	if err != nil {
		if err := fiberError(c, err); err != nil {
			return err
		}
	}
	slog.Debug("request", "method", c.Method(), "route", c.Route().Path, "status", c.Response().StatusCode())
	return nil
}

func setHeaders(c *fiber.Ctx) {
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	c.Set(fiber.HeaderXFrameOptions, "DENY")
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
	c.Set(fiber.HeaderCacheControl, "no-store")
}

// textual is true of an address whose path and parameters are texts that a database can keep.
func textual(uri *fasthttp.URI) bool {
	if !textOf(uri.Path()) {
		return false
	}
	for name, value := range uri.QueryArgs().All() {
		if !textOf(name) || !textOf(value) {
			return false
		}
	}
	return true
}

func textOf(b []byte) bool { return utf8.Valid(b) && bytes.IndexByte(b, 0) < 0 }

// packed is true of a body that Fiber would unpack, without any limit: 20 MB can become 20 GB.
func packed(header *fasthttp.RequestHeader) bool {
	return slices.ContainsFunc(header.PeekAll(fiber.HeaderContentEncoding), func(coding []byte) bool {
		return !strings.EqualFold(string(coding), "identity")
	})
}

// knownMethods gives a method that Fiber does not know, and would answer in plain text before any code of ours, the name
// of one that it knows and that nothing here takes.
func knownMethods(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		if !slices.Contains(fiber.DefaultMethods, string(ctx.Method())) {
			ctx.Request.Header.SetMethod(fiber.MethodTrace)
		}
		next(ctx)
	}
}

func logPanic(c *fiber.Ctx, e any) {
	slog.Error("panic", "route", c.Route().Path, "panic", e, "stack", string(debug.Stack()))
}

// inTime gives an operation a deadline. It is the only end that a request has: a client that goes away cancels nothing.
func (s *Server) inTime(c huma.Context, next func(huma.Context)) {
	ctx, cancel := s.within(c.Context())
	defer cancel()
	next(huma.WithContext(c, ctx))
}

// within is the context that ends with the deadline of a request.
func (s *Server) within(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline := s.Deadline
	if deadline == 0 {
		deadline = requestDeadline
	}
	return context.WithTimeout(ctx, deadline)
}

// Network is a range of addresses such as 10.0.0.0/8, or a single one such as 10.0.0.1.
type Network struct{ netip.Prefix }

// UnmarshalText reads either form.
func (n *Network) UnmarshalText(text []byte) error {
	if address, err := netip.ParseAddr(string(text)); err == nil {
		n.Prefix = netip.PrefixFrom(address.Unmap(), address.Unmap().BitLen())
		return nil
	}
	network, err := netip.ParsePrefix(string(text))
	if err != nil {
		return fmt.Errorf("%q is neither an address such as 10.0.0.1 nor a network such as 10.0.0.0/8", text)
	}
	n.Prefix = network.Masked()
	return nil
}

type addressKey struct{}

// client is the address that a request comes from. A proxy adds to the end of X-Forwarded-For whom it heard; so, from
// the end, the first who is no proxy of ours is the client. What stands before, anybody can have written.
func (s *Server) client(c *fiber.Ctx) netip.Addr {
	address, _ := netip.AddrFromSlice(c.Context().RemoteIP())
	address = address.Unmap()
	var hops []string
	for _, line := range c.Request().Header.PeekAll(fiber.HeaderXForwardedFor) {
		hops = append(hops, strings.Split(string(line), ",")...)
	}
	for _, hop := range slices.Backward(hops) {
		if !slices.ContainsFunc(s.TrustedProxies, func(n Network) bool { return n.Contains(address) }) {
			break
		}
		before, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		address = before.Unmap()
	}
	return address
}
