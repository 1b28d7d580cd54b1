package evaluation

import (
	"context"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
	"fieldcare/internal/walltime"
)

// BranchOverview is a branch with what its report would say in a line, over the last 90 days up to today in its zone. It
// is what a manager gets in lists of branches, and all of it: like the report a list of what is allowed, with nothing of
// a visit before it is approved, no time but days, and no order of arrival.
type BranchOverview struct {
	ID         uuid.UUID          `json:"id"`
	Code       string             `json:"code" example:"WAW-01"`
	Name       string             `json:"name"`
	Address    string             `json:"address"`
	Position   *Position          `json:"position,omitempty"`
	Zone       string             `json:"zone" doc:"IANA time zone" example:"Europe/Warsaw"`
	Region     string             `json:"region"`
	Brand      string             `json:"brand"`
	Competitor bool               `json:"competitor" doc:"True of a competitor's branch"`
	Archived   bool               `json:"archived"`
	Last       *OverviewVisit     `json:"last,omitempty" doc:"The latest approved visit with a score, whenever it was and with whichever checklist"`
	Period     Period             `json:"period" doc:"What the mean is over: the last 90 days"`
	Checklist  *OverviewChecklist `json:"checklist,omitempty" doc:"The most used in the period, which the mean is of; absent when the period has no approved visit"`
	Mean       ReportMean         `json:"mean" doc:"The same as in the branch's report"`
	Trend      *ReportChange      `json:"trend,omitempty" doc:"Since the 90 days before; absent when the period has no approved visit"`
}

// OverviewVisit is the latest visit. Of several on one day it is the one that the random order of reports puts last.
type OverviewVisit struct {
	EvaluationID uuid.UUID         `json:"evaluation_id"`
	Day          string            `json:"day" format:"date"`
	Checklist    OverviewChecklist `json:"checklist"`
	Score        Figure            `json:"score"`
	Band         string            `json:"band"`
}

// OverviewChecklist is the checklist that a figure is of.
type OverviewChecklist struct {
	ID    uuid.UUID `json:"id"`
	Title string    `json:"title" doc:"Of the newest version that was used"`
}

// Overview lists branches by code: to managers theirs, to coordinators and admins all; to anybody else there is none.
// However many branches are on the page, the database is asked as often.
func (s *Reports) Overview(ctx context.Context, viewer account.User, f BranchFilter) (database.Page[BranchOverview], error) {
	var page database.Page[BranchOverview]
	if !viewer.Roles.Any(account.Manager | account.Coordinator | account.Admin) {
		return page, fault.ErrNotFound
	}
	var branches database.Page[Branch]
	var found []*overviewFindings
	// Of one moment, so that a visit approved in the meantime is in all of the figures or in none.
	err := s.DB.Read().RunInTx(ctx, oneSnapshot, func(ctx context.Context, tx bun.Tx) (err error) {
		if branches, err = listBranches(ctx, tx, viewer, f); err != nil {
			return err
		}
		found, err = findOverview(ctx, tx, branches.Items, s.Clock())
		return err
	})
	if err != nil {
		return page, err
	}
	page.Items, page.Next = make([]BranchOverview, len(found)), branches.Next
	for i, one := range found {
		if page.Items[i], err = s.overview(ctx, one); err != nil {
			return database.Page[BranchOverview]{}, err
		}
	}
	return page, nil
}

// overviewFindings is what the database has for a branch's line.
type overviewFindings struct {
	branch  Branch
	period  Period
	visits  []overviewRow // approved, of the period and the one before
	last    *overviewRow
	reports checklistUse
	ours    Spread
}

// overviewRow is what is read of an approved visit.
type overviewRow struct {
	ID               uuid.UUID
	BranchID         uuid.UUID
	ChecklistID      uuid.UUID
	ChecklistVersion int
	Day              string
	Fraction         *string // the exact score; nil is no score
}

// score is the exact score; nil when there is none.
func (r *overviewRow) score() *big.Rat {
	if r.Fraction == nil {
		return nil
	}
	return (&Figure{Fraction: *r.Fraction}).Rat()
}

func findOverview(ctx context.Context, tx bun.Tx, branches []Branch, now time.Time) (found []*overviewFindings, err error) {
	if len(branches) == 0 {
		return nil, nil
	}
	of := map[uuid.UUID]*overviewFindings{}
	var page []any // of each branch: its id, the first day of the period before, the last of the period
	for _, b := range branches {
		zone, err := walltime.Zone(b.Zone)
		if err != nil {
			return nil, err
		}
		one := &overviewFindings{branch: b}
		if one.period, err = periodOf(Period{}, now.In(zone)); err != nil {
			return nil, err
		}
		found, of[b.ID] = append(found, one), one
		page = append(page, b.ID, one.period.before().From, one.period.To)
	}
	var visits, last []overviewRow
	if err := tx.NewRaw(withPage(len(branches))+overviewVisits, page...).Scan(ctx, &visits); err != nil {
		return nil, err
	}
	if err := tx.NewRaw(withPage(len(branches))+overviewLast, page...).Scan(ctx, &last); err != nil {
		return nil, err
	}
	for _, v := range visits {
		of[v.BranchID].visits = append(of[v.BranchID].visits, v)
	}
	for i := range last {
		of[last[i].BranchID].last = &last[i]
	}
	return found, findSpreads(ctx, tx, found)
}

// findSpreads chooses the checklist that each branch's figures are of, and reads once for each checklist and period how
// far its scores lie apart.
func findSpreads(ctx context.Context, tx bun.Tx, found []*overviewFindings) (err error) {
	type spreadOf struct {
		checklist   uuid.UUID
		first, last string // the months, in days
	}
	known := map[spreadOf]Spread{}
	for _, one := range found {
		if one.reports = mostUsed(one.visits, one.period); one.reports.ID == uuid.Nil {
			continue
		}
		key := spreadOf{checklist: one.reports.ID}
		key.first, key.last = one.period.months()
		spread, read := known[key]
		if !read {
			if spread, err = spreadOfOurBranches(ctx, tx, one.reports.ID, one.period); err != nil {
				return err
			}
			known[key] = spread
		}
		one.ours = spread
	}
	return nil
}

// mostUsed is the checklist that the report of the period would be of, with the versions used; zero without a visit.
func mostUsed(visits []overviewRow, period Period) checklistUse {
	var uses []checklistUse
	for _, v := range visits {
		if v.Day < period.From {
			continue
		}
		i := slices.IndexFunc(uses, func(u checklistUse) bool { return u.ID == v.ChecklistID })
		if i < 0 {
			i, uses = len(uses), append(uses, checklistUse{ReportUse: ReportUse{ID: v.ChecklistID}})
		}
		use := &uses[i]
		use.Versions, use.lastDay = append(use.Versions, v.ChecklistVersion), max(use.lastDay, v.Day)
		if v.Fraction == nil {
			use.Unscored++
		} else {
			use.N++
		}
	}
	if len(uses) == 0 {
		return checklistUse{}
	}
	return slices.MinFunc(uses, mostUsedFirst)
}

// overview makes the line of what was found.
func (s *Reports) overview(ctx context.Context, found *overviewFindings) (o BranchOverview, err error) {
	b := found.branch
	o = BranchOverview{ID: b.ID, Code: b.Code, Name: b.Name, Address: b.Address, Position: b.Position, Zone: b.Zone, Region: b.Region,
		Brand: b.Brand, Competitor: b.Competitor, Archived: b.Archived, Period: found.period}
	if l := found.last; l != nil {
		version, err := s.Checklists.Version(ctx, l.ChecklistID, l.ChecklistVersion)
		if err != nil {
			return o, err
		}
		bands := version.Document.Scoring.Bands
		o.Last = &OverviewVisit{EvaluationID: l.ID, Day: l.Day, Checklist: OverviewChecklist{l.ChecklistID, version.Document.Title},
			Score: *newFigure(l.score(), bands), Band: bandOf(l.score(), bands)}
	}
	if found.reports.ID == uuid.Nil {
		o.Mean = reportMean(nil, nil, Spread{})
		o.Mean.Sentence = meanSentence(o.Mean, nil)
		return o, nil
	}
	newest, err := s.Checklists.Version(ctx, found.reports.ID, slices.Max(found.reports.Versions))
	if err != nil {
		return o, err
	}
	o.Checklist = &OverviewChecklist{found.reports.ID, newest.Document.Title}
	return o, s.figures(ctx, &o, found, newest.Document.Scoring.Bands)
}

// figures puts in the mean and the trend, as the branch's report has them.
func (s *Reports) figures(ctx context.Context, o *BranchOverview, found *overviewFindings, bands []ScoreBand) error {
	var now, before []*big.Rat
	var visits []ReportVisit
	for _, v := range found.visits {
		if v.ChecklistID != found.reports.ID {
			continue
		}
		score := v.score()
		switch {
		case v.Day < o.Period.From:
			if score != nil {
				before = append(before, score)
			}
			continue
		case score != nil:
			now = append(now, score)
		}
		version, err := s.Checklists.Version(ctx, v.ChecklistID, v.ChecklistVersion)
		if err != nil {
			return err
		}
		visits = append(visits, ReportVisit{Score: newFigure(score, version.Document.Scoring.Bands)})
	}
	o.Mean = reportMean(now, bands, found.ours)
	o.Mean.Sentence = meanSentence(o.Mean, visits)
	trend := changeBetween(now, before, o.Period, o.Period.before(), bands, found.ours)
	o.Trend = &trend
	return nil
}

// withPage gives a query the branches of a page, each with its days: they differ with the branches' zones.
func withPage(branches int) string {
	return "WITH page (branch_id, first_day, last_day) AS (VALUES (?, ?, ?)" + strings.Repeat(", (?, ?, ?)", branches-1) + ")"
}

// Both name the page first, so that SQLite goes from each of its branches to that branch's evaluations by their index.
const (
	overviewVisits = `
		SELECT e.id, e.branch_id, e.checklist_id, e.checklist_version, e.day, e.fraction
		FROM page CROSS JOIN evaluations e
		WHERE e.branch_id = page.branch_id AND e.day BETWEEN page.first_day AND page.last_day AND e.approved_at IS NOT NULL
		ORDER BY e.branch_id, e.day, e.shuffle, e.id`
	overviewLast = `
		SELECT e.id, e.branch_id, e.checklist_id, e.checklist_version, e.day, e.fraction
		FROM page CROSS JOIN evaluations e
		WHERE e.id = (SELECT l.id FROM evaluations l
			WHERE l.branch_id = page.branch_id AND l.day <= page.last_day AND l.approved_at IS NOT NULL AND l.fraction IS NOT NULL
			ORDER BY l.day DESC, l.shuffle DESC, l.id DESC LIMIT 1)`
)
