package evaluation

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestAScoreSaysWhatMadeIt(t *testing.T) {
	v := compiled(t, []byte(rich))
	score := v.Score(Answers{})
	require.Equal(t, v.ChecklistID, score.ChecklistID)
	require.Equal(t, 3, score.ChecklistVersion)
	require.Equal(t, EngineVersion, score.EngineVersion)
	require.Equal(t, MethodWeightedSections, score.Method)
	require.Equal(t, CriticalCap, score.Critical)
	require.EqualValues(t, 5000, *score.CriticalCap)
	require.True(t, score.CapBonus)
}

func TestAScoreInMillionthsIsRoundedHalfUp(t *testing.T) {
	for fraction, expected := range map[string]int64{"0/1": 0, "1/1": 1_000_000, "2/3": 666_667, "1/3": 333_333, "21/20": 1_050_000, "1/2000000": 1, "3/2000000": 2, "1/2000001": 0,
		"10/1": 10_000_000, "100000000000/3": 10_000_000, "100000000000000000000/1": 10_000_000} {
		millionths, scored := Score{Score: &Figure{Fraction: fraction}}.Millionths()
		require.True(t, scored)
		require.Equal(t, expected, millionths, fraction)
	}
	_, scored := Score{}.Millionths()
	require.False(t, scored)
}

func TestManyMayUseOneVersionAtOnce(t *testing.T) {
	v, raw := sixty(t)
	answers, faults := v.Read(raw)
	require.Empty(t, faults)
	expected := v.Score(answers)
	var all sync.WaitGroup
	scores := make([]Score, 8)
	for i := range scores {
		all.Go(func() {
			answers, _ := v.Read(raw)
			scores[i] = v.Score(answers)
		})
	}
	all.Wait()
	for _, score := range scores {
		require.Equal(t, expected, score)
	}
}

func TestTheLargestFiguresDoNotOverflow(t *testing.T) {
	most, heaviest := int64(maxPoints), int64(maxWeight)
	d := &Document{Title: "Large", Languages: []string{"en"}, Scoring: Scoring{Method: MethodWeightedSections}}
	var options []Option
	var all []string
	for i := range 100 {
		id := fmt.Sprintf("o%d", i)
		options = append(options, Option{ID: id, Text: id, Points: &most})
		all = append(all, id)
	}
	answers := Answers{}
	for s := range 10 {
		section := Section{ID: fmt.Sprintf("s%d", s), Title: "S", Weight: &heaviest}
		for n := range 100 {
			id := fmt.Sprintf("q%d-%d", s, n)
			section.Questions = append(section.Questions, Question{ID: id, Type: TypeChoices, Text: "?", Weight: &heaviest, Options: options})
			answers[id] = Answer{Choices: all}
		}
		d.Sections = append(d.Sections, section)
	}
	v, err := Compile(uuid.Nil, 1, d)
	require.NoError(t, err)
	score := v.Score(answers)
	require.Equal(t, "1/1", score.Calculated.Fraction)
	require.Equal(t, "100000000000", score.Possible.String())
	require.Equal(t, "100000", score.Questions[0].Earned.String())
	written, err := json.Marshal(score)
	require.NoError(t, err)
	var again Score
	require.NoError(t, json.Unmarshal(written, &again))
	require.Equal(t, score, again)
}

func TestNotMoreThanTwentyUnknownQuestionsAreNamed(t *testing.T) {
	raw := map[string]json.RawMessage{strings.Repeat("long", 100): json.RawMessage("1")}
	for i := range 100 {
		raw[fmt.Sprintf("unknown%03d", i)] = json.RawMessage("1")
	}
	_, faults := compiled(t, readCases(t, "answers.json").Documents["all types"]).Read(raw)
	require.Len(t, faults, 21)
	require.Equal(t, "/answers", faults[0].Pointer, "an id that is too long is not repeated")
	require.Equal(t, "/answers/unknown000", faults[1].Pointer)
	require.Equal(t, "/answers", faults[20].Pointer)
}

func TestFaultsNeverRepeatWhatWasSent(t *testing.T) {
	v := compiled(t, readCases(t, "answers.json").Documents["all types"])
	raw := map[string]json.RawMessage{}
	for _, q := range v.Questions() {
		raw[q.ID] = json.RawMessage(`["secret", {"secret": 1}]`)
	}
	_, faults := v.Read(raw)
	require.Len(t, faults, len(raw))
	for _, f := range faults {
		require.NotContains(t, f.Detail, "secret")
		require.NotContains(t, f.Detail, "json")
		require.NotContains(t, f.Detail, "Go ")
	}
}

func FuzzAnswers(f *testing.F) {
	v := compiled(f, []byte(rich))
	for _, c := range readCases(f, "answers.json").Cases {
		seed, err := json.Marshal(c.Answers)
		require.NoError(f, err)
		f.Add(seed)
	}
	f.Add([]byte(`{"greeted": "no", "why": "Nobody looked up at all.", "wait": 95, "seen": ["clean", "warm"], "price": 9.99, "shelf": {"photos": []}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var raw map[string]json.RawMessage
		if json.Unmarshal(data, &raw) != nil {
			// Not JSON as a whole: each question gets it as it is.
			raw = map[string]json.RawMessage{}
			for _, q := range v.Questions() {
				raw[q.ID] = data
			}
		}
		answers, faults := v.Read(raw)
		for _, fault := range faults {
			require.True(t, strings.HasPrefix(fault.Pointer, "/answers"))
			require.True(t, utf8.ValidString(fault.Pointer+fault.Question+fault.Detail))
		}
		score := v.Score(answers)
		written, err := json.Marshal(score)
		require.NoError(t, err)
		var again Score
		require.NoError(t, json.Unmarshal(written, &again))
		require.Equal(t, score, again)
		if len(faults) == 0 {
			visible := v.Visible(answers)
			for id := range answers {
				require.True(t, visible[id])
			}
		}
	})
}

// sixty is a checklist as a bank or a chain of shops would have it, and a visit's answers to it: 60 questions in seven
// weighted sections, a quarter of them with conditions.
func sixty(t testing.TB) (*Version, map[string]json.RawMessage) {
	var sections []string
	raw := map[string]json.RawMessage{}
	for s := range 7 {
		var questions []string
		for n := range 9 {
			if s == 6 && n >= 6 {
				break
			}
			id := fmt.Sprintf("q%d_%d", s, n)
			question, answer := "", ""
			switch n {
			case 2:
				question, answer = `"type": "duration", "na": true, "bands": [{"up_to": 120, "points": 300}, {"up_to": 300, "points": 100}, {"points": 0}]`, "95"
			case 3:
				question, answer = `"type": "choices", "options": [{"id": "a", "text": "A", "points": 100}, {"id": "b", "text": "B", "points": 100}, {"id": "c", "text": "C", "points": -50}, {"id": "none", "text": "None", "points": 0, "exclusive": true}]`, `["a", "b"]`
			case 4:
				question, answer = `"type": "text", "max_length": 500`, `"The adviser looked up at once, smiled, and asked what I had come for."`
			case 5:
				question, answer = `"type": "scale", "from": 1, "to": 5, "na": true, "bands": [{"up_to": 2, "points": 0}, {"up_to": 4, "points": 100}, {"points": 200}]`, `4`
			case 8:
				question, answer = `"type": "photo", "na": true`, `{"na": true}`
				if s < 2 {
					answer = fmt.Sprintf(`{"photos": ["%064x"]}`, s)
				}
			default:
				question, answer = `"type": "choice", "required": true, "options": [{"id": "yes", "text": "Yes", "points": 200}, {"id": "partly", "text": "Partly", "points": 100}, {"id": "no", "text": "No", "points": 0, "fails": true}, {"id": "na", "text": "Not applicable", "na": true}]`, `"yes"`
			}
			if n == 1 || n == 6 {
				question += fmt.Sprintf(`, "show_when": {"any": [{"question": "q%d_0", "is": ["yes", "partly"]}, {"question": "q%d_0", "na": true}]}`, s, s)
			}
			questions = append(questions, fmt.Sprintf(`{"id": %q, "text": "Question %d?", %s}`, id, n, question))
			raw[id] = json.RawMessage(answer)
		}
		sections = append(sections, fmt.Sprintf(`{"id": "s%d", "title": "Section %d", "weight": %d, "questions": [%s]}`, s, s, 10+s, strings.Join(questions, ",")))
	}
	v := compiled(t, []byte(`{"title": "Sixty", "languages": ["en"], "scoring": {"method": "weighted_sections", "bands": [{"from": 9000, "name": "Excellent"}, {"from": 0, "name": "Other"}]}, "sections": [`+strings.Join(sections, ",")+`]}`))
	require.Len(t, v.Questions(), 60)
	return v, raw
}

func BenchmarkReadAndScore(b *testing.B) {
	v, raw := sixty(b)
	b.ReportAllocs()
	for b.Loop() {
		answers, faults := v.Read(raw)
		if len(faults) > 0 {
			b.Fatal(faults)
		}
		if v.Score(answers).Score == nil {
			b.Fatal("no score")
		}
	}
}
