package scheduling

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Attributes keeps what the organisation wants to know of its participants.
type Attributes struct {
	DB    *database.DB
	Clock func() time.Time
}

// mostAttributes bounds them: each is a column of every import and export.
const mostAttributes = 50

type attributeRow struct {
	bun.BaseModel `bun:"table:attributes,alias:attribute"`
	ID            uuid.UUID `bun:",pk"`
	Name          string
	Type          string
	Options       string
	CreatedAt     database.Time
	Edition       int64
}

func (r *attributeRow) attribute() (Attribute, error) {
	a := Attribute{ID: r.ID, Name: r.Name, Type: r.Type, Edition: r.Edition}
	return a, json.Unmarshal([]byte(r.Options), &a.Options)
}

func (a *Attribute) options() (string, error) {
	text, err := json.Marshal(append([]string{}, a.Options...))
	return string(text), err
}

// All gives the attributes, by name.
func (s *Attributes) All(ctx context.Context) ([]Attribute, error) {
	return allAttributes(ctx, s.DB.Read())
}

func allAttributes(ctx context.Context, from bun.IDB) ([]Attribute, error) {
	var rows []attributeRow
	if err := from.NewSelect().Model(&rows).OrderExpr("attribute.name").Scan(ctx); err != nil {
		return nil, err
	}
	attributes := make([]Attribute, len(rows))
	for i := range rows {
		var err error
		if attributes[i], err = rows[i].attribute(); err != nil {
			return nil, err
		}
	}
	return attributes, nil
}

// Add adds an attribute under an id of the client's choice. It is repeatable.
func (s *Attributes) Add(ctx context.Context, by account.User, contentHash string, n NewAttribute) (a Attribute, again bool, err error) {
	added := Attribute{ID: n.ID, Type: n.Type, Edition: 1}
	added.apply(n.AttributeChange)
	if err := fault.Of(added.faults()); err != nil {
		return Attribute{}, false, err
	}
	options, err := added.options()
	if err != nil {
		return Attribute{}, false, err
	}
	now := s.Clock()
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if again, err = database.Create(ctx, tx, n.ID, contentHash); err != nil {
			return err
		}
		all, err := allAttributes(ctx, tx)
		if err != nil {
			return err
		}
		if again {
			a, err = attributeOf(all, n.ID)
			return err
		}
		if len(all) >= mostAttributes {
			return fault.Conflicting("too-many", "there are %d attributes already, as many as there can be", len(all))
		}
		if err := added.taken(all); err != nil {
			return err
		}
		row := attributeRow{ID: added.ID, Name: added.Name, Type: added.Type, Options: options, CreatedAt: database.At(now), Edition: 1}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		a = added
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "add", Kind: "attribute", Subject: a.ID.String()})
	})
	return a, again, err
}

func attributeOf(all []Attribute, id uuid.UUID) (Attribute, error) {
	i := slices.IndexFunc(all, func(a Attribute) bool { return a.ID == id })
	if i < 0 {
		return Attribute{}, fault.ErrNotFound
	}
	return all[i], nil
}

// taken refuses a name that another attribute has but for case or accents: an import finds attributes by name.
func (a *Attribute) taken(all []Attribute) error {
	for _, other := range all {
		if other.ID != a.ID && database.Fold(other.Name) == database.Fold(a.Name) {
			return fault.Conflicting("name-taken", "another attribute has the name %q", other.Name)
		}
	}
	return nil
}

// Change changes an attribute that was read with this edition.
func (s *Attributes) Change(ctx context.Context, by account.User, id uuid.UUID, edition int64, c AttributeChange) (a Attribute, err error) {
	now := s.Clock()
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		all, err := allAttributes(ctx, tx)
		if err != nil {
			return err
		}
		if a, err = attributeOf(all, id); err != nil {
			return err
		}
		if a.Edition != edition {
			return fault.ErrChanged
		}
		before := a.Options
		fields := a.apply(c)
		if err := fault.Of(a.faults()); err != nil {
			return err
		}
		if err := a.taken(all); err != nil {
			return err
		}
		if err := a.keepsUsed(ctx, tx, before); err != nil {
			return err
		}
		options, err := a.options()
		if err != nil {
			return err
		}
		a.Edition++
		if _, err := updateAttribute.Exec(ctx, tx, a.Name, options, a.Edition, id); err != nil {
			return err
		}
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "change", Kind: "attribute", Subject: id.String(), Fields: fields})
	})
	return a, err
}

var updateAttribute = database.Prepared("UPDATE attributes SET name = ?, options = ?, edition = ? WHERE id = ?")

// keepsUsed refuses to take an option away, or to write it otherwise, that a participant has.
func (a *Attribute) keepsUsed(ctx context.Context, tx bun.Tx, before []string) error {
	var used []string
	for _, option := range before {
		if slices.Contains(a.Options, option) {
			continue
		}
		var found bool
		err := tx.NewRaw(`SELECT EXISTS (SELECT 1 FROM participants WHERE facets LIKE ? ESCAPE '\')`, containing(facet(a.ID.String(), option))).Scan(ctx, &found)
		if err != nil {
			return err
		}
		if found {
			used = append(used, option)
		}
	}
	if len(used) > 0 {
		return fault.At("/options", "participants have these, so they stay: %s", strings.Join(used, ", "))
	}
	return nil
}

// containing gives the LIKE pattern (escaped with \) of text that contains this, which is folded already.
func containing(folded string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(folded) + "%"
}

// valued gives the values of attributes as they are kept, and what is wrong with them, by the attribute's id.
func valued(all []Attribute, values map[string]string) (kept map[string]string, faults []fault.Fault) {
	kept = map[string]string{}
	for id, text := range values {
		pointer := "/attributes/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(id)
		i := slices.IndexFunc(all, func(a Attribute) bool { return a.ID.String() == id })
		if i < 0 {
			faults = append(faults, fault.Fault{Pointer: pointer, Detail: "there is no attribute with this id"})
			continue
		}
		value, wrong := all[i].value(text)
		if wrong != "" {
			faults = append(faults, fault.Fault{Pointer: pointer, Detail: fmt.Sprintf("%s: %s", all[i].Name, wrong)})
			continue
		}
		kept[id] = value
	}
	slices.SortFunc(faults, func(a, b fault.Fault) int { return strings.Compare(a.Pointer, b.Pointer) })
	return kept, faults
}
