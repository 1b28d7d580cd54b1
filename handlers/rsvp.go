package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"fieldcare/internal/fault"
	"fieldcare/scheduling"
)

// rsvpPage is the page behind the link of an invitation.
var rsvpPage = mailPageOf("pages/rsvp.html")

// rsvpView is what the page shows.
type rsvpView struct {
	Title, Organisation string
	Gone                string // why the link opens nothing
	Fault               string // why an answer was not taken
	State               string // how things stand, in a sentence
	RSVP                *scheduling.RSVP
	Chosen              map[string]string // answers to the screening, as they were sent
	Agreed              map[string]bool
}

// rsvp serves the links of invitations. The token is the right to answer: whoever has it is the participant, and no cookie
// is looked at. A GET changes nothing.
func (s *Server) rsvp(app *fiber.App) {
	app.Get("/rsvp/:token", func(c *fiber.Ctx) error {
		ctx, cancel := s.within(c.UserContext())
		defer cancel()
		return s.showRSVP(ctx, c, nil)
	})
	app.Post("/rsvp/:token", func(c *fiber.Ctx) error {
		ctx, cancel := s.within(c.UserContext())
		defer cancel()
		if !strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEApplicationForm) {
			return newProblem(http.StatusUnsupportedMediaType, "unsupported-media-type", "send the form of the page")
		}
		answer := scheduling.Answer{Answer: c.FormValue("answer"), Screening: map[string]string{}}
		for name, value := range c.Request().PostArgs().All() {
			if !textOf(name) || !textOf(value) {
				return newProblem(http.StatusUnprocessableEntity, "invalid", "what was sent holds U+0000 or is not valid UTF-8")
			}
			if question, is := strings.CutPrefix(string(name), "screening-"); is {
				answer.Screening[question] = string(value)
			}
			if string(name) == "consent" {
				answer.Consents = append(answer.Consents, string(value))
			}
		}
		err := s.Invitations.AnswerByLink(ctx, c.Params("token"), answer)
		if err == nil {
			return c.Redirect(c.Path(), http.StatusSeeOther) // so that reading the page again sends nothing again
		}
		return s.showRSVP(ctx, c, &refused{err, answer})
	})
}

// refused is an answer that was not taken.
type refused struct {
	err    error
	answer scheduling.Answer
}

// showRSVP shows how the invitation stands, and what was wrong with the answer.
func (s *Server) showRSVP(ctx context.Context, c *fiber.Ctx, r *refused) error {
	view := rsvpView{Title: "Your invitation", Chosen: map[string]string{}, Agreed: map[string]bool{}}
	settings, err := s.Settings.Read(ctx)
	if err != nil {
		return s.rsvpFailed(ctx, c, err)
	}
	view.Organisation = settings.Organisation
	status := http.StatusOK
	page, err := s.Invitations.Open(ctx, c.Params("token"))
	var over *scheduling.LinkOver
	switch {
	case errors.As(err, &over):
		status, view.Title, view.Gone = http.StatusGone, "This invitation is closed", over.Why
	case errors.Is(err, fault.ErrNotFound):
		status, view.Title, view.Gone = http.StatusNotFound, "This link does not work", "It may have been cut off on its way. Please open it again from the message that we sent you."
	case err != nil:
		return s.rsvpFailed(ctx, c, err)
	default:
		view.RSVP, view.State, view.Chosen = &page, stateInWords(page), page.Answers
		if view.Chosen == nil {
			view.Chosen = map[string]string{}
		}
	}
	if r != nil && err == nil {
		var invalid *fault.Invalid
		var conflict *fault.Conflict
		switch {
		case errors.As(r.err, &invalid):
			status, view.Fault = http.StatusUnprocessableEntity, "Please answer every question and agree to what is needed to take part. Nothing was sent yet."
			view.Chosen = r.answer.Screening
			for _, scope := range r.answer.Consents {
				view.Agreed[scope] = true
			}
		case errors.As(r.err, &conflict) && conflict.Type == "held":
			status, view.Fault = http.StatusConflict, "You have a seat in another session at that time. Give that one up first, or answer that you cannot come."
		case errors.As(r.err, &conflict):
			status, view.Fault = http.StatusConflict, "This answer does not fit how things stand now. What you see below is up to date."
		default:
			return s.rsvpFailed(ctx, c, r.err)
		}
	}
	return rsvpPage.send(c, status, view)
}

// rsvpFailed answers what is not the participant's fault.
func (s *Server) rsvpFailed(ctx context.Context, c *fiber.Ctx, err error) error {
	p := problemOf(ctx, err)
	for name, values := range p.GetHeaders() {
		c.Set(name, values[0])
	}
	return rsvpPage.send(c, p.Status, rsvpView{Title: "Something went wrong", Gone: "This is our fault, and nothing was lost. Please open the link again in a minute."})
}

// stateInWords says how an invitation stands.
func stateInWords(r scheduling.RSVP) string {
	switch r.State {
	case scheduling.Accepted:
		if r.Confirmed {
			return "You have a seat and said again that you will come. We look forward to seeing you."
		}
		return "You have a seat. We look forward to seeing you."
	case scheduling.Declined:
		return "You said that you cannot come. If that changes, you can still say yes."
	case scheduling.Waitlisted:
		return "You are on the waiting list: there is no seat for you now. If one falls free, we write to you."
	case scheduling.Offered:
		return fmt.Sprintf("A seat is free, and it is kept for you until %s.", r.AnswerBy)
	case scheduling.ScreenedOut:
		return "Thank you for your answers. This time we look for people in another situation, so there is no seat for you. Nothing else is expected of you."
	case scheduling.Cancelled:
		return "You told us that you cannot come. Thank you: somebody else can have the seat."
	}
	return ""
}
