package evaluation

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"math/big"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/database"
)

// approvedVisit is an approved visit as a branch's report is figured from it.
type approvedVisit struct {
	opened
	handedIn string // read once, to be published
	named    []currentPhoto
	edits    []PublicationEdit

	answerTo map[string]*allowedAnswer // by question
}

// publish leaves of what was handed in what the branch may see.
func (v *approvedVisit) publish(version *Version) error {
	if err := v.opened.publish(version, v.handedIn, v.named, v.edits); err != nil {
		return fmt.Errorf("answers of evaluation %s: %w", v.id, err)
	}
	v.handedIn, v.answerTo = "", map[string]*allowedAnswer{}
	for i := range v.answers {
		v.answerTo[v.answers[i].question.ID] = &v.answers[i]
	}
	return nil
}

// scored are the questions that counted in the visit, and the critical ones without points that were answered, of those
// whose answers are meant for the branch.
func (v *approvedVisit) scored() iter.Seq2[*askedQuestion, QuestionScore] {
	return func(yield func(*askedQuestion, QuestionScore) bool) {
		for _, part := range v.score.Questions {
			i, known := v.version.index[part.ID]
			if !known {
				continue
			}
			q := &v.version.questions[i]
			told := part.Counted || q.critical() && part.Visible && !part.NA // critical questions are never left empty
			if told && q.Audience != AudienceCoordinator && !yield(q, part) {
				return
			}
		}
	}
}

// words is what the shopper wrote; false where the answer is no text.
func (v *approvedVisit) words(a *allowedAnswer) (ReportWords, bool) {
	if a.question.Type != TypeText || a.na {
		return ReportWords{}, false
	}
	return ReportWords{EvaluationID: v.id, Day: v.day, Question: a.question.Text, Text: a.text}, true
}

// latestFirst orders by day and keeps the order of each day.
func latestFirst(a, b *approvedVisit) int { return cmp.Compare(b.day, a.day) }

var (
	photosOfBranch = database.Prepared(`
		SELECT n.evaluation_id, n.number, n.question_id, p.uploaded_hash, p.stored_hash
		FROM evaluations e JOIN evaluation_photos n ON n.evaluation_id = e.id JOIN photos p ON p.id = n.photo_id
		WHERE e.branch_id = ? AND e.day BETWEEN ? AND ? AND e.checklist_id = ? AND e.approved_at IS NOT NULL
		ORDER BY n.evaluation_id, n.number`)
	editsOfBranch = database.Prepared(`
		SELECT c.evaluation_id, c.subject, c.text
		FROM evaluations e JOIN publications c ON c.evaluation_id = e.id
		WHERE e.branch_id = ? AND e.day BETWEEN ? AND ? AND e.checklist_id = ? AND e.approved_at IS NOT NULL`)
	scoresOfBranch = database.Prepared(`
		SELECT e.fraction FROM evaluations e
		WHERE e.branch_id = ? AND e.day BETWEEN ? AND ? AND e.checklist_id = ? AND e.approved_at IS NOT NULL AND e.fraction IS NOT NULL`)
)

// approvedVisits gives the approved visits of a branch with a checklist in a period, by day, those of one day in their
// random order. How many queries it takes does not depend on how many visits there are.
func (w wall) approvedVisits(ctx context.Context, tx bun.Tx, branchID, checklistID uuid.UUID, period Period) ([]*approvedVisit, error) {
	rows, err := w.selectPublished(tx).ColumnExpr("revision.document").Where("evaluation.approved_at IS NOT NULL").
		Where("evaluation.branch_id = ? AND evaluation.day BETWEEN ? AND ? AND evaluation.checklist_id = ?", branchID, period.From, period.To, checklistID).
		OrderExpr("evaluation.day, evaluation.shuffle, evaluation.id").Rows(ctx)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	visits, byID := []*approvedVisit{}, map[uuid.UUID]*approvedVisit{}
	for rows.Next() {
		v := new(approvedVisit)
		if err := v.scan(rows, &v.handedIn); err != nil {
			return nil, err
		}
		visits, byID[v.id] = append(visits, v), v
	}
	if err := rows.Err(); err != nil || len(visits) == 0 {
		return visits, err
	}
	err = eachRow(ctx, tx, photosOfBranch, branchID, checklistID, period, func(scan func(...any) error) error {
		var id uuid.UUID
		var p currentPhoto
		if err := scan(&id, &p.Number, &p.QuestionID, &p.uploaded, &p.stored); err != nil {
			return err
		}
		byID[id].named = append(byID[id].named, p)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = eachRow(ctx, tx, editsOfBranch, branchID, checklistID, period, func(scan func(...any) error) error {
		var id uuid.UUID
		var subject string
		var edit PublicationEdit
		if err := scan(&id, &subject, &edit.Text); err != nil {
			return err
		}
		edit.readSubject(subject)
		byID[id].edits = append(byID[id].edits, edit)
		return nil
	})
	return visits, err
}

// exactScores gives the exact scores of a branch with a checklist in a period.
func exactScores(ctx context.Context, tx bun.Tx, branchID, checklistID uuid.UUID, period Period) (scores []*big.Rat, err error) {
	err = eachRow(ctx, tx, scoresOfBranch, branchID, checklistID, period, func(scan func(...any) error) error {
		var fraction string
		if err := scan(&fraction); err != nil {
			return err
		}
		score, ok := new(big.Rat).SetString(fraction)
		if !ok {
			return fmt.Errorf("the score %q is no fraction", fraction)
		}
		scores = append(scores, score)
		return nil
	})
	return scores, err
}

// eachRow runs a query of a branch's approved visits with a checklist in a period.
func eachRow(ctx context.Context, tx bun.Tx, query *database.Statement, branchID, checklistID uuid.UUID, period Period, read func(scan func(...any) error) error) error {
	rows, err := query.Rows(ctx, tx, branchID, period.From, period.To, checklistID)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := read(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
