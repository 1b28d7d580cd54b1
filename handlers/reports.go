package handlers

import (
	"bytes"
	"context"
	"fmt"

	"github.com/google/uuid"

	"fieldcare/evaluation"
	"fieldcare/internal/account"
	"fieldcare/pdf"
)

type reportInput struct {
	ByID
	From      string    `query:"from" doc:"First day, in the branch's zone; with to absent too, the last 90 days" example:"2026-09-01"`
	To        string    `query:"to" doc:"Last day; today when absent" example:"2026-11-30"`
	Checklist uuid.UUID `query:"checklist" doc:"The most used in the period when absent"`
}

func (s *Server) report(ctx context.Context, u account.User, in *reportInput) (evaluation.BranchReport, error) {
	var checklist *uuid.UUID
	if in.Checklist != uuid.Nil {
		checklist = &in.Checklist
	}
	return s.Reports.BranchReport(ctx, u, in.ID, evaluation.Period{From: in.From, To: in.To}, checklist)
}

func (s *Server) readBranchReport(ctx context.Context, u account.User, in *reportInput) (*one[evaluation.BranchReport], error) {
	r, err := s.report(ctx, u, in)
	return &one[evaluation.BranchReport]{Body: r}, err
}

func (s *Server) downloadBranchReport(ctx context.Context, u account.User, in *reportInput) (*file, error) {
	r, err := s.report(ctx, u, in)
	if err != nil {
		return nil, err
	}
	if err := s.Reports.Illustrate(ctx, &r); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := pdf.Branch(&out, r); err != nil {
		return nil, err
	}
	name := fmt.Sprintf("branch-report-%s-%s.pdf", r.Period.From, r.Period.To)
	return &file{ContentType: "application/pdf", Disposition: `attachment; filename="` + name + `"`, Body: out.Bytes()}, nil
}

func (s *Server) readEvaluationReport(ctx context.Context, u account.User, in *ByID) (*one[evaluation.EvaluationReport], error) {
	r, err := s.Reports.EvaluationReport(ctx, u, in.ID)
	return &one[evaluation.EvaluationReport]{Body: r}, err
}

func (s *Server) downloadEvaluationReport(ctx context.Context, u account.User, in *ByID) (*file, error) {
	r, err := s.Reports.EvaluationReport(ctx, u, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.Reports.IllustrateEvaluation(ctx, &r); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := pdf.Evaluation(&out, r); err != nil {
		return nil, err
	}
	// Of the visit the day and nothing more: a name travels further than the document.
	return &file{ContentType: "application/pdf", Disposition: `attachment; filename="visit-report-` + r.Visit.Day + `.pdf"`, Body: out.Bytes()}, nil
}
