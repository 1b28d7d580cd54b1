package scheduling

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Studies keeps the studies. Coordinators and admins see all, nobody else any.
type Studies struct {
	DB       *database.DB
	Clock    func() time.Time
	Currency func(context.Context) (string, error) // the organisation's: that of amounts which nobody named
}

// studyRow is a study as its table has it.
type studyRow struct {
	bun.BaseModel `bun:"table:studies,alias:study"`
	ID            uuid.UUID `bun:",pk"`
	Title         string
	Folded        string
	Purpose       string
	Branches      string
	Language      string
	Screening     string
	Quotas        string
	Exclusions    string
	Guide         string
	Rates         string
	Incentive     int64
	Travel        int64
	PayLate       bool
	Budget        int64
	Currency      string
	CreatedAt     database.Time
	Edition       int64
}

func (r *studyRow) read() (Study, error) {
	s := Study{ID: r.ID, Title: r.Title, Purpose: r.Purpose, Language: r.Language, Incentive: Money{r.Incentive, r.Currency},
		Travel: Money{r.Travel, r.Currency}, PayLate: r.PayLate, Budget: Money{r.Budget, r.Currency}, Edition: r.Edition}
	for _, part := range []struct {
		text string
		into any
	}{{r.Branches, &s.Branches}, {r.Screening, &s.Screening}, {r.Quotas, &s.Quotas}, {r.Exclusions, &s.Exclusions}, {r.Guide, &s.Guide}, {r.Rates, &s.Rates}} {
		if err := json.Unmarshal([]byte(part.text), part.into); err != nil {
			return Study{}, err
		}
	}
	return s, nil
}

func (r *studyRow) write(s Study) error {
	r.ID, r.Title, r.Folded, r.Purpose, r.Language = s.ID, s.Title, database.Fold(s.Title, s.Purpose), s.Purpose, s.Language
	r.Travel, r.PayLate = s.Travel.Amount, s.PayLate
	r.Incentive, r.Budget, r.Currency, r.Edition = s.Incentive.Amount, s.Budget.Amount, s.Incentive.Currency, s.Edition
	for _, part := range []struct {
		into *string
		from any
	}{{&r.Branches, s.Branches}, {&r.Screening, s.Screening}, {&r.Quotas, s.Quotas}, {&r.Exclusions, s.Exclusions}, {&r.Guide, s.Guide}, {&r.Rates, s.Rates}} {
		text, err := json.Marshal(part.from)
		if err != nil {
			return err
		}
		*part.into = string(text)
	}
	return nil
}

// StudyFilter narrows a list of studies.
type StudyFilter struct {
	Search string // in title and purpose
	Limit  int
	Cursor string
}

// List gives the studies, the latest added first.
func (s *Studies) List(ctx context.Context, viewer account.User, f StudyFilter) (database.Page[Study], error) {
	var rows []studyRow
	q := forPlanners(s.DB.Read().NewSelect().Model(&rows), viewer).OrderExpr("study.created_at DESC, study.id DESC").Limit(int64(f.Limit) + 1)
	if f.Search != "" {
		q = q.Where(`study.folded LIKE ? ESCAPE '\'`, database.Containing(f.Search))
	}
	var micros int64
	var id uuid.UUID
	if more, err := database.ReadCursor(f.Cursor, &micros, &id); err != nil {
		return database.Page[Study]{}, err
	} else if more {
		q = q.Where("(study.created_at, study.id) < (?, ?)", micros, id)
	}
	if err := q.Scan(ctx); err != nil {
		return database.Page[Study]{}, err
	}
	page := database.Paged(rows, f.Limit, func(r studyRow) []any { return []any{r.CreatedAt.UnixMicro(), r.ID} })
	studies := database.Page[Study]{Items: make([]Study, len(page.Items)), Next: page.Next}
	for i := range page.Items {
		var err error
		if studies.Items[i], err = page.Items[i].read(); err != nil {
			return database.Page[Study]{}, err
		}
	}
	return studies, nil
}

// Get gives one study.
func (s *Studies) Get(ctx context.Context, viewer account.User, id uuid.UUID) (Study, error) {
	study, _, err := getStudy(ctx, s.DB.Read(), viewer, id)
	return study, err
}

func getStudy(ctx context.Context, from bun.IDB, viewer account.User, id uuid.UUID) (Study, *studyRow, error) {
	row := new(studyRow)
	if err := forPlanners(from.NewSelect().Model(row), viewer).Where("study.id = ?", id).Scan(ctx); err != nil {
		return Study{}, nil, database.OrNotFound(err)
	}
	study, err := row.read()
	return study, row, err
}

// Add adds a study under an id of the client's choice. It is repeatable.
func (s *Studies) Add(ctx context.Context, by account.User, contentHash string, n NewStudy) (study Study, again bool, err error) {
	now := s.Clock()
	currency, err := s.Currency(ctx)
	if err != nil {
		return Study{}, false, err
	}
	made := newStudy(n.ID, currency)
	made.apply(n.StudyChange)
	if err := fault.Of(made.faults()); err != nil {
		return Study{}, false, err
	}
	row := studyRow{CreatedAt: database.At(now)}
	if err := row.write(made); err != nil {
		return Study{}, false, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if again, err = database.Create(ctx, tx, n.ID, contentHash); err != nil {
			return err
		}
		if again {
			study, _, err = getStudy(ctx, tx, by, n.ID)
			return err
		}
		if err := made.known(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		study = made
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "add", Kind: "study", Subject: n.ID.String()})
	})
	return study, again, err
}

// Change changes a study that was read with this edition.
func (s *Studies) Change(ctx context.Context, by account.User, id uuid.UUID, edition int64, c StudyChange) (study Study, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		changed, row, err := getStudy(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if changed.Edition != edition {
			return fault.ErrChanged
		}
		before := changed.Budget
		fields := changed.apply(c)
		if err := fault.Of(changed.faults()); err != nil {
			return err
		}
		if changed.Budget.Currency != before.Currency {
			if err := refuseReckoned(ctx, tx, id, before); err != nil {
				return err
			}
		}
		if c.Branches != nil || c.Quotas != nil {
			if err := changed.known(ctx, tx); err != nil {
				return err
			}
		}
		changed.Edition++
		if err := row.write(changed); err != nil {
			return err
		}
		if _, err := tx.NewUpdate().Model(row).WherePK().Exec(ctx); err != nil {
			return err
		}
		study = changed
		return account.Audit(ctx, tx, s.Clock(), account.AuditEntry{Actor: by.ID, Action: "change", Kind: "study", Subject: id.String(), Fields: fields})
	})
	return study, err
}

// refuseReckoned refuses another currency for a study with a budget, or with costs: no amount changes its meaning without
// somebody saying at which rate.
func refuseReckoned(ctx context.Context, tx bun.Tx, study uuid.UUID, budget Money) error {
	var costs bool
	if err := studyHasCosts.Row(ctx, tx, study).Scan(&costs); err != nil {
		return err
	}
	switch {
	case costs:
		return fault.Conflicting("currency-in-use", "the study has costs that are reckoned in %s: it keeps that currency, and a cost in another has its own with a rate", budget.Currency)
	case budget.Amount != 0:
		return fault.Conflicting("currency-in-use", "the study has a budget in %s: set it to 0 first, then to what it is in the other currency", budget.Currency)
	}
	return nil
}

var studyHasCosts = database.Prepared("SELECT EXISTS (SELECT 1 FROM costs c JOIN focus_groups g ON g.id = c.focus_group_id WHERE g.study_id = ?)")

// known refuses what the study names and is not there.
func (s *Study) known(ctx context.Context, tx bun.Tx) error {
	branches, attributes := map[uuid.UUID]bool{}, map[uuid.UUID]string{}
	if len(s.Branches) > 0 {
		var ids []uuid.UUID
		if err := tx.NewSelect().Table("branches").Column("id").Where("id IN (?)", bun.List(s.Branches)).Scan(ctx, &ids); err != nil {
			return err
		}
		for _, id := range ids {
			branches[id] = true
		}
	}
	var kinds []struct {
		ID   uuid.UUID
		Type string
	}
	if err := tx.NewSelect().Table("attributes").Column("id", "type").Scan(ctx, &kinds); err != nil {
		return err
	}
	for _, a := range kinds {
		attributes[a.ID] = a.Type
	}
	return fault.Of(s.knownTo(branches, attributes))
}
