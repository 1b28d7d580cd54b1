package scheduling

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Action is what is done about findings. It has one owner from start to finish, and an end that is told to those who
// raised it: by mail to the user who wrote it down, and by the organisation to the participants, from whose words it came.
type Action struct {
	ID           uuid.UUID  `json:"id"`
	FocusGroupID uuid.UUID  `json:"focus_group_id"`
	Text         string     `json:"text" example:"Show the waiting time at the door" doc:"What is to be done"`
	OwnerID      uuid.UUID  `json:"owner_id" doc:"The user who answers for it from start to finish"`
	RaisedBy     *uuid.UUID `json:"raised_by,omitempty" doc:"The user who added it, and is told by mail how it ended; absent where that is not known any more"`
	OwnerName    string     `json:"owner_name" doc:"The owner's name"`
	Due          string     `json:"due" format:"date" example:"2027-01-31" doc:"The day by which it is to be done"`
	State        string     `json:"state" enum:"open,under_way,done,dropped"`
	Outcome      string     `json:"outcome,omitempty" doc:"What came of it, or why it was dropped"`
	ToldAt       *time.Time `json:"told_at,omitempty" doc:"When the participants were told of the outcome"`
	Edition      int64      `json:"edition" doc:"Counts changes; the ETag"`
}

// ActionChange is what to change; what is nil stays. The owner never changes.
type ActionChange struct {
	Text    *string    `json:"text,omitempty" maxLength:"500" example:"Show the waiting time at the door" doc:"What is to be done"`
	Due     *string    `json:"due,omitempty" format:"date" example:"2027-01-31" doc:"The day by which it is to be done"`
	State   *string    `json:"state,omitempty" enum:"open,under_way,done,dropped" doc:"From open to under_way or dropped, from under_way to done or dropped"`
	Outcome *string    `json:"outcome,omitempty" maxLength:"1000" doc:"What came of it, or why it was dropped: needed at the end"`
	ToldAt  *time.Time `json:"told_at,omitempty" doc:"When the participants were told of the outcome"`
}

// NewAction is an action to be added; it is open.
type NewAction struct {
	ID      uuid.UUID `json:"id" doc:"Chosen by the client: a random UUID (version 4), for managers meet it in the report"`
	Text    string    `json:"text" maxLength:"500" example:"Show the waiting time at the door" doc:"What is to be done"`
	OwnerID uuid.UUID `json:"owner_id" doc:"The user who answers for it from start to finish: a coordinator, a manager or an admin"`
	Due     string    `json:"due" format:"date" example:"2027-01-31" doc:"The day by which it is to be done"`
}

// actionSteps says to which states an action goes from which. Done and dropped are ends.
var actionSteps = map[string][]string{"open": {"under_way", "dropped"}, "under_way": {"done", "dropped"}}

func (a *Action) ended() bool { return a.State == "done" || a.State == "dropped" }

func (a *Action) apply(c ActionChange) (fields []string, err error) {
	if c.Text != nil {
		a.Text, fields = strings.TrimSpace(*c.Text), append(fields, "text")
	}
	if c.Due != nil {
		a.Due, fields = *c.Due, append(fields, "due")
	}
	if c.State != nil && *c.State != a.State {
		if !slices.Contains(actionSteps[a.State], *c.State) {
			return nil, &fault.Conflict{Type: "illegal-move", Detail: fmt.Sprintf("an action that is %s cannot become that", a.State), Possible: actionSteps[a.State]}
		}
		a.State, fields = *c.State, append(fields, "state")
	}
	if c.Outcome != nil {
		a.Outcome, fields = strings.TrimSpace(*c.Outcome), append(fields, "outcome")
	}
	if c.ToldAt != nil {
		a.ToldAt, fields = c.ToldAt, append(fields, "told_at")
	}
	return fields, nil
}

func (a *Action) faults(now time.Time) []fault.Fault {
	var l faultList
	l.words("/text", a.Text, 1, 500)
	if _, err := time.Parse(time.DateOnly, a.Due); err != nil {
		l.refuse("/due", "must be a day such as 2027-01-31")
	}
	switch n := utf8.RuneCountInString(a.Outcome); {
	case a.ended() && n == 0:
		l.refuse("/outcome", "is missing: say what came of it, or why it was dropped")
	case !a.ended() && n > 0:
		l.refuse("/outcome", "must be absent until the action is done or dropped")
	case n > 1000:
		l.refuse("/outcome", "must have at most 1000 characters")
	}
	if a.ToldAt != nil && (!a.ended() || a.ToldAt.After(now)) {
		l.refuse("/told_at", "must be a time that is past, of an action that is done or dropped")
	}
	return l
}

// Actions keeps what is done about what was found: coordinators in all focus groups, moderators in their own,
// and owners what they answer for.
type Actions struct {
	DB    *database.DB
	Clock func() time.Time
}

// List gives the actions of a focus group by the day by which they are due.
func (s *Actions) List(ctx context.Context, viewer account.User, group uuid.UUID) ([]Action, error) {
	d, err := readDoor(ctx, s.DB.Read(), viewer, group)
	if err != nil {
		return nil, err
	}
	return d.actions(ctx, s.DB.Read())
}

func (d door) actions(ctx context.Context, from bun.IDB) ([]Action, error) {
	rows, err := selectActions.Rows(ctx, from, d.id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := []Action{}
	for rows.Next() {
		a := Action{FocusGroupID: d.id}
		var told database.Time
		var raised uuid.NullUUID
		if err := rows.Scan(&a.ID, &a.Text, &raised, &a.OwnerID, &a.OwnerName, &a.Due, &a.State, &a.Outcome, &told, &a.Edition); err != nil {
			return nil, err
		}
		a.ToldAt = instant(told)
		if raised.Valid {
			a.RaisedBy = &raised.UUID
		}
		found = append(found, a)
	}
	return found, rows.Err()
}

func getAction(ctx context.Context, from bun.IDB, viewer account.User, id uuid.UUID) (Action, error) {
	var group uuid.UUID
	if err := selectGroupOfAction.Row(ctx, from, id).Scan(&group); err != nil {
		return Action{}, database.OrNotFound(err)
	}
	d, err := readDoor(ctx, from, viewer, group)
	if err != nil {
		return Action{}, err
	}
	all, err := d.actions(ctx, from)
	if err != nil {
		return Action{}, err
	}
	for _, a := range all {
		if a.ID == id {
			return a, nil
		}
	}
	return Action{}, fault.ErrNotFound
}

// Add adds an action under a random id of the client's choice. It is repeatable.
func (s *Actions) Add(ctx context.Context, by account.User, group uuid.UUID, contentHash string, n NewAction) (added Action, again bool, err error) {
	now, hash := s.Clock(), database.HashOf([]byte(group.String()+contentHash))
	a := Action{ID: n.ID, FocusGroupID: group, Text: strings.TrimSpace(n.Text), OwnerID: n.OwnerID, Due: n.Due, State: "open", Edition: 1}
	faults := a.faults(now)
	if a.ID.Version() != 4 {
		faults = append(faults, fault.Fault{Pointer: "/id", Detail: "must be a random UUID (version 4) chosen by the client"})
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, err := readDoor(ctx, tx, by, group); err != nil {
			return err
		}
		if err := fault.Of(faults); err != nil {
			return err
		}
		if again, err = database.Create(ctx, tx, a.ID, hash); err != nil {
			return err
		}
		if !again {
			var may bool
			if err := mayOwn.Row(ctx, tx, a.OwnerID, int64(account.Coordinator|account.Manager|account.Admin)).Scan(&may); err != nil {
				return err
			}
			if !may {
				return fault.At("/owner_id", "must be a coordinator, a manager or an admin who is not disabled")
			}
			if _, err := insertAction.Exec(ctx, tx, a.ID, group, a.Text, a.OwnerID, a.Due, database.At(now), by.ID); err != nil {
				return err
			}
			if err := account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "add", Kind: "action", Subject: a.ID.String()}); err != nil {
				return err
			}
		}
		added, err = getAction(ctx, tx, by, a.ID)
		return err
	})
	return added, again, err
}

// Change changes an action that was read with this edition.
func (s *Actions) Change(ctx context.Context, by account.User, id uuid.UUID, edition int64, c ActionChange) (changed Action, err error) {
	now := s.Clock()
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		a, err := getAction(ctx, tx, by, id)
		if err != nil {
			return err
		}
		err = a.change(ctx, tx, by, edition, c, now)
		changed = a
		return err
	})
	return changed, err
}

// change makes a change of an action that was read with this edition, and audits it.
func (a *Action) change(ctx context.Context, tx bun.Tx, by account.User, edition int64, c ActionChange, now time.Time) error {
	if a.Edition != edition {
		return fault.ErrChanged
	}
	before := *a
	fields, err := a.apply(c)
	if err != nil {
		return err
	}
	if err := fault.Of(a.faults(now)); err != nil {
		return err
	}
	a.Edition++
	if _, err := updateAction.Exec(ctx, tx, a.Text, a.Due, a.State, a.Outcome, optional(a.ToldAt), a.Edition, a.ID); err != nil {
		return err
	}
	if a.ended() && !before.ended() {
		if err := a.tellEnd(ctx, tx, by, now); err != nil {
			return err
		}
	}
	return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "change", Kind: "action", Subject: a.ID.String(), Fields: fields})
}

var (
	selectActions = database.Prepared(`SELECT a.id, a.text, a.raised_by, a.owner_id, u.name, a.due, a.state, a.outcome, a.told_at, a.edition
		FROM actions a JOIN users u ON u.id = a.owner_id WHERE a.focus_group_id = ? ORDER BY a.due, a.id`)
	selectGroupOfAction = database.Prepared("SELECT focus_group_id FROM actions WHERE id = ?")
	mayOwn              = database.Prepared("SELECT EXISTS (SELECT 1 FROM users WHERE id = ? AND (roles & ?) <> 0 AND disabled_at IS NULL)")
	insertAction        = database.Prepared("INSERT INTO actions (id, focus_group_id, text, owner_id, due, state, outcome, created_at, raised_by, edition) VALUES (?, ?, ?, ?, ?, 'open', '', ?, ?, 1)")
	updateAction        = database.Prepared("UPDATE actions SET text = ?, due = ?, state = ?, outcome = ?, told_at = ?, edition = ? WHERE id = ?")
)
