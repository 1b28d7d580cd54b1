package evaluation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// caseFile is one of the files in testdata that the phone runs as well.
type caseFile struct {
	Documents map[string]json.RawMessage
	Cases     []struct {
		Name     string
		Document string
		Answers  map[string]json.RawMessage
		Unread   bool // the answers would be refused: they are scored all the same
		Visible  []string
		Faults   []string
		Score    map[string]any
	}
}

func readCases(t testing.TB, name string) caseFile {
	data, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	var file caseFile
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	require.NoError(t, decoder.Decode(&file))
	require.NotEmpty(t, file.Cases)
	return file
}

func compiled(t testing.TB, document []byte) *Version {
	t.Helper()
	d, err := ReadDocument(document)
	require.NoError(t, err)
	v, err := Compile(uuid.MustParse("0190b1a0-0000-7000-8000-000000000001"), 3, d)
	require.NoError(t, err)
	return v
}

// unread takes answers as they are, even those to hidden questions.
func unread(t testing.TB, v *Version, raw map[string]json.RawMessage) Answers {
	answers := Answers{}
	for _, q := range v.Questions() {
		if sent, was := raw[q.ID]; was {
			answer, given, wrong := q.read(sent)
			require.Empty(t, wrong, q.ID)
			if given {
				answers[q.ID] = answer
			}
		}
	}
	return answers
}

func TestWhatIsVisible(t *testing.T) {
	file := readCases(t, "conditions.json")
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			v := compiled(t, file.Documents[c.Document])
			answers := unread(t, v, c.Answers)
			if !c.Unread {
				read, faults := v.Read(c.Answers)
				require.Empty(t, faults)
				require.Equal(t, answers, read)
			}
			visible, shown := []string{}, v.Visible(answers)
			require.Len(t, shown, len(v.Questions()))
			for _, q := range v.Questions() {
				if shown[q.ID] {
					visible = append(visible, q.ID)
				}
			}
			require.Equal(t, c.Visible, visible)
		})
	}
}

func TestWhichAnswersAreTaken(t *testing.T) {
	file := readCases(t, "answers.json")
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			_, faults := compiled(t, file.Documents[c.Document]).Read(c.Answers)
			questions := []string{}
			for _, f := range faults {
				questions = append(questions, f.Question)
				require.Equal(t, "/answers/"+escapePointer(f.Question), f.Pointer)
				require.NotEmpty(t, f.Detail)
			}
			require.Equal(t, c.Faults, questions)
		})
	}
}

func TestWhatAnswersComeTo(t *testing.T) {
	file := readCases(t, "scores.json")
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			v := compiled(t, file.Documents[c.Document])
			answers := unread(t, v, c.Answers)
			if !c.Unread {
				read, faults := v.Read(c.Answers)
				require.Empty(t, faults)
				require.Equal(t, answers, read)
			}
			score := v.Score(answers)
			written, err := json.Marshal(score)
			require.NoError(t, err)
			var fields map[string]any
			decoder := json.NewDecoder(bytes.NewReader(written))
			decoder.UseNumber()
			require.NoError(t, decoder.Decode(&fields))
			requireWithin(t, "", c.Score, fields)

			var again Score
			require.NoError(t, json.Unmarshal(written, &again))
			require.Equal(t, score, again, "what is kept must be what was scored")
		})
	}
}

// requireWithin requires what is expected to be in what is there. null stands for what is not there; a list of things
// with ids is compared by them.
func requireWithin(t *testing.T, at string, expected, actual any) {
	t.Helper()
	if list, is := actual.([]any); is {
		byID := map[string]any{}
		for _, one := range list {
			byID[one.(map[string]any)["id"].(string)] = one
		}
		actual = byID
	}
	switch expected := expected.(type) {
	case map[string]any:
		there, is := actual.(map[string]any)
		require.True(t, is, "%s must be an object and is %v", at, actual)
		for key, value := range expected {
			requireWithin(t, at+"/"+key, value, there[key])
		}
	default:
		require.Equal(t, fmt.Sprint(expected), fmt.Sprint(actual), at)
	}
}
