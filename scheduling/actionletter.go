package scheduling

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/mail"
)

// actionEnded is the mail that tells who raised an action how it ended.
const actionEnded = "action-ended"

// actionAbout is what it is about.
type actionAbout struct {
	Action uuid.UUID `json:"action"`
}

// tellEnd orders the mail that tells who raised an action that it is done or dropped: once, for both are ends. Who ended it
// needs no mail about that.
func (a *Action) tellEnd(ctx context.Context, tx bun.Tx, by account.User, now time.Time) error {
	var raised uuid.NullUUID
	if err := raisedBy.Row(ctx, tx, a.ID).Scan(&raised); err != nil || !raised.Valid || raised.UUID == by.ID {
		return err
	}
	return mail.Queue(ctx, tx, mail.Order{Template: actionEnded, To: raised.UUID, About: actionAbout{a.ID}, Key: a.ID.String(), At: now})
}

var raisedBy = database.Prepared("SELECT raised_by FROM actions WHERE id = ?")

// actionEnded writes it. The focus group is named where its reader may see it at that moment: who leads it, or reads its
// report. Who does neither any more, such as somebody who manages a branch now, learns what came of their own words, and
// nothing of where they were said.
func (l *Letters) actionEnded(ctx context.Context, order mail.Order) (*mail.Message, error) {
	var about actionAbout
	if err := order.Read(&about); err != nil {
		return nil, err
	}
	reader := account.User{ID: order.To}
	err := rolesOf.Row(ctx, l.DB.Read(), order.To).Scan(&reader.Roles)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var a struct {
		Text, State, Outcome, Topic string
		GroupID                     uuid.UUID
		Leads, Reads                bool
	}
	report, args := reportOf(reader)
	args = append(append(seenBy(reader), args...), about.Action)
	err = l.DB.Read().NewRaw(`SELECT a.text, a.state, a.outcome, g.topic, g.id AS group_id,
		`+seenBySQL+` AS leads, `+report+` AS reads
		FROM actions a JOIN focus_groups g ON g.id = a.focus_group_id JOIN studies s ON s.id = g.study_id WHERE a.id = ?`, args...).Scan(ctx, &a)
	if err != nil {
		return nil, err
	}
	organisation, err := l.Organisation(ctx)
	if err != nil {
		return nil, err
	}
	data := map[string]any{"Organisation": organisation, "Action": a.Text, "Outcome": a.Outcome, "State": map[string]string{"done": "Done", "dropped": "Dropped"}[a.State]}
	switch {
	case a.Leads:
		data["Topic"], data["Link"] = a.Topic, l.groupLink(a.GroupID)
	case a.Reads:
		data["Topic"], data["Link"] = a.Topic, l.groupLink(a.GroupID)+"/report"
	}
	return mail.Write(ctx, l.DB.Read(), order, data)
}

var rolesOf = database.Prepared("SELECT roles FROM users WHERE id = ? AND disabled_at IS NULL")
