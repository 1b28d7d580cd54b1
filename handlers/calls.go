package handlers

import (
	"context"

	"fieldcare/internal/account"
	"fieldcare/scheduling"
)

type callListOutput struct {
	Body struct {
		Items []scheduling.Call `json:"items"`
	}
}

func (s *Server) listCalls(ctx context.Context, u account.User, in *ByID) (*callListOutput, error) {
	calls, err := s.FocusGroupLetters.CallList(ctx, u, in.ID)
	out := &callListOutput{}
	out.Body.Items = calls
	return out, err
}
