package evaluation

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
	"fieldcare/internal/walltime"
)

// wall is the identity wall: what a manager learns of evaluations is read through it. The shopper must stay unknown, so
// it reads by a list of what is allowed. Nobody can forget to leave out of its type what was never in it.
type wall struct {
	db         *database.DB
	checklists *Checklists
	viewer     account.User
}

// publishedRow is what comes through the wall of one evaluation, and all of it. There is no shopper in it, no time but
// the day and a part of it, nothing that the reviewer said of the work, and no id that contains a time but those of the
// branch and the checklist, which tell only when these were made.
type publishedRow struct {
	id               uuid.UUID
	approved         bool
	day              string
	partOfDay        string
	shuffle          int64 // random: the order within a day
	zone             string
	branch           ReportBranch
	checklistID      uuid.UUID
	checklistTitle   string
	checklistVersion int
	score            Score
}

// sees narrows a query to the evaluations that the viewer sees through the wall: a manager those approved at the own
// branches; coordinators and admins all, for they look at what a branch would get before they approve it.
func (w wall) sees(q *bun.SelectQuery) *bun.SelectQuery {
	switch {
	case w.viewer.Coordinates():
		return q
	case w.viewer.Roles.Any(account.Manager):
		return q.Where("evaluation.approved_at IS NOT NULL").
			Where("evaluation.branch_id IN (SELECT branch_id FROM branch_managers WHERE user_id = ?)", w.viewer.ID)
	}
	return q.Where("FALSE")
}

func (w wall) selectPublished(from bun.IDB) *bun.SelectQuery {
	return w.sees(from.NewSelect().TableExpr("evaluations AS evaluation").
		ColumnExpr("evaluation.id, evaluation.approved_at IS NOT NULL, evaluation.day, evaluation.begun_at, evaluation.shuffle, visit.zone").
		ColumnExpr("branch.id, branch.code, branch.name, branch.address, branch.region").
		ColumnExpr("evaluation.checklist_id, checklist.title, evaluation.checklist_version, revision.score").
		Join("JOIN visits AS visit ON visit.id = evaluation.visit_id").
		Join("JOIN branches AS branch ON branch.id = evaluation.branch_id").
		Join("JOIN checklists AS checklist ON checklist.id = evaluation.checklist_id").
		Join("JOIN revisions AS revision ON revision.evaluation_id = evaluation.id AND revision.number = evaluation.revision"))
}

// scan reads a row. The time when the visit began becomes the part of the day here and is kept nowhere. The part is told
// in the zone that the visit was planned in, as everywhere: told in two zones, it would narrow the time.
func (p *publishedRow) scan(rows *sql.Rows, more ...any) error {
	var begun database.Time
	var score string
	err := rows.Scan(append([]any{&p.id, &p.approved, &p.day, &begun, &p.shuffle, &p.zone,
		&p.branch.ID, &p.branch.Code, &p.branch.Name, &p.branch.Address, &p.branch.Region,
		&p.checklistID, &p.checklistTitle, &p.checklistVersion, &score}, more...)...)
	if err != nil {
		return err
	}
	zone, err := walltime.Zone(p.zone)
	if err != nil {
		return err
	}
	p.partOfDay = partOfDay(begun.In(zone))
	return json.Unmarshal([]byte(score), &p.score)
}

// partOfDay is all that comes through the wall of a time.
func partOfDay(at time.Time) string {
	switch hour := at.Hour(); {
	case hour < 12:
		return Before12
	case hour < 17:
		return From12To17
	}
	return After17
}

// visit is the row as reports and lists have it.
func (p *publishedRow) visit() ReportVisit {
	v := ReportVisit{
		EvaluationID: p.id, Day: p.day, PartOfDay: p.partOfDay, Version: p.checklistVersion,
		Score: p.score.Score, Calculated: p.score.Calculated, Outcome: p.score.Outcome, Coverage: p.score.Coverage,
		Bounds: p.score.Bounds, Band: p.score.Band, Sections: []ReportSectionScore{},
	}
	for _, section := range p.score.Sections {
		if section.Score != nil || section.Coverage != nil {
			v.Sections = append(v.Sections, ReportSectionScore{ID: section.ID, Score: section.Score})
		}
	}
	return v
}

// byDay is the order of what comes through the wall: the days are known, and within a day the order is random, so that it
// tells nothing of when they came.
const byDay = "evaluation.day DESC, evaluation.shuffle, evaluation.id"

// pageOf selects the ids of a page, so that nothing else is read of all those that are not on it.
func (w wall) pageOf(branch uuid.UUID, limit int) *bun.SelectQuery {
	q := w.sees(w.db.Read().NewSelect().TableExpr("evaluations AS evaluation").ColumnExpr("evaluation.id"))
	if branch != uuid.Nil {
		q = q.Where("evaluation.branch_id = ?", branch)
	}
	return q.OrderExpr(byDay).Limit(int64(limit) + 1)
}

// page gives a page of what the viewer sees, the latest days first.
func (w wall) page(ctx context.Context, branch uuid.UUID, limit int, cursor string) (database.Page[publishedRow], error) {
	ids := w.pageOf(branch, limit)
	var day string
	var shuffle int64
	var id uuid.UUID
	if more, err := database.ReadCursor(cursor, &day, &shuffle, &id); err != nil {
		return database.Page[publishedRow]{}, err
	} else if more {
		ids = ids.Where("(evaluation.day < ? OR (evaluation.day = ? AND (evaluation.shuffle, evaluation.id) > (?, ?)))", day, day, shuffle, id)
	}
	rows, err := w.selectPublished(w.db.Read()).Where("evaluation.id IN (?)", ids).OrderExpr(byDay).Rows(ctx)
	if err != nil {
		return database.Page[publishedRow]{}, err
	}
	defer rows.Close()
	var found []publishedRow
	for rows.Next() {
		var p publishedRow
		if err := p.scan(rows); err != nil {
			return database.Page[publishedRow]{}, err
		}
		found = append(found, p)
	}
	return database.Paged(found, limit, func(p publishedRow) []any { return []any{p.day, p.shuffle, p.id} }), rows.Err()
}

// opened is one evaluation with what is published of it.
type opened struct {
	publishedRow
	version *Version
	answers []allowedAnswer
	photos  []NumberedPhoto // in the place of the number that a manager reads them by, less one
}

// oneSnapshot is for reads that belong together: all of them are of one moment.
var oneSnapshot = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}

// open reads one evaluation, or fault.ErrNotFound. Its document is read to be published, and not kept.
func (w wall) open(ctx context.Context, id uuid.UUID) (o opened, err error) {
	var document string
	var photos []currentPhoto
	var edits []PublicationEdit
	// Of one moment, so that no answer is published whose replacement was taken away meanwhile.
	err = w.db.Read().RunInTx(ctx, oneSnapshot, func(ctx context.Context, tx bun.Tx) (err error) {
		if document, err = w.readOne(ctx, tx, id, &o.publishedRow); err != nil {
			return err
		}
		if photos, err = namedPhotos(ctx, tx, id); err != nil {
			return err
		}
		edits, err = publicationOf(ctx, tx, id)
		return err
	})
	if err != nil {
		return opened{}, err
	}
	version, err := w.checklists.Version(ctx, o.checklistID, o.checklistVersion)
	if err != nil {
		return opened{}, err
	}
	return o, o.publish(version, document, photos, edits)
}

// publish takes of what was handed in with this version what the branch may see.
func (o *opened) publish(version *Version, document string, photos []currentPhoto, edits []PublicationEdit) error {
	sent, err := readSent(document)
	if err != nil {
		return err
	}
	answers, _ := version.Read(sent.Answers) // it had no fault when it came
	var current []NumberedPhoto
	for _, p := range photos {
		if slices.Contains(answers[p.QuestionID].Photos, p.uploaded) {
			current = append(current, p.NumberedPhoto)
		}
	}
	o.version = version
	o.answers, o.photos = version.allowed(answers, current, edits)
	return nil
}

// number gives the photos the numbers by which the viewer reads them: coordinators those of the evaluation, managers
// those of what is published, without gaps.
func (o *opened) number(viewer account.User) {
	if viewer.Coordinates() {
		return
	}
	for i := range o.photos {
		o.photos[i].Number = i + 1
	}
}

// readOne reads the row and gives its document beside it.
func (w wall) readOne(ctx context.Context, tx bun.Tx, id uuid.UUID, into *publishedRow) (document string, err error) {
	rows, err := w.selectPublished(tx).ColumnExpr("revision.document").Where("evaluation.id = ?", id).Rows(ctx)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return "", err
		}
		return "", fault.ErrNotFound
	}
	return document, into.scan(rows, &document)
}

// currentPhoto is a photo that some revision named. It is current when the answers still name its upload.
type currentPhoto struct {
	NumberedPhoto
	uploaded string
}

func namedPhotos(ctx context.Context, tx bun.Tx, id uuid.UUID) (photos []currentPhoto, err error) {
	rows, err := selectNamed.Rows(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p currentPhoto
		if err := rows.Scan(&p.Number, &p.QuestionID, &p.uploaded, &p.stored); err != nil {
			return nil, err
		}
		photos = append(photos, p)
	}
	return photos, rows.Err()
}

var selectNamed = database.Prepared(`SELECT e.number, e.question_id, p.uploaded_hash, p.stored_hash
	FROM evaluation_photos e JOIN photos p ON p.id = e.photo_id WHERE e.evaluation_id = ? ORDER BY e.number`)
