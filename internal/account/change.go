package account

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"golang.org/x/text/unicode/norm"

	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// UserChange is what to change of a user; what is nil stays.
type UserChange struct {
	Email    *string
	Name     *string
	Language *string
	Roles    *Roles
	Disabled *bool

	MonthlyDigest *bool
}

// refused lists what by may not change of u. An admin changes everything; a coordinator makes shoppers, disables them
// and enables them again; everybody changes their own name and language. The monthly digest is each manager's
// own choice, which nobody makes for them.
func (c UserChange) refused(by, u User) (faults []fault.Fault) {
	refuse := func(asked bool, pointer, detail string) {
		if asked {
			faults = append(faults, fault.Fault{Pointer: pointer, Detail: detail})
		}
	}
	if c.MonthlyDigest != nil {
		refuse(by.ID != u.ID, "/monthly_digest", "is chosen by the user")
		refuse(*c.MonthlyDigest && !u.Roles.Any(Manager), "/monthly_digest", "is about the branches of a manager, which you are not")
	}
	if by.Roles.Any(Admin) {
		return faults
	}
	if by.ID != u.ID {
		refuse(c.Name != nil, "/name", "is changed by an admin or by the user")
		refuse(c.Language != nil, "/language", "is changed by an admin or by the user")
	}
	refuse(c.Email != nil, "/email", "is changed by an admin")
	refuse(c.Roles != nil, "/roles", "are changed by an admin")
	if !by.Roles.Any(Coordinator) || u.Roles != Shopper {
		refuse(c.Disabled != nil, "/disabled", "is changed by an admin, or of a shopper by a coordinator")
	}
	return faults
}

// apply makes the change and names the fields that it made different.
func (u *User) apply(c UserChange, now time.Time) (fields []string) {
	text := func(name string, field *string, value *string, clean func(string) string) {
		if value != nil && clean(*value) != *field {
			*field, fields = clean(*value), append(fields, name)
		}
	}
	text("email", &u.Email, c.Email, FoldEmail)
	text("name", &u.Name, c.Name, func(s string) string { return norm.NFC.String(strings.TrimSpace(s)) })
	text("language", &u.Language, c.Language, CanonicalLanguage)
	if c.Roles != nil && *c.Roles != u.Roles {
		u.Roles, fields = *c.Roles, append(fields, "roles")
	}
	if c.Disabled != nil && *c.Disabled == u.DisabledAt.IsZero() {
		u.DisabledAt, fields = database.Time{}, append(fields, "disabled")
		if *c.Disabled {
			u.DisabledAt = database.At(now)
		}
	}
	if digest := c.MonthlyDigest; digest != nil && *digest != u.MonthlyDigest {
		u.MonthlyDigest, fields = *digest, append(fields, "monthly_digest")
	}
	u.MonthlyDigest = u.MonthlyDigest && u.Roles.Any(Manager)
	return fields
}

// Change changes a user that was read with this edition. It acts at once: who is disabled is signed out everywhere in
// the same transaction, and the next request has the new roles. At least one admin stays.
func (a *Accounts) Change(ctx context.Context, by User, id uuid.UUID, edition int64, c UserChange) (u User, err error) {
	now := a.Clock()
	err = a.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if u, err = getUser(ctx, tx, by, id); err != nil {
			return err
		}
		if u.Edition != edition {
			return fault.ErrChanged
		}
		if err := fault.Of(c.refused(by, u)); err != nil {
			return err
		}
		was := u
		fields := u.apply(c, now)
		if err := fault.Of(u.faults()); err != nil || len(fields) == 0 {
			return err
		}
		u.Edition++
		if err := updateUser(ctx, tx, now, was, u); err != nil {
			return err
		}
		action := "change"
		if disabled := !u.DisabledAt.IsZero(); disabled != !was.DisabledAt.IsZero() {
			action = map[bool]string{true: "disable", false: "enable"}[disabled]
		}
		return Audit(ctx, tx, now, AuditEntry{Actor: by.ID, Action: action, Kind: "user", Subject: id.String(), Fields: fields})
	})
	return u, err
}

func updateUser(ctx context.Context, tx bun.Tx, now time.Time, was, u User) error {
	var taken, otherAdmin bool
	err := tx.NewRaw("SELECT EXISTS (SELECT 1 FROM users WHERE email = ? AND id <> ?), "+
		"EXISTS (SELECT 1 FROM users WHERE (roles & ?) <> 0 AND disabled_at IS NULL AND id <> ?)",
		u.Email, u.ID, int64(Admin), u.ID).Scan(ctx, &taken, &otherAdmin)
	if err != nil {
		return err
	}
	administers := func(u User) bool { return u.Roles.Any(Admin) && u.DisabledAt.IsZero() }
	if taken {
		return emailTaken(u.Email)
	}
	if administers(was) && !administers(u) && !otherAdmin {
		return fault.Conflicting("last-admin", "this is the only admin who is not disabled: make another user an admin first")
	}
	if _, err := tx.NewUpdate().Model(rowOf(u)).WherePK().Exec(ctx); err != nil {
		return err
	}
	if u.DisabledAt != was.DisabledAt {
		if err := endSessions(ctx, tx, now, u.ID); err != nil {
			return err
		}
	}
	// A link went to the address that the user had, and opens nothing once that is another's or the user is disabled.
	if u.DisabledAt != was.DisabledAt || u.Email != was.Email {
		_, err := deleteLinks.Exec(ctx, tx, u.ID)
		return err
	}
	return nil
}
