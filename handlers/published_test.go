package handlers_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// publishes replaces the edits of an evaluation for publication as the person last saw it.
func (p *person) publishes(id string, edits ...body) []any {
	p.w.Helper()
	seen := p.get(evaluationPath(id, "")).is(200).header.Get("ETag")
	return p.send("PUT", evaluationPath(id, "/publication"), body{"edits": append([]body{}, edits...)}, "If-Match", seen).is(200).object()["publication"].([]any)
}

func TestAnEditThatStaysKeepsItsAuthorAndItsTime(t *testing.T) {
	w := newWorld(t)
	answers := goodAnswers()
	answers["shelf"] = body{"photos": []string{w.sam.uploads(photo(1)), w.sam.uploads(photo(2))}}
	_, id := w.submitted(w.publish(branchVisit()), answers)
	face := body{"photo": 1, "reason": "shows a face"}
	first := w.carol.publishes(id, body{"question_id": "words", "text": "Quick.", "reason": "names a person"}, face, body{"photo": 2, "reason": "blurred"})
	require.Len(t, first, 3)

	w.clock.forward(time.Hour)
	second := w.ada.publishes(id, body{"question_id": "words", "text": "Very quick.", "reason": "names a person"}, face)
	require.Len(t, second, 2)
	require.Equal(t, first[0], second[0], "the photo, which nobody touched")
	text := second[1].(map[string]any)
	require.Equal(t, "Very quick.", text["text"])
	require.Equal(t, w.ada.id.String(), text["author_id"])
	require.NotEqual(t, first[2].(map[string]any)["at"], text["at"])

	require.Empty(t, w.carol.publishes(id))
}

// answersFor are the answers of an approved evaluation as Old Town's manager gets them, by question.
func (w *world) answersFor(id string) map[string]body {
	w.Helper()
	var published struct{ Answers []body }
	w.max.get(evaluationPath(id, "")).is(200).into(&published)
	answers := map[string]body{}
	for _, a := range published.Answers {
		answers[a["question_id"].(string)] = a
	}
	return answers
}

func TestTheBranchCountsThePhotosThatItGets(t *testing.T) {
	w := newWorld(t)
	document := branchVisit()
	shop := document["sections"].([]body)[1]
	shop["questions"] = append(shop["questions"].([]body), body{"id": "door", "type": "photo", "text": "The door"})
	answers := goodAnswers()
	answers["bill"] = body{"amount": 450, "currency": "PLN", "photos": []string{w.sam.uploads(photo(1))}}
	answers["shelf"] = body{"photos": []string{w.sam.uploads(photo(2)), w.sam.uploads(photo(3))}}
	answers["door"] = body{"photos": []string{w.sam.uploads(photo(4))}}
	_, id := w.submitted(w.publish(document), answers)
	w.carol.post(evaluationPath(id, "/return"), body{"revision": 1, "questions": []string{"shelf"}, "words": "The shelf is blurred"}).is(200)
	answers["shelf"] = body{"photos": []string{w.sam.uploads(photo(3)), w.sam.uploads(photo(5)), w.sam.uploads(photo(6))}}
	w.sam.post(evaluationPath(id, "/revisions"), body{"based_on": 1, "answers": answers}).is(201)

	of := map[string]string{} // the picture to coordinators, by its upload
	hidden := 0
	for _, p := range w.carol.get(evaluationPath(id, "")).is(200).object()["photos"].([]any) {
		number := int(p.(map[string]any)["number"].(float64))
		hash := p.(map[string]any)["sha256"].(string)
		of[hash] = string(w.carol.get(evaluationPath(id, "/photos/"+jsonText(number))).is(200).body)
		if hash == hashOf(photo(3)) {
			hidden = number
		}
	}
	w.carol.publishes(id, body{"photo": hidden, "reason": "shows a face"})
	w.carol.post(evaluationPath(id, "/approve"), body{"revision": 2, "grade": 8}).is(200)

	got := w.answersFor(id)
	require.Equal(t, []any{1.0, 2.0}, got["shelf"]["photos"])
	require.Equal(t, []any{3.0}, got["door"]["photos"])
	for number, upload := range map[string][]byte{"1": photo(5), "2": photo(6), "3": photo(4)} {
		require.Equal(t, of[hashOf(upload)], string(w.max.get(evaluationPath(id, "/photos/"+number)).is(200).body))
	}
	w.max.get(evaluationPath(id, "/photos/4")).is(404)
}

func TestTheBranchReadsWhatWasUnderstoodAndNotHowItWasTyped(t *testing.T) {
	w := newWorld(t)
	document := branchVisit()
	shop := document["sections"].([]body)[1]
	shop["questions"] = append(shop["questions"].([]body),
		body{"id": "seen", "type": "choices", "text": "What did you see?", "options": []body{{"id": "queue", "text": "A queue"}, {"id": "dirt", "text": "Dirt"}, {"id": "offer", "text": "An offer"}}},
		body{"id": "price", "type": "number", "text": "The price?", "decimals": 2},
		body{"id": "day", "type": "date", "text": "Which day?", "na": true})
	answers := body{"greeted": "na", "wait": json.RawMessage("9.5e1"), "clean": json.RawMessage("5e0"), "words": " \n Quick. \t", "at": "12:20",
		"seen": []string{"offer", "queue"}, "price": json.RawMessage("9.50"), "day": body{"na": true}}
	_, id := w.submitted(w.publish(document), answers)
	w.approve(id, 8)

	values := map[string]string{}
	var published struct {
		Answers []struct {
			QuestionID string `json:"question_id"`
			Value      json.RawMessage
		}
	}
	w.max.get(evaluationPath(id, "")).is(200).into(&published)
	for _, a := range published.Answers {
		values[a.QuestionID] = string(a.Value)
	}
	require.Equal(t, map[string]string{"greeted": `"na"`, "wait": "95", "clean": "5", "words": `"Quick."`, "at": `"12-17"`,
		"seen": `["queue","offer"]`, "price": "9.5", "day": `{"na":true}`}, values)
}

// The report of a branch numbers photos for whoever reads it: each number leads its reader to the photo that is meant.
func TestTheReportsPhotosAreThoseBehindTheirNumbersForManagersAndForCoordinators(t *testing.T) {
	w := newWorld(t)
	w.ada.patch("/settings", 0, body{"rotation_days": 0}).is(200)
	checklist := w.publish(branchVisit())
	w.clock.set(monday.Add(4 * time.Hour))
	for i := range 3 {
		v := w.plan(checklist, body{"branch_id": w.oldTown.ID})
		w.sam.post(v.path("/accept"), nil).is(200)
		answers := goodAnswers()
		answers["shelf"] = body{"photos": []string{w.sam.uploads(photo(uint8(10 * i))), w.sam.uploads(photo(uint8(10*i + 1))), w.sam.uploads(photo(uint8(10*i + 2)))}}
		s := submission(v, answers, nil)
		w.sam.post("/evaluations", s).is(201)
		id := s["id"].(string)
		w.carol.publishes(id, body{"photo": 1, "reason": "shows a face"})
		w.approve(id, 8)
	}
	seen := func(reader *person) (photos []string) {
		type point struct {
			Photos []struct {
				EvaluationID string `json:"evaluation_id"`
				Number       int    `json:"number"`
			} `json:"photos"`
		}
		var report struct {
			Strengths []point `json:"strengths"`
			ToWorkOn  []point `json:"to_work_on"`
		}
		reader.get("/branches/" + w.oldTown.ID.String() + "/report").is(200).into(&report)
		for _, p := range append(report.Strengths, report.ToWorkOn...) {
			for _, one := range p.Photos {
				photos = append(photos, string(reader.get(evaluationPath(one.EvaluationID, fmt.Sprintf("/photos/%d", one.Number))).is(200).body))
			}
		}
		return photos
	}
	require.Len(t, seen(w.max), 3)
	require.Equal(t, seen(w.max), seen(w.carol))
}
