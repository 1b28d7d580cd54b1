package demo

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"fieldcare/internal/database"
	"fieldcare/scheduling"
)

// study is what the focus groups are about, and what came of them, as assets/demo has it.
type study struct {
	Venues   []venue
	Branches []string // codes
	Quotas   []struct {
		Attribute string // its name
		scheduling.Quota
	}
	Study    scheduling.StudyChange
	Declines []string
	Findings []scheduling.FindingChange
	Actions  []action

	ClosedCosts []cost `json:"closed_costs"`
	TodayCosts  []cost `json:"today_costs"`
	AheadCosts  []cost `json:"ahead_costs"`
}

// addStudy adds the study, with the branches and the attributes that are there by now.
func (d *demo) addStudy(ctx context.Context) error {
	change, branches, quotas := d.study.Study, []uuid.UUID{}, []scheduling.Quota{}
	for i, b := range d.Branches {
		if slices.Contains(d.study.Branches, b.Code) {
			branches = append(branches, d.branches[i].ID)
		}
	}
	for _, q := range d.study.Quotas {
		for _, a := range d.panel.Attributes {
			if *a.Name == q.Attribute {
				q.AttributeID = a.ID
			}
		}
		quotas = append(quotas, q.Quota)
	}
	change.Branches, change.Quotas = &branches, &quotas
	added, _, err := d.server.Studies.Add(ctx, d.coordinator(0), "demo", scheduling.NewStudy{ID: database.NewID(d.now), StudyChange: change})
	d.studyID = added.ID
	return err
}
