package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"fieldcare/handlers"
	"fieldcare/internal/account"
)

type userCommand struct {
	Add userAddCommand `cmd:"" help:"Add a user; the password is read from standard input."`
}

type userAddCommand struct {
	Email    string   `arg:"" help:"E-mail address."`
	Name     string   `help:"Name." required:""`
	Role     []string `help:"shopper, manager, moderator, coordinator, admin; may be given several times." required:""`
	Language string   `help:"Language (BCP 47). By default that of the organisation's settings."`
}

// Run adds the user.
func (c *userAddCommand) Run(ctx context.Context, config *Config) error {
	roles, err := account.ParseRoles(c.Role)
	if err != nil {
		return err
	}
	if info, err := os.Stdin.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		fmt.Fprint(os.Stderr, "Password (10 characters or more): ")
	}
	password, err := readLine(os.Stdin)
	if err != nil {
		return err
	}
	i, err := config.open(ctx, time.Now)
	if err != nil {
		return err
	}
	defer i.db.Close()
	added := account.UserChange{Email: &c.Email, Name: &c.Name, Roles: &roles}
	if c.Language != "" {
		added.Language = &c.Language
	}
	u, err := i.server.Accounts.AddWithPassword(ctx, added, password)
	if err != nil {
		return err
	}
	fmt.Printf("%s can sign in as %s\n", u.Email, strings.Join(u.Roles.Names(), ", "))
	return nil
}

func readLine(from io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(from, 4096))
	line, _, _ := strings.Cut(string(text), "\n")
	if line = strings.TrimRight(line, "\r"); line == "" && err == nil {
		err = errors.New("no password came on standard input")
	}
	return line, err
}

type migrateCommand struct{}

// Run migrates: opening does.
func (c *migrateCommand) Run(ctx context.Context, config *Config) error {
	i, err := config.open(ctx, time.Now)
	if err != nil {
		return err
	}
	return i.db.Close()
}

type openAPICommand struct{}

// Run prints the description; it needs neither a database nor a data folder.
func (c *openAPICommand) Run(k *kong.Context) error {
	server := new(handlers.Server)
	server.App()
	out := json.NewEncoder(k.Stdout)
	out.SetIndent("", "  ")
	return out.Encode(server.OpenAPI())
}
