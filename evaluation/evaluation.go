package evaluation

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
)

// Evaluation is what a coordinator sees of what was handed in for one visit: everything.
type Evaluation struct {
	Summary
	CurrentRevision int                        `json:"revision"`
	ContentHash     string                     `json:"content_hash"`
	Begun           time.Time                  `json:"begun" doc:"A claim of the phone"`
	Finished        time.Time                  `json:"finished" doc:"A claim of the phone"`
	Answers         map[string]json.RawMessage `json:"answers"`
	Moments         []MomentClaim              `json:"moments,omitempty"`
	Photos          []NumberedPhoto            `json:"photos"`
	Observations    []Observation              `json:"observations"`
	Score           Score                      `json:"score"`
	Words           string                     `json:"words,omitempty" doc:"The reviewer's, to the shopper"`
	OpenQuestions   []string                   `json:"open_questions" doc:"What the return named"`
	Publication     []PublicationEdit          `json:"publication" doc:"What was replaced or left out for the branch"`
	Revisions       []Revision                 `json:"revisions"`
	Edition         int64                      `json:"edition" doc:"Counts changes; the ETag"`
}

// Summary is an evaluation as a line of the coordinator's list.
type Summary struct {
	ID               uuid.UUID     `json:"id"`
	VisitID          uuid.UUID     `json:"visit_id"`
	State            State         `json:"state" enum:"submitted,returned,approved,rejected"`
	Branch           VisitedBranch `json:"branch"`
	ChecklistID      uuid.UUID     `json:"checklist_id"`
	ChecklistTitle   string        `json:"checklist_title"`
	ChecklistVersion int           `json:"checklist_version"`
	ShopperID        uuid.UUID     `json:"shopper_id"`
	ShopperName      string        `json:"shopper_name"`
	Day              string        `json:"day" doc:"The day it began, in the branch's zone"`
	ReceivedAt       time.Time     `json:"received_at"`
	Marks            []string      `json:"marks" enum:"late,expired,cancelled" doc:"late, expired, cancelled"`
	BasisPoints      *int64        `json:"score_basis_points,omitempty" doc:"Of the current revision; absent without a score"`
	Shown            string        `json:"score_shown,omitempty" doc:"The same in per cent with one decimal, as every page and report shows it" example:"80.0"`
	Observed         int           `json:"observed" doc:"How many observations the current revision has"`
	Grade            *int          `json:"grade,omitempty" doc:"The reviewer's 1 to 10 for the shopper's work"`
	ApprovedAt       *time.Time    `json:"approved_at,omitempty"`
}

// Revision is one line of an evaluation's history. A score is never changed in place.
type Revision struct {
	Number     int        `json:"number"`
	ReceivedAt time.Time  `json:"received_at"`
	AuthorID   uuid.UUID  `json:"author_id"`
	HandedInBy *uuid.UUID `json:"handed_in_by,omitempty" doc:"The coordinator who handed it in from a file of the author's; absent where the author sent it"`
	Reason     string     `json:"reason,omitempty"`
	Changed    []string   `json:"changed" doc:"The questions whose answers differ from the revision before"`
	Score      Score      `json:"score"`
}

// NumberedPhoto is a photo of an evaluation, read at /evaluations/{id}/photos/{number}.
type NumberedPhoto struct {
	Number     int         `json:"number"`
	QuestionID string      `json:"question_id"`
	SHA256     string      `json:"sha256" doc:"Of what was uploaded"`
	Width      int         `json:"width"`
	Height     int         `json:"height"`
	Taken      string      `json:"taken,omitempty" doc:"What the upload's EXIF says, in wall time"`
	Position   *Position   `json:"position,omitempty" doc:"What the upload's EXIF says"`
	Claim      *PhotoClaim `json:"claim,omitempty" doc:"What the phone says"`

	stored string // the hash under which it is stored, where it was read to be published
}

// evaluationRow is an evaluation as its table has it, with what stands beside it.
type evaluationRow struct {
	bun.BaseModel    `bun:"table:evaluations,alias:evaluation"`
	ID               uuid.UUID `bun:",pk"`
	VisitID          uuid.UUID
	BranchID         uuid.UUID
	ChecklistID      uuid.UUID
	ChecklistVersion int
	ShopperID        uuid.UUID
	Revision         int
	BegunAt          database.Time
	FinishedAt       database.Time
	Day              string
	ReceivedAt       database.Time
	Marks            string
	Score            *int64
	Fraction         *string
	OpenQuestions    string
	Words            string
	Grade            *int
	ApprovedAt       database.Time
	Shuffle          int64
	Edition          int64
	ClaimsPurgedAt   database.Time

	State          State  `bun:",scanonly"`
	BranchName     string `bun:",scanonly"`
	BranchAddress  string `bun:",scanonly"`
	Zone           string `bun:",scanonly"`
	ChecklistTitle string `bun:",scanonly"`
	ShopperName    string `bun:",scanonly"`
	Observed       int    `bun:",scanonly"`
	Document       string `bun:",scanonly"` // of the current revision
	ContentHash    string `bun:",scanonly"`
	ScoreText      string `bun:",scanonly"`
}

// knownTo narrows a query to the evaluations that the viewer may know of whole: coordinators and admins all, shoppers
// their own. The first role that fits decides. A manager knows none like this: what comes through the identity wall is
// a type of its own.
func knownTo(viewer account.User, q *bun.SelectQuery) *bun.SelectQuery {
	switch {
	case viewer.Coordinates():
		return q
	case viewer.Roles.Any(account.Shopper):
		return q.Where("evaluation.shopper_id = ?", viewer.ID)
	}
	return q.Where("FALSE")
}

// selectEvaluations reads evaluations with what stands beside them.
func selectEvaluations(from bun.IDB, into any) *bun.SelectQuery {
	return from.NewSelect().Model(into).
		ColumnExpr("evaluation.*").
		ColumnExpr("visit.state AS state, visit.zone AS zone").
		ColumnExpr("branch.name AS branch_name, branch.address AS branch_address").
		ColumnExpr("checklist.title AS checklist_title").
		ColumnExpr("shopper.name AS shopper_name").
		ColumnExpr("revision.content_hash AS content_hash, revision.score AS score_text").
		ColumnExpr("(SELECT COUNT(*) FROM observations o WHERE o.evaluation_id = evaluation.id AND o.revision = evaluation.revision) AS observed").
		Join("JOIN visits AS visit ON visit.id = evaluation.visit_id").
		Join("JOIN branches AS branch ON branch.id = evaluation.branch_id").
		Join("JOIN checklists AS checklist ON checklist.id = evaluation.checklist_id").
		Join("JOIN users AS shopper ON shopper.id = evaluation.shopper_id").
		Join("JOIN revisions AS revision ON revision.evaluation_id = evaluation.id AND revision.number = evaluation.revision")
}

func getEvaluation(ctx context.Context, from bun.IDB, viewer account.User, id uuid.UUID) (*evaluationRow, error) {
	row := new(evaluationRow)
	err := knownTo(viewer, selectEvaluations(from, row)).ColumnExpr("revision.document AS document").Where("evaluation.id = ?", id).Scan(ctx)
	return row, database.OrNotFound(err)
}

func (r *evaluationRow) summary() Summary {
	s := Summary{
		ID: r.ID, VisitID: r.VisitID, State: r.State,
		Branch:      VisitedBranch{r.BranchID, r.BranchName, r.BranchAddress, r.Zone},
		ChecklistID: r.ChecklistID, ChecklistTitle: r.ChecklistTitle, ChecklistVersion: r.ChecklistVersion,
		ShopperID: r.ShopperID, ShopperName: r.ShopperName,
		Day: r.Day, ReceivedAt: r.ReceivedAt.Time, Marks: listOf(r.Marks), Observed: r.Observed, Grade: r.Grade,
	}
	// The score as it was rounded once: the millionths beside it, rounded again, would come out higher now and then.
	var exact struct {
		Score *Figure `json:"score"`
	}
	_ = json.Unmarshal([]byte(r.ScoreText), &exact) // written by record
	if exact.Score != nil {
		s.BasisPoints, s.Shown = &exact.Score.BasisPoints, exact.Score.Shown
	}
	if !r.ApprovedAt.IsZero() {
		s.ApprovedAt = &r.ApprovedAt.Time
	}
	return s
}

// listOf reads a JSON list of texts that we wrote.
func listOf(text string) []string {
	list := []string{}
	_ = json.Unmarshal([]byte(text), &list) // written by jsonList
	return list
}

// Filter narrows a list of evaluations.
type Filter struct {
	State    State
	BranchID uuid.UUID
	Shopper  uuid.UUID
	Limit    int
	Cursor   string
}

// byArrival is the order of lists. A manager never gets it.
const byArrival = "evaluation.received_at, evaluation.id"

// pageOf selects the ids of a page of the evaluations that the viewer may know of, so that nothing else is read of all
// those that are not on it.
func (s *Evaluations) pageOf(viewer account.User, f Filter) *bun.SelectQuery {
	q := knownTo(viewer, s.DB.Read().NewSelect().TableExpr("evaluations AS evaluation").ColumnExpr("evaluation.id"))
	switch f.State {
	case "":
	case Approved: // most are: found beside the order, without their visits
		q = q.Where("evaluation.approved_at IS NOT NULL")
	default:
		q = q.Where("evaluation.visit_id IN (SELECT id FROM visits WHERE state = ?)", f.State)
	}
	if f.BranchID != uuid.Nil {
		q = q.Where("evaluation.branch_id = ?", f.BranchID)
	}
	if f.Shopper != uuid.Nil {
		q = q.Where("evaluation.shopper_id = ?", f.Shopper)
	}
	return q.OrderExpr(byArrival).Limit(int64(f.Limit) + 1)
}

// arrived gives rows in the order of their arrival.
func (s *Evaluations) arrived(ctx context.Context, viewer account.User, f Filter) (database.Page[evaluationRow], error) {
	page := s.pageOf(viewer, f)
	var received int64
	var id uuid.UUID
	if more, err := database.ReadCursor(f.Cursor, &received, &id); err != nil {
		return database.Page[evaluationRow]{}, err
	} else if more {
		page = page.Where("(evaluation.received_at, evaluation.id) > (?, ?)", received, id)
	}
	var rows []evaluationRow
	err := selectEvaluations(s.DB.Read(), &rows).Where("evaluation.id IN (?)", page).OrderExpr(byArrival).Scan(ctx)
	return database.Paged(rows, f.Limit, func(r evaluationRow) []any { return []any{r.ReceivedAt.UnixMicro(), r.ID} }), err
}

// List gives coordinators the evaluations, the longest waiting first.
func (s *Evaluations) List(ctx context.Context, viewer account.User, f Filter) (database.Page[Summary], error) {
	page, err := s.arrived(ctx, viewer, f)
	return database.PageOf(page, (*evaluationRow).summary), err
}

// Get gives a coordinator the whole evaluation.
func (s *Evaluations) Get(ctx context.Context, viewer account.User, id uuid.UUID) (Evaluation, error) {
	from := s.DB.Read()
	row, err := getEvaluation(ctx, from, viewer, id)
	if err != nil {
		return Evaluation{}, err
	}
	e := Evaluation{Summary: row.summary(), CurrentRevision: row.Revision, ContentHash: row.ContentHash,
		Begun: row.BegunAt.Time, Finished: row.FinishedAt.Time, Words: row.Words, OpenQuestions: listOf(row.OpenQuestions), Edition: row.Edition}
	sent, err := readSent(row.Document)
	if err != nil {
		return Evaluation{}, err
	}
	e.Answers = sent.Answers
	if err := json.Unmarshal([]byte(row.ScoreText), &e.Score); err != nil {
		return Evaluation{}, err
	}
	version, err := s.Checklists.Version(ctx, row.ChecklistID, row.ChecklistVersion)
	if err != nil {
		return Evaluation{}, err
	}
	if e.Revisions, e.Moments, err = revisionsOf(ctx, from, id); err != nil {
		return Evaluation{}, err
	}
	if e.Observations, err = observationsOf(ctx, from, id, row.Revision); err != nil {
		return Evaluation{}, err
	}
	if e.Photos, err = s.currentPhotos(ctx, row, version, sent); err != nil {
		return Evaluation{}, err
	}
	e.Publication, err = publicationOf(ctx, from, id)
	return e, err
}

func revisionsOf(ctx context.Context, from bun.IDB, id uuid.UUID) (revisions []Revision, moments []MomentClaim, err error) {
	var rows []struct {
		Number          int
		ReceivedAt      database.Time
		AuthorID        uuid.UUID
		HandedInBy      *uuid.UUID
		Reason, Changed string
		Score, Document string
	}
	err = from.NewSelect().Table("revisions").Column("number", "received_at", "author_id", "handed_in_by", "reason", "changed", "score", "document").
		Where("evaluation_id = ?", id).Order("number").Scan(ctx, &rows)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range rows {
		one := Revision{Number: r.Number, ReceivedAt: r.ReceivedAt.Time, AuthorID: r.AuthorID, HandedInBy: r.HandedInBy, Reason: r.Reason, Changed: listOf(r.Changed)}
		if err := json.Unmarshal([]byte(r.Score), &one.Score); err != nil {
			return nil, nil, err
		}
		sent, err := readSent(r.Document)
		if err != nil {
			return nil, nil, err
		}
		revisions, moments = append(revisions, one), append(moments, sent.Moments...)
	}
	return revisions, moments, nil
}

func observationsOf(ctx context.Context, from bun.IDB, id uuid.UUID, revision int) ([]Observation, error) {
	var rows []struct {
		Kind, QuestionID, Reason string
	}
	err := from.NewSelect().Table("observations").Column("kind", "question_id", "reason").
		Where("evaluation_id = ? AND revision = ?", id, revision).Order("number").Scan(ctx, &rows)
	seen := make([]Observation, len(rows))
	for i, r := range rows {
		seen[i] = Observation(r)
	}
	return seen, err
}

// currentPhotos gives the photos that the current answers name. A revision may have dropped others.
func (s *Evaluations) currentPhotos(ctx context.Context, row *evaluationRow, version *Version, sent sentDocument) ([]NumberedPhoto, error) {
	answers, _ := version.Read(sent.Answers) // it had no fault when it came
	var rows []struct {
		Number, Width, Height int
		QuestionID            string
		UploadedHash          string
		Taken                 string
		Lat, Lon              *int64
	}
	err := s.DB.Read().NewSelect().TableExpr("evaluation_photos AS e").
		Join("JOIN photos AS p ON p.id = e.photo_id").
		ColumnExpr("e.number, p.width, p.height, e.question_id, p.uploaded_hash, p.taken, p.lat, p.lon").
		Where("e.evaluation_id = ?", row.ID).Order("e.number").Scan(ctx, &rows)
	photos := []NumberedPhoto{}
	for _, r := range rows {
		if !slices.Contains(answers[r.QuestionID].Photos, r.UploadedHash) {
			continue
		}
		p := NumberedPhoto{Number: r.Number, QuestionID: r.QuestionID, SHA256: r.UploadedHash, Width: r.Width, Height: r.Height, Taken: r.Taken, Position: positionOf(r.Lat, r.Lon)}
		if i := slices.IndexFunc(sent.Photos, func(c PhotoClaim) bool { return c.SHA256 == r.UploadedHash }); i >= 0 {
			p.Claim = &sent.Photos[i]
		}
		photos = append(photos, p)
	}
	return photos, err
}
