package handlers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"
	"regexp"

	"github.com/gofiber/fiber/v2"

	"fieldcare/assets"
	"fieldcare/internal/fault"
)

var (
	unsubscribePage  = template.Must(template.ParseFS(assets.Pages, "pages/unsubscribe.html"))
	unsubscribeStyle = styleOf("pages/unsubscribe.html")
)

// styleOf is the hash by which a page's policy allows its styles.
func styleOf(page string) string {
	text, err := assets.Pages.ReadFile(page)
	if err != nil {
		panic(err) // embedded
	}
	hash := sha256.Sum256(regexp.MustCompile(`(?s)<style>(.*)</style>`).FindSubmatch(text)[1])
	return "'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'"
}

type unsubscribeView struct {
	Title, Text string
	Ask         bool
}

// unsubscribe serves the link that ends panel mail. A GET shows a page and changes nothing. A POST ends it, whether it
// comes from that page or, by one click, from a mail program (RFC 8058), whatever its body.
func (s *Server) unsubscribe(app *fiber.App) {
	app.Get("/unsubscribe/:token", func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(c.UserContext(), requestDeadline)
		defer cancel()
		who, err := s.FocusGroupLetters.CanUnsubscribe(ctx, c.Params("token"))
		return sendUnsubscribe(ctx, c, err, unsubscribeView{"No more mail?", "You are on the panel of " + who + ". If you wish, you get no more invitations and reminders. " +
			"Should you have a seat already, we still tell you if anything about it changes.", true})
	})
	app.Post("/unsubscribe/:token", func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(c.UserContext(), requestDeadline)
		defer cancel()
		err := s.FocusGroupLetters.Unsubscribe(ctx, c.Params("token"))
		return sendUnsubscribe(ctx, c, err, unsubscribeView{"Done", "You get no more invitations and reminders from us.", false})
	})
}

func sendUnsubscribe(ctx context.Context, c *fiber.Ctx, err error, view unsubscribeView) error {
	status := http.StatusOK
	switch {
	case errors.Is(err, fault.ErrNotFound):
		status, view = http.StatusNotFound, unsubscribeView{"This link does not work", "It may have been cut off on its way. Please open it again from the message that we sent you.", false}
	case err != nil:
		return problemOf(ctx, err)
	}
	var page bytes.Buffer
	if err := unsubscribePage.Execute(&page, view); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; style-src "+unsubscribeStyle+"; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.Status(status).Send(page.Bytes())
}
