package evaluation

import (
	"fmt"
	"time"
)

// Observation is something that the reviewer should look at, with its reason. It is never a verdict.
type Observation struct {
	Kind       string `json:"kind" enum:"too_fast,far_from_branch,outside_window,photo_used_elsewhere,photo_time,all_alike,clock,from_file"`
	QuestionID string `json:"question_id,omitempty"`
	Reason     string `json:"reason"`
}

// The limits beyond which a claim is worth a look.
const (
	secondsPerAnswer = 3                // nobody reads, looks and answers faster
	farMetres        = 500              // beyond the accuracy that was claimed: a shopping centre is large
	alikeAnswers     = 8                // so many single choices, all in the same place of their lists
	photoSlack       = time.Hour        // a photo may be taken a while before and after
	clockSlack       = 10 * time.Minute // a phone's clock may be wrong by so much
)

// claims is what the phone says and what the server knows of one evaluation, side by side.
type claims struct {
	Begun, Finished time.Time
	Received        time.Time
	Window          Window
	Branch          *Position
	Answered        int
	Choices         []int // the place, in its list, of each single choice that was made
	Places          []placeClaim
	Photos          []photoFact
}

// placeClaim is a position that was claimed, and by which question.
type placeClaim struct {
	QuestionID string
	Position   Position
}

// photoFact is one photo that an answer names.
type photoFact struct {
	QuestionID string
	TakenAt    *time.Time
	Elsewhere  bool // another evaluation has the same picture
}

// observe gives what a reviewer should look at.
func (c claims) observe() (seen []Observation) {
	note := func(kind, question, format string, args ...any) {
		seen = append(seen, Observation{kind, question, fmt.Sprintf(format, args...)})
	}
	at := func(t time.Time) string { return t.In(c.Window.OpensAt.Location()).Format("2 January 2006, 15:04") }
	took := c.Finished.Sub(c.Begun)
	if took < 0 {
		note("clock", "", "it finished %s before it began", -took)
	} else if least := time.Duration(c.Answered) * secondsPerAnswer * time.Second; took < least {
		note("too_fast", "", "%d answers took %s; fewer than %d seconds each", c.Answered, took, secondsPerAnswer)
	}
	if ahead := c.Finished.Sub(c.Received); ahead > clockSlack {
		note("clock", "", "it finished %s after it arrived: the phone's clock is ahead", ahead.Round(time.Second))
	}
	if !c.Window.Holds(c.Begun) {
		note("outside_window", "", "it began on %s; the window was %s to %s", at(c.Begun), at(c.Window.OpensAt), at(c.Window.ClosesAt))
	}
	if c.Branch != nil {
		for _, p := range c.Places {
			if d := metres(*c.Branch, p.Position); d > farMetres+p.Position.Accuracy {
				note("far_from_branch", p.QuestionID, "the position is %.1f km from the branch (accuracy %.0f m)", d/1000, p.Position.Accuracy)
			}
		}
	}
	for _, p := range c.Photos {
		if p.Elsewhere {
			note("photo_used_elsewhere", p.QuestionID, "the same picture belongs to another evaluation")
		}
		if p.TakenAt != nil && (p.TakenAt.Before(c.Begun.Add(-photoSlack)) || p.TakenAt.After(c.Finished.Add(photoSlack))) {
			note("photo_time", p.QuestionID, "a photo was taken on %s, away from the visit", at(*p.TakenAt))
		}
	}
	if len(c.Choices) >= alikeAnswers && allEqual(c.Choices) {
		note("all_alike", "", "all %d single choices are option %d of their lists", len(c.Choices), c.Choices[0]+1)
	}
	return seen
}

func allEqual(values []int) bool {
	for _, v := range values[1:] {
		if v != values[0] {
			return false
		}
	}
	return true
}
