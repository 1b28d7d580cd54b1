package scheduling

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Consent is what a participant agreed to: for a scope, in these words. It holds until it is withdrawn.
type Consent struct {
	ID          uuid.UUID  `json:"id"`
	Scope       string     `json:"scope" enum:"attend,audio,video,observers,quotes,contact_again,needs" doc:"What it allows"`
	Wording     string     `json:"wording" doc:"What was agreed to, word for word"`
	Version     string     `json:"version" doc:"Of the wording" example:"2026-03"`
	Language    string     `json:"language" doc:"Of the wording (BCP 47)" example:"pl"`
	GivenAt     time.Time  `json:"given_at" doc:"When it was given"`
	RecordedBy  *uuid.UUID `json:"recorded_by,omitempty" doc:"The user who recorded it; absent where the participant gave it"`
	WithdrawnAt *time.Time `json:"withdrawn_at,omitempty" doc:"When it was withdrawn"`
}

// NewConsent is a consent to be recorded.
type NewConsent struct {
	ID       uuid.UUID  `json:"id" doc:"Chosen by the client: a UUID"`
	Scope    string     `json:"scope" enum:"attend,audio,video,observers,quotes,contact_again,needs" doc:"What it allows"`
	Wording  string     `json:"wording" maxLength:"4000" doc:"What was agreed to, word for word"`
	Version  string     `json:"version" maxLength:"40" doc:"Of the wording" example:"2026-03"`
	Language string     `json:"language" maxLength:"35" doc:"Of the wording (BCP 47)" example:"pl"`
	GivenAt  *time.Time `json:"given_at,omitempty" doc:"When it was given, on paper for example; now where it is absent"`
}

// ConsentScopes are what consent is asked for.
var ConsentScopes = []string{"attend", "audio", "video", "observers", "quotes", "contact_again", "needs"}

func (n NewConsent) consent(now time.Time) Consent {
	c := Consent{ID: n.ID, Scope: n.Scope, Wording: strings.TrimSpace(newlines.Replace(n.Wording)), Version: *onOneLine(&n.Version),
		Language: account.CanonicalLanguage(strings.TrimSpace(n.Language)), GivenAt: database.At(now).Time}
	if n.GivenAt != nil {
		c.GivenAt = database.At(*n.GivenAt).Time
	}
	return c
}

// clocksDiffer is how much a client's clock may be ahead.
const clocksDiffer = 5 * time.Minute

func (c Consent) faults(now time.Time) []fault.Fault {
	var l faultList
	if !slices.Contains(ConsentScopes, c.Scope) {
		l.refuse("/scope", "must be one of: %s", strings.Join(ConsentScopes, ", "))
	}
	if n := utf8.RuneCountInString(c.Wording); n < 1 || n > mostOfNotes || strings.ContainsFunc(c.Wording, unkeepable) {
		l.refuse("/wording", "must have 1 to %d characters: what was agreed to, word for word", mostOfNotes)
	}
	if !isLine(c.Version, 1, mostOfTag) {
		l.refuse("/version", "must have 1 to %d characters, on one line", mostOfTag)
	}
	l.language(c.Language)
	if c.GivenAt.After(now.Add(clocksDiffer)) || c.GivenAt.Year() < 1900 {
		l.refuse("/given_at", "must be an instant that is past, such as 2026-11-21T09:30:00Z")
	}
	return l
}

type consentRow struct {
	bun.BaseModel `bun:"table:consents,alias:consent"`
	ID            uuid.UUID `bun:",pk"`
	ParticipantID uuid.UUID
	Scope         string
	Wording       string
	Version       string
	Language      string
	GivenAt       database.Time
	RecordedBy    uuid.NullUUID
	WithdrawnAt   database.Time
}

func (r *consentRow) consent() Consent {
	c := Consent{ID: r.ID, Scope: r.Scope, Wording: r.Wording, Version: r.Version, Language: r.Language, GivenAt: r.GivenAt.Time}
	if r.RecordedBy.Valid {
		c.RecordedBy = &r.RecordedBy.UUID
	}
	if !r.WithdrawnAt.IsZero() {
		c.WithdrawnAt = &r.WithdrawnAt.Time
	}
	return c
}

// consentsOf gives a participant's consents, newest first.
func consentsOf(ctx context.Context, from bun.IDB, participant uuid.UUID) ([]Consent, error) {
	var rows []consentRow
	err := from.NewSelect().Model(&rows).Where("consent.participant_id = ?", participant).
		OrderExpr("consent.given_at DESC, consent.id DESC").Scan(ctx)
	consents := make([]Consent, len(rows))
	for i := range rows {
		consents[i] = rows[i].consent()
	}
	return consents, err
}

// consents is true where a consent of this scope was given and not withdrawn.
func consents(ctx context.Context, from bun.IDB, participant uuid.UUID, scope string) (given bool, err error) {
	return given, consentStands.Row(ctx, from, participant, scope).Scan(&given)
}

var consentStands = database.Prepared("SELECT EXISTS (SELECT 1 FROM consents WHERE participant_id = ? AND scope = ? AND withdrawn_at IS NULL)")

// insertConsent records a consent in the caller's transaction. by is nil where the participant gave it themselves.
func insertConsent(ctx context.Context, tx bun.Tx, participant uuid.UUID, by *uuid.UUID, c Consent) error {
	_, err := insertConsentRow.Exec(ctx, tx, c.ID, participant, c.Scope, c.Wording, c.Version, c.Language, database.At(c.GivenAt), by)
	return err
}

var insertConsentRow = database.Prepared(`INSERT INTO consents (id, participant_id, scope, wording, version, language, given_at, recorded_by)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)

// RecordConsent records a consent under an id of the client's choice. It is repeatable.
func (s *Participants) RecordConsent(ctx context.Context, by account.User, participant uuid.UUID, contentHash string, n NewConsent) (c Consent, again bool, err error) {
	now := s.Clock()
	recorded := n.consent(now)
	recorded.RecordedBy = &by.ID
	if err := fault.Of(recorded.faults(now)); err != nil {
		return Consent{}, false, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := standing(ctx, tx, by, participant); err != nil {
			return err
		}
		if again, err = database.Create(ctx, tx, n.ID, database.HashOf([]byte(participant.String()+contentHash))); err != nil {
			return err
		}
		if again {
			c, err = consentOf(ctx, tx, participant, n.ID)
			return err
		}
		if err := insertConsent(ctx, tx, participant, &by.ID, recorded); err != nil {
			return err
		}
		c = recorded
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "record-consent", Kind: "participant", Subject: participant.String(), Fields: []string{c.Scope}})
	})
	return c, again, err
}

func consentOf(ctx context.Context, from bun.IDB, participant, id uuid.UUID) (Consent, error) {
	var row consentRow
	err := from.NewSelect().Model(&row).Where("consent.id = ? AND consent.participant_id = ?", id, participant).Scan(ctx)
	return row.consent(), database.OrNotFound(err)
}

// WithdrawConsent withdraws a consent, once: who asks again is told when it was. With the last consent to keep needs, the
// needs go too.
func (s *Participants) WithdrawConsent(ctx context.Context, by account.User, participant, id uuid.UUID) (c Consent, err error) {
	now := s.Clock()
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := getParticipant(ctx, tx, by, participant); err != nil {
			return err
		}
		if c, err = consentOf(ctx, tx, participant, id); err != nil || c.WithdrawnAt != nil {
			return err
		}
		at := database.At(now)
		c.WithdrawnAt = &at.Time
		if _, err := withdrawConsent.Exec(ctx, tx, at, id); err != nil {
			return err
		}
		if err := dropNeedsWithoutConsent(ctx, tx, participant); err != nil {
			return err
		}
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "withdraw-consent", Kind: "participant", Subject: participant.String(), Fields: []string{c.Scope}})
	})
	return c, err
}

var withdrawConsent = database.Prepared("UPDATE consents SET withdrawn_at = ? WHERE id = ?")
