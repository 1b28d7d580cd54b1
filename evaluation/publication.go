package evaluation

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

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

// PublicationEdit replaces a text or leaves out a photo for the branch. The original stays, and coordinators see both.
type PublicationEdit struct {
	QuestionID string    `json:"question_id,omitempty" doc:"The question whose text is replaced"`
	Photo      int       `json:"photo,omitempty" minimum:"0" doc:"Or the number of the photo that is left out"`
	Text       string    `json:"text,omitempty" maxLength:"10000" doc:"What the branch reads instead; nothing leaves the answer out"`
	Reason     string    `json:"reason" maxLength:"1000"`
	AuthorID   uuid.UUID `json:"author_id" readOnly:"true" required:"false"`
	At         time.Time `json:"at" readOnly:"true" required:"false"`
}

func (p PublicationEdit) subject() string {
	if p.QuestionID != "" {
		return "text:" + p.QuestionID
	}
	return "photo:" + strconv.Itoa(p.Photo)
}

func (p PublicationEdit) saysTheSame(other PublicationEdit) bool {
	return p.subject() == other.subject() && p.Text == other.Text && p.Reason == other.Reason
}

func publicationOf(ctx context.Context, from bun.IDB, id uuid.UUID) ([]PublicationEdit, error) {
	var rows []struct {
		Subject, Text, Reason string
		AuthorID              uuid.UUID
		At                    database.Time
	}
	err := from.NewSelect().Table("publications").Column("subject", "text", "reason", "author_id", "at").
		Where("evaluation_id = ?", id).Order("subject").Scan(ctx, &rows)
	edits := make([]PublicationEdit, len(rows))
	for i, r := range rows {
		edits[i] = PublicationEdit{Text: r.Text, Reason: r.Reason, AuthorID: r.AuthorID, At: r.At.Time}
		if question, ok := strings.CutPrefix(r.Subject, "text:"); ok {
			edits[i].QuestionID = question
		} else {
			edits[i].Photo, _ = strconv.Atoi(strings.TrimPrefix(r.Subject, "photo:")) // written by subject
		}
	}
	return edits, err
}

// Publish replaces all edits for publication of an evaluation that was read with this edition, while it is submitted or
// approved. One that was there already keeps its author and its time.
func (s *Evaluations) Publish(ctx context.Context, by account.User, id uuid.UUID, edition int64, edits []PublicationEdit) error {
	whole, err := s.Get(ctx, by, id)
	if err != nil {
		return err
	}
	if err := fault.Of(s.editFaults(ctx, whole, edits)); err != nil {
		return err
	}
	now := s.Clock()
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		row, err := getEvaluation(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if row.ShopperID == by.ID {
			return fault.Conflicting("own-work", "nobody reviews an own evaluation: leave it to another coordinator")
		}
		if row.Edition != edition {
			return fault.ErrChanged
		}
		if row.State != Submitted && row.State != Approved {
			return fault.Conflicting("not-changeable", "what is published is chosen while an evaluation is submitted or approved; it is %s", row.State)
		}
		if err := replaceEdits(ctx, tx, id, edits, by.ID, now); err != nil {
			return err
		}
		if _, err := tx.NewRaw("UPDATE evaluations SET edition = edition + 1 WHERE id = ?", id).Exec(ctx); err != nil {
			return err
		}
		return account.Audit(ctx, tx, now, account.AuditEntry{Actor: by.ID, Action: "change", Kind: "evaluation", Subject: id.String(), Fields: []string{"publication"}})
	})
}

// replaceEdits drops the edits that are no longer named, and writes those that are new or say something else.
func replaceEdits(ctx context.Context, tx bun.Tx, id uuid.UUID, edits []PublicationEdit, author uuid.UUID, now time.Time) error {
	before, err := publicationOf(ctx, tx, id)
	if err != nil {
		return err
	}
	for _, e := range before {
		if slices.ContainsFunc(edits, func(kept PublicationEdit) bool { return kept.subject() == e.subject() }) {
			continue
		}
		if _, err := dropEdit.Exec(ctx, tx, id, e.subject()); err != nil {
			return err
		}
	}
	for _, e := range edits {
		if slices.ContainsFunc(before, e.saysTheSame) {
			continue
		}
		if _, err := putEdit.Exec(ctx, tx, id, e.subject(), e.Text, e.Reason, author, database.At(now)); err != nil {
			return err
		}
	}
	return nil
}

var putEdit = database.Prepared(`INSERT INTO publications (evaluation_id, subject, text, reason, author_id, at) VALUES (?, ?, ?, ?, ?, ?)
	ON CONFLICT (evaluation_id, subject) DO UPDATE SET text = excluded.text, reason = excluded.reason, author_id = excluded.author_id, at = excluded.at`)

func (s *Evaluations) editFaults(ctx context.Context, e Evaluation, edits []PublicationEdit) (faults []fault.Fault) {
	version, err := s.Checklists.Version(ctx, e.ChecklistID, e.ChecklistVersion)
	if err != nil {
		return []fault.Fault{{Detail: "the checklist's version cannot be read"}}
	}
	seen := map[string]bool{}
	for i, edit := range edits {
		refuse := func(field, detail string) {
			faults = append(faults, fault.Fault{Pointer: fmt.Sprintf("/edits/%d/%s", i, field), Detail: detail})
		}
		q := version.Question(edit.QuestionID)
		switch {
		case (edit.QuestionID == "") == (edit.Photo == 0):
			refuse("question_id", "name a question or a photo, one of the two")
		case edit.QuestionID != "" && (q == nil || q.Type != TypeText || e.Answers[edit.QuestionID] == nil):
			refuse("question_id", "must be a question of type text that was answered")
		case edit.Photo != 0 && !slices.ContainsFunc(e.Photos, func(p NumberedPhoto) bool { return p.Number == edit.Photo }):
			refuse("photo", "must be the number of a photo of this evaluation")
		case seen[edit.subject()]:
			refuse("question_id", "is edited twice")
		}
		seen[edit.subject()] = true
		if utf8.RuneCountInString(edit.Text) > 10_000 {
			refuse("text", "must have at most 10000 characters")
		}
		if n := utf8.RuneCountInString(strings.TrimSpace(edit.Reason)); n == 0 || n > 1000 {
			refuse("reason", "must have 1 to 1000 characters")
		}
	}
	return faults
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
