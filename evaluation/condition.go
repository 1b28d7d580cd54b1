package evaluation

import (
	"fmt"
	"slices"
	"strings"
)

// Condition says when a question or section is shown. It is one comparison with an earlier question, or one list of
// conditions:
//
//   - is: one of these options is chosen
//   - not: something is chosen, and none of these options
//   - at_least, at_most: the number, duration or step is, limit included
//   - answered: true when there is a real answer
//   - na: true when the answer is "not applicable"
//   - all, any: all of these conditions hold, or one of them
//   - none: none of these conditions holds, which is the plain opposite of any
//
// A comparison with a question that is hidden, empty or N/A is false, whichever way it points; only na asks for N/A,
// and an empty answer is not N/A to it. The opposite of a comparison is none.
type Condition struct {
	Question string      `json:"question,omitempty" maxLength:"64"`
	Is       []string    `json:"is,omitzero" maxItems:"100"`
	Not      []string    `json:"not,omitzero" maxItems:"100"`
	AtLeast  *Decimal    `json:"at_least,omitempty"`
	AtMost   *Decimal    `json:"at_most,omitempty"`
	Answered *bool       `json:"answered,omitempty"`
	NA       *bool       `json:"na,omitempty"`
	All      []Condition `json:"all,omitzero" maxItems:"50"`
	Any      []Condition `json:"any,omitzero" maxItems:"50"`
	None     []Condition `json:"none,omitzero" maxItems:"50"`
}

// Holds tells whether the condition holds, given the answers to the visible questions. No condition always holds.
func (c *Condition) Holds(answers func(question string) (Answer, bool)) bool {
	switch {
	case c == nil:
		return true
	case c.All != nil:
		return !some(c.All, false, answers)
	case c.Any != nil:
		return some(c.Any, true, answers)
	case c.None != nil:
		return !some(c.None, true, answers)
	}
	a, given := answers(c.Question)
	if !given {
		return false
	}
	if a.NA {
		return c.NA != nil
	}
	chosen := func(id string) bool { return slices.Contains(a.Choices, id) }
	switch {
	case c.Is != nil:
		return slices.ContainsFunc(c.Is, chosen)
	case c.Not != nil:
		return !slices.ContainsFunc(c.Not, chosen)
	case c.AtLeast != nil:
		return a.Number >= *c.AtLeast
	case c.AtMost != nil:
		return a.Number <= *c.AtMost
	default:
		return c.Answered != nil
	}
}

// some tells whether one of the conditions holds, or does not.
func some(conditions []Condition, holds bool, answers func(question string) (Answer, bool)) bool {
	for i := range conditions {
		if conditions[i].Holds(answers) == holds {
			return true
		}
	}
	return false
}

// questions are the ids of the questions that the condition asks about.
func (c *Condition) questions() (ids []string) {
	if c == nil {
		return nil
	}
	for _, list := range [][]Condition{c.All, c.Any, c.None} {
		for i := range list {
			ids = append(ids, list[i].questions()...)
		}
	}
	if c.Question != "" {
		ids = append(ids, c.Question)
	}
	return ids
}

// condition checks that the condition can be told from the questions before it, and can come out either way.
func (i *inspection) condition(at string, c *Condition) {
	if c == nil {
		return
	}
	lists := 0
	for _, list := range []struct {
		name       string
		conditions []Condition
	}{{"all", c.All}, {"any", c.Any}, {"none", c.None}} {
		if list.conditions == nil {
			continue
		}
		lists++
		if len(list.conditions) == 0 {
			i.refuse(at+"/"+list.name, "must have at least one condition")
		}
		for n := range list.conditions {
			i.condition(fmt.Sprintf("%s/%s/%d", at, list.name, n), &list.conditions[n])
		}
	}
	comparisons := c.comparisons()
	switch {
	case lists == 0 && c.Question != "" && len(comparisons) == 1:
		i.comparison(at, c, comparisons[0])
	case lists != 1 || c.Question != "" || len(comparisons) != 0:
		i.refuse(at, `must be either "question" with one of is, not, at_least, at_most, answered, na, or one list: all, any or none`)
	}
}

// comparisons are the keys of those that are given.
func (c *Condition) comparisons() (keys []string) {
	for _, comparison := range []struct {
		key   string
		given bool
	}{
		{"is", c.Is != nil}, {"not", c.Not != nil}, {"at_least", c.AtLeast != nil}, {"at_most", c.AtMost != nil},
		{"answered", c.Answered != nil}, {"na", c.NA != nil},
	} {
		if comparison.given {
			keys = append(keys, comparison.key)
		}
	}
	return keys
}

func (i *inspection) comparison(at string, c *Condition, key string) {
	q := i.earlier[c.Question]
	if q == nil {
		if i.known[c.Question] == nil {
			i.refuse(at+"/question", "must be the id of an earlier question; there is none with this id")
		} else {
			i.refuse(at+"/question", "must be the id of an earlier question; this one comes later, or is the one that is shown")
		}
		return
	}
	at += "/" + key
	switch key {
	case "is":
		i.compared(at, q, c.Is)
	case "not":
		i.compared(at, q, c.Not)
	case "at_least":
		if _, highest := q.limits(); !slices.Contains(measuredTypes, q.Type) {
			i.refuse(at, "must be about a %s question; %q is a %s question", strings.Join(measuredTypes, ", "), q.ID, q.Type)
		} else if highest != nil && *c.AtLeast > *highest {
			i.refuse(at, "must be reached by some answer, but answers are at most %s", highest)
		}
	case "at_most":
		if lowest, _ := q.limits(); !slices.Contains(measuredTypes, q.Type) {
			i.refuse(at, "must be about a %s question; %q is a %s question", strings.Join(measuredTypes, ", "), q.ID, q.Type)
		} else if lowest != nil && *c.AtMost < *lowest {
			i.refuse(at, "must be reached by some answer, but answers are at least %s", lowest)
		}
	case "answered":
		if !*c.Answered {
			i.refuse(at, `must be true; the opposite is {"none": [{"question": %q, "answered": true}]}`, q.ID)
		} else if q.Type == TypeNote {
			i.refuse(at, "must be about a question; a note is never answered")
		}
	case "na":
		if !*c.NA {
			i.refuse(at, `must be true; the opposite is {"none": [{"question": %q, "na": true}]}`, q.ID)
		} else if !q.allowsNA() {
			i.refuse(at, "must be about a question that allows N/A")
		}
	}
}

// compared checks the options that is and not name.
func (i *inspection) compared(at string, q *Question, ids []string) {
	if !slices.Contains(choiceTypes, q.Type) {
		i.refuse(at, "must be about a choice or choices question; %q is a %s question", q.ID, q.Type)
		return
	}
	if len(ids) == 0 {
		i.refuse(at, "must name at least one option")
	}
	for n, id := range ids {
		at := fmt.Sprintf("%s/%d", at, n)
		switch option := q.option(id); {
		case option == nil:
			i.refuse(at, "must be an option of %q: %s", q.ID, q.optionIDs())
		case option.NA:
			i.refuse(at, `must not be N/A, which no comparison finds; ask with "na": true`)
		case slices.Contains(ids[:n], id):
			i.refuse(at, "must be named once")
		}
	}
}
