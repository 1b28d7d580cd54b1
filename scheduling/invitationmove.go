package scheduling

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
)

// InvitationMove says who moved an invitation, when and why.
type InvitationMove struct {
	At      time.Time       `json:"at"`
	Party   Party           `json:"party" enum:"participant,coordinator,clock" doc:"Who moved it; what follows by rule, such as an offer, is the clock's"`
	ActorID *uuid.UUID      `json:"actor_id,omitempty" doc:"The coordinator"`
	From    InvitationState `json:"from" doc:"The state before"`
	To      InvitationState `json:"to" doc:"The state after"`
	Reason  string          `json:"reason,omitempty" doc:"Why"`
}

// keep writes the move of an invitation down.
func (m InvitationMove) keep(ctx context.Context, tx bun.IDB, invitation uuid.UUID) error {
	_, err := insertInvitationMove.Exec(ctx, tx, database.NewID(m.At), invitation, database.At(m.At), string(m.Party), m.ActorID, string(m.From), string(m.To), m.Reason)
	return err
}

var insertInvitationMove = database.Prepared("INSERT INTO invitation_moves (id, invitation_id, at, party, actor_id, from_state, to_state, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")

// Moves gives who moved an invitation, when and why, in that order.
func (s *Invitations) Moves(ctx context.Context, id uuid.UUID) ([]InvitationMove, error) {
	if _, err := s.Get(ctx, id); err != nil {
		return nil, err
	}
	var rows []struct {
		At                 database.Time
		Party              Party
		ActorID            uuid.NullUUID
		FromState, ToState InvitationState
		Reason             string
	}
	err := s.DB.Read().NewSelect().Table("invitation_moves").Column("at", "party", "actor_id", "from_state", "to_state", "reason").
		Where("invitation_id = ?", id).OrderExpr("id").Scan(ctx, &rows)
	moves := make([]InvitationMove, len(rows))
	for i, r := range rows {
		moves[i] = InvitationMove{At: r.At.Time, Party: r.Party, From: r.FromState, To: r.ToState, Reason: r.Reason}
		if r.ActorID.Valid {
			moves[i].ActorID = &r.ActorID.UUID
		}
	}
	return moves, err
}
