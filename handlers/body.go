package handlers

import (
	"io"
	"net"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"fieldcare/evaluation"
	"fieldcare/internal/account"
	"fieldcare/internal/photo"
	"fieldcare/scheduling"
)

const (
	// readTime is how long the head of a request may take to arrive, and a body of somebody whom nobody knows.
	readTime = 2 * time.Minute
	// slowest is the signal for which a user's body has the time: a photo over one bar. In bytes a second.
	slowest         = 4_000
	longestReadTime = 10 * time.Minute
)

// arrives is how long a user's body may take to arrive: as long as the web app waits for an answer, and more.
func arrives(length int) time.Duration {
	return min(readTime+time.Duration(max(length, 0)/slowest)*time.Second, longestReadTime)
}

// limits says how much of a body is read. A body is in memory before any operation is asked, so this looks at the head
// alone; of what a stranger sends, no more than a megabyte is kept. A body that is refused is not read, but left to
// asked, as if the client had asked whether to send it.
func (s *Server) limits(head *fasthttp.RequestHeader) fasthttp.RequestConfig {
	limit, within := largest(head), readTime
	switch {
	case limit <= maxBodyBytes:
	case s.known(head):
		within = arrives(head.ContentLength())
	default:
		limit = maxBodyBytes
	}
	if s.refusal(head) != nil {
		head.Set(fiber.HeaderExpect, "100-continue")
	}
	return fasthttp.RequestConfig{MaxRequestBodySize: limit, ReadTimeout: within}
}

// refusal is why a body is not worth sending; nil where it is.
func (s *Server) refusal(head *fasthttp.RequestHeader) error {
	switch {
	case head.ContentLength() > largest(head):
		return fiber.ErrRequestEntityTooLarge
	case head.ContentLength() > maxBodyBytes && !s.known(head):
		return account.ErrSignedOut // with a token that is still good it is not too large
	case s.full(head) && s.known(head):
		return photo.ErrFull
	}
	return nil
}

// full is true of a picture before whose decoding too many others wait.
func (s *Server) full(head *fasthttp.RequestHeader) bool {
	return isPhoto(head) && s.Photos.Full() || isReceipt(head) && s.Receipts.Darkroom.Full()
}

// largest is what the operation of a request takes at most.
func largest(head *fasthttp.RequestHeader) int {
	path := pathOf(head)
	switch {
	case isPhoto(head):
		return maxPhotoBytes
	case isReceipt(head):
		return scheduling.MaxReceipt
	case head.IsPost() && path == "/api/v1/evaluations/import":
		return evaluation.MaxUnsentWork
	case head.IsPost() && strings.HasPrefix(path, "/api/v1/") && (strings.HasSuffix(path, "/import") || strings.HasSuffix(path, "/import/preview")):
		return maxImportBytes
	}
	return maxBodyBytes
}

func pathOf(head *fasthttp.RequestHeader) string {
	path, _, _ := strings.Cut(string(head.RequestURI()), "?")
	return path
}

func isPhoto(head *fasthttp.RequestHeader) bool {
	return head.IsPut() && strings.HasPrefix(pathOf(head), "/api/v1/photos/")
}

func isReceipt(head *fasthttp.RequestHeader) bool {
	path := pathOf(head)
	return head.IsPut() && strings.HasPrefix(path, "/api/v1/costs/") && strings.HasSuffix(path, "/receipt")
}

// known is true of a request with an access token of ours that is not too old. Whether its session still stands is
// asked where the operation is.
func (s *Server) known(head *fasthttp.RequestHeader) bool {
	return s.Accounts.Holds(bearer(string(head.Peek(fiber.HeaderAuthorization))))
}

// asked answers Expect: 100-continue: a body that is refused is so before it is sent.
func (s *Server) asked(app *fiber.App) func(*fasthttp.RequestCtx) int {
	return func(ctx *fasthttp.RequestCtx) int {
		err := s.refusal(&ctx.Request.Header)
		if err == nil {
			return fasthttp.StatusContinue
		}
		c := app.AcquireCtx(ctx)
		defer app.ReleaseCtx(c)
		_ = fiberError(c, err) // it writes into a buffer
		ctx.HijackSetNoResponse(true)
		ctx.Hijack(func(connection net.Conn) { refuseUnread(connection, &ctx.Response) })
		return ctx.Response.StatusCode()
	}
}

// refuseUnread answers, and throws away what arrives until the client hangs up. A connection that is closed on a client
// that still sends is reset, and many a client then never sees the answer.
func refuseUnread(connection net.Conn, answer *fasthttp.Response) {
	end := time.AfterFunc(readTime, func() { connection.Close() })
	defer end.Stop()
	answer.SetConnectionClose()
	if _, err := answer.WriteTo(connection); err != nil {
		return
	}
	_, _ = io.Copy(io.Discard, connection)
}
