package demo

import (
	"encoding/json"
	"fmt"

	"fieldcare/assets"
	"fieldcare/evaluation"
)

// programme is what the demo is made from, as assets/demo has it: who and where, and how well each place does.
type programme struct {
	Settings evaluation.SettingsChange
	People   []person
	Branches []place
	Targets  []target
	// Sections says how much easier (above 0) or harder a section is than the others, by its id.
	Sections map[string]float64
	// FirstVersion has, by question, what was different in version 1 of the café visit.
	FirstVersion map[string]json.RawMessage `json:"first_version"`
	Scenarios    []scenario
	Enquiry      scenario
	Answered     map[string]float64 // by question: how often an optional one is answered
	NA           map[string]float64 `json:"na"` // by question: how often it is not applicable
	Fees         map[string]struct{ Fee, Limit, Bill int64 }
	Weekdays     []int // how many visits begin on each day of the week, Sunday last
	Hours        []int // and in each hour of the day
}

// person is somebody who signs in. The e-mail is what stands before the @.
type person struct {
	Name, Email, Role, Language string
	Rigour                      float64 // of a shopper: how much lower than the others they judge
}

// place is a branch. Level is the share of questions that are answered best there, and Trend what is added to it over
// the half year.
type place struct {
	Code, Name, Address, Region, Brand, Zone, Currency string
	Lat, Lon                                           float64
	Managers                                           []string
	Visits                                             int // that are over
	Level, Trend                                       float64
	Strong, Weak                                       string // sections
}

// target is a score in basis points that a branch, or each branch of a region, is to reach so many days after the demo's
// end; below 0 it should have been reached.
type target struct {
	Branch, Region, Why string
	Score               int64
	Days                int
}

// scenario is the part that a shopper plays, and what follows from it for some answers.
type scenario struct {
	evaluation.Scenario
	Answers map[string]string
}

func readProgramme() (p programme, t texts, err error) {
	if err = read("programme.json", &p); err == nil {
		err = read("texts.json", &t)
	}
	for i := range p.Branches {
		b := &p.Branches[i]
		if b.Brand == "" {
			b.Brand = *p.Settings.Organisation
		}
		if b.Zone == "" {
			b.Zone = "Europe/Warsaw"
		}
		if b.Currency == "" {
			b.Currency = *p.Settings.Currency
		}
	}
	return p, t, err
}

func read(name string, into any) error {
	text, err := assets.Demo.ReadFile("demo/" + name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("assets/demo/%s: %w", name, err)
	}
	return nil
}

func (p *place) competitor(of *programme) bool { return p.Brand != *of.Settings.Organisation }
