package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"fieldcare/evaluation"
	"fieldcare/handlers"
)

type serveCommand struct {
	Addr           string             `help:"Address to listen on." default:"127.0.0.1:8080" env:"FIELDCARE_ADDR"`
	TrustedProxies []handlers.Network `help:"Addresses or networks of the proxies in front, whose X-Forwarded-For is believed." env:"FIELDCARE_TRUSTED_PROXIES"`
	Metrics        bool               `help:"Serve /metrics for Prometheus; keep it from strangers at the proxy." env:"FIELDCARE_METRICS"`
	Demo           bool               `help:"Fill an empty database with a demo, and print its logins." env:"FIELDCARE_DEMO"`
}

// stopWithin is how long a stop waits for what was accepted to be finished.
const stopWithin = 30 * time.Second

// Run serves until it is told to stop, then finishes what it accepted.
func (c *serveCommand) Run(ctx context.Context, config *Config) error {
	i, err := config.open(ctx, time.Now)
	if err != nil {
		return err
	}
	defer i.db.Close()
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("FIELDCARE_ADDR (--addr): %w", err)
	}
	defer listener.Close()
	if c.Demo {
		if err := config.fillDemo(ctx, i, time.Now()); err != nil {
			return err
		}
	}
	i.server.TrustedProxies = c.TrustedProxies
	i.server.Metrics = c.Metrics
	app := i.server.App()

	i.runner.Every(time.Minute, "expire visits", func(ctx context.Context) error {
		_, err := i.server.Visits.ExpireDue(ctx)
		return err
	})
	i.runner.Every(time.Minute, "expire invitations", func(ctx context.Context) error {
		_, err := i.server.Invitations.ExpireDue(ctx)
		return err
	})
	i.runner.Every(24*time.Hour, "sweep receipts", i.server.Receipts.Sweep)
	purges := &evaluation.Purges{Settings: i.server.Settings, Evaluations: i.server.Evaluations, Photos: i.photos, Accounts: i.server.Accounts, Mails: i.server.Mails}
	purges.Register(i.runner)
	working, stopWorking := context.WithCancel(context.WithoutCancel(ctx))
	worked := make(chan struct{})
	go func() {
		defer close(worked)
		i.runner.Run(working)
	}()

	served := make(chan error, 1)
	go func() { served <- app.Listener(listener) }()
	fmt.Printf("Fieldcare listens on http://%s\n", listener.Addr())
	if c.Demo {
		printLogins()
	}
	select {
	case err = <-served:
	case <-ctx.Done():
		slog.Info("stopping: finishing what was accepted")
		err = app.ShutdownWithTimeout(stopWithin)
	}
	stopWorking()
	<-worked
	return err
}

type healthCommand struct {
	URL string `arg:"" help:"Address of the server." default:"http://127.0.0.1:8080"`
}

// Run asks /readyz.
func (c *healthCommand) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+"/readyz", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answers %s", response.Status)
	}
	return nil
}
