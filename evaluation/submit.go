package evaluation

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// Evaluations keeps what shoppers hand in, and its review.
type Evaluations struct {
	DB         *database.DB
	Checklists *Checklists
	Clock      func() time.Time
}

// Receipt says what has arrived: the phone deletes its copy when id and hash are those it sent.
type Receipt struct {
	ID          uuid.UUID `json:"id"`
	VisitID     uuid.UUID `json:"visit_id"`
	Revision    int       `json:"revision"`
	ContentHash string    `json:"content_hash" doc:"SHA-256 of the canonical JSON (RFC 8785) of what was sent"`
	State       State     `json:"state" enum:"submitted,returned,approved,rejected"`
}

// target is the visit that a submission is for, and what was handed in for it before.
type target struct {
	visitRow
	branch     *Position
	evaluation uuid.UUID // Nil before the first revision
	revision   int       // the current one
	finished   time.Time
	begun      time.Time
	open       []string // named by the return
	words      string   // the reviewer's, with the return
	current    sentDocument
}

// readTarget finds the shopper's visit by its id, or by that of its evaluation.
func (s *Evaluations) readTarget(ctx context.Context, shopper account.User, visit, evaluation uuid.UUID) (*target, error) {
	statement, id := targetByVisit, visit
	if visit == uuid.Nil {
		statement, id = targetByEvaluation, evaluation
	}
	var (
		t                target
		lat, lon         *int64
		evaluationID     uuid.NullUUID
		revision         sql.NullInt64
		begun, finished  database.Time
		open, words, doc sql.NullString
	)
	err := statement.Row(ctx, s.DB.Read(), id, shopper.ID).Scan(&t.ID, &t.BranchID, &t.ChecklistID, &t.ChecklistVersion, &t.State,
		&t.Opens, &t.Closes, &t.Zone, &t.OpensAt, &t.ClosesAt, &t.DeadlineMinutes, &t.ExpiresAt, &t.AcceptedAt, &t.CancelledAt, &t.Edition,
		&lat, &lon, &evaluationID, &revision, &begun, &finished, &open, &words, &doc)
	if err != nil {
		return nil, database.OrNotFound(err)
	}
	t.branch, t.evaluation, t.revision = positionOf(lat, lon), evaluationID.UUID, int(revision.Int64)
	t.begun, t.finished, t.words, t.open = begun.Time, finished.Time, words.String, listOf(open.String)
	if doc.Valid {
		t.current, err = readSent(doc.String)
	}
	return &t, err
}

const targetColumns = `SELECT v.id, v.branch_id, v.checklist_id, v.checklist_version, v.state,
	v.opens, v.closes, v.zone, v.opens_at, v.closes_at, v.deadline_minutes, v.expires_at, v.accepted_at, v.cancelled_at, v.edition,
	b.lat, b.lon, e.id, e.revision, e.begun_at, e.finished_at, e.open_questions, e.words, r.document
	FROM visits v JOIN branches b ON b.id = v.branch_id
	LEFT JOIN evaluations e ON e.visit_id = v.id
	LEFT JOIN revisions r ON r.evaluation_id = e.id AND r.number = e.revision `

var (
	targetByVisit      = database.Prepared(targetColumns + "WHERE v.id = ? AND v.shopper_id = ?")
	targetByEvaluation = database.Prepared(targetColumns + "WHERE e.id = ? AND e.shopper_id = ?")
	firstHash          = database.Prepared("SELECT content_hash FROM revisions WHERE evaluation_id = ? AND number = ?")
)

// errMoved says that the visit changed between being read and being taken.
var errMoved = errors.New("the visit moved")

// Submit takes the first revision of an evaluation. The same id with the same content again is a success; with other
// content, or another evaluation for the visit, a conflict.
func (s *Evaluations) Submit(ctx context.Context, by account.User, sent Submission) (Receipt, bool, error) {
	for {
		t, err := s.readTarget(ctx, by, sent.VisitID, uuid.Nil)
		if err != nil {
			return Receipt{}, false, err
		}
		if t.evaluation != uuid.Nil {
			return s.submittedBefore(ctx, t, sent)
		}
		r, err := s.take(ctx, by, t, sent, 1, nil)
		if !errors.Is(err, errMoved) {
			return r, false, err
		}
	}
}

func (s *Evaluations) submittedBefore(ctx context.Context, t *target, sent Submission) (Receipt, bool, error) {
	if t.evaluation != sent.ID {
		return Receipt{}, false, fault.Conflicting("evaluation-exists", "another evaluation was handed in for this visit: %s", t.evaluation)
	}
	var hash string
	if err := firstHash.Row(ctx, s.DB.Read(), t.evaluation, 1).Scan(&hash); err != nil {
		return Receipt{}, false, err
	}
	if hash != sent.ContentHash {
		return Receipt{}, false, fault.Conflicting("id-taken", "this evaluation was handed in with other content: after a return, send a revision")
	}
	return Receipt{sent.ID, t.ID, 1, hash, t.State}, true, nil
}

// Revise takes a revision after a return: only what the reviewer named, and what it makes visible or hides, may differ.
func (s *Evaluations) Revise(ctx context.Context, by account.User, id uuid.UUID, sent Submission) (Receipt, bool, error) {
	for {
		t, err := s.readTarget(ctx, by, uuid.Nil, id)
		if err != nil {
			return Receipt{}, false, err
		}
		number := sent.BasedOn + 1
		if number <= t.revision {
			var hash string
			if err := firstHash.Row(ctx, s.DB.Read(), id, number).Scan(&hash); err != nil {
				return Receipt{}, false, err
			}
			if hash == sent.ContentHash {
				return Receipt{id, t.ID, number, hash, t.State}, true, nil
			}
		}
		if sent.BasedOn != t.revision {
			return Receipt{}, false, fault.Conflicting("other-revision", "the current revision is %d: base yours on that", t.revision)
		}
		sent.ID, sent.VisitID, sent.Begun, sent.Finished = id, t.ID, t.begun, t.finished
		sent.Photos = t.current.claimsBesides(sent.Photos)
		r, err := s.take(ctx, by, t, sent, number, t.open)
		if !errors.Is(err, errMoved) {
			return r, false, err
		}
	}
}

// take checks, scores and keeps a revision.
func (s *Evaluations) take(ctx context.Context, by account.User, t *target, sent Submission, number int, named []string) (Receipt, error) {
	now := s.Clock()
	from := t.stateAt(now)
	to, err := from.After(Submit, byShopper)
	if err != nil {
		return Receipt{}, err
	}
	if (from == Returned) != (number > 1) {
		return Receipt{}, fault.Conflicting("illegal-move", "a returned evaluation is answered with a revision")
	}
	if err := mayStillArrive(t, from, sent.Begun); err != nil {
		return Receipt{}, err
	}
	version, err := s.Checklists.Version(ctx, t.ChecklistID, t.ChecklistVersion)
	if err != nil {
		return Receipt{}, err
	}
	answers, faults := version.Read(sent.Answers)
	faults = append(faults, momentFaults(version.Document, sent.Moments)...)
	facts, photoFaults, err := s.photos(ctx, by, sent, version, answers)
	if err != nil {
		return Receipt{}, err
	}
	faults = append(faults, photoFaults...)
	changed := []string{}
	if number > 1 && len(faults) == 0 {
		changed, faults = t.changes(version, answers, named)
	}
	if err := fault.Of(faults); err != nil {
		return Receipt{}, err
	}
	r, err := s.record(t, from, to, now, by, sent, number, version, answers, facts, changed)
	if err != nil {
		return Receipt{}, err
	}
	if err := s.DB.Write(ctx, r.write); err != nil {
		return Receipt{}, err
	}
	return Receipt{sent.ID, t.ID, number, sent.ContentHash, to}, nil
}

// mayStillArrive lets an evaluation in whose visit had expired or been cancelled, when the visit was made in time. For
// an accepted visit the claim is not needed: one that does not fit is an observation.
func mayStillArrive(t *target, from State, begun time.Time) error {
	window := t.window()
	if (from == Expired || from == Cancelled) && t.AcceptedAt.IsZero() {
		return fault.Conflicting("not-accepted", "the visit is %s, and you had not accepted it", from)
	}
	if (from == Expired || from == Cancelled) && !window.Holds(begun) {
		return fault.Conflicting("outside-window", "the visit is %s, and the evaluation began outside its window (%s to %s, %s)", from, window.Opens, window.Closes, window.Zone)
	}
	if from == Cancelled && !begun.Before(t.CancelledAt.Time) {
		return fault.Conflicting("after-cancelling", "the visit was cancelled at %s, before the evaluation began", t.CancelledAt.Format(time.RFC3339))
	}
	return nil
}

func momentFaults(d *Document, moments []MomentClaim) (faults []fault.Fault) {
	for i, m := range moments {
		if !slices.ContainsFunc(d.Moments, func(known Moment) bool { return known.ID == m.ID }) {
			faults = append(faults, fault.Fault{Pointer: fmt.Sprintf("/moments/%d/id", i), Detail: "is not a moment of this checklist"})
		}
	}
	return faults
}

// namedPhoto is a photo as an answer names it.
type namedPhoto struct {
	question string
	photo    uuid.UUID
	fact     photoFact
	place    *Position // from the phone's claim, or the upload's EXIF
}

// photos looks up the photos that the answers name: they must be there and the shopper's own.
func (s *Evaluations) photos(ctx context.Context, by account.User, sent Submission, version *Version, answers Answers) (named []namedPhoto, faults []fault.Fault, err error) {
	for _, q := range version.Questions() {
		question := q.ID
		for i, hash := range answers[question].Photos {
			photo := namedPhoto{question: question, fact: photoFact{QuestionID: question}}
			var lat, lon *int64
			err := photoFacts.Row(ctx, s.DB.Read(), sent.ID, hash, by.ID).Scan(&photo.photo, &lat, &lon, &photo.fact.Elsewhere)
			if errors.Is(err, sql.ErrNoRows) {
				detail := "this photo was not uploaded by you: PUT /photos/" + hash + " first"
				if sent.handIn != nil {
					detail = sent.handIn.missing(hash)
				}
				faults = append(faults, fault.Fault{Pointer: fmt.Sprintf("/answers/%s/photos/%d", question, i), Question: question, Detail: detail})
				continue
			}
			if err != nil {
				return nil, nil, err
			}
			photo.place = positionOf(lat, lon)
			if c := slices.IndexFunc(sent.Photos, func(c PhotoClaim) bool { return c.SHA256 == hash }); c >= 0 {
				photo.fact.TakenAt = sent.Photos[c].TakenAt
				if sent.Photos[c].Position != nil {
					photo.place = sent.Photos[c].Position
				}
			}
			named = append(named, photo)
		}
	}
	return named, faults, nil
}

var photoFacts = database.Prepared(`SELECT p.id, p.lat, p.lon, EXISTS (SELECT 1
	FROM photos same JOIN evaluation_photos e ON e.photo_id = same.id WHERE same.stored_hash = p.stored_hash AND e.evaluation_id <> ?)
	FROM photos p WHERE p.uploaded_hash = ? AND p.owner_id = ?`)

// changes gives the questions whose answers differ from the revision before, and refuses by name those that were not
// open for change.
func (t *target) changes(version *Version, answers Answers, named []string) (changed []string, faults []fault.Fault) {
	old, _ := version.Read(t.current.Answers) // it had no fault when it came
	open := append(version.Dependents(named), named...)
	changed = append([]string{}, answers.Changed(old)...)
	for _, id := range changed {
		if !slices.Contains(open, id) {
			faults = append(faults, fault.Fault{Pointer: "/answers/" + id, Question: id,
				Detail: "was not returned to you: leave the answer as it was. Open are: " + strings.Join(open, ", ")})
		}
	}
	return changed, faults
}
