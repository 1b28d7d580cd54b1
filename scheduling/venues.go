package scheduling

import (
	"context"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Venues keeps the venues and their rooms. Coordinators and admins see all, nobody else any.
type Venues struct {
	DB       *database.DB
	Clock    func() time.Time
	Currency func(context.Context) (string, error) // the organisation's: that of a price which nobody named
}

// venueRow is a venue as its table has it.
type venueRow struct {
	bun.BaseModel `bun:"table:venues,alias:venue"`
	Venue
	Folded    string
	Lat       *int64
	Lon       *int64
	CreatedAt database.Time
}

func (r *venueRow) read() Venue {
	v := r.Venue
	v.Archived = !v.ArchivedAt.IsZero()
	if r.Lat != nil && r.Lon != nil {
		v.Position = &Coordinates{Lat: float64(*r.Lat) / 1e6, Lon: float64(*r.Lon) / 1e6}
	}
	return v
}

// write puts the venue into its row.
func (r *venueRow) write(v Venue) {
	r.Venue, r.Folded, r.Lat, r.Lon = v, database.Fold(v.Name, v.Address), nil, nil
	if v.Position != nil {
		lat, lon := int64(math.Round(v.Position.Lat*1e6)), int64(math.Round(v.Position.Lon*1e6))
		r.Lat, r.Lon = &lat, &lon
	}
}

// forPlanners keeps of a query everything for coordinators and admins, and nothing for anybody else: venues, studies and
// participants are theirs alone.
func forPlanners(q *bun.SelectQuery, viewer account.User) *bun.SelectQuery {
	if viewer.Coordinates() {
		return q
	}
	return q.Where("FALSE")
}

// VenueFilter narrows a list of venues.
type VenueFilter struct {
	Search   string // in name and address
	Archived bool
	Limit    int
	Cursor   string
}

// List gives the venues by name, without their rooms.
func (s *Venues) List(ctx context.Context, viewer account.User, f VenueFilter) (database.Page[Venue], error) {
	var rows []venueRow
	q := forPlanners(s.DB.Read().NewSelect().Model(&rows), viewer).OrderExpr("venue.name, venue.id").Limit(int64(f.Limit) + 1)
	if f.Archived {
		q = q.Where("venue.archived_at IS NOT NULL")
	} else {
		q = q.Where("venue.archived_at IS NULL")
	}
	if f.Search != "" {
		q = q.Where(`venue.folded LIKE ? ESCAPE '\'`, database.Containing(f.Search))
	}
	var name string
	var id uuid.UUID
	if more, err := database.ReadCursor(f.Cursor, &name, &id); err != nil {
		return database.Page[Venue]{}, err
	} else if more {
		q = q.Where("(venue.name, venue.id) > (?, ?)", name, id)
	}
	if err := q.Scan(ctx); err != nil {
		return database.Page[Venue]{}, err
	}
	return database.PageOf(database.Paged(rows, f.Limit, func(r venueRow) []any { return []any{r.Name, r.ID} }), (*venueRow).read), nil
}

// Get gives one venue with its rooms.
func (s *Venues) Get(ctx context.Context, viewer account.User, id uuid.UUID) (Venue, error) {
	v, _, err := getVenue(ctx, s.DB.Read(), viewer, id)
	return v, err
}

func getVenue(ctx context.Context, from bun.IDB, viewer account.User, id uuid.UUID) (Venue, *venueRow, error) {
	row := new(venueRow)
	if err := forPlanners(from.NewSelect().Model(row), viewer).Where("venue.id = ?", id).Scan(ctx); err != nil {
		return Venue{}, nil, database.OrNotFound(err)
	}
	v := row.read()
	var err error
	v.Rooms, err = roomsOf(ctx, from, id)
	return v, row, err
}

// Add adds a venue under an id of the client's choice. It is repeatable.
func (s *Venues) Add(ctx context.Context, by account.User, contentHash string, n NewVenue) (v Venue, again bool, err error) {
	now := s.Clock()
	made := Venue{ID: n.ID, Edition: 1}
	made.apply(n.VenueChange, now)
	if err := fault.Of(made.faults()); err != nil {
		return Venue{}, false, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if again, err = database.Create(ctx, tx, n.ID, contentHash); err != nil {
			return err
		}
		if again {
			v, _, err = getVenue(ctx, tx, by, n.ID)
			return err
		}
		row := &venueRow{CreatedAt: database.At(now)}
		row.write(made)
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return err
		}
		v = made
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "add", Kind: "venue", Subject: n.ID.String()})
	})
	return v, again, err
}

// Change changes a venue that was read with this edition.
func (s *Venues) Change(ctx context.Context, by account.User, id uuid.UUID, edition int64, c VenueChange) (v Venue, err error) {
	now := s.Clock()
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		changed, row, err := getVenue(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if changed.Edition != edition {
			return fault.ErrChanged
		}
		fields := changed.apply(c, now)
		if err := fault.Of(changed.faults()); err != nil {
			return err
		}
		changed.Edition++
		row.write(changed)
		if _, err := tx.NewUpdate().Model(row).WherePK().Exec(ctx); err != nil {
			return err
		}
		v = changed
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "change", Kind: "venue", Subject: id.String(), Fields: fields})
	})
	return v, err
}
