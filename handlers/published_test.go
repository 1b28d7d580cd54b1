package handlers_test

import (
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
