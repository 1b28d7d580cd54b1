package demo

import (
	"context"
	"encoding/json"
	"math"
	"time"

	"github.com/google/uuid"

	"fieldcare/evaluation"
	"fieldcare/internal/database"
)

// photo takes a photo and uploads it.
func (a *answering) photo(question string) (hash string, err error) {
	upload := a.lastFront
	if question != "front" || a.odd != "photo_used_elsewhere" {
		if upload, err = picture(question, a.pictures); err != nil {
			return "", err
		}
	}
	if question == "front" {
		a.lastFront = upload
	}
	hash = database.HashOf(upload)
	if _, err := a.server.Photos.Put(a.ctx, a.user(), hash, upload); err != nil {
		return "", err
	}
	taken := a.begun.Add(time.Duration(len(a.photos)*5+a.random.IntN(4)) * time.Minute)
	if a.odd == "photo_time" {
		taken = taken.Add(-31 * time.Hour)
	}
	a.photos = append(a.photos, object{"sha256": hash, "taken_at": taken.UTC(), "position": a.position(false), "source": "camera"})
	return hash, nil
}

// receipt has an amount, and now and then a photo of it.
func (a *answering) receipt(question string) (any, error) {
	usual := a.Fees[a.place.Currency].Bill
	sent := object{"amount": usual*3/4 + a.random.Int64N(usual/2), "currency": a.place.Currency}
	if a.random.IntN(3) > 0 {
		return sent, nil
	}
	hash, err := a.photo(question)
	sent["photos"] = []string{hash}
	return sent, err
}

// position is where the telephone believes to be: near the branch, or nearly two kilometres away.
func (a *answering) position(far bool) object {
	near := func(degrees float64) float64 { return math.Round((degrees+0.0003*(a.random.Float64()-0.5))*1e6) / 1e6 }
	lat := a.place.Lat
	if far {
		lat += 0.017
	}
	return object{"lat": near(lat), "lon": near(a.place.Lon), "accuracy": 5 + a.random.IntN(20)}
}

// handIn has the evaluation handed in then.
func (v *visit) handIn(at time.Time) {
	v.at(at, func(ctx context.Context) error {
		planned, err := v.server.Visits.Get(ctx, v.reviewer(), v.id)
		if err != nil {
			return err
		}
		version, err := v.server.Checklists.Version(ctx, planned.ChecklistID, planned.ChecklistVersion)
		if err != nil {
			return err
		}
		a, err := v.answer(ctx, version.Document)
		if err != nil {
			return err
		}
		switch v.odd {
		case "too_fast":
			v.finished = v.begun.Add(95 * time.Second)
		case "clock":
			v.finished = v.now.Add(2 * time.Hour)
		}
		moments := []object{}
		for _, m := range version.Document.Moments {
			if t, known := a.moments[m.ID]; known {
				moments = append(moments, object{"id": m.ID, "at": t.UTC()})
			}
		}
		v.evaluation, v.revision = uuid.New(), 1
		v.sent = object{"id": v.evaluation, "visit_id": v.id, "answers": a.sent, "begun": v.begun.UTC(), "finished": v.finished.UTC(),
			"moments": moments, "photos": a.photos}
		arrived, err := submission(v.sent, false)
		if err != nil {
			return err
		}
		_, _, err = v.server.Evaluations.Submit(ctx, v.user(), arrived)
		return err
	})
}

// revise has the shopper's own words put right.
func (v *visit) revise(at time.Time) {
	v.at(at, func(ctx context.Context) error {
		answers := v.sent["answers"].(object)
		answers["words"] = answers["words"].(string) + " " + pick(v.random, v.texts.En.sentences["again-words"])
		v.sent = object{"based_on": v.revision, "answers": answers}
		arrived, err := submission(v.sent, true)
		if err != nil {
			return err
		}
		v.revision++
		_, _, err = v.server.Evaluations.Revise(ctx, v.user(), v.evaluation, arrived)
		return err
	})
}

// submission is what was sent as it arrives.
func submission(sent object, revision bool) (evaluation.Submission, error) {
	text, err := json.Marshal(sent)
	if err != nil {
		return evaluation.Submission{}, err
	}
	var body evaluation.SubmissionBody
	if err := json.Unmarshal(text, &body); err != nil {
		return evaluation.Submission{}, err
	}
	hash, err := database.ContentHash(text)
	if err != nil {
		return evaluation.Submission{}, err
	}
	return evaluation.ReadSubmission(body, hash, revision)
}
