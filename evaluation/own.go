package evaluation

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
)

// OwnEvaluation is what a shopper sees of an own one: everything but the score and what was made of it.
type OwnEvaluation struct {
	ID            uuid.UUID                  `json:"id"`
	VisitID       uuid.UUID                  `json:"visit_id"`
	State         State                      `json:"state" enum:"submitted,returned,approved,rejected"`
	Revision      int                        `json:"revision"`
	ContentHash   string                     `json:"content_hash"`
	Begun         time.Time                  `json:"begun"`
	Finished      time.Time                  `json:"finished"`
	ReceivedAt    time.Time                  `json:"received_at"`
	Answers       map[string]json.RawMessage `json:"answers,omitempty" doc:"Absent in lists"`
	Photos        []OwnPhoto                 `json:"photos,omitempty" doc:"Absent in lists"`
	Grade         *int                       `json:"grade,omitempty"`
	Words         string                     `json:"words,omitempty" doc:"The reviewer's"`
	OpenQuestions []string                   `json:"open_questions" doc:"While it is returned, what may be changed: the questions named and, outside lists, those that depend on them"`
}

// OwnPhoto is a photo of an own evaluation.
type OwnPhoto struct {
	Number     int    `json:"number"`
	QuestionID string `json:"question_id"`
	SHA256     string `json:"sha256"`
}

// ListOwn gives a shopper's own evaluations.
func (s *Evaluations) ListOwn(ctx context.Context, viewer account.User, f Filter) (database.Page[OwnEvaluation], error) {
	page, err := s.arrived(ctx, viewer, f)
	return database.PageOf(page, (*evaluationRow).own), err
}

func (r *evaluationRow) own() OwnEvaluation {
	own := OwnEvaluation{
		ID: r.ID, VisitID: r.VisitID, State: r.State, Revision: r.Revision, ContentHash: r.ContentHash,
		Begun: r.BegunAt.Time, Finished: r.FinishedAt.Time, ReceivedAt: r.ReceivedAt.Time,
		Grade: r.Grade, Words: r.Words, OpenQuestions: []string{},
	}
	if r.State == Returned {
		own.OpenQuestions = listOf(r.OpenQuestions)
	}
	return own
}

// Own gives a shopper an own evaluation.
func (s *Evaluations) Own(ctx context.Context, viewer account.User, id uuid.UUID) (OwnEvaluation, error) {
	row, err := getEvaluation(ctx, s.DB.Read(), viewer, id)
	if err != nil {
		return OwnEvaluation{}, err
	}
	own := row.own()
	sent, err := readSent(row.Document)
	if err != nil {
		return OwnEvaluation{}, err
	}
	own.Answers = sent.Answers
	version, err := s.Checklists.Version(ctx, row.ChecklistID, row.ChecklistVersion)
	if err != nil {
		return OwnEvaluation{}, err
	}
	own.OpenQuestions = version.opened(own.OpenQuestions)
	photos, err := s.currentPhotos(ctx, row, version, sent)
	for _, p := range photos {
		own.Photos = append(own.Photos, OwnPhoto{p.Number, p.QuestionID, p.SHA256})
	}
	return own, err
}

// opened gives the questions that a return opens for change: those named and those whose visibility depends on them.
func (v *Version) opened(named []string) []string {
	open := slices.Clone(named)
	for _, id := range v.Dependents(named) {
		if !slices.Contains(open, id) {
			open = append(open, id)
		}
	}
	return open
}
