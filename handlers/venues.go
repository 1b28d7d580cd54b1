package handlers

import (
	"context"

	"fieldcare/internal/account"
	"fieldcare/scheduling"
)

type listVenuesInput struct {
	Paging
	Search   string `query:"search" maxLength:"100" doc:"In name and address, without case and accents"`
	Archived bool   `query:"archived" doc:"Those that are archived, instead of those that are not"`
}

func (s *Server) listVenues(ctx context.Context, u account.User, in *listVenuesInput) (*page[scheduling.Venue], error) {
	found, err := s.Venues.List(ctx, u, scheduling.VenueFilter{Search: in.Search, Archived: in.Archived, Limit: in.Limit, Cursor: in.Cursor})
	return &page[scheduling.Venue]{found}, err
}

func (s *Server) readVenue(ctx context.Context, u account.User, in *ByID) (*one[scheduling.Venue], error) {
	return venueOutput(s.Venues.Get(ctx, u, in.ID))
}

var venueOutput = oneOf(func(v scheduling.Venue) int64 { return v.Edition })

type addVenueInput struct{ Body sent[scheduling.NewVenue] }

func (s *Server) addVenue(ctx context.Context, u account.User, in *addVenueInput) (*made[scheduling.Venue], error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	v, again, err := s.Venues.Add(ctx, u, hash, in.Body.Value)
	if err != nil {
		return nil, err
	}
	return makes(v, v.Edition, again), nil
}

type changeVenueInput struct {
	ByID
	IfMatch
	Body scheduling.VenueChange
}

func (s *Server) changeVenue(ctx context.Context, u account.User, in *changeVenueInput) (*one[scheduling.Venue], error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	return venueOutput(s.Venues.Change(ctx, u, in.ID, edition, in.Body))
}

type addRoomInput struct {
	ByID
	Body sent[scheduling.NewRoom]
}

func (s *Server) addRoom(ctx context.Context, u account.User, in *addRoomInput) (*made[scheduling.Room], error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	r, again, err := s.Venues.AddRoom(ctx, u, in.ID, hash, in.Body.Value)
	if err != nil {
		return nil, err
	}
	return makes(r, r.Edition, again), nil
}

func (s *Server) readRoom(ctx context.Context, u account.User, in *ByID) (*one[scheduling.Room], error) {
	return roomOutput(s.Venues.GetRoom(ctx, u, in.ID))
}

var roomOutput = oneOf(func(r scheduling.Room) int64 { return r.Edition })

type changeRoomInput struct {
	ByID
	IfMatch
	Body scheduling.RoomChange
}

func (s *Server) changeRoom(ctx context.Context, u account.User, in *changeRoomInput) (*one[scheduling.Room], error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	return roomOutput(s.Venues.ChangeRoom(ctx, u, in.ID, edition, in.Body))
}
