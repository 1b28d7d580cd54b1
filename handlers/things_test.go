package handlers_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/color"
	"image/jpeg"
	"time"

	"github.com/google/uuid"
)

// What tests need again and again: a checklist, a visit, a photo, an evaluation.

// branchVisit is a checklist with something of everything that a visit needs.
func branchVisit() body {
	return body{
		"title": "Branch visit", "languages": []string{"en", "pl"}, "texts": body{"pl": body{"greeted": "Czy Cię powitano?"}},
		"scoring": body{"method": "weighted_sections", "critical": "cap", "critical_cap": 5000, "cap_bonus": true,
			"bands": []body{{"from": 9000, "name": "Excellent"}, {"from": 7500, "name": "Good"}, {"from": 0, "name": "Below standard"}}},
		"standards": []body{{"id": "wait-2min", "kind": "timeliness", "text": "We serve you within two minutes"}},
		"moments":   []body{{"id": "in", "text": "Came in"}, {"id": "served", "text": "Served"}},
		"sections": []body{
			{"id": "welcome", "title": "Welcome", "touchpoint": "purchase", "weight": 4000, "questions": []body{
				{"id": "greeted", "type": "choice", "text": "Were you greeted?", "required": true, "need": "friendliness", "options": []body{
					{"id": "yes", "text": "Yes", "points": 200}, {"id": "no", "text": "No", "points": 0, "fails": true}, {"id": "na", "text": "Nobody there", "na": true}}},
				{"id": "wait", "type": "duration", "text": "How long did you wait?", "standard": "wait-2min", "from_moment": "in", "to_moment": "served", "bands": []body{
					{"up_to": 120, "points": 300, "kept": true}, {"up_to": 300, "points": 100}, {"points": 0}}},
				{"id": "why", "type": "text", "text": "What happened instead?", "required": true, "min_length": 20, "show_when": body{"question": "greeted", "is": []string{"no"}}},
			}},
			{"id": "shop", "title": "The shop", "touchpoint": "purchase", "weight": 6000, "questions": []body{
				{"id": "clean", "type": "scale", "text": "How clean was it?", "from": 1, "to": 5, "bands": []body{{"up_to": 2, "points": 0}, {"up_to": 4, "points": 100}, {"points": 200}}},
				{"id": "words", "type": "text", "text": "Describe your visit", "required": true},
				{"id": "at", "type": "time", "text": "When did you pay?"},
				{"id": "shelf", "type": "photo", "text": "The shelf"},
				{"id": "bill", "type": "receipt", "text": "The receipt"},
				{"id": "here", "type": "location", "text": "Where are you?"},
				{"id": "note-to-office", "type": "text", "text": "For the office only", "audience": "coordinator"},
			}},
		},
	}
}

// publish makes a published checklist of a document and gives its id.
func (w *world) publish(document body) uuid.UUID {
	w.Helper()
	id := uuid.Must(uuid.NewV7())
	w.carol.post("/checklists", body{"id": id, "document": document}).is(201)
	w.carol.send("POST", "/checklists/"+id.String()+"/publish", nil, "If-Match", `"1"`).is(200)
	return id
}

// visit is a visit of Sam's to Old Town this week, accepted.
type visit struct {
	w  *world
	id uuid.UUID
}

func (v visit) path(more string) string { return "/visits/" + v.id.String() + more }

func (w *world) plan(checklist uuid.UUID, more body) visit {
	w.Helper()
	id := uuid.Must(uuid.NewV7())
	plan := body{"id": id, "branch_id": w.oldTown.ID, "checklist_id": checklist, "shopper_id": w.sam.id,
		"opens": "2026-11-23T09:00", "closes": "2026-11-27T20:00", "fee": body{"amount": 1500, "currency": "EUR"},
		"scenario": body{"persona": "A parent with a pram", "instructions": "Buy a coffee", "questions": "Ask for oat milk"}}
	for k, v := range more {
		plan[k] = v
	}
	w.carol.post("/visits", plan).is(201)
	return visit{w, id}
}

func (w *world) accepted(checklist uuid.UUID) visit {
	w.Helper()
	v := w.plan(checklist, nil)
	w.sam.post(v.path("/accept"), nil).is(200)
	return v
}

// photo is a picture nobody else has.
func photo(seed uint8) []byte {
	m := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for x := range 64 {
		for y := range 48 {
			m.Set(x, y, color.RGBA{seed, uint8(4 * x), uint8(5 * y), 255})
		}
	}
	var out bytes.Buffer
	_ = jpeg.Encode(&out, m, nil)
	return out.Bytes()
}

func hashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func (p *person) uploads(content []byte) string {
	p.w.Helper()
	hash := hashOf(content)
	p.put("/photos/"+hash, content).is(200)
	return hash
}

// goodAnswers are worth everything.
func goodAnswers() body {
	return body{"greeted": "yes", "wait": 95, "clean": 5, "words": "Friendly and quick."}
}

// submission is what a phone sends for a visit made this Monday at noon in Warsaw.
func submission(v visit, answers body, more body) body {
	begun := time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC)
	s := body{"id": uuid.NewString(), "visit_id": v.id, "answers": answers, "begun": begun.Format(time.RFC3339),
		"finished": begun.Add(20 * time.Minute).Format(time.RFC3339)}
	for k, v := range more {
		s[k] = v
	}
	return s
}

// submitted is an evaluation of Sam's that waits for review.
func (w *world) submitted(checklist uuid.UUID, answers body) (v visit, id string) {
	w.Helper()
	v = w.accepted(checklist)
	w.clock.set(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	s := submission(v, answers, nil)
	w.sam.post("/evaluations", s).is(201)
	return v, s["id"].(string)
}

func (w *world) approve(id string, grade int) {
	w.Helper()
	w.carol.post("/evaluations/"+id+"/approve", body{"revision": 1, "grade": grade}).is(200)
}
