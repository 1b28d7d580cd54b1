package evaluation

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"fieldcare/internal/fault"
)

// Submission is what a shopper's phone sends for one visit. Beside the answers everything in it is a claim: what does
// not fit what the server knows becomes an observation for the reviewer, never a refusal.
type Submission struct {
	ID       uuid.UUID // chosen by the phone, UUIDv4
	VisitID  uuid.UUID
	BasedOn  int // the revision that this one follows; 0 for the first
	Answers  map[string]json.RawMessage
	Begun    time.Time
	Finished time.Time
	Moments  []MomentClaim
	Photos   []PhotoClaim

	ContentHash string // SHA-256 of the canonical form of the whole as it was sent

	handIn *handIn // nil where the shopper sent it
}

// MomentClaim says when something happened, as tapped in the branch.
type MomentClaim struct {
	ID string    `json:"id"`
	At time.Time `json:"at"`
}

// PhotoClaim says of one uploaded photo when and where it was taken, as the phone read it before it shrank the photo.
type PhotoClaim struct {
	SHA256   string     `json:"sha256"`
	TakenAt  *time.Time `json:"taken_at,omitempty"`
	Position *Position  `json:"position,omitempty"`
	Source   string     `json:"source,omitempty" enum:"camera,gallery"`
}

// SubmissionBody is the JSON of a submission. Its times are texts so that a wrong one can be named.
type SubmissionBody struct {
	ID       string                     `json:"id,omitempty" doc:"Chosen by the phone: a random UUID (version 4). Absent of a revision" example:"3f0c8c1e-6a57-4c52-9e7e-0d6a1c9b2f44"`
	VisitID  string                     `json:"visit_id,omitempty" doc:"Absent of a revision"`
	BasedOn  int                        `json:"based_on,omitempty" doc:"Of a revision: the number of the one that it changes"`
	Answers  map[string]json.RawMessage `json:"answers" doc:"By the question's id"`
	Begun    string                     `json:"begun,omitempty" doc:"When the visit began (RFC 3339). Absent of a revision"`
	Finished string                     `json:"finished,omitempty" doc:"When the evaluation was finished (RFC 3339). Absent of a revision"`
	Moments  []MomentBody               `json:"moments,omitempty"`
	Photos   []PhotoBody                `json:"photos,omitempty" doc:"What the phone says of the photos that the answers name"`
}

// MomentBody is the JSON of a MomentClaim.
type MomentBody struct {
	ID string `json:"id"`
	At string `json:"at" doc:"RFC 3339"`
}

// PhotoBody is the JSON of a PhotoClaim.
type PhotoBody struct {
	SHA256   string    `json:"sha256" doc:"Of what was uploaded"`
	TakenAt  *string   `json:"taken_at,omitempty" doc:"RFC 3339"`
	Position *Position `json:"position,omitempty"`
	Source   string    `json:"source,omitempty" enum:"camera,gallery" doc:"camera or gallery"`
}

// sentDocument is what is kept of a submission, beside what has columns of its own.
type sentDocument struct {
	Answers map[string]json.RawMessage `json:"answers"`
	Moments []MomentClaim              `json:"moments,omitempty"`
	Photos  []PhotoClaim               `json:"photos,omitempty"`
}

func readSent(document string) (d sentDocument, err error) {
	err = json.Unmarshal([]byte(document), &d)
	return d, err
}

// claimsBesides adds to the photo claims of a revision those of the one before that it says nothing of: what was
// claimed once is not taken back by leaving it out.
func (d sentDocument) claimsBesides(claims []PhotoClaim) []PhotoClaim {
	for _, old := range d.Photos {
		if !slices.ContainsFunc(claims, func(c PhotoClaim) bool { return c.SHA256 == old.SHA256 }) {
			claims = append(claims, old)
		}
	}
	return claims
}

const (
	maxMomentClaims = 200
	maxPhotoClaims  = 200
)

// ReadSubmission reads what a phone sent. All faults outside the answers are listed at once; the answers are checked
// against the visit's version later. A revision names no id, visit or times of its own: those are the first one's.
func ReadSubmission(b SubmissionBody, contentHash string, revision bool) (Submission, error) {
	s := Submission{Answers: b.Answers, BasedOn: b.BasedOn, ContentHash: contentHash}
	var faults []fault.Fault
	refuse := func(pointer, detail string) { faults = append(faults, fault.Fault{Pointer: pointer, Detail: detail}) }
	instant := func(pointer, text string) time.Time {
		var at time.Time // read as strictly as it will be read from the kept document
		if err := at.UnmarshalText([]byte(text)); err != nil || at.Year() < 1970 || at.Year() > 9998 {
			refuse(pointer, "must be an instant such as 2026-11-21T09:30:00Z (RFC 3339)")
			return time.Time{}
		}
		return at.UTC()
	}
	if b.Answers == nil {
		refuse("/answers", "is missing: an object with the answer to each question by its id")
	}
	if revision {
		if b.BasedOn < 1 {
			refuse("/based_on", "must be the number of the revision that this one changes")
		}
	} else {
		var err error
		if s.ID, err = uuid.Parse(b.ID); err != nil || s.ID.Version() != 4 || b.ID != s.ID.String() {
			// A UUIDv7 would tell a branch manager the minute.
			refuse("/id", "must be a random UUID (version 4) chosen by the phone, in lower case with hyphens")
		}
		if s.VisitID, err = uuid.Parse(b.VisitID); err != nil {
			refuse("/visit_id", "must be the id of the visit")
		}
		s.Begun, s.Finished = instant("/begun", b.Begun), instant("/finished", b.Finished)
	}
	if len(b.Moments) > maxMomentClaims {
		refuse("/moments", fmt.Sprintf("must be at most %d", maxMomentClaims))
	} else {
		for i, m := range b.Moments {
			s.Moments = append(s.Moments, MomentClaim{m.ID, instant(fmt.Sprintf("/moments/%d/at", i), m.At)})
		}
	}
	if len(b.Photos) > maxPhotoClaims {
		refuse("/photos", fmt.Sprintf("must be at most %d", maxPhotoClaims))
	} else {
		for i, p := range b.Photos {
			claim := PhotoClaim{SHA256: p.SHA256, Position: p.Position, Source: p.Source}
			if p.TakenAt != nil {
				at := instant(fmt.Sprintf("/photos/%d/taken_at", i), *p.TakenAt)
				claim.TakenAt = &at
			}
			if p.Position != nil && !(p.Position.onEarth() && p.Position.Accuracy >= 0) {
				refuse(fmt.Sprintf("/photos/%d/position", i), positionWanted+", with an accuracy of 0 metres or more")
			}
			if p.Source != "" && p.Source != "camera" && p.Source != "gallery" {
				refuse(fmt.Sprintf("/photos/%d/source", i), "must be camera or gallery")
			}
			s.Photos = append(s.Photos, claim)
		}
	}
	return s, fault.Of(faults)
}
