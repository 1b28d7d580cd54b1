package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"fieldcare/assets"
	"fieldcare/evaluation"
	"fieldcare/internal/account"
	"fieldcare/internal/database"
)

const demoPassword = "fieldcare-demo"

// demoPeople are the logins of the demo, in the order in which they are printed.
var demoPeople = []struct {
	name, email string
	roles       account.Roles
}{
	{"Ada Nowak", "admin@fieldcare.example", account.Admin},
	{"Carol Lis", "coordinator@fieldcare.example", account.Coordinator},
	{"Max Wolny", "manager@fieldcare.example", account.Manager},
	{"Sam Rivers", "shopper@fieldcare.example", account.Shopper},
	{"Sue Okafor", "sue@fieldcare.example", account.Shopper},
	{"Łukasz Żak", "lukasz@fieldcare.example", account.Shopper},
}

func printLogins() {
	fmt.Printf("Logins of the demo, all with the password %q:\n", demoPassword)
	for _, p := range demoPeople {
		fmt.Printf("  %-12s %s\n", p.roles.Names()[0], p.email)
	}
}

// demo fills an empty database by what people would have done in the last three months, through the same calls.
type demo struct {
	*installation
	now       time.Time // moves through the past
	today     time.Time
	random    *rand.Rand
	people    map[string]account.User
	branches  []evaluation.Branch
	checklist uuid.UUID
}

func fillDemo(ctx context.Context, config *Config, real *installation) error {
	anybody, err := real.server.Accounts.List(ctx, account.User{Roles: account.Admin}, account.UserFilter{Limit: 1})
	if err != nil || len(anybody.Items) > 0 {
		return err
	}
	d := &demo{today: time.Now().UTC().Truncate(time.Hour), random: rand.New(rand.NewPCG(1, 2)), people: map[string]account.User{}}
	d.now = d.today.AddDate(0, 0, -100)
	if d.installation, err = config.wire(real.db, real.server.Accounts.Keys, func() time.Time { return d.now }); err != nil {
		return err
	}
	for _, fill := range []func(context.Context) error{d.fillPeople, d.fillBranches, d.fillChecklist, d.fillHistory, d.fillPresent} {
		if err := fill(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) fillPeople(ctx context.Context) error {
	language := "en"
	for _, p := range demoPeople {
		u, err := d.server.Accounts.AddWithPassword(ctx, account.UserChange{Email: &p.email, Name: &p.name, Language: &language, Roles: &p.roles}, demoPassword)
		if err != nil {
			return err
		}
		d.people[p.email] = u
	}
	return nil
}

func (d *demo) coordinator() account.User { return d.people["coordinator@fieldcare.example"] }

func (d *demo) fillBranches(ctx context.Context) error {
	manager := d.people["manager@fieldcare.example"].ID
	for _, b := range []struct {
		code, name, address, region string
		lat, lon                    float64
		competitor                  bool
		managers                    []uuid.UUID
	}{
		{"WAW-01", "Warsaw Old Town", "Rynek Starego Miasta 12, Warszawa", "Centre", 52.2497, 21.0122, false, []uuid.UUID{manager}},
		{"WAW-02", "Warsaw Central Station", "Aleje Jerozolimskie 54, Warszawa", "Centre", 52.2288, 21.0032, false, []uuid.UUID{manager}},
		{"GDN-01", "Gdańsk Harbour", "Długie Pobrzeże 3, Gdańsk", "North", 54.3505, 18.6575, false, nil},
		{"KRK-01", "Kraków Main Square", "Rynek Główny 30, Kraków", "South", 50.0617, 19.9373, false, nil},
		{"X-WAW-01", "Competitor at the Old Town", "Rynek Starego Miasta 20, Warszawa", "Centre", 52.2499, 21.0125, true, nil},
	} {
		brand, zone, competitor := "Northwind Coffee", "Europe/Warsaw", b.competitor
		if competitor {
			brand = "Other"
		}
		added, _, err := d.server.Branches.Add(ctx, d.coordinator(), uuid.Must(uuid.NewV7()), "demo", evaluation.BranchChange{
			Code: &b.code, Name: &b.name, Address: &b.address, Region: &b.region, Brand: &brand, Zone: &zone, Competitor: &competitor,
			Position: &evaluation.Position{Lat: b.lat, Lon: b.lon}, Managers: &b.managers})
		if err != nil {
			return err
		}
		d.branches = append(d.branches, added)
	}
	name := "Northwind Coffee"
	_, err := d.server.Settings.Change(ctx, d.people["admin@fieldcare.example"], 0, evaluation.SettingsChange{Organisation: &name})
	return err
}

func (d *demo) fillChecklist(ctx context.Context) error {
	document, err := assets.Demo.ReadFile("demo/checklist.json")
	if err != nil {
		return err
	}
	d.checklist = uuid.Must(uuid.NewV7())
	c, _, err := d.server.Checklists.Add(ctx, d.coordinator(), d.checklist, "demo", document)
	if err != nil {
		return err
	}
	_, err = d.server.Checklists.Publish(ctx, d.coordinator(), c.ID, c.Edition)
	return err
}

// fillHistory makes one visit every other week or so to each branch, all handed in and approved.
func (d *demo) fillHistory(ctx context.Context) error {
	visits := 0
	for days := 90; days > 4; days -= 13 {
		for i, b := range d.branches {
			id, err := d.visit(ctx, b, d.shopper(visits), d.today.AddDate(0, 0, -days+i), 0.55+0.08*float64(i%4)+0.15*d.random.Float64())
			if err != nil {
				return err
			}
			d.now = d.now.Add(5 * time.Hour)
			err = d.server.Evaluations.Approve(ctx, d.coordinator(), id, evaluation.Approval{Revision: 1, Grade: 7 + d.random.IntN(4), Words: "Thank you, clear and complete."})
			if err != nil {
				return err
			}
			visits++
		}
	}
	return nil
}

func (d *demo) shopper(i int) account.User {
	emails := []string{"shopper@fieldcare.example", "sue@fieldcare.example", "lukasz@fieldcare.example"}
	return d.people[emails[i%len(emails)]]
}

// fillPresent leaves work for everybody: to review, to put right, to accept, to make.
func (d *demo) fillPresent(ctx context.Context) error {
	sam := d.people["shopper@fieldcare.example"]
	waiting := d.today.AddDate(0, 0, -2)
	if _, err := d.visit(ctx, d.branches[0], d.shopper(1), waiting, 0.7); err != nil {
		return err
	}
	returned, err := d.visit(ctx, d.branches[2], sam, waiting, 0.8)
	if err != nil {
		return err
	}
	err = d.server.Evaluations.Return(ctx, d.coordinator(), returned, evaluation.ReturnToShopper{Revision: 1, Questions: []string{"words"}, Words: "Please say how you were spoken to."})
	if err != nil {
		return err
	}
	d.now = d.today
	accepted, err := d.plan(ctx, d.branches[1], sam, d.today.Add(-time.Hour))
	if err != nil {
		return err
	}
	if _, err := d.server.Visits.Accept(ctx, sam, accepted); err != nil {
		return err
	}
	_, err = d.plan(ctx, d.branches[3], sam, d.today.AddDate(0, 0, 1))
	return err
}

// plan plans a visit whose window opens then and is three days long.
func (d *demo) plan(ctx context.Context, b evaluation.Branch, shopper account.User, opens time.Time) (uuid.UUID, error) {
	zone, err := time.LoadLocation(b.Zone)
	if err != nil {
		return uuid.Nil, err
	}
	id := uuid.Must(uuid.NewV7())
	_, _, err = d.server.Visits.Plan(ctx, d.coordinator(), id, "demo", evaluation.VisitPlan{
		BranchID: b.ID, ChecklistID: d.checklist, ShopperID: &shopper.ID,
		Opens: opens.In(zone).Format("2006-01-02T15:04Z07:00"), Closes: opens.Add(72 * time.Hour).In(zone).Format("2006-01-02T15:04Z07:00"),
		Scenario: evaluation.Scenario{
			Persona:      "A commuter in a hurry who has never been here",
			Instructions: "Order a hot drink and something to eat, and stay for ten minutes.",
			Questions:    "Ask whether the cake has nuts in it.",
		},
		Fee: &evaluation.Money{Amount: 1500, Currency: "EUR"}, ExpenseLimit: &evaluation.Money{Amount: 1200, Currency: "EUR"},
	}, true)
	return id, err
}

// visit has a visit planned, accepted, made and handed in. quality, 0 to 1, is how well the branch does.
func (d *demo) visit(ctx context.Context, b evaluation.Branch, shopper account.User, day time.Time, quality float64) (uuid.UUID, error) {
	d.now = day.Add(-48 * time.Hour)
	id, err := d.plan(ctx, b, shopper, day.Add(-24*time.Hour))
	if err != nil {
		return uuid.Nil, err
	}
	if _, err := d.server.Visits.Accept(ctx, shopper, id); err != nil {
		return uuid.Nil, err
	}
	begun := time.Date(day.Year(), day.Month(), day.Day(), 8+d.random.IntN(9), d.random.IntN(60), 0, 0, time.UTC)
	finished := begun.Add(time.Duration(20+d.random.IntN(30)) * time.Minute)
	d.now = finished.Add(10 * time.Minute)
	picture, err := d.draw()
	if err != nil {
		return uuid.Nil, err
	}
	photo, err := d.photos.Put(ctx, shopper, database.HashOf(picture), picture)
	if err != nil {
		return uuid.Nil, err
	}
	return d.submit(ctx, shopper, id, begun, finished, d.answers(quality, photo.UploadedHash))
}

func (d *demo) submit(ctx context.Context, shopper account.User, visit uuid.UUID, begun, finished time.Time, answers map[string]any) (uuid.UUID, error) {
	id := uuid.New()
	sent, err := json.Marshal(map[string]any{"id": id, "visit_id": visit, "answers": answers, "begun": begun, "finished": finished})
	if err != nil {
		return id, err
	}
	var form evaluation.SubmissionBody
	if err := json.Unmarshal(sent, &form); err != nil {
		return id, err
	}
	hash, err := database.ContentHash(sent)
	if err != nil {
		return id, err
	}
	submission, err := evaluation.ReadSubmission(form, hash, false)
	if err != nil {
		return id, err
	}
	_, _, err = d.server.Evaluations.Submit(ctx, shopper, submission)
	return id, err
}

var demoWords = []string{
	"The counter was busy, but I was seen at once and served with a smile.",
	"Two people were talking behind the counter and did not look up for a while.",
	"The cake was fresh, the coffee hot, and the person at the till explained the sizes.",
	"The table by the window had crumbs on it; it was wiped as soon as I sat down.",
	"Kawa była bardzo dobra, a obsługa życzliwa — wrócę tu chętnie.",
	"I had to ask twice about the nuts; then they fetched the list and went through it with me.",
}

func (d *demo) answers(quality float64, photo string) map[string]any {
	good := func() bool { return d.random.Float64() < quality }
	pick := func(best, other string) string {
		if good() {
			return best
		}
		return other
	}
	scale := func() int { return max(1, min(5, int(quality*5+d.random.Float64()*1.6))) }
	a := map[string]any{
		"sign": pick("yes", "search"), "front": scale(), "front-photo": map[string]any{"photos": []string{photo}},
		"greeted": pick("yes", "no"), "wait": 30 + d.random.IntN(int(420*(1.15-quality))), "manner": scale(),
		"knew": pick("fully", "partly"), "right": pick("yes", "yes"), "allergy": pick("yes", "na"), "extra": []string{pick("taste", "none")},
		"table": pick("yes", "no"), "words": demoWords[d.random.IntN(len(demoWords))],
	}
	if d.random.IntN(12) == 0 {
		a["allergy"] = "no"
	}
	if d.random.IntN(3) == 0 {
		a["toilet"] = map[string]any{"na": true}
	} else {
		a["toilet"] = scale()
	}
	if a["greeted"] == "no" {
		a["not-greeted"] = "Nobody looked up until I spoke first."
	}
	return a
}

// draw paints a café front, each a little different.
func (d *demo) draw() ([]byte, error) {
	m := image.NewRGBA(image.Rect(0, 0, 640, 480))
	shade := func(base int) uint8 { return uint8(base + d.random.IntN(40)) }
	block := func(x0, y0, x1, y1 int, c color.RGBA) {
		draw.Draw(m, image.Rect(x0, y0, x1, y1), image.NewUniform(c), image.Point{}, draw.Src)
	}
	block(0, 0, 640, 480, color.RGBA{shade(170), shade(190), shade(210), 255})
	block(60, 120, 580, 480, color.RGBA{shade(150), shade(110), shade(80), 255})
	for x := range 8 {
		block(60+65*x, 110, 60+65*x+33, 160, color.RGBA{shade(180), 40, 50, 255})
	}
	block(100, 200, 300, 400, color.RGBA{shade(200), shade(190), shade(120), 255})
	block(380, 220, 520, 480, color.RGBA{shade(60), shade(50), shade(40), 255})
	for range 6 {
		x := 110 + d.random.IntN(160)
		block(x, 330, x+24, 400, color.RGBA{shade(80), shade(60), shade(50), 255})
	}
	block(0, 460, 640, 480, color.RGBA{shade(110), shade(110), shade(110), 255})
	var out bytes.Buffer
	err := jpeg.Encode(&out, m, &jpeg.Options{Quality: 85})
	return out.Bytes(), err
}
