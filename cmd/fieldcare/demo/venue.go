package demo

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"fieldcare/internal/database"
	"fieldcare/scheduling"
)

// venue is where focus groups meet, as assets/demo has it.
type venue struct {
	scheduling.VenueChange
	Rooms []scheduling.RoomChange
}

// addVenues adds the venues with their rooms.
func (d *demo) addVenues(ctx context.Context) error {
	d.rooms = map[string]uuid.UUID{}
	for _, v := range d.study.Venues {
		venue, _, err := d.server.Venues.Add(ctx, d.coordinator(0), "demo", scheduling.NewVenue{ID: database.NewID(d.now), VenueChange: v.VenueChange})
		if err != nil {
			return fmt.Errorf("%s: %w", *v.Name, err)
		}
		for _, r := range v.Rooms {
			room, _, err := d.server.Venues.AddRoom(ctx, d.coordinator(0), venue.ID, "demo", scheduling.NewRoom{ID: database.NewID(d.now), RoomChange: r})
			if err != nil {
				return fmt.Errorf("%s: %w", *r.Name, err)
			}
			d.rooms[room.Name] = room.ID
		}
	}
	return nil
}
