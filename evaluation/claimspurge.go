package evaluation

import (
	"context"
	"encoding/json"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"fieldcare/internal/account"
	"fieldcare/internal/database"
)

// purgedAtOnce keeps one transaction short, so that others need not wait long for it.
const purgedAtOnce = 50

// purgedClaims is an evaluation whose claims are purged, with its documents as they are after it.
type purgedClaims struct {
	id        uuid.UUID
	revision  int // the current one, when it was read
	documents map[int]string
}

// PurgeClaims takes from the evaluations approved before a time what tells where their shoppers were and when: the
// moments, the times and positions of their photos, as the phone claimed them and as EXIF has them, and the exact
// positions among the answers. Begun and finished stay, and so does everything that a report or a score is made of. It
// says how many evaluations it purged.
//
// The content hash of a revision remains that of what was sent, so that a phone which sends it again is still known.
func (s *Evaluations) PurgeClaims(ctx context.Context, approvedBefore time.Time) (purged int, err error) {
	for {
		found, err := s.readPurged(ctx, approvedBefore)
		if err != nil || len(found) == 0 {
			return purged, err
		}
		n := 0
		now := s.Clock()
		err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			n = 0
			for _, e := range found {
				gone, err := e.write(ctx, tx, approvedBefore, now)
				if err != nil {
					return err
				}
				n += gone
			}
			if n == 0 {
				return nil
			}
			return account.Audit(ctx, tx, now, account.AuditEntry{Action: "purge", Kind: "evaluation", Subjects: n, Fields: []string{"positions", "photo_times", "moments"}})
		})
		if err != nil {
			return purged, err
		}
		purged += n
	}
}

// readPurged reads some of the evaluations that are to be purged, and makes their documents anew. That is done outside
// the write, which others wait for.
func (s *Evaluations) readPurged(ctx context.Context, approvedBefore time.Time) ([]purgedClaims, error) {
	var rows []struct {
		ID               uuid.UUID
		ChecklistID      uuid.UUID
		ChecklistVersion int
		Revision         int
	}
	err := s.DB.Read().NewRaw(`SELECT id, checklist_id, checklist_version, revision FROM evaluations
		WHERE approved_at < ? AND claims_purged_at IS NULL ORDER BY approved_at LIMIT ?`, database.At(approvedBefore), purgedAtOnce).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	found := make([]purgedClaims, len(rows))
	for i, r := range rows {
		version, err := s.Checklists.Version(ctx, r.ChecklistID, r.ChecklistVersion)
		if err != nil {
			return nil, err
		}
		var revisions []struct {
			Number   int
			Document string
		}
		err = s.DB.Read().NewRaw("SELECT number, document FROM revisions WHERE evaluation_id = ? AND number <= ?", r.ID, r.Revision).Scan(ctx, &revisions)
		if err != nil {
			return nil, err
		}
		found[i] = purgedClaims{r.ID, r.Revision, make(map[int]string, len(revisions))}
		for _, revision := range revisions {
			if found[i].documents[revision.Number], err = version.withoutClaims(revision.Document); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

// withoutClaims is the document of a revision without moments, and without exact positions and times of photos.
func (v *Version) withoutClaims(document string) (string, error) {
	sent, err := readSent(document)
	if err != nil {
		return "", err
	}
	sent.Moments = nil
	for i := range sent.Photos {
		sent.Photos[i].TakenAt, sent.Photos[i].Position = nil, nil
	}
	answers, _ := v.Read(sent.Answers) // it had no fault when it came
	for id, answer := range answers {
		if answer.Position == nil {
			continue
		}
		if sent.Answers[id], err = json.Marshal(answer.Position.vague()); err != nil {
			return "", err
		}
	}
	text, err := json.Marshal(sent)
	return string(text), err
}

// vague is what remains of a position that was answered: the nearest whole degrees, within 100 km of it. That it was
// answered decides which other questions were asked, so an answer must remain.
func (p Position) vague() Position {
	return Position{Lat: math.Round(p.Lat), Lon: math.Round(p.Lon), Accuracy: 100_000}
}

// write purges the evaluation, unless it was reopened or revised since it was read. It says how many that were: 1 or 0.
func (e purgedClaims) write(ctx context.Context, tx bun.Tx, approvedBefore, now time.Time) (int, error) {
	n, err := markPurged.Exec(ctx, tx, database.At(now), e.id, e.revision, database.At(approvedBefore))
	if err != nil || n == 0 {
		return 0, err
	}
	for number, document := range e.documents {
		if _, err := putDocument.Exec(ctx, tx, document, e.id, number); err != nil {
			return 0, err
		}
	}
	if _, err := purgeEXIF.Exec(ctx, tx, e.id); err != nil {
		return 0, err
	}
	for kind, reason := range vagueReasons {
		if _, err := putReason.Exec(ctx, tx, reason, e.id, kind); err != nil {
			return 0, err
		}
	}
	return 1, nil
}

// vagueReasons are what remains of observations whose reason repeats a position or the time of a photo.
var vagueReasons = map[string]string{
	"far_from_branch": "the position was away from the branch; it is no longer kept",
	"photo_time":      "a photo was taken away from the visit; its time is no longer kept",
}

var (
	markPurged = database.Prepared(`UPDATE evaluations SET claims_purged_at = ?
		WHERE id = ? AND revision = ? AND approved_at < ? AND claims_purged_at IS NULL`)
	putDocument = database.Prepared("UPDATE revisions SET document = ? WHERE evaluation_id = ? AND number = ?")
	putReason   = database.Prepared("UPDATE observations SET reason = ? WHERE evaluation_id = ? AND kind = ?")
	// A photo that another evaluation names too keeps what EXIF says until that one's time has come.
	purgeEXIF = database.Prepared(`UPDATE photos SET taken = '', lat = NULL, lon = NULL
		WHERE id IN (SELECT photo_id FROM evaluation_photos WHERE evaluation_id = ?) AND NOT EXISTS (
			SELECT 1 FROM evaluation_photos o JOIN evaluations e ON e.id = o.evaluation_id
			WHERE o.photo_id = photos.id AND e.claims_purged_at IS NULL)`)
)
