package scheduling

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
)

// Feeds gives calendars of sessions to whoever has the secret link of one: a user's, with the sessions that the user may
// know of, and a room's.
type Feeds struct {
	DB           *database.DB
	Links        Links
	PublicURL    string                                // without a slash at its end
	Organisation func(context.Context) (string, error) // its name
	Clock        func() time.Time
}

// FeedLink is where a calendar is.
type FeedLink struct {
	URL string `json:"url" doc:"The address of the calendar, for any program that subscribes to calendars (iCalendar). Whoever has it can read the calendar without signing in: it is a secret" example:"https://care.example/calendars/AZpX….ics"`
}

func (s *Feeds) link(purpose LinkPurpose, id uuid.UUID, generation int64) FeedLink {
	return FeedLink{s.PublicURL + "/calendars/" + s.Links.Make(purpose, id, generation) + ".ics"}
}

// OwnLink gives the link of a user's own calendar.
func (s *Feeds) OwnLink(ctx context.Context, u account.User) (FeedLink, error) {
	var generation int64
	err := selectUserFeed.Row(ctx, s.DB.Read(), u.ID).Scan(&generation)
	return s.link(CalendarLink, u.ID, generation), err
}

// RenewOwnLink gives another link of a user's own calendar; the one before opens nothing any more.
func (s *Feeds) RenewOwnLink(ctx context.Context, u account.User) (link FeedLink, err error) {
	now := s.Clock()
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		var generation int64
		if err := renewUserFeed.Row(ctx, tx, u.ID).Scan(&generation); err != nil {
			return err
		}
		link = s.link(CalendarLink, u.ID, generation)
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: u.ID, Action: "renew-calendar", Kind: "user", Subject: u.ID.String()})
	})
	return link, err
}

// RoomLink gives the link of a room's calendar.
func (s *Feeds) RoomLink(ctx context.Context, viewer account.User, room uuid.UUID) (FeedLink, error) {
	if _, _, err := getRoom(ctx, s.DB.Read(), viewer, room); err != nil {
		return FeedLink{}, err
	}
	var generation int64
	err := selectRoomFeed.Row(ctx, s.DB.Read(), room).Scan(&generation)
	return s.link(RoomLink, room, generation), err
}

// RenewRoomLink gives another link of a room's calendar; the one before opens nothing any more.
func (s *Feeds) RenewRoomLink(ctx context.Context, by account.User, room uuid.UUID) (link FeedLink, err error) {
	now := s.Clock()
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, _, err := getRoom(ctx, tx, by, room); err != nil {
			return err
		}
		var generation int64
		if err := renewRoomFeed.Row(ctx, tx, room).Scan(&generation); err != nil {
			return err
		}
		link = s.link(RoomLink, room, generation)
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "renew-calendar", Kind: "room", Subject: room.String()})
	})
	return link, err
}

// Read gives the feed that a link is of. It is fault.ErrNotFound for a link that was not made here, that was renewed, or
// whose user is disabled or leads no sessions any more.
func (s *Feeds) Read(ctx context.Context, secret string) (Feed, error) {
	if user, generation, err := s.Links.Read(CalendarLink, secret); err == nil {
		return s.ofUser(ctx, user, generation)
	}
	room, generation, err := s.Links.Read(RoomLink, secret)
	if err != nil {
		return Feed{}, err
	}
	return s.ofRoom(ctx, room, generation)
}

func (s *Feeds) ofUser(ctx context.Context, id uuid.UUID, generation int64) (Feed, error) {
	viewer := account.User{ID: id}
	err := selectFeedUser.Row(ctx, s.DB.Read(), id, generation, int64(account.Moderator|account.Coordinator|account.Admin)).Scan(&viewer.Roles)
	if err != nil {
		return Feed{}, database.OrNotFound(err)
	}
	organisation, err := s.Organisation(ctx)
	if err != nil {
		return Feed{}, err
	}
	whose := func(q *bun.SelectQuery) *bun.SelectQuery { return sessionsOf(q, viewer) }
	return s.read(ctx, "Focus groups, "+organisation, whose, func(r *feedSession) (CalendarEntry, error) {
		return r.forLeaders(s.PublicURL + "/focus-groups/" + r.ID.String())
	})
}

func (s *Feeds) ofRoom(ctx context.Context, id uuid.UUID, generation int64) (Feed, error) {
	var room, venue string
	if err := selectFeedRoom.Row(ctx, s.DB.Read(), id, generation).Scan(&room, &venue); err != nil {
		return Feed{}, database.OrNotFound(err)
	}
	there := func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("focus_group.room_id = ?", id) }
	return s.read(ctx, placeWords(room, venue), there, (*feedSession).entry)
}

const (
	// feedMonths is how long a session that is over stays in a feed.
	feedMonths = 3
	// cancelledKept is how long a cancelled session stays in a feed, so that every calendar learns of it.
	cancelledKept = 30 * 24 * time.Hour
	// longestFeed bounds what one request reads.
	longestFeed = 1000
)

// read gives a feed of those sessions that are scheduled, were held in the last months, or were cancelled of late.
func (s *Feeds) read(ctx context.Context, name string, which func(*bun.SelectQuery) *bun.SelectQuery, as func(*feedSession) (CalendarEntry, error)) (Feed, error) {
	feed := Feed{Name: name, At: s.Clock()}
	var rows []feedSession
	err := which(s.DB.Read().NewSelect().Model(&rows)).
		ColumnExpr("focus_group.id, focus_group.topic, focus_group.state, focus_group.zone, focus_group.starts_at, focus_group.ends_at, focus_group.edition").
		ColumnExpr("s.title AS study, m.name AS moderator, r.name AS room, v.name AS venue, v.address, v.directions").
		Join("JOIN studies AS s ON s.id = focus_group.study_id JOIN users AS m ON m.id = focus_group.moderator_id").
		Join("JOIN rooms AS r ON r.id = focus_group.room_id JOIN venues AS v ON v.id = r.venue_id").
		Where("focus_group.starts_at >= ?", database.At(feed.At.AddDate(0, -feedMonths, 0))).
		Where("(focus_group.state IN (?, ?) OR focus_group.cancelled_at >= ?)", string(GroupScheduled), string(GroupClosed), database.At(feed.At.Add(-cancelledKept))).
		OrderExpr("focus_group.starts_at, focus_group.id").Limit(longestFeed).Scan(ctx)
	if err != nil {
		return Feed{}, err
	}
	feed.Entries = make([]CalendarEntry, len(rows))
	for i := range rows {
		if feed.Entries[i], err = as(&rows[i]); err != nil {
			return Feed{}, err
		}
	}
	return feed, nil
}

var (
	selectUserFeed = database.Prepared("SELECT calendar_generation FROM users WHERE id = ?")
	renewUserFeed  = database.Prepared("UPDATE users SET calendar_generation = calendar_generation + 1 WHERE id = ? RETURNING calendar_generation")
	selectRoomFeed = database.Prepared("SELECT calendar_generation FROM rooms WHERE id = ?")
	renewRoomFeed  = database.Prepared("UPDATE rooms SET calendar_generation = calendar_generation + 1 WHERE id = ? RETURNING calendar_generation")

	selectFeedUser = database.Prepared("SELECT roles FROM users WHERE id = ? AND calendar_generation = ? AND disabled_at IS NULL AND (roles & ?) <> 0")
	selectFeedRoom = database.Prepared("SELECT r.name, v.name FROM rooms r JOIN venues v ON v.id = r.venue_id WHERE r.id = ? AND r.calendar_generation = ?")
)
