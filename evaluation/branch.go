package evaluation

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
	"fieldcare/internal/walltime"
)

// Branch is a place that is visited, ours or a competitor's.
type Branch struct {
	ID         uuid.UUID     `json:"id" bun:",pk"`
	Code       string        `json:"code" doc:"The organisation's own short code; unique" example:"WAW-01"`
	Name       string        `json:"name" example:"Warsaw Old Town"`
	Address    string        `json:"address"`
	Position   *Position     `json:"position,omitempty" bun:"-"`
	Zone       string        `json:"zone" doc:"IANA time zone" example:"Europe/Warsaw"`
	Region     string        `json:"region"`
	Brand      string        `json:"brand"`
	Competitor bool          `json:"competitor" doc:"True of a competitor's branch"`
	ArchivedAt database.Time `json:"-"`
	Archived   bool          `json:"archived" bun:"-"`
	Managers   []uuid.UUID   `json:"managers,omitempty" bun:"-" doc:"The users who manage it; shown to coordinators and admins"`
	CreatedAt  database.Time `json:"-"`
	Edition    int64         `json:"edition" doc:"Counts changes; the ETag"`
}

// VisitedBranch is what a shopper learns of a branch.
type VisitedBranch struct {
	ID      uuid.UUID `json:"id"`
	Name    string    `json:"name"`
	Address string    `json:"address"`
	Zone    string    `json:"zone"`
}

// BranchChange is what to change; what is nil stays.
type BranchChange struct {
	Code       *string      `json:"code,omitempty" maxLength:"40"`
	Name       *string      `json:"name,omitempty" maxLength:"120"`
	Address    *string      `json:"address,omitempty" maxLength:"400"`
	Position   *Position    `json:"position,omitempty"`
	Zone       *string      `json:"zone,omitempty" doc:"IANA time zone; visits planned before keep theirs"`
	Region     *string      `json:"region,omitempty" maxLength:"120"`
	Brand      *string      `json:"brand,omitempty" maxLength:"120"`
	Competitor *bool        `json:"competitor,omitempty"`
	Archived   *bool        `json:"archived,omitempty" doc:"An archived branch gets no new visits"`
	Managers   *[]uuid.UUID `json:"managers,omitempty" doc:"Replaces the users who manage it"`
}

func (b *Branch) apply(c BranchChange, now time.Time) (fields []string) {
	set(&b.Code, trimmed(c.Code), "code", &fields)
	set(&b.Name, trimmed(c.Name), "name", &fields)
	set(&b.Address, trimmed(c.Address), "address", &fields)
	set(&b.Zone, trimmed(c.Zone), "zone", &fields)
	set(&b.Region, trimmed(c.Region), "region", &fields)
	set(&b.Brand, trimmed(c.Brand), "brand", &fields)
	set(&b.Competitor, c.Competitor, "competitor", &fields)
	set(&b.Managers, c.Managers, "managers", &fields)
	if c.Position != nil {
		b.Position, fields = c.Position, append(fields, "position")
	}
	if c.Archived != nil {
		b.Archived, b.ArchivedAt, fields = *c.Archived, database.Time{}, append(fields, "archived")
		if b.Archived {
			b.ArchivedAt = database.At(now)
		}
	}
	return fields
}

func trimmed(text *string) *string {
	if text == nil {
		return nil
	}
	plain := strings.TrimSpace(*text)
	return &plain
}

func (b *Branch) faults() (faults []fault.Fault) {
	for _, text := range []struct {
		pointer, value string
		least, most    int
	}{{"/code", b.Code, 1, 40}, {"/name", b.Name, 1, 120}, {"/address", b.Address, 0, 400}, {"/region", b.Region, 0, 120}, {"/brand", b.Brand, 0, 120}} {
		if n := utf8.RuneCountInString(strings.TrimSpace(text.value)); n < text.least || n > text.most {
			faults = append(faults, fault.Fault{Pointer: text.pointer, Detail: fmt.Sprintf("must have %d to %d characters", text.least, text.most)})
		}
	}
	if _, err := walltime.Zone(b.Zone); err != nil {
		faults = append(faults, fault.Fault{Pointer: "/zone", Detail: "must be an IANA time zone such as Europe/Warsaw"})
	}
	if b.Position != nil && !b.Position.onEarth() {
		faults = append(faults, fault.Fault{Pointer: "/position", Detail: positionWanted})
	}
	return faults
}

// Branches keeps the branches.
type Branches struct {
	DB    *database.DB
	Clock func() time.Time
}

// branchRow is a branch as its table has it.
type branchRow struct {
	bun.BaseModel `bun:"table:branches,alias:branch"`
	Branch
	Folded string
	Lat    *int64
	Lon    *int64
}

func rowOf(b Branch) *branchRow {
	row := &branchRow{Branch: b, Folded: database.Fold(b.Code, b.Name, b.Address, b.Region, b.Brand)}
	row.Lat, row.Lon = b.Position.millionths()
	return row
}

func (r *branchRow) branch() Branch {
	b := r.Branch
	b.Position, b.Archived = positionOf(r.Lat, r.Lon), !b.ArchivedAt.IsZero()
	return b
}

// branchesOf keeps of a query over branches those that the viewer may know of: coordinators and admins all, managers
// theirs, shoppers those of their visits.
func branchesOf(q *bun.SelectQuery, viewer account.User) *bun.SelectQuery {
	switch {
	case viewer.Coordinates():
		return q
	case viewer.Roles.Any(account.Manager):
		return q.Where("EXISTS (SELECT 1 FROM branch_managers m WHERE m.branch_id = branch.id AND m.user_id = ?)", viewer.ID)
	case viewer.Roles.Any(account.Shopper):
		return q.Where("EXISTS (SELECT 1 FROM visits v WHERE v.branch_id = branch.id AND v.shopper_id = ?)", viewer.ID)
	}
	return q.Where("FALSE")
}

// BranchFilter narrows a list of branches.
type BranchFilter struct {
	Search   string
	Region   string
	Archived bool
	Limit    int
	Cursor   string
}

// List gives the branches that the viewer may know of, by code.
func (s *Branches) List(ctx context.Context, viewer account.User, f BranchFilter) (database.Page[Branch], error) {
	return listBranches(ctx, s.DB.Read(), viewer, f)
}

func listBranches(ctx context.Context, from bun.IDB, viewer account.User, f BranchFilter) (database.Page[Branch], error) {
	var rows []branchRow
	q := branchesOf(from.NewSelect().Model(&rows), viewer).OrderExpr("branch.code").Limit(int64(f.Limit) + 1)
	if f.Archived {
		q = q.Where("branch.archived_at IS NOT NULL")
	} else {
		q = q.Where("branch.archived_at IS NULL")
	}
	if f.Search != "" {
		q = q.Where(`branch.folded LIKE ? ESCAPE '\'`, database.Containing(f.Search))
	}
	if f.Region != "" {
		q = q.Where("branch.region = ?", f.Region)
	}
	var code string
	if more, err := database.ReadCursor(f.Cursor, &code); err != nil {
		return database.Page[Branch]{}, err
	} else if more {
		q = q.Where("branch.code > ?", code)
	}
	if err := q.Scan(ctx); err != nil {
		return database.Page[Branch]{}, err
	}
	return database.PageOf(database.Paged(rows, f.Limit, func(r branchRow) []any { return []any{r.Code} }), (*branchRow).branch), nil
}

// ListVisited gives a shopper the branches of own visits, by name: what else is known of a branch tells nothing here.
func (s *Branches) ListVisited(ctx context.Context, viewer account.User, limit int, cursor string) (database.Page[VisitedBranch], error) {
	var rows []branchRow
	q := branchesOf(s.DB.Read().NewSelect().Model(&rows), viewer).OrderExpr("branch.name, branch.id").Limit(int64(limit) + 1)
	var name string
	var id uuid.UUID
	if more, err := database.ReadCursor(cursor, &name, &id); err != nil {
		return database.Page[VisitedBranch]{}, err
	} else if more {
		q = q.Where("(branch.name, branch.id) > (?, ?)", name, id)
	}
	if err := q.Scan(ctx); err != nil {
		return database.Page[VisitedBranch]{}, err
	}
	page := database.Paged(rows, limit, func(r branchRow) []any { return []any{r.Name, r.ID} })
	return database.PageOf(page, func(r *branchRow) VisitedBranch { return r.ForShopper() }), nil
}

// Get gives one branch. Who manages it is told to coordinators and admins only.
func (s *Branches) Get(ctx context.Context, viewer account.User, id uuid.UUID) (Branch, error) {
	return getBranch(ctx, s.DB.Read(), viewer, id)
}

func getBranch(ctx context.Context, from bun.IDB, viewer account.User, id uuid.UUID) (Branch, error) {
	var rows []branchRow
	if err := branchesOf(from.NewSelect().Model(&rows), viewer).Where("branch.id = ?", id).Scan(ctx); err != nil {
		return Branch{}, err
	}
	if len(rows) == 0 {
		return Branch{}, fault.ErrNotFound
	}
	b := rows[0].branch()
	if viewer.Coordinates() {
		err := from.NewSelect().Table("branch_managers").Column("user_id").Where("branch_id = ?", id).Order("user_id").Scan(ctx, &b.Managers)
		if err != nil {
			return Branch{}, err
		}
	}
	return b, nil
}

// ForShopper leaves what a shopper may know.
func (b Branch) ForShopper() VisitedBranch {
	return VisitedBranch{ID: b.ID, Name: b.Name, Address: b.Address, Zone: b.Zone}
}

// Add adds a branch under an id of the client's choice. It is repeatable.
func (s *Branches) Add(ctx context.Context, by account.User, id uuid.UUID, contentHash string, c BranchChange) (b Branch, again bool, err error) {
	now := s.Clock()
	b = Branch{ID: id, CreatedAt: database.At(now), Edition: 1}
	b.apply(c, now)
	if err := fault.Of(b.faults()); err != nil {
		return Branch{}, false, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if again, err = database.Create(ctx, tx, id, contentHash); err != nil {
			return err
		}
		if again {
			b, err = getBranch(ctx, tx, by, id)
			return err
		}
		return s.insert(ctx, tx, by, now, b)
	})
	return b, again, err
}

func (s *Branches) insert(ctx context.Context, tx bun.Tx, by account.User, now time.Time, b Branch) error {
	result, err := tx.NewInsert().Model(rowOf(b)).On("CONFLICT (code) DO NOTHING").Exec(ctx)
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return codeTaken(b.Code)
	}
	if err := putManagers(ctx, tx, b); err != nil {
		return err
	}
	return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "add", Kind: "branch", Subject: b.ID.String()})
}

func codeTaken(code string) error {
	return &fault.Conflict{Type: "code-taken", Detail: fmt.Sprintf("another branch has the code %q", code)}
}

// Change changes a branch that was read with this edition.
func (s *Branches) Change(ctx context.Context, by account.User, id uuid.UUID, edition int64, c BranchChange) (b Branch, err error) {
	now := s.Clock()
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if b, err = getBranch(ctx, tx, by, id); err != nil {
			return err
		}
		if b.Edition != edition {
			return fault.ErrChanged
		}
		before := b
		fields := b.apply(c, now)
		if err := fault.Of(b.faults()); err != nil {
			return err
		}
		var taken bool
		if err := tx.NewRaw("SELECT EXISTS (SELECT 1 FROM branches WHERE code = ? AND id <> ?)", b.Code, id).Scan(ctx, &taken); err != nil {
			return err
		}
		if taken {
			return codeTaken(b.Code)
		}
		b.Edition++
		moves := b.Region != before.Region || b.Competitor != before.Competitor
		if moves {
			if err := leaveProgramme(ctx, tx, id); err != nil {
				return err
			}
		}
		if _, err := tx.NewUpdate().Model(rowOf(b)).WherePK().Exec(ctx); err != nil {
			return err
		}
		if moves {
			if err := joinProgramme(ctx, tx, id); err != nil {
				return err
			}
		}
		if c.Managers != nil {
			if err := putManagers(ctx, tx, b); err != nil {
				return err
			}
		}
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "change", Kind: "branch", Subject: id.String(), Fields: fields})
	})
	return b, err
}

// putManagers replaces who manages the branch. Only users with the role manager can.
func putManagers(ctx context.Context, tx bun.Tx, b Branch) error {
	if _, err := tx.NewDelete().Table("branch_managers").Where("branch_id = ?", b.ID).Exec(ctx); err != nil {
		return err
	}
	for i, user := range b.Managers {
		n, err := insertManager.Exec(ctx, tx, b.ID, user, int64(account.Manager))
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.At(fmt.Sprintf("/managers/%d", i), "must be the id of a user with the role manager, named once")
		}
	}
	return nil
}

var insertManager = database.Prepared(`INSERT INTO branch_managers (branch_id, user_id)
	SELECT CAST(? AS TEXT), id FROM users WHERE id = ? AND (roles & ?) <> 0 ON CONFLICT DO NOTHING`)
