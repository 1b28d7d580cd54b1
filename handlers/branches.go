package handlers

import (
	"bytes"
	"context"

	"github.com/google/uuid"

	"fieldcare/evaluation"
	"fieldcare/internal/account"
)

// onlyShopper is true of a viewer to whom things are shown as to a shopper.
func onlyShopper(u account.User) bool {
	return u.Roles.Any(account.Shopper) && !u.Coordinates()
}

// onlyManager is true of a viewer behind the identity wall.
func onlyManager(u account.User) bool {
	return u.Roles.Any(account.Manager) && !u.Coordinates()
}

// BranchSearch is the input of every list of branches.
type BranchSearch struct {
	Search   string `query:"search" maxLength:"100" doc:"In code, name, address, region and brand, without case and accents"`
	Region   string `query:"region" maxLength:"120" doc:"Those of this region"`
	Archived bool   `query:"archived" doc:"The archived ones instead"`
}

func (in BranchSearch) filter(p Paging) evaluation.BranchFilter {
	return evaluation.BranchFilter{Search: in.Search, Region: in.Region, Archived: in.Archived, Limit: p.Limit, Cursor: p.Cursor}
}

type listBranchesInput struct {
	Paging
	BranchSearch
	Overview bool `query:"overview" doc:"Each with its last score, its mean and its trend, as managers always get them"`
}

// anything is an answer whose type depends on who asks.
type anything struct {
	ETag string `header:"ETag"`
	Body any
}

func (s *Server) listBranches(ctx context.Context, u account.User, in *listBranchesInput) (*anything, error) {
	if onlyShopper(u) {
		visited, err := s.Branches.ListVisited(ctx, u, in.Limit, in.Cursor)
		return &anything{Body: visited}, err
	}
	if in.Overview || onlyManager(u) {
		overview, err := s.Reports.Overview(ctx, u, in.filter(in.Paging))
		return &anything{Body: overview}, err
	}
	found, err := s.Branches.List(ctx, u, in.filter(in.Paging))
	return &anything{Body: found}, err
}

type overviewTableInput struct{ BranchSearch }

func (s *Server) downloadOverview(ctx context.Context, u account.User, in *overviewTableInput) (*file, error) {
	var out bytes.Buffer
	if err := s.Reports.WriteOverview(ctx, &out, u, in.filter(Paging{})); err != nil {
		return nil, err
	}
	return &file{ContentType: "text/csv; charset=utf-8", Disposition: `attachment; filename="branch-overview.csv"`, Body: out.Bytes()}, nil
}

func (s *Server) readBranch(ctx context.Context, u account.User, in *ByID) (*anything, error) {
	b, err := s.Branches.Get(ctx, u, in.ID)
	if err != nil {
		return nil, err
	}
	if onlyShopper(u) {
		return &anything{Body: b.ForShopper()}, nil
	}
	return &anything{etag(b.Edition), b}, nil
}

type newBranch struct {
	ID uuid.UUID `json:"id" doc:"Chosen by the client: a UUID"`
	evaluation.BranchChange
}

type addBranchInput struct{ Body sent[newBranch] }

func (s *Server) addBranch(ctx context.Context, u account.User, in *addBranchInput) (*made[evaluation.Branch], error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	b, again, err := s.Branches.Add(ctx, u, in.Body.Value.ID, hash, in.Body.Value.BranchChange)
	if err != nil {
		return nil, err
	}
	return makes(b, b.Edition, again), nil
}

type changeBranchInput struct {
	ByID
	IfMatch
	Body evaluation.BranchChange
}

func (s *Server) changeBranch(ctx context.Context, u account.User, in *changeBranchInput) (*one[evaluation.Branch], error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	b, err := s.Branches.Change(ctx, u, in.ID, edition, in.Body)
	if err != nil {
		return nil, err
	}
	return &one[evaluation.Branch]{etag(b.Edition), b}, nil
}

func (s *Server) importBranches(ctx context.Context, u account.User, in *csvInput) (*imported, error) {
	return importedOf(s.Branches.Import(ctx, u, in.RawBody))
}
