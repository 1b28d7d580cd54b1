package demo

import (
	"context"
	"time"

	"github.com/google/uuid"

	"fieldcare/evaluation"
	"fieldcare/internal/account"
	"fieldcare/internal/database"
)

const day = 24 * time.Hour

// visit is one visit of the demo, from its plan on. Its steps are added by the methods below, each with its time.
type visit struct {
	*demo
	place     *place
	branch    evaluation.Branch
	shopper   person
	turn      int // of the coordinators
	checklist uuid.UUID
	scenario  scenario
	quality   float64 // the share of questions that are answered best, before what each section adds

	opens, closes   time.Time
	begun, finished time.Time // as the shopper will claim
	odd             string    // the kind of observation that it is to lead to

	id, evaluation uuid.UUID
	revision       int
	sent           map[string]any // the newest revision
	named          bool           // the shopper's story names a member of staff
}

// newVisit is a visit that begins then. Its window is the day before to two days after.
func (d *demo) newVisit(branch int, shopper person, begun time.Time) *visit {
	p := &d.Branches[branch]
	y, m, dd := begun.Date()
	v := &visit{demo: d, place: p, branch: d.branches[branch], shopper: shopper, turn: len(d.steps), checklist: d.cafe, scenario: pick(d.random, d.Scenarios),
		opens: time.Date(y, m, dd-1, 8, 0, 0, 0, begun.Location()), closes: time.Date(y, m, dd+2, 20, 0, 0, 0, begun.Location()), begun: begun}
	v.finished = begun.Add(time.Duration(22+d.random.IntN(28)) * time.Minute)
	passed := 1 - float64(d.today.Sub(begun))/float64(days*day)
	v.quality = p.Level + p.Trend*passed - shopper.Rigour + 0.06*d.random.NormFloat64()
	return v
}

// begins draws a time for a visit about so many days before the demo's end: on the days of the week and at the hours
// when people go, and when the café is open.
func (d *demo) begins(branch int, ago float64) time.Time {
	zone, err := time.LoadLocation(d.Branches[branch].Zone)
	if err != nil {
		panic(err) // the branch was added with this zone
	}
	for {
		at := d.today.Add(-time.Duration(ago*float64(day))).AddDate(0, 0, d.random.IntN(5)-2)
		weekday := (int(at.Weekday()) + 6) % 7
		age := int(d.today.Sub(at) / day)
		if age >= 5 && age < days && d.random.IntN(10) < d.Weekdays[weekday] {
			return time.Date(at.Year(), at.Month(), at.Day(), d.hour(), d.random.IntN(60), 0, 0, zone)
		}
	}
}

func (d *demo) hour() int {
	sum := 0
	for _, n := range d.Hours {
		sum += n
	}
	rest := d.random.IntN(sum)
	for hour, n := range d.Hours {
		if rest -= n; rest < 0 {
			return hour
		}
	}
	return len(d.Hours) - 1
}

// officeHours is a time on the day after, when a coordinator is at work.
func (d *demo) officeHours(after time.Time) time.Time {
	return after.UTC().Truncate(day).Add(day + 7*time.Hour + time.Duration(d.random.IntN(8*60))*time.Minute)
}

func (v *visit) user() account.User     { return v.people[v.shopper.Email] }
func (v *visit) reviewer() account.User { return v.coordinator(v.turn) }

// plan has it planned, and offered where a shopper is given.
func (v *visit) plan(at time.Time, offeredTo *person) {
	v.at(at, func(ctx context.Context) error {
		v.id = database.NewID(v.now)
		money := v.Fees[v.place.Currency]
		plan := evaluation.VisitPlan{
			BranchID: v.branch.ID, ChecklistID: v.checklist, Opens: wall(v.opens), Closes: wall(v.closes), Scenario: v.scenario.Scenario,
			Fee: &evaluation.Money{Amount: money.Fee, Currency: v.place.Currency}, ExpenseLimit: &evaluation.Money{Amount: money.Limit, Currency: v.place.Currency},
		}
		if offeredTo != nil {
			user := v.people[offeredTo.Email].ID
			plan.ShopperID = &user
		}
		_, _, err := v.server.Visits.Plan(ctx, v.reviewer(), v.id, "demo", plan, true)
		return err
	})
}

// wall is a wall time with its offset, which is plain also on the day when the clocks go back.
func wall(t time.Time) string { return t.Format("2006-01-02T15:04Z07:00") }

func (v *visit) offer(at time.Time) {
	v.at(at, func(ctx context.Context) error {
		_, err := v.server.Visits.Offer(ctx, v.reviewer(), v.id, evaluation.VisitOffer{ShopperID: v.user().ID, ConfirmRotation: true})
		return err
	})
}

func (v *visit) accept(at time.Time) { v.acceptedBy(v.shopper, at) }

func (v *visit) acceptedBy(shopper person, at time.Time) {
	v.at(at, func(ctx context.Context) error {
		_, err := v.server.Visits.Accept(ctx, v.people[shopper.Email], v.id)
		return err
	})
}

func (v *visit) declinedBy(shopper person, at time.Time) {
	v.at(at, func(ctx context.Context) error {
		_, err := v.server.Visits.Decline(ctx, v.people[shopper.Email], v.id, pick(v.random, v.texts.Declines))
		return err
	})
}

func (v *visit) releasedBy(shopper person, at time.Time) {
	v.at(at, func(ctx context.Context) error {
		return v.server.Visits.Release(ctx, v.people[shopper.Email], v.id, pick(v.random, v.texts.Releases))
	})
}

func (v *visit) cancel(at time.Time) {
	v.at(at, func(ctx context.Context) error {
		_, err := v.server.Visits.Cancel(ctx, v.reviewer(), v.id, pick(v.random, v.texts.Cancellations))
		return err
	})
}

// approve has the current revision approved, most with a good grade.
func (v *visit) approve(at time.Time) {
	v.at(at, func(ctx context.Context) error {
		grade := 10 - min(v.random.IntN(4), v.random.IntN(6))
		return v.server.Evaluations.Approve(ctx, v.reviewer(), v.evaluation, evaluation.Approval{Revision: v.revision, Grade: grade, Words: pick(v.random, v.texts.Thanks)})
	})
}

func (v *visit) reject(at time.Time) {
	v.at(at, func(ctx context.Context) error {
		return v.server.Evaluations.Reject(ctx, v.reviewer(), v.evaluation, evaluation.Rejection{Revision: v.revision, Reason: pick(v.random, v.texts.Rejections)})
	})
}

// sendBack returns the shopper's own words.
func (v *visit) sendBack(at time.Time) {
	v.at(at, func(ctx context.Context) error {
		return v.server.Evaluations.Return(ctx, v.reviewer(), v.evaluation, evaluation.ReturnToShopper{Revision: v.revision,
			Questions: []string{"words"}, Words: pick(v.random, v.texts.Returns)})
	})
}

func (v *visit) reopen(at time.Time) {
	v.at(at, func(ctx context.Context) error {
		return v.server.Evaluations.Reopen(ctx, v.reviewer(), v.evaluation, "The branch says that it was closed at that hour: to be looked at once more.")
	})
}

// edit leaves the first photo out for the branch, or a name in the story.
func (v *visit) edit(at time.Time) {
	v.at(at, func(ctx context.Context) error {
		whole, err := v.server.Evaluations.Get(ctx, v.reviewer(), v.evaluation)
		if err != nil {
			return err
		}
		edit := evaluation.PublicationEdit{Photo: whole.Photos[0].Number, Reason: "A guest can be recognised."}
		if v.named {
			edit = evaluation.PublicationEdit{QuestionID: "words", Text: v.story(), Reason: "It named a member of staff."}
		}
		return v.server.Evaluations.Publish(ctx, v.reviewer(), v.evaluation, whole.Edition, []evaluation.PublicationEdit{edit})
	})
}
