package evaluation

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/fault"
	"fieldcare/internal/jobs"
	"fieldcare/internal/mail"
)

// Retention says for how long personal data is kept.
type Retention struct {
	ClaimsDays  int `json:"claims_days" doc:"Days after an approval that positions, photo times and moments are kept; from 30 to 3650" example:"180"`
	PhotosDays  int `json:"photos_days" doc:"Days that a photo is kept which no evaluation names; from 7, for a phone may be without a network for long, to 365" example:"30"`
	MailDays    int `json:"mail_days" doc:"Days that the bodies and addresses of mail are kept; from 1 to 365" example:"30"`
	AuditMonths int `json:"audit_months" doc:"Months that the audit trail is kept; from 6 to 120" example:"24"`
}

func (r Retention) faults() (faults []fault.Fault) {
	for _, p := range []struct {
		name              string
		value             int
		unit              string
		shortest, longest int
	}{
		{"claims_days", r.ClaimsDays, "days", 30, 3650},
		{"photos_days", r.PhotosDays, "days", 7, 365},
		{"mail_days", r.MailDays, "days", 1, 365},
		{"audit_months", r.AuditMonths, "months", 6, 120},
	} {
		if p.value < p.shortest || p.value > p.longest {
			faults = append(faults, fault.Fault{Pointer: "/retention/" + p.name,
				Detail: fmt.Sprintf("must be a number of %s from %d to %d", p.unit, p.shortest, p.longest)})
		}
	}
	return faults
}

// Purges is the daily work that keeps nothing longer than the settings say. Each purge can be repeated and stopped at
// any time: what it has not reached, the next one does.
type Purges struct {
	Settings    *SettingsStore
	Evaluations *Evaluations
	Photos      *Photos
	Accounts    *account.Accounts
	Mails       *mail.Post
}

// Register gives the work to the runner. The names are kept in the database.
func (p *Purges) Register(runner *jobs.Runner) {
	for name, purge := range map[string]func(context.Context, Retention, time.Time) error{
		"purge claims":    p.claims,
		"sweep photos":    p.photos,
		"forget old mail": p.mails,
		"purge accounts":  p.accounts,
	} {
		runner.Every(24*time.Hour, name, func(ctx context.Context) error {
			settings, err := p.Settings.Read(ctx)
			if err != nil {
				return err
			}
			return purge(ctx, settings.Retention, p.Settings.Clock())
		})
	}
}

func (p *Purges) claims(ctx context.Context, r Retention, now time.Time) error {
	_, err := p.Evaluations.PurgeClaims(ctx, now.AddDate(0, 0, -r.ClaimsDays))
	return err
}

func (p *Purges) photos(ctx context.Context, r Retention, now time.Time) error {
	_, err := p.Photos.Sweep(ctx, now.AddDate(0, 0, -r.PhotosDays))
	return err
}

func (p *Purges) mails(ctx context.Context, r Retention, now time.Time) error {
	return p.Mails.Forget(ctx, now.AddDate(0, 0, -r.MailDays), func(ctx context.Context, tx bun.Tx, n int) error {
		return account.Audit(ctx, tx, now, account.AuditEntry{Action: "purge", Kind: "mail", Subjects: n, Fields: []string{"body", "address"}})
	})
}

func (p *Purges) accounts(ctx context.Context, r Retention, now time.Time) error {
	return p.Accounts.Purge(ctx, now.AddDate(0, -r.AuditMonths, 0))
}
