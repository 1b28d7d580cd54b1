package scheduling

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"fieldcare/internal/fault"
)

// Cost is one line of what a focus group costs. Amounts are in minor units of the line's currency.
type Cost struct {
	ID            uuid.UUID  `json:"id" bun:",pk"`
	FocusGroupID  uuid.UUID  `json:"focus_group_id"`
	Kind          string     `json:"kind" enum:"venue,catering,travel,incentive,moderator,recruiter,recording,other" doc:"What it is for"`
	Text          string     `json:"text" example:"Sandwiches for ten" doc:"What it is"`
	Planned       *int64     `json:"planned,omitempty" doc:"In minor units of the line's currency; absent of a line that nobody planned"`
	Actual        *int64     `json:"actual,omitempty" doc:"In minor units of the line's currency; absent as long as it is not known"`
	Currency      string     `json:"currency" example:"PLN"`
	Rate          int64      `json:"rate" doc:"Millionths of the study's currency for one of the line's: 234500 is 0.2345" example:"234500"`
	RateDay       string     `json:"rate_day,omitempty" doc:"The day of the rate; absent in the study's own currency" example:"2026-11-20"`
	ParticipantID *uuid.UUID `json:"participant_id,omitempty" doc:"For whom it is; absent of what is for the group"`
	Rule          string     `json:"rule,omitempty" enum:"incentive,travel" doc:"The rule that made the line from attendance; absent where somebody added it"`
	PaidAt        *time.Time `json:"paid_at,omitempty" bun:"-" doc:"When it was paid; absent as long as it is not"`
	PaidBy        *uuid.UUID `json:"paid_by,omitempty" doc:"The user who said that it was paid"`

	Receipt        *CostReceipt  `json:"receipt,omitempty" bun:"-" doc:"Its voucher; absent without one"`
	FormerReceipts []CostReceipt `json:"former_receipts,omitempty" bun:"-" doc:"Those that it had when it was paid before, oldest first"`

	Edition int64 `json:"edition" doc:"Counts changes; the ETag"`

	PlannedHere *int64 `json:"planned_exchanged,omitempty" bun:"-" doc:"The planned amount in the study's currency: calculated exactly, and rounded half up to a minor unit"`
	ActualHere  *int64 `json:"actual_exchanged,omitempty" bun:"-" doc:"The actual amount in the study's currency: calculated exactly, and rounded half up to a minor unit"`
}

// CostChange is what to change; what is nil stays.
type CostChange struct {
	Kind          *string    `json:"kind,omitempty" enum:"venue,catering,travel,incentive,moderator,recruiter,recording,other" doc:"What it is for"`
	Text          *string    `json:"text,omitempty" maxLength:"200" example:"Sandwiches for ten" doc:"What it is"`
	Planned       *int64     `json:"planned,omitempty" minimum:"0" doc:"In minor units of the line's currency"`
	Actual        *int64     `json:"actual,omitempty" minimum:"0" doc:"In minor units of the line's currency"`
	Currency      *string    `json:"currency,omitempty" maxLength:"3" doc:"ISO 4217 code; the study's when absent" example:"PLN"`
	Rate          *int64     `json:"rate,omitempty" minimum:"1" doc:"Millionths of the study's currency for one of the line's; needed of another currency" example:"234500"`
	RateDay       *string    `json:"rate_day,omitempty" doc:"The day of the rate; needed of another currency" example:"2026-11-20"`
	ParticipantID *uuid.UUID `json:"participant_id,omitempty" doc:"For whom it is: a participant who was asked to the focus group"`
}

// NewCost is a line to be added.
type NewCost struct {
	ID uuid.UUID `json:"id" doc:"Chosen by the client: a UUID"`
	CostChange
}

var costKinds = []string{"venue", "catering", "travel", "incentive", "moderator", "recruiter", "recording", "other"}

func (c *Cost) apply(change CostChange, own string) (fields []string) {
	take := func(name string, is bool, set func()) {
		if is {
			set()
			fields = append(fields, name)
		}
	}
	take("kind", change.Kind != nil, func() { c.Kind = *change.Kind })
	take("text", change.Text != nil, func() { c.Text = strings.TrimSpace(*change.Text) })
	take("planned", change.Planned != nil, func() { c.Planned = change.Planned })
	take("actual", change.Actual != nil, func() { c.Actual = change.Actual })
	take("currency", change.Currency != nil, func() { c.Currency = *change.Currency })
	take("rate", change.Rate != nil, func() { c.Rate = *change.Rate })
	take("rate_day", change.RateDay != nil, func() { c.RateDay = *change.RateDay })
	take("participant_id", change.ParticipantID != nil, func() { c.ParticipantID = change.ParticipantID })
	if c.Currency == "" {
		c.Currency = own
	}
	if c.Currency == own && change.Rate == nil && change.RateDay == nil {
		c.Rate, c.RateDay = rateUnit, ""
	}
	return fields
}

// faults of a line of a study that reckons in its own currency.
func (c *Cost) faults(own string) []fault.Fault {
	var l faultList
	if !slices.Contains(costKinds, c.Kind) {
		l.refuse("/kind", "must be one of %s", strings.Join(costKinds, ", "))
	}
	l.words("/text", c.Text, 0, 200)
	if c.Planned == nil && c.Actual == nil {
		l.refuse("/planned", "is missing: say what is planned, or what it was")
	}
	if !isCurrency(c.Currency) {
		l.refuse("/currency", "must be the ISO 4217 code of a currency, such as EUR")
		return l
	}
	_, err := time.Parse(time.DateOnly, c.RateDay)
	switch {
	case c.Currency == own && (c.Rate != rateUnit || c.RateDay != ""):
		l.refuse("/rate", "must be absent, and rate_day too: the line is in the study's own currency, %s", own)
		return l
	case c.Currency != own && (c.Rate < 1 || c.Rate > mostOfRate):
		l.refuse("/rate", "must say how many millionths of one %s one %s is: 1 to %d", own, c.Currency, int64(mostOfRate))
		return l
	case c.Currency != own && err != nil:
		l.refuse("/rate_day", "must be the day of the rate, such as 2026-11-20")
	}
	amount := func(pointer string, minor *int64) {
		if minor == nil {
			return
		}
		if *minor < 0 || *minor > mostOfCost {
			l.refuse(pointer, "must be 0 to %d minor units", int64(mostOfCost))
		} else if _, ok := exchanged(*minor, c.Currency, own, c.Rate); !ok {
			l.refuse(pointer, "comes to more than %d minor units of %s", int64(mostOfCost), own)
		}
	}
	amount("/planned", c.Planned)
	amount("/actual", c.Actual)
	return l
}

// exchange sets the amounts in the study's own currency.
func (c *Cost) exchange(own string) {
	in := func(amount *int64) *int64 {
		if amount == nil {
			return nil
		}
		result, _ := exchanged(*amount, c.Currency, own, c.Rate)
		return &result
	}
	c.PlannedHere, c.ActualHere = in(c.Planned), in(c.Actual)
}

// CostSums are sums of lines in minor units of the study's currency, each line exchanged and rounded by itself: what the
// lines show adds up to the sum.
type CostSums struct {
	Planned  int64 `json:"planned" doc:"What was planned, in minor units of the study's currency"`
	Actual   int64 `json:"actual" doc:"What it was so far, in minor units of the study's currency"`
	Paid     int64 `json:"paid" doc:"What of it is paid, in minor units of the study's currency"`
	Expected int64 `json:"expected" doc:"What it will have been in the end: of each line what it was, or else what is planned. Of a kind that attendance makes lines of, the greater of planned and actual until the focus group is closed, then the actual; of a cancelled one, what it was"`
}

func (s *CostSums) add(more CostSums) {
	s.Planned += more.Planned
	s.Actual += more.Actual
	s.Paid += more.Paid
	s.Expected += more.Expected
}

// sumsByKind adds up lines that were exchanged, of a focus group in this state. Of a cancelled one nothing more is expected.
func sumsByKind(lines []Cost, state string) map[string]CostSums {
	sums, ruled := map[string]CostSums{}, map[string]bool{}
	for _, c := range lines {
		s := sums[c.Kind]
		if c.PlannedHere != nil {
			s.Planned += *c.PlannedHere
			s.Expected += *c.PlannedHere
		}
		if c.ActualHere != nil {
			s.Actual += *c.ActualHere
			s.Expected += *c.ActualHere
			if c.PlannedHere != nil {
				s.Expected -= *c.PlannedHere
			}
			if c.PaidAt != nil {
				s.Paid += *c.ActualHere
			}
		}
		sums[c.Kind] = s
		ruled[c.Kind] = ruled[c.Kind] || c.Rule != ""
	}
	for kind, s := range sums {
		switch {
		case state == "cancelled", state == "closed" && ruled[kind]:
			s.Expected = s.Actual
		case ruled[kind]:
			s.Expected = max(s.Planned, s.Actual)
		}
		sums[kind] = s
	}
	return sums
}

func sumOf(byKind map[string]CostSums) (sum CostSums) {
	for _, s := range byKind {
		sum.add(s)
	}
	return sum
}

// SeatCosts is what a seat cost, half up, in minor units of the study's currency.
type SeatCosts struct {
	PerSeatPlanned  *int64 `json:"per_seat_planned,omitempty" doc:"What is planned, for each seat that was wanted; in minor units of the study's currency, half up"`
	PerSeatAttended *int64 `json:"per_seat_attended,omitempty" doc:"What it was, for each who took part; in minor units of the study's currency, half up. Absent without any"`
	PerSeatUsable   *int64 `json:"per_seat_usable,omitempty" doc:"What it was, for each usable seat; in minor units of the study's currency, half up. Absent without any"`
}

func seatCosts(s CostSums, seats, attended, usable int) SeatCosts {
	return SeatCosts{perSeat(s.Planned, seats), perSeat(s.Actual, attended), perSeat(s.Actual, usable)}
}
