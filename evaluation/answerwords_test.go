package evaluation

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnAnswerIsSaidInWords(t *testing.T) {
	from, to := int64(0), int64(10)
	options := []Option{{ID: "a", Text: "A queue"}, {ID: "b", Text: "An offer"}, {ID: "none", Text: "Nobody there", NA: true}}
	for _, c := range []struct {
		question Question
		answer   Answer
		words    string
	}{
		{Question{Type: TypeChoice, Options: options}, Answer{Choices: []string{"b"}}, "An offer"},
		{Question{Type: TypeChoice, Options: options}, Answer{Choices: []string{"none"}, NA: true}, "Nobody there"},
		{Question{Type: TypeChoices, Options: options}, Answer{Choices: []string{"a", "b"}}, "A queue, An offer"},
		{Question{Type: TypeScale, From: &from, To: &to}, Answer{Number: 4 * one}, "4 (0 to 10)"},
		{Question{Type: TypeScale, From: &from, To: &to}, Answer{NA: true}, "N/A"},
		{Question{Type: TypeNumber}, Answer{Number: -9_500_000}, "-9.5"},
		{Question{Type: TypeDuration}, Answer{}, "0 s"},
		{Question{Type: TypeDuration}, Answer{Number: 95 * one}, "1 min 35 s"},
		{Question{Type: TypeDuration}, Answer{Number: 3600 * one}, "1 h"},
		{Question{Type: TypeDuration}, Answer{Number: 720*3600*one + one}, "720 h 1 s"},
		{Question{Type: TypeText}, Answer{Text: "Quick,\nand friendly."}, "Quick,\nand friendly."},
		{Question{Type: TypeDate}, Answer{Text: "2026-11-01"}, "1 November 2026"},
		{Question{Type: TypeTime}, Answer{Text: "11:59"}, "before 12"},
		{Question{Type: TypeTime}, Answer{Text: "12:00"}, "12 to 17"},
		{Question{Type: TypeTime}, Answer{Text: "17:00"}, "after 17"},
		{Question{Type: TypeTime}, Answer{NA: true}, "N/A"},
		{Question{Type: TypePhoto}, Answer{NA: true}, "N/A"},
		{Question{Type: TypePhoto}, Answer{Photos: []string{"1"}}, ""},
	} {
		c.question.ID = "asked"
		v := ready([16]byte{}, 1, &Document{Sections: []Section{{ID: "s", Questions: []Question{c.question}}}})
		allowed, _ := v.allowed(Answers{"asked": c.answer}, []NumberedPhoto{{Number: 3, QuestionID: "asked"}}, nil)
		require.Len(t, allowed, 1, c.words)
		require.Equal(t, c.words, allowed[0].inWords())
	}
}

func TestWhatIsNotMeantForTheBranchDoesNotComeThroughTheWall(t *testing.T) {
	v := ready([16]byte{}, 1, &Document{Sections: []Section{{ID: "s", Questions: []Question{
		{ID: "office", Type: TypeText, Audience: AudienceCoordinator}, {ID: "office-shelf", Type: TypePhoto, Audience: AudienceCoordinator},
		{ID: "bill", Type: TypeReceipt}, {ID: "here", Type: TypeLocation}, {ID: "bill-na", Type: TypeReceipt},
		{ID: "left-out", Type: TypeText}, {ID: "replaced", Type: TypeText}, {ID: "refused", Type: TypeText},
		{ID: "shelf", Type: TypePhoto}, {ID: "faces", Type: TypePhoto},
	}}}})
	answers := Answers{
		"office": {Text: "My cousin works here."}, "office-shelf": {Photos: []string{"0"}},
		"bill": {Money: &Money{Amount: 450, Currency: "EUR"}, Photos: []string{"1"}}, "here": {Position: &Position{Lat: 1}}, "bill-na": {NA: true},
		"left-out": {Text: "Anna served me."}, "replaced": {Text: "Anna was quick."}, "refused": {NA: true},
		"shelf": {Photos: []string{"2", "3"}}, "faces": {Photos: []string{"4"}},
	}
	current := []NumberedPhoto{{Number: 1, QuestionID: "office-shelf"}, {Number: 2, QuestionID: "bill"}, {Number: 3, QuestionID: "shelf"}, {Number: 4, QuestionID: "shelf"}, {Number: 5, QuestionID: "faces"}}
	published, photos := v.publish(answers, current, []PublicationEdit{
		{QuestionID: "left-out"}, {QuestionID: "replaced", Text: "It was quick."}, {QuestionID: "refused", Text: "No answer."}, {Photo: 3}, {Photo: 5}})
	require.Equal(t, []NumberedPhoto{{Number: 4, QuestionID: "shelf"}}, photos)
	said := map[string]string{}
	for _, a := range published {
		said[a.QuestionID] = string(a.Value)
	}
	require.Equal(t, map[string]string{"replaced": `"It was quick."`, "refused": `"No answer."`, "shelf": ""}, said)
	require.Equal(t, []int{1}, published[2].Photos)
}
