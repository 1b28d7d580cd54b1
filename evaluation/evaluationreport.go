package evaluation

import "github.com/google/uuid"

// EvaluationReport is one visit in full as its branch gets it, and all of it: like the branch report a list of what is
// allowed.
type EvaluationReport struct {
	Organisation   ReportOrganisation  `json:"organisation"`
	EvaluationID   uuid.UUID           `json:"evaluation_id"`
	Preview        bool                `json:"preview,omitempty" doc:"True of a visit that is not approved: coordinators see what the branch would get"`
	Branch         ReportBranch        `json:"branch"`
	ChecklistID    uuid.UUID           `json:"checklist_id"`
	ChecklistTitle string              `json:"checklist_title"`
	Visit          ReportVisit         `json:"visit"`
	Bands          []ScoreBand         `json:"bands" doc:"The highest first"`
	Failures       []string            `json:"failures" doc:"The critical questions whose answers failed the visit"`
	Standards      []ReportStandard    `json:"standards" doc:"Those that an answer tells of; n is 1"`
	Sections       []EvaluationSection `json:"sections" doc:"With an answer or a score, in the order of the checklist"`
	Method         string              `json:"method" doc:"How the score was made, in words"`
	View           string              `json:"view" doc:"A short hash of all of the above" example:"3f9a0c5be1d7"`
}

// EvaluationSection is one section of a visit.
type EvaluationSection struct {
	ID           string             `json:"id"`
	Title        string             `json:"title"`
	Touchpoint   string             `json:"touchpoint,omitempty"`
	OutsideTotal bool               `json:"outside_total,omitempty"`
	Score        *Figure            `json:"score,omitempty"`
	Answers      []EvaluationAnswer `json:"answers"`
}

// EvaluationAnswer is one answer, in words.
type EvaluationAnswer struct {
	QuestionID string        `json:"question_id"`
	Type       string        `json:"type"`
	Question   string        `json:"question"`
	Answer     string        `json:"answer,omitempty" doc:"In words: the option's text, 1 min 35 s, 21 November 2026, before 12, 4 of 5; absent of photos"`
	NA         bool          `json:"na,omitempty" doc:"Answered with N/A"`
	Counted    bool          `json:"counted,omitempty" doc:"Whether it is part of the score"`
	Bonus      bool          `json:"bonus,omitempty"`
	Earned     Decimal       `json:"earned,omitzero" doc:"Points, before the question's weight"`
	Possible   Decimal       `json:"possible,omitzero" doc:"Points of the best answer"`
	Fails      bool          `json:"fails,omitempty" doc:"Whether it is a critical failure"`
	Kept       *bool         `json:"kept,omitempty" doc:"Whether it says that the standard was kept"`
	Standard   string        `json:"standard,omitempty" doc:"The words of the standard that it tests"`
	Need       string        `json:"need,omitempty"`
	Photos     []ReportPhoto `json:"photos,omitempty"`
}
