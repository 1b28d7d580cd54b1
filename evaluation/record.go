package evaluation

import (
	"context"
	"encoding/binary"
	"slices"
	"time"

	"github.com/goccy/go-json"
	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
	"fieldcare/internal/jobs"
	"fieldcare/internal/walltime"
)

// record is everything that one revision writes, made before the transaction begins.
type record struct {
	target       *target
	from, to     State
	now          time.Time
	by           uuid.UUID     // the shopper
	mover        uuid.UUID     // who sent it: the shopper, or a coordinator from a file of the shopper's
	handedInBy   uuid.NullUUID // that coordinator
	sent         Submission
	number       int
	document     string
	score        string
	millionths   *int64
	fraction     *string
	day          string
	marks        string
	changed      []string
	observations []Observation
	photos       []namedPhoto
	shuffle      int64
	move         uuid.UUID
}

func (s *Evaluations) record(t *target, from, to State, now time.Time, by account.User, sent Submission, number int, version *Version, answers Answers, photos []namedPhoto, changed []string) (*record, error) {
	score := version.Score(answers)
	text, err := json.Marshal(score)
	if err != nil {
		return nil, err
	}
	// What was read and checked is kept, not the text that came: there is one way to read it again.
	document, err := json.Marshal(sentDocument{sent.Answers, sent.Moments, sent.Photos})
	if err != nil {
		return nil, err
	}
	zone, err := walltime.Zone(t.Zone)
	if err != nil {
		return nil, err
	}
	r := &record{target: t, from: from, to: to, now: now, by: by.ID, sent: sent, number: number, document: string(document), score: string(text),
		day: sent.Begun.In(zone).Format(time.DateOnly), photos: photos, shuffle: shuffled(), move: database.NewID(now)}
	if m, ok := score.Millionths(); ok {
		r.millionths, r.fraction = &m, &score.Score.Fraction
	}
	marks := []string{}
	if now.After(sent.Begun.Add(time.Duration(t.DeadlineMinutes) * time.Minute)) {
		marks = append(marks, "late")
	}
	if from == Expired || from == Cancelled {
		marks = append(marks, string(from))
	}
	r.marks, r.changed = jsonList(marks), changed
	r.observations = version.claims(t, zone, now, sent, answers, photos).observe()
	r.mover = by.ID
	if sent.handIn != nil {
		r.mover, r.handedInBy = sent.handIn.by.ID, uuid.NullUUID{UUID: sent.handIn.by.ID, Valid: true}
		r.observations = append([]Observation{sent.handIn.observation()}, r.observations...)
	}
	return r, nil
}

// claims gathers what the phone says beside what is known.
func (v *Version) claims(t *target, zone *time.Location, now time.Time, sent Submission, answers Answers, photos []namedPhoto) claims {
	c := claims{Begun: sent.Begun, Finished: sent.Finished, Received: now, Window: t.window(), Branch: t.branch, Answered: len(answers)}
	c.Window.OpensAt = c.Window.OpensAt.In(zone)
	for _, section := range v.Document.Sections {
		for _, q := range section.Questions {
			a, answered := answers[q.ID]
			if !answered || a.NA {
				continue
			}
			if q.Type == TypeChoice {
				c.Choices = append(c.Choices, slices.IndexFunc(q.Options, func(o Option) bool { return o.ID == a.Choices[0] }))
			}
			if a.Position != nil {
				c.Places = append(c.Places, placeClaim{q.ID, *a.Position})
			}
		}
	}
	for _, p := range photos {
		c.Photos = append(c.Photos, p.fact)
		if p.place != nil {
			c.Places = append(c.Places, placeClaim{p.question, *p.place})
		}
	}
	return c
}

func jsonList(values []string) string {
	text, _ := json.Marshal(values) // strings: cannot fail
	return string(text)
}

// write takes the visit and inserts the rows; errMoved says that the visit is no longer as it was read.
func (r *record) write(ctx context.Context, tx bun.Tx) error {
	t := r.target
	n, err := takeVisit.Exec(ctx, tx, string(r.to), t.ID, r.by, t.Edition)
	if err != nil {
		return err
	}
	if n == 0 {
		return errMoved
	}
	received := database.At(r.now)
	if r.number == 1 {
		n, err := insertEvaluation.Exec(ctx, tx, r.sent.ID, t.ID, t.BranchID, t.ChecklistID, t.ChecklistVersion, r.by,
			database.At(r.sent.Begun), database.At(r.sent.Finished), r.day, received, r.marks, r.millionths, r.fraction, r.shuffle)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.Conflicting("id-taken", "the id %s was used for something else: choose a new one", r.sent.ID)
		}
	} else {
		if _, err := updateEvaluation.Exec(ctx, tx, r.number, r.millionths, r.fraction, r.sent.ID); err != nil {
			return err
		}
		// What was replaced for publication was the text before this one.
		for _, question := range r.changed {
			if _, err := dropEdit.Exec(ctx, tx, r.sent.ID, "text:"+question); err != nil {
				return err
			}
		}
	}
	if _, err := insertRevision.Exec(ctx, tx, r.sent.ID, r.number, r.sent.ContentHash, r.document, r.score, jsonList(r.changed), r.by, t.words, received, r.handedInBy); err != nil {
		return err
	}
	for i, o := range r.observations {
		if _, err := insertObservation.Exec(ctx, tx, r.sent.ID, r.number, i+1, o.Kind, o.QuestionID, o.Reason); err != nil {
			return err
		}
	}
	if err := r.writePhotos(ctx, tx); err != nil {
		return err
	}
	if _, err := insertMove.Exec(ctx, tx, r.move, t.ID, received, r.mover, string(r.from), string(r.to), ""); err != nil {
		return err
	}
	if r.sent.handIn != nil {
		if err := r.sent.handIn.write(ctx, tx, r); err != nil {
			return err
		}
	}
	payload, err := json.Marshal(evaluationRef{r.sent.ID})
	if err != nil {
		return err
	}
	return jobs.Add(ctx, tx, jobs.Job{Kind: JobSubmitted, Payload: payload, RunAt: r.now})
}

// writePhotos names the photos. One keeps its number in all revisions; a new one gets the next.
func (r *record) writePhotos(ctx context.Context, tx bun.Tx) error {
	kept := map[photoKey]bool{}
	if r.number > 1 {
		var err error
		if kept, err = keptPhotos(ctx, tx, r.sent.ID); err != nil {
			return err
		}
	}
	number := len(kept)
	for _, p := range r.photos {
		if kept[photoKey{p.question, p.photo}] {
			continue
		}
		number++
		n, err := insertPhotoOf.Exec(ctx, tx, r.sent.ID, number, p.question, p.photo)
		if err != nil {
			return err
		}
		if n == 0 {
			return errMoved // the photo was swept away since it was looked up
		}
	}
	return nil
}

// photoKey is a photo as the answer to a question.
type photoKey struct {
	question string
	photo    uuid.UUID
}

func keptPhotos(ctx context.Context, tx bun.Tx, evaluation uuid.UUID) (map[photoKey]bool, error) {
	rows, err := photosOf.Rows(ctx, tx, evaluation)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	kept := map[photoKey]bool{}
	for rows.Next() {
		var key photoKey
		if err := rows.Scan(&key.question, &key.photo); err != nil {
			return nil, err
		}
		kept[key] = true
	}
	return kept, rows.Err()
}

// JobSubmitted tells the coordinators that an evaluation waits for review.
const JobSubmitted = "evaluation-submitted"

type evaluationRef struct {
	Evaluation uuid.UUID `json:"evaluation"`
}

var (
	takeVisit        = database.Prepared("UPDATE visits SET state = ?, edition = edition + 1 WHERE id = ? AND shopper_id = ? AND edition = ?")
	insertEvaluation = database.Prepared(`INSERT INTO evaluations (id, visit_id, branch_id, checklist_id, checklist_version, shopper_id,
		revision, begun_at, finished_at, day, received_at, marks, score, fraction, open_questions, words, shuffle, edition)
		VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, '[]', '', ?, 1) ON CONFLICT (id) DO NOTHING`)
	dropEdit         = database.Prepared("DELETE FROM publications WHERE evaluation_id = ? AND subject = ?")
	updateEvaluation = database.Prepared("UPDATE evaluations SET revision = ?, score = ?, fraction = ?, claims_purged_at = NULL, edition = edition + 1 WHERE id = ?")
	insertRevision   = database.Prepared(`INSERT INTO revisions (evaluation_id, number, content_hash, document, score, changed, author_id, reason, received_at, handed_in_by)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	insertObservation = database.Prepared("INSERT INTO observations (evaluation_id, revision, number, kind, question_id, reason) VALUES (?, ?, ?, ?, ?, ?)")
	insertPhotoOf     = database.Prepared(`INSERT INTO evaluation_photos (evaluation_id, number, question_id, photo_id)
		SELECT CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS TEXT), id FROM photos WHERE id = ?`)
	photosOf = database.Prepared("SELECT question_id, photo_id FROM evaluation_photos WHERE evaluation_id = ?")
)

// shuffled is a random place among the visits of a day. The order in which they came would tell who was where.
func shuffled() int64 {
	random := uuid.New()
	return int64(binary.BigEndian.Uint64(random[8:]))
}
