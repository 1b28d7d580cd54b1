package handlers

import (
	"context"
	"errors"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
	"fieldcare/scheduling"
)

func (s *Server) listFindings(ctx context.Context, u account.User, in *ByID) (*page[scheduling.Finding], error) {
	found, err := s.Findings.List(ctx, u, in.ID)
	return &page[scheduling.Finding]{database.Page[scheduling.Finding]{Items: found}}, err
}

type addFindingInput struct {
	ByID
	Body sent[scheduling.NewFinding]
}

func (s *Server) addFinding(ctx context.Context, u account.User, in *addFindingInput) (*made[scheduling.Finding], error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	f, again, err := s.Findings.Add(ctx, u, in.ID, hash, in.Body.Value)
	if err != nil {
		return nil, err
	}
	return makes(f, f.Edition, again), nil
}

type changeFindingInput struct {
	ByID
	IfMatch
	Body scheduling.FindingChange
}

func (s *Server) changeFinding(ctx context.Context, u account.User, in *changeFindingInput) (*one[scheduling.Finding], error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	f, err := s.Findings.Change(ctx, u, in.ID, edition, in.Body)
	if err != nil {
		return nil, err
	}
	return &one[scheduling.Finding]{etag(f.Edition), f}, nil
}

func (s *Server) removeFinding(ctx context.Context, u account.User, in *AsRead) (*noContent, error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	return &noContent{}, s.Findings.Remove(ctx, u, in.ID, edition)
}

func (s *Server) listActions(ctx context.Context, u account.User, in *ByID) (*page[scheduling.Action], error) {
	found, err := s.Actions.List(ctx, u, in.ID)
	return &page[scheduling.Action]{database.Page[scheduling.Action]{Items: found}}, err
}

type addActionInput struct {
	ByID
	Body sent[scheduling.NewAction]
}

func (s *Server) addAction(ctx context.Context, u account.User, in *addActionInput) (*made[scheduling.Action], error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	a, again, err := s.Actions.Add(ctx, u, in.ID, hash, in.Body.Value)
	if err != nil {
		return nil, err
	}
	return makes(a, a.Edition, again), nil
}

type changeActionInput struct {
	ByID
	IfMatch
	Body scheduling.ActionChange
}

func (s *Server) changeAction(ctx context.Context, u account.User, in *changeActionInput) (*one[any], error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	if u.Roles.Any(leaders) {
		a, err := s.Actions.Change(ctx, u, in.ID, edition, in.Body)
		if !errors.Is(err, fault.ErrNotFound) || !u.Roles.Any(account.Manager) {
			return &one[any]{etag(a.Edition), a}, err
		}
	}
	own, err := s.Actions.ChangeOwn(ctx, u, in.ID, edition, in.Body)
	return &one[any]{etag(own.Edition), own}, err
}

func (s *Server) listOwnActions(ctx context.Context, u account.User, _ *struct{}) (*page[scheduling.OwnAction], error) {
	found, err := s.Actions.Own(ctx, u)
	return &page[scheduling.OwnAction]{database.Page[scheduling.OwnAction]{Items: found}}, err
}
