package scheduling

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
	"fieldcare/internal/walltime"
)

// Invitation is one participant asked to one focus group, by their own link.
type Invitation struct {
	ID            uuid.UUID         `json:"id"`
	FocusGroupID  uuid.UUID         `json:"focus_group_id"`
	ParticipantID uuid.UUID         `json:"participant_id" doc:"Whose"`
	Name          string            `json:"name" doc:"The participant's"`
	State         InvitationState   `json:"state" enum:"draft,sent,accepted,declined,waitlisted,screened_out,offered,expired,cancelled,withdrawn"`
	Override      string            `json:"override,omitempty" doc:"Why the study's rules of exclusion were set aside for them"`
	Excluded      string            `json:"excluded,omitempty" doc:"Of who has no seat and may still get one: what leaves them out as things stand. Rules can be set aside; that somebody does not want to be contacted cannot" example:"took part in a group on 27 May 2026, less than 6 months before this one"`
	Screening     map[string]string `json:"screening,omitempty" doc:"What they answered: options by question"`
	SentAt        *time.Time        `json:"sent_at,omitempty" doc:"When it was last sent"`
	AnswerBy      *time.Time        `json:"answer_by,omitempty" doc:"Until when they can answer the invitation, or the offer of a seat"`
	WaitlistedAt  *time.Time        `json:"waitlisted_at,omitempty" doc:"Since when they wait: their place on the waiting list"`
	AcceptedAt    *time.Time        `json:"accepted_at,omitempty" doc:"When they accepted"`
	ConfirmedAt   *time.Time        `json:"confirmed_at,omitempty" doc:"When they said again that they will come"`
	Calls         int               `json:"calls" doc:"How often they were called"`
	Edition       int64             `json:"edition" doc:"Counts changes"`
}

// invitationRow is an invitation as its table has it.
type invitationRow struct {
	bun.BaseModel `bun:"table:invitations,alias:invitation"`

	ID            uuid.UUID `bun:",pk"`
	FocusGroupID  uuid.UUID
	ParticipantID uuid.UUID
	State         InvitationState
	Generation    int64
	Override      string
	Screening     string
	SentAt        database.Time
	AnswerBy      database.Time
	WaitlistedAt  database.Time
	AcceptedAt    database.Time
	ConfirmedAt   database.Time
	CalendarUID   string
	CalendarSent  bool
	Sequence      int64
	WalkIn        bool
	CreatedAt     database.Time
	Edition       int64

	Name         string `bun:",scanonly"`
	Folded       string `bun:",scanonly"`
	Email        string `bun:",scanonly"`
	Language     string `bun:",scanonly"`
	Zone         string `bun:",scanonly"`
	Household    string `bun:",scanonly"`
	Employer     string `bun:",scanonly"`
	Attributes   string `bun:",scanonly"`
	DoNotContact bool   `bun:",scanonly"`
	Erased       bool   `bun:",scanonly"`
	Calls        int    `bun:",scanonly"`
}

// invitationsFrom begins a query over invitations with what is needed of each participant.
func invitationsFrom(from bun.IDB, rows any) *bun.SelectQuery {
	return from.NewSelect().Model(rows).ColumnExpr("invitation.*").
		ColumnExpr("p.name, p.email, p.language, p.zone, p.household, p.employer, p.attributes, p.do_not_contact, p.erased_at IS NOT NULL AS erased").
		ColumnExpr("(SELECT COUNT(*) FROM calls WHERE calls.invitation_id = invitation.id) AS calls").
		Join("JOIN participants AS p ON p.id = invitation.participant_id")
}

func (r *invitationRow) invitation() Invitation {
	i := Invitation{ID: r.ID, FocusGroupID: r.FocusGroupID, ParticipantID: r.ParticipantID, Name: r.Name, State: r.State, Override: r.Override,
		SentAt: instant(r.SentAt), AnswerBy: instant(r.AnswerBy), WaitlistedAt: instant(r.WaitlistedAt), AcceptedAt: instant(r.AcceptedAt),
		ConfirmedAt: instant(r.ConfirmedAt), Calls: r.Calls, Edition: r.Edition}
	_ = json.Unmarshal([]byte(r.Screening), &i.Screening) // written by us
	return i
}

// stateAt is the state as the clock has it: the sweep that writes "expired" down may not have come by yet.
func (r *invitationRow) stateAt(now, starts time.Time) InvitationState {
	switch {
	case (r.State == Sent || r.State == Offered) && !r.AnswerBy.IsZero() && !now.Before(r.AnswerBy.Time),
		(r.State == Sent || r.State == Offered || r.State == Waitlisted) && !now.Before(starts):
		return Expired
	}
	return r.State
}

// unreachable says why somebody cannot be written to; it is empty where they can.
func (r *invitationRow) unreachable() string {
	switch {
	case r.Erased:
		return "is no longer on the panel"
	case r.DoNotContact:
		return doesNotWant
	case r.Email == "":
		return "has no e-mail: call them"
	}
	return ""
}

// attributes are the participant's, by the attribute's id.
func (r *invitationRow) attributes() map[string]string { return readAttributes(r.Attributes) }

func readAttributes(text string) (values map[string]string) {
	_ = json.Unmarshal([]byte(text), &values) // written by us
	return values
}

func (r *invitationRow) candidate() candidate {
	return candidate{doNotContact: r.DoNotContact || r.Erased, household: r.Household, employer: r.Employer}
}

// place is where the participant is; UTC where that is not known.
func (r *invitationRow) place() *time.Location {
	if place, err := walltime.Zone(r.Zone); err == nil {
		return place
	}
	return time.UTC
}

// session is what answers need to know of a focus group and its study.
type session struct {
	ID            uuid.UUID
	StudyID       uuid.UUID
	Topic         string
	State         string
	Zone          string
	Starts, Ends  string
	StartsAt      database.Time
	EndsAt        database.Time
	Seats         int
	Minimum       int
	Reserve       int
	NoticeMinutes int
	Taken         int

	Screening  string
	Quotas     string
	Exclusions string
	Rates      string
}

func (s *session) full() bool { return s.Taken >= s.Seats+s.Reserve }

// startsFrom is when the session starts, from which the rules look back; a draft without a time starts now.
func (s *session) startsFrom(now time.Time) time.Time {
	if s.StartsAt.IsZero() {
		return now
	}
	return s.StartsAt.Time
}

// over says why a session takes no answers any more; it is empty where it does.
func (s *session) over(now time.Time) string {
	switch {
	case s.State == "cancelled":
		return "the session is cancelled"
	case s.State == "closed":
		return "the session is closed"
	case s.State != "scheduled":
		return "the session is not scheduled"
	case !now.Before(s.StartsAt.Time):
		return "the session has begun"
	}
	return ""
}

// past is over, but of a draft, which takes no answers yet.
func (s *session) past(now time.Time) string {
	if s.State == "draft" {
		return ""
	}
	return s.over(now)
}

// asksToConfirm is true when those who accepted are asked whether they still come.
func (s *session) asksToConfirm(now time.Time) bool { return s.StartsAt.Sub(now) <= askedToConfirm }

func (s *session) screening() (questions []ScreeningQuestion) {
	_ = json.Unmarshal([]byte(s.Screening), &questions)
	return questions
}

func (s *session) quotas() (quotas []Quota) {
	_ = json.Unmarshal([]byte(s.Quotas), &quotas)
	return quotas
}

func (s *session) exclusions() (rules []Exclusion) {
	_ = json.Unmarshal([]byte(s.Exclusions), &rules)
	return rules
}

// exclusionsFor gives the rules that may leave somebody out: none once a coordinator has set them aside for this invitation.
func (s *session) exclusionsFor(r *invitationRow) []Exclusion {
	if r.Override != "" {
		return nil
	}
	return s.exclusions()
}

func (s *session) rates() Rates {
	rates := UsualRates
	_ = json.Unmarshal([]byte(s.Rates), &rates)
	if len(rates.faults()) > 0 {
		return UsualRates
	}
	return rates
}
