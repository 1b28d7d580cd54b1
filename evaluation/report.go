package evaluation

import "github.com/google/uuid"

// BranchReport is what a branch's manager gets, and all of it: a list of what is allowed, so that what is not named
// here cannot leave. Nothing in it tells who the shopper was: no exact time, no order of arrival (the visits of a day
// stand in a random order), no id that contains a time, and nothing of a visit before it is approved.
type BranchReport struct {
	Organisation    string          `json:"organisation"`
	Branch          ReportBranch    `json:"branch"`
	Period          Period          `json:"period"`
	Checklist       *ReportUse      `json:"checklist,omitempty" doc:"The checklist that every figure is of; absent when the period has no approved visit"`
	OtherChecklists []ReportUse     `json:"other_checklists" doc:"What else was visited with in the period; in none of the figures"`
	Bands           []ScoreBand     `json:"bands" doc:"Of the newest version used; the highest first"`
	Mean            ReportMean      `json:"mean"`
	Sections        []ReportSection `json:"sections" doc:"In the order of the newest version used"`
	Visits          []ReportVisit   `json:"visits" doc:"By day; the visits of one day in a random order"`
	Method          string          `json:"method" doc:"How the figures were made, in words"`
}

// ReportBranch is the branch that the report is of.
type ReportBranch struct {
	ID      uuid.UUID `json:"id"`
	Code    string    `json:"code"`
	Name    string    `json:"name"`
	Address string    `json:"address"`
	Region  string    `json:"region"`
}

// ReportUse says how much a checklist was used in the period.
type ReportUse struct {
	ID       uuid.UUID `json:"id"`
	Title    string    `json:"title"`
	Versions []int     `json:"versions" doc:"The versions used in the period, ascending; where there is none, the newest that the branch ever used"`
	N        int       `json:"n" doc:"Approved visits with a score"`
	Unscored int       `json:"unscored" doc:"Approved visits without a score"`
}

// The methods by which a mean's interval is made.
const (
	IntervalNone   = "none"   // fewer than three visits: no average, no interval
	IntervalPooled = "pooled" // the spread of our branches
	IntervalOwn    = "own"    // the spread of these visits
)

// ReportMean is the mean of the visits' scores with its 95 % interval.
type ReportMean struct {
	N                 int      `json:"n" doc:"Approved visits with a score"`
	Mean              *float64 `json:"mean,omitempty" doc:"As a share of one; absent below three visits" example:"0.85"`
	Low               *float64 `json:"low,omitempty" doc:"The interval's lower end, not below 0"`
	High              *float64 `json:"high,omitempty" doc:"The interval's upper end, not above 1 unless the mean is"`
	Margin            *float64 `json:"margin,omitempty" doc:"Half the interval's width before it was cut at 0 and 1"`
	Shown             string   `json:"shown,omitempty" doc:"The mean in per cent as it is shown, never rounded up into a higher band or to 100" example:"85.0"`
	Band              string   `json:"band,omitempty" doc:"The band of the mean"`
	Method            string   `json:"method" enum:"none,pooled,own" doc:"Whose spread the interval was made with"`
	StandardDeviation *float64 `json:"standard_deviation,omitempty" doc:"That spread, as a share of one"`
	DegreesOfFreedom  int64    `json:"degrees_of_freedom,omitempty" doc:"What that spread rests on"`
	Sentence          string   `json:"sentence" doc:"What it means, in words"`
}

// ReportSection is a section over all the visits that had something possible in it.
type ReportSection struct {
	ID           string   `json:"id"`
	Title        string   `json:"title"`
	OutsideTotal bool     `json:"outside_total,omitempty" doc:"True of a section of weight 0: shown, but in no total"`
	N            int      `json:"n" doc:"Visits in which the section had a score"`
	Mean         *float64 `json:"mean,omitempty" doc:"The mean of those scores as a share of one, bonus included; absent below three visits"`
	Shown        string   `json:"shown,omitempty" doc:"The mean in per cent as it is shown" example:"85.0"`
	Lowest       *float64 `json:"lowest,omitempty" doc:"The lowest single result"`
	Highest      *float64 `json:"highest,omitempty" doc:"The highest single result"`
}

// The parts of the day that stand for the time of a visit.
const (
	Before12   = "before-12"
	From12To17 = "12-17"
	After17    = "after-17"
)

// ReportVisit is one approved visit.
type ReportVisit struct {
	EvaluationID uuid.UUID            `json:"evaluation_id"`
	Day          string               `json:"day" format:"date" doc:"The day it began, in the branch's zone"`
	PartOfDay    string               `json:"part_of_day" enum:"before-12,12-17,after-17"`
	Version      int                  `json:"checklist_version"`
	Score        *Figure              `json:"score,omitempty" doc:"Absent when nothing counted"`
	Outcome      string               `json:"outcome,omitempty" enum:"passed,failed" doc:"Absent when the checklist has nothing critical"`
	Band         string               `json:"band,omitempty"`
	Sections     []ReportSectionScore `json:"sections"`
}

// ReportSectionScore is the score of one section in one visit.
type ReportSectionScore struct {
	ID    string  `json:"id"`
	Score *Figure `json:"score,omitempty" doc:"Absent when nothing in it counted"`
}
