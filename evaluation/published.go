package evaluation

import (
	"context"
	"encoding/json"
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
	Type       string          `json:"type" enum:"choice,choices,scale,number,duration,text,date,time,photo,receipt,location,note"`
	Text       string          `json:"text" doc:"The question"`
	Value      json.RawMessage `json:"value,omitempty" doc:"The answer; of a time only the part of the day; absent of photos"`
	Photos     []int           `json:"photos,omitempty" doc:"Numbers of photos, counted from 1 in the order of the checklist, read at /evaluations/{id}/photos/{number}"`
}

// allowedAnswer is an answer that is meant for the branch.
type allowedAnswer struct {
	section  *Section
	question *Question
	na       bool
	choices  []string // the options' ids
	number   Decimal
	text     string // as it is published; of a time the part of the day
	photos   []int  // numbers of photos, from 1
}

// allowed gives the answers that are meant for the branch, and the photos in them. A receipt or a position never is, and
// of a time only the part of the day. Photos are numbered anew: a gap would tell of one that was replaced or kept back.
func (v *Version) allowed(answers Answers, current []NumberedPhoto, edits []PublicationEdit) (allowed []allowedAnswer, photos []NumberedPhoto) {
	edited := map[string]*PublicationEdit{}
	for i := range edits {
		edited[edits[i].subject()] = &edits[i]
	}
	for i := range v.questions {
		q := v.questions[i].Question
		a, answered := answers[q.ID]
		if !answered || q.Audience == AudienceCoordinator {
			continue
		}
		one := allowedAnswer{section: &v.Document.Sections[v.questions[i].section], question: q, na: a.NA}
		switch q.Type {
		case TypeChoice, TypeChoices:
			one.choices = a.Choices
		case TypeScale, TypeNumber, TypeDuration:
			one.number = a.Number
		case TypeDate:
			one.text = a.Text
		case TypeTime:
			if !a.NA {
				one.text = partOfClock(a.Text)
			}
		case TypeText:
			one.text = a.Text
			if edit := edited["text:"+q.ID]; edit != nil {
				if edit.Text == "" {
					continue
				}
				one.text, one.na = edit.Text, false
			}
		case TypePhoto:
			for _, photo := range current {
				if photo.QuestionID == q.ID && edited["photo:"+strconv.Itoa(photo.Number)] == nil {
					photos = append(photos, photo)
					one.photos = append(one.photos, len(photos))
				}
			}
			if one.photos == nil && !a.NA {
				continue
			}
		default:
			continue
		}
		allowed = append(allowed, one)
	}
	return allowed, photos
}

// partOfClock is the part of the day of a time such as 14:05.
func partOfClock(text string) string {
	at, _ := time.Parse("15:04", text) // checked when it was answered
	return partOfDay(at)
}

// publish gives the answers that are meant for the branch as it gets them, and the photos in them, each in the place of
// its number less one. current are the photos that the answers name.
func (v *Version) publish(answers Answers, current []NumberedPhoto, edits []PublicationEdit) ([]PublishedAnswer, []NumberedPhoto) {
	allowed, photos := v.allowed(answers, current, edits)
	return publishedOf(allowed), photos
}

func publishedOf(allowed []allowedAnswer) []PublishedAnswer {
	published := make([]PublishedAnswer, len(allowed))
	for i, a := range allowed {
		published[i] = PublishedAnswer{SectionID: a.section.ID, QuestionID: a.question.ID, Type: a.question.Type, Text: a.question.Text,
			Value: a.value(), Photos: a.photos}
	}
	return published
}

// value writes the answer. It is made of what was understood, never of what was sent: how somebody types a number or in
// which order they tap tells who they are.
func (a *allowedAnswer) value() (value json.RawMessage) {
	var written any
	switch {
	case a.question.Type == TypeChoice:
		written = a.choices[0]
	case a.question.Type == TypeChoices:
		written = a.choices
	case a.na:
		written = map[string]bool{"na": true}
	case a.question.Type == TypeScale || a.question.Type == TypeNumber || a.question.Type == TypeDuration:
		written = a.number
	case a.question.Type == TypePhoto:
		return nil
	default:
		written = a.text
	}
	value, _ = json.Marshal(written) // texts, a number or N/A: cannot fail
	return value
}

func (s *Evaluations) wall(viewer account.User) wall { return wall{s.DB, s.Checklists, viewer} }

func (p *publishedRow) published() PublishedEvaluation {
	return PublishedEvaluation{
		Branch:      VisitedBranch{p.branch.ID, p.branch.Name, p.branch.Address, p.zone},
		ChecklistID: p.checklistID, ChecklistTitle: p.checklistTitle, Visit: p.visit(),
	}
}

// Published gives a manager an approved evaluation.
func (s *Evaluations) Published(ctx context.Context, viewer account.User, id uuid.UUID) (PublishedEvaluation, error) {
	found, err := s.wall(viewer).open(ctx, id)
	if err != nil {
		return PublishedEvaluation{}, err
	}
	p := found.published()
	p.Answers = publishedOf(found.answers)
	return p, nil
}

// ListPublished gives a manager the approved evaluations, the latest days first, those of a day in a random order that
// tells nothing of when they came. Of the filter only the branch is a manager's to ask.
func (s *Evaluations) ListPublished(ctx context.Context, viewer account.User, f Filter) (database.Page[PublishedEvaluation], error) {
	page, err := s.wall(viewer).page(ctx, f.BranchID, f.Limit, f.Cursor)
	return database.PageOf(page, (*publishedRow).published), err
}

// StoredPhoto gives the hash under which a photo of an evaluation is stored: to coordinators and the shopper any, to a
// manager those that are published, by the numbers that they have there.
func (s *Evaluations) StoredPhoto(ctx context.Context, viewer account.User, id uuid.UUID, number int) (hash string, err error) {
	if !viewer.Roles.Any(account.Coordinator | account.Admin | account.Shopper) {
		found, err := s.wall(viewer).open(ctx, id)
		if err != nil {
			return "", err
		}
		if number < 1 || number > len(found.photos) {
			return "", fault.ErrNotFound
		}
		return found.photos[number-1].stored, nil
	}
	if _, err := getEvaluation(ctx, s.DB.Read(), viewer, id); err != nil {
		return "", err
	}
	err = photoByNumber.Row(ctx, s.DB.Read(), id, number).Scan(&hash)
	return hash, database.OrNotFound(err)
}

var photoByNumber = database.Prepared("SELECT p.stored_hash FROM evaluation_photos e JOIN photos p ON p.id = e.photo_id WHERE e.evaluation_id = ? AND e.number = ?")
