package handlers

import (
	"bytes"

	"github.com/goccy/go-json"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	swgui "github.com/swaggest/swgui/v5emb"
)

// docs serves the API's description, and pages to read it with that need no internet. Those pages need a policy of
// their own, for they style themselves.
func (s *Server) docs(app *fiber.App) {
	var description bytes.Buffer
	if err := json.NewEncoder(&description).Encode(s.api.OpenAPI()); err != nil {
		panic(err) // made of our own types, at start-up
	}
	app.Get("/api/openapi.json", func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
		return c.Send(description.Bytes())
	})
	pages := adaptor.HTTPHandler(swgui.New("Fieldcare API", "/api/openapi.json", "/api/docs/"))
	show := func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'")
		return pages(c)
	}
	app.Get("/api/docs", show)
	app.Get("/api/docs/*", show)
}
