package demo

import (
	"context"
	"time"

	"github.com/google/uuid"

	"fieldcare/scheduling"
)

// action is what is done about findings, as assets/demo has it: due so many days after the demo's end, and moved on so
// many days after the session.
type action struct {
	Text, Owner string
	Due         int
	States      []struct {
		After          int
		State, Outcome string
		Told           bool
	}
}

// findsOut has the moderator write down what was said, in the evening after the session.
func (g *group) findsOut() {
	for i, f := range g.study.Findings {
		position := 10 * (i + 1)
		f.Position = &position
		g.at(g.ends.Add(time.Duration(20+4*i)*time.Minute), func(ctx context.Context) error {
			_, _, err := g.server.Findings.Add(ctx, g.moderates(), g.id, "demo", scheduling.NewFinding{ID: uuid.New(), FindingChange: f})
			return g.named(err)
		})
	}
}

// acts has the actions agreed on, and moved on by those whose they are.
func (g *group) acts() {
	for i, a := range g.study.Actions {
		id, edition := uuid.Nil, int64(0)
		g.at(g.before(-1, 14, 5*i), func(ctx context.Context) error {
			id = uuid.New()
			added, _, err := g.server.Actions.Add(ctx, g.coordinates(), g.id, "demo", scheduling.NewAction{ID: id, Text: a.Text,
				OwnerID: g.people[a.Owner].ID, Due: g.today.AddDate(0, 0, a.Due).Format(time.DateOnly)})
			edition = added.Edition
			return g.named(err)
		})
		for _, s := range a.States {
			g.at(g.before(-s.After, 10, 5*i), func(ctx context.Context) error {
				change := scheduling.ActionChange{State: &s.State}
				if s.Outcome != "" {
					change.Outcome = &s.Outcome
				}
				if s.Told {
					change.ToldAt = &g.now
				}
				changed, err := g.server.Actions.Change(ctx, g.coordinates(), id, edition, change)
				edition = changed.Edition
				return g.named(err)
			})
		}
	}
}
