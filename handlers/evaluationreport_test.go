package handlers_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fieldcare/internal/account"
)

// allTypes is a checklist with a question of every type.
func allTypes() body {
	document := branchVisit()
	document["sections"].([]body)[0]["questions"].([]body)[1]["na"] = true
	document["sections"] = append(document["sections"].([]body), body{"id": "more", "title": "More", "touchpoint": "after-sale", "weight": 0, "questions": []body{
		{"id": "seen", "type": "choices", "text": "What did you see?", "options": []body{
			{"id": "queue", "text": "A queue"}, {"id": "offer", "text": "An offer"}, {"id": "dirt", "text": "Dirt"}}},
		{"id": "price", "type": "number", "text": "What did it cost?", "decimals": 2, "na": true},
		{"id": "again", "type": "date", "text": "When will you come again?"},
		{"id": "hidden", "type": "choice", "text": "For the office: was it clean?", "audience": "coordinator", "options": []body{
			{"id": "yes", "text": "It was spotless"}, {"id": "no", "text": "It was filthy"}}},
	}})
	return document
}

func allAnswers(w *world) body {
	answers := goodAnswers()
	answers["at"], answers["seen"], answers["price"], answers["again"], answers["hidden"] = "12:20", []string{"offer", "queue"}, body{"na": true}, "2026-11-21", "no"
	answers["shelf"] = body{"photos": []string{w.sam.uploads(photo(1)), w.sam.uploads(photo(2))}}
	answers["bill"] = body{"amount": 450, "currency": "PLN", "photos": []string{w.sam.uploads(photo(3))}}
	answers["here"] = body{"lat": 52.1, "lon": 21, "accuracy": 12}
	answers["note-to-office"] = "The barista was my cousin."
	return answers
}

// answersIn gives the answers of a report by question.
func answersIn(report body) map[string]map[string]any {
	found := map[string]map[string]any{}
	each(map[string]any(report)["sections"], "", func(_ string, object map[string]any) {
		if id, is := object["question_id"].(string); is {
			found[id] = object
		}
	})
	return found
}

func TestTheReportOfAVisitSaysEveryAnswerInWords(t *testing.T) {
	w := newWorld(t)
	_, id := w.submitted(w.publish(allTypes()), allAnswers(w))
	w.approve(id, 8)
	report := w.max.get(evaluationPath(id, "/report")).is(200).object()
	require.Nil(t, report["preview"])
	require.Regexp(t, `^[0-9a-f]{12}$`, report["view"])
	require.Equal(t, "WAW-01", at(map[string]any(report), "branch", "code"))
	require.Equal(t, "100.0", at(map[string]any(report), "visit", "score", "shown"))
	require.Equal(t, "100.0", at(map[string]any(report), "visit", "coverage", "shown"))
	require.Equal(t, "12-17", at(map[string]any(report), "visit", "part_of_day"))
	require.Equal(t, "passed", at(map[string]any(report), "visit", "outcome"))
	require.Equal(t, []any{}, report["failures"])
	require.Equal(t, "The score is made by weighted sections: the mean of the sections' shares by their weights, bonus not above 100%; "+
		"a critical failure caps it at 50.0%. What is N/A or left empty counts in neither. Checklist version 1, rules of scoring: edition 1.", report["method"])
	require.Equal(t, []any{map[string]any{"id": "wait-2min", "kind": "timeliness", "text": "We serve you within two minutes", "kept": 1.0, "n": 1.0, "sentence": "Kept in this visit."}}, report["standards"])

	answers := answersIn(report)
	words := map[string]any{}
	for question, a := range answers {
		words[question] = a["answer"]
	}
	require.Equal(t, map[string]any{"greeted": "Yes", "wait": "1 min 35 s", "clean": "5 (1 to 5)", "words": "Friendly and quick.", "at": "12 to 17",
		"shelf": nil, "seen": "A queue, An offer", "price": "N/A", "again": "21 November 2026"}, words)
	wait := answers["wait"]
	require.Equal(t, []any{true, 3.0, 3.0, true, "We serve you within two minutes"}, []any{wait["counted"], wait["earned"], wait["possible"], wait["kept"], wait["standard"]})
	require.Equal(t, "Friendliness", answers["greeted"]["need"])
	require.Equal(t, true, answers["price"]["na"])
	var numbers []any
	for _, p := range answers["shelf"]["photos"].([]any) {
		numbers = append(numbers, p.(map[string]any)["number"])
	}
	require.Equal(t, []any{1.0, 2.0}, numbers)
	sections := report["sections"].([]any)
	require.Equal(t, []any{"Purchase", nil}, []any{at(sections[0], "touchpoint"), at(sections[0], "outside_total")})
	require.Equal(t, []any{"After-sale", true}, []any{at(sections[2], "touchpoint"), at(sections[2], "outside_total")})
}

func TestTheReportOfAFailedVisitNamesWhatFailedIt(t *testing.T) {
	w := newWorld(t)
	answers := goodAnswers()
	answers["greeted"], answers["why"], answers["wait"] = "no", "They talked among themselves all the time.", 121
	_, id := w.submitted(w.publish(branchVisit()), answers)
	w.approve(id, 8)
	report := w.max.get(evaluationPath(id, "/report")).is(200).object()
	require.Equal(t, []any{"Were you greeted?"}, report["failures"])
	require.Equal(t, "failed", at(map[string]any(report), "visit", "outcome"))
	require.Equal(t, "1/2", at(map[string]any(report), "visit", "score", "fraction"))
	require.Equal(t, "17/25", at(map[string]any(report), "visit", "calculated", "fraction")) // .4 × 1/5 + .6
	require.Equal(t, "Not kept in this visit.", at(report["standards"].([]any)[0], "sentence"))
	require.Equal(t, true, answersIn(report)["greeted"]["fails"])
	require.Equal(t, 0.0, answersIn(report)["greeted"]["earned"])
}

func TestCoordinatorsPreviewWhatTheBranchWouldGet(t *testing.T) {
	w := newWorld(t)
	_, id := w.submitted(w.publish(allTypes()), allAnswers(w))
	w.max.get(evaluationPath(id, "/report")).is(404)
	w.carol.publishes(id, body{"photo": 1, "reason": "shows a face"}, body{"question_id": "words", "text": "Quick.", "reason": "names a person"})

	preview := w.carol.get(evaluationPath(id, "/report")).is(200).object()
	require.Equal(t, true, preview["preview"])
	require.Equal(t, "Quick.", answersIn(preview)["words"]["answer"])
	require.NotContains(t, answersIn(preview), "note-to-office")
	require.Equal(t, 2.0, at(answersIn(preview)["shelf"]["photos"].([]any)[0], "number"), "as coordinators read it")
	seen := w.carol.get(evaluationPath(id, "/photos/2")).is(200).body

	w.approve(id, 8)
	report := w.max.get(evaluationPath(id, "/report")).is(200).object()
	require.Equal(t, 1.0, at(answersIn(report)["shelf"]["photos"].([]any)[0], "number"), "as the branch reads it")
	require.Equal(t, seen, w.max.get(evaluationPath(id, "/photos/1")).is(200).body)
	require.Nil(t, w.carol.get(evaluationPath(id, "/report")).is(200).object()["preview"])
	w.mona.get(evaluationPath(id, "/report")).is(404)
	w.sam.get(evaluationPath(id, "/report")).is(403)
}

func TestADocumentGetsItsPhotosSmall(t *testing.T) {
	w := newWorld(t)
	wide := image.NewGray(image.Rect(0, 0, 1600, 400))
	for x := range 1600 {
		for y := range 400 {
			wide.SetGray(x, y, color.Gray{uint8(x + 3*y)})
		}
	}
	var upload bytes.Buffer
	require.NoError(t, jpeg.Encode(&upload, wide, nil))
	answers := goodAnswers()
	answers["shelf"] = body{"photos": []string{w.sam.uploads(photo(1)), w.sam.uploads(upload.Bytes())}}
	_, id := w.submitted(w.publish(branchVisit()), answers)
	w.approve(id, 8)

	ctx := context.Background()
	report, err := w.server.Reports.EvaluationReport(ctx, account.User{ID: w.max.id, Roles: account.Manager}, uuid.MustParse(id))
	require.NoError(t, err)
	require.NoError(t, w.server.Reports.IllustrateEvaluation(ctx, &report))
	photos := report.Sections[1].Answers[len(report.Sections[1].Answers)-1].Photos
	require.Len(t, photos, 2)
	require.Equal(t, w.max.get(evaluationPath(id, "/photos/1")).is(200).body, photos[0].JPEG, "small enough as it is")
	config, err := jpeg.DecodeConfig(bytes.NewReader(photos[1].JPEG))
	require.NoError(t, err)
	require.Equal(t, [2]int{1024, 256}, [2]int{config.Width, config.Height})

	document := w.max.get(evaluationPath(id, "/report.pdf")).is(200)
	require.Equal(t, `attachment; filename="visit-report-2026-11-23.pdf"`, document.header.Get("Content-Disposition"))
	for _, photo := range photos {
		require.Contains(t, string(document.body), string(photo.JPEG))
	}
	text := strings.Join(strings.Fields(converted(t, document.body, "pdftotext", "-layout", "IN", "OUT")), " ")
	for _, says := range []string{"Warsaw Old Town", "Were you greeted?", "Friendly and quick.", "1 min 35 s", report.View} {
		require.Contains(t, text, says)
	}
	w.carol.get(evaluationPath(id, "/report.pdf")).is(200)
	w.mona.get(evaluationPath(id, "/report.pdf")).is(404)
	w.sam.get(evaluationPath(id, "/report.pdf")).is(403)
}
