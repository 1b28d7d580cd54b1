package evaluation

import (
	"cmp"
	"context"
	"math/big"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
	"fieldcare/internal/walltime"
)

// Reports makes reports of what is approved.
type Reports struct {
	DB         *database.DB
	Clock      func() time.Time
	Checklists *Checklists
	Photos     *Photos
}

// BranchReport reports on a branch: to coordinators and admins on any, to managers on theirs; to anybody else there is
// no such branch. An empty day of the period is filled in: the last 90 days up to today in the branch's zone. Without a
// checklist it is the one most used in the period. A period that is none, or a checklist that no approved visit of the
// branch used, is fault.Invalid, naming the parameter.
func (s *Reports) BranchReport(ctx context.Context, viewer account.User, branchID uuid.UUID, period Period, checklistID *uuid.UUID) (BranchReport, error) {
	if !viewer.Roles.Any(account.Manager | account.Coordinator | account.Admin) {
		return BranchReport{}, fault.ErrNotFound
	}
	var found branchFindings
	// One read transaction, so that a visit approved in the meantime is in all of the figures or in none.
	err := s.DB.Read().RunInTx(ctx, oneSnapshot, func(ctx context.Context, tx bun.Tx) (err error) {
		found, err = s.find(ctx, tx, viewer, branchID, period, checklistID)
		return err
	})
	if err != nil {
		return BranchReport{}, err
	}
	return s.assemble(ctx, viewer, found)
}

// branchFindings is what the database has for a branch's report.
type branchFindings struct {
	organisation ReportOrganisation
	branch       Branch
	today        string // a day of the branch's zone
	period       Period
	uses         []checklistUse // the reported one first
	visits       []*approvedVisit
	before       []*big.Rat // the scores of the period before
	programme    ProgrammeSums
	target       *Target
}

// checklistUse is how often a checklist was used in the period.
type checklistUse struct {
	ReportUse
	lastDay string
}

func (s *Reports) find(ctx context.Context, tx bun.Tx, viewer account.User, branchID uuid.UUID, asked Period, checklistID *uuid.UUID) (found branchFindings, err error) {
	if found.branch, err = getBranch(ctx, tx, viewer, branchID); err != nil {
		return found, err
	}
	zone, err := walltime.Zone(found.branch.Zone)
	if err != nil {
		return found, err
	}
	now := s.Clock().In(zone)
	found.today = now.Format(time.DateOnly)
	if found.period, err = periodOf(asked, now); err != nil {
		return found, err
	}
	if found.organisation, err = organisationOf(ctx, tx); err != nil {
		return found, err
	}
	if found.uses, err = findUses(ctx, tx, branchID, found.period); err != nil {
		return found, err
	}
	if checklistID != nil {
		if found.uses, err = putFirst(ctx, tx, found.uses, branchID, *checklistID); err != nil {
			return found, err
		}
	}
	if len(found.uses) == 0 {
		return found, nil
	}
	reported := found.uses[0].ID
	if found.visits, err = s.wall(viewer).approvedVisits(ctx, tx, branchID, reported, found.period); err != nil {
		return found, err
	}
	if found.before, err = exactScores(ctx, tx, branchID, reported, found.period.before()); err != nil {
		return found, err
	}
	if found.programme, err = programmeSums(ctx, tx, found.branch, reported, found.period); err != nil {
		return found, err
	}
	found.target, err = targetOf(ctx, tx, found.branch, reported, found.period)
	return found, err
}

var (
	usesOfBranch = database.Prepared(`
		SELECT checklist_id, checklist_version, COUNT(score), COUNT(*), MAX(day) FROM evaluations
		WHERE branch_id = ? AND day BETWEEN ? AND ? AND approved_at IS NOT NULL
		GROUP BY checklist_id, checklist_version ORDER BY checklist_id, checklist_version`)
	newestUsed = database.Prepared(`
		SELECT COALESCE(MAX(checklist_version), 0) FROM evaluations
		WHERE branch_id = ? AND checklist_id = ? AND approved_at IS NOT NULL`)
)

func (s *Reports) wall(viewer account.User) wall { return wall{s.DB, s.Checklists, viewer} }

// findUses gives the checklists used in the period, the most used first.
func findUses(ctx context.Context, tx bun.Tx, branchID uuid.UUID, period Period) (uses []checklistUse, err error) {
	rows, err := usesOfBranch.Rows(ctx, tx, branchID, period.From, period.To)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id uuid.UUID
		var version, scored, all int
		var lastDay string
		if err := rows.Scan(&id, &version, &scored, &all, &lastDay); err != nil {
			return nil, err
		}
		if len(uses) == 0 || uses[len(uses)-1].ID != id {
			uses = append(uses, checklistUse{ReportUse: ReportUse{ID: id}})
		}
		use := &uses[len(uses)-1]
		use.Versions = append(use.Versions, version)
		use.N, use.Unscored, use.lastDay = use.N+scored, use.Unscored+all-scored, max(use.lastDay, lastDay)
	}
	slices.SortFunc(uses, mostUsedFirst)
	return uses, rows.Err()
}

// mostUsedFirst orders by visits with a score, then by all visits, then by the latest day, then by id.
func mostUsedFirst(a, b checklistUse) int {
	return cmp.Or(
		cmp.Compare(b.N, a.N),
		cmp.Compare(b.N+b.Unscored, a.N+a.Unscored),
		cmp.Compare(b.lastDay, a.lastDay),
		slices.Compare(a.ID[:], b.ID[:]),
	)
}

// putFirst puts the checklist that was asked for first, also when the branch used it only outside the period.
func putFirst(ctx context.Context, tx bun.Tx, uses []checklistUse, branchID, checklistID uuid.UUID) ([]checklistUse, error) {
	for i, use := range uses {
		if use.ID == checklistID {
			return append([]checklistUse{use}, slices.Delete(uses, i, i+1)...), nil
		}
	}
	var newest int
	if err := newestUsed.Row(ctx, tx, branchID, checklistID).Scan(&newest); err != nil {
		return nil, err
	}
	if newest == 0 {
		return nil, fault.At("checklist", "must be the id of a checklist that an approved visit of this branch used")
	}
	unused := checklistUse{ReportUse: ReportUse{ID: checklistID, Versions: []int{newest}}}
	return append([]checklistUse{unused}, uses...), nil
}

// assemble makes the report of what was found.
func (s *Reports) assemble(ctx context.Context, viewer account.User, found branchFindings) (BranchReport, error) {
	r := BranchReport{
		Organisation:    found.organisation,
		Branch:          reportBranch(found.branch),
		Period:          found.period,
		OtherChecklists: []ReportUse{}, Bands: []ScoreBand{}, Visits: []ReportVisit{},
		Comparisons: []ReportComparison{}, Strengths: []ReportPoint{}, ToWorkOn: []ReportPoint{},
	}
	versions := map[int]*Version{}
	var inOrder []*Version
	for i, use := range found.uses {
		newest, err := s.Checklists.Version(ctx, use.ID, slices.Max(use.Versions))
		if err != nil {
			return BranchReport{}, err
		}
		use.Title = newest.Document.Title
		if i > 0 {
			r.OtherChecklists = append(r.OtherChecklists, use.ReportUse)
			continue
		}
		r.Checklist = &use.ReportUse
		for _, number := range use.Versions {
			if versions[number], err = s.Checklists.Version(ctx, use.ID, number); err != nil {
				return BranchReport{}, err
			}
			inOrder = append(inOrder, versions[number])
		}
	}
	for _, v := range found.visits {
		if err := v.publish(versions[v.checklistVersion]); err != nil {
			return BranchReport{}, err
		}
		v.number(viewer)
	}
	r.complete(inOrder, found)
	return r, nil
}

// organisationOf is whose report it is, as the settings stand.
func organisationOf(ctx context.Context, from bun.IDB) (ReportOrganisation, error) {
	s, err := readSettings(ctx, from)
	if err != nil {
		return ReportOrganisation{}, err
	}
	logo, err := readLogo(ctx, from)
	return ReportOrganisation{Name: s.Organisation, Accent: s.Accent, Language: s.Language,
		CareChampion: s.Care.Champion, CarePolicy: s.Care.Text, Logo: logo}, err
}

func reportBranch(b Branch) ReportBranch {
	return ReportBranch{ID: b.ID, Code: b.Code, Name: b.Name, Address: b.Address, Region: b.Region}
}
