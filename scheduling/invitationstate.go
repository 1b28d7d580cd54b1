package scheduling

import (
	"slices"
	"strings"

	"fieldcare/internal/fault"
)

// InvitationState is where an invitation stands.
type InvitationState string

// The states of an invitation.
const (
	Drafted     InvitationState = "draft"
	Sent        InvitationState = "sent"
	Accepted    InvitationState = "accepted"
	Declined    InvitationState = "declined"
	Waitlisted  InvitationState = "waitlisted" // said yes when no seat was free for them
	ScreenedOut InvitationState = "screened_out"
	Offered     InvitationState = "offered" // a seat fell free and is kept for them until answer_by
	Expired     InvitationState = "expired"
	Cancelled   InvitationState = "cancelled" // by them
	Withdrawn   InvitationState = "withdrawn" // by us
)

// InvitationStates are all of them, in the order of an invitation's life.
var InvitationStates = []InvitationState{Drafted, Sent, Accepted, Declined, Waitlisted, ScreenedOut, Offered, Expired, Cancelled, Withdrawn}

// holdsSeat is true of the states that a seat is counted for.
func (s InvitationState) holdsSeat() bool { return s == Accepted || s == Offered }

// InvitationAction is what moves an invitation.
type InvitationAction string

// The actions. Of somebody who says yes it is found out whether they accept, wait or are screened out.
const (
	Send      InvitationAction = "send"
	Accept    InvitationAction = "accept"
	Wait      InvitationAction = "wait"
	Decline   InvitationAction = "decline"
	ScreenOut InvitationAction = "screen_out"
	Offer     InvitationAction = "offer"
	Cancel    InvitationAction = "cancel"
	Expire    InvitationAction = "expire"
	Withdraw  InvitationAction = "withdraw"
)

// InvitationActions are all of them.
var InvitationActions = []InvitationAction{Send, Accept, Wait, Decline, ScreenOut, Offer, Cancel, Expire, Withdraw}

// Party is who moves an invitation. What a participant says by phone, a coordinator records; what follows by rule, such as
// the offer of a seat that fell free, is the clock's.
type Party string

// The parties.
const (
	ByParticipant Party = "participant"
	ByCoordinator Party = "coordinator"
	ByClock       Party = "clock"
)

// transition is one line of the table of states: by is who may, from where, to where.
type transition struct {
	action InvitationAction
	by     []Party
	from   []InvitationState
	to     InvitationState
}

var answering = []Party{ByParticipant, ByCoordinator}

// transitions is the whole life of an invitation. Who declined may change their mind while answers are open; screened out,
// expired, cancelled and withdrawn are final.
var transitions = []transition{
	{Send, []Party{ByCoordinator}, []InvitationState{Drafted}, Sent},
	{Accept, answering, []InvitationState{Sent, Declined, Offered}, Accepted},
	{Wait, answering, []InvitationState{Sent, Declined}, Waitlisted},
	{Decline, answering, []InvitationState{Sent, Offered}, Declined},
	{ScreenOut, answering, []InvitationState{Sent}, ScreenedOut},
	{Offer, []Party{ByClock}, []InvitationState{Waitlisted}, Offered},
	{Cancel, answering, []InvitationState{Accepted, Waitlisted}, Cancelled},
	{Expire, []Party{ByClock}, []InvitationState{Sent, Waitlisted, Offered}, Expired},
	{Withdraw, []Party{ByCoordinator}, []InvitationState{Drafted, Sent, Waitlisted, Offered, Accepted}, Withdrawn},
}

// After gives the state that the party's action leads to, or a conflict that says what is possible instead.
func (s InvitationState) After(action InvitationAction, by Party) (InvitationState, error) {
	var possible []string
	for _, t := range transitions {
		if !slices.Contains(t.from, s) || !slices.Contains(t.by, by) {
			continue
		}
		if t.action == action {
			return t.to, nil
		}
		possible = append(possible, string(t.action))
	}
	return s, fault.IllegalMove("an invitation that is "+s.inWords(), action.inWords(), string(by), possible)
}

func (s InvitationState) inWords() string {
	switch s {
	case Drafted:
		return "a draft"
	case Waitlisted:
		return "on the waiting list"
	}
	return strings.ReplaceAll(string(s), "_", " ")
}

func (a InvitationAction) inWords() string { return strings.ReplaceAll(string(a), "_", " ") }
