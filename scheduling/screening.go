package scheduling

import (
	"fmt"
	"slices"
	"strings"

	"fieldcare/internal/fault"
)

// ScreeningQuestion is asked of whoever accepts; some answers say that they are not among those whom the study wants.
type ScreeningQuestion struct {
	ID      string            `json:"id" maxLength:"60" pattern:"^[a-z0-9_-]+$" patternDescription:"a word of small letters, digits, - and _" example:"works-in-retail"`
	Text    string            `json:"text" maxLength:"300" example:"Do you work in retail?"`
	Options []ScreeningOption `json:"options" minItems:"2" maxItems:"20" nullable:"false" doc:"One is chosen"`
}

// ScreeningOption is one answer.
type ScreeningOption struct {
	ID   string `json:"id" maxLength:"60" pattern:"^[a-z0-9_-]+$" patternDescription:"a word of small letters, digits, - and _" example:"yes"`
	Text string `json:"text" maxLength:"200" example:"Yes"`
	Out  bool   `json:"out,omitempty" doc:"Whoever chooses it is screened out"`
}

// screeningFaults are those of a study's questions, with pointers below the list.
func screeningFaults(questions []ScreeningQuestion) []fault.Fault {
	var l faultList
	const itsOwn = "must be a word of its own of small letters, digits, - and _, 60 characters at most"
	seen := map[string]bool{}
	for i, q := range questions {
		at := fmt.Sprintf("/%d", i)
		if !isWord(q.ID) || seen[q.ID] {
			l.refuse(at+"/id", itsOwn)
		}
		seen[q.ID] = true
		l.words(at+"/text", strings.TrimSpace(q.Text), 1, 300)
		if len(q.Options) < 2 || len(q.Options) > 20 {
			l.refuse(at+"/options", "must be 2 to 20")
		}
		if !slices.ContainsFunc(q.Options, func(o ScreeningOption) bool { return !o.Out }) {
			l.refuse(at+"/options", "one of them must not screen out, or nobody could come")
		}
		chosen := map[string]bool{}
		for j, o := range q.Options {
			at := fmt.Sprintf("%s/options/%d", at, j)
			if !isWord(o.ID) || chosen[o.ID] {
				l.refuse(at+"/id", itsOwn)
			}
			chosen[o.ID] = true
			l.words(at+"/text", strings.TrimSpace(o.Text), 1, 200)
		}
	}
	return l
}

func isWord(text string) bool {
	return text != "" && len(text) <= 60 && !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}

// screen finds out whether the answers (options by question) are those of somebody whom the study does not want. Every
// question must be answered by one of its options, and nothing else; the faults' pointers begin at /screening.
func screen(questions []ScreeningQuestion, answers map[string]string) (out bool, faults []fault.Fault) {
	for _, q := range questions {
		i := slices.IndexFunc(q.Options, func(o ScreeningOption) bool { return o.ID == answers[q.ID] })
		if i < 0 {
			options := make([]string, len(q.Options))
			for i, o := range q.Options {
				options[i] = o.ID
			}
			faults = append(faults, fault.Fault{Pointer: "/screening/" + q.ID, Question: q.ID,
				Detail: fmt.Sprintf("“%s” must be answered with one of: %s", q.Text, strings.Join(options, ", "))})
			continue
		}
		out = out || q.Options[i].Out
	}
	for id := range answers {
		if !slices.ContainsFunc(questions, func(q ScreeningQuestion) bool { return q.ID == id }) {
			faults = append(faults, fault.Fault{Pointer: "/screening", Detail: "answers a question that the study does not ask"})
			break
		}
	}
	return out, faults
}
