package handlers

import (
	"github.com/ansrivas/fiberprometheus/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics counts and times requests by their route, never by their path, for Prometheus. It is off unless wanted:
// whoever reads it learns how much is going on.
func (s *Server) metrics(app *fiber.App) {
	if !s.Metrics {
		return
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	requests := fiberprometheus.NewWithRegistry(registry, "fieldcare", "http", "", nil)
	requests.RegisterAt(app, "/metrics")
	app.Use(requests.Middleware)
}
