package scheduling

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
)

// WaitingList says who waits for a seat in a group, and what became of each seat that fell free.
type WaitingList struct {
	Seats     int             `json:"seats" doc:"How many are wanted"`
	Reserve   int             `json:"reserve" doc:"How many acceptances more are taken"`
	Taken     int             `json:"taken" doc:"Acceptances and open offers: never more than seats and reserve"`
	Quotas    []QuotaStanding `json:"quotas" nullable:"false" doc:"How far each quota is filled"`
	Waiting   []Waiting       `json:"waiting" nullable:"false" doc:"In the order in which they said yes"`
	Decisions []SeatDecision  `json:"decisions" nullable:"false" doc:"Who was offered a seat or passed over, and why, newest first; the last 200"`
}

// Waiting is somebody on the waiting list, or who was taken from it and has not answered yet.
type Waiting struct {
	Place        int             `json:"place" doc:"Counted from 1; 0 of who is offered a seat"`
	InvitationID uuid.UUID       `json:"invitation_id"`
	Name         string          `json:"name"`
	State        InvitationState `json:"state" enum:"waitlisted,offered"`
	Since        time.Time       `json:"since" doc:"Since when they wait"`
	AnswerBy     *time.Time      `json:"answer_by,omitempty" doc:"Of an offer"`
	NotNow       string          `json:"not_now,omitempty" doc:"Why they would be passed over if a seat fell free now" example:"the quota “tram” is full: 4 of 4"`
}

// SeatDecision is why somebody was offered a seat or passed over.
type SeatDecision struct {
	InvitationID uuid.UUID `json:"invitation_id"`
	Name         string    `json:"name"`
	At           time.Time `json:"at"`
	Offered      bool      `json:"offered" doc:"Whether they were offered it"`
	Reason       string    `json:"reason"`
}

// waitingIn gives those who wait, in order.
func waitingIn(ctx context.Context, from bun.IDB, group uuid.UUID) (rows []invitationRow, err error) {
	err = invitationsFrom(from, &rows).Where("invitation.focus_group_id = ?", group).Where("invitation.state = 'waitlisted'").
		OrderExpr("invitation.waitlisted_at, invitation.id").Scan(ctx)
	return rows, err
}

// WaitingList reads a group's waiting list.
func (s *Invitations) WaitingList(ctx context.Context, group uuid.UUID) (WaitingList, error) {
	db := s.DB.Read()
	g, err := readSession(ctx, db, group)
	if err != nil {
		return WaitingList{}, err
	}
	seated, err := seatedIn(ctx, db, group)
	if err != nil {
		return WaitingList{}, err
	}
	waiting, err := waitingIn(ctx, db, group)
	if err != nil {
		return WaitingList{}, err
	}
	list := WaitingList{Seats: g.Seats, Reserve: g.Reserve, Taken: g.Taken, Waiting: []Waiting{}, Decisions: []SeatDecision{}}
	attributes := make([]map[string]string, len(seated))
	for i := range seated {
		r := &seated[i]
		attributes[i] = r.attributes()
		if r.State == Offered {
			list.Waiting = append(list.Waiting, Waiting{InvitationID: r.ID, Name: r.Name, State: r.State, Since: r.WaitlistedAt.Time, AnswerBy: instant(r.AnswerBy)})
		}
	}
	list.Quotas = filled(g.quotas(), attributes)
	ids := make([]uuid.UUID, len(waiting))
	for i := range waiting {
		ids[i] = waiting[i].ParticipantID
	}
	people, err := candidatesOf(ctx, db, ids, group)
	if err != nil {
		return WaitingList{}, err
	}
	at := &seating{now: s.Clock(), group: g}
	for i := range waiting {
		r := &waiting[i]
		who := people[r.ParticipantID].candidate
		who.doNotContact = r.DoNotContact || r.Erased
		_, _, why := at.offerable(r, who, seated)
		list.Waiting = append(list.Waiting, Waiting{Place: i + 1, InvitationID: r.ID, Name: r.Name, State: r.State, Since: r.WaitlistedAt.Time, NotNow: why})
	}
	var decisions []struct {
		InvitationID uuid.UUID
		Name         string
		At           database.Time
		Offered      bool
		Reason       string
	}
	err = db.NewSelect().TableExpr("seat_decisions AS d").Join("JOIN invitations AS i ON i.id = d.invitation_id").Join("JOIN participants AS p ON p.id = i.participant_id").
		ColumnExpr("d.invitation_id, p.name, d.at, d.offered, d.reason").Where("i.focus_group_id = ?", group).OrderExpr("d.id DESC").Limit(200).Scan(ctx, &decisions)
	for _, d := range decisions {
		list.Decisions = append(list.Decisions, SeatDecision{InvitationID: d.InvitationID, Name: d.Name, At: d.At.Time, Offered: d.Offered, Reason: d.Reason})
	}
	return list, err
}
