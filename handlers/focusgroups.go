package handlers

import (
	"context"

	"github.com/google/uuid"

	"fieldcare/internal/account"
	"fieldcare/scheduling"
)

type listFocusGroupsInput struct {
	Paging
	Study     uuid.UUID `query:"study" doc:"Those of this study"`
	Room      uuid.UUID `query:"room" doc:"Those in this room"`
	Moderator uuid.UUID `query:"moderator" doc:"Those that this user moderates"`
	State     string    `query:"state" enum:"draft,scheduled,closed,cancelled" doc:"Those in this state"`
}

func (s *Server) listFocusGroups(ctx context.Context, u account.User, in *listFocusGroupsInput) (*page[any], error) {
	found, err := s.FocusGroups.List(ctx, u, scheduling.FocusGroupFilter{Study: in.Study, Room: in.Room, Moderator: in.Moderator,
		State: scheduling.FocusGroupState(in.State), Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, err
	}
	out := &page[any]{}
	out.Body.Items, out.Body.Next = make([]any, len(found.Items)), found.Next
	for i, g := range found.Items {
		if out.Body.Items[i] = g; !u.Roles.Any(coordinators) {
			out.Body.Items[i] = g.ForModerator()
		}
	}
	return out, nil
}

func (s *Server) readFocusGroup(ctx context.Context, u account.User, in *ByID) (*one[any], error) {
	if u.Roles.Any(coordinators) {
		g, err := s.FocusGroups.Get(ctx, u, in.ID)
		return &one[any]{etag(g.Edition), g}, err
	}
	g, err := s.FocusGroups.GetModerated(ctx, u, in.ID)
	return &one[any]{etag(g.Edition), g}, err
}

var focusGroupOutput = oneOf(func(g scheduling.FocusGroup) int64 { return g.Edition })

type addFocusGroupInput struct {
	Body sent[scheduling.NewFocusGroup]
}

func (s *Server) addFocusGroup(ctx context.Context, u account.User, in *addFocusGroupInput) (*made[scheduling.FocusGroup], error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	g, again, err := s.FocusGroups.Add(ctx, u, hash, in.Body.Value)
	if err != nil {
		return nil, err
	}
	return makes(g, g.Edition, again), nil
}

type changeFocusGroupInput struct {
	ByID
	IfMatch
	Body scheduling.FocusGroupChange
}

func (s *Server) changeFocusGroup(ctx context.Context, u account.User, in *changeFocusGroupInput) (*one[scheduling.FocusGroup], error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	return focusGroupOutput(s.FocusGroups.Change(ctx, u, in.ID, edition, in.Body))
}

func (s *Server) scheduleFocusGroup(ctx context.Context, u account.User, in *ByID) (*one[scheduling.FocusGroup], error) {
	return focusGroupOutput(s.FocusGroups.Schedule(ctx, u, in.ID))
}

type cancelFocusGroupInput struct {
	ByID
	Body struct {
		Reason string `json:"reason" maxLength:"1000" example:"The room is flooded"`
	}
}

func (s *Server) cancelFocusGroup(ctx context.Context, u account.User, in *cancelFocusGroupInput) (*one[scheduling.FocusGroup], error) {
	return focusGroupOutput(s.FocusGroups.Cancel(ctx, u, in.ID, in.Body.Reason))
}

func (s *Server) closeFocusGroup(ctx context.Context, u account.User, in *ByID) (*one[scheduling.FocusGroup], error) {
	return focusGroupOutput(s.FocusGroups.Close(ctx, u, in.ID))
}
