package evaluation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/internal/fault"
	"fieldcare/internal/mail"
)

// handIn is how a coordinator handed a submission in for its shopper, from a file of unsent work.
type handIn struct {
	by    account.User
	open  bool              // the shopper had not finished it
	unfit map[string]string // what is wrong with a photo of the file, by the hash of its name
}

// HandIn takes an evaluation of a file of unsent work, or a revision, as if its shopper had sent it: the same checks,
// and the same answer to what was handed in before. It is marked as handed in by the coordinator, and the shopper is
// told. sent is the file's text of the evaluation.
func (s *Evaluations) HandIn(ctx context.Context, photos *Photos, by account.User, w *UnsentWork, e UnsentEvaluation, sent Submission) (Receipt, bool, error) {
	shopper := account.User{ID: w.User}
	visit, revision := sent.VisitID, sent.BasedOn > 0
	if !revision && sent.ID != e.ID {
		return Receipt{}, false, fault.At("/id", "must be %s, as the name of the entry has it", e.ID)
	}
	t, err := s.readTarget(ctx, shopper, visit, e.ID) // before any photo becomes the shopper's
	if err != nil {
		return Receipt{}, false, err
	}
	if t.ID != e.VisitID {
		return Receipt{}, false, fault.At("/visit_id", "must be %s, as manifest.json has it", e.VisitID)
	}
	sent.handIn = &handIn{by: by, open: e.Open, unfit: map[string]string{}}
	for _, hash := range sent.photosNamed() {
		var unfit *fault.Invalid
		if err := w.putPhoto(ctx, photos, shopper, hash); errors.As(err, &unfit) {
			sent.handIn.unfit[hash] = unfit.Faults[0].Detail
		} else if err != nil {
			return Receipt{}, false, err
		}
	}
	if revision {
		return s.Revise(ctx, shopper, e.ID, sent)
	}
	return s.Submit(ctx, shopper, sent)
}

// putPhoto uploads a photo of the file as the shopper's. One that is not in the file may have been uploaded before.
func (w *UnsentWork) putPhoto(ctx context.Context, photos *Photos, shopper account.User, hash string) error {
	content, err := w.photo(hash)
	if err != nil || content == nil {
		return err
	}
	_, err = photos.Put(ctx, shopper, hash, content)
	return err
}

// photosNamed gives the hashes of the photos that the answers name, as far as they can be read.
func (s Submission) photosNamed() (hashes []string) {
	for _, answer := range s.Answers {
		var named struct {
			Photos []string `json:"photos"`
		}
		if json.Unmarshal(answer, &named) == nil { // version.Read says what is wrong with the others
			hashes = append(hashes, named.Photos...)
		}
	}
	slices.Sort(hashes)
	return slices.Compact(hashes)
}

// missing says why there is no photo with the hash.
func (h *handIn) missing(hash string) string {
	if detail, unfit := h.unfit[hash]; unfit {
		return "this photo of the file " + detail
	}
	return "this photo is not in the file, and was not uploaded before"
}

func (h *handIn) observation() Observation {
	reason := h.by.Name + " handed it in from a file that the shopper saved on the phone"
	if h.open {
		reason += ", where it was not finished yet"
	}
	return Observation{Kind: "from_file", Reason: reason}
}

// write tells the shopper, and the audit trail.
func (h *handIn) write(ctx context.Context, tx bun.Tx, r *record) error {
	err := mail.Queue(ctx, tx, mail.Order{Template: "evaluation-handed-in", To: r.by, About: about{Evaluation: r.sent.ID}, At: r.now,
		Key: fmt.Sprintf("evaluation-handed-in:%s:%d", r.sent.ID, r.number)})
	if err != nil {
		return err
	}
	return account.Audit(ctx, tx, r.now, account.AuditEntry{Actor: h.by.ID, Action: "import", Kind: "evaluation", Subject: r.sent.ID.String()})
}

// ownImport refuses the approval to a coordinator who handed any revision in: somebody else looks at what came by hand.
func ownImport(ctx context.Context, tx bun.Tx, by account.User, evaluation uuid.UUID) error {
	var own bool
	if err := handedInBy.Row(ctx, tx, evaluation, by.ID).Scan(&own); err != nil || !own {
		return err
	}
	return fault.Conflicting("own-import", "you handed this evaluation in from a file: somebody else approves it")
}

var handedInBy = database.Prepared("SELECT EXISTS (SELECT 1 FROM revisions WHERE evaluation_id = ? AND handed_in_by = ?)")
