package scheduling

import (
	"context"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// guest is an invitation as the door needs it.
type guest struct {
	invitation, participant uuid.UUID
	generation              int64
	state, name             string
	walkIn                  bool
}

func (d door) guests(ctx context.Context, from bun.IDB) (guests []guest, err error) {
	rows, err := selectGuests.Rows(ctx, from, d.id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var g guest
		if err := rows.Scan(&g.invitation, &g.participant, &g.generation, &g.state, &g.name, &g.walkIn); err != nil {
			return nil, err
		}
		guests = append(guests, g)
	}
	return guests, rows.Err()
}

func (d door) guest(ctx context.Context, from bun.IDB, invitation uuid.UUID) (guest, error) {
	guests, err := d.guests(ctx, from)
	if err != nil {
		return guest{}, err
	}
	for _, g := range guests {
		if g.invitation == invitation {
			return g, nil
		}
	}
	return guest{}, fault.ErrNotFound
}

// listed is true of who has accepted, and of whom the door already saw.
func (g guest) listed(records []keptRecord) bool {
	return g.state == "accepted" || len(records) > 0 && records[len(records)-1].Outcome != Expected
}

var selectGuests = database.Prepared(`SELECT i.id, i.participant_id, i.generation, i.state, p.name, i.walk_in
		FROM invitations i JOIN participants p ON p.id = i.participant_id WHERE i.focus_group_id = ? ORDER BY i.id`)
