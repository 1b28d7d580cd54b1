package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"fieldcare/assets"
	"fieldcare/evaluation"
	"fieldcare/internal/account"
	"fieldcare/internal/database"
)

// Password is everybody's.
const Password = "fieldcare-demo"

func address(name string) string { return name + "@fieldcare.example" }

// Login is who signs in with a role.
type Login struct {
	Role   string
	Emails []string
}

// Logins are the demo's people by role, in the order of assets/demo.
func Logins() []Login {
	p, _, err := readProgramme()
	if err != nil {
		panic(err) // it is embedded, and tested
	}
	var logins []Login
	for _, person := range p.People {
		if len(logins) == 0 || logins[len(logins)-1].Role != person.Role {
			logins = append(logins, Login{Role: person.Role})
		}
		last := &logins[len(logins)-1]
		last.Emails = append(last.Emails, address(person.Email))
	}
	return logins
}

// fillPeople adds everybody with the one password, hashed once: its salt is no secret where the password is none.
func (d *demo) fillPeople(ctx context.Context) error {
	hash := account.Argon.Hash(Password, []byte("fieldcare's demo"))
	d.people = map[string]account.User{}
	for _, p := range d.People {
		roles, err := account.ParseRoles([]string{p.Role})
		if err != nil {
			return err
		}
		email, language := address(p.Email), p.Language
		if language == "" {
			language = "en"
		}
		d.people[p.Email], err = d.server.Accounts.AddWithHash(ctx, account.UserChange{Email: &email, Name: &p.Name, Language: &language, Roles: &roles}, hash)
		if err != nil {
			return err
		}
	}
	return nil
}

// role gives the people of a role, in the programme's order.
func (d *demo) role(name string) (people []person) {
	for _, p := range d.People {
		if p.Role == name {
			people = append(people, p)
		}
	}
	return people
}

// coordinator takes turns among the coordinators.
func (d *demo) coordinator(turn int) account.User {
	all := d.role("coordinator")
	return d.people[all[turn%len(all)].Email]
}

func (d *demo) fillSettings(ctx context.Context) error {
	admin := d.people[d.role("admin")[0].Email]
	if _, err := d.server.Settings.Change(ctx, admin, 0, d.Settings); err != nil {
		return err
	}
	image, err := logo()
	if err != nil {
		return err
	}
	_, err = d.server.Settings.PutLogo(ctx, admin, image)
	return err
}

func (d *demo) fillBranches(ctx context.Context) error {
	for i := range d.Branches {
		p := &d.Branches[i]
		competitor, managers := p.competitor(&d.programme), []uuid.UUID{}
		for _, m := range p.Managers {
			managers = append(managers, d.people[m].ID)
		}
		b, _, err := d.server.Branches.Add(ctx, d.coordinator(0), database.NewID(d.now), "demo", evaluation.BranchChange{
			Code: &p.Code, Name: &p.Name, Address: &p.Address, Region: &p.Region, Brand: &p.Brand, Zone: &p.Zone, Competitor: &competitor,
			Position: &evaluation.Position{Lat: p.Lat, Lon: p.Lon}, Managers: &managers})
		if err != nil {
			return fmt.Errorf("%s: %w", p.Code, err)
		}
		d.branches = append(d.branches, b)
	}
	return nil
}

// fillTargets sets the targets that the programme names for the café visit.
func (d *demo) fillTargets(ctx context.Context) error {
	for _, t := range d.Targets {
		by := d.today.AddDate(0, 0, t.Days).Format(time.DateOnly)
		n := evaluation.NewTarget{ID: uuid.New(), Region: t.Region, ChecklistID: d.cafe, TargetChange: evaluation.TargetChange{Score: &t.Score, By: &by, Why: &t.Why}}
		for i, p := range d.Branches {
			if p.Code == t.Branch {
				n.BranchID = &d.branches[i].ID
			}
		}
		if _, _, err := d.server.Targets.Add(ctx, d.coordinator(0), "demo", n); err != nil {
			return fmt.Errorf("the target %q: %w", t.Why, err)
		}
	}
	return nil
}

// secondVersion is how long before the demo's end version 2 of the café visit is published.
const secondVersion = 60 * 24 * time.Hour

// fillChecklists publishes both checklists. The first version of the café visit differs in a few questions from the
// document in the assets, which follows later as the second.
func (d *demo) fillChecklists(ctx context.Context) error {
	cafe, err := assets.Demo.ReadFile("demo/checklist.json")
	if err != nil {
		return err
	}
	call, err := assets.Demo.ReadFile("demo/phone.json")
	if err != nil {
		return err
	}
	first, err := d.firstVersion(cafe)
	if err != nil {
		return err
	}
	if d.cafe, err = d.publish(ctx, first); err != nil {
		return err
	}
	if d.call, err = d.publish(ctx, call); err != nil {
		return err
	}
	d.at(d.today.Add(-secondVersion), func(ctx context.Context) error {
		c, err := d.server.Checklists.Get(ctx, d.cafe)
		if err != nil {
			return err
		}
		if c, err = d.server.Checklists.Put(ctx, d.coordinator(0), c.ID, c.Edition, cafe); err != nil {
			return err
		}
		_, err = d.server.Checklists.Publish(ctx, d.coordinator(0), c.ID, c.Edition)
		return err
	})
	return nil
}

func (d *demo) firstVersion(newest []byte) ([]byte, error) {
	document, err := evaluation.ReadDocument(newest)
	if err != nil {
		return nil, err
	}
	for s := range document.Sections {
		for q := range document.Sections[s].Questions {
			question := &document.Sections[s].Questions[q]
			if change := d.FirstVersion[question.ID]; change != nil {
				question.Bands = nil // or the old bands would be merged with the new ones
				if err := json.Unmarshal(change, question); err != nil {
					return nil, err
				}
			}
		}
	}
	return json.Marshal(document)
}

func (d *demo) publish(ctx context.Context, document []byte) (uuid.UUID, error) {
	c, _, err := d.server.Checklists.Add(ctx, d.coordinator(0), database.NewID(d.now), "demo", document)
	if err != nil {
		return uuid.Nil, err
	}
	_, err = d.server.Checklists.Publish(ctx, d.coordinator(0), c.ID, c.Edition)
	return c.ID, err
}
