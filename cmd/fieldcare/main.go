// Command fieldcare serves mystery shopping and focus groups over HTTP. See fieldcare --help.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	_ "time/tzdata" // zones, where the machine has none

	"github.com/alecthomas/kong"
	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/evaluation"
	"fieldcare/handlers"
	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/jobs"
	"fieldcare/internal/mail"
	"fieldcare/internal/photo"
	"fieldcare/scheduling"
)

// Config is how one installation is set up: flags, or the environment.
type Config struct {
	Data           string     `help:"Folder for photos, keys and the SQLite database." default:"./data" env:"FIELDCARE_DATA" type:"path"`
	Database       string     `help:"File of the SQLite database, or a postgres:// address. By default fieldcare.db in the data folder." env:"FIELDCARE_DATABASE"`
	Secret         string     `help:"Secret that every key comes from, 32 characters or more. Without one, one is made and kept in the data folder." env:"FIELDCARE_SECRET"`
	PreviousSecret string     `help:"The secret before, whose access tokens are still accepted for their quarter of an hour." env:"FIELDCARE_SECRET_PREVIOUS"`
	PublicURL      string     `help:"Address under which people reach it; mailed links begin with it." default:"http://localhost:8080" env:"FIELDCARE_PUBLIC_URL"`
	SMTPURL        string     `name:"smtp-url" help:"Mail server: smtp://user:password@host:587 or smtps://…:465. Without one, mail is kept and shown to admins." env:"FIELDCARE_SMTP_URL"`
	MailFrom       string     `help:"Sender of all mail." default:"Fieldcare <fieldcare@localhost>" env:"FIELDCARE_MAIL_FROM"`
	Log            slog.Level `help:"debug, info, warn or error." default:"info" env:"FIELDCARE_LOG"`
}

var commands struct {
	Config
	Serve   serveCommand   `cmd:"" default:"withargs" help:"Serve the application."`
	Demo    demoCommand    `cmd:"" help:"Fill an empty database with the demo, and stop."`
	User    userCommand    `cmd:"" help:"Add users from the command line."`
	Migrate migrateCommand `cmd:"" help:"Bring the database up to date, and stop."`
	Check   checkCommand   `cmd:"" help:"Look at all that is kept, for what should not be; says what it finds, and changes nothing without --rebuild."`
	OpenAPI openAPICommand `cmd:"" name:"openapi" help:"Print the description of the API."`
	Health  healthCommand  `cmd:"" help:"Ask a running server whether it is well; for containers."`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "fieldcare:", err)
		os.Exit(1)
	}
}

func run() error {
	command := kong.Parse(&commands, kong.Name("fieldcare"), kong.Description("Mystery shopping and focus groups."), kong.UsageOnError())
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: commands.Log})))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	command.BindTo(ctx, (*context.Context)(nil))
	return command.Run(&commands.Config)
}

// Validate stops the start with a sentence that names what is wrong.
func (c *Config) Validate() error {
	address, err := url.Parse(c.PublicURL)
	if err != nil || (address.Scheme != "http" && address.Scheme != "https") || address.Host == "" {
		return fmt.Errorf("FIELDCARE_PUBLIC_URL (--public-url) must be an address such as https://fieldcare.example.org, not %q", c.PublicURL)
	}
	return nil
}

// installation is everything that runs, wired together.
type installation struct {
	db     *database.DB
	server *handlers.Server
	runner *jobs.Runner
	photos *evaluation.Photos
}

func (c *Config) open(ctx context.Context, clock func() time.Time) (*installation, error) {
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("the data folder (FIELDCARE_DATA): %w", err)
	}
	keys, err := account.LoadKeys(c.Secret, c.Data)
	if err != nil {
		return nil, err
	}
	if c.PreviousSecret != "" {
		if keys, err = keys.WithPrevious(c.PreviousSecret); err != nil {
			return nil, err
		}
	}
	db, err := database.Open(ctx, c.database())
	if err != nil {
		return nil, fmt.Errorf("the database (FIELDCARE_DATABASE): %w", err)
	}
	i, err := c.wire(db, keys, clock)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return i, nil
}

// database is the address of the database.
func (c *Config) database() string {
	if c.Database != "" {
		return c.Database
	}
	return filepath.Join(c.Data, "fieldcare.db")
}

func (c *Config) wire(db *database.DB, keys account.Keys, clock func() time.Time) (*installation, error) {
	photos, err := evaluation.NewPhotos(db, filepath.Join(c.Data, "photos"), clock, photo.NewDarkroom(2))
	if err != nil {
		return nil, err
	}
	receipts, err := photo.OpenFolder(filepath.Join(c.Data, "receipts"))
	if err != nil {
		return nil, err
	}
	publicURL := strings.TrimRight(c.PublicURL, "/")
	runner := jobs.NewRunner(db, clock)
	post, err := mail.NewPost(db, runner, clock, c.SMTPURL, c.MailFrom)
	if err != nil {
		return nil, err
	}
	queue := func(ctx context.Context, tx bun.IDB, template string, to uuid.UUID, about any) error {
		return mail.Queue(ctx, tx, mail.Order{Template: template, To: to, About: about, At: clock()})
	}
	accounts := account.New(db, keys, clock, queue, account.Argon)
	checklists := &evaluation.Checklists{DB: db, Clock: clock}
	settings := &evaluation.SettingsStore{DB: db, Clock: clock}
	i := &installation{db: db, runner: runner, photos: photos, server: &handlers.Server{
		DB: db, Accounts: accounts, Mails: post,
		Settings:      settings,
		Branches:      &evaluation.Branches{DB: db, Clock: clock},
		Checklists:    checklists,
		Visits:        &evaluation.Visits{DB: db, Clock: clock},
		Photos:        photos,
		Evaluations:   &evaluation.Evaluations{DB: db, Checklists: checklists, Clock: clock},
		Targets:       &evaluation.Targets{DB: db, Clock: clock},
		GroupReports:  &scheduling.Reports{DB: db, Clock: clock},
		Costs:         &scheduling.Costs{DB: db, Clock: clock},
		Receipts:      &scheduling.Receipts{DB: db, Clock: clock, Files: receipts, Darkroom: photo.NewDarkroom(1)},
		Findings:      &scheduling.Findings{DB: db, Clock: clock},
		Actions:       &scheduling.Actions{DB: db, Clock: clock},
		Doors:         &scheduling.Doors{DB: db, Clock: clock, Codes: scheduling.CheckInCodes{Key: keys.For("check-in")}},
		Reports:       &evaluation.Reports{DB: db, Checklists: checklists, Photos: photos, Clock: clock},
		Venues:        &scheduling.Venues{DB: db, Clock: clock, Currency: settings.Currency},
		Studies:       &scheduling.Studies{DB: db, Clock: clock, Currency: settings.Currency},
		FocusGroups:   &scheduling.FocusGroups{DB: db, Clock: clock},
		Attributes:    &scheduling.Attributes{DB: db, Clock: clock},
		Participants:  &scheduling.Participants{DB: db, Clock: clock},
		Invitations:   &scheduling.Invitations{DB: db, Links: scheduling.Links{Key: keys.For("links of participants")}, Clock: clock},
		SecureCookies: strings.HasPrefix(publicURL, "https://"),
	}}
	accounts.Language = func(ctx context.Context) (string, error) {
		settings, err := i.server.Settings.Read(ctx)
		return settings.Language, err
	}
	sender := post.From()
	organisation := func(ctx context.Context) (string, error) {
		settings, err := i.server.Settings.Read(ctx)
		return settings.Organisation, err
	}
	i.server.FocusGroupLetters = &scheduling.Letters{DB: db, Links: scheduling.Links{Key: keys.For("links of participants")}, PublicURL: publicURL,
		From: scheduling.Mailbox{Name: sender.Name, Address: sender.Address}, Organisation: organisation, Clock: clock}
	i.server.FocusGroupLetters.Register(post, runner)
	i.server.Feeds = &scheduling.Feeds{DB: db, Links: scheduling.Links{Key: keys.For("calendars")}, PublicURL: publicURL, Organisation: organisation, Clock: clock}
	letters := &evaluation.Letters{DB: db, Checklists: checklists, PublicURL: publicURL, Clock: clock}
	letters.Register(post, runner)
	accounts.WriteLetters(post, publicURL, organisation)
	return i, nil
}
