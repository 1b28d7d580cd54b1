package demo

import (
	"context"
	"time"

	"fieldcare/internal/database"
	"fieldcare/scheduling"
)

// cost is a line of costs as assets/demo has it.
type cost struct {
	scheduling.CostChange
	Paid bool
}

// plansCosts adds what is planned.
func (g *group) plansCosts(at time.Time, lines []cost) {
	g.at(at, func(ctx context.Context) error {
		for _, line := range lines {
			planned := line.CostChange
			planned.Actual = nil
			if planned.Rate != nil {
				rateDay := g.now.Format(time.DateOnly)
				planned.RateDay = &rateDay
			}
			if _, _, err := g.server.Costs.Add(ctx, g.coordinates(), g.id, "demo", scheduling.NewCost{ID: database.NewID(g.now), CostChange: planned}); err != nil {
				return g.named(err)
			}
		}
		return nil
	})
}

// paysCosts enters what was planned as it was in the end, and pays what is paid, the incentives of all who came too.
func (g *group) paysCosts(at time.Time, lines []cost) {
	g.at(at, func(ctx context.Context) error {
		sheet, err := g.server.Costs.Sheet(ctx, g.coordinates(), g.id)
		if err != nil {
			return g.named(err)
		}
		for _, c := range sheet.Items {
			paid := c.Rule == "incentive"
			for _, line := range lines {
				if c.Rule != "" || *line.Text != c.Text || line.Actual == nil {
					continue
				}
				if c, err = g.server.Costs.Change(ctx, g.coordinates(), c.ID, c.Edition, scheduling.CostChange{Actual: line.Actual}); err != nil {
					return g.named(err)
				}
				paid = line.Paid
			}
			if paid {
				if _, err = g.server.Costs.Pay(ctx, g.coordinates(), c.ID, c.Edition); err != nil {
					return g.named(err)
				}
			}
		}
		return nil
	})
}
