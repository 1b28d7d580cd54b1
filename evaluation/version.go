package evaluation

import (
	"slices"

	"github.com/google/uuid"

	"fieldcare/internal/fault"
)

// Version is a published version of a checklist, ready to check and score answers. It never changes, so many may use it
// at once.
type Version struct {
	ChecklistID uuid.UUID
	Number      int // 0 for a draft that is tried out
	Document    *Document

	questions []askedQuestion // in the order of the document
	index     map[string]int  // of a question by its id
	critical  bool            // some answer can fail the visit
}

// askedQuestion is a question with what follows from its place in the document.
type askedQuestion struct {
	*Question
	worth
	section   int
	dependsOn []string // the questions that its own and its section's condition ask about
	required  bool
}

// Compile makes a version ready. A document that may not be published is refused with all its faults (fault.Invalid).
// The document must not be changed afterwards.
func Compile(checklistID uuid.UUID, number int, d *Document) (*Version, error) {
	if err := fault.Of(d.Faults()); err != nil {
		return nil, err
	}
	return ready(checklistID, number, d), nil
}

// ready makes a version of a document that was fit for publishing when it was published: what publishing refuses may
// have become more since.
func ready(checklistID uuid.UUID, number int, d *Document) *Version {
	v := &Version{ChecklistID: checklistID, Number: number, Document: d, index: map[string]int{}}
	for s := range d.Sections {
		section := &d.Sections[s]
		for i := range section.Questions {
			q := &section.Questions[i]
			v.index[q.ID] = len(v.questions)
			v.critical = v.critical || q.critical()
			v.questions = append(v.questions, askedQuestion{
				Question:  q,
				worth:     q.worth(),
				section:   s,
				dependsOn: append(section.ShowWhen.questions(), q.ShowWhen.questions()...),
				required:  q.Required || q.critical(),
			})
		}
	}
	return v
}

// Question finds a question by its id; nil when the version has none such.
func (v *Version) Question(id string) *Question {
	if i, known := v.index[id]; known {
		return v.questions[i].Question
	}
	return nil
}

// Questions are all questions in the order of the document.
func (v *Version) Questions() []*Question {
	questions := make([]*Question, len(v.questions))
	for i := range v.questions {
		questions[i] = v.questions[i].Question
	}
	return questions
}

// Visible tells which questions are visible, given these answers: those whose own condition and whose section's hold.
// Answers to hidden questions are as if they were not there.
func (v *Version) Visible(answers Answers) map[string]bool {
	visible := make(map[string]bool, len(v.questions))
	for i, shown := range v.visible(answers) {
		visible[v.questions[i].ID] = shown
	}
	return visible
}

// visible is Visible by the order of the document. As conditions are about earlier questions only, one pass settles it.
func (v *Version) visible(answers Answers) []bool {
	visible := make([]bool, len(v.questions))
	shown := func(id string) (Answer, bool) {
		if i, known := v.index[id]; !known || !visible[i] {
			return Answer{}, false
		}
		answer, given := answers[id]
		return answer, given
	}
	for i, q := range v.questions {
		visible[i] = v.Document.Sections[q.section].ShowWhen.Holds(shown) && q.ShowWhen.Holds(shown)
	}
	return visible
}

// Dependents are the questions whose visibility depends on the answers to these: directly, through their section's
// condition, or through other questions that depend on them. They come in the order of the document.
func (v *Version) Dependents(ids []string) []string {
	moving := map[string]bool{}
	for _, id := range ids {
		moving[id] = true
	}
	var dependents []string
	for _, q := range v.questions {
		if slices.ContainsFunc(q.dependsOn, func(id string) bool { return moving[id] }) {
			moving[q.ID] = true
			dependents = append(dependents, q.ID)
		}
	}
	return dependents
}
