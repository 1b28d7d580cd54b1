package handlers

import (
	"context"

	"github.com/google/uuid"

	"fieldcare/internal/account"
	"fieldcare/scheduling"
)

// ParticipantSearch is the input of every list of participants.
type ParticipantSearch struct {
	Search    string    `query:"search" maxLength:"100" doc:"In name, e-mail, phone and tags, without case and accents; a phone number however it is written"`
	Tag       string    `query:"tag" maxLength:"40" doc:"Those with this tag"`
	Attribute uuid.UUID `query:"attribute" doc:"Those who have a value of this attribute"`
	Value     string    `query:"value" maxLength:"200" doc:"Those whose value of the attribute is this, without case and accents"`
	Contact   string    `query:"contact" enum:"allowed,refused" doc:"Those who may be written to, or those who may not"`
}

func (in ParticipantSearch) filter(p Paging) scheduling.ParticipantFilter {
	f := scheduling.ParticipantFilter{Search: in.Search, Tag: in.Tag, Attribute: in.Attribute, Value: in.Value, Limit: p.Limit, Cursor: p.Cursor}
	if in.Contact != "" {
		refused := in.Contact == "refused"
		f.DoNotContact = &refused
	}
	return f
}

type listParticipantsInput struct {
	Paging
	ParticipantSearch
}

func (s *Server) listParticipants(ctx context.Context, u account.User, in *listParticipantsInput) (*page[scheduling.ParticipantSummary], error) {
	found, err := s.Participants.List(ctx, u, in.filter(in.Paging))
	return &page[scheduling.ParticipantSummary]{found}, err
}

func (s *Server) readParticipant(ctx context.Context, u account.User, in *ByID) (*one[scheduling.Participant], error) {
	return participantOutput(s.Participants.Get(ctx, u, in.ID))
}

var participantOutput = oneOf(func(p scheduling.Participant) int64 { return p.Edition })

type addParticipantInput struct {
	Body sent[scheduling.NewParticipant]
}

func (s *Server) addParticipant(ctx context.Context, u account.User, in *addParticipantInput) (*made[scheduling.Participant], error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	p, again, err := s.Participants.Add(ctx, u, hash, in.Body.Value)
	if err != nil {
		return nil, err
	}
	return makes(p, p.Edition, again), nil
}

type changeParticipantInput struct {
	ByID
	IfMatch
	Body scheduling.ParticipantChange
}

func (s *Server) changeParticipant(ctx context.Context, u account.User, in *changeParticipantInput) (*one[scheduling.Participant], error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	return participantOutput(s.Participants.Change(ctx, u, in.ID, edition, in.Body))
}

func (s *Server) readNeeds(ctx context.Context, u account.User, in *ByID) (*one[scheduling.Needs], error) {
	needs, err := s.Participants.Needs(ctx, u, in.ID)
	return &one[scheduling.Needs]{Body: needs}, err
}

type putNeedsInput struct {
	ByID
	Body scheduling.Needs
}

func (s *Server) putNeeds(ctx context.Context, u account.User, in *putNeedsInput) (*one[scheduling.Needs], error) {
	needs, err := s.Participants.PutNeeds(ctx, u, in.ID, in.Body)
	return &one[scheduling.Needs]{Body: needs}, err
}

func (s *Server) removeNeeds(ctx context.Context, u account.User, in *ByID) (*noContent, error) {
	return &noContent{}, s.Participants.RemoveNeeds(ctx, u, in.ID)
}

type recordConsentInput struct {
	ByID
	Body sent[scheduling.NewConsent]
}

// recorded answers 201, or 200 to a request that was sent again, with what never changes but once.
type recorded struct {
	Status int
	Body   scheduling.Consent
}

func (s *Server) recordConsent(ctx context.Context, u account.User, in *recordConsentInput) (*recorded, error) {
	hash, err := in.Body.hash()
	if err != nil {
		return nil, err
	}
	c, again, err := s.Participants.RecordConsent(ctx, u, in.ID, hash, in.Body.Value)
	if err != nil {
		return nil, err
	}
	out := &recorded{Status: 201, Body: c}
	if again {
		out.Status = 200
	}
	return out, nil
}

type withdrawConsentInput struct {
	ByID
	Consent uuid.UUID `path:"consent_id" doc:"The id of the consent"`
}

func (s *Server) withdrawConsent(ctx context.Context, u account.User, in *withdrawConsentInput) (*one[scheduling.Consent], error) {
	c, err := s.Participants.WithdrawConsent(ctx, u, in.ID, in.Consent)
	return &one[scheduling.Consent]{Body: c}, err
}
