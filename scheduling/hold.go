package scheduling

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
)

// holdKind is what is kept for a time.
type holdKind string

const (
	roomHold        holdKind = "room"
	moderatorHold   holdKind = "moderator" // of the moderator, and of each assistant
	participantHold holdKind = "participant"
)

// takeHold keeps a room, a moderator or a participant for a focus group from a time until another, buffers included. It
// is false where another hold overlaps, or where the group has a hold of them already: the database refuses both,
// however many ask at once. A hold is never moved, only freed and taken anew.
func takeHold(ctx context.Context, tx bun.IDB, kind holdKind, subject, group uuid.UUID, from, until time.Time) (taken bool, err error) {
	n, err := insertHold.Exec(ctx, tx, database.NewID(from), string(kind), subject, group, database.At(from), database.At(until))
	return n == 1, err
}

// freeHold lets go of somebody, or of the room, of a focus group. It is repeatable.
func freeHold(ctx context.Context, tx bun.IDB, kind holdKind, subject, group uuid.UUID) error {
	_, err := deleteHold.Exec(ctx, tx, string(kind), subject, group)
	return err
}

// freeHolds lets go of everything that is kept for a focus group.
func freeHolds(ctx context.Context, tx bun.IDB, group uuid.UUID) error {
	_, err := deleteHolds.Exec(ctx, tx, group)
	return err
}

// hold is something that is kept for a focus group, with the group's topic.
type hold struct {
	Kind         holdKind
	SubjectID    uuid.UUID
	FocusGroupID uuid.UUID
	FromAt       database.Time
	UntilAt      database.Time
	Topic        string
}

// holdsOfGroup gives what is kept for a focus group.
func holdsOfGroup(ctx context.Context, from bun.IDB, group uuid.UUID) (holds []hold, err error) {
	err = from.NewSelect().Table("holds").Column("kind", "subject_id", "focus_group_id", "from_at", "until_at").
		Where("focus_group_id = ?", group).OrderExpr("kind, subject_id").Scan(ctx, &holds)
	return holds, err
}

// holdsDuring gives the holds of subjects that overlap a time, the first first.
func holdsDuring(ctx context.Context, from bun.IDB, kind holdKind, subjects []uuid.UUID, begin, end time.Time) (holds []hold, err error) {
	if len(subjects) == 0 {
		return nil, nil
	}
	err = from.NewSelect().TableExpr("holds AS h").Join("JOIN focus_groups AS g ON g.id = h.focus_group_id").
		ColumnExpr("h.kind, h.subject_id, h.focus_group_id, h.from_at, h.until_at, g.topic").
		Where("h.kind = ? AND h.subject_id IN (?) AND h.from_at < ? AND h.until_at > ?", string(kind), bun.List(subjects), database.At(end), database.At(begin)).
		OrderExpr("h.from_at, h.id").Scan(ctx, &holds)
	return holds, err
}

var (
	insertHold = database.Prepared(`INSERT INTO holds (id, kind, subject_id, focus_group_id, from_at, until_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`)
	deleteHold  = database.Prepared("DELETE FROM holds WHERE kind = ? AND subject_id = ? AND focus_group_id = ?")
	deleteHolds = database.Prepared("DELETE FROM holds WHERE focus_group_id = ?")
)
