package evaluation

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhoseVisibilityDependsOnAnAnswer(t *testing.T) {
	v := compiled(t, []byte(rich))
	inside := []string{"seen", "smile", "gift", "price", "day", "at", "shelf", "bill", "here", "thanks"}
	for _, c := range []struct {
		named, dependents []string
	}{
		{nil, nil},
		{[]string{"why"}, nil},
		{[]string{"nobody"}, nil},
		{[]string{"greeted"}, append([]string{"why"}, inside...)},
		{[]string{"wait"}, inside},
		{[]string{"smile"}, []string{"gift"}},
		{[]string{"seen", "price"}, []string{"gift", "here"}},
		{[]string{"smile", "gift"}, []string{"gift"}},
	} {
		require.Equal(t, c.dependents, v.Dependents(c.named), "%v", c.named)
	}
}

func TestDependenceGoesOnThroughQuestionsAndSections(t *testing.T) {
	v := compiled(t, readCases(t, "conditions.json").Documents["chain"])
	require.Equal(t, []string{"second", "third", "fourth", "fifth"}, v.Dependents([]string{"first"}))
	require.Equal(t, []string{"third", "fourth", "fifth"}, v.Dependents([]string{"second"}))
	require.Equal(t, []string{"fourth", "fifth"}, v.Dependents([]string{"third"}))
}

func TestAQuestionIsFoundByItsID(t *testing.T) {
	v := compiled(t, []byte(rich))
	require.Equal(t, "How friendly?", v.Question("smile").Text)
	require.Nil(t, v.Question("welcome"))
	require.Len(t, v.Questions(), 13)
	require.Equal(t, "greeted", v.Questions()[0].ID)
}

func TestChangedAnswersAreNamed(t *testing.T) {
	read := func(raw string) Answers {
		var answers map[string]json.RawMessage
		require.NoError(t, json.Unmarshal([]byte(raw), &answers))
		return unread(t, compiled(t, []byte(rich)), answers)
	}
	before := read(`{"greeted": "yes", "wait": 60, "seen": ["clean", "warm"], "price": 9.5, "here": {"lat": 1, "lon": 2}, "smile": {"na": true}}`)
	require.Empty(t, before.Changed(before))
	same := read(`{"greeted":"yes","wait":6e1,"seen":["warm","clean"],"price":9.50,"here":{"lon":2.0,"lat":1.0},"smile":{"na":true},"day":""}`)
	require.Empty(t, same.Changed(before))
	other := read(`{"greeted": "no", "seen": ["clean"], "price": 9.51, "here": {"lat": 1, "lon": 2.1}, "smile": 3, "at": "14:05"}`)
	require.Equal(t, []string{"at", "greeted", "here", "price", "seen", "smile", "wait"}, other.Changed(before))
	require.Equal(t, []string{"at", "greeted", "here", "price", "seen", "smile", "wait"}, before.Changed(other))
}
