package evaluation

import (
	"slices"

	"fieldcare/internal/fault"
)

// State is where a visit stands.
type State string

// The states of a visit.
const (
	Planned   State = "planned"
	Offered   State = "offered"
	Accepted  State = "accepted"
	Declined  State = "declined"
	Cancelled State = "cancelled"
	Expired   State = "expired"
	Submitted State = "submitted"
	Returned  State = "returned"
	Approved  State = "approved"
	Rejected  State = "rejected"
)

// States are all of them, in the order of a visit's life.
var States = []State{Planned, Offered, Accepted, Declined, Cancelled, Expired, Submitted, Returned, Approved, Rejected}

// Action is what moves a visit.
type Action string

// The actions.
const (
	Offer   Action = "offer"
	Accept  Action = "accept"
	Decline Action = "decline"
	Release Action = "release" // the shopper gives it back, or the coordinator takes it back
	Cancel  Action = "cancel"
	Expire  Action = "expire"
	Submit  Action = "submit"
	Approve Action = "approve"
	Return  Action = "return"
	Reject  Action = "reject"
	Reopen  Action = "reopen"
)

// Party is who makes a move.
type Party string

// The parties.
const (
	byShopper     Party = "shopper"
	byCoordinator Party = "coordinator"
	byClock       Party = "clock"
)

// transition is one line of the table of states: by is who may, from where, to where.
type transition struct {
	action Action
	by     []Party
	from   []State
	to     State
}

// transitions is the whole life of a visit. Rejected is final.
var transitions = []transition{
	{Offer, []Party{byCoordinator}, []State{Planned, Declined, Expired}, Offered},
	{Accept, []Party{byShopper}, []State{Offered}, Accepted},
	{Decline, []Party{byShopper}, []State{Offered}, Declined},
	{Release, []Party{byShopper, byCoordinator}, []State{Accepted}, Planned},
	{Cancel, []Party{byCoordinator}, []State{Planned, Offered, Accepted, Declined}, Cancelled},
	{Expire, []Party{byClock}, []State{Planned, Offered, Accepted}, Expired},
	{Submit, []Party{byShopper}, []State{Accepted, Returned, Expired, Cancelled}, Submitted},
	{Approve, []Party{byCoordinator}, []State{Submitted}, Approved},
	{Return, []Party{byCoordinator}, []State{Submitted}, Returned},
	{Reject, []Party{byCoordinator}, []State{Submitted}, Rejected},
	{Reopen, []Party{byCoordinator}, []State{Approved}, Submitted},
}

// leadsTo is the state after the action.
func (a Action) leadsTo() State {
	for _, t := range transitions {
		if t.action == a {
			return t.to
		}
	}
	return ""
}

// After gives the state that the party's action leads to, or a conflict that says what is possible instead.
func (s State) After(action Action, by Party) (State, error) {
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
	return s, fault.IllegalMove("a visit that is "+string(s), string(action), string(by), possible)
}
