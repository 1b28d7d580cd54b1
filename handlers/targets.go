package handlers

import (
	"context"

	"github.com/google/uuid"

	"fieldcare/evaluation"
	"fieldcare/internal/account"
)

type listTargetsInput struct {
	Paging
	Branch    uuid.UUID `query:"branch" doc:"This branch's own"`
	Region    string    `query:"region" maxLength:"120" doc:"Those of this region"`
	Checklist uuid.UUID `query:"checklist" doc:"Those of this checklist"`
}

func (s *Server) listTargets(ctx context.Context, u account.User, in *listTargetsInput) (*page[evaluation.Target], error) {
	found, err := s.Targets.List(ctx, u, evaluation.TargetFilter{Branch: in.Branch, Region: in.Region, Checklist: in.Checklist, Limit: in.Limit, Cursor: in.Cursor})
	return &page[evaluation.Target]{found}, err
}

func (s *Server) readTarget(ctx context.Context, u account.User, in *ByID) (*one[evaluation.Target], error) {
	return targetOutput(s.Targets.Get(ctx, u, in.ID))
}

var targetOutput = oneOf(func(t evaluation.Target) int64 { return t.Edition })

type addTargetInput struct{ Body sent[evaluation.NewTarget] }

func (s *Server) addTarget(ctx context.Context, u account.User, in *addTargetInput) (*made[evaluation.Target], error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	t, again, err := s.Targets.Add(ctx, u, hash, in.Body.Value)
	if err != nil {
		return nil, err
	}
	return makes(t, t.Edition, again), nil
}

type changeTargetInput struct {
	ByID
	IfMatch
	Body evaluation.TargetChange
}

func (s *Server) changeTarget(ctx context.Context, u account.User, in *changeTargetInput) (*one[evaluation.Target], error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	return targetOutput(s.Targets.Change(ctx, u, in.ID, edition, in.Body))
}

type removeTargetInput struct {
	ByID
	IfMatch
}

func (s *Server) removeTarget(ctx context.Context, u account.User, in *removeTargetInput) (*noContent, error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	return &noContent{}, s.Targets.Remove(ctx, u, in.ID, edition)
}
