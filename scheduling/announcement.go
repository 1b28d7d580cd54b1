package scheduling

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/jobs"
	"fieldcare/internal/mail"
)

// announcedGroup reads the payload of a job: the focus group's id, alone or named.
func announcedGroup(payload json.RawMessage) (of FocusGroupRef, err error) {
	if json.Unmarshal(payload, &of.FocusGroup) == nil {
		return of, nil
	}
	if err := json.Unmarshal(payload, &of); err != nil || of.FocusGroup == uuid.Nil {
		return of, jobs.Permanent(fmt.Errorf("no focus group is named by %s", payload))
	}
	return of, nil
}

// tellAll orders the mails that tell of a change: to participants who have a seat, wait for one or were asked, and to
// the moderator and the assistants. Each is ordered once for a job, however often it runs.
func (l *Letters) tellAll(template string) func(context.Context, jobs.Job) error {
	return func(ctx context.Context, job jobs.Job) error {
		of, err := announcedGroup(job.Payload)
		if err != nil {
			return err
		}
		group := of.FocusGroup
		return l.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			var g struct {
				StartsAt    sql.NullInt64
				RoomID      string
				ModeratorID uuid.NullUUID
				Assistants  string
			}
			err := tx.NewRaw(`SELECT starts_at, COALESCE(room_id, '') AS room_id, moderator_id, assistants FROM focus_groups WHERE id = ?`, group).Scan(ctx, &g)
			if errors.Is(err, sql.ErrNoRows) {
				return nil
			}
			if err != nil {
				return err
			}
			// Once for a job: the mails that it ordered before are the mark that the entries were counted up.
			_, err = tx.NewRaw(`UPDATE invitations SET sequence = sequence + 1 WHERE focus_group_id = ? AND calendar_sent AND state = 'accepted'
				AND NOT EXISTS (SELECT 1 FROM mails m WHERE m.template = ? AND m.key = CAST(? AS TEXT) || ':' || invitations.id)`,
				group, template, job.ID.String()).Exec(ctx)
			if err != nil {
				return err
			}
			var invitations []struct{ ID, ParticipantID uuid.UUID }
			err = tx.NewRaw(`SELECT id, participant_id FROM invitations WHERE focus_group_id = ? AND state IN (?) ORDER BY id`, group, bun.List(stillConcerns)).Scan(ctx, &invitations)
			if err != nil {
				return err
			}
			about := letterAbout{Starts: g.StartsAt.Int64, Room: g.RoomID}
			for _, i := range invitations {
				about.Invitation = i.ID
				if err := l.announce(ctx, tx, template, job, i.ParticipantID, i.ID, about); err != nil {
					return err
				}
			}
			users, err := sessionStaff(g.ModeratorID, g.Assistants)
			if err != nil {
				return err
			}
			about.Invitation, about.FocusGroup = uuid.Nil, group
			for _, user := range users {
				named, err := namedBy(ctx, tx, of, user)
				if err != nil {
					return err
				}
				if named {
					continue
				}
				if err := l.announce(ctx, tx, template, job, user, user, about); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func (l *Letters) announce(ctx context.Context, tx bun.Tx, template string, job jobs.Job, to, of uuid.UUID, about letterAbout) error {
	return mail.Queue(ctx, tx, mail.Order{Template: template, To: to, About: about, At: job.RunAt, Key: job.ID.String() + ":" + of.String()})
}

// sessionStaff are the moderator and the assistants, each once.
func sessionStaff(moderator uuid.NullUUID, assistants string) (users []uuid.UUID, err error) {
	if err := json.Unmarshal([]byte(assistants), &users); err != nil {
		return nil, err
	}
	if moderator.Valid && !slices.Contains(users, moderator.UUID) {
		users = append(users, moderator.UUID)
	}
	return users, nil
}

// toUser tells those who run the session of a change.
func (l *Letters) toUser(ctx context.Context, order mail.Order, about letterAbout) (*mail.Message, error) {
	s, err := l.session(ctx, about.FocusGroup)
	if err != nil || s == nil {
		return nil, err
	}
	state := map[string]string{JobFocusGroupMoved: "scheduled", JobFocusGroupCancelled: "cancelled"}[order.Template]
	if s.GroupState != state || !s.stands(about) || !l.Clock().Before(s.StartsAt.Time) {
		return nil, nil
	}
	data, err := l.sessionData(ctx, s)
	if err != nil {
		return nil, err
	}
	data["Link"] = l.groupLink(s.GroupID)
	return mail.Write(ctx, l.DB.Read(), order, data)
}

func (l *Letters) session(ctx context.Context, group uuid.UUID) (*letterSession, error) {
	var s letterSession
	err := l.DB.Read().NewRaw(`SELECT `+letterSessionColumns+` FROM`+letterSessionTables+` WHERE g.id = ?`, group).Scan(ctx, &s)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &s, err
}

func (l *Letters) groupLink(group uuid.UUID) string {
	return l.PublicURL + "/focus-groups/" + group.String()
}
