package evaluation

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"reflect"

	"fieldcare/internal/database"
)

// keptRevision is a revision as its tables have it, beside its evaluation.
type keptRevision struct {
	evaluation string
	checklist  string
	version    int
	current    int // the number of the evaluation's current revision
	beside     besideScore
	approved   bool
	visit      sql.NullString // the state of the visit
	number     sql.NullInt64  // none: the evaluation has no revision at all
	document   sql.NullString
	scoreText  sql.NullString
}

var revisionsAfter = database.Prepared(`
	SELECT e.id, e.checklist_id, e.checklist_version, e.revision, e.score, e.fraction, e.approved_at IS NOT NULL, v.state, r.number, r.document, r.score
	FROM (SELECT * FROM evaluations WHERE id > ? ORDER BY id LIMIT ?) e
	LEFT JOIN visits v ON v.id = e.visit_id
	LEFT JOIN revisions r ON r.evaluation_id = e.id
	ORDER BY e.id, r.number`)

// evaluations looks at every evaluation with its revisions. What stands together is read by one statement, so that
// nothing half done is seen.
func (c *Check) evaluations(ctx context.Context) error {
	for after, more := "", true; more; {
		some, err := c.revisions(ctx, after)
		if err != nil {
			return err
		}
		evaluations, hasCurrent := 0, false
		for i, r := range some {
			last := i+1 == len(some) || some[i+1].evaluation != r.evaluation
			hasCurrent = hasCurrent || r.number.Valid && int(r.number.Int64) == r.current
			if err := c.revision(ctx, r); err != nil {
				return err
			}
			if last {
				c.evaluation(r, hasCurrent)
				evaluations, hasCurrent, after = evaluations+1, false, r.evaluation
			}
		}
		c.checked.Evaluations += evaluations
		more = evaluations == c.atOnce
	}
	return nil
}

func (c *Check) revisions(ctx context.Context, after string) (some []keptRevision, err error) {
	rows, err := revisionsAfter.Rows(ctx, c.DB.Read(), after, c.atOnce)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r keptRevision
		if err := rows.Scan(&r.evaluation, &r.checklist, &r.version, &r.current, &r.beside.millionths, &r.beside.fraction, &r.approved, &r.visit, &r.number, &r.document, &r.scoreText); err != nil {
			return nil, err
		}
		some = append(some, r)
	}
	return some, rows.Err()
}

func (c *Check) evaluation(r keptRevision, hasCurrent bool) {
	if !hasCurrent {
		c.fault(fmt.Sprintf("evaluation %s: its current revision, number %d, is missing", r.evaluation, r.current))
	}
	if r.visit.Valid && r.approved != (r.visit.String == string(Approved)) {
		has := "has no time of approval"
		if r.approved {
			has = "has a time of approval"
		}
		c.fault(fmt.Sprintf("evaluation %s: it %s, and its visit is %s", r.evaluation, has, r.visit.String))
	}
}

func (c *Check) revision(ctx context.Context, r keptRevision) error {
	if !r.number.Valid {
		return nil
	}
	c.checked.Revisions++
	version, err := c.version(ctx, r.checklist, r.version)
	if err != nil {
		return err
	}
	faults, otherEngine := r.faults(version)
	if otherEngine {
		c.checked.OtherEngine++
	}
	for _, fault := range faults {
		c.fault(fmt.Sprintf("evaluation %s, revision %d: %s", r.evaluation, r.number.Int64, fault))
	}
	return nil
}

// faults calculates the score again, which only the version of the engine can that made it. version is nil when it
// cannot be read.
func (r keptRevision) faults(version *Version) (faults []string, otherEngine bool) {
	find := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	// What was damaged may be what no rule expects, and must not end the check.
	defer func() {
		if reason := recover(); reason != nil {
			find("the score cannot be calculated again: %v", reason)
		}
	}()
	sent, unread := readSent(r.document.String)
	if unread != nil {
		find("the document cannot be read: %v", unread)
	}
	var kept Score
	if err := json.Unmarshal([]byte(r.scoreText.String), &kept); err != nil {
		find("the score cannot be read: %v", err)
		return faults, false
	}
	if int(r.number.Int64) == r.current && r.beside != kept.beside() {
		find("its score is %s, and beside it are kept %s", kept.words(), r.beside.words())
	}
	switch {
	case kept.EngineVersion < 1:
		find("its score does not say which version of the engine made it")
		return faults, false
	case kept.EngineVersion != EngineVersion:
		return faults, true
	case unread != nil || version == nil:
		return faults, false
	}
	answers, wrong := version.Read(sent.Answers)
	for _, w := range wrong {
		find("the document: %s %s", w.Pointer, w.Detail)
	}
	if fresh := version.Score(answers); !reflect.DeepEqual(kept, fresh) {
		find("its score is kept as %s, and its answers come to %s", kept.words(), fresh.words())
	}
	return faults, false
}

// words are for people who look for a fault.
func (s Score) words() string {
	if s.Score == nil {
		return "no score"
	}
	return fmt.Sprintf("%s (of %s points %s)", s.Score.Fraction, s.Possible, s.Earned)
}

// besideScore is what is kept of the current score in columns of its own.
type besideScore struct {
	millionths sql.NullInt64
	fraction   sql.NullString
}

func (s Score) beside() (b besideScore) {
	if b.millionths.Int64, b.millionths.Valid = s.Millionths(); b.millionths.Valid {
		b.fraction = sql.NullString{String: s.Score.Fraction, Valid: true}
	}
	return b
}

func (b besideScore) words() string {
	millionths, fraction := "no millionths", "no fraction"
	if b.millionths.Valid {
		millionths = fmt.Sprintf("%d millionths", b.millionths.Int64)
	}
	if b.fraction.Valid {
		fraction = "the fraction " + b.fraction.String
	}
	return millionths + " and " + fraction
}
