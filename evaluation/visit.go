package evaluation

import (
	"context"
	"fmt"
	"regexp"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Visit is one visit to be made: where, with which checklist, by whom, when, as whom, for how much. It carries the
// state, its evaluation's too.
type Visit struct {
	ID               uuid.UUID     `json:"id"`
	Branch           VisitedBranch `json:"branch"`
	ChecklistID      uuid.UUID     `json:"checklist_id"`
	ChecklistVersion int           `json:"checklist_version"`
	ChecklistTitle   string        `json:"checklist_title"`
	ShopperID        *uuid.UUID    `json:"shopper_id,omitempty"`
	ShopperName      string        `json:"shopper_name,omitempty"`
	State            State         `json:"state" enum:"planned,offered,accepted,declined,cancelled,expired,submitted,returned,approved,rejected"`
	Opens            string        `json:"opens" doc:"Wall time of the branch" example:"2026-11-23T09:00"`
	Closes           string        `json:"closes" doc:"Wall time of the branch" example:"2026-11-25T20:00"`
	Zone             string        `json:"zone" doc:"IANA time zone of the wall times" example:"Europe/Warsaw"`
	OpensAt          time.Time     `json:"opens_at"`
	ClosesAt         time.Time     `json:"closes_at"`
	DeadlineMinutes  int           `json:"report_deadline_minutes" doc:"The report is due so many minutes after the visit began"`
	ReportDueAt      time.Time     `json:"report_due_at" doc:"The latest the report can be due: closes_at and the deadline. The visit expires then"`
	Scenario         Scenario      `json:"scenario"`
	Fee              Money         `json:"fee"`
	ExpenseLimit     Money         `json:"expense_limit" doc:"Up to this much is paid against a receipt"`
	EvaluationID     *uuid.UUID    `json:"evaluation_id,omitempty" doc:"What was handed in for it"`
	Edition          int64         `json:"edition" doc:"Counts changes; the ETag"`
}

// Scenario is the part that the shopper plays.
type Scenario struct {
	Persona      string `json:"persona,omitempty" maxLength:"2000" doc:"The kind of customer that the visit plays"`
	Instructions string `json:"instructions,omitempty" maxLength:"5000" doc:"What to do"`
	Questions    string `json:"questions,omitempty" maxLength:"5000" doc:"What to ask"`
}

// VisitPlan is what a coordinator plans.
type VisitPlan struct {
	BranchID         uuid.UUID  `json:"branch_id"`
	ChecklistID      uuid.UUID  `json:"checklist_id"`
	ChecklistVersion int        `json:"checklist_version,omitempty" minimum:"0" doc:"The newest published one when absent"`
	ShopperID        *uuid.UUID `json:"shopper_id,omitempty" doc:"The visit is offered to this shopper; without one it is planned only"`
	Opens            string     `json:"opens" doc:"Wall time of the branch, such as 2026-11-23T09:00; with its offset where the clocks go back" example:"2026-11-23T09:00"`
	Closes           string     `json:"closes" example:"2026-11-25T20:00"`
	Scenario         Scenario   `json:"scenario,omitempty"`
	Fee              *Money     `json:"fee,omitempty"`
	ExpenseLimit     *Money     `json:"expense_limit,omitempty"`
}

// Visits keeps the visits and moves them.
type Visits struct {
	DB    *database.DB
	Clock func() time.Time
}

// visitRow is a visit as its table has it.
type visitRow struct {
	bun.BaseModel    `bun:"table:visits,alias:visit"`
	ID               uuid.UUID `bun:",pk"`
	BranchID         uuid.UUID
	ChecklistID      uuid.UUID
	ChecklistVersion int
	ShopperID        *uuid.UUID
	State            State
	Opens            string
	Closes           string
	Zone             string
	OpensAt          database.Time
	ClosesAt         database.Time
	DeadlineMinutes  int
	ExpiresAt        database.Time
	Persona          string
	Instructions     string
	Questions        string
	Fee              int64
	ExpenseLimit     int64
	Currency         string
	AcceptedAt       database.Time
	CancelledAt      database.Time
	CreatedAt        database.Time
	Edition          int64

	BranchName     string     `bun:",scanonly"`
	BranchAddress  string     `bun:",scanonly"`
	ChecklistTitle string     `bun:",scanonly"`
	ShopperName    *string    `bun:",scanonly"`
	EvaluationID   *uuid.UUID `bun:",scanonly"`
}

func (r *visitRow) visit() Visit {
	v := Visit{
		ID:          r.ID,
		Branch:      VisitedBranch{ID: r.BranchID, Name: r.BranchName, Address: r.BranchAddress, Zone: r.Zone},
		ChecklistID: r.ChecklistID, ChecklistVersion: r.ChecklistVersion, ChecklistTitle: r.ChecklistTitle,
		ShopperID: r.ShopperID, State: r.State,
		Opens: r.Opens, Closes: r.Closes, Zone: r.Zone, OpensAt: r.OpensAt.Time, ClosesAt: r.ClosesAt.Time,
		DeadlineMinutes: r.DeadlineMinutes, ReportDueAt: r.ExpiresAt.Time,
		Scenario: Scenario{r.Persona, r.Instructions, r.Questions},
		Fee:      Money{r.Fee, r.Currency}, ExpenseLimit: Money{r.ExpenseLimit, r.Currency},
		EvaluationID: r.EvaluationID, Edition: r.Edition,
	}
	if r.ShopperName != nil {
		v.ShopperName = *r.ShopperName
	}
	return v
}

func (r *visitRow) window() Window {
	return Window{Opens: r.Opens, Closes: r.Closes, Zone: r.Zone, OpensAt: r.OpensAt.Time, ClosesAt: r.ClosesAt.Time}
}

func (r *visitRow) setWindow(w Window) {
	r.Opens, r.Closes, r.Zone = w.Opens, w.Closes, w.Zone
	r.OpensAt, r.ClosesAt = database.At(w.OpensAt), database.At(w.ClosesAt)
	r.ExpiresAt = database.At(w.ClosesAt.Add(time.Duration(r.DeadlineMinutes) * time.Minute))
}

// selectVisits is a query over the visits that the viewer may know of: coordinators and admins all, shoppers theirs
// from the offer on, managers none (not even that one is planned).
func selectVisits(from bun.IDB, viewer account.User, into any) *bun.SelectQuery {
	q := from.NewSelect().Model(into).
		ColumnExpr("visit.*").
		ColumnExpr("branch.name AS branch_name, branch.address AS branch_address").
		ColumnExpr("checklist.title AS checklist_title").
		ColumnExpr("shopper.name AS shopper_name").
		ColumnExpr("evaluation.id AS evaluation_id").
		Join("JOIN branches AS branch ON branch.id = visit.branch_id").
		Join("JOIN checklists AS checklist ON checklist.id = visit.checklist_id").
		Join("LEFT JOIN users AS shopper ON shopper.id = visit.shopper_id").
		Join("LEFT JOIN evaluations AS evaluation ON evaluation.visit_id = visit.id")
	switch {
	case viewer.Coordinates():
		return q
	case viewer.Roles.Any(account.Shopper):
		return q.Where("visit.shopper_id = ?", viewer.ID)
	}
	return q.Where("FALSE")
}

// VisitFilter narrows a list of visits. Opened bounds are instants; zero is no bound.
type VisitFilter struct {
	States   []State
	BranchID uuid.UUID
	Shopper  uuid.UUID
	From, To time.Time // of opens_at
	Limit    int
	Cursor   string
}

// List gives visits in the order in which they open.
func (s *Visits) List(ctx context.Context, viewer account.User, f VisitFilter) (database.Page[Visit], error) {
	var rows []visitRow
	q := selectVisits(s.DB.Read(), viewer, &rows).OrderExpr("visit.opens_at, visit.id").Limit(int64(f.Limit) + 1)
	if len(f.States) > 0 {
		q = q.Where("visit.state IN (?)", bun.List(f.States))
	}
	if f.BranchID != uuid.Nil {
		q = q.Where("visit.branch_id = ?", f.BranchID)
	}
	if f.Shopper != uuid.Nil {
		q = q.Where("visit.shopper_id = ?", f.Shopper)
	}
	if !f.From.IsZero() {
		q = q.Where("visit.opens_at >= ?", database.At(f.From))
	}
	if !f.To.IsZero() {
		q = q.Where("visit.opens_at < ?", database.At(f.To))
	}
	var opens int64
	var id uuid.UUID
	if more, err := database.ReadCursor(f.Cursor, &opens, &id); err != nil {
		return database.Page[Visit]{}, err
	} else if more {
		q = q.Where("(visit.opens_at, visit.id) > (?, ?)", opens, id)
	}
	if err := q.Scan(ctx); err != nil {
		return database.Page[Visit]{}, err
	}
	page := database.Paged(rows, f.Limit, func(r visitRow) []any { return []any{r.OpensAt.UnixMicro(), r.ID} })
	return database.PageOf(page, (*visitRow).visit), nil
}

// Get gives one visit.
func (s *Visits) Get(ctx context.Context, viewer account.User, id uuid.UUID) (Visit, error) {
	row, err := getVisit(ctx, s.DB.Read(), viewer, id)
	if err != nil {
		return Visit{}, err
	}
	return row.visit(), nil
}

func getVisit(ctx context.Context, from bun.IDB, viewer account.User, id uuid.UUID) (*visitRow, error) {
	row := new(visitRow)
	err := selectVisits(from, viewer, row).Where("visit.id = ?", id).Scan(ctx)
	return row, database.OrNotFound(err)
}

// VisitMove is one line of a visit's history.
type VisitMove struct {
	At     time.Time  `json:"at"`
	Actor  *uuid.UUID `json:"actor_id,omitempty" doc:"Absent where the clock moved it"`
	From   State      `json:"from" enum:"planned,offered,accepted,declined,cancelled,expired,submitted,returned,approved,rejected"`
	To     State      `json:"to" enum:"planned,offered,accepted,declined,cancelled,expired,submitted,returned,approved,rejected"`
	Reason string     `json:"reason,omitempty"`
}

// Moves gives a visit's history, oldest first. It is for coordinators and admins.
func (s *Visits) Moves(ctx context.Context, viewer account.User, id uuid.UUID) ([]VisitMove, error) {
	if _, err := getVisit(ctx, s.DB.Read(), viewer, id); err != nil {
		return nil, err
	}
	var rows []struct {
		At        database.Time
		ActorID   *uuid.UUID
		FromState State
		ToState   State
		Reason    string
	}
	err := s.DB.Read().NewSelect().Table("visit_moves").Column("at", "actor_id", "from_state", "to_state", "reason").
		Where("visit_id = ?", id).Order("at", "id").Scan(ctx, &rows)
	moves := make([]VisitMove, len(rows))
	for i, r := range rows {
		moves[i] = VisitMove{At: r.At.Time, Actor: r.ActorID, From: r.FromState, To: r.ToState, Reason: r.Reason}
	}
	return moves, err
}

func (c Scenario) faults() (faults []fault.Fault) {
	for _, t := range []struct {
		name, text string
		most       int
	}{{"persona", c.Persona, 2000}, {"instructions", c.Instructions, 5000}, {"questions", c.Questions, 5000}} {
		if utf8.RuneCountInString(t.text) > t.most {
			faults = append(faults, fault.Fault{Pointer: "/scenario/" + t.name, Detail: fmt.Sprintf("must have at most %d characters", t.most)})
		}
	}
	return faults
}

// Money is an amount in minor units of a currency (ISO 4217).
type Money struct {
	Amount   int64  `json:"amount" doc:"In minor units: 1250 is 12.50 EUR" example:"1250"`
	Currency string `json:"currency" example:"EUR"`
}

// maxAmount keeps every sum of amounts far from overflow.
const maxAmount = 1_000_000_000_00

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

func (m *Money) faults(pointer string) (faults []fault.Fault) {
	if m.Amount < 0 || m.Amount > maxAmount {
		faults = append(faults, fault.Fault{Pointer: pointer + "/amount", Detail: fmt.Sprintf("must be a whole number of minor units from 0 to %d", maxAmount)})
	}
	if !currencyCode.MatchString(m.Currency) {
		faults = append(faults, fault.Fault{Pointer: pointer + "/currency", Detail: "must be an ISO 4217 code such as EUR"})
	}
	return faults
}
