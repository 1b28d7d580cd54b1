package handlers

import (
	"context"

	"fieldcare/internal/account"
	"fieldcare/scheduling"
)

type listStudiesInput struct {
	Paging
	Search string `query:"search" maxLength:"100" doc:"In title and purpose, without case and accents"`
}

func (s *Server) listStudies(ctx context.Context, u account.User, in *listStudiesInput) (*page[scheduling.Study], error) {
	found, err := s.Studies.List(ctx, u, scheduling.StudyFilter{Search: in.Search, Limit: in.Limit, Cursor: in.Cursor})
	return &page[scheduling.Study]{found}, err
}

func (s *Server) readStudy(ctx context.Context, u account.User, in *ByID) (*one[scheduling.Study], error) {
	return studyOutput(s.Studies.Get(ctx, u, in.ID))
}

var studyOutput = oneOf(func(study scheduling.Study) int64 { return study.Edition })

type addStudyInput struct{ Body sent[scheduling.NewStudy] }

func (s *Server) addStudy(ctx context.Context, u account.User, in *addStudyInput) (*made[scheduling.Study], error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	study, again, err := s.Studies.Add(ctx, u, hash, in.Body.Value)
	if err != nil {
		return nil, err
	}
	return makes(study, study.Edition, again), nil
}

type changeStudyInput struct {
	ByID
	IfMatch
	Body scheduling.StudyChange
}

func (s *Server) changeStudy(ctx context.Context, u account.User, in *changeStudyInput) (*one[scheduling.Study], error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	return studyOutput(s.Studies.Change(ctx, u, in.ID, edition, in.Body))
}
