package scheduling

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Findings keeps what was found in focus groups: coordinators in all, moderators in their own sessions.
type Findings struct {
	DB    *database.DB
	Clock func() time.Time
}

// List gives the findings of a focus group by their position.
func (s *Findings) List(ctx context.Context, viewer account.User, group uuid.UUID) ([]Finding, error) {
	d, err := readDoor(ctx, s.DB.Read(), viewer, group)
	if err != nil {
		return nil, err
	}
	tookPart, _, err := d.seatsTaken(ctx, s.DB.Read())
	if err != nil {
		return nil, err
	}
	return d.findings(ctx, s.DB.Read(), tookPart)
}

func (d door) findings(ctx context.Context, from bun.IDB, tookPart int) ([]Finding, error) {
	rows, err := selectFindings.Rows(ctx, from, d.id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := []Finding{}
	for rows.Next() {
		f := Finding{FocusGroupID: d.id}
		var quotes []byte
		if err := rows.Scan(&f.ID, &f.Topic, &f.Theme, &f.SaidBy, &quotes, &f.Position, &f.Edition); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(quotes, &f.Quotes); err != nil {
			return nil, err
		}
		f.TooMany = f.SaidBy > tookPart
		found = append(found, f)
	}
	return found, rows.Err()
}

func getFinding(ctx context.Context, from bun.IDB, viewer account.User, id uuid.UUID) (f Finding, d door, err error) {
	var group uuid.UUID
	if err := selectGroupOfFinding.Row(ctx, from, id).Scan(&group); err != nil {
		return f, d, database.OrNotFound(err)
	}
	if d, err = readDoor(ctx, from, viewer, group); err != nil {
		return f, d, err
	}
	tookPart, _, err := d.seatsTaken(ctx, from)
	if err != nil {
		return f, d, err
	}
	all, err := d.findings(ctx, from, tookPart)
	if err != nil {
		return f, d, err
	}
	for _, f := range all {
		if f.ID == id {
			return f, d, nil
		}
	}
	return f, d, fault.ErrNotFound
}

// takesFinding refuses a finding that is wrong, or names a participant.
func (d door) takesFinding(ctx context.Context, tx bun.Tx, f *Finding) error {
	tookPart, _, err := d.seatsTaken(ctx, tx)
	if err != nil {
		return err
	}
	invitees, err := d.invitees(ctx, tx)
	if err != nil {
		return err
	}
	names := make([]string, len(invitees))
	for i, g := range invitees {
		names[i] = g.name
	}
	return fault.Of(f.faults(tookPart, names))
}

// Add adds a finding under a random id of the client's choice. It is repeatable.
func (s *Findings) Add(ctx context.Context, by account.User, group uuid.UUID, contentHash string, n NewFinding) (added Finding, again bool, err error) {
	if n.ID.Version() != 4 {
		return Finding{}, false, fault.At("/id", "must be a random UUID (version 4) chosen by the client")
	}
	now, hash := s.Clock(), database.HashOf([]byte(group.String()+contentHash))
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		d, err := readDoor(ctx, tx, by, group)
		if err != nil {
			return err
		}
		if again, err = database.Create(ctx, tx, n.ID, hash); err != nil {
			return err
		}
		if again {
			added, _, err = getFinding(ctx, tx, by, n.ID)
			if errors.Is(err, fault.ErrNotFound) {
				return fault.Conflicting("id-taken", "the finding %s was removed: choose a new id", n.ID)
			}
			return err
		}
		f := Finding{ID: n.ID, FocusGroupID: group, Quotes: []string{}, Edition: 1}
		f.apply(n.FindingChange)
		if err := d.takesFinding(ctx, tx, &f); err != nil {
			return err
		}
		quotes, err := json.Marshal(f.Quotes)
		if err != nil {
			return err
		}
		if _, err := insertFinding.Exec(ctx, tx, f.ID, group, f.Topic, f.Theme, f.SaidBy, string(quotes), f.Position, database.At(now)); err != nil {
			return err
		}
		added = f
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "add", Kind: "finding", Subject: f.ID.String()})
	})
	return added, again, err
}

// Change changes a finding that was read with this edition.
func (s *Findings) Change(ctx context.Context, by account.User, id uuid.UUID, edition int64, c FindingChange) (changed Finding, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		f, d, err := getFinding(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if f.Edition != edition {
			return fault.ErrChanged
		}
		fields := f.apply(c)
		if err := d.takesFinding(ctx, tx, &f); err != nil {
			return err
		}
		quotes, err := json.Marshal(f.Quotes)
		if err != nil {
			return err
		}
		f.Edition, f.TooMany = f.Edition+1, false
		if _, err := updateFinding.Exec(ctx, tx, f.Topic, f.Theme, f.SaidBy, string(quotes), f.Position, f.Edition, id); err != nil {
			return err
		}
		changed = f
		return account.Audit(ctx, tx, s.Clock(), account.AuditEntry{Actor: by.ID, Action: "change", Kind: "finding", Subject: id.String(), Fields: fields})
	})
	return changed, err
}

// Remove removes a finding that was read with this edition.
func (s *Findings) Remove(ctx context.Context, by account.User, id uuid.UUID, edition int64) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		f, _, err := getFinding(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if f.Edition != edition {
			return fault.ErrChanged
		}
		if _, err := deleteFinding.Exec(ctx, tx, id); err != nil {
			return err
		}
		return account.Audit(ctx, tx, s.Clock(), account.AuditEntry{Actor: by.ID, Action: "remove", Kind: "finding", Subject: id.String()})
	})
}

var (
	selectFindings       = database.Prepared("SELECT id, topic, theme, said_by, quotes, position, edition FROM findings WHERE focus_group_id = ? ORDER BY position, created_at, id")
	selectGroupOfFinding = database.Prepared("SELECT focus_group_id FROM findings WHERE id = ?")
	insertFinding        = database.Prepared(`INSERT INTO findings (id, focus_group_id, topic, theme, said_by, quotes, position, created_at, edition) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)`)
	updateFinding        = database.Prepared("UPDATE findings SET topic = ?, theme = ?, said_by = ?, quotes = ?, position = ?, edition = ? WHERE id = ?")
	deleteFinding        = database.Prepared("DELETE FROM findings WHERE id = ?")
)
