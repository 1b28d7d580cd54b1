package evaluation

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Settings are the organisation's own choices.
type Settings struct {
	Organisation   string `json:"organisation" minLength:"1" maxLength:"120" doc:"The organisation's name, as reports and mail show it" example:"Northwind Coffee"`
	Currency       string `json:"currency" pattern:"^[A-Z]{3}$" doc:"ISO 4217 code that fees and expenses are kept in unless a visit says otherwise" example:"EUR"`
	RotationDays   int    `json:"rotation_days" minimum:"0" maximum:"3650" doc:"Days before the same shopper may visit the same branch again without the coordinator confirming it; 0 is no rotation" example:"60"`
	DeadlineMinute int    `json:"report_deadline_minutes" minimum:"1" maximum:"43200" doc:"Minutes after the visit began within which its report is due" example:"1440"`
	Edition        int64  `json:"edition" readOnly:"true" doc:"Counts changes; the ETag"`
}

// DefaultSettings hold until somebody changes them: the trade's 60 days and 24 hours.
var DefaultSettings = Settings{Organisation: "Fieldcare", Currency: "EUR", RotationDays: 60, DeadlineMinute: 24 * 60}

// SettingsChange is what to change; what is nil stays.
type SettingsChange struct {
	Organisation   *string `json:"organisation,omitempty" maxLength:"120"`
	Currency       *string `json:"currency,omitempty" maxLength:"3"`
	RotationDays   *int    `json:"rotation_days,omitempty"`
	DeadlineMinute *int    `json:"report_deadline_minutes,omitempty"`
}

func (s Settings) faults() (faults []fault.Fault) {
	refuse := func(pointer, detail string) {
		faults = append(faults, fault.Fault{Pointer: pointer, Detail: detail})
	}
	if n := utf8.RuneCountInString(s.Organisation); n == 0 || n > 120 {
		refuse("/organisation", "must have 1 to 120 characters")
	}
	if !currencyCode.MatchString(s.Currency) {
		refuse("/currency", "must be an ISO 4217 code such as EUR")
	}
	if s.RotationDays < 0 || s.RotationDays > 3650 {
		refuse("/rotation_days", "must be a number of days from 0 to 3650")
	}
	if s.DeadlineMinute < 1 || s.DeadlineMinute > 30*24*60 {
		refuse("/report_deadline_minutes", "must be a number of minutes from 1 to 43200 (30 days)")
	}
	return faults
}

// SettingsStore keeps the settings.
type SettingsStore struct {
	DB    *database.DB
	Clock func() time.Time
}

// Read gives the settings as they stand.
func (s *SettingsStore) Read(ctx context.Context) (Settings, error) {
	return readSettings(ctx, s.DB.Read())
}

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
		var fields []string
		set(&settings.Organisation, change.Organisation, "organisation", &fields)
		set(&settings.Currency, change.Currency, "currency", &fields)
		set(&settings.RotationDays, change.RotationDays, "rotation_days", &fields)
		set(&settings.DeadlineMinute, change.DeadlineMinute, "report_deadline_minutes", &fields)
		if err := fault.Of(settings.faults()); err != nil {
			return err
		}
		settings.Edition++
		document, err := json.Marshal(settings)
		if err != nil {
			return err
		}
		if _, err := putSettings.Exec(ctx, tx, string(document), settings.Edition); err != nil {
			return err
		}
		return account.Audit(ctx, tx, s.Clock(), account.AuditEntry{Actor: by.ID, Action: "change", Kind: "settings", Fields: fields})
	})
	return settings, err
}

// set takes the new value, if there is one, and notes the field's name.
func set[T any](field *T, value *T, name string, changed *[]string) {
	if value != nil {
		*field = *value
		*changed = append(*changed, name)
	}
}

var (
	selectSettings = database.Prepared("SELECT document, edition FROM settings WHERE id = 1")
	putSettings    = database.Prepared(`INSERT INTO settings (id, document, edition) VALUES (1, ?, ?)
		ON CONFLICT (id) DO UPDATE SET document = excluded.document, edition = excluded.edition`)
)
