package handlers

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"html/template"
	"log/slog"
	"net/http"
	"regexp"

	"github.com/gofiber/fiber/v2"

	"fieldcare/assets"
)

// mailPage is a page that a link in a mail leads to, outside of the web app. It works without scripts, and no search
// engine keeps it: its address is a secret.
type mailPage struct {
	template *template.Template
	policy   string // allows its own styles by their hash, and nothing else
}

func mailPageOf(name string) mailPage {
	text, err := assets.Pages.ReadFile(name)
	if err != nil {
		panic(err) // embedded
	}
	hash := sha256.Sum256(regexp.MustCompile(`(?s)<style>(.*)</style>`).FindSubmatch(text)[1])
	return mailPage{
		template: template.Must(template.ParseFS(assets.Pages, name)),
		policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) +
			"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	}
}

func (p mailPage) send(c *fiber.Ctx, status int, view any) error {
	var page bytes.Buffer
	if err := p.template.Execute(&page, view); err != nil {
		slog.Error("a page cannot be made", "page", p.template.Name(), "error", err)
		return newProblem(http.StatusInternalServerError, "internal", internalError)
	}
	c.Set(fiber.HeaderContentSecurityPolicy, p.policy)
	c.Set("X-Robots-Tag", "noindex, nofollow")
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.Status(status).Send(page.Bytes())
}
