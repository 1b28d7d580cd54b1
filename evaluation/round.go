package evaluation

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Round is many visits that differ only in where, when and by whom: one for each branch, window and shopper named;
// without shoppers, one for each branch and window.
type Round struct {
	BranchIDs        []uuid.UUID   `json:"branch_ids" minItems:"1" maxItems:"2000"`
	Windows          []RoundWindow `json:"windows" minItems:"1" maxItems:"200"`
	ShopperIDs       []uuid.UUID   `json:"shopper_ids,omitempty" maxItems:"200"`
	ChecklistID      uuid.UUID     `json:"checklist_id"`
	ChecklistVersion int           `json:"checklist_version,omitempty" minimum:"0" doc:"The newest published one when absent"`
	Scenario         Scenario      `json:"scenario,omitempty"`
	Fee              *Money        `json:"fee,omitempty"`
	ExpenseLimit     *Money        `json:"expense_limit,omitempty"`
}

// RoundWindow is a window in wall times of each branch.
type RoundWindow struct {
	Opens  string `json:"opens" example:"2026-11-23T09:00"`
	Closes string `json:"closes" example:"2026-11-25T20:00"`
}

// Plans gives the visits of the round. It stops a little above what can be planned at once.
func (r Round) Plans() (plans []VisitPlan) {
	shoppers := []*uuid.UUID{nil}
	if len(r.ShopperIDs) > 0 {
		shoppers = nil
		for i := range r.ShopperIDs {
			shoppers = append(shoppers, &r.ShopperIDs[i])
		}
	}
	for _, branch := range r.BranchIDs {
		for _, w := range r.Windows {
			for _, shopper := range shoppers {
				if len(plans) > maxPlanned {
					return plans
				}
				plans = append(plans, VisitPlan{BranchID: branch, ChecklistID: r.ChecklistID, ChecklistVersion: r.ChecklistVersion,
					ShopperID: shopper, Opens: w.Opens, Closes: w.Closes, Scenario: r.Scenario, Fee: r.Fee, ExpenseLimit: r.ExpenseLimit})
			}
		}
	}
	return plans
}

// Import plans the visits of a CSV file, all or none: the columns branch (a code), checklist (an id), opens, closes and,
// if wanted, version, shopper (an e-mail), persona, instructions, questions, fee, expense_limit (minor units), currency.
func (s *Visits) Import(ctx context.Context, by account.User, id uuid.UUID, file []byte, confirmed bool) ([]Visit, bool, error) {
	t, err := fault.ReadTable(file, maxImported, []string{"branch", "checklist", "opens", "closes"},
		[]string{"version", "shopper", "persona", "instructions", "questions", "fee", "expense_limit", "currency"})
	if err != nil {
		return nil, false, err
	}
	settings, err := readSettings(ctx, s.DB.Read())
	if err != nil {
		return nil, false, err
	}
	branches, err := s.ids(ctx, "SELECT code, id FROM branches")
	if err != nil {
		return nil, false, err
	}
	users, err := s.ids(ctx, "SELECT email, id FROM users WHERE (roles & ?) <> 0", int64(account.Shopper))
	if err != nil {
		return nil, false, err
	}
	var plans []VisitPlan
	faults := t.Faults
	for _, row := range t.Rows {
		plan, wrong := planIn(row.Cells, settings.Currency, branches, users)
		faults = append(faults, fault.InLine(row.Line, wrong)...)
		plans = append(plans, plan)
	}
	if err := fault.Of(fault.ByLine(faults)); err != nil {
		return nil, false, err
	}
	hash := database.HashOf(file)
	visits, again, err := s.PlanMany(ctx, by, id, hash, plans, confirmed, func(i int) string { return linePlace(t.Rows[i].Line) })
	return visits, again, inLines(err)
}

// ids reads two columns, a name and the id that it stands for.
func (s *Visits) ids(ctx context.Context, query string, args ...any) (map[string]uuid.UUID, error) {
	var names []string
	var ids []uuid.UUID
	if err := s.DB.Read().NewRaw(query, args...).Scan(ctx, &names, &ids); err != nil {
		return nil, err
	}
	known := make(map[string]uuid.UUID, len(names))
	for i, name := range names {
		known[name] = ids[i]
	}
	return known, nil
}

func planIn(cells map[string]string, currency string, branches, shoppers map[string]uuid.UUID) (plan VisitPlan, wrong []fault.Fault) {
	refuse := func(column, format string, args ...any) {
		wrong = append(wrong, fault.Fault{Pointer: column, Detail: fmt.Sprintf(format, args...)})
	}
	var known bool
	if plan.BranchID, known = branches[cells["branch"]]; !known {
		refuse("branch", "there is no branch with the code %q", cells["branch"])
	}
	var err error
	if plan.ChecklistID, err = uuid.Parse(cells["checklist"]); err != nil {
		refuse("checklist", "must be the id of a checklist")
	}
	if email := strings.ToLower(cells["shopper"]); email != "" {
		id, known := shoppers[email]
		if !known {
			refuse("shopper", "there is no shopper with the e-mail %q", email)
		}
		plan.ShopperID = &id
	}
	whole := func(column string) int64 {
		if cells[column] == "" {
			return 0
		}
		n, err := strconv.ParseInt(cells[column], 10, 64)
		if err != nil || n < 0 {
			refuse(column, "must be a whole number")
		}
		return n
	}
	if cells["currency"] != "" {
		currency = cells["currency"]
	}
	plan.ChecklistVersion = int(min(whole("version"), 1<<30))
	plan.Fee, plan.ExpenseLimit = &Money{whole("fee"), currency}, &Money{whole("expense_limit"), currency}
	plan.Opens, plan.Closes = cells["opens"], cells["closes"]
	plan.Scenario = Scenario{cells["persona"], cells["instructions"], cells["questions"]}
	return plan, wrong
}

// linePlace and inLines carry a line's number through faults whose place is a pointer.
func linePlace(line int) string { return fmt.Sprintf("line %d:", line) }

func inLines(err error) error {
	var faults []fault.Fault
	var invalid *fault.Invalid
	var conflict *fault.Conflict
	switch {
	case errors.As(err, &invalid):
		faults = invalid.Faults
	case errors.As(err, &conflict):
		faults = conflict.Faults
	}
	for i, f := range faults {
		place, column, found := strings.Cut(f.Pointer, ":")
		if line, err := strconv.Atoi(strings.TrimPrefix(place, "line ")); found && err == nil {
			faults[i].Line, faults[i].Pointer = line, strings.TrimPrefix(column, "/")
		}
	}
	return err
}
