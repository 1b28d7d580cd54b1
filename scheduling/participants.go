package scheduling

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Participants keeps the panel.
type Participants struct {
	DB    *database.DB
	Clock func() time.Time
}

// participantRow is a participant as their table has them.
type participantRow struct {
	bun.BaseModel `bun:"table:participants,alias:participant"`
	Participant
	Folded         string
	Facets         string
	EmailFolded    string
	PhoneDigits    string
	TagsText       string `bun:"tags"`
	AttributesText string `bun:"attributes"`
	Generation     int64
	ErasedAt       database.Time
	ErasedBy       uuid.NullUUID
	ErasedReason   string
	CreatedAt      database.Time
}

func (r *participantRow) read() error {
	r.Erased = !r.ErasedAt.IsZero()
	if err := json.Unmarshal([]byte(r.TagsText), &r.Tags); err != nil {
		return err
	}
	return json.Unmarshal([]byte(r.AttributesText), &r.Attributes)
}

// write derives what is kept beside what was entered.
func (r *participantRow) write() error {
	r.Folded, r.Facets = r.folded(), r.facets()
	r.EmailFolded, r.PhoneDigits = account.FoldEmail(r.Email), phoneDigits(r.Phone)
	if r.Tags == nil {
		r.Tags = []string{}
	}
	if r.Attributes == nil {
		r.Attributes = map[string]string{}
	}
	tags, err := json.Marshal(r.Tags)
	if err != nil {
		return err
	}
	attributes, err := json.Marshal(r.Attributes)
	r.TagsText, r.AttributesText = string(tags), string(attributes)
	return err
}

// ParticipantFilter narrows the panel. What is empty does not.
type ParticipantFilter struct {
	Search       string // in name, e-mail, phone and tags, without case and marks
	Tag          string
	Attribute    uuid.UUID // with a value: those who have it
	Value        string
	DoNotContact *bool
	Limit        int
	Cursor       string
}

func (f ParticipantFilter) of(q *bun.SelectQuery) (*bun.SelectQuery, error) {
	q = q.Where("participant.erased_at IS NULL")
	if search := strings.TrimSpace(f.Search); search != "" {
		if digits := phoneDigits(search); onlyPhone(search) && len(digits) >= fewestOfPhone {
			q = q.Where(`(participant.folded LIKE ? ESCAPE '\' OR participant.folded LIKE ? ESCAPE '\')`, database.Containing(search), containing(digits))
		} else {
			q = q.Where(`participant.folded LIKE ? ESCAPE '\'`, database.Containing(search))
		}
	}
	if f.Tag != "" {
		q = q.Where(`participant.facets LIKE ? ESCAPE '\'`, containing(facet("", *onOneLine(&f.Tag))))
	}
	switch {
	case f.Attribute != uuid.Nil && f.Value != "":
		q = q.Where(`participant.facets LIKE ? ESCAPE '\'`, containing(facet(f.Attribute.String(), *onOneLine(&f.Value))))
	case f.Attribute != uuid.Nil:
		q = q.Where(`participant.facets LIKE ? ESCAPE '\'`, containing("\n"+f.Attribute.String()+"="))
	case f.Value != "":
		return nil, fault.At("value", "needs the attribute whose value it is")
	}
	if f.DoNotContact != nil {
		q = q.Where("participant.do_not_contact = ?", *f.DoNotContact)
	}
	if f.Cursor != "" {
		var after uuid.UUID
		if _, err := database.ReadCursor(f.Cursor, &after); err != nil {
			return nil, err
		}
		// Where the page before ended is looked up by id: an address and its log hold no name.
		q = q.Where("(participant.folded, participant.id) > (SELECT folded, id FROM participants WHERE id = ?)", after)
	}
	return q.OrderExpr("participant.folded, participant.id").Limit(int64(f.Limit) + 1), nil
}

// List gives the panel by name.
//
// A search looks through the index by which the list is sorted, until the page is full: what few have is found by reading
// all of it. Of 100,000 participants that takes some tens of milliseconds, and a few hundred for a tag or a value that few
// have, which are not in the index (make bench).
func (s *Participants) List(ctx context.Context, viewer account.User, f ParticipantFilter) (database.Page[ParticipantSummary], error) {
	rows, err := listParticipants(ctx, s.DB.Read(), viewer, f)
	if err != nil {
		return database.Page[ParticipantSummary]{}, err
	}
	found := make([]ParticipantSummary, len(rows))
	for i, p := range rows {
		found[i] = ParticipantSummary{ID: p.ID, Name: p.Name, Language: p.Language, Zone: p.Zone, HasEmail: p.Email != "", HasPhone: p.Phone != "",
			Tags: p.Tags, DoNotContact: p.DoNotContact, Edition: p.Edition}
	}
	return database.Paged(found, f.Limit, func(p ParticipantSummary) []any { return []any{p.ID} }), nil
}

func listParticipants(ctx context.Context, from bun.IDB, viewer account.User, f ParticipantFilter) ([]participantRow, error) {
	var rows []participantRow
	q, err := f.of(forPlanners(from.NewSelect().Model(&rows), viewer))
	if err != nil {
		return nil, err
	}
	if err := q.Scan(ctx); err != nil {
		return nil, err
	}
	for i := range rows {
		if err := rows[i].read(); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// Get gives one participant, and notes in the audit trail who read it.
func (s *Participants) Get(ctx context.Context, viewer account.User, id uuid.UUID) (p Participant, err error) {
	now := s.Clock()
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := getParticipant(ctx, tx, viewer, id)
		if err != nil {
			return err
		}
		if p, err = row.whole(ctx, tx); err != nil {
			return err
		}
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: viewer.ID, Action: "read", Kind: "participant", Subject: id.String()})
	})
	return p, err
}

func getParticipant(ctx context.Context, from bun.IDB, viewer account.User, id uuid.UUID) (participantRow, error) {
	var row participantRow
	if err := forPlanners(from.NewSelect().Model(&row), viewer).Where("participant.id = ?", id).Scan(ctx); err != nil {
		return participantRow{}, database.OrNotFound(err)
	}
	return row, row.read()
}

var errErased = fault.Conflicting("erased", "what was held on this person is erased: add them anew if they come back")

// standing gives a participant who is not erased.
func standing(ctx context.Context, from bun.IDB, viewer account.User, id uuid.UUID) (participantRow, error) {
	row, err := getParticipant(ctx, from, viewer, id)
	if err == nil && row.Erased {
		err = errErased
	}
	return row, err
}

// whole adds what else is known of the participant.
func (r *participantRow) whole(ctx context.Context, from bun.IDB) (p Participant, err error) {
	p = r.Participant
	needs, err := needsOf(ctx, from, r.ID)
	if err != nil {
		return p, err
	}
	p.NeedsKept = needs != nil
	if p.Consents, err = consentsOf(ctx, from, r.ID); err != nil {
		return p, err
	}
	if p.Duplicates, err = r.duplicates(ctx, from); err != nil {
		return p, err
	}
	p.History, err = historyOf(ctx, from, r.ID)
	return p, err
}

// duplicates are those with the same e-mail or phone.
func (r *participantRow) duplicates(ctx context.Context, from bun.IDB) ([]Duplicate, error) {
	found := []Duplicate{}
	if r.EmailFolded != "" {
		var same []Duplicate
		err := from.NewRaw("SELECT id, name, 'email' AS same FROM participants WHERE email_folded <> '' AND email_folded = ? AND id <> ? ORDER BY id LIMIT 20", r.EmailFolded, r.ID).Scan(ctx, &same)
		if err != nil {
			return nil, err
		}
		found = append(found, same...)
	}
	if r.PhoneDigits != "" {
		var same []Duplicate
		err := from.NewRaw("SELECT id, name, 'phone' AS same FROM participants WHERE phone_digits <> '' AND phone_digits = ? AND id <> ? ORDER BY id LIMIT 20", r.PhoneDigits, r.ID).Scan(ctx, &same)
		if err != nil {
			return nil, err
		}
		for _, d := range same {
			if !slices.ContainsFunc(found, func(known Duplicate) bool { return known.ID == d.ID }) {
				found = append(found, d)
			}
		}
	}
	return found[:min(len(found), 20)], nil
}

// Add adds a participant under an id of the client's choice. It is repeatable.
func (s *Participants) Add(ctx context.Context, by account.User, contentHash string, n NewParticipant) (p Participant, again bool, err error) {
	now := s.Clock()
	attributes, err := allAttributes(ctx, s.DB.Read())
	if err != nil {
		return Participant{}, false, err
	}
	row := participantRow{Participant: Participant{ID: n.ID, Edition: 1}, CreatedAt: database.At(now)}
	if _, err := row.take(attributes, n.ParticipantChange); err != nil {
		return Participant{}, false, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if again, err = database.Create(ctx, tx, n.ID, contentHash); err != nil {
			return err
		}
		added := row
		if again {
			if added, err = getParticipant(ctx, tx, by, n.ID); err != nil {
				return err
			}
		} else {
			if _, err := tx.NewInsert().Model(&added).Exec(ctx); err != nil {
				return err
			}
			if err := account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "add", Kind: "participant", Subject: n.ID.String()}); err != nil {
				return err
			}
		}
		p, err = added.whole(ctx, tx)
		return err
	})
	return p, again, err
}

// take takes over a change, or says everything that is wrong with it.
func (r *participantRow) take(attributes []Attribute, c ParticipantChange) (fields []string, err error) {
	given := map[string]string{}
	for id, text := range c.Attributes {
		if strings.TrimSpace(text) != "" {
			given[id] = text
		}
	}
	kept, wrong := valued(attributes, given)
	for id, text := range c.Attributes {
		if strings.TrimSpace(text) == "" {
			kept[id] = ""
		}
	}
	c.Attributes = kept
	fields = r.apply(c)
	if err := fault.Of(slices.Concat(r.faults(), wrong)); err != nil {
		return nil, err
	}
	return fields, r.write()
}

// Change changes a participant who was read with this edition.
func (s *Participants) Change(ctx context.Context, by account.User, id uuid.UUID, edition int64, c ParticipantChange) (p Participant, err error) {
	now := s.Clock()
	attributes, err := allAttributes(ctx, s.DB.Read())
	if err != nil {
		return Participant{}, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := standing(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if row.Edition != edition {
			return fault.ErrChanged
		}
		fields, err := row.take(attributes, c)
		if err != nil {
			return err
		}
		row.Edition++
		if _, err := tx.NewUpdate().Model(&row).WherePK().Exec(ctx); err != nil {
			return err
		}
		if err := account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "change", Kind: "participant", Subject: id.String(), Fields: fields}); err != nil {
			return err
		}
		p, err = row.whole(ctx, tx)
		return err
	})
	return p, err
}
