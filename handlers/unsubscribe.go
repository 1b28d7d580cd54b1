package handlers

import (
	"context"
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"fieldcare/internal/fault"
)

var unsubscribePage = mailPageOf("pages/unsubscribe.html")

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
	return unsubscribePage.send(c, status, view)
}
