package demo

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"fieldcare/internal/database"
	"fieldcare/scheduling"
)

// panel is who the participants are, as assets/demo has it.
type panel struct {
	Attributes []scheduling.NewAttribute
	Ages       []int // how many are in each age group
	Visits     []string
	Orders     []string
	Employers  []string
	Tags       []string
	Notes      []string
	Peoples    []people
	Consents   struct {
		Version      string
		ContactAgain map[string]string `json:"contact_again"` // by language
		Needs        map[string]string
	}
	Needs  []scheduling.Needs
	Erased string // why somebody is
}

// people are participants of one language. Their phones begin with a range that is nobody's.
type people struct {
	Language, Zone, Phone string
	Places                []string
	Women, Men            int
	Her, Him              names
}

type names struct{ Given, Family []string }

// nth gives each pair once before any comes again.
func (n names) nth(i int) string {
	g, round := i%len(n.Given), i/len(n.Given)
	return n.Given[g] + " " + n.Family[(g+round)%len(n.Family)]
}

// participant is somebody of the panel.
type participant struct {
	id                    uuid.UUID
	name, language, place string
	email                 string // empty of a few
	age                   string
	visits                int // a month
	needs, doNotContact   bool
	attached              bool // lives or works with somebody else of the panel
	asked                 bool // to a focus group
}

// fillPanel has everybody join the panel, one after the other, over the half year until the first group is planned.
func (d *demo) fillPanel(context.Context) error {
	d.at(d.today.AddDate(0, 0, -days-13), d.addAttributes)
	all := []scheduling.ParticipantChange{}
	places := []string{}
	for _, p := range d.panel.Peoples {
		for i := range p.Women + p.Men {
			name := ""
			if i < p.Women {
				name = p.Her.nth(i)
			} else {
				name = p.Him.nth(i - p.Women)
			}
			phone := fmt.Sprintf("%s%02d", p.Phone, 10+i)
			all = append(all, scheduling.ParticipantChange{Name: &name, Phone: &phone, Language: &p.Language, Zone: &p.Zone})
			places = append(places, p.Places[i%len(p.Places)])
		}
	}
	d.chance.Shuffle(len(all), func(i, j int) {
		all[i], all[j], places[i], places[j] = all[j], all[i], places[j], places[i]
	})
	for i, change := range all {
		joined := d.today.AddDate(0, 0, -days-12+i*140/len(all)).Add(time.Duration(7*60+d.chance.IntN(10*60)) * time.Minute)
		p := d.joins(i, joined, change, places[i])
		d.participants = append(d.participants, p)
	}
	return nil
}

func (d *demo) addAttributes(ctx context.Context) error {
	for i := range d.panel.Attributes {
		a := &d.panel.Attributes[i]
		a.ID = database.NewID(d.now)
		if _, _, err := d.server.Attributes.Add(ctx, d.coordinator(0), "demo", *a); err != nil {
			return fmt.Errorf("the attribute %q: %w", *a.Name, err)
		}
	}
	return nil
}

// joins is the i-th participant, with everything that is known of them.
func (d *demo) joins(i int, at time.Time, change scheduling.ParticipantChange, place string) *participant {
	p := &participant{name: *change.Name, language: *change.Language, place: place, needs: i%13 == 5, doNotContact: i%61 == 17}
	if i%40 != 9 { // the others are written to by no mail
		p.email = strings.ReplaceAll(database.Fold(p.name), " ", ".") + "@" + []string{"example.com", "example.org", "example.net"}[i%3]
	}
	tags := []string{place, pick(d.chance, d.panel.Tags), pick(d.chance, d.panel.Tags)}
	change.Email, change.Tags, change.DoNotContact = &p.email, &tags, &p.doNotContact
	if i%4 == 1 {
		note := pick(d.chance, d.panel.Notes)
		change.Notes = &note
	}
	if i%9 < 2 { // the one before or after lives there too
		household := fmt.Sprintf("%s %03d", place, i/9)
		change.Household, p.attached = &household, true
	}
	if i%7 == 3 {
		employer := pick(d.chance, d.panel.Employers)
		change.Employer, p.attached = &employer, true
	}
	values := []string{d.age(), pick(d.chance, d.panel.Visits), d.today.AddDate(0, 0, -200-d.chance.IntN(4000)).Format(time.DateOnly), pick(d.chance, d.panel.Orders)}
	p.age = values[0]
	p.visits, _ = strconv.Atoi(values[1]) // a whole number in the assets, or it is no value of the attribute
	needs := pick(d.chance, d.panel.Needs)
	d.at(at, func(ctx context.Context) error {
		p.id = database.NewID(d.now)
		change.Attributes = map[string]string{}
		for k, value := range values {
			change.Attributes[d.panel.Attributes[k].ID.String()] = value
		}
		if _, _, err := d.server.Participants.Add(ctx, d.coordinator(i), "demo", scheduling.NewParticipant{ID: p.id, ParticipantChange: change}); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if err := d.consents(ctx, p, i, "contact_again", d.panel.Consents.ContactAgain); err != nil || !p.needs {
			return err
		}
		if err := d.consents(ctx, p, i, "needs", d.panel.Consents.Needs); err != nil {
			return err
		}
		_, err := d.server.Participants.PutNeeds(ctx, d.coordinator(i), p.id, needs)
		return err
	})
	return p
}

// age draws an age group, as many of each as the assets say.
func (d *demo) age() string {
	all := 0
	for _, n := range d.panel.Ages {
		all += n
	}
	rest, options := d.chance.IntN(all), *d.panel.Attributes[0].Options
	for i, n := range d.panel.Ages {
		if rest -= n; rest < 0 {
			return options[i]
		}
	}
	return options[len(options)-1]
}

// consents has a participant consent on paper, in their own language where there is a wording in it.
func (d *demo) consents(ctx context.Context, p *participant, turn int, scope string, wordings map[string]string) error {
	language := p.language
	if wordings[language] == "" {
		language = "en"
	}
	_, _, err := d.server.Participants.RecordConsent(ctx, d.coordinator(turn), p.id, "demo",
		scheduling.NewConsent{ID: database.NewID(d.now), Scope: scope, Wording: wordings[language], Version: d.panel.Consents.Version, Language: language})
	return err
}

// erase has what is held on somebody erased.
func (d *demo) erase(at time.Time, p *participant) {
	d.at(at, func(ctx context.Context) error {
		_, err := d.server.Participants.Erase(ctx, d.coordinator(0), p.id, d.panel.Erased)
		return err
	})
}

// choose takes so many from Warsaw who fit and whom nobody asked before.
func (d *demo) choose(n int, fits func(*participant) bool) (chosen []*participant) {
	for _, p := range d.participants {
		if len(chosen) < n && !p.asked && !p.doNotContact && p.place == "Warsaw" && fits(p) {
			p.asked = true
			chosen = append(chosen, p)
		}
	}
	return chosen
}
