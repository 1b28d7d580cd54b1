package scheduling

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// mostOfReason is how many characters the reason for a move may have.
const mostOfReason = 1000

// Invitations keeps the invitations, the seats that they take and the waiting lists.
type Invitations struct {
	DB    *database.DB
	Links Links
	Clock func() time.Time
}

// maxInvited bounds how many are asked by one request, for it is one transaction.
const maxInvited = 10_000

// Invitees are the participants to be asked to a group.
type Invitees struct {
	Participants []uuid.UUID `json:"participants" minItems:"1" maxItems:"10000" nullable:"false" doc:"Their ids"`
	Override     string      `json:"override,omitempty" maxLength:"1000" doc:"Why the study's rules of exclusion are set aside for them; it is logged. That somebody does not want to be contacted is never set aside"`
}

// Drafts says what became of a request to ask participants to a group.
type Drafts struct {
	Drafted int       `json:"drafted" doc:"How many invitations were made"`
	Before  int       `json:"before" doc:"How many of them had one already"`
	Refused []Refused `json:"refused" nullable:"false" doc:"Who was left out, and why"`
}

// Refused is somebody who was left out.
type Refused struct {
	ParticipantID uuid.UUID `json:"participant_id" doc:"Whose"`
	InvitationID  uuid.UUID `json:"invitation_id,omitzero"`
	Name          string    `json:"name,omitempty"`
	Reason        string    `json:"reason" example:"took part in a group on 27 May 2026, less than 6 months before this one"`
}

// Invite drafts invitations to a group for the participants whom the study's rules do not leave out. Asked again, it adds
// only those that are missing: an invitation's id follows from the group and the participant.
func (s *Invitations) Invite(ctx context.Context, by account.User, group uuid.UUID, invitees Invitees) (drafts Drafts, err error) {
	now := s.Clock()
	override := strings.TrimSpace(invitees.Override)
	if err := fault.Characters("/override", override, 0, mostOfReason); err != nil {
		return drafts, err
	}
	ids := slices.Clone(invitees.Participants)
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	if ids = slices.Compact(ids); len(ids) == 0 || len(ids) > maxInvited {
		return drafts, fault.At("/participants", "must be 1 to %d", maxInvited)
	}
	g, err := readSession(ctx, s.DB.Read(), group)
	if err != nil {
		return drafts, err
	}
	if why := g.past(now); why != "" {
		return drafts, fault.Conflicting("group-over", "nobody can be invited: %s", why)
	}
	seated, err := seatedIn(ctx, s.DB.Read(), group)
	if err != nil {
		return drafts, err
	}
	rules := g.exclusions()
	if override != "" {
		rules = nil
	}
	rows := make([]invitationRow, 0, len(ids))
	refused := []Refused{}
	for part := range slices.Chunk(ids, 500) {
		people, err := candidatesOf(ctx, s.DB.Read(), part, group)
		if err != nil {
			return drafts, err
		}
		for _, id := range part {
			who, known := people[id]
			why := "is not on the panel"
			if known {
				why = excluded(rules, who.candidate, g.Topic, g.startsFrom(now), candidatesWithout(seated, id))
			}
			if why != "" {
				refused = append(refused, Refused{ParticipantID: id, Name: who.name, Reason: why})
				continue
			}
			made := uuid.NewSHA1(group, id[:])
			rows = append(rows, invitationRow{ID: made, FocusGroupID: group, ParticipantID: id, State: Drafted, Override: override, Screening: "{}",
				CalendarUID: uuid.NewSHA1(made, []byte("calendar")).String(), CreatedAt: database.At(now), Edition: 1})
		}
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		drafts = Drafts{Refused: refused}
		for part := range slices.Chunk(rows, 1000) {
			var made []uuid.UUID
			if _, err := tx.NewInsert().Model(&part).On("CONFLICT DO NOTHING").Returning("id").Exec(ctx, &made); err != nil {
				return err
			}
			drafts.Drafted += len(made)
			drafts.Before += len(part) - len(made)
			if override == "" {
				continue
			}
			for _, id := range made {
				aside := InvitationMove{At: now, Party: ByCoordinator, ActorID: &by.ID, From: Drafted, To: Drafted, Reason: setAside + override}
				if err := aside.keep(ctx, tx, id); err != nil {
					return err
				}
			}
		}
		if drafts.Drafted == 0 {
			return nil
		}
		var fields []string
		if override != "" {
			fields = []string{"override"}
		}
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "invite", Kind: "focus-group", Subject: group.String(), Fields: fields, Subjects: drafts.Drafted})
	})
	return drafts, err
}

// person is a participant as the rules see them.
type person struct {
	candidate
	name string
}

// candidatesOf reads what the rules need to know of participants who are on the panel. Of a session's records at the door
// the one that was seen last holds.
func candidatesOf(ctx context.Context, from bun.IDB, ids []uuid.UUID, group uuid.UUID) (map[uuid.UUID]person, error) {
	var rows []struct {
		ID                  uuid.UUID
		Name                string
		Household, Employer string
		DoNotContact        bool
	}
	err := from.NewSelect().Table("participants").Column("id", "name", "household", "employer", "do_not_contact").
		Where("id IN (?)", bun.List(ids)).Where("erased_at IS NULL").Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	people := make(map[uuid.UUID]person, len(rows))
	for _, r := range rows {
		people[r.ID] = person{candidate{doNotContact: r.DoNotContact, household: r.Household, employer: r.Employer}, r.Name}
	}
	var past []struct {
		ParticipantID uuid.UUID
		Topic         string
		StartsAt      database.Time
		Outcome       string
	}
	err = from.NewSelect().TableExpr("invitations AS i").Join("JOIN attendance AS a ON a.invitation_id = i.id").Join("JOIN focus_groups AS g ON g.id = i.focus_group_id").
		ColumnExpr("i.participant_id, g.topic, g.starts_at, a.outcome").
		Where("i.participant_id IN (?)", bun.List(ids)).Where("i.focus_group_id <> ?", group).Where("a.outcome IN ('took_part', 'no_show')").
		Where("NOT EXISTS (SELECT 1 FROM attendance later WHERE later.invitation_id = a.invitation_id AND (later.recorded_at, later.id) > (a.recorded_at, a.id))").
		OrderExpr("g.starts_at DESC").Scan(ctx, &past)
	if err != nil {
		return nil, err
	}
	for _, p := range past {
		if who, ok := people[p.ParticipantID]; ok {
			who.past = append(who.past, pastSession{p.Topic, p.StartsAt.Time, p.Outcome == "no_show"})
			people[p.ParticipantID] = who
		}
	}
	return people, nil
}

// readSession reads a group with its study.
func readSession(ctx context.Context, from bun.IDB, id uuid.UUID) (*session, error) {
	var s session
	err := from.NewSelect().TableExpr("focus_groups AS g").Join("JOIN studies AS s ON s.id = g.study_id").
		ColumnExpr("g.id, g.study_id, g.topic, g.state, g.zone, g.starts, g.ends, g.starts_at, g.ends_at, g.seats, g.minimum, g.reserve, g.notice_minutes, g.taken").
		ColumnExpr("s.screening, s.quotas, s.exclusions, s.rates").Where("g.id = ?", id).Scan(ctx, &s)
	return &s, database.OrNotFound(err)
}

// seatedIn gives the invitations that hold a seat in the group.
func seatedIn(ctx context.Context, from bun.IDB, group uuid.UUID) (rows []invitationRow, err error) {
	err = invitationsFrom(from, &rows).Where("invitation.focus_group_id = ?", group).Where("invitation.state IN ('accepted', 'offered')").
		OrderExpr("invitation.id").Scan(ctx)
	return rows, err
}

// candidatesWithout are the others who have a seat.
func candidatesWithout(seated []invitationRow, participant uuid.UUID) (others []candidate) {
	for i := range seated {
		if seated[i].ParticipantID != participant {
			others = append(others, seated[i].candidate())
		}
	}
	return others
}

// InvitationFilter narrows a list of invitations. What is empty does not.
type InvitationFilter struct {
	States []InvitationState
	Limit  int
	Cursor string
}

// List gives a group's invitations, by the participants' names.
func (s *Invitations) List(ctx context.Context, group uuid.UUID, f InvitationFilter) (database.Page[Invitation], error) {
	g, err := readSession(ctx, s.DB.Read(), group)
	if err != nil {
		return database.Page[Invitation]{}, err
	}
	var rows []invitationRow
	q := invitationsFrom(s.DB.Read(), &rows).Where("invitation.focus_group_id = ?", group).OrderExpr("p.folded, invitation.id").Limit(int64(f.Limit) + 1).ColumnExpr("p.folded AS folded")
	if len(f.States) > 0 {
		q = q.Where("invitation.state IN (?)", bun.List(f.States))
	}
	var folded string
	var id uuid.UUID
	if more, err := database.ReadCursor(f.Cursor, &folded, &id); err != nil {
		return database.Page[Invitation]{}, err
	} else if more {
		q = q.Where("(p.folded, invitation.id) > (?, ?)", folded, id)
	}
	if err := q.Scan(ctx); err != nil {
		return database.Page[Invitation]{}, err
	}
	page := database.Paged(rows, f.Limit, func(r invitationRow) []any { return []any{r.Folded, r.ID} })
	leftOut, err := exclusionsOf(ctx, s.DB.Read(), g, page.Items, s.Clock())
	return database.PageOf(page, func(r *invitationRow) Invitation {
		i := r.invitation()
		i.Excluded = leftOut[r.ID]
		return i
	}), err
}

// Get gives one invitation.
func (s *Invitations) Get(ctx context.Context, id uuid.UUID) (Invitation, error) {
	row, err := getInvitation(ctx, s.DB.Read(), id)
	if err != nil {
		return Invitation{}, err
	}
	g, err := readSession(ctx, s.DB.Read(), row.FocusGroupID)
	if err != nil {
		return Invitation{}, err
	}
	leftOut, err := exclusionsOf(ctx, s.DB.Read(), g, []invitationRow{*row}, s.Clock())
	i := row.invitation()
	i.Excluded = leftOut[id]
	return i, err
}

func getInvitation(ctx context.Context, from bun.IDB, id uuid.UUID) (*invitationRow, error) {
	row := new(invitationRow)
	err := invitationsFrom(from, row).Where("invitation.id = ?", id).Scan(ctx)
	return row, database.OrNotFound(err)
}

// Forecast says who is likely to come to the group.
func (s *Invitations) Forecast(ctx context.Context, group uuid.UUID) (Forecast, error) {
	g, err := readSession(ctx, s.DB.Read(), group)
	if err != nil {
		return Forecast{}, err
	}
	var accepted, unanswered int
	if err := countAnswers.Row(ctx, s.DB.Read(), group).Scan(&accepted, &unanswered); err != nil {
		return Forecast{}, err
	}
	return forecast(g.rates(), g.Seats, g.Minimum, g.Seats+g.Reserve, accepted, unanswered), nil
}

var countAnswers = database.Prepared(`SELECT COALESCE(SUM(CASE WHEN state = 'accepted' THEN 1 ELSE 0 END), 0),
	COALESCE(SUM(CASE WHEN state IN ('sent', 'offered') THEN 1 ELSE 0 END), 0) FROM invitations WHERE focus_group_id = ?`)

func letterKey(template string, r *invitationRow) string {
	return fmt.Sprintf("%s:%s:%d", template, r.ID, r.Edition)
}
