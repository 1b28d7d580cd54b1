package scheduling

import (
	"context"

	"github.com/google/uuid"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
)

// Budget is what a study may cost, and what its focus groups cost and will have cost.
type Budget struct {
	StudyID  uuid.UUID `json:"study_id"`
	Currency string    `json:"currency" doc:"The study's, in which all amounts are" example:"EUR"`
	Budget   int64     `json:"budget" doc:"In minor units of the study's currency"`
	Left     int64     `json:"left" doc:"What is left of the budget after what is expected; 0 where nothing is"`
	Overrun  int64     `json:"overrun" doc:"By how much what is expected goes over the budget; 0 where it does not"`
	CostSums
	Kinds  []KindCosts  `json:"kinds" nullable:"false" doc:"By kind of cost"`
	Groups []GroupCosts `json:"groups" nullable:"false" doc:"By focus group, in the order of their sessions; a cancelled one with what it cost all the same"`
}

// KindCosts are the sums of one kind of cost.
type KindCosts struct {
	Kind string `json:"kind" enum:"venue,catering,travel,incentive,moderator,recruiter,recording,other" doc:"What it is for"`
	CostSums
}

// GroupCosts are the sums of one focus group.
type GroupCosts struct {
	FocusGroupID uuid.UUID `json:"focus_group_id"`
	Seats        int       `json:"seats" doc:"How many are wanted"`
	Attended     int       `json:"attended" doc:"How many took part"`
	Usable       int       `json:"usable" doc:"How many seats are usable"`
	CostSums
	SeatCosts
}

// reckon sets what is left of the budget, or by how much it is overrun.
func (b *Budget) reckon() {
	b.Left, b.Overrun = max(0, b.Budget-b.Expected), max(0, b.Expected-b.Budget)
}

// Budget gives the budget of a study with the costs of its focus groups.
func (s *Costs) Budget(ctx context.Context, viewer account.User, study uuid.UUID) (Budget, error) {
	b := Budget{StudyID: study, Kinds: []KindCosts{}, Groups: []GroupCosts{}}
	from := s.DB.Read()
	if err := selectBudget.Row(ctx, from, study).Scan(&b.Budget, &b.Currency); err != nil {
		return b, database.OrNotFound(err)
	}
	groups, err := s.groupsOf(ctx, study)
	if err != nil {
		return b, err
	}
	kinds := map[string]CostSums{}
	for _, id := range groups {
		d, err := readDoor(ctx, from, viewer, id)
		if err != nil {
			return b, err
		}
		sheet, err := d.sheet(ctx, from)
		if err != nil {
			return b, err
		}
		attended, usable, err := d.seatsTaken(ctx, from)
		if err != nil {
			return b, err
		}
		for kind, sums := range sumsByKind(sheet.Items, d.state) {
			sums.add(kinds[kind])
			kinds[kind] = sums
		}
		b.Groups = append(b.Groups, GroupCosts{d.id, d.seats, attended, usable, sheet.CostSums, sheet.SeatCosts})
		b.add(sheet.CostSums)
	}
	for _, kind := range costKinds {
		if sums, is := kinds[kind]; is {
			b.Kinds = append(b.Kinds, KindCosts{kind, sums})
		}
	}
	b.reckon()
	return b, nil
}

func (s *Costs) groupsOf(ctx context.Context, study uuid.UUID) (groups []uuid.UUID, err error) {
	rows, err := selectGroupsOfStudy.Rows(ctx, s.DB.Read(), study)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id uuid.UUID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		groups = append(groups, id)
	}
	return groups, rows.Err()
}

var (
	selectBudget        = database.Prepared("SELECT budget, currency FROM studies WHERE id = ?")
	selectGroupsOfStudy = database.Prepared("SELECT id FROM focus_groups WHERE study_id = ? ORDER BY starts_at, id")
)
