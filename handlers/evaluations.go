package handlers

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/google/uuid"

	"fieldcare/evaluation"
	"fieldcare/internal/account"
)

// SubmitInput is what a phone sends.
type SubmitInput struct {
	Body sent[evaluation.SubmissionBody]
}

func (in SubmitInput) submission(revision bool) (evaluation.Submission, error) {
	hash, err := in.Body.hash()
	if err != nil {
		return evaluation.Submission{}, err
	}
	return evaluation.ReadSubmission(in.Body.Value, hash, revision)
}

type receiptOutput struct {
	Status int
	Body   evaluation.Receipt
}

func receiptOf(r evaluation.Receipt, again bool, err error) (*receiptOutput, error) {
	if err != nil {
		return nil, err
	}
	if again {
		return &receiptOutput{http.StatusOK, r}, nil
	}
	return &receiptOutput{http.StatusCreated, r}, nil
}

func (s *Server) submitEvaluation(ctx context.Context, u account.User, in *SubmitInput) (*receiptOutput, error) {
	submission, err := in.submission(false)
	if err != nil {
		return nil, err
	}
	return receiptOf(s.Evaluations.Submit(ctx, u, submission))
}

type reviseInput struct {
	ByID
	SubmitInput
}

func (s *Server) reviseEvaluation(ctx context.Context, u account.User, in *reviseInput) (*receiptOutput, error) {
	submission, err := in.submission(true)
	if err != nil {
		return nil, err
	}
	return receiptOf(s.Evaluations.Revise(ctx, u, in.ID, submission))
}

type listEvaluationsInput struct {
	Paging
	State   string    `query:"state" enum:"submitted,returned,approved,rejected" doc:"Those in this state"`
	Branch  uuid.UUID `query:"branch" doc:"Those of visits to this branch"`
	Shopper uuid.UUID `query:"shopper" doc:"Those of this shopper; for coordinators"`
}

func (s *Server) listEvaluations(ctx context.Context, u account.User, in *listEvaluationsInput) (*anything, error) {
	f := evaluation.Filter{State: evaluation.State(in.State), BranchID: in.Branch, Shopper: in.Shopper, Limit: in.Limit, Cursor: in.Cursor}
	var found any
	var err error
	switch {
	case onlyShopper(u):
		found, err = s.Evaluations.ListOwn(ctx, u, f)
	case onlyManager(u):
		found, err = s.Evaluations.ListPublished(ctx, u, f)
	default:
		found, err = s.Evaluations.List(ctx, u, f)
	}
	return &anything{Body: found}, err
}

func (s *Server) readEvaluation(ctx context.Context, u account.User, in *ByID) (*anything, error) {
	switch {
	case onlyShopper(u):
		own, err := s.Evaluations.Own(ctx, u, in.ID)
		return &anything{Body: own}, err
	case onlyManager(u):
		published, err := s.Evaluations.Published(ctx, u, in.ID)
		return &anything{Body: published}, err
	}
	e, err := s.Evaluations.Get(ctx, u, in.ID)
	return &anything{etag(e.Edition), e}, err
}

type evaluationOutput = one[evaluation.Evaluation]

func (s *Server) reviewed(ctx context.Context, u account.User, id uuid.UUID, err error) (*evaluationOutput, error) {
	if errors.Is(err, evaluation.ErrOtherRevision) {
		return nil, newProblem(http.StatusPreconditionFailed, "changed", "a newer revision came in: read it first, then name it as the one that you reviewed")
	}
	if err != nil {
		return nil, err
	}
	e, err := s.Evaluations.Get(ctx, u, id)
	return &evaluationOutput{etag(e.Edition), e}, err
}

type approveInput struct {
	ByID
	Body evaluation.Approval
}

func (s *Server) approveEvaluation(ctx context.Context, u account.User, in *approveInput) (*evaluationOutput, error) {
	return s.reviewed(ctx, u, in.ID, s.Evaluations.Approve(ctx, u, in.ID, in.Body))
}

type returnInput struct {
	ByID
	Body evaluation.ReturnToShopper
}

func (s *Server) returnEvaluation(ctx context.Context, u account.User, in *returnInput) (*evaluationOutput, error) {
	return s.reviewed(ctx, u, in.ID, s.Evaluations.Return(ctx, u, in.ID, in.Body))
}

type rejectInput struct {
	ByID
	Body evaluation.Rejection
}

func (s *Server) rejectEvaluation(ctx context.Context, u account.User, in *rejectInput) (*evaluationOutput, error) {
	return s.reviewed(ctx, u, in.ID, s.Evaluations.Reject(ctx, u, in.ID, in.Body))
}

func (s *Server) reopenEvaluation(ctx context.Context, u account.User, in *reasonInput) (*evaluationOutput, error) {
	return s.reviewed(ctx, u, in.ID, s.Evaluations.Reopen(ctx, u, in.ID, in.Body.Reason))
}

type publicationInput struct {
	ByID
	IfMatch
	Body struct {
		Edits []evaluation.PublicationEdit `json:"edits" nullable:"false" maxItems:"500" doc:"All of them: what is not named is published as it was handed in"`
	}
}

func (s *Server) putPublication(ctx context.Context, u account.User, in *publicationInput) (*evaluationOutput, error) {
	edition, err := in.edition()
	if err != nil {
		return nil, err
	}
	return s.reviewed(ctx, u, in.ID, s.Evaluations.Publish(ctx, u, in.ID, edition, in.Body.Edits))
}

type putPhotoInput struct {
	SHA256  string `path:"sha256" doc:"SHA-256 of the bytes, lower-case hex"`
	RawBody []byte `contentType:"image/*" doc:"A JPEG, PNG or WebP file of at most 20 MiB"`
}

// uploadedPhoto is what the owner learns of an upload.
type uploadedPhoto struct {
	SHA256 string `json:"sha256" doc:"Of what was uploaded"`
	Width  int    `json:"width" doc:"As it is kept"`
	Height int    `json:"height"`
}

func (s *Server) putPhoto(ctx context.Context, u account.User, in *putPhotoInput) (*one[uploadedPhoto], error) {
	p, err := s.Photos.Put(ctx, u, in.SHA256, in.RawBody)
	if err != nil {
		return nil, err
	}
	return &one[uploadedPhoto]{Body: uploadedPhoto{p.UploadedHash, p.Width, p.Height}}, nil
}

type getPhotoInput struct {
	ByID
	Number int    `path:"n" minimum:"1" doc:"The number of the photo in the evaluation, from 1"`
	Size   string `query:"size" enum:"full,thumbnail" default:"full" doc:"At most 2048 pixels, or 400"`
}

// file is an answer that is not JSON.
type file struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (s *Server) readPhoto(ctx context.Context, u account.User, in *getPhotoInput) (*file, error) {
	hash, err := s.Evaluations.StoredPhoto(ctx, u, in.ID, in.Number)
	if err != nil {
		return nil, err
	}
	f, _, err := s.Photos.Open(hash, in.Size == "thumbnail")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(f)
	return &file{ContentType: "image/jpeg", Disposition: "inline", Body: content}, err
}
