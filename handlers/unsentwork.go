package handlers

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"fieldcare/evaluation"
	"fieldcare/internal/account"
	"fieldcare/internal/fault"
)

type importEvaluationsInput struct {
	RawBody []byte `contentType:"application/octet-stream" doc:"A file of unsent work: the ZIP that a shopper saved on the phone, at most 64 MiB"`
}

// importedWork says what became of each evaluation of the file, in its order.
type importedWork struct {
	Evaluations []importedEvaluation `json:"evaluations" doc:"Each of the file, in its order"`
}

type importedEvaluation struct {
	ID      uuid.UUID           `json:"id" doc:"Of the evaluation"`
	VisitID uuid.UUID           `json:"visit_id"`
	Open    bool                `json:"open" doc:"Whether the shopper had not finished it"`
	Outcome string              `json:"outcome" enum:"taken,again,refused" doc:"taken; again, where the same was handed in before; or refused"`
	Receipt *evaluation.Receipt `json:"receipt,omitempty" doc:"Absent where it was refused"`
	Problem *Problem            `json:"problem,omitempty" doc:"Why it was refused: what POST /evaluations would have answered"`
}

func (s *Server) importEvaluations(ctx context.Context, u account.User, in *importEvaluationsInput) (*one[importedWork], error) {
	work, err := s.Evaluations.OpenUnsentWork(ctx, in.RawBody)
	if err != nil {
		return nil, err
	}
	imported := importedWork{[]importedEvaluation{}}
	for _, e := range work.Evaluations {
		line := importedEvaluation{ID: e.ID, VisitID: e.VisitID, Open: e.Open, Outcome: "taken"}
		receipt, again, err := s.handIn(ctx, u, work, e)
		if err == nil {
			line.Receipt = &receipt
		} else if line.Problem = problemOf(ctx, err); line.Problem.Status >= http.StatusInternalServerError {
			return nil, line.Problem // what was taken will be there again
		}
		switch {
		case err != nil:
			line.Outcome = "refused"
		case again:
			line.Outcome = "again"
		}
		imported.Evaluations = append(imported.Evaluations, line)
	}
	return &one[importedWork]{Body: imported}, nil
}

// handIn hands in one evaluation of the file. One that was not finished counts as finished when the file was saved, if
// nothing else is missing.
func (s *Server) handIn(ctx context.Context, u account.User, work *evaluation.UnsentWork, e evaluation.UnsentEvaluation) (evaluation.Receipt, bool, error) {
	text, err := work.Text(e)
	if err != nil {
		return evaluation.Receipt{}, false, err
	}
	var in SubmitInput
	if err := in.Body.UnmarshalJSON(text); err != nil {
		return evaluation.Receipt{}, false, err
	}
	revision := in.Body.Value.BasedOn != 0
	if e.Open && !revision && in.Body.Value.Finished == "" {
		in.Body.Value.Finished = work.ExportedAt.Format(time.RFC3339)
	}
	submission, err := in.submission(revision)
	if err != nil {
		return evaluation.Receipt{}, false, err
	}
	receipt, again, err := s.Evaluations.HandIn(ctx, s.Photos, u, work, e, submission)
	if errors.Is(err, fault.ErrNotFound) {
		err = newProblem(http.StatusNotFound, "not-found", "the shopper has no such visit: it may have been taken back since")
	}
	return receipt, again, err
}
