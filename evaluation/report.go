package evaluation

import "github.com/google/uuid"

// BranchReport is what a branch's manager gets, and all of it: a list of what is allowed, so that what is not named
// here cannot leave. Nothing in it tells who the shopper was: no exact time, no order of arrival (the visits of a day
// stand in a random order), no id that contains a time, and nothing of a visit before it is approved.
//
// Shares are of one; what is named shown is in per cent, rounded as a person should read it.
type BranchReport struct {
	Organisation    ReportOrganisation `json:"organisation"`
	Branch          ReportBranch       `json:"branch"`
	Period          Period             `json:"period"`
	Checklist       *ReportUse         `json:"checklist,omitempty" doc:"The checklist that every figure is of; absent when the period has no approved visit"`
	OtherChecklists []ReportUse        `json:"other_checklists" doc:"What else was visited with in the period; in none of the figures"`
	Bands           []ScoreBand        `json:"bands" doc:"Of the newest version used; the highest first"`
	Mean            ReportMean         `json:"mean"`
	Target          *ReportTarget      `json:"target,omitempty" doc:"Absent where none is set"`
	Change          *ReportChange      `json:"change,omitempty" doc:"Since the period before; absent without an approved visit"`
	Comparisons     []ReportComparison `json:"comparisons" doc:"With the region, the network and the competitors, where they have an approved visit"`
	Strengths       []ReportPoint      `json:"strengths" doc:"At most three, the strongest first; from three visits on"`
	ToWorkOn        []ReportPoint      `json:"to_work_on" doc:"At most three, what costs most first; from three visits on"`
	Rule            string             `json:"rule" doc:"How strengths and what to work on were chosen"`
	Sections        []ReportPart       `json:"sections" doc:"In the order of the newest version used"`
	Touchpoints     []ReportPart       `json:"touchpoints" doc:"In the order of the customer's journey"`
	Needs           []ReportPart       `json:"needs" doc:"Of the six needs of a customer, those that questions name"`
	Standards       []ReportStandard   `json:"standards" doc:"The promises of the customer charter that the checklist tests"`
	Grid            ReportGrid         `json:"grid" doc:"When visits were made"`
	Coverage        *ReportCoverage    `json:"coverage,omitempty" doc:"Absent when nothing could be scored"`
	Words           []ReportWords      `json:"words" doc:"What shoppers wrote and no point above quotes: of the latest days, at most twelve"`
	Visits          []ReportVisit      `json:"visits" doc:"By day; the visits of one day in a random order"`
	Method          string             `json:"method" doc:"How the figures were made, in words"`
	View            string             `json:"view" doc:"A short hash of all of the above: two reports with the same are the same" example:"3f9a0c5be1d7"`
}

// ReportOrganisation is whose report it is.
type ReportOrganisation struct {
	Name         string `json:"name"`
	Accent       string `json:"accent" doc:"The organisation's colour, #rrggbb" example:"#0b686e"`
	Language     string `json:"language" doc:"BCP 47" example:"en"`
	CareChampion string `json:"care_champion,omitempty" doc:"Who answers for customer care"`
	CarePolicy   string `json:"care_policy,omitempty" doc:"What the organisation promises its customers"`
	Logo         []byte `json:"-"` // a PNG; nil without one
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

// ReportPart is a section, a touchpoint or a need, over all the visits that had something possible in it. The score of a
// touchpoint or a need in one visit is what its questions earned over what was possible, by weighted points.
type ReportPart struct {
	ID           string   `json:"id"`
	Title        string   `json:"title"`
	OutsideTotal bool     `json:"outside_total,omitempty" doc:"True of a section of weight 0: shown, but in no total"`
	N            int      `json:"n" doc:"Visits in which the part had a score"`
	Mean         *float64 `json:"mean,omitempty" doc:"The mean of those scores as a share of one, bonus included; absent below three visits"`
	Shown        string   `json:"shown,omitempty" doc:"The mean in per cent as it is shown" example:"85.0"`
	Lowest       *float64 `json:"lowest,omitempty" doc:"The lowest single result"`
	Highest      *float64 `json:"highest,omitempty" doc:"The highest single result"`
	Single       []string `json:"single_results,omitempty" doc:"Below three visits: each result in per cent as it is shown, by day" example:"[\"85.0\",\"70.0\"]"`
}

// ReportStandard says in how many visits a standard was kept: in those where every answer that tests it says so.
type ReportStandard struct {
	ID       string   `json:"id"`
	Kind     string   `json:"kind,omitempty" enum:"timeliness,accuracy,appropriateness" doc:"timeliness, accuracy or appropriateness"`
	Text     string   `json:"text"`
	Kept     int      `json:"kept"`
	N        int      `json:"n" doc:"Visits that tell whether it was kept"`
	Low      *float64 `json:"low,omitempty" doc:"The lower end of Wilson's 95 % interval of the share; absent below three visits"`
	High     *float64 `json:"high,omitempty"`
	Sentence string   `json:"sentence" example:"Kept in 6 of 7 visits."`
}

// The standings of a target.
const (
	TargetReached      = "reached"        // the whole interval is at or above it
	TargetOnTheWay     = "on-the-way"     // the whole interval is below it, and there is time left
	TargetMissed       = "missed"         // the whole interval is below it, and its day is past
	TargetCannotBeTold = "cannot-be-told" // fewer than three visits, or the interval holds the target
)

// ReportTarget is the score to reach, and how the branch stands to it.
type ReportTarget struct {
	Score       int64  `json:"score" doc:"In basis points" example:"8500"`
	Shown       string `json:"shown" example:"85.0"`
	By          string `json:"by" format:"date" doc:"The day by which it is to be reached"`
	Why         string `json:"why"`
	OfTheRegion bool   `json:"of_the_region,omitempty" doc:"True when it is set for the region and not for the branch alone"`
	Standing    string `json:"standing" enum:"reached,on-the-way,missed,cannot-be-told"`
	Sentence    string `json:"sentence"`
}

// Whom a branch is compared with.
const (
	ScopeRegion      = "region"      // our branches of its region, itself among them
	ScopeNetwork     = "network"     // all our branches, itself among them
	ScopeCompetitors = "competitors" // all competitors' branches
)

// The verdicts of a comparison.
const (
	Above      = "above"    // the intervals do not overlap: the branch is higher
	Below      = "below"    // they do not overlap: it is lower
	Overlaps   = "overlaps" // no difference can be told
	CannotTell = "cannot-be-told"
)

// ReportComparison sets the branch's mean beside a wider one, from sums that are kept to a millionth. Only where the two
// intervals do not overlap is one called higher.
type ReportComparison struct {
	Scope    string   `json:"scope" enum:"region,network,competitors"`
	Name     string   `json:"name" doc:"The region's; else in words"`
	N        int      `json:"n" doc:"Approved visits with a score"`
	Mean     *float64 `json:"mean,omitempty" doc:"Absent below three visits"`
	Low      *float64 `json:"low,omitempty"`
	High     *float64 `json:"high,omitempty"`
	Shown    string   `json:"shown,omitempty" example:"81.4"`
	Verdict  string   `json:"verdict" enum:"above,below,overlaps,cannot-be-told" doc:"Of this branch against it"`
	Sentence string   `json:"sentence"`
}

// ReportPoint is a question that is a strength, or something to work on.
type ReportPoint struct {
	QuestionID string              `json:"question_id"`
	Question   string              `json:"question"`
	Section    string              `json:"section" doc:"The section's title"`
	Touchpoint string              `json:"touchpoint,omitempty"`
	Need       string              `json:"need,omitempty"`
	Standard   string              `json:"standard,omitempty" doc:"The words of the standard that it tests"`
	N          int                 `json:"n" doc:"Visits in which it counted"`
	Share      float64             `json:"share" doc:"The mean of what it earned over what was possible"`
	Shown      string              `json:"shown" example:"57.1"`
	Cost       float64             `json:"cost" doc:"How much of the score it took, on average over all visits with a score: 0.03 is three points of a hundred"`
	CostShown  string              `json:"cost_shown" doc:"In points of a hundred" example:"3.0"`
	Failed     int                 `json:"failed,omitempty" doc:"Visits that it failed, as a critical question"`
	Answers    []ReportAnswerCount `json:"answers" doc:"What was answered, in the order of the checklist; N/A is left out"`
	Words      []ReportWords       `json:"words" doc:"What shoppers wrote with it, at most three: with a strength where it was one, with what to work on where it was lost"`
	Photos     []ReportPhoto       `json:"photos" doc:"Of the same section and visits, at most three"`
}

// ReportAnswerCount says how often an answer was given.
type ReportAnswerCount struct {
	Text string `json:"text" doc:"The option's, or the band's limits" example:"Yes"`
	N    int    `json:"n"`
}

// ReportWords is what a shopper wrote, as it is published to the branch.
type ReportWords struct {
	EvaluationID uuid.UUID `json:"evaluation_id"`
	Day          string    `json:"day" format:"date"`
	Question     string    `json:"question"`
	Text         string    `json:"text"`
}

// ReportPhoto is a photo as it is published to the branch.
type ReportPhoto struct {
	EvaluationID uuid.UUID `json:"evaluation_id"`
	Number       int       `json:"number" doc:"Read at /evaluations/{evaluation_id}/photos/{number}"`
	Day          string    `json:"day" format:"date"`
	Question     string    `json:"question"`
	JPEG         []byte    `json:"-"` // for the document; nil until it is asked for, or when the file cannot be read

	stored string // the hash under which it is stored
}

// ReportGrid counts the visits with and without a score by weekday and part of the day.
type ReportGrid struct {
	Days     []ReportGridDay `json:"days" doc:"Monday to Sunday"`
	Holes    int             `json:"holes" doc:"How many of the 21 fields no visit fell into"`
	Sentence string          `json:"sentence" doc:"What that means for the figures"`
}

// ReportGridDay is one weekday.
type ReportGridDay struct {
	Weekday    string `json:"weekday" enum:"Monday,Tuesday,Wednesday,Thursday,Friday,Saturday,Sunday" example:"Monday"`
	Before12   int    `json:"before_12"`
	From12To17 int    `json:"from_12_to_17"`
	After17    int    `json:"after_17"`
}

// ReportCoverage says how much of what could be scored was, and what the rest could have made of it.
type ReportCoverage struct {
	Mean     float64 `json:"mean" doc:"The mean of the visits' coverages"`
	Shown    string  `json:"shown" example:"94.2"`
	Lowest   string  `json:"lowest,omitempty" doc:"The mean of the calculated scores, had every N/A been the lowest answer" example:"81.0"`
	Highest  string  `json:"highest,omitempty" doc:"Had every N/A been the highest answer" example:"87.5"`
	Sentence string  `json:"sentence"`
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
	Calculated   *Figure              `json:"calculated,omitempty" doc:"Before the policy for critical failures"`
	Outcome      string               `json:"outcome,omitempty" enum:"passed,failed" doc:"Absent when the checklist has nothing critical"`
	Coverage     *Figure              `json:"coverage,omitempty" doc:"How much of what could be scored was"`
	Bounds       *Bounds              `json:"bounds,omitempty" doc:"The calculated score, had every N/A been the lowest or the highest answer"`
	Band         string               `json:"band,omitempty"`
	Sections     []ReportSectionScore `json:"sections"`
}

// ReportSectionScore is the score of one section in one visit.
type ReportSectionScore struct {
	ID    string  `json:"id"`
	Score *Figure `json:"score,omitempty" doc:"Absent when nothing in it counted"`
}
