package scheduling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/mail"
)

// The mails that tell who moderates or assists that a scheduled focus group is theirs, or no longer is. They have no
// calendar part: nobody has asked them yet whether they accept, and their calendar is a feed, beside which an entry by
// mail would stand a second time.
const (
	crewGiven     = "focus-group-given"
	crewTakenBack = "focus-group-taken-back"
)

// tellCrew orders a mail to everybody whom this change names, and to everybody whom it takes off: once for an edition.
// was is the crew that knew of it before. Who is taken off is told of the session as they knew it.
func (g *FocusGroup) tellCrew(ctx context.Context, tx bun.Tx, was []uuid.UUID, before FocusGroup, now time.Time) error {
	for _, user := range g.crew() {
		if slices.Contains(was, user) {
			continue
		}
		order := mail.Order{Template: crewGiven, To: user, About: letterAbout{FocusGroup: g.ID}, Key: crewKey(g.ID, g.Edition, user), At: now}
		if err := mail.Queue(ctx, tx, order); err != nil {
			return err
		}
	}
	for _, user := range was {
		if slices.Contains(g.crew(), user) {
			continue
		}
		about := letterAbout{FocusGroup: g.ID, Starts: before.StartsAt.UnixMicro(), Ends: before.EndsAt.UnixMicro()}
		order := mail.Order{Template: crewTakenBack, To: user, About: about, Key: crewKey(g.ID, g.Edition, user), At: now}
		if err := mail.Queue(ctx, tx, order); err != nil {
			return err
		}
	}
	return nil
}

func crewKey(group uuid.UUID, edition int64, user uuid.UUID) string {
	return fmt.Sprintf("%s:%d:%s", group, edition, user)
}

// namedBy is true where this edition of the group named the user: what else changed with it they learn from that mail.
func namedBy(ctx context.Context, tx bun.Tx, of FocusGroupRef, user uuid.UUID) (named bool, err error) {
	err = tx.NewRaw("SELECT EXISTS (SELECT 1 FROM mails WHERE template = ? AND key = ?)", crewGiven, crewKey(of.FocusGroup, of.Edition, user)).Scan(ctx, &named)
	return named, err
}

// crewLetter writes either mail, while it is so: nobody is given what was taken back or cancelled meanwhile, and nothing
// is taken back from somebody who has it again.
func (l *Letters) crewLetter(ctx context.Context, order mail.Order) (*mail.Message, error) {
	var about letterAbout
	if err := order.Read(&about); err != nil {
		return nil, err
	}
	s, err := l.session(ctx, about.FocusGroup)
	if err != nil || s == nil {
		return nil, err
	}
	crew, err := sessionStaff(s.ModeratorID, s.Assistants)
	if err != nil {
		return nil, err
	}
	given := order.Template == crewGiven
	if given != slices.Contains(crew, order.To) || given && s.GroupState != "scheduled" {
		return nil, nil
	}
	if about.Starts != 0 {
		s.StartsAt.Time, s.EndsAt.Time = time.UnixMicro(about.Starts), time.UnixMicro(about.Ends)
	}
	if !l.Clock().Before(s.StartsAt.Time) {
		return nil, nil
	}
	data, err := l.sessionData(ctx, s)
	if err != nil {
		return nil, err
	}
	data["Link"], data["Role"] = l.groupLink(s.GroupID), "assistant"
	if s.ModeratorID.UUID == order.To {
		data["Role"] = "moderator"
	}
	return mail.Write(ctx, l.DB.Read(), order, data)
}
