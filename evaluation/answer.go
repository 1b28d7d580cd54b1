package evaluation

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"

	"fieldcare/internal/fault"
)

// Answers are the real answers and N/As to the questions of a version, by question. A question without an answer is
// not among them.
type Answers map[string]Answer

// Answer is the answer to one question. Which fields it has follows from the question's type.
type Answer struct {
	NA       bool      // "not applicable"; of choice and choices the option that says so is in Choices
	Choices  []string  // of choice and choices: the ids of the options chosen, in the checklist's order; of choice exactly one
	Number   Decimal   // of number, scale and duration (seconds)
	Text     string    // of text; of date as 2026-11-21, of time as 14:05
	Photos   []string  // of photo and receipt: the SHA-256 of what was uploaded, in lower-case hex
	Money    *Money    // of receipt
	Position *Position // of location
}

// Changed names the questions whose answers differ between the two, sorted.
func (a Answers) Changed(before Answers) []string {
	var changed []string
	for id := range maps.Keys(a) {
		if earlier, there := before[id]; !there || !reflect.DeepEqual(a[id], earlier) {
			changed = append(changed, id)
		}
	}
	for id := range maps.Keys(before) {
		if _, there := a[id]; !there {
			changed = append(changed, id)
		}
	}
	slices.Sort(changed)
	return changed
}

// What is named of unknown questions: so many of them, and ids of so many bytes.
const (
	maxUnknownAnswers = 20
	maxUnknownID      = 200
)

// Read reads answers as the phone sends them and names every fault at once: what a question does not take, what an
// unknown or a hidden question is answered, and required questions (critical ones are) without an answer. null, "", []
// and {"photos": []} are no answer. What could only be told once another fault is mended is not named. With faults the
// answers are not to be used.
//
// A fault's pointer begins with /answers. What was sent is never repeated in it, but for the ids.
func (v *Version) Read(raw map[string]json.RawMessage) (Answers, []fault.Fault) {
	answers := make(Answers, len(raw))
	earlier := func(id string) (Answer, bool) {
		answer, given := answers[id]
		return answer, given
	}
	var faults []fault.Fault
	unsure := map[string]bool{} // questions that may come to be hidden, or answered otherwise, when a fault is mended
	refuse := func(q *askedQuestion, detail string) {
		unsure[q.ID] = true
		faults = append(faults, fault.Fault{Pointer: "/answers/" + q.ID, Detail: detail, Question: q.ID})
	}
	known := 0
	for i := range v.questions {
		q := &v.questions[i]
		var answer Answer
		var given bool
		var wrong string
		if sent, was := raw[q.ID]; was {
			known++
			answer, given, wrong = q.read(sent)
		}
		switch {
		case slices.ContainsFunc(q.dependsOn, func(id string) bool { return unsure[id] }):
			unsure[q.ID] = true
		case !v.Document.Sections[q.section].ShowWhen.Holds(earlier) || !q.ShowWhen.Holds(earlier):
			if given {
				refuse(q, "is not asked here, as the condition for it does not hold; leave the answer out")
			}
			continue
		case !given && q.required:
			refuse(q, q.missing())
		}
		switch {
		case wrong != "":
			refuse(q, wrong)
		case given:
			answers[q.ID] = answer
		}
	}
	if known < len(raw) {
		faults = append(faults, v.unknown(raw)...)
	}
	return answers, faults
}

// missing says that a required question needs an answer.
func (q *Question) missing() string {
	if q.allowsNA() {
		return "must be answered; \"not applicable\" is an answer here"
	}
	return "must be answered"
}

// unknown refuses answers to questions that the version does not have.
func (v *Version) unknown(raw map[string]json.RawMessage) (faults []fault.Fault) {
	ids := slices.DeleteFunc(slices.Sorted(maps.Keys(raw)), func(id string) bool {
		_, known := v.index[id]
		return known
	})
	for i, id := range ids {
		if i == maxUnknownAnswers {
			return append(faults, fault.Fault{Pointer: "/answers", Detail: "has more answers to questions that this version of the checklist does not have; leave them out"})
		}
		f := fault.Fault{Pointer: "/answers", Detail: "is not a question of this version of the checklist; leave it out"}
		if len(id) <= maxUnknownID {
			f.Question = strings.ToValidUTF8(id, "\uFFFD")
			f.Pointer += "/" + escapePointer(f.Question)
		}
		faults = append(faults, f)
	}
	return faults
}
