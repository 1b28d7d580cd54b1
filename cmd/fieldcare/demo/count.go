package demo

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"fieldcare/evaluation"
	"fieldcare/internal/account"
)

// Counts say what a demo has in it.
type Counts struct {
	People       map[string]int // by role
	Ours, Others int            // branches
	States       map[evaluation.State]int
	Evaluations  int
	Answers      map[string]int // by type of question
	Observations map[string]int // by kind
	Photos       int
}

// count reads everything back the way a coordinator does.
func (d *demo) count(ctx context.Context) (*Counts, error) {
	c := &Counts{People: map[string]int{}, States: map[evaluation.State]int{}, Answers: map[string]int{}, Observations: map[string]int{}}
	for _, p := range d.People {
		c.People[p.Role]++
	}
	for _, b := range d.branches {
		if b.Competitor {
			c.Others++
		} else {
			c.Ours++
		}
	}
	reader := d.coordinator(0)
	for cursor, more := "", true; more; more = cursor != "" {
		page, err := d.server.Visits.List(ctx, reader, evaluation.VisitFilter{Limit: 200, Cursor: cursor})
		if err != nil {
			return nil, err
		}
		for _, v := range page.Items {
			c.States[v.State]++
			if v.EvaluationID == nil {
				continue
			}
			if err := c.evaluation(ctx, d, reader, v); err != nil {
				return nil, err
			}
		}
		cursor = page.Next
	}
	return c, nil
}

func (c *Counts) evaluation(ctx context.Context, d *demo, reader account.User, v evaluation.Visit) error {
	e, err := d.server.Evaluations.Get(ctx, reader, *v.EvaluationID)
	if err != nil {
		return err
	}
	version, err := d.server.Checklists.Version(ctx, e.ChecklistID, e.ChecklistVersion)
	if err != nil {
		return err
	}
	c.Evaluations++
	c.Photos += len(e.Photos)
	for _, o := range e.Observations {
		c.Observations[o.Kind]++
	}
	for _, q := range version.Questions() {
		// A note asks nothing; it counts where it was shown.
		if _, answered := e.Answers[q.ID]; answered || q.Type == evaluation.TypeNote {
			c.Answers[q.Type]++
		}
	}
	return nil
}

// Print writes the counts as a table.
func (c *Counts) Print(to io.Writer) {
	line := func(what string, parts ...string) { fmt.Fprintf(to, "  %-13s %s\n", what, strings.Join(parts, ", ")) }
	line("people", counted(c.People, account.Roles(1<<5-1).Names())...)
	line("branches", fmt.Sprintf("%d of ours", c.Ours), fmt.Sprintf("%d of competitors", c.Others))
	line("visits", counted(c.States, evaluation.States)...)
	line("evaluations", fmt.Sprint(c.Evaluations), fmt.Sprintf("with %d photos", c.Photos))
	line("answers", counted(c.Answers, slices.Sorted(maps.Keys(c.Answers)))...)
	line("observations", counted(c.Observations, slices.Sorted(maps.Keys(c.Observations)))...)
}

func counted[K ~string](counts map[K]int, names []K) (parts []string) {
	for _, name := range names {
		parts = append(parts, fmt.Sprintf("%d %s", counts[name], name))
	}
	return parts
}
