package account

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
)

// AuditEntry tells that somebody did something to something: ids, actions and names of fields, never values.
type AuditEntry struct {
	Actor   uuid.UUID // the user; zero for the clock and the command line
	Action  string    // a verb such as "add" or "approve"
	Kind    string    // of the subject, such as "visit"
	Subject string    // its id
	Fields  []string  // the names of those that changed

	Subjects int // how many they were, where no Subject names the one
}

// AuditRecord is an entry as the trail has it.
type AuditRecord struct {
	ID uuid.UUID
	At database.Time
	AuditEntry
}

// Audit appends to the audit trail, in the transaction of what it tells. Nothing updates a row.
func Audit(ctx context.Context, tx bun.IDB, now time.Time, e AuditEntry) error {
	fields := []byte("[]")
	if len(e.Fields) > 0 {
		var err error
		if fields, err = json.Marshal(e.Fields); err != nil {
			return err
		}
	}
	actor := uuid.NullUUID{UUID: e.Actor, Valid: e.Actor != uuid.Nil}
	_, err := insertAudit.Exec(ctx, tx, database.NewID(now), database.At(now), actor, e.Action, e.Kind, e.Subject, string(fields), e.Subjects)
	return err
}

var insertAudit = database.Prepared("INSERT INTO audit (id, at, actor_id, action, kind, subject, fields, subjects) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")

type auditRow struct {
	bun.BaseModel `bun:"table:audit,alias:audit"`
	ID            uuid.UUID `bun:",pk"`
	At            database.Time
	ActorID       uuid.NullUUID
	Action        string
	Kind          string
	Subject       string
	Fields        string
	Subjects      int
}

// AuditFilter narrows the audit trail.
type AuditFilter struct {
	Actor   uuid.UUID // zero is no filter
	Kind    string
	Subject string
	Limit   int // at least 1
	Cursor  string
}

// AuditList gives the audit trail, newest first. Admins read it; for anybody else it is empty.
func (a *Accounts) AuditList(ctx context.Context, viewer User, f AuditFilter) (database.Page[AuditRecord], error) {
	var rows []auditRow
	q := a.DB.Read().NewSelect().Model(&rows).OrderExpr("audit.at DESC, audit.id DESC").Limit(int64(f.Limit) + 1)
	if !viewer.Roles.Any(Admin) {
		q = q.Where("FALSE")
	}
	if f.Actor != uuid.Nil {
		q = q.Where("audit.actor_id = ?", f.Actor)
	}
	if f.Kind != "" {
		q = q.Where("audit.kind = ?", f.Kind)
	}
	if f.Subject != "" {
		q = q.Where("audit.subject = ?", f.Subject)
	}
	var micros int64
	var id uuid.UUID
	if more, err := database.ReadCursor(f.Cursor, &micros, &id); err != nil {
		return database.Page[AuditRecord]{}, err
	} else if more {
		q = q.Where("(audit.at, audit.id) < (?, ?)", micros, id)
	}
	if err := q.Scan(ctx); err != nil {
		return database.Page[AuditRecord]{}, err
	}
	records := make([]AuditRecord, len(rows))
	for i, r := range rows {
		records[i] = AuditRecord{ID: r.ID, At: r.At, AuditEntry: AuditEntry{Actor: r.ActorID.UUID, Action: r.Action, Kind: r.Kind, Subject: r.Subject, Subjects: r.Subjects}}
		if err := json.Unmarshal([]byte(r.Fields), &records[i].Fields); err != nil {
			return database.Page[AuditRecord]{}, err
		}
	}
	return database.Paged(records, f.Limit, func(r AuditRecord) []any { return []any{r.At.UnixMicro(), r.ID} }), nil
}
