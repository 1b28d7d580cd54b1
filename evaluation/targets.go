package evaluation

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Targets keeps the targets.
type Targets struct {
	DB    *database.DB
	Clock func() time.Time
}

// targetRow is a target as its table has it.
type targetRow struct {
	bun.BaseModel `bun:"table:targets,alias:target"`
	Target
	CreatedAt database.Time
}

// targetsOf keeps of a query over targets those that the viewer may know of: coordinators and admins all, managers those
// of their branches and of the regions of their branches of ours.
func targetsOf(q *bun.SelectQuery, viewer account.User) *bun.SelectQuery {
	switch {
	case viewer.Coordinates():
		return q
	case viewer.Roles.Any(account.Manager):
		return q.Where(`EXISTS (SELECT 1 FROM branches b JOIN branch_managers m ON m.branch_id = b.id
			WHERE m.user_id = ? AND (b.id = target.branch_id OR (NOT b.competitor AND target.branch_id IS NULL AND b.region = target.region)))`, viewer.ID)
	}
	return q.Where("FALSE")
}

// TargetFilter narrows a list of targets. What is empty does not.
type TargetFilter struct {
	Branch    uuid.UUID // that branch's own
	Region    string
	Checklist uuid.UUID
	Limit     int
	Cursor    string
}

// List gives the targets that the viewer may know of, by the day by which they are to be reached.
func (s *Targets) List(ctx context.Context, viewer account.User, f TargetFilter) (database.Page[Target], error) {
	var rows []targetRow
	q := targetsOf(s.DB.Read().NewSelect().Model(&rows), viewer).OrderExpr("target.day, target.id").Limit(int64(f.Limit) + 1)
	if f.Branch != uuid.Nil {
		q = q.Where("target.branch_id = ?", f.Branch)
	}
	if f.Region != "" {
		q = q.Where("target.region = ?", f.Region)
	}
	if f.Checklist != uuid.Nil {
		q = q.Where("target.checklist_id = ?", f.Checklist)
	}
	var day string
	var id uuid.UUID
	if more, err := database.ReadCursor(f.Cursor, &day, &id); err != nil {
		return database.Page[Target]{}, err
	} else if more {
		q = q.Where("(target.day, target.id) > (?, ?)", day, id)
	}
	if err := q.Scan(ctx); err != nil {
		return database.Page[Target]{}, err
	}
	page := database.Paged(rows, f.Limit, func(r targetRow) []any { return []any{r.By, r.ID} })
	return database.PageOf(page, func(r *targetRow) Target { return r.Target }), nil
}

// Get gives one target.
func (s *Targets) Get(ctx context.Context, viewer account.User, id uuid.UUID) (Target, error) {
	row, err := getTarget(ctx, s.DB.Read(), viewer, id)
	return row.Target, err
}

func getTarget(ctx context.Context, from bun.IDB, viewer account.User, id uuid.UUID) (targetRow, error) {
	var rows []targetRow
	if err := targetsOf(from.NewSelect().Model(&rows), viewer).Where("target.id = ?", id).Scan(ctx); err != nil {
		return targetRow{}, err
	}
	if len(rows) == 0 {
		return targetRow{}, fault.ErrNotFound
	}
	return rows[0], nil
}

// Add adds a target under an id of the client's choice: a random one, since managers meet it. It is repeatable, but what
// was removed does not come back.
func (s *Targets) Add(ctx context.Context, by account.User, contentHash string, n NewTarget) (added Target, again bool, err error) {
	now, t := s.Clock(), n.target()
	faults := t.faults()
	if t.ID.Version() != 4 {
		faults = append(faults, fault.Fault{Pointer: "/id", Detail: "must be a random UUID (version 4) chosen by the client"})
	}
	if err := fault.Of(faults); err != nil {
		return Target{}, false, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if again, err = database.Create(ctx, tx, t.ID, contentHash); err != nil {
			return err
		}
		if again {
			row, err := getTarget(ctx, tx, by, t.ID)
			if errors.Is(err, fault.ErrNotFound) {
				return fault.Conflicting("id-taken", "the target %s was removed: choose a new id", t.ID)
			}
			added = row.Target
			return err
		}
		if err := t.known(ctx, tx); err != nil {
			return err
		}
		result, err := tx.NewInsert().Model(&targetRow{Target: t, CreatedAt: database.At(now)}).On("CONFLICT DO NOTHING").Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil {
			return err
		} else if n == 0 {
			return t.taken()
		}
		added = t
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "add", Kind: "target", Subject: t.ID.String()})
	})
	return added, again, err
}

// known refuses a target of what is not there: a branch or a checklist, or a region that none of our branches is in.
func (t *Target) known(ctx context.Context, tx bun.Tx) error {
	var branch, checklist bool
	if err := knownToTarget.Row(ctx, tx, t.BranchID, t.Region, t.ChecklistID).Scan(&branch, &checklist); err != nil {
		return err
	}
	var faults []fault.Fault
	switch {
	case branch:
	case t.BranchID != nil:
		faults = append(faults, fault.Fault{Pointer: "/branch_id", Detail: "there is no branch with this id"})
	default:
		faults = append(faults, fault.Fault{Pointer: "/region", Detail: "none of our branches is in this region"})
	}
	if !checklist {
		faults = append(faults, fault.Fault{Pointer: "/checklist_id", Detail: "must be the id of a published checklist"})
	}
	return fault.Of(faults)
}

func (t *Target) taken() error {
	return fault.Conflicting("target-taken", "there is a target by %s for the same branch or region and checklist: change that one", t.By)
}

// Change changes a target that was read with this edition.
func (s *Targets) Change(ctx context.Context, by account.User, id uuid.UUID, edition int64, c TargetChange) (t Target, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := getTarget(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if row.Edition != edition {
			return fault.ErrChanged
		}
		fields := row.apply(c)
		if err := fault.Of(row.faults()); err != nil {
			return err
		}
		var taken bool
		if err := takenByAnother.Row(ctx, tx, row.BranchID, row.Region, row.ChecklistID, row.By, id).Scan(&taken); err != nil {
			return err
		}
		if taken {
			return row.taken()
		}
		row.Edition++
		if _, err := tx.NewUpdate().Model(&row).WherePK().Exec(ctx); err != nil {
			return err
		}
		t = row.Target
		return account.Audit(ctx, tx, s.Clock(), account.AuditEntry{Actor: by.ID, Action: "change", Kind: "target", Subject: id.String(), Fields: fields})
	})
	return t, err
}

// Remove removes a target that was read with this edition.
func (s *Targets) Remove(ctx context.Context, by account.User, id uuid.UUID, edition int64) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := getTarget(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if row.Edition != edition {
			return fault.ErrChanged
		}
		if _, err := tx.NewDelete().Model(&row).WherePK().Exec(ctx); err != nil {
			return err
		}
		return account.Audit(ctx, tx, s.Clock(), account.AuditEntry{Actor: by.ID, Action: "remove", Kind: "target", Subject: id.String()})
	})
}

// targetOf is the target that holds for a report of the branch with this checklist in this period: the branch's own
// before its region's; of several the earliest that is to be reached on the period's last day or later; where all their
// days are past, the latest. It is nil where none is set. A competitor's branch has no target by its region.
func targetOf(ctx context.Context, from bun.IDB, branch Branch, checklistID uuid.UUID, period Period) (*Target, error) {
	var rows []targetRow
	err := from.NewSelect().Model(&rows).Where("target.checklist_id = ?", checklistID).
		Where("(target.branch_id = ? OR (target.branch_id IS NULL AND target.region = ? AND NOT ?))", branch.ID, branch.Region, branch.Competitor).
		OrderExpr("target.day, target.id").Scan(ctx)
	if err != nil {
		return nil, err
	}
	targets := make([]Target, len(rows))
	for i := range rows {
		targets[i] = rows[i].Target
	}
	return inForce(targets, period.To), nil
}

var (
	knownToTarget = database.Prepared(`SELECT
		EXISTS (SELECT 1 FROM branches WHERE id = CAST(? AS TEXT) OR (region = CAST(? AS TEXT) AND region <> '' AND NOT competitor)),
		EXISTS (SELECT 1 FROM checklists WHERE id = ? AND published > 0)`)
	takenByAnother = database.Prepared(`SELECT EXISTS (SELECT 1 FROM targets
		WHERE (branch_id = CAST(? AS TEXT) OR (branch_id IS NULL AND region = CAST(? AS TEXT))) AND checklist_id = ? AND day = ? AND id <> ?)`)
)
