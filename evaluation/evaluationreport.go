package evaluation

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"fieldcare/internal/account"
)

// EvaluationReport is one visit in full as its branch gets it, and all of it: like the branch report a list of what is
// allowed.
type EvaluationReport struct { //nolint:revive // one of several reports here
	Organisation   ReportOrganisation  `json:"organisation"`
	EvaluationID   uuid.UUID           `json:"evaluation_id"`
	Preview        bool                `json:"preview,omitempty" doc:"True of a visit that is not approved: coordinators see what the branch would get"`
	Branch         ReportBranch        `json:"branch"`
	ChecklistID    uuid.UUID           `json:"checklist_id"`
	ChecklistTitle string              `json:"checklist_title"`
	Visit          ReportVisit         `json:"visit"`
	Bands          []ScoreBand         `json:"bands" doc:"The highest first"`
	Failures       []string            `json:"failures" doc:"The critical questions whose answers failed the visit, where the answers are meant for the branch"`
	Standards      []ReportStandard    `json:"standards" doc:"Those that an answer tells of; n is 1"`
	Sections       []EvaluationSection `json:"sections" doc:"With an answer or a score, in the order of the checklist"`
	Method         string              `json:"method" doc:"How the score was made, in words"`
	View           string              `json:"view" doc:"A short hash of all of the above" example:"3f9a0c5be1d7"`
}

// EvaluationSection is one section of a visit.
type EvaluationSection struct { //nolint:revive // a section of the checklist is another thing
	ID           string             `json:"id"`
	Title        string             `json:"title"`
	Touchpoint   string             `json:"touchpoint,omitempty"`
	OutsideTotal bool               `json:"outside_total,omitempty"`
	Score        *Figure            `json:"score,omitempty"`
	Answers      []EvaluationAnswer `json:"answers"`
}

// EvaluationAnswer is one answer, in words.
type EvaluationAnswer struct { //nolint:revive // an answer that was handed in is another thing
	QuestionID string        `json:"question_id"`
	Type       string        `json:"type" enum:"choice,choices,scale,number,duration,text,date,time,photo,receipt,location,note"`
	Question   string        `json:"question"`
	Answer     string        `json:"answer,omitempty" doc:"In words: the options' texts, 1 min 35 s, 21 November 2026, before 12, 4 (1 to 5), N/A; absent of photos" example:"1 min 35 s"`
	NA         bool          `json:"na,omitempty" doc:"Answered with N/A"`
	Counted    bool          `json:"counted,omitempty" doc:"Whether it is part of the score"`
	Bonus      bool          `json:"bonus,omitempty"`
	Earned     Decimal       `json:"earned" doc:"Points, before the question's weight; 0 unless it counted"`
	Possible   Decimal       `json:"possible" doc:"Points of the best answer; 0 unless it counted"`
	Fails      bool          `json:"fails,omitempty" doc:"Whether it is a critical failure"`
	Kept       *bool         `json:"kept,omitempty" doc:"Whether it says that the standard was kept"`
	Standard   string        `json:"standard,omitempty" doc:"The words of the standard that it tests"`
	Need       string        `json:"need,omitempty"`
	Photos     []ReportPhoto `json:"photos,omitempty"`
}

// EvaluationReport reports on one visit: to managers on an approved one at their branches, to coordinators and admins on
// any, as a preview before it is approved. To anybody else, and of anything else, it is fault.ErrNotFound.
func (s *Reports) EvaluationReport(ctx context.Context, viewer account.User, id uuid.UUID) (EvaluationReport, error) {
	found, err := s.wall(viewer).open(ctx, id)
	if err != nil {
		return EvaluationReport{}, err
	}
	organisation, err := organisationOf(ctx, s.DB.Read())
	if err != nil {
		return EvaluationReport{}, err
	}
	found.number(viewer)
	return found.report(organisation), nil
}

// report says in words what was opened. Its photos have the numbers by which the viewer reads them.
func (o *opened) report(organisation ReportOrganisation) EvaluationReport {
	document := o.version.Document
	r := EvaluationReport{
		Organisation: organisation, EvaluationID: o.id, Preview: !o.approved, Branch: o.branch,
		ChecklistID: o.checklistID, ChecklistTitle: document.Title, Visit: o.visit(),
		Bands: append([]ScoreBand{}, document.Scoring.Bands...), Failures: []string{}, Standards: o.standards(),
		Sections: []EvaluationSection{}, Method: o.method(),
	}
	parts := map[string]QuestionScore{}
	for _, part := range o.score.Questions {
		parts[part.ID] = part
	}
	answers := map[*Section][]EvaluationAnswer{}
	for i := range o.answers {
		a := &o.answers[i]
		answer := a.report(o.version, parts[a.question.ID])
		for _, n := range a.photos {
			photo := o.photos[n-1]
			answer.Photos = append(answer.Photos, ReportPhoto{EvaluationID: o.id, Number: photo.Number, Day: o.day, Question: a.question.Text, stored: photo.stored})
		}
		if answer.Fails {
			r.Failures = append(r.Failures, answer.Question)
		}
		answers[a.section] = append(answers[a.section], answer)
	}
	for i := range document.Sections {
		section := &document.Sections[i]
		one := EvaluationSection{ID: section.ID, Title: section.Title, Touchpoint: titles[section.Touchpoint], OutsideTotal: section.weight() == 0,
			Answers: append([]EvaluationAnswer{}, answers[section]...)}
		if k := slices.IndexFunc(o.score.Sections, func(s SectionScore) bool { return s.ID == section.ID }); k >= 0 {
			one.Score = o.score.Sections[k].Score
		}
		if len(one.Answers) > 0 || one.Score != nil {
			r.Sections = append(r.Sections, one)
		}
	}
	r.View = viewOf(r)
	return r
}

// report is the answer in words, with its part of the score.
func (a *allowedAnswer) report(v *Version, part QuestionScore) EvaluationAnswer {
	answer := EvaluationAnswer{
		QuestionID: a.question.ID, Type: a.question.Type, Question: a.question.Text, Answer: a.inWords(), NA: a.na,
		Counted: part.Counted, Bonus: part.Bonus && part.Counted, Fails: part.Fails, Kept: part.Kept,
		Need: titles[a.question.Need], Standard: v.standard(a.question.Standard),
	}
	if part.Counted {
		answer.Earned, answer.Possible = part.Earned, part.Possible
	}
	return answer
}

// standards are those that an answer meant for the branch tells of.
func (o *opened) standards() []ReportStandard {
	kept, standards := o.kept(), []ReportStandard{}
	for _, s := range o.version.Document.Standards {
		was, told := kept[s.ID]
		if !told {
			continue
		}
		standard := ReportStandard{ID: s.ID, Kind: s.Kind, Text: s.Text, N: 1, Sentence: "Not kept in this visit."}
		if was {
			standard.Kept, standard.Sentence = 1, "Kept in this visit."
		}
		standards = append(standards, standard)
	}
	return standards
}

// kept says of which standards the answers that are meant for the branch tell, and whether they were kept: only where
// all of these answers say so.
func (o *opened) kept() map[string]bool {
	kept := map[string]bool{}
	for _, part := range o.score.Questions {
		q := o.version.Question(part.ID)
		if q == nil || part.Kept == nil || q.Audience == AudienceCoordinator {
			continue
		}
		before, told := kept[q.Standard]
		kept[q.Standard] = *part.Kept && (before || !told)
	}
	return kept
}

// method says by which policy and rules the score was made: those that are stored with it.
func (o *opened) method() string {
	how := "The score is made " + o.version.Document.Scoring.inWords(o.version.critical) + ". What is N/A or left empty counts in neither."
	switch {
	case o.score.Coverage == nil:
		how = "Nothing in this visit could be scored."
	case o.score.Score == nil:
		how = "Every question that could be scored was answered with N/A or left empty, so there is no score."
	}
	return fmt.Sprintf("%s Checklist version %d, rules of scoring: edition %d.", how, o.checklistVersion, o.score.EngineVersion)
}
