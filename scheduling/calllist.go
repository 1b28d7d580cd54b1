package scheduling

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// callBefore is how long before a session begins those who have not confirmed are called.
const callBefore = 24 * time.Hour

// Call is somebody to be called: they accepted, were asked to confirm that they come, and did not.
type Call struct {
	InvitationID  uuid.UUID  `json:"invitation_id" doc:"The invitation"`
	ParticipantID uuid.UUID  `json:"participant_id" doc:"The participant"`
	Name          string     `json:"name"`
	Phone         string     `json:"phone" doc:"As it was written; may be empty"`
	Language      string     `json:"language" doc:"BCP 47"`
	Zone          string     `json:"zone" doc:"IANA; nobody is called between 21:00 and 08:00 there"`
	DoNotContact  bool       `json:"do_not_contact" doc:"They asked to be left alone: call only about this seat"`
	Calls         int        `json:"calls" doc:"How often they were called about this invitation"`
	LastCallAt    *time.Time `json:"last_call_at,omitempty" bun:"-" doc:"When they were last called about it"`
	LastOutcome   string     `json:"last_outcome,omitempty" doc:"reached, not_reached, wrong_number or call_back"`
}

// CallList gives those to be called about a focus group, from 24 hours before it begins until it does: who accepted and
// did not confirm. Coordinators and admins read it; that they did is in the audit trail, for it holds phone numbers.
func (l *Letters) CallList(ctx context.Context, viewer account.User, group uuid.UUID) (calls []Call, err error) {
	if !viewer.Coordinates() {
		return nil, fault.ErrNotFound
	}
	now := l.Clock()
	err = l.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		var known bool
		if err := tx.NewRaw("SELECT EXISTS (SELECT 1 FROM focus_groups WHERE id = ?)", group).Scan(ctx, &known); err != nil {
			return err
		}
		if !known {
			return fault.ErrNotFound
		}
		var rows []struct {
			Call       `bun:",extend"`
			LastCallAt database.Time
		}
		err := tx.NewRaw(`SELECT i.id AS invitation_id, i.participant_id, p.name, p.phone, p.language, p.zone, p.do_not_contact,
				(SELECT count(*) FROM calls c WHERE c.invitation_id = i.id) AS calls, last.at AS last_call_at, COALESCE(last.outcome, '') AS last_outcome
			FROM invitations i JOIN focus_groups g ON g.id = i.focus_group_id JOIN participants p ON p.id = i.participant_id
				LEFT JOIN calls last ON last.id = (SELECT max(id) FROM calls WHERE invitation_id = i.id)
			WHERE g.id = ? AND g.state = 'scheduled' AND g.starts_at > ? AND g.starts_at <= ?
				AND i.state = 'accepted' AND i.confirmed_at IS NULL AND p.erased_at IS NULL ORDER BY p.name, i.id`,
			group, database.At(now), database.At(now.Add(callBefore))).Scan(ctx, &rows)
		if err != nil {
			return err
		}
		found := make([]Call, len(rows))
		for i, row := range rows {
			found[i] = row.Call
			if !row.LastCallAt.IsZero() {
				found[i].LastCallAt = &row.LastCallAt.Time
			}
		}
		calls = found
		if len(found) == 0 {
			return nil
		}
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: viewer.ID, Action: "read", Kind: "call-list", Subject: group.String(), Subjects: len(found)})
	})
	return calls, err
}
