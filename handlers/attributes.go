package handlers

import (
	"context"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/scheduling"
)

func (s *Server) listAttributes(ctx context.Context, _ account.User, _ *struct{}) (*page[scheduling.Attribute], error) {
	all, err := s.Attributes.All(ctx)
	return &page[scheduling.Attribute]{database.Page[scheduling.Attribute]{Items: all}}, err
}

type addAttributeInput struct {
	Body sent[scheduling.NewAttribute]
}

func (s *Server) addAttribute(ctx context.Context, u account.User, in *addAttributeInput) (*made[scheduling.Attribute], error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	a, again, err := s.Attributes.Add(ctx, u, hash, in.Body.Value)
	if err != nil {
		return nil, err
	}
	return makes(a, a.Edition, again), nil
}

type changeAttributeInput struct {
	ByID
	IfMatch
	Body scheduling.AttributeChange
}

func (s *Server) changeAttribute(ctx context.Context, u account.User, in *changeAttributeInput) (*one[scheduling.Attribute], error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	a, err := s.Attributes.Change(ctx, u, in.ID, edition, in.Body)
	if err != nil {
		return nil, err
	}
	return &one[scheduling.Attribute]{etag(a.Edition), a}, nil
}
