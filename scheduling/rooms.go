package scheduling

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// roomRow is a room as its table has it.
type roomRow struct {
	bun.BaseModel `bun:"table:rooms,alias:room"`
	Room
	FeatureList string `bun:"features"`
	PriceAmount int64  `bun:"price"`
	Currency    string
	CreatedAt   database.Time
}

func (r *roomRow) read() (Room, error) {
	room := r.Room
	room.Archived, room.Price = !room.ArchivedAt.IsZero(), Money{r.PriceAmount, r.Currency}
	return room, json.Unmarshal([]byte(r.FeatureList), &room.Features)
}

// write puts the room into its row.
func (r *roomRow) write(room Room) error {
	features, err := json.Marshal(room.Features)
	r.Room, r.FeatureList, r.PriceAmount, r.Currency = room, string(features), room.Price.Amount, room.Price.Currency
	return err
}

// roomsOf gives a venue's rooms by name.
func roomsOf(ctx context.Context, from bun.IDB, venue uuid.UUID) ([]Room, error) {
	var rows []roomRow
	if err := from.NewSelect().Model(&rows).Where("room.venue_id = ?", venue).OrderExpr("room.name, room.id").Scan(ctx); err != nil {
		return nil, err
	}
	rooms := make([]Room, len(rows))
	for i := range rows {
		var err error
		if rooms[i], err = rows[i].read(); err != nil {
			return nil, err
		}
	}
	return rooms, nil
}

// GetRoom gives one room.
func (s *Venues) GetRoom(ctx context.Context, viewer account.User, id uuid.UUID) (Room, error) {
	room, _, err := getRoom(ctx, s.DB.Read(), viewer, id)
	return room, err
}

func getRoom(ctx context.Context, from bun.IDB, viewer account.User, id uuid.UUID) (Room, *roomRow, error) {
	row := new(roomRow)
	if err := forPlanners(from.NewSelect().Model(row), viewer).Where("room.id = ?", id).Scan(ctx); err != nil {
		return Room{}, nil, database.OrNotFound(err)
	}
	room, err := row.read()
	return room, row, err
}

// AddRoom adds a room to a venue, under an id of the client's choice. It is repeatable.
func (s *Venues) AddRoom(ctx context.Context, by account.User, venue uuid.UUID, contentHash string, n NewRoom) (room Room, again bool, err error) {
	now := s.Clock()
	currency, err := s.Currency(ctx)
	if err != nil {
		return Room{}, false, err
	}
	made := newRoom(n.ID, venue, currency)
	made.apply(n.RoomChange, now)
	wrong := fault.Of(made.faults())
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if _, _, err := getVenue(ctx, tx, by, venue); err != nil {
			return err
		}
		if wrong != nil {
			return wrong
		}
		if again, err = database.Create(ctx, tx, n.ID, database.HashOf([]byte(venue.String()+contentHash))); err != nil {
			return err
		}
		if again {
			room, _, err = getRoom(ctx, tx, by, n.ID)
			return err
		}
		row := &roomRow{CreatedAt: database.At(now)}
		if err := row.write(made); err != nil {
			return err
		}
		result, err := tx.NewInsert().Model(row).On("CONFLICT (venue_id, name) DO NOTHING").Exec(ctx)
		if err != nil {
			return err
		}
		if inserted, err := result.RowsAffected(); err != nil {
			return err
		} else if inserted == 0 {
			return made.nameTaken()
		}
		room = made
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "add", Kind: "room", Subject: n.ID.String()})
	})
	return room, again, err
}

func (r *Room) nameTaken() error {
	return fault.Conflicting("name-taken", "another room of the venue is called %q", r.Name)
}

// ChangeRoom changes a room that was read with this edition. It stays large enough for the sessions that are scheduled in
// it and not over.
func (s *Venues) ChangeRoom(ctx context.Context, by account.User, id uuid.UUID, edition int64, c RoomChange) (room Room, err error) {
	now := s.Clock()
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		changed, row, err := getRoom(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if changed.Edition != edition {
			return fault.ErrChanged
		}
		before := changed.Capacity
		fields := changed.apply(c, now)
		wrong := faultList(changed.faults())
		if changed.Capacity < before {
			if err := changed.holds(ctx, tx, now, &wrong); err != nil {
				return err
			}
		}
		if err := fault.Of(wrong); err != nil {
			return err
		}
		var taken bool
		if err := roomNameTaken.Row(ctx, tx, changed.VenueID, changed.Name, id).Scan(&taken); err != nil {
			return err
		}
		if taken {
			return changed.nameTaken()
		}
		changed.Edition++
		if err := row.write(changed); err != nil {
			return err
		}
		if _, err := tx.NewUpdate().Model(row).WherePK().Exec(ctx); err != nil {
			return err
		}
		room = changed
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "change", Kind: "room", Subject: id.String(), Fields: fields})
	})
	return room, err
}

// holds refuses a capacity that is less than a focus group takes that is scheduled in the room. It names the one that takes
// most, and of several the first.
func (r *Room) holds(ctx context.Context, tx bun.Tx, now time.Time, wrong *faultList) error {
	rows, err := scheduledIn.Rows(ctx, tx, r.ID, database.At(now))
	if err != nil {
		return err
	}
	defer rows.Close()
	var largest FocusGroup
	for rows.Next() {
		var g FocusGroup
		var assistants []byte
		if err := rows.Scan(&g.Topic, &g.Starts, &g.Seats, &assistants); err != nil {
			return err
		}
		if err := json.Unmarshal(assistants, &g.Assistants); err != nil {
			return err
		}
		if largest.Starts == "" || g.people() > largest.people() {
			largest = g
		}
	}
	if largest.Starts != "" && r.Capacity < largest.people() {
		wrong.refuse("/capacity", "must be at least %d: the focus group “%s” of %s is scheduled there for so many, with the moderator and assistants; move it to another room first, or take seats from it",
			largest.people(), largest.Topic, largest.Starts)
	}
	return rows.Err()
}

var scheduledIn = database.Prepared("SELECT topic, starts, seats, assistants FROM focus_groups WHERE room_id = ? AND state = 'scheduled' AND ends_at > ? ORDER BY starts_at, id")

var roomNameTaken = database.Prepared("SELECT EXISTS (SELECT 1 FROM rooms WHERE venue_id = ? AND name = ? AND id <> ?)")
