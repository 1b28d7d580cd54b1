package evaluation

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// How many characters a reviewer's words to the shopper, and the reason for a move or an edit, may have.
const (
	mostOfWords  = 4000
	mostOfReason = 1000
)

// Approval accepts a revision and grades the shopper's work on it.
type Approval struct {
	Revision int    `json:"revision" minimum:"1" doc:"The revision that was reviewed: a newer one is not approved unseen"`
	Grade    int    `json:"grade" minimum:"1" maximum:"10"`
	Words    string `json:"words,omitempty" maxLength:"4000" doc:"To the shopper"`
}

// ReturnToShopper sends a revision back, naming what is to be put right.
type ReturnToShopper struct {
	Revision  int      `json:"revision" minimum:"1"`
	Questions []string `json:"questions" minItems:"1" maxItems:"200" doc:"The ids of the questions to answer anew: those that were asked, or may come to be asked when another of them is answered anew"`
	Words     string   `json:"words" maxLength:"4000" doc:"To the shopper: what is missing"`
}

// Rejection refuses an evaluation for good.
type Rejection struct {
	Revision int    `json:"revision" minimum:"1"`
	Reason   string `json:"reason" maxLength:"1000" doc:"The shopper is told"`
}

// ErrOtherRevision says that the review was of another revision than the current one.
var ErrOtherRevision = fmt.Errorf("a newer revision came in: %w", fault.ErrChanged)

// review makes one move of the review in a transaction; apply sets what else changes with it.
func (s *Evaluations) review(ctx context.Context, by account.User, id uuid.UUID, action Action, revision int, reason string, apply func(context.Context, bun.Tx, *evaluationRow) error) error {
	now := s.Clock()
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := getEvaluation(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if row.ShopperID == by.ID {
			return fault.Conflicting("own-work", "nobody reviews an own evaluation: leave it to another coordinator")
		}
		if action == Approve {
			if err := ownImport(ctx, tx, by, id); err != nil {
				return err
			}
		}
		from := row.State
		if row.State, err = from.After(action, byCoordinator); err != nil {
			return err
		}
		if revision != 0 && revision != row.Revision {
			return ErrOtherRevision
		}
		row.Edition++
		if err := apply(ctx, tx, row); err != nil {
			return err
		}
		if _, err := tx.NewUpdate().Model(row).Column("open_questions", "words", "grade", "approved_at", "edition").WherePK().Exec(ctx); err != nil {
			return err
		}
		if _, err := reviewVisit.Exec(ctx, tx, string(row.State), row.VisitID); err != nil {
			return err
		}
		if err := noteMove(ctx, tx, database.NewID(now), now, row.VisitID, &by.ID, from, row.State, reason); err != nil {
			return err
		}
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: string(action), Kind: "evaluation", Subject: id.String()})
	})
}

var reviewVisit = database.Prepared("UPDATE visits SET state = ?, edition = edition + 1 WHERE id = ?")

// Approve accepts the revision that was reviewed: it counts from now on, in the reports and their sums.
func (s *Evaluations) Approve(ctx context.Context, by account.User, id uuid.UUID, a Approval) error {
	if a.Grade < 1 || a.Grade > 10 {
		return fault.At("/grade", "must be a whole number from 1 to 10")
	}
	if err := fault.Characters("/words", a.Words, 0, mostOfWords); err != nil {
		return err
	}
	now := s.Clock()
	return s.review(ctx, by, id, Approve, a.Revision, "", func(ctx context.Context, tx bun.Tx, row *evaluationRow) error {
		row.Grade, row.Words, row.OpenQuestions, row.ApprovedAt = &a.Grade, a.Words, "[]", database.At(now)
		if row.Score != nil {
			if err := addToSums(ctx, tx, row.BranchID, row.ChecklistID, row.Day, *row.Score, +1); err != nil {
				return err
			}
		}
		if err := queueNewReport(ctx, tx, row.BranchID, now); err != nil {
			return err
		}
		return queueEvaluation(ctx, tx, "evaluation-approved", row, now)
	})
}

// Return sends the evaluation back to its shopper.
func (s *Evaluations) Return(ctx context.Context, by account.User, id uuid.UUID, r ReturnToShopper) error {
	if err := fault.Characters("/words", r.Words, 1, mostOfWords); err != nil {
		return err
	}
	row, err := getEvaluation(ctx, s.DB.Read(), by, id)
	if err != nil {
		return err
	}
	version, err := s.Checklists.Version(ctx, row.ChecklistID, row.ChecklistVersion)
	if err != nil {
		return err
	}
	sent, err := readSent(row.Document)
	if err != nil {
		return err
	}
	answers, _ := version.Read(sent.Answers) // it had no fault when it came
	if err := fault.Of(version.returnFaults(answers, r.Questions)); err != nil {
		return err
	}
	now := s.Clock()
	return s.review(ctx, by, id, Return, r.Revision, r.Words, func(ctx context.Context, tx bun.Tx, row *evaluationRow) error {
		row.OpenQuestions, row.Words, row.Grade = jsonList(r.Questions), r.Words, nil
		return queueEvaluation(ctx, tx, "evaluation-returned", row, now)
	})
}

// returnFaults says which questions cannot be returned, given the answers: with those, a return would open nothing.
func (v *Version) returnFaults(answers Answers, named []string) (faults []fault.Fault) {
	if len(named) == 0 {
		return []fault.Fault{{Pointer: "/questions", Detail: "name at least one question"}}
	}
	visible, dependents := v.Visible(answers), v.Dependents(named)
	for i, id := range named {
		refuse := func(detail string) {
			faults = append(faults, fault.Fault{Pointer: fmt.Sprintf("/questions/%d", i), Detail: detail})
		}
		q := v.Question(id)
		switch {
		case q == nil:
			refuse("is not the id of a question of this checklist")
		case slices.Contains(named[:i], id):
			refuse("is named twice")
		case q.Type == TypeNote:
			refuse("is a note, which asks nothing")
		case !visible[id] && !slices.Contains(dependents, id):
			refuse("was not asked, as its condition does not hold: name a question that it depends on as well")
		}
	}
	return faults
}

// Reject refuses the evaluation for good: not counted, not paid, invisible to the branch. The shopper is told why.
func (s *Evaluations) Reject(ctx context.Context, by account.User, id uuid.UUID, r Rejection) error {
	if err := fault.Characters("/reason", r.Reason, 1, mostOfReason); err != nil {
		return err
	}
	now := s.Clock()
	return s.review(ctx, by, id, Reject, r.Revision, r.Reason, func(ctx context.Context, tx bun.Tx, row *evaluationRow) error {
		row.Words, row.OpenQuestions, row.Grade = r.Reason, "[]", nil
		return queueEvaluation(ctx, tx, "evaluation-rejected", row, now)
	})
}

// Reopen takes an approval back, its grade and its words; sums and reports follow.
func (s *Evaluations) Reopen(ctx context.Context, by account.User, id uuid.UUID, reason string) error {
	if err := fault.Characters("/reason", reason, 1, mostOfReason); err != nil {
		return err
	}
	return s.review(ctx, by, id, Reopen, 0, reason, func(ctx context.Context, tx bun.Tx, row *evaluationRow) error {
		row.ApprovedAt, row.Grade, row.Words = database.Time{}, nil, ""
		if row.Score == nil {
			return nil
		}
		return addToSums(ctx, tx, row.BranchID, row.ChecklistID, row.Day, *row.Score, -1)
	})
}
