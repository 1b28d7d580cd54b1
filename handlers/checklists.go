package handlers

import (
	"context"
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"fieldcare/evaluation"
	"fieldcare/internal/account"
	"fieldcare/internal/fault"
)

// document is a checklist's document as it was sent: the domain reads it, and names every fault.
type document struct{ json.RawMessage }

// Schema is that of a document.
func (document) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[evaluation.Document](), true, "")
}

type listChecklistsInput struct {
	Paging
	Search string `query:"search" maxLength:"100" doc:"In the title, without case and accents"`
}

func (s *Server) listChecklists(ctx context.Context, _ account.User, in *listChecklistsInput) (*page[evaluation.Checklist], error) {
	found, err := s.Checklists.List(ctx, in.Search, in.Limit, in.Cursor)
	return &page[evaluation.Checklist]{found}, err
}

func (s *Server) readChecklist(ctx context.Context, _ account.User, in *ByID) (*one[evaluation.Checklist], error) {
	c, err := s.Checklists.Get(ctx, in.ID)
	return &one[evaluation.Checklist]{etag(c.Edition), c}, err
}

type newChecklist struct {
	ID       uuid.UUID `json:"id" doc:"Chosen by the client: a UUID"`
	Document document  `json:"document"`
}

type addChecklistInput struct{ Body sent[newChecklist] }

func (s *Server) addChecklist(ctx context.Context, u account.User, in *addChecklistInput) (*made[evaluation.Checklist], error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	if in.Body.Value.ID == uuid.Nil {
		return nil, errNoID
	}
	c, again, err := s.Checklists.Add(ctx, u, in.Body.Value.ID, hash, in.Body.Value.Document.RawMessage)
	if err != nil {
		return nil, fault.Under("/document", err)
	}
	return makes(c, c.Edition, again), nil
}

var errNoID = fault.At("/id", "must be a UUID chosen by the client")

type putChecklistInput struct {
	ByID
	IfMatch
	Body struct {
		Document document `json:"document"`
	}
}

func (s *Server) putChecklist(ctx context.Context, u account.User, in *putChecklistInput) (*one[evaluation.Checklist], error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	c, err := s.Checklists.Put(ctx, u, in.ID, edition, in.Body.Document.RawMessage)
	if err != nil {
		return nil, fault.Under("/document", err)
	}
	return &one[evaluation.Checklist]{etag(c.Edition), c}, nil
}

type publishInput struct {
	ByID
	IfMatch
}

func (s *Server) publishChecklist(ctx context.Context, u account.User, in *publishInput) (*one[evaluation.PublishedVersion], error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	v, err := s.Checklists.Publish(ctx, u, in.ID, edition)
	if err != nil {
		return nil, err
	}
	return &one[evaluation.PublishedVersion]{etag(edition), v}, nil
}

type checklistCopy struct {
	ID uuid.UUID `json:"id" doc:"The copy's, chosen by the client: a UUID"`
}

type copyInput struct {
	ByID
	Body sent[checklistCopy]
}

func (s *Server) copyChecklist(ctx context.Context, u account.User, in *copyInput) (*made[evaluation.Checklist], error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	c, again, err := s.Checklists.Copy(ctx, u, in.ID, in.Body.Value.ID, hash)
	if err != nil {
		return nil, err
	}
	return makes(c, c.Edition, again), nil
}

type versionInput struct {
	ByID
	Number int `path:"n" minimum:"1" doc:"The number of the version, from 1"`
}

func (s *Server) readVersion(ctx context.Context, u account.User, in *versionInput) (*one[evaluation.PublishedVersion], error) {
	v, err := s.Checklists.ReadVersion(ctx, u, in.ID, in.Number)
	return &one[evaluation.PublishedVersion]{etag(int64(in.Number)), v}, err
}

type scoreInput struct {
	ByID
	Body struct {
		Version int                        `json:"version,omitempty" minimum:"0" doc:"The draft when absent"`
		Answers map[string]json.RawMessage `json:"answers" doc:"By the question's id"`
	}
}

func (s *Server) scoreAnswers(ctx context.Context, _ account.User, in *scoreInput) (*one[evaluation.Score], error) {
	score, err := s.Checklists.Trial(ctx, in.ID, in.Body.Version, in.Body.Answers)
	return &one[evaluation.Score]{Body: score}, err
}
