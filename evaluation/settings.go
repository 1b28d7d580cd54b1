package evaluation

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/uptrace/bun"
	"golang.org/x/text/currency"
	"golang.org/x/text/language"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Settings are the organisation's own choices.
type Settings struct {
	Organisation   string     `json:"organisation" minLength:"1" maxLength:"120" doc:"The organisation's name, as reports and mail show it" example:"Northwind Coffee"`
	Accent         string     `json:"accent" pattern:"^#[0-9a-f]{6}$" doc:"The colour of headings, rules and charts in reports. It has a contrast of at least 4.5:1 against white" example:"#0b686e"`
	Language       string     `json:"language" maxLength:"35" doc:"BCP 47: the language that documents say they are in, and that of people who are added without one" example:"en"`
	Currency       string     `json:"currency" pattern:"^[A-Z]{3}$" doc:"ISO 4217 code that fees and expenses are kept in unless a visit says otherwise" example:"EUR"`
	RotationDays   int        `json:"rotation_days" minimum:"0" maximum:"3650" doc:"Days before the same shopper may visit the same branch again without the coordinator confirming it; 0 is no rotation" example:"60"`
	DeadlineMinute int        `json:"report_deadline_minutes" minimum:"1" maximum:"43200" doc:"Minutes after the visit began within which its report is due" example:"1440"`
	Care           CarePolicy `json:"customer_care"`
	Retention      Retention  `json:"retention"`
	Logo           *Logo      `json:"logo,omitempty" readOnly:"true" doc:"Absent without one; it is read and set at /settings/logo"`
	Edition        int64      `json:"edition" readOnly:"true" doc:"Counts changes; the ETag"`
}

// CarePolicy is what the organisation promises its customers, and who answers for it.
type CarePolicy struct {
	Champion string `json:"champion" maxLength:"120" doc:"The person or the role who answers for customer care" example:"Head of Customer Care"`
	Text     string `json:"text" maxLength:"4000" doc:"The policy, in the organisation's words" example:"We answer every complaint within two working days."`
}

// DefaultSettings hold until somebody changes them: the trade's 60 days and 24 hours.
var DefaultSettings = Settings{
	Organisation: "Fieldcare", Accent: "#0b686e", Language: "en", Currency: "EUR", RotationDays: 60, DeadlineMinute: 24 * 60,
	Retention: Retention{ClaimsDays: 180, PhotosDays: 30, MailDays: 30, AuditMonths: 24},
}

// SettingsChange is what to change; what is nil stays. The policy and the retention are given whole.
type SettingsChange struct {
	Organisation   *string     `json:"organisation,omitempty" maxLength:"120"`
	Accent         *string     `json:"accent,omitempty" maxLength:"7" doc:"#rrggbb, dark enough to be read on white: a contrast of at least 4.5:1 (WCAG 2.2)"`
	Language       *string     `json:"language,omitempty" maxLength:"35"`
	Currency       *string     `json:"currency,omitempty" maxLength:"3"`
	RotationDays   *int        `json:"rotation_days,omitempty"`
	DeadlineMinute *int        `json:"report_deadline_minutes,omitempty"`
	Care           *CarePolicy `json:"customer_care,omitempty"`
	Retention      *Retention  `json:"retention,omitempty"`
}

// apply makes the change and names the fields that were given.
func (s *Settings) apply(c SettingsChange) (fields []string) {
	set(&s.Organisation, c.Organisation, "organisation", &fields)
	set(&s.Accent, c.Accent, "accent", &fields)
	set(&s.Language, c.Language, "language", &fields)
	set(&s.Currency, c.Currency, "currency", &fields)
	set(&s.RotationDays, c.RotationDays, "rotation_days", &fields)
	set(&s.DeadlineMinute, c.DeadlineMinute, "report_deadline_minutes", &fields)
	set(&s.Care, c.Care, "customer_care", &fields)
	set(&s.Retention, c.Retention, "retention", &fields)
	s.Accent = strings.ToLower(s.Accent)
	if tag, err := language.Parse(s.Language); err == nil {
		s.Language = tag.String()
	}
	s.Care = CarePolicy{strings.TrimSpace(s.Care.Champion), strings.TrimSpace(s.Care.Text)}
	return fields
}

// set takes the new value, if there is one, and notes the field's name.
func set[T any](field *T, value *T, name string, changed *[]string) {
	if value != nil {
		*field = *value
		*changed = append(*changed, name)
	}
}

func (s Settings) faults() (faults []fault.Fault) {
	refuse := func(pointer, detail string) {
		faults = append(faults, fault.Fault{Pointer: pointer, Detail: detail})
	}
	if n := utf8.RuneCountInString(s.Organisation); n == 0 || n > 120 {
		refuse("/organisation", "must have 1 to 120 characters")
	}
	if wrong := accentWanted(s.Accent); wrong != "" {
		refuse("/accent", wrong)
	}
	if tag, err := language.Parse(s.Language); err != nil || tag == language.Und || len(s.Language) > 35 {
		refuse("/language", "must be a language tag (BCP 47) such as en or pl")
	}
	if _, err := currency.ParseISO(s.Currency); err != nil || !currencyCode.MatchString(s.Currency) {
		refuse("/currency", "must be an ISO 4217 code such as EUR")
	}
	if s.RotationDays < 0 || s.RotationDays > 3650 {
		refuse("/rotation_days", "must be a number of days from 0 to 3650")
	}
	if s.DeadlineMinute < 1 || s.DeadlineMinute > 30*24*60 {
		refuse("/report_deadline_minutes", "must be a number of minutes from 1 to 43200 (30 days)")
	}
	if utf8.RuneCountInString(s.Care.Champion) > 120 || strings.ContainsFunc(s.Care.Champion, unicode.IsControl) {
		refuse("/customer_care/champion", "must have at most 120 characters, on one line")
	}
	if utf8.RuneCountInString(s.Care.Text) > 4000 {
		refuse("/customer_care/text", "must have at most 4000 characters")
	}
	return append(faults, s.Retention.faults()...)
}

// SettingsStore keeps the settings.
type SettingsStore struct {
	DB    *database.DB
	Clock func() time.Time

	drawing sync.Mutex // held while a logo is decoded: one at a time
}

// Read gives the settings as they stand.
func (s *SettingsStore) Read(ctx context.Context) (Settings, error) {
	return readSettings(ctx, s.DB.Read())
}

// Currency is that of amounts which nobody named.
func (s *SettingsStore) Currency(ctx context.Context) (string, error) {
	settings, err := s.Read(ctx)
	return settings.Currency, err
}

// readSettings reads the settings. What a document does not say, for it is older than the setting, is the default.
func readSettings(ctx context.Context, from bun.IDB) (Settings, error) {
	settings := DefaultSettings
	var document string
	err := selectSettings.Row(ctx, from).Scan(&document, &settings.Edition)
	if errors.Is(err, sql.ErrNoRows) {
		return settings, nil
	}
	if err != nil {
		return settings, err
	}
	edition := settings.Edition
	err = json.Unmarshal([]byte(document), &settings)
	settings.Edition = edition
	return settings, err
}

// Change changes the settings that were read with this edition.
func (s *SettingsStore) Change(ctx context.Context, by account.User, edition int64, change SettingsChange) (settings Settings, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		settings, err = readSettings(ctx, tx)
		if err != nil {
			return err
		}
		if settings.Edition != edition {
			return fault.ErrChanged
		}
		fields := settings.apply(change)
		if err := fault.Of(settings.faults()); err != nil {
			return err
		}
		return settings.keep(ctx, tx, account.AuditEntry{Actor: by.ID, Action: "change", Kind: "settings", Fields: fields}, s.Clock())
	})
	return settings, err
}

// keep writes the settings under their next edition, and the entry.
func (s *Settings) keep(ctx context.Context, tx bun.Tx, entry account.AuditEntry, now time.Time) error {
	s.Edition++
	document, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if _, err := putSettings.Exec(ctx, tx, string(document), s.Edition); err != nil {
		return err
	}
	return account.Audit(ctx, tx, now, entry)
}

var (
	selectSettings = database.Prepared("SELECT document, edition FROM settings WHERE id = 1")
	putSettings    = database.Prepared(`INSERT INTO settings (id, document, edition) VALUES (1, ?, ?)
		ON CONFLICT (id) DO UPDATE SET document = excluded.document, edition = excluded.edition`)
)
