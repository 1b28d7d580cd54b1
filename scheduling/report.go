package scheduling

import "github.com/google/uuid"

// FocusGroupReport is what is handed over of a focus group, and all of it: a list of what is allowed, so that what is not
// named here cannot leave. No participant's name, contact or id is in it. Managers get it of a closed group that concerns
// a branch of theirs, without the costs and without the moderator's name; moderators get that of their own closed
// sessions, without the costs.
//
// People are counted, never shared out in per cent: a group is no sample that could be reckoned up.
type FocusGroupReport struct {
	Organisation Organisation          `json:"organisation" doc:"Whose report it is"`
	Study        ReportedStudy         `json:"study" doc:"The study that the group belongs to"`
	Session      ReportedSession       `json:"session" doc:"What took place, when and where"`
	Preview      bool                  `json:"preview,omitempty" doc:"True before the group is closed: only coordinators see it then"`
	Guide        []ReportedStep        `json:"guide" doc:"What was talked about, in the order of the topic guide"`
	Recruitment  ReportedRecruitment   `json:"recruitment" doc:"The way from the invitations to the room"`
	Attributes   []string              `json:"attributes" doc:"The columns of the table of participants: the attributes that the study's quotas name"`
	Participants []ReportedParticipant `json:"participants" doc:"Who took part, without names, in a random order that stays the same"`
	Quotas       []ReportedQuota       `json:"quotas" doc:"Who was wanted, and how many of them took part"`
	NotHeard     []string              `json:"not_heard" doc:"Whom the study wanted and did not hear, or not enough of, in words"`
	Findings     []ReportedTopic       `json:"findings" doc:"By topic, in the order in which they were written down"`
	Actions      []ReportedAction      `json:"actions" doc:"By the day on which they are due"`
	Costs        *ReportedCosts        `json:"costs,omitempty" doc:"For coordinators and admins"`
	Method       string                `json:"method" doc:"How the group was made, in a sentence"`
	Limits       []string              `json:"limits" doc:"What the report does not tell"`
	View         string                `json:"view" doc:"A short hash of all of the above: two reports with the same are the same" example:"3f9a0c5be1d7"`
}

// Organisation is whose document it is.
type Organisation struct {
	Name     string `json:"name" doc:"The organisation's"`
	Accent   string `json:"accent" doc:"The organisation's colour, #rrggbb" example:"#0b686e"`
	Language string `json:"language" doc:"BCP 47" example:"en"`
	Logo     []byte `json:"-"` // a PNG; nil without one
}

// ReportedStudy is the study that the group belongs to.
type ReportedStudy struct {
	Title   string `json:"title" doc:"The study's"`
	Purpose string `json:"purpose" doc:"What the study is to find out"`
}

// ReportedSession is what took place, when and where.
type ReportedSession struct {
	ID        uuid.UUID `json:"id" doc:"The focus group's"`
	Topic     string    `json:"topic" doc:"What was talked about"`
	State     string    `json:"state" doc:"Where the group stands" enum:"scheduled,closed"`
	Starts    string    `json:"starts" doc:"The venue's wall time" example:"2026-11-26T18:00"`
	Ends      string    `json:"ends" doc:"The venue's wall time" example:"2026-11-26T19:30"`
	Zone      string    `json:"zone" doc:"IANA" example:"Europe/Warsaw"`
	When      string    `json:"when" doc:"In words, with the zone" example:"Thursday 26 November 2026, 18:00–19:30 (Europe/Warsaw)"`
	Minutes   int       `json:"minutes" doc:"How long it was to last"`
	Language  string    `json:"language" doc:"BCP 47: the language that was spoken" example:"en"`
	Venue     string    `json:"venue" doc:"The venue's name"`
	Room      string    `json:"room" doc:"The room's name"`
	Moderator string    `json:"moderator,omitempty" doc:"For coordinators and admins"`
	Seats     int       `json:"seats" doc:"How many were wanted"`
	Minimum   int       `json:"minimum" doc:"How many were needed at least"`
}

// ReportedStep is a step of the topic guide.
type ReportedStep struct {
	Title   string `json:"title" doc:"What was asked or done"`
	Kind    string `json:"kind" doc:"How the group worked in it" example:"round_robin"`
	Minutes int    `json:"minutes" doc:"How long it was to last"`
}

// ReportedRecruitment is the way from the invitations to the room. Who was once invited stays counted, whatever became
// of it; who was erased is counted too.
type ReportedRecruitment struct {
	Invited  int `json:"invited" doc:"To whom an invitation was sent"`
	Accepted int `json:"accepted" doc:"Who accepted a seat at some time"`
	Came     int `json:"came" doc:"Who came to the door"`
	TookPart int `json:"took_part" doc:"Who took part"`

	Declined    int `json:"declined" doc:"Who declined"`
	Unanswered  int `json:"unanswered" doc:"Invitations that were not answered in time, or are not yet"`
	Waitlisted  int `json:"waitlisted" doc:"Who said yes when no seat was free, and got none"`
	ScreenedOut int `json:"screened_out" doc:"Whom the screening questions left out"`
	Cancelled   int `json:"cancelled" doc:"Who accepted and then could not come"`
	Withdrawn   int `json:"withdrawn" doc:"Whose invitation was taken back"`
	NoShow      int `json:"no_show" doc:"Who had a seat and did not come"`
	TurnedAway  int `json:"turned_away" doc:"Who came when all seats were taken"`
	SentHome    int `json:"sent_home" doc:"Who came and could not take part"`
	WalkIns     int `json:"walk_ins" doc:"Who came without having been invited; part of those who came"`
	Unrecorded  int `json:"unrecorded" doc:"Who had a seat, and of whom nothing was recorded at the door"`
}

// ReportedParticipant is one who took part.
type ReportedParticipant struct {
	Name   string   `json:"name" doc:"Stands for the person in this report, and tells nothing" example:"P1"`
	Values []string `json:"values" doc:"In the order of attributes: in the words of the quota that counts the person, other where none does, empty where nothing is known"`
}

// ReportedQuota is one of those whom the study wanted to hear.
type ReportedQuota struct {
	Attribute string `json:"attribute" doc:"The attribute's name" example:"Age group"`
	Value     string `json:"value" doc:"Of whom, in words" example:"under 30"`
	Target    int    `json:"target" doc:"How many were wanted in a group"`
	TookPart  int    `json:"took_part" doc:"How many of them took part"`
	Hard      bool   `json:"hard,omitempty" doc:"True where no more than the target were let in"`
}

// ReportedTopic is the findings about one topic.
type ReportedTopic struct {
	Topic  string          `json:"topic" doc:"What they are about"`
	Themes []ReportedTheme `json:"themes" doc:"In the order in which they were written down"`
}

// ReportedTheme is a finding.
type ReportedTheme struct {
	Theme    string   `json:"theme" doc:"What was said"`
	SaidBy   int      `json:"said_by" doc:"How many people said it"`
	Of       int      `json:"of" doc:"How many took part"`
	Sentence string   `json:"sentence" doc:"How many said it, in words" example:"said by 5 of 8"`
	Quotes   []string `json:"quotes" doc:"Word for word, without names"`
}

// ReportedAction is what follows from the group.
type ReportedAction struct {
	Text    string `json:"text" doc:"What is done"`
	Owner   string `json:"owner" doc:"Who answers for it from start to finish"`
	Due     string `json:"due" doc:"The day by which it is to be done" format:"date"`
	State   string `json:"state" doc:"How far it is" enum:"open,under_way,done,dropped"`
	Outcome string `json:"outcome,omitempty" doc:"What came of it"`
	Told    bool   `json:"told,omitempty" doc:"True when the participants were told of the outcome"`
}

// ReportedCosts are the costs of the group against the budget of its study, in the study's currency.
type ReportedCosts struct {
	Lines    []ReportedCost  `json:"lines" doc:"By kind"`
	Planned  ReportedAmount  `json:"planned" doc:"Of this group"`
	Actual   ReportedAmount  `json:"actual" doc:"Of this group, as far as it is known"`
	Budget   ReportedAmount  `json:"budget" doc:"Of the study, for all its groups"`
	Spent    ReportedAmount  `json:"spent" doc:"Of the study: the actual costs of all its groups"`
	Left     ReportedAmount  `json:"left" doc:"Of the study's budget; negative where it is overspent"`
	Seats    []ReportedSeats `json:"seats" doc:"What a seat cost: planned, attended, usable"`
	Sentence string          `json:"sentence" doc:"What that means, in words"`
}

// ReportedCost is the sum of the lines of one kind.
type ReportedCost struct {
	Kind    string         `json:"kind" doc:"What it was for" enum:"venue,catering,travel,incentive,moderator,recruiter,recording,other"`
	Planned ReportedAmount `json:"planned" doc:"What it was to cost"`
	Actual  ReportedAmount `json:"actual" doc:"What it did cost"`
}

// ReportedSeats says what a seat of one sort cost.
type ReportedSeats struct {
	Sort  string          `json:"sort" enum:"planned,attended,usable" doc:"Planned costs per seat wanted; actual costs per person who took part, and per usable seat: one who took part for three quarters of the session and was not struck out"`
	Seats int             `json:"seats" doc:"How many there were"`
	Cost  *ReportedAmount `json:"cost,omitempty" doc:"Rounded half up; absent without such a seat"`
}

// ReportedAmount is an amount with the words for it.
type ReportedAmount struct {
	Amount   int64  `json:"amount" doc:"In minor units" example:"64000"`
	Currency string `json:"currency" doc:"ISO 4217" example:"EUR"`
	Shown    string `json:"shown" doc:"The amount in words" example:"640.00 EUR"`
}
