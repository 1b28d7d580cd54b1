package evaluation

import (
	"fmt"
	"math/big"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"fieldcare/internal/fault"
)

// Target is a score to reach by a day, with its why: of one branch, or of each of our branches of a region. It is of one
// checklist, as every figure over several visits is.
type Target struct {
	ID          uuid.UUID  `json:"id" bun:",pk"`
	BranchID    *uuid.UUID `json:"branch_id,omitempty" doc:"The branch that is to reach it; absent where a region is named"`
	Region      string     `json:"region,omitempty" doc:"The region whose branches are to reach it, each for itself; a branch's own target goes before its region's"`
	ChecklistID uuid.UUID  `json:"checklist_id"`
	Score       int64      `json:"score" doc:"The mean to reach, in basis points" example:"8500"`
	By          string     `json:"by" bun:"day" format:"date" doc:"The day by which it is to be reached" example:"2026-12-31"`
	Why         string     `json:"why" example:"What our best branches reach today"`
	Edition     int64      `json:"edition" doc:"Counts changes; the ETag"`
}

// TargetChange is what to change; what is nil stays. What a target is of never changes: that would be another one.
type TargetChange struct {
	Score *int64  `json:"score,omitempty" minimum:"1" maximum:"10000" doc:"The mean to reach, in basis points" example:"8500"`
	By    *string `json:"by,omitempty" format:"date" doc:"The day by which it is to be reached" example:"2026-12-31"`
	Why   *string `json:"why,omitempty" maxLength:"1000" example:"What our best branches reach today"`
}

// NewTarget is a target to be added.
type NewTarget struct {
	ID          uuid.UUID  `json:"id" doc:"Chosen by the client: a random UUID (version 4), for managers meet it"`
	BranchID    *uuid.UUID `json:"branch_id,omitempty" doc:"The branch that is to reach it; name this or a region"`
	Region      string     `json:"region,omitempty" maxLength:"120" doc:"The region whose branches are to reach it, each for itself"`
	ChecklistID uuid.UUID  `json:"checklist_id" doc:"A published one"`
	TargetChange
}

func (n NewTarget) target() Target {
	t := Target{ID: n.ID, BranchID: n.BranchID, Region: strings.TrimSpace(n.Region), ChecklistID: n.ChecklistID, Edition: 1}
	t.apply(n.TargetChange)
	return t
}

func (t *Target) apply(c TargetChange) (fields []string) {
	set(&t.Score, c.Score, "score", &fields)
	set(&t.By, c.By, "by", &fields)
	set(&t.Why, trimmed(c.Why), "why", &fields)
	return fields
}

const mostOfWhy = 1000

func (t *Target) faults() (faults []fault.Fault) {
	refuse := func(pointer, detail string) {
		faults = append(faults, fault.Fault{Pointer: pointer, Detail: detail})
	}
	switch {
	case t.BranchID == nil && t.Region == "":
		refuse("/branch_id", "name the branch or the region that is to reach it")
	case t.BranchID != nil && t.Region != "":
		refuse("/region", "name a branch or a region, not both")
	}
	if t.Score < 1 || t.Score > whole {
		refuse("/score", "must be 1 to 10000 basis points: 8500 is 85 %")
	}
	if _, err := time.Parse(time.DateOnly, t.By); err != nil {
		refuse("/by", "must be a day such as 2026-12-31")
	}
	if n := utf8.RuneCountInString(t.Why); n < 1 || n > mostOfWhy {
		refuse("/why", fmt.Sprintf("must have 1 to %d characters", mostOfWhy))
	}
	return faults
}

// inForce is the target that holds for a report that ends on this day: a branch's own before its region's; of several
// the earliest that is to be reached on this day or later; where all their days are past, the latest. It is nil of none.
func inForce(targets []Target, lastDay string) *Target {
	var held *Target
	for i := range targets {
		if held == nil || targets[i].goesBefore(held, lastDay) {
			held = &targets[i]
		}
	}
	return held
}

func (t *Target) goesBefore(other *Target, lastDay string) bool {
	if own := t.BranchID != nil; own != (other.BranchID != nil) {
		return own
	}
	if ahead := t.By >= lastDay; ahead != (other.By >= lastDay) {
		return ahead
	} else if ahead {
		return t.By < other.By
	}
	return t.By > other.By
}

// TargetStanding says how a branch stands to a target: one of TargetReached, TargetOnTheWay, TargetMissed and
// TargetCannotBeTold.
type TargetStanding string

// standing compares the mean's interval with the target. Like every comparison it says no more than the interval does:
// a target that lies in it is neither reached nor missed. today is a day of the branch's zone; until the end of its own
// day a target is not missed.
func (t Target) standing(m ReportMean, today string) TargetStanding {
	score, _ := t.share().Float64()
	switch {
	case m.N < fewestForMean || m.Low == nil || m.High == nil:
		return TargetCannotBeTold
	case *m.Low >= score:
		return TargetReached
	case *m.High >= score:
		return TargetCannotBeTold
	case t.By < today:
		return TargetMissed
	}
	return TargetOnTheWay
}

// sentence says in words how a branch with this mean stands to the target.
func (t Target) sentence(m ReportMean, today string) string {
	score, by := t.shown(), dayInWords(t.By)
	switch standing := t.standing(m, today); {
	case standing == TargetReached:
		return fmt.Sprintf("The target of %s%% by %s is reached: %s.", score, by, m.level())
	case standing == TargetOnTheWay:
		return fmt.Sprintf("The target of %s%% is to be reached by %s. It is not reached yet: %s.", score, by, m.level())
	case standing == TargetMissed:
		return fmt.Sprintf("The target of %s%% was to be reached by %s and is missed: %s.", score, by, m.level())
	case m.N < fewestForMean:
		visits := [fewestForMean]string{"there is no visit with a score", "there is one visit with a score", "there are two visits with a score"}[m.N]
		return fmt.Sprintf("Whether the target of %s%% by %s is reached cannot be told: %s, and it takes three.", score, by, visits)
	}
	return fmt.Sprintf("Whether the target of %s%% by %s is reached cannot be told: %s, and the target is in between.", score, by, m.level())
}

// level says within what the branch's mean lies; there must be a mean.
func (m ReportMean) level() string {
	if *m.Low == *m.High {
		return fmt.Sprintf("the average of %d visits is %s%%", m.N, m.Shown)
	}
	return fmt.Sprintf("with 95%% confidence the branch's usual level lies between %s%% and %s%%", percent(*m.Low), percent(*m.High))
}

// reported is the target as a report shows it.
func (t Target) reported(m ReportMean, today string) *ReportTarget {
	return &ReportTarget{Score: t.Score, Shown: t.shown(), By: t.By, Why: t.Why, OfTheRegion: t.BranchID == nil,
		Standing: string(t.standing(m, today)), Sentence: t.sentence(m, today)}
}

func (t Target) share() *big.Rat { return big.NewRat(t.Score, whole) }

// shown is the score in per cent, with one decimal unless it was set with two: what somebody set is not rounded.
func (t Target) shown() string {
	return strings.TrimSuffix(t.share().Mul(t.share(), big.NewRat(100, 1)).FloatString(2), "0")
}
