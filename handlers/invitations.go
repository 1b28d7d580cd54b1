package handlers

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"fieldcare/internal/account"
	"fieldcare/internal/fault"
	"fieldcare/scheduling"
)

type listInvitationsInput struct {
	ByID
	Paging
	State string `query:"state" maxLength:"200" doc:"One or more states, apart by commas"`
}

func (s *Server) listInvitations(ctx context.Context, _ account.User, in *listInvitationsInput) (*page[scheduling.Invitation], error) {
	f := scheduling.InvitationFilter{Limit: in.Limit, Cursor: in.Cursor}
	if in.State != "" {
		for _, state := range strings.Split(in.State, ",") {
			if !slices.Contains(scheduling.InvitationStates, scheduling.InvitationState(state)) {
				return nil, fault.At("state", "one of these is not a state of an invitation: there are %v", scheduling.InvitationStates)
			}
			f.States = append(f.States, scheduling.InvitationState(state))
		}
	}
	found, err := s.Invitations.List(ctx, in.ID, f)
	return &page[scheduling.Invitation]{found}, err
}

type inviteInput struct {
	ByID
	Body scheduling.Invitees
}

type draftsOutput struct{ Body scheduling.Drafts }

func (s *Server) inviteParticipants(ctx context.Context, u account.User, in *inviteInput) (*draftsOutput, error) {
	drafts, err := s.Invitations.Invite(ctx, u, in.ID, in.Body)
	return &draftsOutput{drafts}, err
}

type sendInvitationsInput struct {
	ByID
	Body scheduling.Mailing
}

type mailedOutput struct{ Body scheduling.Mailed }

func (s *Server) sendInvitations(ctx context.Context, u account.User, in *sendInvitationsInput) (*mailedOutput, error) {
	mailed, err := s.Invitations.SendMany(ctx, u, in.ID, in.Body)
	return &mailedOutput{mailed}, err
}

type waitingListOutput struct{ Body scheduling.WaitingList }

func (s *Server) readWaitingList(ctx context.Context, _ account.User, in *ByID) (*waitingListOutput, error) {
	list, err := s.Invitations.WaitingList(ctx, in.ID)
	return &waitingListOutput{list}, err
}

type forecastOutput struct{ Body scheduling.Forecast }

func (s *Server) readForecast(ctx context.Context, _ account.User, in *ByID) (*forecastOutput, error) {
	forecast, err := s.Invitations.Forecast(ctx, in.ID)
	return &forecastOutput{forecast}, err
}

var invitationOf = oneOf(func(i scheduling.Invitation) int64 { return i.Edition })

func (s *Server) readInvitation(ctx context.Context, _ account.User, in *ByID) (*one[scheduling.Invitation], error) {
	return invitationOf(s.Invitations.Get(ctx, in.ID))
}

type invitationMovesOutput struct {
	Body struct {
		Items []scheduling.InvitationMove `json:"items" nullable:"false"`
	}
}

func (s *Server) listInvitationMoves(ctx context.Context, _ account.User, in *ByID) (*invitationMovesOutput, error) {
	moves, err := s.Invitations.Moves(ctx, in.ID)
	out := new(invitationMovesOutput)
	out.Body.Items = moves
	return out, err
}

type sendInvitationInput struct {
	ByID
	Body scheduling.Sending
}

func (s *Server) sendInvitation(ctx context.Context, u account.User, in *sendInvitationInput) (*one[scheduling.Invitation], error) {
	return invitationOf(s.Invitations.SendOne(ctx, u, in.ID, in.Body))
}

func (s *Server) withdrawInvitation(ctx context.Context, u account.User, in *reasonInput) (*one[scheduling.Invitation], error) {
	return invitationOf(s.Invitations.Withdraw(ctx, u, in.ID, in.Body.Reason))
}

type answerInput struct {
	ByID
	Body scheduling.Answer
}

func (s *Server) overrideExclusion(ctx context.Context, u account.User, in *reasonInput) (*one[scheduling.Invitation], error) {
	return invitationOf(s.Invitations.Override(ctx, u, in.ID, in.Body.Reason))
}

func (s *Server) answerInvitation(ctx context.Context, u account.User, in *answerInput) (*one[scheduling.Invitation], error) {
	return invitationOf(s.Invitations.Answer(ctx, u, in.ID, in.Body))
}

type moveInvitationInput struct {
	ByID
	Body struct {
		FocusGroupID uuid.UUID `json:"focus_group_id" doc:"Another group of the same study"`
		Reason       string    `json:"reason" maxLength:"1000"`
	}
}

func (s *Server) moveInvitation(ctx context.Context, u account.User, in *moveInvitationInput) (*one[scheduling.Invitation], error) {
	return invitationOf(s.Invitations.Move(ctx, u, in.ID, in.Body.FocusGroupID, in.Body.Reason))
}

type callsMadeOutput struct {
	Body struct {
		Items []scheduling.CallMade `json:"items" nullable:"false"`
	}
}

func (s *Server) listCallsMade(ctx context.Context, _ account.User, in *ByID) (*callsMadeOutput, error) {
	calls, err := s.Invitations.Calls(ctx, in.ID)
	out := new(callsMadeOutput)
	out.Body.Items = calls
	return out, err
}

type addCallInput struct {
	ByID
	Body sent[scheduling.NewCall]
}

type callMadeOutput struct {
	Status int
	Body   scheduling.CallMade
}

func (s *Server) addCall(ctx context.Context, u account.User, in *addCallInput) (*callMadeOutput, error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	call, again, err := s.Invitations.AddCall(ctx, u, in.ID, hash, in.Body.Value)
	if err != nil {
		return nil, err
	}
	if again {
		return &callMadeOutput{200, call}, nil
	}
	return &callMadeOutput{201, call}, nil
}
