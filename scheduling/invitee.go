package scheduling

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// invitee is an invitation as the door needs it.
type invitee struct {
	invitation, participant uuid.UUID
	generation              int64
	state, name             string
	walkIn                  bool
}

func (d door) invitees(ctx context.Context, from bun.IDB) (invitees []invitee, err error) {
	rows, err := selectInvitees.Rows(ctx, from, d.id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var g invitee
		if err := rows.Scan(&g.invitation, &g.participant, &g.generation, &g.state, &g.name, &g.walkIn); err != nil {
			return nil, err
		}
		invitees = append(invitees, g)
	}
	return invitees, rows.Err()
}

func (d door) invitee(ctx context.Context, from bun.IDB, invitation uuid.UUID) (invitee, error) {
	invitees, err := d.invitees(ctx, from)
	if err != nil {
		return invitee{}, err
	}
	for _, g := range invitees {
		if g.invitation == invitation {
			return g, nil
		}
	}
	return invitee{}, fault.ErrNotFound
}

// listed is true of who has accepted, and of whom the door already saw.
func (g invitee) listed(records []keptRecord) bool {
	return g.state == "accepted" || len(records) > 0 && records[len(records)-1].Outcome != Expected
}

var selectInvitees = database.Prepared(`SELECT i.id, i.participant_id, i.generation, i.state, p.name, i.walk_in
		FROM invitations i JOIN participants p ON p.id = i.participant_id WHERE i.focus_group_id = ? ORDER BY i.id`)
