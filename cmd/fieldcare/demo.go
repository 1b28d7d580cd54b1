package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"fieldcare/cmd/fieldcare/demo"
	"fieldcare/handlers"
	"fieldcare/internal/jobs"
)

type demoCommand struct {
	Until time.Time `help:"The day on which the demo ends (2026-11-21), so that it is the same on any other day. By default today." format:"2006-01-02"`
}

// Run fills an empty database with the demo.
func (c *demoCommand) Run(ctx context.Context, config *Config) error {
	i, err := config.open(ctx, time.Now)
	if err != nil {
		return err
	}
	defer i.db.Close()
	if c.Until.IsZero() {
		c.Until = time.Now()
	}
	return config.fillDemo(ctx, i, c.Until)
}

// fillDemo fills an empty database, prints what is in it, and leaves alone one that has anything in it.
func (c *Config) fillDemo(ctx context.Context, i *installation, until time.Time) error {
	started := time.Now()
	counts, err := demo.Fill(ctx, i.db, until, func(clock func() time.Time) (*handlers.Server, *jobs.Runner, error) {
		past := *c
		past.SMTPURL = "" // nothing is sent that is months old: it is kept, and shown at /mails
		wired, err := past.wire(i.db, i.server.Accounts.Keys, clock)
		if err != nil {
			return nil, nil, err
		}
		return wired.server, wired.runner, nil
	})
	if errors.Is(err, demo.ErrInterrupted) {
		return fmt.Errorf("the demo: %w; start with an empty database and data folder (delete %s, and empty FIELDCARE_DATABASE where it is elsewhere)", err, c.Data)
	}
	if err != nil {
		return fmt.Errorf("the demo: %w", err)
	}
	if counts == nil {
		fmt.Println("The database is in use: no demo was filled in.")
		return nil
	}
	fmt.Printf("The demo was made in %.1f s:\n", time.Since(started).Seconds())
	counts.Print(os.Stdout)
	return nil
}

func printLogins() {
	fmt.Printf("Logins of the demo, all with the password %q:\n", demo.Password)
	for _, l := range demo.Logins() {
		fmt.Printf("  %-12s %s\n", l.Role, strings.Join(l.Emails, " "))
	}
}
