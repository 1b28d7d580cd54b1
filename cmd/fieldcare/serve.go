package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"fieldcare/evaluation"
	"fieldcare/handlers"
)

type serveCommand struct {
	Addr           string             `help:"Address to listen on." default:"127.0.0.1:8080" env:"FIELDCARE_ADDR"`
	TLSCert        string             `name:"tls-cert" help:"PEM file of the certificate, with its chain, to serve https by; read anew when it changes." type:"path" env:"FIELDCARE_TLS_CERT"`
	TLSKey         string             `name:"tls-key" help:"PEM file of the certificate's key." type:"path" env:"FIELDCARE_TLS_KEY"`
	TrustedProxies []handlers.Network `help:"Addresses or networks of the proxies in front, whose X-Forwarded-For is believed." env:"FIELDCARE_TRUSTED_PROXIES"`
	Metrics        bool               `help:"Serve /metrics for Prometheus; keep it from strangers at the proxy." env:"FIELDCARE_METRICS"`
	Demo           bool               `help:"Fill an empty database with a demo, and print its logins." env:"FIELDCARE_DEMO"`
}

// stopWithin is how long a stop waits for what was accepted to be finished.
const stopWithin = 30 * time.Second

// Run serves until it is told to stop, then finishes what it accepted.
func (c *serveCommand) Run(ctx context.Context, config *Config) error {
	shown, err := c.certificate()
	if err != nil {
		return err
	}
	i, err := config.open(ctx, time.Now)
	if err != nil {
		return err
	}
	defer i.db.Close()
	listener, address, err := c.listen(shown)
	if err != nil {
		return err
	}
	defer listener.Close()
	if shown != nil && !i.server.SecureCookies {
		slog.Warn("FIELDCARE_PUBLIC_URL (--public-url) is not an https address: mailed links begin with it, and cookies are not kept to https", "public_url", config.PublicURL)
	}
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
	fmt.Printf("Fieldcare listens on %s\n", address)
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

// certificate is what to serve https by, or nil where that is left to a proxy.
func (c *serveCommand) certificate() (*certificate, error) {
	if c.TLSCert == "" && c.TLSKey == "" {
		return nil, nil
	}
	return loadCertificate(c.TLSCert, c.TLSKey)
}

// listen opens the port, and says under which address it is found.
func (c *serveCommand) listen(shown *certificate) (listener net.Listener, address string, err error) {
	listener, err = net.Listen("tcp", c.Addr)
	if err != nil {
		return nil, "", fmt.Errorf("FIELDCARE_ADDR (--addr): %w", err)
	}
	if shown == nil {
		return listener, "http://" + listener.Addr().String(), nil
	}
	return tls.NewListener(listener, shown.config()), "https://" + listener.Addr().String(), nil
}

type healthCommand struct {
	URL     string `arg:"" optional:"" help:"Address of the server; by default where it listens on this machine."`
	Addr    string `help:"Set as it is for the server, so that it is asked where it listens." default:"127.0.0.1:8080" env:"FIELDCARE_ADDR"`
	TLSCert string `name:"tls-cert" help:"Set as it is for the server, so that this machine is asked by https." type:"path" env:"FIELDCARE_TLS_CERT"`
}

// address is where to ask, and whether that is this machine.
func (c *healthCommand) address() (address string, here bool) {
	if c.URL == "" {
		host, port, _ := net.SplitHostPort(c.Addr)
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			host = "127.0.0.1" // it listens on every address
		}
		scheme := "http://"
		if c.TLSCert != "" {
			scheme = "https://"
		}
		return scheme + net.JoinHostPort(host, port), true
	}
	parsed, err := url.Parse(c.URL)
	if err != nil {
		return c.URL, false // asking says what is wrong with it
	}
	ip := net.ParseIP(parsed.Hostname())
	return c.URL, parsed.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// Run asks /readyz. A server on this machine is taken at its word whatever name its certificate has: it is told nothing.
func (c *healthCommand) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	address, here := c.address()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: here}}}
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/readyz", nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answers %s", response.Status)
	}
	return nil
}
