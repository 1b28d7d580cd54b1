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

// OwnAction is an action as its owner sees it, who may be a branch manager: what is to be done, and nothing of those who
// raised it. The focus group is named where the owner may read its report.
type OwnAction struct {
	ID           uuid.UUID  `json:"id"`
	Text         string     `json:"text" example:"Show the waiting time at the door" doc:"What is to be done"`
	Due          string     `json:"due" format:"date" example:"2027-01-31" doc:"The day by which it is to be done"`
	State        string     `json:"state" enum:"open,under_way,done,dropped"`
	Outcome      string     `json:"outcome,omitempty" doc:"What came of it, or why it was dropped"`
	ToldAt       *time.Time `json:"told_at,omitempty" doc:"When the participants were told of the outcome"`
	FocusGroupID *uuid.UUID `json:"focus_group_id,omitempty" doc:"The focus group that raised it; absent where its report is not the owner's to read"`
	Topic        string     `json:"topic,omitempty" example:"Waiting at the counter" doc:"The focus group's; absent with it"`
	Edition      int64      `json:"edition" doc:"Counts changes; the ETag"`
}

// Own gives the viewer's own actions by the day by which they are due.
func (s *Actions) Own(ctx context.Context, viewer account.User) ([]OwnAction, error) {
	return ownActions(ctx, s.DB.Read(), viewer, "")
}

func ownActions(ctx context.Context, from bun.IDB, viewer account.User, more string, args ...any) ([]OwnAction, error) {
	var rows []struct {
		OwnAction
		Told    database.Time
		GroupID uuid.UUID
	}
	readable, values := reportOf(viewer)
	values = append(append(values, viewer.ID), args...)
	err := from.NewRaw(`SELECT a.id, a.text, a.due, a.state, a.outcome, a.told_at AS told, a.edition, g.id AS group_id,
		CASE WHEN `+readable+` THEN g.topic ELSE '' END AS topic
		FROM actions a JOIN focus_groups g ON g.id = a.focus_group_id JOIN studies s ON s.id = g.study_id
		WHERE a.owner_id = ? `+more+` ORDER BY a.due, a.id`, values...).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	found := []OwnAction{}
	for _, r := range rows {
		r.ToldAt = instant(r.Told)
		if r.Topic != "" {
			r.FocusGroupID = &r.GroupID
		}
		found = append(found, r.OwnAction)
	}
	return found, nil
}

// ChangeOwn moves the viewer's own action on and says its outcome. What is to be done, and by when, is for who leads
// the focus group: a change of it is a fault.Invalid.
func (s *Actions) ChangeOwn(ctx context.Context, by account.User, id uuid.UUID, edition int64, c ActionChange) (own OwnAction, err error) {
	now := s.Clock()
	var faults faultList
	if c.Text != nil {
		faults.refuse("/text", "must be absent: what is to be done is for a coordinator to change")
	}
	if c.Due != nil {
		faults.refuse("/due", "must be absent: by when it is to be done is for a coordinator to change")
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		found, err := ownActions(ctx, tx, by, "AND a.id = ?", id)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fault.ErrNotFound
		}
		if err := fault.Of(faults); err != nil {
			return err
		}
		own = found[0]
		a := Action{ID: id, Text: own.Text, Due: own.Due, State: own.State, Outcome: own.Outcome, ToldAt: own.ToldAt, Edition: own.Edition}
		if err := a.change(ctx, tx, by, edition, c, now); err != nil {
			return err
		}
		own.State, own.Outcome, own.ToldAt, own.Edition = a.State, a.Outcome, a.ToldAt, a.Edition
		return nil
	})
	return own, err
}
