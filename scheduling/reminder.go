package scheduling

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/jobs"
	"fieldcare/internal/mail"
	"fieldcare/internal/walltime"
)

// reminders are sent so long before the session begins, to those who accepted before that.
var reminders = []struct {
	template string
	before   time.Duration
}{
	{"focus-group-reminder", 7 * 24 * time.Hour},
	{"confirm-attendance", askedToConfirm},
	{"confirm-attendance", callBefore},
	{"focus-group-reminder", 3 * time.Hour},
}

const (
	reminderRound = 10 * time.Minute
	// remindedAhead is more than any reminder by a day: it is ordered long before it is due, and comes also when
	// nothing ran in between.
	remindedAhead = 8 * 24 * time.Hour
	// thankedWithin bounds how late an attendance may be recorded to be thanked for.
	thankedWithin = 14 * 24 * time.Hour
)

// orderReminders orders what is due by the clock. Orders name the start: where it moves, new ones are ordered, and the
// old ones find themselves not apt.
func (l *Letters) orderReminders(ctx context.Context) error {
	now := l.Clock()
	var all []mail.Order
	for _, due := range []func(context.Context, time.Time) ([]mail.Order, error){l.sessionReminders, l.thanks} {
		orders, err := due(ctx, now)
		if err != nil {
			return err
		}
		all = append(all, orders...)
	}
	return mail.QueueAll(ctx, l.DB, all)
}

func (l *Letters) sessionReminders(ctx context.Context, now time.Time) (orders []mail.Order, err error) {
	var rows []struct {
		ID, ParticipantID uuid.UUID
		RoomID            string
		StartsAt          database.Time
	}
	err = l.DB.Read().NewRaw(`SELECT i.id, i.participant_id, g.room_id, g.starts_at FROM focus_groups g JOIN invitations i ON i.focus_group_id = g.id
		WHERE g.state = 'scheduled' AND g.starts_at > ? AND g.starts_at <= ? AND i.state = 'accepted' ORDER BY g.starts_at, i.id`,
		database.At(now), database.At(now.Add(remindedAhead))).Scan(ctx, &rows)
	for _, row := range rows {
		about := letterAbout{Invitation: row.ID, Starts: row.StartsAt.UnixMicro(), Room: row.RoomID}
		for _, r := range reminders {
			if at := row.StartsAt.Add(-r.before); at.After(now) {
				orders = append(orders, mail.Order{Template: r.template, To: row.ParticipantID, About: about, At: at,
					Key: fmt.Sprintf("%s:%d:%s:%s", row.ID, about.Starts, about.Room, r.before)})
			}
		}
	}
	return orders, err
}

// thanks go to everybody who came, those too for whom there was no seat left.
func (l *Letters) thanks(ctx context.Context, now time.Time) (orders []mail.Order, err error) {
	var rows []struct {
		ID, ParticipantID uuid.UUID
		Zone              string
		EndsAt            database.Time
	}
	err = l.DB.Read().NewRaw(`SELECT i.id, i.participant_id, g.zone, g.ends_at FROM focus_groups g JOIN invitations i ON i.focus_group_id = g.id`+latestRecord+`
		WHERE g.state IN ('scheduled', 'closed') AND g.starts_at > ? AND g.ends_at <= ? AND a.outcome IN (?) ORDER BY i.id`,
		database.At(now.Add(-thankedWithin)), database.At(now), bun.List(cameAtAll)).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		zone, err := walltime.Zone(row.Zone)
		if err != nil {
			return nil, err
		}
		orders = append(orders, mail.Order{Template: "thank-you", To: row.ParticipantID, About: letterAbout{Invitation: row.ID},
			At: nextWorkingDay(row.EndsAt.Time, zone), Key: row.ID.String()})
	}
	return orders, nil
}

// remindOfRoom orders a mail to every coordinator, once for a room and a start.
func (l *Letters) remindOfRoom(ctx context.Context, job jobs.Job) error {
	var of RoomCancellation
	if err := json.Unmarshal(job.Payload, &of); err != nil {
		return jobs.Permanent(err)
	}
	about := letterAbout{FocusGroup: of.FocusGroup, Starts: of.StartsAt, Room: of.Room.String()}
	return l.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		var coordinators []uuid.UUID
		err := tx.NewSelect().Table("users").Column("id").
			Where("(roles & ?) <> 0 AND disabled_at IS NULL", int64(account.Coordinator)).Order("id").Scan(ctx, &coordinators)
		if err != nil {
			return err
		}
		for _, to := range coordinators {
			err := mail.Queue(ctx, tx, mail.Order{Template: JobRoomCancellationDue, To: to, About: about, At: job.RunAt,
				Key: fmt.Sprintf("%s:%d:%s:%s", about.FocusGroup, about.Starts, about.Room, to)})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// lastCancelDay is the beginning of the last day on which a room can be cancelled: so many days before the session's.
func lastCancelDay(starts time.Time, days int, zone *time.Location) time.Time {
	local := starts.In(zone)
	return walltime.DayBegins(local.Year(), local.Month(), local.Day()-days, zone)
}

// roomCancellationDue writes the reminder, if there is still something to cancel.
func (l *Letters) roomCancellationDue(ctx context.Context, order mail.Order) (*mail.Message, error) {
	var about letterAbout
	if err := order.Read(&about); err != nil {
		return nil, err
	}
	s, err := l.session(ctx, about.FocusGroup)
	if err != nil || s == nil || s.GroupState != "scheduled" || !s.stands(about) {
		return nil, err
	}
	zone, err := walltime.Zone(s.Zone)
	if err != nil {
		return nil, err
	}
	last := lastCancelDay(s.StartsAt.Time, s.CancelDays, zone)
	if !l.Clock().Before(last.AddDate(0, 0, 1)) {
		return nil, nil
	}
	data, err := l.sessionData(ctx, s)
	if err != nil {
		return nil, err
	}
	data["Link"], data["Booking"], data["Deadline"] = l.groupLink(s.GroupID), s.Booking, last.Format("Monday 2 January 2006")
	return mail.Write(ctx, l.DB.Read(), order, data)
}
