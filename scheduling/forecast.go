package scheduling

import (
	"fmt"
	"math"

	"fieldcare/internal/fault"
)

// Rates are what a study expects of those it asks, in basis points (8000 is 80 %).
type Rates struct {
	Acceptance int64 `json:"acceptance" minimum:"1" maximum:"10000" doc:"Of those invited, how many accept; in basis points" example:"3000"`
	Show       int64 `json:"show" minimum:"1" maximum:"10000" doc:"Of those who accepted, how many come; in basis points" example:"8000"`
}

// UsualRates are those of the trade: 30 % accept, and 80 % of them come.
var UsualRates = Rates{Acceptance: 3000, Show: 8000}

func (r Rates) faults() []fault.Fault {
	var l faultList
	rate := func(pointer string, basisPoints int64) {
		if basisPoints < 1 || basisPoints > 10000 {
			l.refuse(pointer, "must be 1 to 10000 basis points: 8000 is 80 %%")
		}
	}
	rate("/acceptance", r.Acceptance)
	rate("/show", r.Show)
	return l
}

// Forecast says who is likely to come to a focus group, and what it takes that enough do. Whether one comes is taken to
// say nothing of whether another does, so that those who come are binomially distributed.
type Forecast struct {
	Rates         Rates  `json:"rates" doc:"What the study expects"`
	Target        int    `json:"target" doc:"How many are wanted in the room: the seats"`
	Minimum       int    `json:"minimum" doc:"With fewer the group is not run"`
	Accepted      int    `json:"accepted" doc:"Acceptances now"`
	Unanswered    int    `json:"unanswered" doc:"Invitations that were sent and not answered"`
	ChanceTarget  int64  `json:"chance_target" doc:"That at least the target comes of those who accepted; in basis points"`
	ChanceMinimum int64  `json:"chance_minimum" doc:"That at least the minimum comes of those who accepted; in basis points"`
	HoldFor90     int    `json:"hold_for_90" doc:"Acceptances to hold so that at least the target comes with 90 %"`
	HoldFor95     int    `json:"hold_for_95" doc:"Acceptances to hold so that at least the target comes with 95 %"`
	Invite        int    `json:"invite" doc:"About how many to invite from the start to get the acceptances for 90 %"`
	InviteMore    int    `json:"invite_more" doc:"About how many to invite now, beyond those who have not answered yet"`
	Room          int    `json:"room" doc:"Seats and reserve: the most acceptances that are taken"`
	Sentence      string `json:"sentence" example:"Hold 12 acceptances to have 8 in the room with 93%; to get 12, invite about 40."`
	ReserveTooLow bool   `json:"reserve_too_low,omitempty" doc:"Seats and reserve are fewer than the acceptances to hold for 90 %"`
}

// forecast reckons with so many acceptances and unanswered invitations now.
func forecast(rates Rates, target, minimum, room, accepted, unanswered int) Forecast {
	show := float64(rates.Show) / 10000
	f := Forecast{Rates: rates, Target: target, Minimum: minimum, Room: room, Accepted: accepted, Unanswered: unanswered,
		ChanceTarget:  basisPoints(atLeast(target, accepted, show)),
		ChanceMinimum: basisPoints(atLeast(minimum, accepted, show)),
		HoldFor90:     toHold(target, show, 0.90),
		HoldFor95:     toHold(target, show, 0.95),
	}
	f.Invite = toInvite(f.HoldFor90, rates.Acceptance)
	if missing := f.HoldFor90 - accepted; missing > 0 {
		f.InviteMore = max(0, toInvite(missing, rates.Acceptance)-unanswered)
	}
	f.ReserveTooLow = room < f.HoldFor90
	f.Sentence = fmt.Sprintf("Hold %d acceptances to have %d in the room with %.0f%%; to get %d, invite about %d.",
		f.HoldFor90, target, min(99, math.Round(100*atLeast(target, f.HoldFor90, show))), f.HoldFor90, f.Invite)
	return f
}

// atLeast is the chance that k or more of n come, each with the chance p: the upper tail of the binomial distribution.
func atLeast(k, n int, p float64) float64 {
	if k <= 0 {
		return 1
	}
	if p >= 1 {
		if n >= k {
			return 1
		}
		return 0
	}
	sum := 0.0
	for i := k; i <= n; i++ {
		sum += math.Exp(logChoose(n, i) + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return min(sum, 1)
}

func logChoose(n, k int) float64 {
	all, _ := math.Lgamma(float64(n + 1))
	chosen, _ := math.Lgamma(float64(k + 1))
	rest, _ := math.Lgamma(float64(n - k + 1))
	return all - chosen - rest
}

// toHold is the fewest acceptances of which at least the target comes with this chance. It looks no further than a
// thousand times the target: a rate so low fills no room.
func toHold(target int, show, chance float64) int {
	low, high := target, target*1000
	for low < high { // the chance only grows with the acceptances
		if middle := (low + high) / 2; atLeast(target, middle, show) >= chance {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// toInvite is how many invitations give so many acceptances on average.
func toInvite(acceptances int, rate int64) int {
	return int((int64(acceptances)*10000 + rate - 1) / rate)
}

func basisPoints(chance float64) int64 { return int64(math.Floor(chance*10000 + 0.5)) }
