package scheduling

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
)

// Invited is a focus group that somebody was invited to, what they answered, and what became of it.
type Invited struct {
	InvitationID uuid.UUID  `json:"invitation_id" doc:"The invitation"`
	FocusGroupID uuid.UUID  `json:"focus_group_id" doc:"The focus group"`
	StudyID      uuid.UUID  `json:"study_id" doc:"Its study"`
	Study        string     `json:"study" doc:"The title of the study"`
	Topic        string     `json:"topic" doc:"What the focus group is about"`
	Group        string     `json:"group_state" enum:"draft,scheduled,closed,cancelled" doc:"Where the focus group stands"`
	Starts       string     `json:"starts" doc:"Wall time at which it starts; empty where that is open"`
	Zone         string     `json:"zone"`
	State        string     `json:"state" enum:"draft,sent,accepted,declined,waitlisted,screened_out,offered,expired,cancelled,withdrawn" doc:"Where the invitation stands"`
	SentAt       *time.Time `json:"sent_at,omitempty" doc:"When the invitation was sent"`
	AcceptedAt   *time.Time `json:"accepted_at,omitempty" doc:"When it was accepted"`
	ConfirmedAt  *time.Time `json:"confirmed_at,omitempty" doc:"When they confirmed that they come"`
	Outcome      string     `json:"outcome,omitempty" enum:"expected,took_part,turned_away,sent_home,no_show" doc:"What was recorded at the door last; absent where nothing was"`
	ArrivedAt    *time.Time `json:"arrived_at,omitempty" doc:"When they arrived"`
	LeftAt       *time.Time `json:"left_at,omitempty" doc:"When they left"`
}

// historyOf gives what a participant was invited to, newest first.
func historyOf(ctx context.Context, from bun.IDB, participant uuid.UUID) ([]Invited, error) {
	rows, err := selectHistory.Rows(ctx, from, participant)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	history := []Invited{}
	for rows.Next() {
		var i Invited
		var sent, accepted, confirmed, arrived, left database.Time
		err := rows.Scan(&i.InvitationID, &i.FocusGroupID, &i.StudyID, &i.Study, &i.Topic, &i.Group, &i.Starts, &i.Zone, &i.State,
			&sent, &accepted, &confirmed, &i.Outcome, &arrived, &left)
		if err != nil {
			return nil, err
		}
		i.SentAt, i.AcceptedAt, i.ConfirmedAt, i.ArrivedAt, i.LeftAt = instant(sent), instant(accepted), instant(confirmed), instant(arrived), instant(left)
		history = append(history, i)
	}
	return history, rows.Err()
}

var selectHistory = database.Prepared(`SELECT i.id, g.id, s.id, s.title, g.topic, g.state, g.starts, g.zone, i.state,
		i.sent_at, i.accepted_at, i.confirmed_at, COALESCE(a.outcome, ''), a.arrived_at, a.left_at
	FROM invitations i JOIN focus_groups g ON g.id = i.focus_group_id JOIN studies s ON s.id = g.study_id` + latestRecord + `
	WHERE i.participant_id = ?
	ORDER BY i.created_at DESC, i.id DESC LIMIT 200`)
