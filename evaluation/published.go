package evaluation

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/google/uuid"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
)

// PublishedEvaluation is what a branch's manager gets of an approved evaluation, and all of it: like the branch report
// a list of what is allowed. Nothing in it tells who the shopper was or when exactly the visit was made.
type PublishedEvaluation struct {
	Branch         VisitedBranch     `json:"branch"`
	ChecklistID    uuid.UUID         `json:"checklist_id"`
	ChecklistTitle string            `json:"checklist_title"`
	Visit          ReportVisit       `json:"visit"`
	Answers        []PublishedAnswer `json:"answers,omitempty" doc:"Those meant for the branch, in the order of the checklist; absent in lists"`
}

// PublishedAnswer is one answer as the branch gets it.
type PublishedAnswer struct {
	SectionID  string          `json:"section_id"`
	QuestionID string          `json:"question_id"`
	Type       string          `json:"type"`
	Text       string          `json:"text" doc:"The question"`
	Value      json.RawMessage `json:"value,omitempty" doc:"The answer; of a time only the part of the day; absent of photos"`
	Photos     []int           `json:"photos,omitempty" doc:"Numbers of photos, counted from 1 in the order of the checklist, read at /evaluations/{id}/photos/{number}"`
}

// published makes of a row what its branch may see, without the answers.
func (r *evaluationRow) published() (PublishedEvaluation, error) {
	zone, err := locationOf(r.Zone)
	if err != nil {
		return PublishedEvaluation{}, err
	}
	visit := foundVisit{score: r.ScoreText, ReportVisit: ReportVisit{EvaluationID: r.ID, Day: r.Day, PartOfDay: partOfDay(r.BegunAt.In(zone)), Version: r.ChecklistVersion}}
	err = visit.readScore()
	return PublishedEvaluation{
		Branch:      VisitedBranch{r.BranchID, r.BranchName, r.BranchAddress, r.Zone},
		ChecklistID: r.ChecklistID, ChecklistTitle: r.ChecklistTitle, Visit: visit.ReportVisit,
	}, err
}

// Published gives a manager an approved evaluation.
func (s *Evaluations) Published(ctx context.Context, viewer account.User, id uuid.UUID) (PublishedEvaluation, error) {
	p, _, err := s.published(ctx, viewer, id)
	return p, err
}

// published gives an approved evaluation as Published does, and the photos that it has, each in the place of its number
// there.
func (s *Evaluations) published(ctx context.Context, viewer account.User, id uuid.UUID) (p PublishedEvaluation, photos []NumberedPhoto, err error) {
	row, err := getEvaluation(ctx, s.DB.Read(), viewer, id)
	if err != nil {
		return p, nil, err
	}
	if p, err = row.published(); err != nil {
		return p, nil, err
	}
	version, err := s.Checklists.Version(ctx, row.ChecklistID, row.ChecklistVersion)
	if err != nil {
		return p, nil, err
	}
	sent, err := readSent(row.Document)
	if err != nil {
		return p, nil, err
	}
	current, err := s.currentPhotos(ctx, row, version, sent)
	if err != nil {
		return p, nil, err
	}
	edits, err := publicationOf(ctx, s.DB.Read(), id)
	if err != nil {
		return p, nil, err
	}
	answers, _ := version.Read(sent.Answers) // it had no fault when it came
	p.Answers, photos = version.publish(answers, current, edits)
	return p, photos, nil
}

// publish gives the answers that are meant for the branch, and the photos in them. A receipt or a position never is, and
// of a time only the part of the day. Photos are numbered anew: a gap would tell of one that was replaced or kept back.
func (v *Version) publish(answers Answers, current []NumberedPhoto, edits []PublicationEdit) (published []PublishedAnswer, photos []NumberedPhoto) {
	edited := map[string]*PublicationEdit{}
	for i := range edits {
		edited[edits[i].subject()] = &edits[i]
	}
	published = []PublishedAnswer{}
	for _, section := range v.Document.Sections {
		for _, q := range section.Questions {
			a, answered := answers[q.ID]
			if !answered || q.Audience == AudienceCoordinator || q.Type == TypeReceipt || q.Type == TypeLocation || q.Type == TypeNote {
				continue
			}
			one := PublishedAnswer{SectionID: section.ID, QuestionID: q.ID, Type: q.Type, Text: q.Text, Value: q.value(a)}
			switch {
			case a.NA:
			case q.Type == TypePhoto:
				for _, photo := range current {
					if photo.QuestionID == q.ID && edited["photo:"+strconv.Itoa(photo.Number)] == nil {
						photos = append(photos, photo)
						one.Photos = append(one.Photos, len(photos))
					}
				}
				if one.Photos == nil {
					continue
				}
			case q.Type == TypeText && edited["text:"+q.ID] != nil:
				text := edited["text:"+q.ID].Text
				if text == "" {
					continue
				}
				one.Value, _ = json.Marshal(text)
			}
			published = append(published, one)
		}
	}
	return published, photos
}

// value writes an answer for the branch. It is made of what was understood, never of what was sent: how somebody types a
// number or in which order they tap tells who they are.
func (q *Question) value(a Answer) (value json.RawMessage) {
	var written any
	switch {
	case q.Type == TypeChoice:
		written = a.Choices[0]
	case q.Type == TypeChoices:
		written = a.Choices
	case a.NA:
		written = map[string]bool{"na": true}
	case q.Type == TypeScale || q.Type == TypeNumber || q.Type == TypeDuration:
		written = a.Number
	case q.Type == TypeTime:
		written = partOfClock(a.Text)
	case q.Type == TypeText || q.Type == TypeDate:
		written = a.Text
	default:
		return nil
	}
	value, _ = json.Marshal(written) // texts, a number or N/A: cannot fail
	return value
}

// partOfClock is the part of the day of a time such as 14:05.
func partOfClock(text string) string {
	at, _ := time.Parse("15:04", text) // checked when it was answered
	return partOfDay(at)
}

// ListPublished gives a manager the approved evaluations, the latest days first, those of a day in a random order that
// tells nothing of when they came.
func (s *Evaluations) ListPublished(ctx context.Context, viewer account.User, f Filter) (database.Page[PublishedEvaluation], error) {
	f.State, f.Shopper = "", uuid.Nil // not a manager's to ask
	ids := s.pageOf(viewer, f, byDay)
	var day string
	var shuffle int64
	var id uuid.UUID
	if more, err := database.ReadCursor(f.Cursor, &day, &shuffle, &id); err != nil {
		return database.Page[PublishedEvaluation]{}, err
	} else if more {
		ids = ids.Where("(evaluation.day < ? OR (evaluation.day = ? AND (evaluation.shuffle, evaluation.id) > (?, ?)))", day, day, shuffle, id)
	}
	rows, err := s.readPage(ctx, ids, byDay)
	if err != nil {
		return database.Page[PublishedEvaluation]{}, err
	}
	page := database.Paged(rows, f.Limit, func(r evaluationRow) []any { return []any{r.Day, r.Shuffle, r.ID} })
	published := make([]PublishedEvaluation, len(page.Items))
	for i := range page.Items {
		var err error
		if published[i], err = page.Items[i].published(); err != nil {
			return database.Page[PublishedEvaluation]{}, err
		}
	}
	return database.Page[PublishedEvaluation]{Items: published, Next: page.Next}, nil
}

// StoredPhoto gives the hash under which a photo of an evaluation is stored: to coordinators and the shopper any, to a
// manager those that are published, by the numbers that they have there.
func (s *Evaluations) StoredPhoto(ctx context.Context, viewer account.User, id uuid.UUID, number int) (hash string, err error) {
	if _, err := getEvaluation(ctx, s.DB.Read(), viewer, id); err != nil {
		return "", err
	}
	if !viewer.Roles.Any(account.Coordinator | account.Admin | account.Shopper) {
		_, photos, err := s.published(ctx, viewer, id)
		if err != nil {
			return "", err
		}
		if number < 1 || number > len(photos) {
			return "", fault.ErrNotFound
		}
		number = photos[number-1].Number
	}
	err = photoByNumber.Row(ctx, s.DB.Read(), id, number).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fault.ErrNotFound
	}
	return hash, err
}

var photoByNumber = database.Prepared("SELECT p.stored_hash FROM evaluation_photos e JOIN photos p ON p.id = e.photo_id WHERE e.evaluation_id = ? AND e.number = ?")
