package scheduling

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// FocusGroups keeps the focus groups.
type FocusGroups struct {
	DB    *database.DB
	Clock func() time.Time
}

// focusGroupRow is a focus group as its table has it.
type focusGroupRow struct {
	bun.BaseModel `bun:"table:focus_groups,alias:focus_group"`
	ID            uuid.UUID `bun:",pk"`
	StudyID       uuid.UUID
	Topic         string
	State         FocusGroupState
	Language      string
	RoomID        *uuid.UUID
	RoomReference string
	ModeratorID   *uuid.UUID
	Assistants    string
	Zone          string
	Starts        string
	Ends          string
	StartsAt      database.Time
	EndsAt        database.Time
	Seats         int64
	Minimum       int64
	Reserve       int64
	NoticeMinutes int64
	TravelMinutes int64
	Taken         int64
	Reason        string
	ClosedAt      database.Time
	CancelledAt   database.Time
	CreatedAt     database.Time
	Edition       int64
}

// read gives the focus group at a time; its place comes from elsewhere.
func (r *focusGroupRow) read(now time.Time) (FocusGroup, error) {
	g := FocusGroup{
		ID: r.ID, StudyID: r.StudyID, Topic: r.Topic, State: r.State, Language: r.Language, RoomID: r.RoomID, RoomReference: r.RoomReference,
		ModeratorID: r.ModeratorID, Zone: r.Zone, Starts: r.Starts, Ends: r.Ends, StartsAt: instant(r.StartsAt), EndsAt: instant(r.EndsAt),
		Seats: r.Seats, Minimum: r.Minimum, Reserve: r.Reserve, NoticeMinutes: r.NoticeMinutes, TravelMinutes: r.TravelMinutes, Taken: r.Taken,
		Reason: r.Reason, ClosedAt: instant(r.ClosedAt), CancelledAt: instant(r.CancelledAt), Edition: r.Edition,
	}
	g.Running = g.runs(now)
	if err := json.Unmarshal([]byte(r.Assistants), &g.Assistants); err != nil {
		return FocusGroup{}, fmt.Errorf("the assistants of focus group %s: %w", r.ID, err)
	}
	return g, nil
}

// write puts the focus group into its row.
func (r *focusGroupRow) write(g FocusGroup) error {
	assistants, err := json.Marshal(g.Assistants)
	created := r.CreatedAt
	*r = focusGroupRow{
		ID: g.ID, StudyID: g.StudyID, Topic: g.Topic, State: g.State, Language: g.Language, RoomID: g.RoomID, RoomReference: g.RoomReference,
		ModeratorID: g.ModeratorID, Assistants: string(assistants), Zone: g.Zone, Starts: g.Starts, Ends: g.Ends, StartsAt: optional(g.StartsAt), EndsAt: optional(g.EndsAt),
		Seats: g.Seats, Minimum: g.Minimum, Reserve: g.Reserve, NoticeMinutes: g.NoticeMinutes, TravelMinutes: g.TravelMinutes, Taken: g.Taken,
		Reason: g.Reason, ClosedAt: optional(g.ClosedAt), CancelledAt: optional(g.CancelledAt), CreatedAt: created, Edition: g.Edition,
	}
	return err
}

// sessionsOf keeps of a query over focus groups those that the viewer may know of: coordinators and admins all,
// moderators those that they moderate or assist, once these are more than a draft.
func sessionsOf(q *bun.SelectQuery, viewer account.User) *bun.SelectQuery {
	switch {
	case viewer.Coordinates():
		return q
	case viewer.Roles.Any(account.Moderator):
		return q.Where("focus_group.state <> ? AND (focus_group.moderator_id = ? OR focus_group.assistants LIKE ?)", string(GroupDraft), viewer.ID, inList(viewer.ID))
	}
	return q.Where("FALSE")
}

// FocusGroupFilter narrows a list of focus groups. What is empty does not.
type FocusGroupFilter struct {
	Study     uuid.UUID
	Room      uuid.UUID
	Moderator uuid.UUID // who moderates; not who assists
	State     FocusGroupState
	Limit     int
	Cursor    string
}

// unsettled is the place of a draft without a time in a list: after all that have one.
const unsettled = int64(1) << 62

// List gives the focus groups that the viewer may know of in the order in which they start, drafts without a time last.
func (s *FocusGroups) List(ctx context.Context, viewer account.User, f FocusGroupFilter) (database.Page[FocusGroup], error) {
	var rows []focusGroupRow
	q := sessionsOf(s.DB.Read().NewSelect().Model(&rows), viewer).
		OrderExpr("COALESCE(focus_group.starts_at, ?), focus_group.id", unsettled).Limit(int64(f.Limit) + 1)
	if f.Study != uuid.Nil {
		q = q.Where("focus_group.study_id = ?", f.Study)
	}
	if f.Room != uuid.Nil {
		q = q.Where("focus_group.room_id = ?", f.Room)
	}
	if f.Moderator != uuid.Nil {
		q = q.Where("focus_group.moderator_id = ?", f.Moderator)
	}
	if f.State != "" {
		q = q.Where("focus_group.state = ?", string(f.State))
	}
	var starts int64
	var id uuid.UUID
	if more, err := database.ReadCursor(f.Cursor, &starts, &id); err != nil {
		return database.Page[FocusGroup]{}, err
	} else if more {
		q = q.Where("(COALESCE(focus_group.starts_at, ?), focus_group.id) > (?, ?)", unsettled, starts, id)
	}
	if err := q.Scan(ctx); err != nil {
		return database.Page[FocusGroup]{}, err
	}
	page := database.Paged(rows, f.Limit, func(r focusGroupRow) []any {
		if r.StartsAt.IsZero() {
			return []any{unsettled, r.ID}
		}
		return []any{r.StartsAt.UnixMicro(), r.ID}
	})
	groups, err := s.placed(ctx, s.DB.Read(), page.Items)
	return database.Page[FocusGroup]{Items: groups, Next: page.Next}, err
}

// placed reads the rows, each with the place of its room.
func (s *FocusGroups) placed(ctx context.Context, from bun.IDB, rows []focusGroupRow) ([]FocusGroup, error) {
	now, groups, rooms := s.Clock(), make([]FocusGroup, len(rows)), map[uuid.UUID]*hostRoom{}
	for i := range rows {
		g, err := rows[i].read(now)
		if err != nil {
			return nil, err
		}
		if g.RoomID != nil {
			in := rooms[*g.RoomID]
			if in == nil {
				if in, err = getHostRoom(ctx, from, *g.RoomID); err != nil {
					return nil, err
				}
				rooms[*g.RoomID] = in
			}
			g.Place = &in.Place
		}
		groups[i] = g
	}
	return groups, nil
}

// getHostRoom gives a room with what its venue says of it.
func getHostRoom(ctx context.Context, from bun.IDB, id uuid.UUID) (*hostRoom, error) {
	room, _, err := getRoom(ctx, from, planner, id)
	if err != nil {
		return nil, err
	}
	venue, _, err := getVenue(ctx, from, planner, room.VenueID)
	if err != nil {
		return nil, err
	}
	return &hostRoom{Room: room, Place: Place{Venue: venue.Name, Room: room.Name, Address: venue.Address, Directions: venue.Directions},
		zone: venue.Zone, closed: room.Archived || venue.Archived}, nil
}

// planner is who reads the rooms that others' sessions are in.
var planner = account.User{Roles: account.Admin}

// Get gives one focus group.
func (s *FocusGroups) Get(ctx context.Context, viewer account.User, id uuid.UUID) (FocusGroup, error) {
	g, _, err := s.get(ctx, s.DB.Read(), viewer, id)
	return g, err
}

func (s *FocusGroups) get(ctx context.Context, from bun.IDB, viewer account.User, id uuid.UUID) (FocusGroup, *focusGroupRow, error) {
	var rows []focusGroupRow
	if err := sessionsOf(from.NewSelect().Model(&rows), viewer).Where("focus_group.id = ?", id).Scan(ctx); err != nil {
		return FocusGroup{}, nil, err
	}
	if len(rows) == 0 {
		return FocusGroup{}, nil, fault.ErrNotFound
	}
	groups, err := s.placed(ctx, from, rows)
	if err != nil {
		return FocusGroup{}, nil, err
	}
	return groups[0], &rows[0], nil
}

// Add adds a focus group as a draft, under an id of the client's choice: a random one, since managers meet it. It is
// repeatable.
func (s *FocusGroups) Add(ctx context.Context, by account.User, contentHash string, n NewFocusGroup) (g FocusGroup, again bool, err error) {
	now := s.Clock()
	if n.ID.Version() != 4 {
		return FocusGroup{}, false, fault.At("/id", "must be a random UUID (version 4) chosen by the client")
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if again, err = database.Create(ctx, tx, n.ID, contentHash); err != nil {
			return err
		}
		if again {
			g, _, err = s.get(ctx, tx, by, n.ID)
			return err
		}
		var wrong faultList
		var languages []string
		if err := tx.NewSelect().Table("studies").Column("language").Where("id = ?", n.StudyID).Scan(ctx, &languages); err != nil {
			return err
		}
		if len(languages) == 0 {
			wrong.refuse("/study_id", "there is no study with this id")
			languages = []string{"en"}
		}
		made := n.draft(languages[0])
		_, _, err := made.change(ctx, tx, n.FocusGroupChange, &wrong)
		if err != nil {
			return err
		}
		if err := fault.Of(wrong); err != nil {
			return err
		}
		row := &focusGroupRow{CreatedAt: database.At(now)}
		if err := row.write(made); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return err
		}
		g = made
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "add", Kind: "focus-group", Subject: n.ID.String()})
	})
	return g, again, err
}

// change makes a change with what it names: the room that the group then has, which is given back, and its people.
func (g *FocusGroup) change(ctx context.Context, tx bun.Tx, c FocusGroupChange, wrong *faultList) (fields []string, in *hostRoom, err error) {
	room := g.RoomID
	if c.RoomID != nil {
		room = c.RoomID
	}
	if room != nil {
		if in, err = getHostRoom(ctx, tx, *room); errors.Is(err, fault.ErrNotFound) {
			wrong.refuse("/room_id", "there is no room with this id")
		} else if err != nil {
			return nil, nil, err
		}
	}
	fields, faults := g.apply(c, in)
	*wrong = append(*wrong, faults...)
	if c.ModeratorID == nil && c.Assistants == nil {
		return fields, in, nil
	}
	moderators, err := moderatorsAmong(ctx, tx, g.crew())
	if err != nil {
		return nil, nil, err
	}
	if c.ModeratorID != nil && !moderators[*c.ModeratorID] {
		wrong.refuse("/moderator_id", "must be the id of a user with the role moderator, who is not disabled")
	}
	if c.Assistants != nil {
		for i, id := range g.Assistants {
			if !moderators[id] {
				wrong.refuse(fmt.Sprintf("/assistants/%d", i), "must be the id of a user with the role moderator, who is not disabled")
			}
		}
	}
	return fields, in, nil
}

func moderatorsAmong(ctx context.Context, tx bun.Tx, users []uuid.UUID) (map[uuid.UUID]bool, error) {
	found := map[uuid.UUID]bool{}
	if len(users) == 0 {
		return found, nil
	}
	var ids []uuid.UUID
	err := tx.NewSelect().Table("users").Column("id").Where("id IN (?) AND (roles & ?) <> 0 AND disabled_at IS NULL", bun.List(users), int64(account.Moderator)).Scan(ctx, &ids)
	for _, id := range ids {
		found[id] = true
	}
	return found, err
}

// keep writes a focus group that was read in this transaction. What invitations count there stays as it is.
func (r *focusGroupRow) keep(ctx context.Context, tx bun.Tx, g FocusGroup) error {
	if err := r.write(g); err != nil {
		return err
	}
	_, err := tx.NewUpdate().Model(r).ExcludeColumn("id", "study_id", "taken", "created_at").WherePK().Exec(ctx)
	return err
}
