package handlers

import (
	"context"

	"fieldcare/internal/account"
	"fieldcare/scheduling"
)

func (s *Server) readCosts(ctx context.Context, u account.User, in *ByID) (*answered[scheduling.CostSheet], error) {
	sheet, err := s.Costs.Sheet(ctx, u, in.ID)
	return &answered[scheduling.CostSheet]{sheet}, err
}

func (s *Server) readBudget(ctx context.Context, u account.User, in *ByID) (*answered[scheduling.Budget], error) {
	budget, err := s.Costs.Budget(ctx, u, in.ID)
	return &answered[scheduling.Budget]{budget}, err
}

type addCostInput struct {
	ByID
	Body sent[scheduling.NewCost]
}

func (s *Server) addCost(ctx context.Context, u account.User, in *addCostInput) (*made[scheduling.Cost], error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	c, again, err := s.Costs.Add(ctx, u, in.ID, hash, in.Body.Value)
	if err != nil {
		return nil, err
	}
	return makes(c, c.Edition, again), nil
}

var costOutput = oneOf(func(c scheduling.Cost) int64 { return c.Edition })

type changeCostInput struct {
	ByID
	IfMatch
	Body scheduling.CostChange
}

func (s *Server) changeCost(ctx context.Context, u account.User, in *changeCostInput) (*one[scheduling.Cost], error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	return costOutput(s.Costs.Change(ctx, u, in.ID, edition, in.Body))
}

// AsRead is the input of an operation on one thing as it was read.
type AsRead struct {
	ByID
	IfMatch
}

func (s *Server) payCost(ctx context.Context, u account.User, in *AsRead) (*one[scheduling.Cost], error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	return costOutput(s.Costs.Pay(ctx, u, in.ID, edition))
}

type undoPaymentInput struct {
	AsRead
	Body struct {
		Reason string `json:"reason" maxLength:"500" example:"Paid to the wrong account"`
	}
}

func (s *Server) undoPayment(ctx context.Context, u account.User, in *undoPaymentInput) (*one[scheduling.Cost], error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	return costOutput(s.Costs.Undo(ctx, u, in.ID, edition, in.Body.Reason))
}

func (s *Server) removeCost(ctx context.Context, u account.User, in *AsRead) (*noContent, error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	return &noContent{}, s.Costs.Remove(ctx, u, in.ID, edition)
}
