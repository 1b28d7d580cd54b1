package demo

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
)

// texts are the sentences that people write. By language each question has its own pool; "words", the story of a visit,
// is put together from one sentence about each of several questions.
type texts struct {
	En, Pl                                                         pool
	Thanks, Returns, Rejections, Cancellations, Declines, Releases []string
}

type pool struct {
	tellings  []told
	sentences map[string][]string // by question
}

// told is how the answer to a question is told, by how good it was.
type told struct {
	About           string
	Good, Fair, Bad []string
}

// UnmarshalJSON reads the story beside the pools of the questions.
func (p *pool) UnmarshalJSON(text []byte) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	if err := json.Unmarshal(all["story"], &p.tellings); err != nil {
		return err
	}
	delete(all, "story")
	p.sentences = map[string][]string{}
	for question, sentences := range all {
		var list []string
		if err := json.Unmarshal(sentences, &list); err != nil {
			return err
		}
		p.sentences[question] = list
	}
	return nil
}

// story tells of a visit whose answers had these shares of the best that was possible, by question. Not everybody tells
// everything.
func (p *pool) story(random *rand.Rand, shares map[string]float64) string {
	var sentences []string
	for i, t := range p.tellings {
		share, asked := shares[t.About]
		last := i == len(p.tellings)-1
		if !asked || !last && random.IntN(5) == 0 {
			continue
		}
		switch {
		case share >= 0.8:
			sentences = append(sentences, pick(random, t.Good))
		case share >= 0.35:
			sentences = append(sentences, pick(random, t.Fair))
		default:
			sentences = append(sentences, pick(random, t.Bad))
		}
	}
	return strings.Join(sentences, " ")
}

func pick[T any](random *rand.Rand, list []T) T { return list[random.IntN(len(list))] }
