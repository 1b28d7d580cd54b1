package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"fieldcare/evaluation"
	"fieldcare/internal/account"
	"fieldcare/internal/fault"
)

type listVisitsInput struct {
	Paging
	State   string    `query:"state" maxLength:"200" doc:"One or more states, apart by commas"`
	Branch  uuid.UUID `query:"branch" doc:"Those to this branch"`
	Shopper uuid.UUID `query:"shopper" doc:"Those of this shopper"`
	From    time.Time `query:"from" doc:"Those that open at this instant or later (RFC 3339)"`
	To      time.Time `query:"to" doc:"Those that open before this instant"`
}

func (s *Server) listVisits(ctx context.Context, u account.User, in *listVisitsInput) (*page[evaluation.Visit], error) {
	f := evaluation.VisitFilter{BranchID: in.Branch, Shopper: in.Shopper, From: in.From, To: in.To, Limit: in.Limit, Cursor: in.Cursor}
	if in.State != "" {
		for _, state := range strings.Split(in.State, ",") {
			if !slices.Contains(evaluation.States, evaluation.State(state)) {
				return nil, fault.At("state", "one of these is not a state of a visit: there are %v", evaluation.States)
			}
			f.States = append(f.States, evaluation.State(state))
		}
	}
	found, err := s.Visits.List(ctx, u, f)
	return &page[evaluation.Visit]{found}, err
}

func (s *Server) readVisit(ctx context.Context, u account.User, in *ByID) (*one[evaluation.Visit], error) {
	return visitOf(s.Visits.Get(ctx, u, in.ID))
}

var visitOf = oneOf(func(v evaluation.Visit) int64 { return v.Edition })

type movesOutput struct {
	Body struct {
		Items []evaluation.VisitMove `json:"items" nullable:"false"`
	}
}

func (s *Server) listVisitMoves(ctx context.Context, u account.User, in *ByID) (*movesOutput, error) {
	moves, err := s.Visits.Moves(ctx, u, in.ID)
	out := new(movesOutput)
	out.Body.Items = moves
	return out, err
}

type newVisit struct {
	ID uuid.UUID `json:"id" doc:"Chosen by the client: a UUID"`
	evaluation.VisitPlan
	ConfirmRotation bool `json:"confirm_rotation,omitempty" doc:"Plan it although the shopper is at the branch within the rotation"`
}

type planVisitInput struct{ Body sent[newVisit] }

func (s *Server) planVisit(ctx context.Context, u account.User, in *planVisitInput) (*made[evaluation.Visit], error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	v, again, err := s.Visits.Plan(ctx, u, in.Body.Value.ID, hash, in.Body.Value.VisitPlan, in.Body.Value.ConfirmRotation)
	if err != nil {
		return nil, err
	}
	return makes(v, v.Edition, again), nil
}

// manyVisits plans many visits at once: those listed, and one for each branch, window and shopper of the round.
type manyVisits struct {
	ID              uuid.UUID              `json:"id" doc:"Of this request, chosen by the client: a UUID"`
	Visits          []evaluation.VisitPlan `json:"visits,omitempty" maxItems:"2000"`
	Round           *evaluation.Round      `json:"round,omitempty"`
	ConfirmRotation bool                   `json:"confirm_rotation,omitempty"`
}

type planManyInput struct{ Body sent[manyVisits] }

type plannedOutput struct {
	Status int
	Body   struct {
		Items []evaluation.Visit `json:"items" nullable:"false"`
	}
}

func plannedOf(visits []evaluation.Visit, again bool, err error) (*plannedOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &plannedOutput{Status: 201}
	if again {
		out.Status = 200
	}
	out.Body.Items = visits
	return out, nil
}

func (s *Server) planManyVisits(ctx context.Context, u account.User, in *planManyInput) (*plannedOutput, error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	many := in.Body.Value
	listed := len(many.Visits)
	place := func(i int) string {
		if i < listed {
			return fmt.Sprintf("/visits/%d", i)
		}
		return "/round"
	}
	plans := many.Visits
	if many.Round != nil {
		plans = append(plans, many.Round.Plans()...)
	}
	return plannedOf(s.Visits.PlanMany(ctx, u, many.ID, hash, plans, many.ConfirmRotation, place))
}

type importVisitsInput struct {
	ID              uuid.UUID `query:"id" required:"true" doc:"Of this request, chosen by the client: a UUID"`
	ConfirmRotation bool      `query:"confirm_rotation" doc:"Plan them although a shopper is at a branch within the rotation"`
	RawBody         []byte    `contentType:"text/csv" doc:"UTF-8; the first line names the columns"`
}

func (s *Server) importVisits(ctx context.Context, u account.User, in *importVisitsInput) (*plannedOutput, error) {
	return plannedOf(s.Visits.Import(ctx, u, in.ID, in.RawBody, in.ConfirmRotation))
}

type changeVisitInput struct {
	ByID
	IfMatch
	Body evaluation.VisitChange
}

func (s *Server) changeVisit(ctx context.Context, u account.User, in *changeVisitInput) (*one[evaluation.Visit], error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	return visitOf(s.Visits.Change(ctx, u, in.ID, edition, in.Body))
}

type offerInput struct {
	ByID
	Body evaluation.VisitOffer
}

func (s *Server) offerVisit(ctx context.Context, u account.User, in *offerInput) (*one[evaluation.Visit], error) {
	return visitOf(s.Visits.Offer(ctx, u, in.ID, in.Body))
}

func (s *Server) acceptVisit(ctx context.Context, u account.User, in *ByID) (*one[evaluation.Visit], error) {
	return visitOf(s.Visits.Accept(ctx, u, in.ID))
}

type reasonInput struct {
	ByID
	Body struct {
		Reason string `json:"reason" maxLength:"1000"`
	}
}

func (s *Server) declineVisit(ctx context.Context, u account.User, in *reasonInput) (*one[evaluation.Visit], error) {
	return visitOf(s.Visits.Decline(ctx, u, in.ID, in.Body.Reason))
}

func (s *Server) releaseVisit(ctx context.Context, u account.User, in *reasonInput) (*noContent, error) {
	return nil, s.Visits.Release(ctx, u, in.ID, in.Body.Reason)
}

func (s *Server) cancelVisit(ctx context.Context, u account.User, in *reasonInput) (*one[evaluation.Visit], error) {
	return visitOf(s.Visits.Cancel(ctx, u, in.ID, in.Body.Reason))
}
