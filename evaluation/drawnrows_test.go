package evaluation

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
)

// insert writes the programme as the application leaves it.
func (p *drawnProgramme) insert(ctx context.Context, tx bun.Tx, shopper account.User) error {
	for _, c := range p.Checklists {
		err := insertRows(ctx, tx, "checklists", "id, title, folded, draft, published, created_at, edition", []any{c.ID, "Visit", "", "{}", len(c.Versions), 0, 1})
		if err != nil {
			return err
		}
		for number, d := range c.Versions {
			document, err := json.Marshal(d)
			if err != nil {
				return err
			}
			err = insertRows(ctx, tx, "checklist_versions", "checklist_id, number, document, published_at, published_by", []any{c.ID, number + 1, string(document), 0, shopper.ID})
			if err != nil {
				return err
			}
		}
	}
	var branches, visits, evaluations, revisions, targets [][]any
	for _, b := range p.Branches {
		branches = append(branches, []any{b.ID, b.ID.String(), "Branch", "", "", b.Zone, b.Region, "", b.Competitor, 0, 1})
	}
	for _, t := range p.Targets {
		targets = append(targets, []any{p.uuid(), t.Branch, t.Region, t.Checklist, t.Score, t.By, "Why not?", 0, 1})
	}
	for _, v := range p.Visits {
		score, err := json.Marshal(v.score)
		if err != nil {
			return err
		}
		handedIn, err := json.Marshal(map[string]any{"answers": v.Answers})
		if err != nil {
			return err
		}
		state, approved := "submitted", database.Time{}
		if v.Approved {
			state, approved = "approved", database.At(drawnNow)
		}
		millionths, fraction := v.kept()
		visits = append(visits, []any{v.visitID, v.Branch, v.Checklist, v.Version, shopper.ID, state, "", "", v.at.Zone, 1, 2, 1440, 3, "", "", "", 0, 0, "EUR", 0, 1})
		evaluations = append(evaluations, []any{v.ID, v.visitID, v.Branch, v.Checklist, v.Version, shopper.ID, 1, database.At(v.Begun), database.At(v.Begun), v.day(), 0,
			"[]", millionths, fraction, "[]", "", nil, approved, v.Shuffle, 1})
		revisions = append(revisions, []any{v.ID, 1, "", string(handedIn), string(score), "[]", shopper.ID, "", 0})
	}
	for _, table := range []struct {
		name, columns string
		rows          [][]any
	}{
		{"branches", "id, code, name, folded, address, zone, region, brand, competitor, created_at, edition", branches},
		{"targets", "id, branch_id, region, checklist_id, score, day, why, created_at, edition", targets},
		{"visits", `id, branch_id, checklist_id, checklist_version, shopper_id, state, opens, closes, zone, opens_at, closes_at,
			deadline_minutes, expires_at, persona, instructions, questions, fee, expense_limit, currency, created_at, edition`, visits},
		{"evaluations", `id, visit_id, branch_id, checklist_id, checklist_version, shopper_id, revision, begun_at, finished_at, day, received_at,
			marks, score, fraction, open_questions, words, grade, approved_at, shuffle, edition`, evaluations},
		{"revisions", "evaluation_id, number, content_hash, document, score, changed, author_id, reason, received_at", revisions},
	} {
		if err := insertRows(ctx, tx, table.name, table.columns, table.rows...); err != nil {
			return err
		}
	}
	for _, v := range p.Visits {
		if err := v.approve(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// approve keeps the sums as approving does; of a visit that is not approved now, as approving and reopening it do.
func (v *drawnVisit) approve(ctx context.Context, tx bun.Tx) error {
	millionths, scored := v.score.Millionths()
	if !scored {
		return nil
	}
	if err := addToSums(ctx, tx, v.Branch, v.Checklist, v.day(), millionths, 1); err != nil || v.Approved {
		return err
	}
	return addToSums(ctx, tx, v.Branch, v.Checklist, v.day(), millionths, -1)
}

func (v *drawnVisit) day() string { return v.Begun.In(v.at.location).Format(time.DateOnly) }

// kept is what an evaluation's row keeps of its score.
func (v *drawnVisit) kept() (millionths *int64, fraction *string) {
	if m, scored := v.score.Millionths(); scored {
		return &m, &v.score.Score.Fraction
	}
	return nil, nil
}

func insertRows(ctx context.Context, tx bun.Tx, table, columns string, rows ...[]any) error {
	if len(rows) == 0 {
		return nil
	}
	row := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(rows[0])), ", ") + ")"
	query := "INSERT INTO " + table + " (" + columns + ") VALUES " + strings.TrimSuffix(strings.Repeat(row+", ", len(rows)), ", ")
	_, err := tx.NewRaw(query, slices.Concat(rows...)...).Exec(ctx)
	return err
}
