package handlers

import (
	"bytes"
	"html/template"

	"github.com/goccy/go-json"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/swaggest/swgui"
	"github.com/swaggest/swgui/v5emb"
)

// docsStyle makes the introduction one that is read like a page.
const docsStyle template.HTML = `<style>
.swagger-ui .info { margin: 24px 0 }
.swagger-ui .info .description { max-width: 52rem; line-height: 1.5 }
.swagger-ui .info .description code { padding: 1px 4px; font-weight: 400; color: inherit }
.swagger-ui .info .description table tbody tr td, .swagger-ui .info .description table thead tr th { padding: 3px 16px 3px 0; min-width: 0 }
.swagger-ui .opblock-tag small { font-size: 14px }
</style>`

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
	pages := adaptor.HTTPHandler(v5emb.NewHandlerWithConfig(swgui.Config{
		Title: "Fieldcare API", SwaggerJSON: "/api/openapi.json", BasePath: "/api/docs/", AppendHead: docsStyle,
		SettingsUI: map[string]string{"filter": "true", "displayRequestDuration": "true"},
	}))
	show := func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'")
		return pages(c)
	}
	app.Get("/api/docs", show)
	app.Get("/api/docs/*", show)
}
